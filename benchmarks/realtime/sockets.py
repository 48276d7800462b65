"""Many sockets on the embedded Channels server, which runs alone in its own processes.

The clients are in this process and on the same processors, so that all times include them.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import psutil
import pusher

from benchmarks.start import free_port
from conformance.server import APPS

ROOT = Path(__file__).resolve().parents[2]
KEY, (APP_ID, SECRET) = next(iter(APPS.items()))
CHANNEL = "private-bench"

MANY, RETURNING, USERS = 2_000, 500, 50
LAST_DELIVERY_S, MEMORY_MB, RETURNED_S, HEALED_S = 1.0, 150.0, 20.0, 15.0
_ROUNDS = 10
_AT_ONCE = 100
_PATIENCE_S = 60.0


@contextmanager
def _server(port: int, redis_url: str = "") -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REDIS_URL": redis_url, "WEBHOOK_URL": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance.server", str(port)],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


def _library(port: int) -> pusher.Pusher:
    return pusher.Pusher(APP_ID, KEY, SECRET, host="127.0.0.1", port=port, ssl=False)


class Socket:
    """A client that is connected and subscribed, and notes when something arrives."""

    def __init__(self, http: aiohttp.ClientSession, port: int, user: str = "") -> None:
        self._http, self._port, self._user = http, port, user
        self._signer = _library(port)
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.code: int | None = None
        self.arrived: list[tuple[str, float]] = []
        self.gone: set[str] = set()
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and subscribe."""
        address = f"ws://127.0.0.1:{self._port}/app/{KEY}?protocol=7"
        self.socket = await self._http.ws_connect(address)
        socket_id = json.loads((await self.socket.receive_json())["data"])["socket_id"]
        channel = "presence-bench" if self._user else CHANNEL
        member = {"user_id": self._user} if self._user else None
        signed = self._signer.authenticate(channel, socket_id, member)
        await self.socket.send_json({"event": "pusher:subscribe", "data": {"channel": channel, **signed}})
        while (await self.socket.receive_json())["event"] != "pusher_internal:subscription_succeeded":
            pass
        self._listening = asyncio.create_task(self._listen(self.socket))

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = json.loads(message.data)
            self.arrived.append((frame["event"], time.perf_counter()))
            if frame["event"] == "pusher_internal:member_removed":
                self.gone.add(json.loads(frame["data"])["user_id"])
        self.code = socket.close_code

    async def stay_connected(self) -> None:
        """Come back as the browser's client does: at once, then after a second."""
        assert self._listening is not None
        await self._listening
        while True:
            try:
                await self.open()
            except (aiohttp.ClientError, TypeError, ConnectionError):
                await asyncio.sleep(1)
            else:
                return


async def _opened(sockets: list[Socket]) -> None:
    for begin in range(0, len(sockets), _AT_ONCE):
        await asyncio.gather(*(one.open() for one in sockets[begin : begin + _AT_ONCE]))


async def _ready(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < deadline:
            try:
                async with http.get(f"http://127.0.0.1:{port}/apps/1/channels"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))


def _worker(process: subprocess.Popen[bytes]) -> psutil.Process:
    return max(psutil.Process(process.pid).children(recursive=True), key=lambda one: one.memory_info().rss)


def _verdict(met: bool, text: str) -> bool:
    print(f"{'ok' if met else 'MISSED'} {text}", flush=True)
    return met


async def _until_all(sockets: list[Socket], event: str, seconds: float) -> float:
    """Wait until everybody got an event; returns when the last one did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        got = [when for one in sockets for name, when in one.arrived if name == event]
        if len(got) >= len(sockets):
            return max(got)
        await asyncio.sleep(0.02)
    return float("inf")


async def fan_out() -> bool:
    """One message to 2,000 sockets: from the call of the REST API to the last delivery."""
    port = free_port()
    with _server(port):
        await _ready(port)
        async with _session() as http:
            sockets = [Socket(http, port) for _ in range(MANY)]
            await _opened(sockets)
            times: list[float] = []
            for number in range(_ROUNDS):
                begin = time.perf_counter()
                await asyncio.to_thread(_library(port).trigger, CHANNEL, f"news-{number}", {"n": number})
                times.append(await _until_all(sockets, f"news-{number}", _PATIENCE_S) - begin)
    worst, median = max(times), statistics.median(times)
    return _verdict(
        worst <= LAST_DELIVERY_S,
        f"one message to {MANY} sockets: last delivery {worst * 1000:.0f} ms at worst, {median * 1000:.0f} ms median"
        f" of {_ROUNDS} (at most {LAST_DELIVERY_S * 1000:.0f} ms)",
    )


async def memory() -> bool:
    """What 2,000 idle sockets add to the process that serves them."""
    port = free_port()
    with _server(port) as process:
        await _ready(port)
        base = _worker(process).memory_info().rss
        async with _session() as http:
            await _opened([Socket(http, port) for _ in range(MANY)])
            await asyncio.sleep(3)
            added = (_worker(process).memory_info().rss - base) / 2**20
    return _verdict(
        added <= MEMORY_MB, f"{MANY} idle sockets: {added:.0f} MB above the base (at most {MEMORY_MB:.0f} MB)"
    )


async def restart() -> bool:
    """500 sockets while the server is stopped and started again: all are back, subscribed, and hear the next message."""
    port = free_port()
    async with _session() as http:
        sockets = [Socket(http, port) for _ in range(RETURNING)]
        with _server(port):
            await _ready(port)
            await _opened(sockets)
            begin = time.perf_counter()
            returning = [asyncio.create_task(one.stay_connected()) for one in sockets]
        with _server(port):
            await asyncio.wait_for(asyncio.gather(*returning), _PATIENCE_S)
            back = time.perf_counter() - begin
            polite = sum(one.code == 4200 for one in sockets)
            await asyncio.to_thread(_library(port).trigger, CHANNEL, "after", {})
            heard = await _until_all(sockets, "after", 10) - begin
    return _verdict(
        heard <= RETURNED_S and polite == RETURNING,
        f"{RETURNING} sockets over a restart: all subscribed again after {back:.1f} s, heard the next message after"
        f" {heard:.1f} s (at most {RETURNED_S:.0f} s); {polite} were told to come back (4200)",
    )


async def killed_process() -> bool:
    """Two processes with 50 users each; one is killed: when do the others no longer see its users?"""
    program = os.environ.get("EDU_TEST_REDIS", "redis-server")
    if shutil.which(program) is None:
        return _verdict(False, f"killed process: there is no {program}")
    redis, lives, dies = free_port(), free_port(), free_port()
    url = f"redis://127.0.0.1:{redis}/0"
    with tempfile.TemporaryDirectory() as directory:
        store = subprocess.Popen(  # noqa: ASYNC220
            [program, "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--dir", directory],
            stdout=subprocess.DEVNULL,
        )
        try:
            with _server(lives, url) as _, _server(dies, url) as killed:
                await _ready(lives)
                await _ready(dies)
                async with _session() as http:
                    staying = [Socket(http, lives, f"stays-{number}") for number in range(USERS)]
                    going = [Socket(http, dies, f"goes-{number}") for number in range(USERS)]
                    await _opened(staying + going)
                    begin = time.perf_counter()
                    os.killpg(killed.pid, signal.SIGKILL)
                    wanted = {f"goes-{number}" for number in range(USERS)}
                    while not all(one.gone == wanted for one in staying):
                        await asyncio.sleep(0.05)
                        if time.perf_counter() - begin > _PATIENCE_S:
                            break
                    healed = time.perf_counter() - begin
                    there = await asyncio.to_thread(_library(lives).users_info, "presence-bench")
        finally:
            store.terminate()
            store.wait(10)
    users = {one["id"] for one in there["users"]}
    return _verdict(
        healed <= HEALED_S and users == {f"stays-{number}" for number in range(USERS)},
        f"one of two processes killed: presence right again after {healed:.1f} s (at most {HEALED_S:.0f} s)",
    )
