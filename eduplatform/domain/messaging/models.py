"""Course discussions, and mail that waits to be sent."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
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
