"""Discussions, announcements, direct messages, and the news that tells people of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import Row, TenantKeyed, TenantRow, tenant_fk, tenant_table


class Thread(TenantRow, table=True):
    """A discussion in a course. ``last_post_at`` orders the list; ``post_serial`` numbers its answers for good.

    A locked one takes no answers; a hidden one is seen by its author and the teachers only.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("author_id", "user"),
        sa.Index("ix_thread_course_id_last_post_at", "course_id", "last_post_at"),
    )

    course_id: UUID
    author_id: UUID
    title: str = Field(max_length=160)
    body: str = Field(sa_type=sa.Text)
    body_html: str = Field(sa_type=sa.Text)
    post_count: int = Field(default=0)
    post_serial: int = Field(default=0)
    last_post_at: datetime
    locked: bool = Field(default=False)
    accepted_post_id: UUID | None = Field(default=None)
    edited_at: datetime | None = Field(default=None)
    hidden_at: datetime | None = Field(default=None)
    hidden_reason: str = Field(default="", max_length=300)


class Post(TenantRow, table=True):
    """An answer in a discussion, or an answer to an answer.

    ``path`` orders a discussion as a tree: the numbers of the answers above it and its own, joined by dots. A deleted answer
    that others have answered keeps its place without its words.
    """

    __table_args__ = tenant_table(
        tenant_fk("thread_id", "thread"),
        tenant_fk("author_id", "user"),
        tenant_fk("parent_id", "post"),
        sa.UniqueConstraint("tenant_id", "thread_id", "path"),
        sa.Index("ix_post_thread_id", "thread_id", "created_at"),
        sa.Index("ix_post_parent_id", "parent_id"),
    )

    thread_id: UUID
    author_id: UUID
    parent_id: UUID | None = Field(default=None)
    path: str = Field(max_length=40)
    depth: int = Field(default=0)
    body: str = Field(sa_type=sa.Text)
    body_html: str = Field(sa_type=sa.Text)
    endorsed_by: UUID | None = Field(default=None)
    edited_at: datetime | None = Field(default=None)
    deleted_at: datetime | None = Field(default=None)
    hidden_at: datetime | None = Field(default=None)
    hidden_reason: str = Field(default="", max_length=300)


class Revision(TenantRow, table=True):
    """What a contribution said before it was edited; without ``post_id`` it is the beginning of the discussion."""

    __table_args__ = tenant_table(
        tenant_fk("thread_id", "thread"),
        tenant_fk("post_id", "post"),
        sa.Index("ix_revision_thread_id", "thread_id", "post_id"),
    )

    thread_id: UUID
    post_id: UUID | None = Field(default=None)
    title: str = Field(default="", max_length=160)
    body: str = Field(sa_type=sa.Text)


class Report(TenantRow, table=True):
    """That somebody found a contribution wrong; ``state`` is ``open``, ``kept`` or ``hidden``."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("thread_id", "thread"),
        tenant_fk("post_id", "post"),
        tenant_fk("reporter_id", "user"),
        sa.Index("ix_report_course_id_state", "course_id", "state"),
    )

    course_id: UUID
    thread_id: UUID
    post_id: UUID | None = Field(default=None)
    reporter_id: UUID
    reason: str = Field(max_length=500)
    state: str = Field(default="open", max_length=10)
    resolved_by: UUID | None = Field(default=None)
    resolved_at: datetime | None = Field(default=None)


class Announcement(TenantRow, table=True):
    """Something that a teacher tells a course, or some of its classes, from ``publish_at`` on.

    ``told_at`` is when its people were notified.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("author_id", "user"),
        sa.Index("ix_announcement_course_id_publish_at", "course_id", "publish_at"),
    )

    course_id: UUID
    author_id: UUID
    title: str = Field(max_length=160)
    body: str = Field(sa_type=sa.Text)
    body_html: str = Field(sa_type=sa.Text)
    publish_at: datetime
    pinned: bool = Field(default=False)
    whole_course: bool = Field(default=True)
    edited_at: datetime | None = Field(default=None)
    told_at: datetime | None = Field(default=None)


class AnnouncementSection(TenantRow, table=True):
    """A class that an announcement is for, when it is not for the whole course."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "announcement_id", "section_id"),
        tenant_fk("announcement_id", "announcement"),
        tenant_fk("section_id", "section"),
    )

    announcement_id: UUID
    section_id: UUID


class AnnouncementRead(TenantRow, table=True):
    """That somebody has read an announcement."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "announcement_id", "user_id"),
        tenant_fk("announcement_id", "announcement"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_announcement_read_user_id", "user_id"),
    )

    announcement_id: UUID
    user_id: UUID


class Conversation(TenantRow, table=True):
    """The direct messages of two people; ``first_id`` is the smaller of their ids.

    ``first_read_at`` and ``second_read_at`` are the newest moments up to which each of them has read.
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "first_id", "second_id"),
        tenant_fk("first_id", "user"),
        tenant_fk("second_id", "user"),
        sa.Index("ix_conversation_first_id", "first_id", "last_message_at"),
        sa.Index("ix_conversation_second_id", "second_id", "last_message_at"),
    )

    first_id: UUID
    second_id: UUID
    last_message_at: datetime
    last_author_id: UUID
    first_read_at: datetime | None = Field(default=None)
    second_read_at: datetime | None = Field(default=None)


class DirectMessage(TenantRow, table=True):
    """What one of the two wrote to the other; of a deleted one there are no words left."""

    __table_args__ = tenant_table(
        tenant_fk("conversation_id", "conversation"),
        tenant_fk("author_id", "user"),
        sa.Index("ix_direct_message_conversation_id", "conversation_id", "created_at"),
    )

    conversation_id: UUID
    author_id: UUID
    body: str = Field(sa_type=sa.Text)
    body_html: str = Field(sa_type=sa.Text)
    edited_at: datetime | None = Field(default=None)
    deleted_at: datetime | None = Field(default=None)


class MessageReport(TenantRow, table=True):
    """That the receiver of a direct message found it wrong; ``state`` is ``open``, ``kept`` or ``removed``.

    ``body_html`` is what the message said then, whatever its author does to it afterwards.
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "message_id", "reporter_id"),
        tenant_fk("message_id", "direct_message"),
        tenant_fk("reporter_id", "user"),
        sa.Index("ix_message_report_state", "tenant_id", "state", "created_at"),
    )

    message_id: UUID
    reporter_id: UUID
    body_html: str = Field(sa_type=sa.Text)
    reason: str = Field(max_length=500)
    state: str = Field(default="open", max_length=10)
    resolved_by: UUID | None = Field(default=None)
    resolved_at: datetime | None = Field(default=None)


class MessageBlock(TenantRow, table=True):
    """That somebody wants no direct messages of somebody else; neither can write to the other."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "blocker_id", "blocked_id"),
        tenant_fk("blocker_id", "user"),
        tenant_fk("blocked_id", "user"),
    )

    blocker_id: UUID
    blocked_id: UUID


class MailMessage(Row, TenantKeyed, table=True):
    """A mail as it was written: who, what, why. ``tenant_id`` is the platform's for mail of the sign-in desk."""

    __table_args__ = (sa.Index("ix_mail_message_tenant_id_created_at", "tenant_id", "created_at"),)
    identity_plane: ClassVar[bool] = True

    tenant_id: UUID = Field(nullable=False)
    template: str = Field(max_length=40)
    recipient: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    text: str = Field(sa_type=sa.Text)
    html: str = Field(sa_type=sa.Text)
    state: str = Field(default="kept", max_length=20)


class Notification(TenantRow, table=True):
    """That something happened which a person wants to know.

    ``text`` is a message key that is translated with ``params`` when it is shown; ``mail`` says what becomes of it by mail:
    ``none``, ``now`` (from ``mail_after`` on), ``digest`` or ``sent``. Without ``in_app`` it is in no list.
    """

    __table_args__ = tenant_table(
        tenant_fk("recipient_id", "user"),
        sa.Index("ix_notification_recipient_id_created_at", "recipient_id", "created_at"),
        sa.Index(
            "ix_notification_unread",
            "tenant_id",
            "recipient_id",
            postgresql_where=sa.text("read_at IS NULL AND in_app"),
        ),
        sa.Index(
            "ix_notification_mail",
            "tenant_id",
            "mail",
            "mail_after",
            postgresql_where=sa.text("mail IN ('now', 'digest')"),
        ),
    )

    recipient_id: UUID
    kind: str = Field(max_length=30)
    text: str = Field(max_length=300)
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    href: str = Field(max_length=300)
    in_app: bool = Field(default=True)
    read_at: datetime | None = Field(default=None)
    mail: str = Field(default="none", max_length=10)
    mail_after: datetime | None = Field(default=None)


class NotificationSetting(TenantRow, table=True):
    """How a person wants to be told: a way per kind, and hours without mail in the person's own time zone.

    ``quiet_from``, ``quiet_until`` and ``digest_at`` are minutes after midnight; equal ends mean no quiet hours.
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "user_id"),
        tenant_fk("user_id", "user"),
    )

    user_id: UUID
    ways: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    timezone: str = Field(default="", max_length=60)
    quiet_from: int = Field(default=0)
    quiet_until: int = Field(default=0)
    digest_at: int = Field(default=420)


class Digest(TenantRow, table=True):
    """That a person's daily mail of one day (their own calendar's) has been written; there is never a second one."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "user_id", "day"),
        tenant_fk("user_id", "user"),
    )

    user_id: UUID
    day: date
