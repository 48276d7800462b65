"""What connects the server's processes: publishing, who is where, and the last event of cache channels.

`LocalBus` serves one process; `redis_bus.RedisBus` several.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

CACHE_S = 30 * 60
"""How long a cache channel remembers its last event."""

Kind = Literal["frame", "added", "removed", "close"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Something that every process hands to those of its connections that subscribed to the channel.

    Attributes:
        kind: A ``frame`` as it is; a user who was ``added`` to or ``removed`` from a channel; or ``close`` the connections.
        channel: Whose subscribers it concerns.
        text: The frame; for ``added`` what the user shows of itself, in JSON; for ``close`` the code.
        user_id: Who came or went.
        exclude: A connection that does not get it.
    """

    kind: Kind
    channel: str
    text: str = ""
    user_id: str = ""
    exclude: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What became different in a channel.

    Attributes:
        channel: Its name.
        count: Subscriptions after the change.
        turned: Whether the channel became occupied or vacated by it.
        users: Users whose first connection came, or whose last one went.
        came: Whether they came.
        refused: Nothing was changed, since the channel is full.
    """

    channel: str
    count: int = 0
    turned: bool = False
    users: tuple[str, ...] = ()
    came: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last event of a cache channel.

    Attributes:
        frame: As it was sent.
        seconds: How long it will be remembered.
    """

    frame: str
    seconds: int


class BusLost(Exception):
    """The other processes cannot be reached, so that connections might miss something."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What a bus tells its process.

    Attributes:
        deliver: Something was published, by any process; called in the order of publication.
        lost: Something may have been missed; connections must be made anew.
        changed: A dead process was cleaned up after.
    """

    deliver: Callable[[Envelope], None]
    lost: Callable[[], None]
    changed: Callable[[Change], None]


class Bus(Protocol):
    """The processes of one app, seen from one of them. All methods raise `BusLost`."""

    async def start(self, listener: Listener) -> None:
        """Begin to listen."""
        ...

    async def stop(self) -> None:
        """Forget this process's connections and stop listening."""
        ...

    async def publish(self, envelope: Envelope) -> None:
        """Hand something to every process, this one too."""
        ...

    async def join(
        self, channel: str, *, user_id: str = "", info: str = "", exclude: str = "", limit: int = 0
    ) -> Change:
        """Count one more subscription; a user's first one publishes ``added``.

        Args:
            channel: Where to.
            user_id: Whose, in a channel that knows users.
            info: What the user shows of itself, in JSON.
            exclude: The connection that is not told of it.
            limit: Most users of such a channel, most subscriptions of another; 0 for no limit.
        """
        ...

    async def leave(self, channel: str, *, user_id: str = "") -> Change:
        """Count one subscription less; a user's last one publishes ``removed``."""
        ...

    async def members(self, channel: str, among: Sequence[str] | None = None) -> dict[str, str]:
        """Users of a channel with what they show of themselves, in JSON; all, or those of a list."""
        ...

    async def count(self, channel: str) -> int:
        """Subscriptions of a channel, in all processes."""
        ...

    async def channels(self, prefix: str) -> list[str]:
        """Occupied channels whose names begin so, sorted."""
        ...

    async def remember(self, channel: str, frame: str) -> None:
        """Keep the last event of a cache channel, for half an hour."""
        ...

    async def recall(self, channel: str) -> Remembered | None:
        """The last event of a cache channel, unless that is too long ago."""
        ...

    async def claim(self, channel: str, user_id: str = "") -> bool:
        """Note that the world was told that a channel is occupied, or a user there; false when it was known."""
        ...

    async def disclaim(self, channel: str, user_id: str = "") -> bool:
        """Take that back, if it is no longer so; false when it is so again, or was never told."""
        ...


@dataclass(slots=True)
class _Occupancy:
    count: int = 0
    users: Counter[str] = field(default_factory=lambda: Counter[str]())
    infos: dict[str, str] = field(default_factory=lambda: dict[str, str]())


class LocalBus:
    """A bus for a process alone. Nothing waits, so that what happens in one call is seen by nobody half done."""

    def __init__(self) -> None:
        self._occupied: dict[str, _Occupancy] = {}
        self._last: dict[str, tuple[float, str]] = {}
        self._told: set[tuple[str, str]] = set()
        self._listener: Listener | None = None

    async def start(self, listener: Listener) -> None:
        """Begin to listen."""
        self._listener = listener

    async def stop(self) -> None:
        """Forget everything."""
        self._listener = None
        self._occupied.clear()

    async def publish(self, envelope: Envelope) -> None:
        """Hand it to this process."""
        if self._listener is not None:
            self._listener.deliver(envelope)

    async def join(
        self, channel: str, *, user_id: str = "", info: str = "", exclude: str = "", limit: int = 0
    ) -> Change:
        """Count one more subscription."""
        place = self._occupied.get(channel) or _Occupancy()
        came = bool(user_id) and user_id not in place.users
        if limit and (len(place.users) if user_id else place.count) >= limit and (came or not user_id):
            return Change(channel, place.count, refused=True)
        self._occupied[channel] = place
        place.count += 1
        if user_id:
            place.users[user_id] += 1
        if came:
            place.infos[user_id] = info
            await self.publish(Envelope("added", channel, info, user_id, exclude))
        return Change(channel, place.count, place.count == 1, (user_id,) if came else (), came=True)

    async def leave(self, channel: str, *, user_id: str = "") -> Change:
        """Count one subscription less."""
        place = self._occupied.get(channel)
        if place is None:
            return Change(channel)
        place.count -= 1
        if place.count == 0:
            del self._occupied[channel]
        went = False
        if user_id in place.users:
            place.users[user_id] -= 1
            went = place.users[user_id] == 0
        if went:
            del place.users[user_id], place.infos[user_id]
            await self.publish(Envelope("removed", channel, user_id=user_id))
        return Change(channel, place.count, place.count == 0, (user_id,) if went else ())

    async def members(self, channel: str, among: Sequence[str] | None = None) -> dict[str, str]:
        """Users of a channel."""
        infos = self._occupied[channel].infos if channel in self._occupied else {}
        return dict(infos) if among is None else {one: infos[one] for one in among if one in infos}

    async def count(self, channel: str) -> int:
        """Subscriptions of a channel."""
        return self._occupied[channel].count if channel in self._occupied else 0

    async def channels(self, prefix: str) -> list[str]:
        """Occupied channels whose names begin so, sorted."""
        return sorted(one for one in self._occupied if one.startswith(prefix) and not one.startswith("#"))

    async def remember(self, channel: str, frame: str) -> None:
        """Keep the last event of a cache channel."""
        now = time.monotonic()
        while self._last and next(iter(self._last.values()))[0] < now:
            del self._last[next(iter(self._last))]
        self._last.pop(channel, None)  # the oldest stay first
        self._last[channel] = (now + CACHE_S, frame)

    async def recall(self, channel: str) -> Remembered | None:
        """The last event of a cache channel."""
        until, frame = self._last.get(channel, (0.0, ""))
        left = int(until - time.monotonic())
        return Remembered(frame, left) if left > 0 else None

    async def claim(self, channel: str, user_id: str = "") -> bool:
        """Note that the world was told."""
        known = (channel, user_id) in self._told
        self._told.add((channel, user_id))
        return not known

    async def disclaim(self, channel: str, user_id: str = "") -> bool:
        """Take that back."""
        place = self._occupied.get(channel)
        if place is not None and (not user_id or user_id in place.users):
            return False
        known = (channel, user_id) in self._told
        self._told.discard((channel, user_id))
        return known
