"""Who is here now, and what people and organisations decide about being shown.

Presence is a row that a visible page renews: every 20 seconds where somebody works, about once a minute elsewhere. Whoever does not want to be seen, and everybody in an
organisation that switched it off, leaves no row at all; what was there is deleted at once. Students are never shown to
students here: who may read is decided by the callers, all of which serve people who teach.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.classroom.models import Place, Presence
from eduplatform.domain.classroom.repository import (
    SETTING,
    PresenceChoiceRepository,
    PresenceRepository,
    Stay,
    tenant_rule,
)
from eduplatform.domain.tenants import service as tenants
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal

BEAT_SECONDS = 20
"""How often a page says that it is still looked at."""

LOST_AFTER = timedelta(seconds=50)
"""A silence as long as two missed beats and a slow network: then somebody is gone."""

ONLINE_FOR = timedelta(seconds=130)
"""The same for pages that are only open: while live updates reach them they say so about once a minute."""

RENEWED_AFTER = 45.0
"""Seconds in which one process notes only once that somebody has a page open."""

KEPT = timedelta(days=1)
MOST_REMEMBERED = 20_000

_renewed: dict[UUID, float] = {}


@dataclass(frozen=True, slots=True)
class Visibility:
    """Whether a person is shown as being online: the organisation and the person must both want it."""

    organisation: bool
    own: bool

    @property
    def shown(self) -> bool:
        """Whether others may see the person."""
        return self.organisation and self.own


def is_here(seen_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who works somewhere, and was seen there last at a moment, is still there."""
    return seen_at is not None and now - seen_at <= LOST_AFTER


async def visibility(*, work: Work, me: Principal) -> Visibility:
    """What the organisation and the person decided; one statement."""
    return Visibility(*await PresenceChoiceRepository(work).rules(me.user))


async def stay(
    *, work: Work, me: Principal, place: Place, object_id: UUID, now: datetime | None = None
) -> bool:
    """Note that the person is here, unless they are not to be shown; two statements. The caller has checked access.

    Returns:
        Whether the person is shown.
    """
    if not (await visibility(work=work, me=me)).shown:
        return False
    await PresenceRepository(work).beat(
        user_id=me.user, place=place, object_id=object_id, now=now or utc_now(), silence=LOST_AFTER
    )
    return True


async def leave(*, work: Work, me: Principal, place: Place, object_id: UUID) -> None:
    """Note that the person went."""
    await PresenceRepository(work).remove(
        col(Presence.place) == place, col(Presence.object_id) == object_id, col(Presence.user_id) == me.user
    )


async def on_platform(*, me: Principal) -> None:
    """Note that the person has a page of the platform open, now and then."""
    if me.tenant_id is None or me.user_id is None:
        return
    moment = time.monotonic()
    if moment - _renewed.get(me.user, -RENEWED_AFTER) < RENEWED_AFTER:
        return
    if len(_renewed) >= MOST_REMEMBERED:
        _renewed.clear()
    _renewed[me.user] = moment
    async with unit_of_work(me) as work:
        await stay(work=work, me=me, place=Place.PLATFORM, object_id=me.user)


async def online(*, work: Work, user_ids: Sequence[UUID], now: datetime | None = None) -> set[UUID]:
    """Who of these people has a page open now; one statement. For callers that may see these people."""
    moment = now or utc_now()
    found = await PresenceRepository(work).stays(Place.PLATFORM, user_ids)
    return {one.user_id for one in found if moment - one.seen_at <= ONLINE_FOR}


async def stays(*, work: Work, place: Place, object_ids: Sequence[UUID]) -> list[Stay]:
    """The last stay of everybody at these objects who may be shown; one statement. For callers that checked access."""
    return await PresenceRepository(work).stays(place, object_ids)


# Choices


async def choose(*, work: Work, me: Principal, shown: bool) -> None:
    """Have oneself shown as being online, or not; hiding deletes at once what is known."""
    await PresenceChoiceRepository(work).choose(me.user, shown=shown, now=utc_now())
    await work.audit("presence.chosen", shown=shown)
    _renewed.pop(me.user, None)
    if not shown:
        await PresenceRepository(work).remove(col(Presence.user_id) == me.user)
        await PresenceChoiceRepository(work).hide_in_lessons(me.user)


async def organisation_rule(*, work: Work, me: Principal) -> bool:
    """Whether the organisation lets its people be shown as being online.

    Raises:
        Forbidden: The person does not run the organisation.
    """
    me.require(Permission.TENANT_EDIT)
    return await tenant_rule(work)


async def set_organisation_rule(*, work: Work, me: Principal, shown: bool) -> None:
    """Let people be shown as being online, or nobody; switching it off deletes at once what is known.

    Raises:
        Forbidden: The person does not run the organisation.
    """
    me.require(Permission.TENANT_EDIT)
    await tenants.save_setting(work=work, name=SETTING, value={"shown": shown})
    if not shown:
        await PresenceRepository(work).remove()


async def forget_old(*, work: Work, now: datetime | None = None) -> None:
    """Delete stays that ended more than a day ago."""
    await PresenceRepository(work).remove(col(Presence.seen_at) < (now or utc_now()) - KEPT)
