"""Course discussions, and mail that waits to be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import Row, TenantKeyed, TenantRow, tenant_fk, tenant_table


class Thread(TenantRow, table=True):
    """A discussion in a course. ``last_post_at`` orders the list."""

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
    last_post_at: datetime


class Post(TenantRow, table=True):
    """An answer in a discussion."""

    __table_args__ = tenant_table(
        tenant_fk("thread_id", "thread"),
        tenant_fk("author_id", "user"),
        sa.Index("ix_post_thread_id", "thread_id", "created_at"),
    )

    thread_id: UUID
    author_id: UUID
    body: str = Field(sa_type=sa.Text)
    body_html: str = Field(sa_type=sa.Text)


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
