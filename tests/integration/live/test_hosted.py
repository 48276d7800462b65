"""The hosted service's adapter with the vendor's unchanged library, over HTTP, against our own server: both speak one protocol."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import httpx
import pytest
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from eduplatform.config import get_settings
from eduplatform.integrations.push import Credentials, Message, PushRefused, PushUnavailable, credentials
from eduplatform.integrations.push.embedded import EmbeddedChannels, Options
from eduplatform.integrations.push.hosted import BATCH, HostedPush
from eduplatform.security.headers import content_security_policy
from tests.factories.accounts import settings_with

pytestmark = pytest.mark.anyio

KEYS = Credentials("4711", "a-key-of-the-tests", "a secret of the tests", "eu")
CHANNEL = "private-cache-t.00.course.00"


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """Our own server on a free port."""
    channels = EmbeddedChannels(
        Options(KEYS.app_id, KEYS.key, KEYS.secret, allows_origin=lambda origin: origin == "http://pages")
    )
    await channels.start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    own_log = logging.getLogger("_granian")
    level = own_log.level  # the server changes it for the whole process

    async def application(scope: object, receive: object, send: object) -> None:
        await channels.asgi(scope, receive, send)  # type: ignore[arg-type]

    server = Server(application, port=port, interface=Interfaces.ASGI, log_level=LogLevels.critical)
    running = asyncio.create_task(server.serve())
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"http://127.0.0.1:{port}/apps/x")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    try:
        yield port
    finally:
        own_log.setLevel(level)
        await channels.stop()
        server.stop()
        await running


async def next_event(client: aiohttp.ClientWebSocketResponse, *wanted: str) -> dict[str, str]:
    """The next frame that is one of these events."""
    async with asyncio.timeout(10):
        while True:
            message = await client.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise ConnectionError
            frame = json.loads(message.data)
            if frame["event"] in wanted:
                return frame


@asynccontextmanager
async def subscriber(port: int, user: str = "") -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A browser that follows the channel, signed in as a user."""
    address = f"http://127.0.0.1:{port}/app/{KEYS.key}?protocol=7&client=js&version=8.6.0"
    async with aiohttp.ClientSession() as http, http.ws_connect(address, origin="http://pages") as client:
        hello = await next_event(client, "pusher:connection_established")
        socket_id = json.loads(hello["data"])["socket_id"]
        if user:
            data = json.dumps({"id": user})
            auth = KEYS.authorize_user(socket_id=socket_id, user_data=data)
            await client.send_json({"event": "pusher:signin", "data": {"auth": auth, "user_data": data}})
            await next_event(client, "pusher:signin_success")
        auth = KEYS.authorize_channel(socket_id=socket_id, channel=CHANNEL)
        await client.send_json({"event": "pusher:subscribe", "data": {"channel": CHANNEL, "auth": auth}})
        await next_event(client, "pusher_internal:subscription_succeeded")
        yield client


def messages(count: int) -> list[Message]:
    return [Message(CHANNEL, "news", json.dumps({"n": number})) for number in range(1, count + 1)]


async def test_more_messages_than_one_request_takes_arrive_in_their_order() -> None:
    async with serving() as port, subscriber(port) as client:
        push = HostedPush(KEYS, host="127.0.0.1", port=port)
        await push.publish(messages(2 * BATCH + 3))
        found = [json.loads((await next_event(client, "news"))["data"])["n"] for _ in range(2 * BATCH + 3)]
        assert found == list(range(1, 2 * BATCH + 4))


async def test_a_user_is_sent_away_at_once_and_nobody_else() -> None:
    async with serving() as port, subscriber(port, "maya") as client, subscriber(port, "ben") as other:
        push = HostedPush(KEYS, host="127.0.0.1", port=port)
        await push.terminate_user("maya")
        async with asyncio.timeout(3):
            with pytest.raises(ConnectionError):
                await next_event(client, "nothing")
        # Now and then the server drops the socket before its reason is out; clients then come back and are asked again.
        assert client.close_code in (4009, 1006)
        await push.publish(messages(1))
        assert (await next_event(other, "news"))["channel"] == CHANNEL


async def test_what_can_never_be_sent_is_told_apart_from_what_cannot_be_sent_now() -> None:
    async with serving() as port:
        push = HostedPush(KEYS, host="127.0.0.1", port=port)
        with pytest.raises(PushRefused):
            await push.publish([Message(CHANNEL, "news", "x" * 10_241)])
        await push.publish([Message(CHANNEL, "news", json.dumps("x" * 10_200))])
        assert await push.channel_users("presence-cache-t.00.lesson.00") == []
        wrong = HostedPush(Credentials("4711", KEYS.key, "wrong", "eu"), host="127.0.0.1", port=port)
        with pytest.raises(PushUnavailable):
            await wrong.publish(messages(1))
    with pytest.raises(PushUnavailable):
        await push.publish(messages(1))


def test_four_settings_choose_the_hosted_service_and_open_the_policy_of_pages_for_it() -> None:
    with settings_with(PUSHER_APP_ID="12", PUSHER_KEY="k", PUSHER_SECRET="s", PUSHER_CLUSTER="eu"):
        assert credentials(get_settings()) == Credentials("12", "k", "s", "eu")
    own = credentials(get_settings())
    assert not own.hosted
    assert own.secret not in repr(own)
    assert "wss://ws-eu.pusher.com" in content_security_policy(Path("nowhere"), "http://localhost", "eu")
    assert "pusher" not in content_security_policy(Path("nowhere"), "http://localhost")
