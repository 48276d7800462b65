"""Libraries that nobody here wrote: the vendor's for servers, and an independent client."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pusher
import pysher
import pytest
from pusher.errors import PusherBadAuth, PusherBadRequest
from pusher.http import POST, Request

from eduplatform.integrations.push.embedded import webhooks
from tests.integration.realtime.embedded.conftest import KEY, SECRET, Serve

pytestmark = pytest.mark.anyio


async def _call(function: Any, *arguments: Any, **named: Any) -> Any:
    return await asyncio.to_thread(function, *arguments, **named)


async def test_every_call_of_the_server_library(serve: Serve) -> None:
    served = await serve()
    library = served.library
    ann, bob = await served.connect(), await served.connect()
    await ann.subscribe("presence-room", "ann")
    await bob.subscribe("presence-room", "bob")
    await bob.subscribe("public")
    await ann.next("pusher_internal:member_added")

    answer = await _call(
        library.trigger, ["presence-room", "public"], "news", {"text": "Grüß dich"}, bob.socket_id
    )
    assert answer == {}
    assert json.loads((await ann.next("news"))["data"]) == {"text": "Grüß dich"}
    assert "news" not in await bob.settled()

    batch = [{"channel": "public", "name": name, "data": name} for name in ("first", "second")]
    await _call(library.trigger_batch, batch)
    assert [(await bob.next(name))["data"] for name in ("first", "second")] == ["first", "second"]

    assert await _call(library.channels_info) == {"channels": {"presence-room": {}, "public": {}}}
    assert await _call(library.channels_info, "presence-", ["user_count"]) == {
        "channels": {"presence-room": {"user_count": 2}}
    }
    assert await _call(library.channel_info, "public", ["subscription_count"]) == {
        "occupied": True,
        "subscription_count": 1,
    }
    assert await _call(library.channel_info, "empty") == {"occupied": False}
    users = (await _call(library.users_info, "presence-room"))["users"]
    assert sorted(one["id"] for one in users) == ["ann", "bob"]

    await bob.sign_in("bob")
    await _call(library.send_to_user, "bob", "for-you", {"n": 1})
    await bob.next("for-you")
    # terminate_user_connections of this version leaves the app out of the path, which no server can answer.
    request = Request(library._pusher_client, POST, "/apps/3/users/bob/terminate_connections", {})
    await _call(library._pusher_client.http.send_request, request)
    # The server below may drop an ended socket before its last frame is out; the client is gone at once either way.
    assert await bob.closed() in (4009, 1006)


async def test_calls_that_cannot_be_are_refused(serve: Serve) -> None:
    served = await serve()
    stranger = pusher.Pusher("3", KEY, "wrong", host="127.0.0.1", port=served.port, ssl=False)
    with pytest.raises(PusherBadAuth):
        await _call(stranger.trigger, "public", "news", {})
    with pytest.raises(PusherBadRequest):
        await _call(served.library.channels_info, None, ["user_count"])
    with pytest.raises(Exception, match="10240"):
        await _call(served.library.trigger, "public", "news", "x" * 10_241)
    other = pusher.Pusher("4", KEY, SECRET, host="127.0.0.1", port=served.port, ssl=False)
    with pytest.raises(PusherBadAuth):
        await _call(other.trigger, "public", "news", {})
    for path in ("/apps/3/events", "/apps/3", "/apps", "/apps/3/channels/../x"):
        async with served.http.post(f"http://127.0.0.1:{served.port}{path}", data=b"{}") as answer:
            assert answer.status in (401, 404)


async def test_a_call_cannot_be_repeated_much_later_or_with_another_body(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = await serve()
    request = Request(
        served.library._pusher_client, POST, "/apps/3/events", {"name": "n", "channel": "c", "data": "d"}
    )
    address = f"{request.base_url}{request.path}"
    async with served.http.post(address, params=request.query_params, data=request.body) as answer:
        assert answer.status == 200
    async with served.http.post(address, params=request.query_params, data=request.body + b" ") as answer:
        assert answer.status == 401
    later = {**request.query_params, "auth_timestamp": str(int(request.query_params["auth_timestamp"]) - 601)}
    async with served.http.post(address, params=later, data=request.body) as answer:
        assert answer.status == 401


async def test_an_independent_client_connects_and_receives(serve: Serve) -> None:
    served = await serve(allows_origin=lambda _origin: True)
    loop, heard = asyncio.get_running_loop(), asyncio.Queue[str]()

    def listen(_data: Any) -> None:
        def tell(data: str) -> None:
            loop.call_soon_threadsafe(heard.put_nowait, data)

        for name in ("public", "private-room", "presence-room"):
            channel = client.subscribe(name)
            channel.bind("news", tell)

    client = pysher.Pusher(
        KEY,
        secret=SECRET,
        user_data={"user_id": "ann"},
        secure=False,
        custom_host="127.0.0.1",
        port=served.port,
    )
    client.connection.bind("pusher:connection_established", listen)
    client.connect()
    try:
        async with asyncio.timeout(10):
            while len(await served.embedded._hub.bus.channels("")) < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            for name in ("public", "private-room", "presence-room"):
                await served.embedded.publish(name, "news", f'"{name}"')
                assert name in await heard.get()
    finally:
        # Its thread may be between two connections just then, and would be waited for without end.
        await _call(client.disconnect, 5)


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """An address for webhooks that refuses the first one, and what it was sent afterwards."""
    got: list[tuple[str, str, bytes]] = []
    refused: list[int] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if refused:
                got.append((self.headers["X-Pusher-Key"], self.headers["X-Pusher-Signature"], body))
            self.send_response(200 if refused else 503)
            self.end_headers()
            refused.append(1)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    server.server_close()


async def test_webhooks_are_signed_repeated_and_tell_nothing_of_a_reload(
    serve: Serve, receiver: tuple[str, list[tuple[str, str, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "_RETURN_S", 1.0)
    monkeypatch.setattr(webhooks, "_FIRST_PAUSE_S", 0.05)
    address, got = receiver
    served = await serve(webhook_url=address)

    def told() -> list[tuple[str, str]]:
        found = []
        for key, signature, body in got:
            valid = served.library.validate_webhook(key, signature, body.decode())
            assert valid is not None
            found += [(one["name"], one.get("user_id", "")) for one in valid["events"]]
        return found

    async def until(event: tuple[str, str]) -> None:
        async with asyncio.timeout(10):
            while event not in told():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    bob = await served.connect()
    await bob.subscribe("presence-room", "bob")
    await until(("member_added", "bob"))
    assert ("channel_occupied", "") in told()
    await bob.socket.close()
    back = await served.connect()
    await back.subscribe("presence-room", "bob")
    await back.send("client-x", {}, channel="presence-room")
    await until(("client_event", "bob"))
    # Who leaves after bob's reload is told of in the same order: what was to be told of bob would be there before.
    ann = await served.connect()
    await ann.subscribe("presence-room", "ann")
    await ann.socket.close()
    await until(("member_removed", "ann"))
    assert ("member_removed", "bob") not in told()
    await back.socket.close()
    await until(("member_removed", "bob"))
    await until(("channel_vacated", ""))
    assert [name for name, _ in told()].count("channel_occupied") == 1
