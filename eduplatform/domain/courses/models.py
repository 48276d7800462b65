"""Courses, their sections and people, and what they teach."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
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


class Lesson(TenantRow, table=True):
    """One sitting's reading. ``body`` is markdown, ``body_html`` its sanitised rendering, made on save."""

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
    body: str = Field(default="", sa_type=sa.Text)
    body_html: str = Field(default="", sa_type=sa.Text)
    status: str = Field(default=PublicationStatus.DRAFT, max_length=20)
    version: int = Field(default=1)


class LessonProgress(TenantRow, table=True):
    """That a student opened a lesson, and when they marked it as read."""

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


class Objective(TenantRow, table=True):
    """What students of a course should be able to do, in order of ``position`` (from 1); ``code`` is short: ``2.3``."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"), sa.UniqueConstraint("tenant_id", "course_id", "code")
    )

    course_id: UUID
    code: str = Field(max_length=20)
    statement: str = Field(max_length=400)
    position: int
