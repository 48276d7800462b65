"""Signatures against the vectors of the protocol's documentation, names, and the rules of who is counted where."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.config import get_settings
from eduplatform.integrations.push.embedded import Options, presence, protocol
from eduplatform.integrations.push.embedded.bus import Envelope, Listener, LocalBus

KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8"


def test_a_private_subscription_is_signed_as_documented() -> None:
    text = protocol.channel_text("1234.1234", "private-foobar")
    assert (
        protocol.signature(SECRET, text) == "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"
    )


def test_a_presence_subscription_is_signed_with_its_data_byte_by_byte() -> None:
    """The documentation prints another value, which belongs to other data than the data beside it."""
    data = '{"user_id":10,"user_info":{"name":"Mr. Channels"}}'
    text = protocol.channel_text("1234.1234", "presence-foobar", data)
    assert (
        protocol.signature(SECRET, text) == "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80"
    )


def test_a_sign_in_is_signed_as_documented() -> None:
    text = protocol.user_text("1234.1234", '{"id":"12345"}')
    assert text == '1234.1234::user::{"id":"12345"}'
    assert (
        protocol.signature(SECRET, text) == "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba"
    )


def test_a_call_is_signed_as_documented() -> None:
    query = {
        "auth_key": KEY,
        "auth_timestamp": "1353088179",
        "auth_version": "1.0",
        "body_md5": "ec365a775a4cd0599faeb73354201b6f",
    }
    text = protocol.request_text("POST", "/apps/3/events", query)
    assert (
        protocol.signature(SECRET, text) == "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"
    )


@pytest.mark.parametrize(
    ("name", "tenant"),
    [
        (f"private-t.{'a' * 32}.course.{'b' * 32}", "a" * 32),
        (f"presence-t.{'a' * 32}.section.x", "a" * 32),
        (f"private-encrypted-cache-t.{'0' * 32}.x", "0" * 32),
        (f"t.{'a' * 32}.course", ""),
        (f"private-t.{'A' * 32}.course", ""),
        ("private-room", ""),
    ],
)
def test_a_private_name_carries_its_tenant(name: str, tenant: str) -> None:
    assert protocol.tenant_of(name) == tenant


@pytest.mark.parametrize("name", ["", "a b", "a/b", "#server-to-user-1", "ä", "x" * 201, "a\n"])
def test_other_names_are_no_channels(name: str) -> None:
    assert not protocol.is_channel_name(name)


@pytest.mark.parametrize("text", ["", "1", "[]", "nonsense", '{"event":1}', '{"a":1}', "[" * 100_000])
def test_what_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(protocol.Refused):
        protocol.parsed(text)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "[]",
        "{}",
        '{"user_id":""}',
        '{"user_id":true}',
        f'{{"user_id":"{"x" * 129}"}}',
        f'{{"user_id":"1","user_info":"{"x" * 1100}"}}',
    ],
)
def test_a_member_says_who_it_is_and_not_too_much(data: str) -> None:
    with pytest.raises(protocol.Refused):
        presence.channel_member(data)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab"), st.sampled_from(["", "u", "v"]))))
def test_counts_and_users_follow_from_who_came_and_went(steps: list[tuple[bool, str, str]]) -> None:
    """Against a model: a user is there from the first connection to the last, and each turn is told once."""
    asyncio.run(_follow(steps))


async def _follow(steps: list[tuple[bool, str, str]]) -> None:
    bus, model = LocalBus(), Counter[tuple[str, str]]()
    told: list[Envelope] = []
    await bus.start(Listener(told.append, lambda: None, lambda _change: None))
    for joins, channel, user in steps:
        before = model[channel, user]
        if not joins and not before:
            continue
        told.clear()
        model[channel, user] += 1 if joins else -1
        total = sum(number for (name, _), number in model.items() if name == channel)
        if joins:
            change = await bus.join(channel, user_id=user, info="1")
        else:
            change = await bus.leave(channel, user_id=user)
        turned = bool(user) and (before == 0 if joins else before == 1)
        assert change.count == total == await bus.count(channel)
        assert change.turned == (total == (1 if joins else 0))
        assert change.users == ((user,) if turned else ())
        assert [one.kind for one in told] == ([("added" if joins else "removed")] if turned else [])
        there = {name for (where, name), number in model.items() if where == channel and number and name}
        assert set(await bus.members(channel)) == there
    occupied = sorted({name for (name, _), number in model.items() if number})
    assert await bus.channels("") == occupied


def test_the_installation_says_how_many_connections_there_may_be() -> None:
    settings = get_settings().model_copy(update={"channels_connections": 7, "channels_tenant_connections": 3})
    limits = Options.of(settings).limits
    assert (limits.connections, limits.tenant_connections) == (7, 3)
