"""Token buckets in memory, in a real Redis, and in memory again when Redis is gone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from redis import Redis
from redis.exceptions import ConnectionError as NotConnected

from eduplatform.config import get_settings
from eduplatform.errors import RateLimited
from eduplatform.security import rate_limits
from eduplatform.security.rate_limits import MemoryBuckets, Rate

pytestmark = pytest.mark.anyio

SLOW = Rate(per_second=0.01, burst=3)


def _unavailable() -> str:
    return json.loads(os.environ.get("EDU_TEST_UNAVAILABLE", "{}")).get("redis", "")


@pytest.fixture
def redis_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis of this test alone, known to the settings."""
    if reason := _unavailable():
        pytest.skip(f"redis: {reason}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = os.environ.get("EDU_TEST_REDIS", "redis-server")
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    client = Redis(port=port)
    for _ in range(1000):
        try:
            client.ping()
            break
        except NotConnected:
            continue
    monkeypatch.setattr(rate_limits, "get_settings", lambda: _Settings(port))
    rate_limits._redis.cache_clear()
    yield server
    rate_limits._redis.cache_clear()
    client.close()
    server.kill()
    server.wait()


class _Settings:
    def __init__(self, port: int) -> None:
        self.redis_url = SecretStr(f"redis://127.0.0.1:{port}/0")


async def test_a_burst_passes_and_then_the_bucket_is_empty() -> None:
    key = uuid4().hex
    assert [await rate_limits.take(key, SLOW) for _ in range(3)] == [0, 0, 0]
    assert await rate_limits.take(key, SLOW) > 90
    with pytest.raises(RateLimited) as caught:
        await rate_limits.require(key, SLOW)
    assert caught.value.retry_after > 90


async def test_looking_takes_nothing() -> None:
    key = uuid4().hex
    for _ in range(10):
        assert await rate_limits.take(key, SLOW, cost=0) == 0


async def test_redis_shares_the_bucket(redis_server: subprocess.Popen[bytes]) -> None:
    key = uuid4().hex
    assert [await rate_limits.take(key, SLOW) for _ in range(3)] == [0, 0, 0]
    rate_limits._redis.cache_clear()
    assert await rate_limits.take(key, SLOW) > 90


async def test_without_redis_each_process_limits_for_itself(redis_server: subprocess.Popen[bytes]) -> None:
    key = uuid4().hex
    for _ in range(3):
        await rate_limits.take(key, SLOW)
    redis_server.kill()
    redis_server.wait()
    assert [await rate_limits.take(key, SLOW) for _ in range(3)] == [0, 0, 0]
    assert await rate_limits.take(key, SLOW) > 90


@given(
    gaps=st.lists(st.floats(0, 50), min_size=1, max_size=60),
    burst=st.integers(1, 10),
    per_second=st.floats(0.05, 5),
)
def test_never_more_than_burst_and_refill(gaps: list[float], burst: int, per_second: float) -> None:
    buckets, now, passed = MemoryBuckets(), 1000.0, 0
    begin = now
    for gap in gaps:
        now += gap
        passed += buckets.take("key", Rate(per_second, burst), now, 1) == 0
    assert passed <= burst + (now - begin) * per_second + 1e-6


def test_every_setting_is_read() -> None:
    package = Path(rate_limits.__file__).parents[1]
    code = "\n".join(
        file.read_text(encoding="utf-8") for file in (*package.rglob("*.py"), package.parent / "rxconfig.py")
    )
    unread = [name for name in type(get_settings()).model_fields if f".{name}" not in code]
    assert unread == []
