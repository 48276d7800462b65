"""The part of the Redis client that the bus uses, with the types that the library leaves open."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

_TIMEOUT_S = 5.0
_CONNECTIONS = 20


class Script(Protocol):
    """A script that Redis runs as a whole."""

    def __call__(self, keys: Sequence[str], args: Sequence[str | int]) -> Awaitable[object]:
        """Run it."""
        ...


class Topic(Protocol):
    """A connection that listens."""

    def subscribe(self, *names: str) -> Awaitable[None]:
        """Begin to listen."""
        ...

    def get_message(
        self, ignore_subscribe_messages: bool, timeout: float
    ) -> Awaitable[Mapping[str, str] | None]:
        """The next message, or nothing after some seconds."""
        ...

    def aclose(self) -> Awaitable[None]:
        """Stop listening."""
        ...


class Client(Protocol):
    """Commands; texts go in and come out."""

    def pubsub(self) -> Topic: ...
    def register_script(self, script: str) -> Script: ...
    def publish(self, channel: str, message: str) -> Awaitable[int]: ...
    def time(self) -> Awaitable[tuple[int, int]]: ...
    def get(self, name: str) -> Awaitable[str | None]: ...
    def set(self, name: str, value: str, *, ex: int) -> Awaitable[object]: ...
    def ttl(self, name: str) -> Awaitable[int]: ...
    def hgetall(self, name: str) -> Awaitable[dict[str, str]]: ...
    def hmget(self, name: str, keys: Sequence[str]) -> Awaitable[list[str | None]]: ...
    def hvals(self, name: str) -> Awaitable[list[str]]: ...
    def sadd(self, name: str, value: str) -> Awaitable[int]: ...
    def smembers(self, name: str) -> Awaitable[set[str]]: ...
    def srem(self, name: str, value: str) -> Awaitable[int]: ...
    def zadd(self, name: str, mapping: Mapping[str, float], *, xx: bool = False) -> Awaitable[int]: ...
    def zscore(self, name: str, value: str) -> Awaitable[float | None]: ...
    def zrangebyscore(self, name: str, least: float, most: float) -> Awaitable[list[str]]: ...
    def aclose(self) -> Awaitable[None]: ...


def connected(url: str) -> Client:
    """A client for this address; connects when it is first used."""
    pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]
        url,
        decode_responses=True,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
        max_connections=_CONNECTIONS,
        # What may or may not have happened is not simply done again: it counts subscriptions.
        retry=Retry(NoBackoff(), 0),
        timeout=_TIMEOUT_S,
    )
    return cast("Client", Redis(connection_pool=pool))
