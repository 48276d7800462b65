"""The gate in front of every event: what no policy names, tabs in other hands, and too many events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import reflex as rx
from reflex.event import Event
from structlog.testing import capture_logs

from eduplatform.eduplatform import app
from eduplatform.security import rate_limits
from eduplatform.security.gate import EventGate, registered_policies
from eduplatform.security.rate_limits import MemoryBuckets, Rate
from eduplatform.state.accounts import SecurityState, SignInState
from eduplatform.state.base import BindingState, NoticeState
from tests.factories.accounts import settings_with
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

SUBMIT = next(name for name in registered_policies() if name.endswith("sign_in_state.submit"))
DISMISS = next(name for name in registered_policies() if name.endswith("shell_state.dismiss"))


@pytest.fixture
def three_events(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three events at once, and hardly one after them."""
    monkeypatch.setattr(rate_limits, "_memory", MemoryBuckets())
    with settings_with(RATE_EVENTS_BURST="3", RATE_EVENTS_PER_SECOND="0.001"):
        yield


async def denied(tab: Tab, name: str, **payload: object) -> list[str]:
    """Send an event and tell for which reasons the gate refused it."""
    with capture_logs() as lines:
        await tab.send(name, payload)
    return [line["outcome"] for line in lines if line["event"] == "event.denied"]


@pytest.mark.parametrize("method", ["setvar", "reset", "get_state", "set_loaded", "dict", "x" * 5000])
async def test_methods_without_policy_are_out_of_reach(world: World, method: str) -> None:
    async with Tab(await world.admin.sign_in()) as tab:
        root = await tab.state(rx.State)
        event = Event(name=f"{SecurityState.get_full_name()}.{method}", payload={"value": "x"})
        with capture_logs() as lines:
            answer = await EventGate(BindingState).preprocess(app, root, event)
        assert answer is not None
        assert (answer.delta, answer.events) == ({}, [])
        (line,) = lines
        assert line["outcome"] == "no_policy"
        assert len(line["handler"]) <= 300


@pytest.mark.parametrize("thief", ["student", "nobody"])
async def test_a_tab_in_other_hands_is_emptied_before_anything_runs(world: World, thief: str) -> None:
    async with Tab(await world.teacher.sign_in(), path="/settings/security") as tab:
        await tab.fire(SecurityState.load)
        assert (await tab.state(SecurityState)).sessions
    cookie = await world.student.sign_in() if thief == "student" else ""
    async with Tab(cookie, path="/settings/security", manager=tab.manager, token=tab.token) as stolen:
        await stolen.send(DISMISS, {"notice_id": "x"})
        assert stolen.redirects() == ["/"]
        state = await stolen.state(SecurityState)
        assert (state.loaded, state.sessions) == (False, [])
        assert not any(
            "eduplatform" in str(delta) and world.teacher.email in str(delta) for delta in stolen.deltas
        )
        before = len(stolen.events)
        await stolen.send(DISMISS, {"notice_id": "x"})
        assert len(stolen.events) == before, "once it is theirs, the tab works"


async def test_signing_in_within_a_tab_keeps_working(world: World) -> None:
    async with Tab(path="/login") as tab:
        await tab.fire(SignInState.load)
    async with Tab(await world.student.sign_in(), manager=tab.manager, token=tab.token) as signed_in:
        await signed_in.send("reflex___state____state.hydrate")
        assert "/" not in signed_in.redirects()
        await signed_in.fire(SecurityState.load)
        assert (await signed_in.state(SecurityState)).loaded


async def test_a_session_that_floods_is_refused_and_others_are_not(world: World, three_events: None) -> None:
    async with Tab(await world.student.sign_in()) as flood, Tab(await world.teacher.sign_in()) as other:
        ended = [await denied(flood, DISMISS, notice_id="x") for _ in range(5)]
        assert ended[0] == []
        assert set(ended[-1]) == {"rate"}
        assert await denied(other, DISMISS, notice_id="x") == []


async def test_a_signed_out_tab_that_floods_is_refused_and_its_neighbour_is_not(
    database: None, three_events: None
) -> None:
    async with Tab() as flood, Tab() as neighbour:
        ended = [await denied(flood, SUBMIT, form={}) for _ in range(4)]
        assert ended[0] == []
        assert set(ended[-1]) == {"rate"}
        assert await denied(neighbour, SUBMIT, form={}) == []
        assert (await neighbour.state(NoticeState)).notices == []


async def test_tabs_without_end_share_the_room_of_their_address(database: None, three_events: None) -> None:
    wide = Rate(0.001 * 20, 3 * 20)
    assert await rate_limits.take("events:127.0.0.1", wide, cost=60) == 0
    async with Tab() as tab:
        assert await denied(tab, SUBMIT, form={}) == ["rate"]


def test_buckets_of_long_ago_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_BUCKETS", 2)
    buckets, rate = MemoryBuckets(), Rate(0.001, 1)
    assert [buckets.take(key, rate, 0.0, 1) for key in "abc"] == [0, 0, 0]
    assert buckets.take("c", rate, 0.0, 1) > 0
    assert buckets.take("a", rate, 0.0, 1) == 0, "the oldest was forgotten"
