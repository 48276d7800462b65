"""Processes that share a Redis: what each knows of the others, and what happens when one or Redis dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from conformance.server import APPS
from eduplatform.integrations.push.embedded import redis_bus
from tests.integration.realtime.embedded.conftest import RedisServer, Running, Serve, free_port

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[4]


async def _dies(served: Running) -> None:
    """Stop hearing and being heard, without a word, as a killed process does."""
    bus: Any = served.embedded._hub.bus
    for task in bus._tasks:
        task.cancel()
    bus._connected = False


async def test_a_dead_process_takes_its_users_with_it_soon(
    serve: Serve, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_bus, "LEASE_S", 1.5)
    monkeypatch.setattr(redis_bus, "_BEAT_S", 0.3)
    lives, dies = [await serve(redis_url=redis_server.url) for _ in range(2)]
    watcher, both, gone = await lives.connect(), await lives.connect(), await dies.connect()
    same = await dies.connect()
    await watcher.subscribe("presence-room", "watcher")
    await both.subscribe("presence-room", "both")
    await same.subscribe("presence-room", "both")
    await gone.subscribe("presence-room", "gone")
    await _dies(dies)
    while json.loads((await watcher.next("pusher_internal:member_removed"))["data"]) != {"user_id": "gone"}:
        pass
    assert set(await lives.embedded.channel_users("presence-room")) == {"watcher", "both"}
    assert await lives.embedded._hub.bus.count("presence-room") == 2
    assert "pusher_internal:member_removed" not in await watcher.settled()


async def test_without_redis_clients_are_sent_away_and_everything_heals(
    serve: Serve, redis_server: RedisServer
) -> None:
    served = await serve(redis_url=redis_server.url)
    client = await served.connect()
    await client.subscribe("presence-room", "ann")
    redis_server.end()
    assert await client.closed() == 4100
    refused = await served.connect()
    await refused.ask("private-room")
    assert await refused.closed() == 4100
    redis_server.again()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not served.embedded._hub.bus._connected:  # type: ignore[attr-defined]
        await asyncio.sleep(0.02)
    back = await served.connect()
    assert (await back.subscribe("presence-room", "ann"))["presence"]["count"] == 1
    await served.embedded.publish("presence-room", "news", "1")
    await back.next("news")


async def test_nothing_is_left_in_redis_when_all_have_gone(serve: Serve, redis_server: RedisServer) -> None:
    first, second = [await serve(redis_url=redis_server.url) for _ in range(2)]
    clients = [await one.connect() for one in (first, second)]
    for client in clients:
        await client.subscribe("presence-room", "ann")
        await client.subscribe(f"private-t.{'a' * 32}.course.1")
        await client.sign_in("ann")
        await client.socket.close()
    async with asyncio.timeout(5):
        while len(redis_server.client.keys("*")) > 1:
            await asyncio.sleep(0.02)
    assert redis_server.client.keys("*") == ["{channels:3}:workers"]


async def test_a_server_that_stops_says_goodbye() -> None:
    """The process's own server drops sockets without a word; ours is told before."""
    port, key = free_port(), next(iter(APPS))
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance.server", str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as http, asyncio.timeout(30):
            while True:
                try:
                    client = await http.ws_connect(f"ws://127.0.0.1:{port}/app/{key}?protocol=7")
                    break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)
            await client.receive()
            process.send_signal(signal.SIGTERM)
            while not client.closed:
                await client.receive()
        assert client.close_code == 4200
        assert await asyncio.to_thread(process.wait, 20) == 0
    finally:
        process.kill()
