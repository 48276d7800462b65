"""A person's calendar for other programs: a secret address, and what is behind it as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event
from sqlmodel import col

from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, identity_work, unit_of_work
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.calendar import service
from eduplatform.domain.calendar.models import CalendarFeed
from eduplatform.domain.calendar.repository import FeedRepository
from eduplatform.domain.calendar.service import Entry
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.tenants.models import Tenant, TenantStatus
from eduplatform.errors import NotFound
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import time_zone
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.security.tokens import new_token, token_hash

BEFORE, AFTER = timedelta(days=60), timedelta(days=360)
"""What a feed shows, from today."""

_USED_EVERY = timedelta(hours=1)


async def status(*, work: Work, me: Principal) -> CalendarFeed | None:
    """The address that the person has now, without its secret."""
    return await FeedRepository(work).current(me.user)


async def renew(*, work: Work, me: Principal, now: datetime | None = None) -> str:
    """Make a new secret address; one that there was ends.

    Returns:
        The secret, which cannot be shown again.
    """
    me.require(Permission.CALENDAR)
    repository = FeedRepository(work)
    await repository.revoke(me.user, now or utc_now())
    secret = new_token()
    await repository.add(CalendarFeed(user_id=me.user, token_hash=token_hash(secret)))
    await work.audit("calendar_feed.renewed")
    return secret


async def revoke(*, work: Work, me: Principal, now: datetime | None = None) -> None:
    """End the person's address at once."""
    await FeedRepository(work).revoke(me.user, now or utc_now())
    await work.audit("calendar_feed.revoked")


def address(secret: str) -> str:
    """The address that a calendar program is given."""
    return f"{get_settings().public_url}/api/calendar/{secret}.ics"


async def read(secret: str, *, now: datetime | None = None) -> bytes:
    """The calendar behind a secret, as iCalendar.

    Raises:
        NotFound: Nobody has this address any more, or its owner or their organisation may not work.
    """
    moment = now or utc_now()
    me = await _owner(secret, moment)
    if not me.may(Permission.CALENDAR):
        raise NotFound
    async with unit_of_work(me) as work:
        found = await service.entries(work=work, me=me, start=moment - BEFORE, end=moment + AFTER)
    return render(found, me, moment)


async def _owner(secret: str, moment: datetime) -> Principal:
    """Whoever has the address, as the calendar needs to know them; such a principal reads a calendar and nothing else."""
    async with identity_work() as work:
        rows = await fetch(
            work,
            select_columns(CalendarFeed, User, Tenant)
            .join(User, col(User.id) == col(CalendarFeed.user_id))
            .join(Tenant, col(Tenant.id) == col(CalendarFeed.tenant_id))
            .where(
                col(CalendarFeed.token_hash) == token_hash(secret),
                col(CalendarFeed.revoked_at).is_(None),
                col(User.status) == AccountStatus.ACTIVE,
                col(Tenant.status) == TenantStatus.ACTIVE,
            ),
        )
        if not rows:
            raise NotFound
        feed, user, tenant = rows[0]
        if feed.last_used_at is None or moment - feed.last_used_at > _USED_EVERY:
            feed.last_used_at = moment
    return Principal(
        session_id=feed.id,
        identity_id=user.identity_id,
        tenant_id=tenant.id,
        user_id=user.id,
        roles=frozenset(Role(role) for role in user.roles if role != Role.OPERATOR),
        name=user.name,
        email=user.email,
        locale=user.locale or tenant.locale,
        timezone=tenant.timezone,
        tenant_name=tenant.name,
    )


def render(found: Sequence[Entry], me: Principal, now: datetime) -> bytes:
    """Entries as an iCalendar file.

    Moments are written in UTC, which every program turns into its owner's own time; whole days are days of the
    organisation's calendar.
    """
    calendar: Any = Calendar()  # its methods carry no types
    calendar.add("prodid", "-//EduPlatform//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{me.tenant_name} · {me.name}")
    calendar.add("x-wr-timezone", time_zone(me.timezone).key)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for one in found:
        calendar.add_component(_event(one, me, now))
    return calendar.to_ical()


def _event(one: Entry, me: Principal, now: datetime) -> Any:
    zone = time_zone(me.timezone)
    event: Any = Event()
    owner = f"-{one.child_id}" if one.child_id else ""
    event.add("uid", f"{one.kind}-{one.id}{owner}@eduplatform")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("last-modified", one.changed_at.astimezone(UTC))
    event.add("summary", _summary(one, me))
    if one.all_day:
        event.add("dtstart", one.starts_at.astimezone(zone).date())
        # The end of whole days is the first day that is no longer part of it.
        event.add("dtend", one.ends_at.astimezone(zone).date() + timedelta(days=1))
    else:
        event.add("dtstart", one.starts_at.astimezone(UTC))
        if one.ends_at > one.starts_at:
            event.add("dtend", one.ends_at.astimezone(UTC))
    if one.kind != "event":
        event.add("transp", "TRANSPARENT")
    if one.place:
        event.add("location", one.place)
    link = f"{get_settings().public_url}{one.href}" if one.href else ""
    event.add("description", "\n".join(part for part in (one.course, one.note, link) if part))
    if link:
        event.add("url", link)
    return event


def _summary(one: Entry, me: Principal) -> str:
    named = f"{one.child}: {one.title}" if one.child else one.title
    if one.kind == "due":
        return translate(N_("Due: {title}"), me.locale, title=named)
    return named
