"""Signing in, as the page does it."""

from __future__ import annotations

import pytest

from eduplatform.state.accounts import SecurityState, SignInState
from tests.factories.world import PASSWORD, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def test_right_password_gives_a_ticket(world: World) -> None:
    async with Tab(path="/login") as tab:
        await tab.fire(SignInState.submit({"email": world.student.email.upper(), "password": PASSWORD}))
        assert (await tab.state(SignInState)).ticket


async def test_wrong_password_and_unknown_person_get_the_same_words(world: World) -> None:
    texts = []
    for email in (world.student.email, "nobody@nowhere.test"):
        async with Tab(path="/login") as tab:
            await tab.fire(SignInState.submit({"email": email, "password": "not-the-password"}))
            state = await tab.state(SignInState)
            assert not state.ticket
            texts.append(state.errors["form"])
    assert texts[0] == texts[1]


async def test_without_session_a_protected_handler_leads_to_sign_in() -> None:
    async with Tab(path="/settings/security") as tab:
        await tab.fire(SecurityState.load)
        assert tab.redirects() == ["/login?next=/settings/security"]
        assert not (await tab.state(SecurityState)).loaded


async def test_own_sessions_are_listed(world: World) -> None:
    async with Tab(await world.student.sign_in(), path="/settings/security") as tab:
        await tab.fire(SecurityState.load)
        assert [one["current"] for one in (await tab.state(SecurityState)).sessions] == [True]
