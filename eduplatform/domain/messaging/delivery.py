"""Getting news out by mail: at once, and once a day. Done by jobs, inside one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from sqlmodel import col, select

from eduplatform.config import get_settings
from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.messaging import mail
from eduplatform.domain.messaging.models import Notification
from eduplatform.domain.messaging.notification_repository import (
    DigestRepository,
    NotificationRepository,
    Pending,
)
from eduplatform.domain.messaging.preferences import digest_day
from eduplatform.domain.tenants.models import Tenant
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import time_zone

BATCH = 500
"""Notifications that one job takes at once; more are left to the next."""

MOST_ENTRIES = 20
"""Lines of a daily mail; the rest is counted."""

KEPT = timedelta(days=90)
"""Notifications older than this are removed."""


async def mail_now(*, work: Work, now: datetime | None = None) -> int:
    """Write the mails whose time has come, each once, also when two jobs do it at the same time.

    Returns:
        How many were written.
    """
    repository = NotificationRepository(work)
    due = await repository.pending(
        col(Notification.mail) == "now", col(Notification.mail_after) <= (now or utc_now()), limit=BATCH
    )
    if not due:
        return 0
    tenant = await _tenant(work)
    for one in due:
        locale = one.locale or tenant.locale
        work.session.add(
            mail.compose(
                tenant_id=tenant.id,
                recipient=one.email,
                template="notification",
                locale=locale,
                link=_link(one.notification.href),
                tenant=tenant.name,
                news=_said(one, locale),
            )
        )
    await repository.mark_mailed([one.notification.id for one in due])
    if len(due) == BATCH:
        await work.enqueue("messaging.mail")
    return len(due)


async def mail_digests(*, work: Work, now: datetime | None = None) -> int:
    """Write the daily mail of everybody for whom it is time, who has not had it today, and who has news.

    Jobs of one tenant queue up here, and a row per person and day makes a second mail impossible even without that.

    Returns:
        How many were written.
    """
    moment = now or utc_now()
    tenant = await _tenant(work, lock=True)
    repository, digests = NotificationRepository(work), DigestRepository(work)
    waiting = await repository.pending(
        col(Notification.mail) == "digest", col(Notification.created_at) <= moment, limit=BATCH * 10
    )
    if not waiting:
        return 0
    people = {one.user_id for one in waiting}
    had = await digests.written(sorted(people), (moment - timedelta(days=2)).date())
    mailed: list[Pending] = []
    days: list[dict[str, object]] = []
    by_person = attrgetter("user_id")
    for user_id, group in groupby(sorted(waiting, key=by_person), key=by_person):
        news = list(group)
        day = digest_day(moment, time_zone(news[0].timezone or tenant.timezone), news[0].digest_at)
        if day is None or (user_id, day) in had:
            continue
        work.session.add(_digest(tenant, news))
        days.append(
            {"id": new_id(), "created_at": moment, "updated_at": moment, "user_id": user_id, "day": day}
        )
        mailed += news
    await digests.insert_many(days)
    if mailed:
        await repository.mark_mailed([one.notification.id for one in mailed])
    return len(days)


async def remove_old(*, work: Work, now: datetime | None = None) -> int:
    """Remove notifications that nobody will look for any more; returns how many."""
    return await NotificationRepository(work).remove_older((now or utc_now()) - KEPT)


def _digest(tenant: Tenant, news: Sequence[Pending]) -> mail.MailMessage:
    locale = news[0].locale or tenant.locale
    entries = [mail.Entry(_said(one, locale), _link(one.notification.href)) for one in news[:MOST_ENTRIES]]
    if (rest := len(news) - MOST_ENTRIES) > 0:
        entries.append(
            mail.Entry(translate(N_("and {count} more"), locale, count=rest), _link("/notifications"))
        )
    return mail.compose(
        tenant_id=tenant.id,
        recipient=news[0].email,
        template="digest",
        locale=locale,
        link=_link("/notifications"),
        entries=entries,
        tenant=tenant.name,
    )


def _said(one: Pending, locale: str) -> str:
    return translate(one.notification.text, locale, **one.notification.params)


def _link(path: str) -> str:
    return f"{get_settings().public_url}{path}"


async def _tenant(work: Work, *, lock: bool = False) -> Tenant:
    statement = select(Tenant).where(col(Tenant.id) == work.tenant_id)
    # Others may go on to refer to the organisation meanwhile, which FOR UPDATE would forbid.
    found = await work.session.exec(statement.with_for_update(key_share=True) if lock else statement)
    return found.one()
