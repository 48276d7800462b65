"""A bus for several processes, over Redis.

Each process is a worker with a lease: a heartbeat in a sorted set. What it holds (subscriptions and users per channel) is counted under its
name, so that when it dies without goodbye, any other worker can take exactly its share away. Every change is one script, which also
publishes what follows from it: messages arrive in the order of the changes, whichever worker made them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import TypeVar, cast
from uuid import uuid4

from redis.exceptions import RedisError

from eduplatform.integrations.push.embedded.bus import (
    CACHE_S,
    BusLost,
    Change,
    Envelope,
    Kind,
    Listener,
    Remembered,
)
from eduplatform.integrations.push.embedded.redis_client import Topic, connected
from eduplatform.integrations.push.embedded.redis_scripts import DISCLAIM, JOIN, LEAVE, REAP, RETIRE
from eduplatform.observability.metrics import count

LEASE_S = 9.0
"""A worker that was not heard of for so long counts as dead."""
_BEAT_S = 2.0
_RETRY_S = 0.5
_NO_LEASE = 2

T = TypeVar("T")


class RedisBus:
    """One worker of an app whose other workers use the same Redis.

    When Redis cannot be reached, or took this worker for dead, messages may have been missed: the listener is told, closes all connections,
    and the worker begins anew under another name. The clients come back when they can, and read anew.
    """

    def __init__(self, url: str, app_id: str) -> None:
        self._redis = connected(url)
        self._prefix = f"{{channels:{app_id}}}:"
        self._worker = ""
        self._listener: Listener | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._connected = False
        self._join = self._redis.register_script(JOIN)
        self._leave = self._redis.register_script(LEAVE)
        self._reap = self._redis.register_script(REAP)
        self._retire = self._redis.register_script(RETIRE)
        self._disclaim = self._redis.register_script(DISCLAIM)

    async def start(self, listener: Listener) -> None:
        """Take a lease and listen."""
        self._listener = listener
        pubsub = await self._subscribed()
        self._tasks = [asyncio.create_task(self._listen(pubsub)), asyncio.create_task(self._keep_lease())]

    async def stop(self) -> None:
        """Give back what this worker holds, and its lease."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._connected:
            self._connected = False
            with suppress(RedisError):  # then the others do it when the lease has run out
                await self._retire_and_bury(self._worker, await self._now())
        await self._redis.aclose()

    async def publish(self, envelope: Envelope) -> None:
        """Hand it to every worker."""
        self._require_connection()
        await self._ask(self._redis.publish(self._key("bus"), _written(envelope)))

    async def join(
        self, channel: str, *, user_id: str = "", info: str = "", exclude: str = "", limit: int = 0
    ) -> Change:
        """Count one more subscription."""
        arguments = [self._worker, channel, user_id, info, exclude, limit]
        self._require_connection()
        refused, subscriptions, first, came = await self._run(self._join(self._keys(channel), arguments))
        if refused == _NO_LEASE:
            raise BusLost
        if refused:
            return Change(channel, subscriptions, refused=True)
        return Change(channel, subscriptions, bool(first), (user_id,) if came else (), came=True)

    async def leave(self, channel: str, *, user_id: str = "") -> Change:
        """Count one subscription less."""
        arguments = [self._worker, channel, user_id]
        self._require_connection()
        subscriptions, last, went = await self._run(self._leave(self._keys(channel), arguments))
        return Change(channel, subscriptions, bool(last), (user_id,) if went else ())

    async def members(self, channel: str, among: Sequence[str] | None = None) -> dict[str, str]:
        """Users of a channel."""
        key = self._key("info:", channel)
        if among is None:
            return await self._ask(self._redis.hgetall(key))
        if not among:
            return {}
        infos = await self._ask(self._redis.hmget(key, list(among)))
        return {one: info for one, info in zip(among, infos, strict=True) if info is not None}

    async def count(self, channel: str) -> int:
        """Subscriptions of a channel."""
        key = self._key("count:", channel)
        return sum(map(int, await self._ask(self._redis.hvals(key))))

    async def channels(self, prefix: str) -> list[str]:
        """Occupied channels whose names begin so, sorted."""
        names = await self._ask(self._redis.smembers(self._key("channels")))
        return sorted(one for one in names if one.startswith(prefix) and not one.startswith("#"))

    async def remember(self, channel: str, frame: str) -> None:
        """Keep the last event of a cache channel."""
        await self._ask(self._redis.set(self._key("last:", channel), frame, ex=CACHE_S))

    async def recall(self, channel: str) -> Remembered | None:
        """The last event of a cache channel."""
        key = self._key("last:", channel)
        frame = await self._ask(self._redis.get(key))
        return Remembered(frame, max(0, await self._ask(self._redis.ttl(key)))) if frame else None

    async def claim(self, channel: str, user_id: str = "") -> bool:
        """Note that the world was told."""
        added = self._redis.sadd(self._key("told"), f"{channel} {user_id}")
        return bool(await self._ask(added))

    async def disclaim(self, channel: str, user_id: str = "") -> bool:
        """Take that back."""
        keys = [self._key("count:", channel), self._key("users:", channel), self._key("told")]
        return bool(await self._ask(self._disclaim(keys, [f"{channel} {user_id}", user_id])))

    async def _now(self) -> float:
        """Seconds on Redis's clock, which all workers share."""
        seconds, microseconds = await self._redis.time()
        return seconds + microseconds / 1e6

    def _key(self, *parts: str) -> str:
        return "".join((self._prefix, *parts))

    def _keys(self, channel: str, worker: str = "") -> list[str]:
        return [
            self._key("count:", channel),
            self._key("users:", channel),
            self._key("info:", channel),
            self._key("channels"),
            self._key("held:", worker or self._worker),
            self._key("bus"),
            self._key("workers"),
        ]

    async def _run(self, script: Awaitable[object]) -> list[int]:
        return cast("list[int]", await self._ask(script))

    def _require_connection(self) -> None:
        """Refuse to work while others cannot be heard: what was said meanwhile would not be known."""
        if not self._connected:
            raise BusLost

    async def _ask(self, command: Awaitable[T]) -> T:
        try:
            return await command
        except RedisError as error:
            count("channels_bus_errors_total")
            raise BusLost from error

    async def _subscribed(self) -> Topic:
        """Begin under a new name."""
        pubsub = self._redis.pubsub()
        try:
            await pubsub.subscribe(self._key("bus"))
            self._worker = uuid4().hex
            await self._redis.zadd(self._key("workers"), {self._worker: await self._now()})
        except RedisError as error:
            await pubsub.aclose()
            raise BusLost from error
        self._connected = True
        return pubsub

    async def _listen(self, pubsub: Topic) -> None:
        while True:
            with suppress(RedisError):  # gone, or taken for dead: the same follows
                await self._receive(pubsub)
            self._connected = False
            if self._listener is not None:
                self._listener.lost()
            with suppress(RedisError):
                await pubsub.aclose()
            pubsub = await self._again()

    async def _receive(self, pubsub: Topic) -> None:
        """Deliver until this worker is taken for dead, or Redis is gone."""
        name = self._worker
        while name == self._worker and self._connected:
            message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=1.0)
            if message is not None and self._listener is not None:
                self._listener.deliver(_read(message["data"]))

    async def _again(self) -> Topic:
        while True:
            await asyncio.sleep(_RETRY_S)
            try:
                return await self._subscribed()
            except BusLost:
                continue

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_S)
            if not self._connected:
                continue
            try:
                await self._beat()
            except RedisError:  # the listener finds out, too
                continue

    async def _beat(self) -> None:
        """Renew the lease, and clean up after those whose lease has run out."""
        now, workers = await self._now(), self._key("workers")
        if await self._redis.zscore(workers, self._worker) is None:
            count("channels_lease_lost_total")
            self._connected = False
            return
        await self._redis.zadd(workers, {self._worker: now}, xx=True)
        for dead in await self._redis.zrangebyscore(workers, 0, now - LEASE_S):
            count("channels_workers_buried_total")
            await self._retire_and_bury(dead, now - LEASE_S)
        for dead in await self._redis.smembers(self._key("dying")):  # whoever began it died, too
            await self._bury(dead)

    async def _retire_and_bury(self, worker: str, heard_until: float) -> None:
        await self._retire([self._key("workers"), self._key("dying")], [worker, str(heard_until)])
        await self._bury(worker)

    async def _bury(self, worker: str) -> None:
        """Take away what a worker held. Two may do this at the same time: each change happens once."""
        held = self._redis.smembers(self._key("held:", worker))
        for channel in await held:
            answer = cast("list[object]", await self._reap(self._keys(channel, worker), [worker, channel]))
            subscriptions, last, users = answer[0], answer[1], cast("list[str]", answer[2])
            if self._listener is not None:
                self._listener.changed(Change(channel, int(str(subscriptions)), bool(last), tuple(users)))
        await self._redis.srem(self._key("dying"), worker)


def _written(envelope: Envelope) -> str:
    return json.dumps(
        {
            "kind": envelope.kind,
            "channel": envelope.channel,
            "text": envelope.text,
            "user_id": envelope.user_id,
            "exclude": envelope.exclude,
        },
        separators=(",", ":"),
    )


def _read(text: str) -> Envelope:
    value = cast("dict[str, str]", json.loads(text))
    kind = cast("Kind", value["kind"])
    return Envelope(
        kind, value["channel"], value.get("text", ""), value.get("user_id", ""), value.get("exclude", "")
    )
