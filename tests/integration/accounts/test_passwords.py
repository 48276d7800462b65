"""A forgotten password: the mailed link works once, for a while, and says nothing about who has an account."""

from __future__ import annotations

import pytest

from eduplatform.domain.accounts import sessions
from eduplatform.errors import NotSignedIn
from eduplatform.state.accounts import ResetState, SignInState
from tests.factories.accounts import age_token, mailed_token, secret_of
from tests.factories.world import PASSWORD, Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

NEW = "entirely-new-words-9"


async def _ask(email: str) -> tuple[bool, dict[str, str]]:
    async with Tab(path="/forgot") as tab:
        await tab.fire(ResetState.load)
        await tab.fire(ResetState.request({"email": email}))
        state = await tab.state(ResetState)
        return state.sent, state.errors


async def _set(token: str, password: str = NEW) -> ResetState:
    async with Tab(path=f"/reset/{token}", route="/reset/[token]") as tab:
        await tab.fire(ResetState.load)
        await tab.fire(ResetState.save({"password": password}))
        assert not tab.errors
        return await tab.state(ResetState)


async def _can_sign_in(person: Person, password: str) -> bool:
    async with Tab(path="/login") as tab:
        await tab.fire(SignInState.submit({"email": person.email, "password": password}))
        return bool((await tab.state(SignInState)).ticket)


async def test_the_link_sets_a_new_password_once_and_ends_all_sessions(world: World) -> None:
    open_session = await world.student.sign_in()
    await _ask(world.student.email)
    token = await mailed_token(world.student.email, "reset")

    weak = await _set(token, "short")
    assert (weak.done, weak.link_is_valid, set(weak.errors)) == (False, True, {"password"})

    assert (await _set(token)).done
    assert await _can_sign_in(world.student, NEW)
    assert not await _can_sign_in(world.student, PASSWORD)
    with pytest.raises(NotSignedIn):
        await sessions.resolve(secret_of(open_session))

    again = await _set(token, "yet-other-words-77")
    assert (again.done, again.link_is_valid) == (False, False)
    assert await _can_sign_in(world.student, NEW)


async def test_an_old_link_is_refused(world: World) -> None:
    await _ask(world.student.email)
    token = await mailed_token(world.student.email, "reset")
    await age_token(token, minutes=61)
    state = await _set(token)
    assert (state.done, state.link_is_valid) == (False, False)
    assert await _can_sign_in(world.student, PASSWORD)


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "0" * 5000])
async def test_invented_links_are_refused(world: World, token: str) -> None:
    state = await _set(token)
    assert (state.done, state.link_is_valid) == (False, False)


async def test_unknown_addresses_get_the_same_answer_and_no_mail(world: World) -> None:
    unknown = f"nobody@{world.slug}.test"
    assert await _ask(unknown) == await _ask(world.student.email) == (True, {})
    assert not await mailed_token(unknown, "reset")


async def test_the_ticket_of_a_sign_in_is_no_reset_link(world: World) -> None:
    async with Tab(path="/login") as tab:
        await tab.fire(SignInState.submit({"email": world.student.email, "password": PASSWORD}))
        ticket = (await tab.state(SignInState)).ticket
    assert not (await _set(ticket)).done
