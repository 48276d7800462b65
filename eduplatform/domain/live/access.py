"""Who may follow which channel. Each kind of channel has a check; a kind without one is nobody's.

The area that owns a kind registers it: ``register_channel("lesson", may_follow)``. What existed before has its checks in `relations`.
Nobody learns from a channel who else follows it: who is here is a row with rules of privacy (`domain.classroom.presence`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.live.models import LiveChannel
from eduplatform.errors import Forbidden, NotFound
from eduplatform.realtime.channels import Channel, parse_channel
from eduplatform.security.principal import Principal

Check = Callable[[Work, Principal, UUID], Awaitable[bool]]
"""Whether a person may follow the channel of an object; a ``NotFound`` or ``Forbidden`` that it raises is a no."""

_checks: dict[str, Check] = {}


def register_channel(kind: str, check: Check) -> None:
    """Let ``check`` decide who may follow the channels of a kind; the last registration counts."""
    _checks[kind] = check


def kinds() -> frozenset[str]:
    """The kinds that have channels."""
    return frozenset(_checks)


async def admit(*, work: Work, me: Principal, name: str) -> Channel:
    """The channel of a name.

    Raises:
        NotFound: There is no such channel, or it is not for this person: of another tenant, of a role or of an object that they
            have nothing to do with.
    """
    tenant_id, channel = parse_channel(name)
    if me.user_id is None or tenant_id != me.tenant_id:
        raise NotFound
    subject = channel.object_id or tenant_id
    check = _checks.get(channel.kind)
    try:
        allowed = check is not None and await check(work, me, subject)
    except Forbidden:
        raise NotFound from None
    if not allowed:
        raise NotFound
    return channel


async def last_numbers(*, work: Work, names: Collection[str]) -> dict[str, tuple[int, float]]:
    """How many events channels of this tenant have had, and the moment of the last one in Unix time, by name.

    Channels without any are left out. One statement.
    """
    found = await work.session.exec(
        select(LiveChannel.name, LiveChannel.last_number, LiveChannel.updated_at).where(
            col(LiveChannel.tenant_id) == work.tenant_id, col(LiveChannel.name).in_(names)
        )
    )
    return {name: (number, moment.timestamp()) for name, number, moment in found}
