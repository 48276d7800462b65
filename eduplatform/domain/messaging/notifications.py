"""Telling people what happened: in the platform, by mail at once, or in the daily digest, as each of them chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.messaging.models import Notification
from eduplatform.domain.messaging.notification_repository import NotificationRepository, Recipient
from eduplatform.domain.messaging.preferences import KINDS, Way, quiet_hours, way_of
from eduplatform.errors import NotFound
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import NotificationsChanged
from eduplatform.security.principal import Principal

PAGE_SIZE = 20
NO_PARAMS: Mapping[str, str] = {}
_MAIL = {Way.APP: "none", Way.MAIL: "now", Way.DIGEST: "digest"}


async def send(
    *,
    work: Work,
    recipients: Sequence[UUID],
    kind: str,
    text: str,
    params: Mapping[str, str] = NO_PARAMS,
    href: str,
    now: datetime | None = None,
) -> None:
    """Tell people something, in the caller's transaction; three statements at most, however many they are.

    Whoever caused it, has left, or has switched the kind off is not told.

    Args:
        work: The open unit of work of the tenant.
        recipients: Ids of users; repeated ones count once.
        kind: A key of `KINDS`.
        text: An ``N_`` literal, translated with ``params`` when it is shown.
        params: Values of the text's places: names and titles, never what somebody wrote in confidence.
        href: Path of the page to open, beginning with ``/``.
        now: When; the server's clock by default.

    Raises:
        ValueError: There is no such kind, or the address is not one of the platform.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of notification: {kind}")
    if not href.startswith("/") or href.startswith("//"):
        raise ValueError("a notification leads to a page of the platform")
    wanted = {one for one in recipients if one != work.user_id}
    if not wanted:
        return
    moment = now or utc_now()
    repository = NotificationRepository(work)
    people = [(one, way_of(one.ways, kind)) for one in await repository.recipients(sorted(wanted))]
    told = [(one, way) for one, way in people if way is not Way.OFF]
    await repository.insert_many(
        [
            {
                "id": new_id(),
                "created_at": moment,
                "updated_at": moment,
                "created_by": work.user_id,
                "recipient_id": one.user_id,
                "kind": kind,
                "text": text,
                "params": dict(params),
                "href": href,
                "in_app": True,
                "read_at": None,
                "mail": _MAIL[way],
                "mail_after": _mail_after(one, moment) if way is Way.MAIL else None,
            }
            for one, way in told
        ]
    )
    for one, _way in told:
        work.publish(Channel.user(one.user_id), NotificationsChanged())
    if any(way is Way.MAIL for _, way in told):
        await work.enqueue("messaging.mail")


def _mail_after(one: Recipient, moment: datetime) -> datetime:
    return quiet_hours(one.timezone, one.quiet_from, one.quiet_until).hold(moment) or moment


async def unread_count(*, work: Work, me: Principal) -> int:
    """How many notifications the person has not read; one statement."""
    return await NotificationRepository(work).unread(me.user)


async def list_own(
    *, work: Work, me: Principal, unread: bool = False, page: int = 1
) -> tuple[list[Notification], int]:
    """A page of the person's notifications, newest first, and how many there are; two statements."""
    return await NotificationRepository(work).of_person(me.user, unread=unread, number=page, size=PAGE_SIZE)


async def open_one(*, work: Work, me: Principal, notification_id: UUID, now: datetime | None = None) -> str:
    """Mark one's own notification as read.

    Returns:
        The path of the page that it is about.

    Raises:
        NotFound: The person has no such notification.
    """
    repository = NotificationRepository(work)
    row = await repository.first(
        col(Notification.id) == notification_id, col(Notification.recipient_id) == me.user
    )
    if row is None:
        raise NotFound
    if row.read_at is None:
        await repository.mark_read(me.user, now or utc_now(), only=row.id)
        work.publish(Channel.user(me.user), NotificationsChanged())
    return row.href


async def mark_all_read(*, work: Work, me: Principal, now: datetime | None = None) -> None:
    """Mark all of the person's notifications as read; two statements."""
    await NotificationRepository(work).mark_read(me.user, now or utc_now())
    work.publish(Channel.user(me.user), NotificationsChanged())
