"""Rubrics, comments, grades and the trail of every change to them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table

POINTS = sa.Numeric(8, 2)


class Rubric(TenantRow, table=True):
    """What good work is, for one course."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"), sa.Index("ix_rubric_course_id", "course_id")
    )

    course_id: UUID
    title: str = Field(max_length=160)
    description: str = Field(default="", max_length=1000)
    version: int = Field(default=1)


class RubricCriterion(TenantRow, table=True):
    """One aspect that is judged."""

    __table_args__ = tenant_table(
        tenant_fk("rubric_id", "rubric"), sa.Index("ix_rubric_criterion_rubric_id", "rubric_id", "position")
    )

    rubric_id: UUID
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


class GradingComment(TenantRow, table=True):
    """A reusable remark of the comment bank."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"), sa.Index("ix_grading_comment_course_id", "course_id")
    )

    course_id: UUID
    title: str = Field(max_length=80)
    text: str = Field(max_length=2000)


class Grade(TenantRow, table=True):
    """What a student got for an assessment. Students and guardians see it from ``released_at`` on.

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


class GradeEvent(TenantRow, table=True):
    """Append-only: who changed a grade, from what, to what, why. The database refuses changes to these rows."""

    __table_args__ = tenant_table(
        tenant_fk("grade_id", "grade"), sa.Index("ix_grade_event_grade_id", "grade_id", "created_at")
    )

    grade_id: UUID
    attempt_id: UUID | None = Field(default=None)
    actor_id: UUID | None = Field(default=None)
    kind: str = Field(max_length=30)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    reason: str = Field(default="", max_length=500)
