"""Courses, their sections and people, and what they teach."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table


class PublicationStatus(StrEnum):
    """Whether students see it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class EnrollmentRole(StrEnum):
    """What somebody is in a section."""

    TEACHER = "teacher"
    STUDENT = "student"


class Course(TenantRow, table=True):
    """What is taught. ``version`` counts saved changes (optimistic concurrency)."""

    __table_args__ = tenant_table(sa.UniqueConstraint("tenant_id", "code"))

    code: str = Field(max_length=40)
    title: str = Field(max_length=160)
    subject: str = Field(default="", max_length=80)
    level: str = Field(default="", max_length=80)
    language: str = Field(default="en", max_length=10)
    summary: str = Field(default="", sa_type=sa.Text)
    summary_html: str = Field(default="", sa_type=sa.Text)
    status: str = Field(default=PublicationStatus.DRAFT, max_length=20)
    owner_id: UUID | None = Field(default=None)
    classmate_messages: bool = Field(default=False)
    version: int = Field(default=1)


class Section(TenantRow, table=True):
    """A class that takes the course; students join it with ``join_code``."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "join_code"),
        sa.UniqueConstraint("tenant_id", "course_id", "name"),
        tenant_fk("course_id", "course"),
        tenant_fk("term_id", "term", ondelete="RESTRICT"),
        sa.Index("ix_section_course_id", "course_id"),
    )

    course_id: UUID
    term_id: UUID | None = Field(default=None)
    name: str = Field(max_length=80)
    join_code: str = Field(max_length=12)
    join_open: bool = Field(default=True)


class Enrollment(TenantRow, table=True):
    """A person in a section."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "section_id", "user_id"),
        tenant_fk("section_id", "section"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_enrollment_user_id", "user_id"),
    )

    section_id: UUID
    user_id: UUID
    role: str = Field(default=EnrollmentRole.STUDENT, max_length=20)
    status: str = Field(default="active", max_length=20)


class WaitingEnrollment(TenantRow, table=True):
    """A place in a section for somebody who was invited and has no account yet; it becomes an enrolment when they join."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "section_id", "email"),
        tenant_fk("section_id", "section"),
        sa.Index("ix_waiting_enrollment_tenant_id_email", "tenant_id", "email"),
    )

    section_id: UUID
    email: str = Field(max_length=254)
    given_name: str = Field(default="", max_length=80)
    family_name: str = Field(default="", max_length=80)
    role: str = Field(default=EnrollmentRole.STUDENT, max_length=20)


class WaitingGuardian(TenantRow, table=True):
    """A guardian's relation to a student that begins when both have accounts; ``status`` is that of the link."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "guardian_email", "student_email"),
        sa.Index("ix_waiting_guardian_tenant_id_student_email", "tenant_id", "student_email"),
    )

    guardian_email: str = Field(max_length=254)
    student_email: str = Field(max_length=254)
    status: str = Field(default="pending", max_length=20)


class Module(TenantRow, table=True):
    """A part of a course, in order of ``position`` (from 1)."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"), sa.Index("ix_module_course_id_position", "course_id", "position")
    )

    course_id: UUID
    position: int
    title: str = Field(max_length=160)
    summary: str = Field(default="", max_length=500)


class UnlockKind(StrEnum):
    """What opens a module to a student."""

    MODULE = "module"
    DATE = "date"
    SCORE = "score"


class UnlockRule(TenantRow, table=True):
    """One condition of a module; it is open to a student who meets all of its rules.

    ``module``: all published lessons of ``required_module_id`` are read. ``date``: ``opens_at`` (UTC) has come.
    ``score``: a released grade of ``assessment_id`` is at least ``percent`` of what was possible.
    """

    __table_args__ = tenant_table(
        tenant_fk("module_id", "module"),
        tenant_fk("required_module_id", "module"),
        tenant_fk("assessment_id", "assessment"),
        sa.Index("ix_unlock_rule_module_id", "module_id"),
    )

    module_id: UUID
    kind: str = Field(max_length=20)
    required_module_id: UUID | None = Field(default=None)
    opens_at: datetime | None = Field(default=None)
    assessment_id: UUID | None = Field(default=None)
    percent: int | None = Field(default=None)


class Lesson(TenantRow, table=True):
    """One sitting's reading, made of blocks.

    ``title``, ``minutes`` and ``objectives`` are what students see; the ``draft_`` ones are what the teacher writes, and
    become the others on publishing. ``published_number`` is the `LessonVersion` that students read, 0 before the first.
    ``changed`` tells that the draft differs from it; ``version`` counts saved changes of the draft's heading.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("module_id", "module"),
        sa.Index("ix_lesson_module_id_position", "module_id", "position"),
        sa.Index("ix_lesson_course_id", "course_id"),
    )

    course_id: UUID
    module_id: UUID
    position: int
    title: str = Field(max_length=160)
    minutes: int = Field(default=10)
    objectives: list[str] = Field(default_factory=list, sa_type=JSONB)
    draft_title: str = Field(max_length=160)
    draft_minutes: int = Field(default=10)
    draft_objectives: list[str] = Field(default_factory=list, sa_type=JSONB)
    status: str = Field(default=PublicationStatus.DRAFT, max_length=20)
    published_number: int = Field(default=0)
    changed: bool = Field(default=False)
    version: int = Field(default=1)


class Block(TenantRow, table=True):
    """A part of a lesson's draft: ``data`` holds what its kind needs (`blocks.Content`).

    ``version`` counts saved changes (optimistic concurrency). A block with ``removed_at`` can be brought back until the
    lesson is published.
    """

    __table_args__ = tenant_table(
        tenant_fk("lesson_id", "lesson"), sa.Index("ix_block_lesson_id_position", "lesson_id", "position")
    )

    lesson_id: UUID
    position: int
    kind: str = Field(max_length=20)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    version: int = Field(default=1)
    removed_at: datetime | None = Field(default=None)


class LessonVersion(TenantRow, table=True):
    """A lesson as it was published; the database refuses changes. Each block is ``{id, kind, data, html}``."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "lesson_id", "number"), tenant_fk("lesson_id", "lesson")
    )

    lesson_id: UUID
    number: int
    title: str = Field(max_length=160)
    minutes: int
    objectives: list[str] = Field(default_factory=list, sa_type=JSONB)
    blocks: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    note: str = Field(default="", max_length=300)
    author_id: UUID | None = Field(default=None)


class LessonProgress(TenantRow, table=True):
    """That a student opened a lesson, where in it they were last (a block's id), and when they marked it as read."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "lesson_id", "user_id"),
        tenant_fk("lesson_id", "lesson"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_lesson_progress_user_id", "user_id"),
    )

    lesson_id: UUID
    user_id: UUID
    opened_at: datetime
    completed_at: datetime | None = Field(default=None)
    place: UUID | None = Field(default=None)
    seen_at: datetime | None = Field(default=None)


class Objective(TenantRow, table=True):
    """What students of a course should be able to do, in order of ``position`` (from 1); ``code`` is short: ``2.3``."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"), sa.UniqueConstraint("tenant_id", "course_id", "code")
    )

    course_id: UUID
    code: str = Field(max_length=20)
    statement: str = Field(max_length=400)
    position: int
