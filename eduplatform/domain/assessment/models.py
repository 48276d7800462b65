"""Banks and questions, assessments, attempts and their responses."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table

POINTS = sa.Numeric(8, 2)
TAGS = ARRAY(sa.Text)


class AttemptState(StrEnum):
    """Where an attempt stands."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"


class QuestionBank(TenantRow, table=True):
    """A collection of questions: of one course, shared by its teachers, or of one person (``owner_id``) alone."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("owner_id", "user"),
        sa.UniqueConstraint("tenant_id", "course_id", "name"),
        sa.UniqueConstraint("tenant_id", "owner_id", "name"),
        sa.CheckConstraint("(course_id is null) <> (owner_id is null)", name="course_or_owner"),
    )

    course_id: UUID | None = Field(default=None)
    owner_id: UUID | None = Field(default=None)
    name: str = Field(max_length=120)


class QuestionFolder(TenantRow, table=True):
    """A folder in a bank; ``parent_id`` is null at the top."""

    __table_args__ = tenant_table(
        tenant_fk("bank_id", "question_bank"),
        tenant_fk("parent_id", "question_folder"),
        sa.Index("ix_question_folder_bank_id", "bank_id"),
        sa.Index("ix_question_folder_parent_id", "parent_id"),
    )

    bank_id: UUID
    parent_id: UUID | None = Field(default=None)
    name: str = Field(max_length=80)


class Question(TenantRow, table=True):
    """A question in a bank; its wording lives in numbered versions, so that an attempt keeps what it saw.

    ``words`` is the plain text of the current wording, in which the search looks.
    """

    __table_args__ = tenant_table(
        tenant_fk("bank_id", "question_bank"),
        tenant_fk("folder_id", "question_folder", ondelete="SET NULL (folder_id)"),
        sa.Index("ix_question_bank_id", "bank_id"),
        sa.Index("ix_question_folder_id", "folder_id"),
        sa.Index("ix_question_tags", "tags", postgresql_using="gin"),
    )

    bank_id: UUID
    folder_id: UUID | None = Field(default=None)
    type: str = Field(max_length=30)
    status: str = Field(default="live", max_length=20)
    current_version: int = Field(default=1)
    tags: list[str] = Field(default_factory=list, sa_type=TAGS)
    words: str = Field(default="", sa_type=sa.Text)


class QuestionObjective(TenantRow, table=True):
    """That a question asks for an objective of its course."""

    __table_args__ = tenant_table(
        tenant_fk("question_id", "question"),
        tenant_fk("objective_id", "objective"),
        sa.UniqueConstraint("tenant_id", "question_id", "objective_id"),
        sa.Index("ix_question_objective_objective_id", "objective_id"),
    )

    question_id: UUID
    objective_id: UUID


class QuestionVersion(TenantRow, table=True):
    """One wording. ``body`` is what a student may see; ``answer_key`` never leaves the server.

    ``restored_from`` is the number of the older version that an author brought back, 0 for a new wording.
    """

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
    restored_from: int = Field(default=0)


class Assessment(TenantRow, table=True):
    """A quiz, exam, assignment or practice of a course.

    Times are UTC instants. ``time_limit_minutes`` and ``attempts_allowed`` of 0 mean no limit. ``points`` is the most that
    one attempt can bring, kept on save. ``late_percent_per_day`` counts per begun ``late_period``, which is a day or an
    hour. ``feedback_submitted``, ``feedback_due`` and ``feedback_closed`` say what a student sees from that moment on,
    see ``feedback.Feedback``. ``password_hash`` is empty when no password is asked.
    With ``group_set_id`` the groups of that set hand in together.
    With ``anonymous`` graders see no names until a grade is released.
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
    late_period: str = Field(default="day", max_length=4)
    late_grace_minutes: int = Field(default=0)
    late_max_percent: int = Field(default=100)
    missing_percent: int | None = Field(default=None)
    shuffle: bool = Field(default=False)
    shuffle_options: bool = Field(default=False)
    feedback_submitted: str = Field(default="outcomes", max_length=10)
    feedback_due: str = Field(default="outcomes", max_length=10)
    feedback_closed: str = Field(default="solutions", max_length=10)
    password_hash: str = Field(default="", max_length=200)
    anonymous: bool = Field(default=False)
    points: Decimal = Field(default=Decimal(0), sa_type=POINTS)
    published_at: datetime | None = Field(default=None)
    version: int = Field(default=1)


class AssessmentPool(TenantRow, table=True):
    """A place in an assessment where each attempt draws ``draw`` questions, worth ``points`` each, from the bank.

    Publishing turns every question that matches into an item of the pool, so that what may be drawn is fixed from then
    on; an attempt's responses are what it drew. Null and empty match everything: all banks of the course, all folders
    (a folder contains its subfolders), all tags.
    """

    __table_args__ = tenant_table(
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("bank_id", "question_bank", ondelete="RESTRICT"),
        tenant_fk("folder_id", "question_folder", ondelete="RESTRICT"),
        sa.Index("ix_assessment_pool_assessment_id", "assessment_id"),
    )

    assessment_id: UUID
    bank_id: UUID | None = Field(default=None)
    folder_id: UUID | None = Field(default=None)
    tag: str = Field(default="", max_length=40)
    position: int
    draw: int
    points: Decimal = Field(default=Decimal(1), sa_type=POINTS)


class AssessmentItem(TenantRow, table=True):
    """A question's place in an assessment, bound to one version; an essay may carry a rubric.

    ``pool_id`` marks a question that only some attempts draw. ``scoring`` is how answers are judged: by the ``key``, by the
    key of this version or of ``former_version_id`` (``both``), or ``full`` marks for everybody. A dropped question has
    no points.
    """

    __table_args__ = tenant_table(
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("pool_id", "assessment_pool"),
        tenant_fk("question_id", "question", ondelete="RESTRICT"),
        tenant_fk("question_version_id", "question_version", ondelete="RESTRICT"),
        tenant_fk("former_version_id", "question_version", ondelete="RESTRICT"),
        tenant_fk("rubric_id", "rubric", ondelete="RESTRICT"),
        sa.UniqueConstraint("tenant_id", "assessment_id", "question_id"),
        sa.Index("ix_assessment_item_assessment_id_position", "assessment_id", "position"),
    )

    assessment_id: UUID
    question_id: UUID
    question_version_id: UUID
    rubric_id: UUID | None = Field(default=None)
    pool_id: UUID | None = Field(default=None)
    scoring: str = Field(default="key", max_length=10)
    former_version_id: UUID | None = Field(default=None)
    position: int
    points: Decimal = Field(default=Decimal(1), sa_type=POINTS)


class AssessmentOverride(TenantRow, table=True):
    """Other rules of one assessment for one student or one section; null keeps the wider rule."""

    __table_args__ = tenant_table(
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("user_id", "user"),
        tenant_fk("section_id", "section"),
        sa.UniqueConstraint("tenant_id", "assessment_id", "user_id"),
        sa.UniqueConstraint("tenant_id", "assessment_id", "section_id"),
        sa.CheckConstraint("num_nonnulls(user_id, section_id) = 1", name="one_target"),
    )

    assessment_id: UUID
    user_id: UUID | None = Field(default=None)
    section_id: UUID | None = Field(default=None)
    opens_at: datetime | None = Field(default=None)
    due_at: datetime | None = Field(default=None)
    closes_at: datetime | None = Field(default=None)
    minutes: int | None = Field(default=None)
    attempts_allowed: int | None = Field(default=None)
    reason: str = Field(default="", max_length=500)


class StudentAccommodation(TenantRow, table=True):
    """A support that a student has in every assessment that is open within its period; it only ever helps."""

    __table_args__ = tenant_table(
        tenant_fk("user_id", "user"),
        sa.Index("ix_student_accommodation_user_id", "user_id"),
        sa.CheckConstraint(
            "time_multiplier >= 1 and extra_attempts >= 0 and due_shift_days >= 0 and due_shift_hours >= 0",
            name="only_helps",
        ),
    )

    user_id: UUID
    time_multiplier: Decimal = Field(default=Decimal(1), sa_type=sa.Numeric(4, 2))
    extra_attempts: int = Field(default=0)
    due_shift_days: int = Field(default=0)
    due_shift_hours: int = Field(default=0)
    starts_at: datetime | None = Field(default=None)
    ends_at: datetime | None = Field(default=None)
    reason: str = Field(default="", max_length=500)


class Attempt(TenantRow, table=True):
    """One sitting. ``deadline_at`` is fixed at the start by the server's clock; null means no time limit.

    ``extra_minutes`` is the time that a teacher gave while it ran; ``deadline_at`` has it in it.
    ``points`` is null while something waits for a teacher. ``version`` guards concurrent graders. With ``group_id`` the
    attempt belongs to all members of the group, whoever of them began it; ``submitted_by`` is who handed it in.
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
    extra_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    submitted_at: datetime | None = Field(default=None)
    submitted_by: UUID | None = Field(default=None)
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


class Regrade(TenantRow, table=True):
    """A question of an assessment scored anew for everybody who answered it, with what it takes to undo that.

    ``item_before`` and ``item_after`` are the item's version, scoring, former version and points.
    """

    __table_args__ = tenant_table(
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("item_id", "assessment_item"),
        sa.Index("ix_regrade_assessment_id", "assessment_id"),
    )

    assessment_id: UUID
    item_id: UUID
    mode: str = Field(max_length=10)
    reason: str = Field(max_length=500)
    item_before: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    item_after: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    students: int = Field(default=0)
    raised: int = Field(default=0)
    lowered: int = Field(default=0)
    undone_at: datetime | None = Field(default=None)
    undone_by: UUID | None = Field(default=None)


class RegradeChange(TenantRow, table=True):
    """What a regrade did to one answer: its score before and after."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "regrade_id", "response_id"),
        tenant_fk("regrade_id", "regrade"),
        tenant_fk("response_id", "response"),
    )

    regrade_id: UUID
    response_id: UUID
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
