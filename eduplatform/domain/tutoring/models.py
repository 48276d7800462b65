"""Conversations with the tutor, what teachers set for it, and cases for the named adults."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table


class Speaker(StrEnum):
    """Who says something in a conversation."""

    STUDENT = "student"
    TUTOR = "tutor"
    TEACHER = "teacher"


class TutorSetting(TenantRow, table=True):
    """How the tutor works in a course; without a row the defaults hold.

    ``hints_only`` keeps it from explaining: it asks and points. ``locked_topics`` are words that it does not talk about.
    ``transcripts`` lets the teachers read the conversations, of which students are told. ``version`` counts changes
    (optimistic concurrency).
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "course_id"), tenant_fk("course_id", "course")
    )

    course_id: UUID
    enabled: bool = Field(default=True)
    hints_only: bool = Field(default=False)
    transcripts: bool = Field(default=True)
    locked_topics: list[str] = Field(default_factory=list, sa_type=JSONB)
    version: int = Field(default=1)


class TutorConversation(TenantRow, table=True):
    """Where a student and the tutor talk in one course."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "user_id", "course_id"),
        tenant_fk("user_id", "user"),
        tenant_fk("course_id", "course"),
        sa.Index("ix_tutor_conversation_course_id", "course_id"),
    )

    user_id: UUID
    course_id: UUID


class TutorMessage(TenantRow, table=True):
    """One turn. Of the tutor's: the move, the step of the hint ladder, what it cites and where it came from.

    ``topic`` is the question for which hints are counted, ``hints`` how many were given for it.
    ``citations`` are ``{number, lesson_id, block_id, title, quote}``; ``provenance`` is ``{engine, model, prompt, note}``.
    ``expires_at`` is when it is removed.
    """

    __table_args__ = tenant_table(
        tenant_fk("conversation_id", "tutor_conversation"),
        tenant_fk("lesson_id", "lesson", ondelete="SET NULL (lesson_id)"),
        sa.Index("ix_tutor_message_conversation_id", "conversation_id", "created_at"),
        sa.Index("ix_tutor_message_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    conversation_id: UUID
    lesson_id: UUID | None = Field(default=None)
    speaker: str = Field(max_length=10)
    text: str = Field(sa_type=sa.Text)
    move: str = Field(default="", max_length=20)
    level: int = Field(default=0)
    topic: str = Field(default="", sa_type=sa.Text)
    hints: int = Field(default=0)
    citations: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    provenance: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    expires_at: datetime


class TutorHandover(TenantRow, table=True):
    """A question that a student hands to the teachers; ``state`` is ``open`` or ``answered``."""

    __table_args__ = tenant_table(
        tenant_fk("conversation_id", "tutor_conversation"),
        tenant_fk("course_id", "course"),
        tenant_fk("user_id", "user"),
        tenant_fk("lesson_id", "lesson", ondelete="SET NULL (lesson_id)"),
        sa.Index("ix_tutor_handover_course_id_state", "course_id", "state", "created_at"),
    )

    conversation_id: UUID
    course_id: UUID
    user_id: UUID
    lesson_id: UUID | None = Field(default=None)
    question: str = Field(sa_type=sa.Text)
    state: str = Field(default="open", max_length=10)
    answer: str = Field(default="", sa_type=sa.Text)
    answered_by: UUID | None = Field(default=None)
    answered_at: datetime | None = Field(default=None)


class SafeguardingCase(TenantRow, table=True):
    """That a student wrote words of distress or danger; only the named adults see it.

    ``category`` is a key of the word list (`agents.safeguarding`), ``excerpt`` what the student wrote. ``state`` is
    ``open`` or ``closed``.
    """

    __table_args__ = tenant_table(
        tenant_fk("user_id", "user"),
        tenant_fk("course_id", "course", ondelete="SET NULL (course_id)"),
        sa.Index("ix_safeguarding_case_tenant_id_state", "tenant_id", "state", "created_at"),
        sa.Index("ix_safeguarding_case_user_id", "user_id"),
    )

    user_id: UUID
    course_id: UUID | None = Field(default=None)
    category: str = Field(max_length=20)
    excerpt: str = Field(sa_type=sa.Text)
    state: str = Field(default="open", max_length=10)
    note: str = Field(default="", sa_type=sa.Text)
    closed_by: UUID | None = Field(default=None)
    closed_at: datetime | None = Field(default=None)
