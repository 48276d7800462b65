"""What every server of this protocol must do: run against ours, and against ours broken on purpose."""

from __future__ import annotations

from typing import Any, Protocol


class Connects(Protocol):
    async def connect(self) -> Any: ...


async def sender_gets_nothing_back(served: Connects) -> None:
    """A client event reaches the others, and not the one who sent it."""
    ann, bob = await served.connect(), await served.connect()
    await ann.subscribe("private-room")
    await bob.subscribe("private-room")
    await ann.send("client-typing", {"n": 1}, channel="private-room")
    assert (await bob.next("client-typing"))["data"] == '{"n":1}'
    assert "client-typing" not in await ann.settled()


async def nobody_enters_without_a_signature(served: Connects) -> None:
    """Missing, wrong and borrowed signatures are refused, and nothing is delivered."""
    ann, eve = await served.connect(), await served.connect()
    await ann.subscribe("private-room")
    borrowed = ann.library.authenticate("private-room", ann.socket_id)
    for auth in ({}, {"auth": "x:y"}, borrowed):
        await eve.send("pusher:subscribe", {"channel": "private-room", **auth})
        assert (await eve.next("pusher:subscription_error"))["data"]["status"] == 401
    await ann.send("client-secret", {}, channel="private-room")
    await ann.settled()
    assert "client-secret" not in await eve.settled()


async def members_are_people_not_connections(served: Connects) -> None:
    """Two tabs of a person are one member, who comes once and goes once."""
    ann, bob, again = await served.connect(), await served.connect(), await served.connect()
    assert (await ann.subscribe("presence-room", "ann"))["presence"] == {
        "ids": ["ann"],
        "hash": {"ann": {"name": "ann"}},
        "count": 1,
    }
    await bob.subscribe("presence-room", "bob")
    there = (await again.subscribe("presence-room", "bob"))["presence"]
    assert (there["count"], sorted(there["ids"])) == (2, ["ann", "bob"])
    await ann.next("pusher_internal:member_added")
    await bob.socket.close()
    assert await ann.settled() == []
    await again.send("pusher:unsubscribe", {"channel": "presence-room"})
    assert (await ann.next("pusher_internal:member_removed"))["data"] == '{"user_id":"bob"}'
    assert await ann.settled() == []
