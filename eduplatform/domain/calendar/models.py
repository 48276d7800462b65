"""Events of classes, and the secret addresses by which other programs read a person's calendar."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table


class CalendarEvent(TenantRow, table=True):
    """Something that a teacher put into the calendar of a class, or of all classes of a course.

    Of an ``all_day`` event only the days of ``starts_at`` and ``ends_at`` count, in the tenant's time zone.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("section_id", "section"),
        tenant_fk("author_id", "user"),
        sa.Index("ix_calendar_event_course_id_starts_at", "course_id", "starts_at"),
    )

    course_id: UUID
    section_id: UUID | None = Field(default=None)
    author_id: UUID
    title: str = Field(max_length=160)
    place: str = Field(default="", max_length=160)
    note: str = Field(default="", max_length=2000)
    starts_at: datetime
    ends_at: datetime
    all_day: bool = Field(default=False)


class CalendarFeed(TenantRow, table=True):
    """The secret address of a person's calendar, kept as the SHA-256 of its secret."""

    __table_args__ = tenant_table(
        tenant_fk("user_id", "user"),
        sa.Index("ix_calendar_feed_user_id", "user_id"),
    )
    identity_plane: ClassVar[bool] = True

    user_id: UUID
    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    revoked_at: datetime | None = Field(default=None)
    last_used_at: datetime | None = Field(default=None)
