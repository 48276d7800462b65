"""Who may follow which channel. Each kind of channel has a check; a kind without one is nobody's.

The area that owns a kind registers it: ``register_channel("lesson", may_follow)``, and ``register_presence`` where those who follow
see each other. What existed before has its checks in `relations`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.live.models import LiveChannel
from eduplatform.errors import Forbidden, NotFound
from eduplatform.realtime.channels import Channel, parse_channel
from eduplatform.security.principal import Principal

Check = Callable[[Work, Principal, UUID], Awaitable[bool]]
"""Whether a person may follow the channel of an object; a ``NotFound`` or ``Forbidden`` that it raises is a no."""

Describe = Callable[[Work, Principal, UUID], Awaitable["Mapping[str, str | int | bool] | None"]]
"""What others who follow see of a person, at most 1 KB; None: the person may not follow, or does not want to be seen."""

_checks: dict[str, Check] = {}
_presence: dict[str, Describe] = {}


def register_channel(kind: str, check: Check) -> None:
    """Let ``check`` decide who may follow the channels of a kind; the last registration counts."""
    _checks[kind] = check


def register_presence(kind: str, describe: Describe) -> None:
    """Let ``describe`` decide who may follow the presence channels of a kind, and what the others see of them.

    Without a registration a kind has no presence channels. The check of the kind itself is asked first, where there is one.
    """
    _presence[kind] = describe


def kinds() -> tuple[frozenset[str], frozenset[str]]:
    """The kinds that have channels, and those that have presence channels."""
    return frozenset(_checks), frozenset(_presence)


async def admit(*, work: Work, me: Principal, name: str) -> tuple[Channel, Mapping[str, str | int | bool]]:
    """The channel of a name, and what others see of the person there; empty but on presence channels.

    Raises:
        NotFound: There is no such channel, or it is not for this person: of another tenant, of a role or of an object that they
            have nothing to do with.
    """
    tenant_id, channel = parse_channel(name)
    if me.user_id is None or tenant_id != me.tenant_id:
        raise NotFound
    subject = channel.object_id or tenant_id
    check, describe = _checks.get(channel.kind), _presence.get(channel.kind)
    try:
        allowed = check is not None and await check(work, me, subject)
        if not channel.presence:
            shown: Mapping[str, str | int | bool] | None = {} if allowed else None
        else:
            shown = await describe(work, me, subject) if describe and (allowed or check is None) else None
    except Forbidden:
        raise NotFound from None
    if shown is None:
        raise NotFound
    return channel, shown


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
