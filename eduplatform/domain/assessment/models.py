"""Banks and questions, assessments, attempts and their responses."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table

POINTS = sa.Numeric(8, 2)


class AttemptState(StrEnum):
    """Where an attempt stands."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"


class QuestionBank(TenantRow, table=True):
    """A collection of questions of one course."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"), sa.UniqueConstraint("tenant_id", "course_id", "name")
    )

    course_id: UUID
    name: str = Field(max_length=120)


class Question(TenantRow, table=True):
    """A question in a bank; its wording lives in numbered versions, so that an attempt keeps what it saw."""

    __table_args__ = tenant_table(
        tenant_fk("bank_id", "question_bank"), sa.Index("ix_question_bank_id", "bank_id")
    )

    bank_id: UUID
    type: str = Field(max_length=30)
    status: str = Field(default="live", max_length=20)
    current_version: int = Field(default=1)


class QuestionVersion(TenantRow, table=True):
    """One wording. ``body`` is what a student may see; ``answer_key`` never leaves the server."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "question_id", "number"), tenant_fk("question_id", "question")
    )

    question_id: UUID
    number: int
    type: str = Field(max_length=30)
    stem: str = Field(sa_type=sa.Text)
    stem_html: str = Field(sa_type=sa.Text)
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    answer_key: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    feedback: str = Field(default="", sa_type=sa.Text)
    feedback_html: str = Field(default="", sa_type=sa.Text)
    points: Decimal = Field(default=Decimal(1), sa_type=POINTS)


class Assessment(TenantRow, table=True):
    """A quiz, exam, assignment or practice of a course.

    Times are UTC instants. ``time_limit_minutes`` and ``attempts_allowed`` of 0 mean no limit. ``points`` is the sum of
    the items' points, kept on save. With ``group_set_id`` the groups of that set hand in together.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("module_id", "module", ondelete="SET NULL (module_id)"),
        tenant_fk("group_set_id", "group_set", ondelete="SET NULL (group_set_id)"),
        sa.Index("ix_assessment_course_id_due_at", "course_id", "due_at"),
    )

    course_id: UUID
    module_id: UUID | None = Field(default=None)
    group_set_id: UUID | None = Field(default=None)
    kind: str = Field(default="quiz", max_length=20)
    title: str = Field(max_length=160)
    instructions: str = Field(default="", sa_type=sa.Text)
    instructions_html: str = Field(default="", sa_type=sa.Text)
    status: str = Field(default="draft", max_length=20)
    time_limit_minutes: int = Field(default=0)
    attempts_allowed: int = Field(default=1)
    scoring: str = Field(default="best", max_length=10)
    opens_at: datetime | None = Field(default=None)
    due_at: datetime | None = Field(default=None)
    closes_at: datetime | None = Field(default=None)
    late_percent_per_day: int = Field(default=0)
    shuffle: bool = Field(default=False)
    points: Decimal = Field(default=Decimal(0), sa_type=POINTS)
    published_at: datetime | None = Field(default=None)
    version: int = Field(default=1)


class AssessmentItem(TenantRow, table=True):
    """A question's place in an assessment, bound to one version; an essay may carry a rubric."""

    __table_args__ = tenant_table(
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("question_id", "question", ondelete="RESTRICT"),
        tenant_fk("question_version_id", "question_version", ondelete="RESTRICT"),
        tenant_fk("rubric_id", "rubric", ondelete="RESTRICT"),
        sa.UniqueConstraint("tenant_id", "assessment_id", "question_id"),
        sa.Index("ix_assessment_item_assessment_id_position", "assessment_id", "position"),
    )

    assessment_id: UUID
    question_id: UUID
    question_version_id: UUID
    rubric_id: UUID | None = Field(default=None)
    position: int
    points: Decimal = Field(default=Decimal(1), sa_type=POINTS)


class Attempt(TenantRow, table=True):
    """One sitting. ``deadline_at`` is fixed at the start by the server's clock; null means no time limit.

    ``points`` is null while something waits for a teacher. ``version`` guards concurrent graders. With ``group_id`` the
    attempt belongs to all members of the group, whoever of them began it.
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "assessment_id", "user_id", "number"),
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("user_id", "user"),
        tenant_fk("section_id", "section", ondelete="SET NULL (section_id)"),
        tenant_fk("group_id", "student_group", ondelete="SET NULL (group_id)"),
        sa.Index("ix_attempt_user_id", "user_id"),
        sa.Index("ix_attempt_group_id", "group_id"),
        sa.Index("ix_attempt_tenant_id_state_submitted_at", "tenant_id", "state", "submitted_at"),
    )

    assessment_id: UUID
    section_id: UUID | None = Field(default=None)
    user_id: UUID
    group_id: UUID | None = Field(default=None)
    number: int
    state: str = Field(default=AttemptState.IN_PROGRESS, max_length=20)
    seed: int
    started_at: datetime
    deadline_at: datetime | None = Field(default=None)
    submitted_at: datetime | None = Field(default=None)
    late_seconds: int = Field(default=0)
    auto_submitted: bool = Field(default=False)
    needs_grading: bool = Field(default=False)
    points: Decimal | None = Field(default=None, sa_type=POINTS)
    version: int = Field(default=1)


class Response(TenantRow, table=True):
    """The answer to one item of an attempt. ``version`` counts accepted writes; ``operation_id`` is the last one's."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "attempt_id", "item_id"),
        tenant_fk("attempt_id", "attempt"),
        tenant_fk("item_id", "assessment_item"),
        sa.Index("ix_response_item_id", "item_id"),
    )

    attempt_id: UUID
    item_id: UUID
    answer: Any = Field(default=None, sa_type=JSONB, nullable=True)
    version: int = Field(default=0)
    writer: str = Field(default="", max_length=40)
    saved_at: datetime | None = Field(default=None)
    outcome: str = Field(default="", max_length=20)
    fraction: Decimal | None = Field(default=None, sa_type=sa.Numeric(9, 8))
    explanation: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    points: Decimal | None = Field(default=None, sa_type=POINTS)
    comment: str = Field(default="", sa_type=sa.Text)
    graded_by: UUID | None = Field(default=None)
    graded_at: datetime | None = Field(default=None)


class AnswerOperation(TenantRow, table=True):
    """An accepted write of a browser's journal; its unique key makes a repeated delivery harmless."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "attempt_id", "operation_id"), tenant_fk("attempt_id", "attempt")
    )

    attempt_id: UUID
    operation_id: UUID
    item_id: UUID
    response_version: int


class DraftRevision(TenantRow, table=True):
    """What an assignment's text was at one moment: how the work came about, as the student and the teacher see it.

    One revision covers the writing of one person from ``begun_at`` to ``saved_at``; `drafts` says when the next begins.
    """

    __table_args__ = tenant_table(
        tenant_fk("attempt_id", "attempt"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_draft_revision_attempt_id_saved_at", "attempt_id", "saved_at"),
    )

    attempt_id: UUID
    user_id: UUID
    begun_at: datetime
    saved_at: datetime
    answer: Any = Field(default=None, sa_type=JSONB, nullable=True)
    words: int = Field(default=0)
    characters: int = Field(default=0)
