"""The embedded server behind a real socket, and a client that knows nothing but the protocol."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pusher
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from redis import Redis
from redis.exceptions import ConnectionError as NotConnected

from eduplatform.integrations.push.embedded import EmbeddedChannels, Limits, Options
from tests.served import unavailable

KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8"
PATIENCE_S = 10.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Client:
    """One connection.

    Attributes:
        socket: The WebSocket.
        library: Signs what needs a signature, as the platform's own routes do.
        socket_id: What the server calls this connection.
        waiting: Frames that arrived and nobody asked for yet.
    """

    socket: aiohttp.ClientWebSocketResponse
    library: pusher.Pusher
    socket_id: str = ""
    waiting: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, event: str, data: Any, **more: Any) -> None:
        await self.socket.send_str(json.dumps({"event": event, "data": data, **more}))

    async def next(self, event: str, channel: str | None = None) -> dict[str, Any]:
        """The next frame of this name; those before it stay."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for one in self.waiting:
                    if one["event"] == event and channel in (None, one.get("channel")):
                        self.waiting.remove(one)
                        return one
                message = await self.socket.receive()
                assert message.type == aiohttp.WSMsgType.TEXT, f"closed with {self.socket.close_code}"
                self.waiting.append(json.loads(message.data))

    async def settled(self) -> list[str]:
        """Names of all frames so far: whatever was sent before our ping has arrived when its answer has."""
        await self.send("pusher:ping", {})
        await self.next("pusher:pong")
        return [one["event"] for one in self.waiting]

    async def closed(self) -> int | None:
        """The code with which the server ends the connection."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.socket.closed:
                await self.socket.receive()
        return self.socket.close_code

    async def ask(self, channel: str, user: str = "", **more: Any) -> None:
        """Ask to be subscribed, with a valid signature where one is needed."""
        signed: dict[str, Any] = {}
        if channel.startswith(("private-", "presence-")):
            named = {"user_id": user, "user_info": {"name": user}} if user else None
            signed = self.library.authenticate(channel, self.socket_id, named)
        await self.send("pusher:subscribe", {"channel": channel, **signed, **more})

    async def subscribe(self, channel: str, user: str = "") -> dict[str, Any]:
        """Subscribe; what the server said of who is there."""
        await self.ask(channel, user)
        frame = await self.next("pusher_internal:subscription_succeeded", channel)
        return json.loads(frame["data"])

    async def sign_in(self, user: str, **more: Any) -> None:
        signed = self.library.authenticate_user(self.socket_id, {"id": user, **more})
        await self.send("pusher:signin", signed)
        await self.next("pusher:signin_success")


@dataclass
class Running:
    """A served app.

    Attributes:
        embedded: The server.
        port: Where it listens.
        library: The vendor's server library, pointed at it.
        http: What connections are made with.
    """

    embedded: EmbeddedChannels
    port: int
    library: pusher.Pusher
    http: aiohttp.ClientSession

    async def raw(self, path: str, **headers: str) -> Client:
        address = f"ws://127.0.0.1:{self.port}{path}"
        opened = await self.http.ws_connect(address, headers=headers, max_msg_size=0)
        return Client(opened, self.library)

    async def connect(self) -> Client:
        client = await self.raw(f"/app/{KEY}?protocol=7&client=test&version=1", Origin="http://ours")
        greeting = await client.next("pusher:connection_established")
        client.socket_id = json.loads(greeting["data"])["socket_id"]
        return client


@asynccontextmanager
async def running(limits: Limits | None = None, **options: Any) -> AsyncIterator[Running]:
    """Serve an app on a free port."""
    port = free_port()
    embedded = EmbeddedChannels(
        Options(
            app_id="3",
            key=KEY,
            secret=SECRET,
            limits=limits or Limits(),
            **{"allows_origin": lambda origin: origin == "http://ours", **options},
        )
    )
    server = Server(
        embedded.asgi, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    library = pusher.Pusher(
        "3", KEY, SECRET, host="127.0.0.1", port=port, ssl=False, encryption_master_key_base64="A" * 43 + "="
    )
    async with aiohttp.ClientSession() as http:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/apps/3/channels"):
                    break
            except aiohttp.ClientConnectionError:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)
        try:
            yield Running(embedded, port, library, http)
        finally:
            await http.close()
            server.stop()
            await asyncio.wait({serving}, timeout=PATIENCE_S)


Serve = Callable[..., Awaitable[Running]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves apps until the test ends."""
    async with AsyncExitStack() as stack:

        async def one(limits: Limits | None = None, **options: Any) -> Running:
            return await stack.enter_async_context(running(limits, **options))

        yield one


@dataclass
class RedisServer:
    """A Redis of one test.

    Attributes:
        url: Its address.
        command: How it is started, again too.
        process: The running one.
    """

    url: str
    command: list[str]
    process: subprocess.Popen[bytes]
    client: Any

    def wait(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                self.client.ping()
            except NotConnected:
                time.sleep(0.01)
            else:
                return

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    def again(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        self.wait()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if reason := unavailable("redis"):
        pytest.skip(f"redis: {reason}")
    port = free_port()
    program = os.environ.get("EDU_TEST_REDIS", "redis-server")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = RedisServer(
        f"redis://127.0.0.1:{port}/0",
        command,
        subprocess.Popen(command, stdout=subprocess.DEVNULL),
        Redis(port=port, decode_responses=True),
    )
    server.wait()
    yield server
    server.end()
