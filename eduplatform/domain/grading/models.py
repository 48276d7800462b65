"""Rubrics, comments, grades and the trail of every change to them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col

from eduplatform.db.base import TenantRow, new_id, tenant_fk, tenant_table

POINTS = sa.Numeric(8, 2)


class Rubric(TenantRow, table=True):
    """One version of what good work is, for one course. It never changes: an edit makes the next version of the family.

    ``kind`` is ``analytic`` (criteria are judged one by one) or ``holistic`` (one scale for the whole work). Exactly
    one version of a family is ``current``; scores keep the version that they were given with.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        sa.UniqueConstraint("tenant_id", "family_id", "version"),
        sa.Index("ix_rubric_course_id", "course_id"),
    )

    course_id: UUID
    family_id: UUID = Field(default_factory=new_id)
    kind: str = Field(default="analytic", max_length=10)
    title: str = Field(max_length=160)
    description: str = Field(default="", max_length=1000)
    version: int = Field(default=1)
    current: bool = Field(default=True)


class RubricCriterion(TenantRow, table=True):
    """One aspect that is judged, and the objective of the course that it shows, if any."""

    __table_args__ = tenant_table(
        tenant_fk("rubric_id", "rubric"),
        tenant_fk("objective_id", "objective", ondelete="SET NULL (objective_id)"),
        sa.Index("ix_rubric_criterion_rubric_id", "rubric_id", "position"),
    )

    rubric_id: UUID
    objective_id: UUID | None = Field(default=None)
    position: int
    title: str = Field(max_length=160)
    description: str = Field(default="", max_length=1000)


class RubricLevel(TenantRow, table=True):
    """One level of a criterion, best first."""

    __table_args__ = tenant_table(
        tenant_fk("criterion_id", "rubric_criterion"),
        sa.Index("ix_rubric_level_criterion_id", "criterion_id", "position"),
    )

    criterion_id: UUID
    position: int
    points: Decimal = Field(sa_type=POINTS)
    title: str = Field(max_length=120)
    description: str = Field(default="", max_length=1000)


class CriterionScore(TenantRow, table=True):
    """The level that a grader chose for one criterion of one response."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "response_id", "criterion_id"),
        tenant_fk("response_id", "response"),
        tenant_fk("criterion_id", "rubric_criterion"),
        tenant_fk("level_id", "rubric_level"),
    )

    response_id: UUID
    criterion_id: UUID
    level_id: UUID
    points: Decimal = Field(sa_type=POINTS)


class AnswerHighlight(TenantRow, table=True):
    """A passage of a handed-in text with what a grader says about it; ``created_by`` is the grader.

    ``begins`` and ``ends`` count the characters (code points) of the answer's plain text; ``quote`` is what stands there.
    """

    __table_args__ = tenant_table(
        tenant_fk("response_id", "response"),
        sa.Index("ix_answer_highlight_response_id", "response_id", "begins"),
    )

    response_id: UUID
    begins: int
    ends: int
    quote: str = Field(sa_type=sa.Text)
    comment: str = Field(sa_type=sa.Text)
    version: int = Field(default=1)


class GradingComment(TenantRow, table=True):
    """A reusable remark of the comment bank; typing its ``code`` after a slash expands to the text."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        sa.Index("ix_grading_comment_course_id", "course_id"),
        sa.Index(
            "uq_grading_comment_course_id_code",
            "tenant_id",
            "course_id",
            "code",
            unique=True,
            postgresql_where=sa.text("code <> ''"),
        ),
    )

    course_id: UUID
    title: str = Field(max_length=80)
    text: str = Field(max_length=2000)
    code: str = Field(default="", max_length=20)


class Grade(TenantRow, table=True):
    """What a student got for an assessment. Students and guardians see it from ``released_at`` on, which may be in
    the future: whoever shows grades to them asks ``is_visible``, in SQL ``visible_grade``.

    ``entered_points`` and ``entered_status`` (``missing``) are what a teacher entered in place of what the attempts
    bring; both empty means that the attempts decide. ``explanation`` is a list of message keys with parameters: the steps from points to grade.
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "assessment_id", "user_id"),
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_grade_user_id", "user_id"),
    )

    assessment_id: UUID
    user_id: UUID
    points: Decimal | None = Field(default=None, sa_type=POINTS)
    possible: Decimal = Field(sa_type=POINTS)
    status: str = Field(default="none", max_length=20)
    entered_points: Decimal | None = Field(default=None, sa_type=POINTS)
    entered_status: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    explanation: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    released_at: datetime | None = Field(default=None)
    seen_at: datetime | None = Field(default=None)
    version: int = Field(default=1)

    def is_visible(self, now: datetime) -> bool:
        """Whether the student and guardians see it."""
        return self.released_at is not None and self.released_at <= now


def visible_grade() -> sa.ColumnElement[bool]:
    """The grades that students and guardians see now, by the database's clock."""
    return col(Grade.released_at) <= sa.func.now()


class GradeEvent(TenantRow, table=True):
    """Append-only: who changed a grade, from what, to what, why. The database refuses changes to these rows.

    ``batch_id`` joins the events of one act on many students; ``undoes_id`` is the event that this one took back.
    """

    __table_args__ = tenant_table(
        tenant_fk("grade_id", "grade"),
        sa.Index("ix_grade_event_grade_id", "grade_id", "created_at"),
        sa.Index("ix_grade_event_tenant_id_created_at", "tenant_id", "created_at"),
    )

    grade_id: UUID
    attempt_id: UUID | None = Field(default=None)
    actor_id: UUID | None = Field(default=None)
    batch_id: UUID | None = Field(default=None)
    undoes_id: UUID | None = Field(default=None)
    kind: str = Field(max_length=30)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    reason: str = Field(default="", max_length=500)


class GradeNews(TenantRow, table=True):
    """Up to which moment students and guardians were told what happened to grades; one row for each tenant."""

    __table_args__ = tenant_table(sa.UniqueConstraint("tenant_id"))

    told_until: datetime


class GradeAdjustment(TenantRow, table=True):
    """What one member of a group gets more or less than the group, and why; ``points`` may be negative."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "assessment_id", "user_id"),
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("user_id", "user"),
    )

    assessment_id: UUID
    user_id: UUID
    points: Decimal = Field(sa_type=POINTS)
    reason: str = Field(max_length=500)
