"""Token buckets in memory or in Redis.

Redis shares the buckets between processes. When it does not answer, each process falls back to its own buckets:
limits become looser by the number of processes, and nothing else changes.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from eduplatform.config import get_settings
from eduplatform.errors import RateLimited
from eduplatform.observability.metrics import count

MAX_BUCKETS = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` at once, refilled at ``per_second``."""

    per_second: float
    burst: int


class MemoryBuckets:
    """Buckets of this process, oldest dropped first."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, rate: Rate, now: float, cost: int) -> float:
        """Take tokens; returns 0, or the seconds until one is there."""
        level, then = self._buckets.pop(key, (float(rate.burst), now))
        level = min(float(rate.burst), level + max(0.0, now - then) * rate.per_second)
        wait = 0.0 if level >= 1 else (1 - level) / rate.per_second
        self._buckets[key] = (level - cost if wait == 0 else level, now)
        while len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return wait


_SCRIPT = """
local level = tonumber(redis.call('HGET', KEYS[1], 'l') or ARGV[2])
local at = tonumber(redis.call('HGET', KEYS[1], 't') or ARGV[3])
level = math.min(tonumber(ARGV[2]), level + math.max(0, tonumber(ARGV[3]) - at) * tonumber(ARGV[1]))
local wait = 0
if level >= 1 then level = level - tonumber(ARGV[4]) else wait = (1 - level) / tonumber(ARGV[1]) end
redis.call('HSET', KEYS[1], 'l', level, 't', ARGV[3])
redis.call('EXPIRE', KEYS[1], math.ceil(tonumber(ARGV[2]) / tonumber(ARGV[1])) + 1)
return tostring(wait)
"""

_memory = MemoryBuckets()


@lru_cache
def _redis() -> Redis | None:
    url = get_settings().redis_url
    if url is None:
        return None
    address = url.get_secret_value()
    return Redis.from_url(address, socket_timeout=0.5, socket_connect_timeout=0.5)  # pyright: ignore[reportUnknownMemberType]


async def take(key: str, rate: Rate, *, cost: int = 1) -> float:
    """Take a token from a bucket, or with ``cost=0`` only look.

    Returns:
        0 when one was there, else the seconds to wait.
    """
    client = _redis()
    if client is not None:
        try:
            answer = client.eval(_SCRIPT, 1, f"rate:{key}", rate.per_second, rate.burst, time.time(), cost)  # pyright: ignore[reportArgumentType]
            return float(await cast("Awaitable[str]", answer))
        except RedisError:
            count("rate_limit_fallback_total")
    return _memory.take(key, rate, time.monotonic(), cost)


async def require(key: str, rate: Rate) -> None:
    """Take one token or stop.

    Raises:
        RateLimited: With the seconds to wait.
    """
    wait = await take(key, rate)
    if wait > 0:
        raise RateLimited(retry_after=math.ceil(wait))
