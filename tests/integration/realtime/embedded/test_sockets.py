"""Clients over real sockets: what they get, what they are refused, and how connections end."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from eduplatform.integrations.push.embedded import Limits, bus, protocol, session
from eduplatform.integrations.push.embedded.hub import Hub
from tests.integration.realtime.embedded import checks
from tests.integration.realtime.embedded.conftest import KEY, RedisServer, Serve

pytestmark = pytest.mark.anyio

CHECKS = (
    checks.sender_gets_nothing_back,
    checks.nobody_enters_without_a_signature,
    checks.members_are_people_not_connections,
)


@pytest.mark.parametrize("check", CHECKS)
async def test_one_process(serve: Serve, check: Any) -> None:
    await check(await serve())


@pytest.mark.parametrize("check", CHECKS)
async def test_two_processes(serve: Serve, redis_server: RedisServer, check: Any) -> None:
    await check(Turns([await serve(redis_url=redis_server.url) for _ in range(2)]))


class Turns:
    """Connects to one server after the other."""

    def __init__(self, served: list[Any]) -> None:
        self.served = served

    async def connect(self) -> Any:
        self.served.append(self.served.pop(0))
        return await self.served[-1].connect()


@pytest.mark.parametrize(
    ("broken", "check"),
    [
        ("deliver to the sender, too", checks.sender_gets_nothing_back),
        ("skip the signature", checks.nobody_enters_without_a_signature),
        ("count connections as members", checks.members_are_people_not_connections),
    ],
)
async def test_a_broken_server_is_noticed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, broken: str, check: Any
) -> None:
    whole = Hub._deliver
    if broken == "deliver to the sender, too":
        monkeypatch.setattr(Hub, "_deliver", lambda hub, channel, frame, _: whole(hub, channel, frame, ""))
    elif broken == "skip the signature":
        monkeypatch.setattr(session, "is_signature", lambda *_: True)
    else:
        monkeypatch.setattr(
            session.presence, "roster", lambda _: '{"presence":{"ids":[],"hash":{},"count":3}}'
        )
    with pytest.raises((AssertionError, TimeoutError)):
        async with asyncio.timeout(3):
            await check(await serve())


@pytest.mark.parametrize(
    ("path", "origin", "code"),
    [
        ("/app/unknown?protocol=7", "http://ours", 4001),
        ("/elsewhere", "http://ours", 4005),
        (f"/app/{KEY}?protocol=seven", "http://ours", 4006),
        (f"/app/{KEY}?protocol=8", "http://ours", 4007),
        (f"/app/{KEY}?protocol=4", "http://ours", 4007),
        (f"/app/{KEY}", "http://ours", 4008),
        (f"/app/{KEY}?protocol=7", "http://theirs", 4009),
        (f"/app/{KEY}?protocol=7", "http://ours.example", 4009),
        (f"/app/{KEY}?protocol=7", "", 4009),
    ],
)
async def test_refused_connections_learn_why(serve: Serve, path: str, origin: str, code: int) -> None:
    served = await serve()
    client = await served.raw(path, **({"Origin": origin} if origin else {}))
    assert await client.closed() == code


async def test_a_full_process_and_a_full_tenant_take_nobody_more(serve: Serve) -> None:
    served = await serve(Limits(connections=3, tenant_connections=1))
    channel = f"private-t.{'a' * 32}.course.1"
    first, second = await served.connect(), await served.connect()
    await first.subscribe(channel)
    await second.ask(channel)
    assert await second.closed() == 4004
    other = await served.connect()
    await other.subscribe(f"private-t.{'b' * 32}.course.1")
    third = await served.connect()
    assert await (await served.raw(f"/app/{KEY}?protocol=7", Origin="http://ours")).closed() == 4100
    await first.socket.close()
    async with asyncio.timeout(5):
        while await served.embedded._hub.bus.count(f"#tenant-{'a' * 32}"):
            await asyncio.sleep(0.01)
    assert await third.settled() == []
    await (await served.connect()).subscribe(channel)


async def test_a_silent_client_is_asked_and_then_left(serve: Serve) -> None:
    served = await serve(Limits(activity_timeout=0.3, pong_timeout=0.3))
    silent, alive = await served.connect(), await served.connect()

    async def answers() -> None:
        for _ in range(4):
            await alive.next("pusher:ping")
            await alive.send("pusher:pong", {})

    answering = asyncio.create_task(answers())
    await silent.next("pusher:ping")
    assert await silent.closed() == 4201
    await answering


async def test_strangers_do_not_stay(serve: Serve) -> None:
    served = await serve(Limits(sign_in_timeout=0.5, pong_timeout=0.4))
    stranger, known = await served.connect(), await served.connect()
    await stranger.subscribe("public")
    await known.subscribe("private-room")
    assert await stranger.closed() == 4009
    assert await known.settled() == []


async def test_frames_have_a_size_and_an_order(serve: Serve) -> None:
    served = await serve(Limits(frame_bytes=2000))
    client = await served.connect()
    await client.socket.send_str("nonsense")
    assert (await client.next("pusher:error"))["data"]["code"] is None
    await client.socket.send_str("x" * 2001)
    assert await client.closed() == 1009


async def test_a_slow_reader_is_given_up_and_holds_up_nobody(serve: Serve) -> None:
    served = await serve(Limits(queue_frames=50, queue_bytes=100_000))
    slow, quick = await served.connect(), await served.connect()
    await slow.subscribe("private-room")
    await quick.subscribe("private-room")
    slow.socket._reader._protocol.transport.pause_reading()
    text = json.dumps("x" * 9_000)
    for _ in range(2_000):
        await served.embedded.publish("private-room", "news", text)
        await quick.next("news")
        if await served.embedded._hub.bus.count("private-room") == 1:
            break
    else:
        pytest.fail("a client that reads nothing is still connected")
    assert await quick.settled() == []


async def test_client_events_have_limits(serve: Serve) -> None:
    served = await serve()
    ann, bob = await served.connect(), await served.connect()
    for one in (ann, bob):
        await one.subscribe("presence-room", "ann" if one is ann else "bob")
        await one.subscribe("public")
        await one.subscribe("private-encrypted-room")
    for channel in ("public", "private-encrypted-room", "private-elsewhere"):
        await ann.send("client-x", {}, channel=channel)
        assert "rejected" in (await ann.next("pusher:error"))["data"]["message"]
    await ann.send("client-x", "x" * 10_241, channel="presence-room")
    assert "10240" in (await ann.next("pusher:error"))["data"]["message"]
    for number in range(14):
        await ann.send("client-x", {"n": number}, channel="presence-room")
    heard = [event for event in await ann.settled() if event == "pusher:error"]
    assert len(heard) in (3, 4)
    assert (await bob.next("client-x"))["user_id"] == "ann"
    assert (await bob.settled()).count("client-x") == 13 - len(heard)


async def test_who_signed_in_is_reached_watched_and_sent_away(serve: Serve) -> None:
    served = await serve()
    ann, bob = await served.connect(), await served.connect()
    await ann.sign_in("ann", watchlist=["bob", "nobody"])
    assert json.loads((await ann.next("pusher_internal:watchlist_events"))["data"]) == {
        "events": [{"name": "offline", "user_ids": ["bob", "nobody"]}]
    }
    await bob.sign_in("bob")
    assert "online" in (await ann.next("pusher_internal:watchlist_events"))["data"]
    await bob.ask("#server-to-user-bob")
    await bob.next("pusher_internal:subscription_succeeded")
    await bob.ask("#server-to-user-ann")
    assert (await bob.next("pusher:error"))["data"]["code"] == 4009
    await served.embedded.publish("#server-to-user-bob", "for-you", "1")
    await bob.next("for-you")
    assert "for-you" not in await bob.settled()
    assert "for-you" not in await ann.settled()
    await bob.send(
        "pusher:subscribe",
        {
            "channel": "presence-room",
            **bob.library.authenticate("presence-room", bob.socket_id, {"user_id": "bob"}),
        },
    )
    await bob.next("pusher_internal:subscription_succeeded")
    await served.embedded.terminate_user("bob")
    assert await bob.closed() == 4009
    assert "offline" in (await ann.next("pusher_internal:watchlist_events"))["data"]
    await ann.send("pusher:signin", ann.library.authenticate_user(ann.socket_id, {"id": "mallory"}))
    assert (await ann.next("pusher:error"))["data"]["code"] == 4009
    eve = await served.connect()
    await eve.send("pusher:signin", {"auth": f"{KEY}:wrong", "user_data": '{"id":"ann"}'})
    assert await eve.closed() == 4009


async def test_a_cache_channel_remembers_the_last_event(serve: Serve) -> None:
    served = await serve()
    ann, bob = await served.connect(), await served.connect()
    await ann.subscribe("cache-board")
    await ann.next("pusher:cache_miss")
    await served.embedded.publish("cache-board", "state", "1")
    await served.embedded.publish("cache-board", "state", "2")
    await bob.subscribe("cache-board")
    assert (await bob.next("state"))["data"] == "2"
    assert await bob.settled() == []


async def test_a_room_has_as_many_members_as_it_may(serve: Serve) -> None:
    served = await serve(Limits(members=1))
    ann, tab, bob = await served.connect(), await served.connect(), await served.connect()
    await ann.subscribe("presence-room", "ann")
    await tab.subscribe("presence-room", "ann")
    await bob.ask("presence-room", "bob")
    assert (await bob.next("pusher:subscription_error"))["data"]["type"] == "LimitReached"
    assert set(await served.embedded.channel_users("presence-room")) == {"ann"}


async def test_what_is_published_while_somebody_subscribes_comes_after_the_confirmation(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = await serve()
    client = await served.connect()
    join = bus.LocalBus.join

    async def slow_join(self: Any, channel: str, **more: Any) -> bus.Change:
        change = await join(self, channel, **more)
        if channel == "private-room":
            await served.embedded.publish(channel, "early", "1")
        return change

    monkeypatch.setattr(bus.LocalBus, "join", slow_join)
    await client.ask("private-room")
    await client.next("early")
    assert [one["event"] for one in client.waiting] == ["pusher_internal:subscription_succeeded"]


async def test_at_the_end_everybody_is_sent_away_to_come_back(serve: Serve) -> None:
    served = await serve()
    client = await served.connect()
    await client.subscribe("private-room")
    served.embedded._hub.say_goodbye()
    assert await client.closed() == protocol.Close.RECONNECT
    late = await served.raw(f"/app/{KEY}?protocol=7", Origin="http://ours")
    assert await late.closed() == protocol.Close.RECONNECT
