"""Rows of notifications and of how people want to get them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.messaging.models import Digest, Notification, NotificationSetting
from eduplatform.domain.messaging.preferences import DIGEST_AT


@dataclass(frozen=True, slots=True)
class Pending:
    """A notification that waits to be mailed, and to whom; the empty zone and locale are the tenant's."""

    notification: Notification
    user_id: UUID
    email: str
    locale: str
    timezone: str
    digest_at: int


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to tell, and what they chose; empty values are the defaults."""

    user_id: UUID
    ways: dict[str, Any]
    timezone: str
    quiet_from: int
    quiet_until: int


class NotificationRepository(Repository[Notification]):
    """Notifications."""

    model = Notification

    async def recipients(self, user_ids: Sequence[UUID]) -> list[Recipient]:
        """The active ones of these people with their choices; one statement."""
        setting = NotificationSetting
        rows = await fetch(
            self._work,
            select_columns(User.id, setting.ways, setting.timezone, setting.quiet_from, setting.quiet_until)
            .join(setting, col(setting.user_id) == col(User.id), isouter=True)
            .where(
                col(User.tenant_id) == self._work.tenant_id,
                col(User.id).in_(user_ids),
                col(User.status) == AccountStatus.ACTIVE,
            ),
        )
        return [
            Recipient(user_id, ways or {}, timezone or "", start or 0, end or 0)
            for user_id, ways, timezone, start, end in rows
        ]

    async def pending(self, *conditions: ColumnElement[bool], limit: int) -> list[Pending]:
        """What waits to be mailed to people who are still here, oldest first; locked, leaving what others hold."""
        setting = NotificationSetting
        columns: tuple[Any, ...] = (
            Notification,
            User.id,
            User.email,
            User.locale,
            func.coalesce(col(setting.timezone), ""),
            func.coalesce(col(setting.digest_at), DIGEST_AT),
        )
        statement = (
            select_columns(*columns)
            .join(User, col(User.id) == col(Notification.recipient_id))
            .join(setting, col(setting.user_id) == col(User.id), isouter=True)
            .where(
                col(Notification.tenant_id) == self._work.tenant_id,
                col(User.status) == AccountStatus.ACTIVE,
                *conditions,
            )
            .order_by(col(Notification.created_at))
            .limit(limit)
            .with_for_update(of=Notification, skip_locked=True)
        )
        return [Pending(*row) for row in await fetch(self._work, statement)]

    async def mark_mailed(self, ids: Sequence[UUID]) -> None:
        """Remember that these went out; one statement."""
        await self._session.exec(
            sa.update(Notification)
            .where(col(Notification.tenant_id) == self._work.tenant_id, col(Notification.id).in_(ids))
            .values(mail="sent"),
            execution_options={"synchronize_session": False},
        )

    async def remove_older(self, moment: datetime) -> int:
        """Delete notifications from before a moment; returns how many."""
        result = await self._session.exec(
            sa.delete(Notification).where(
                col(Notification.tenant_id) == self._work.tenant_id, col(Notification.created_at) < moment
            )
        )
        return result.rowcount

    async def unread(self, user_id: UUID) -> int:
        """How many of a person's notifications are unread."""
        return await self.count(
            col(Notification.recipient_id) == user_id,
            col(Notification.in_app).is_(True),
            col(Notification.read_at).is_(None),
        )

    async def of_person(
        self, user_id: UUID, *, unread: bool, number: int, size: int
    ) -> tuple[list[Notification], int]:
        """A page of what a person sees, newest first, and how many there are; two statements."""
        chosen = self.rows().where(col(Notification.recipient_id) == user_id, col(Notification.in_app))
        if unread:
            chosen = chosen.where(col(Notification.read_at).is_(None))
        return await self.page(
            chosen,
            number=number,
            size=size,
            order_by=[col(Notification.created_at).desc(), col(Notification.id)],
        )

    async def mark_read(self, user_id: UUID, moment: datetime, *, only: UUID | None = None) -> None:
        """Mark a person's notifications, or one of them, as read; one statement."""
        chosen = [] if only is None else [col(Notification.id) == only]
        await self._session.exec(
            sa.update(Notification)
            .where(
                col(Notification.tenant_id) == self._work.tenant_id,
                col(Notification.recipient_id) == user_id,
                col(Notification.read_at).is_(None),
                *chosen,
            )
            .values(read_at=moment),
            execution_options={"synchronize_session": False},
        )


class NotificationSettingRepository(Repository[NotificationSetting]):
    """How people want to be told."""

    model = NotificationSetting


class DigestRepository(Repository[Digest]):
    """Which days' mails have been written."""

    model = Digest

    async def written(self, user_ids: Sequence[UUID], since: date) -> set[tuple[UUID, date]]:
        """People and days that have their mail."""
        found = await self.find(col(Digest.user_id).in_(user_ids), col(Digest.day) >= since)
        return {(one.user_id, one.day) for one in found}
