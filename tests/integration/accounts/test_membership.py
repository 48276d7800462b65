"""People who belong to several organisations choose one, and only one of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from eduplatform.domain.accounts import sessions
from eduplatform.security.permissions import Role
from eduplatform.state.accounts import ChooseState, SignInState
from eduplatform.state.shell import ShellState
from tests.factories.accounts import browser_session, join, secret_of
from tests.factories.world import PASSWORD, Person, World, make_operator
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def _signed_in(person: Person) -> str:
    async with Tab(path="/login") as tab:
        await tab.fire(SignInState.submit({"email": person.email, "password": PASSWORD}))
        return await browser_session((await tab.state(SignInState)).ticket)


async def test_somebody_in_two_tenants_chooses_and_is_in_that_one_only(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    second, foreign = await new_world(), await new_world()
    await join(world.teacher, second, Role.STUDENT)
    cookie = await _signed_in(world.teacher)

    async with Tab(cookie, path="/teach/courses") as tab:
        await tab.fire(ShellState.load)
        assert tab.redirects() == ["/choose?next=/teach/courses"]
        await tab.go("/choose?next=/teach/courses", "/choose")
        await tab.fire(ChooseState.load)
        state = await tab.state(ChooseState)
        assert state.target == "/teach/courses"
        assert {one["tenant_id"]: one["roles"] for one in state.memberships} == {
            str(world.tenant_id): ["teacher"],
            str(second.tenant_id): ["student"],
        }

        await tab.fire(ChooseState.choose(str(foreign.tenant_id)))
        assert not (await tab.state(ChooseState)).ticket

        await tab.fire(ChooseState.choose(str(second.tenant_id)))
        entered = await browser_session((await tab.state(ChooseState)).ticket, previous=secret_of(cookie))
    me = await sessions.resolve(secret_of(entered))
    assert (me.tenant_id, me.roles) == (second.tenant_id, {Role.STUDENT})

    async with Tab(entered, path="/learn") as tab:
        await tab.fire(ShellState.load)
        shell = await tab.state(ShellState)
        assert (shell.several, shell.roles, shell.home) == (True, ["student"], "/learn")


async def test_somebody_in_one_tenant_is_never_asked(world: World) -> None:
    async with Tab(await _signed_in(world.student), path="/learn") as tab:
        await tab.fire(ShellState.load)
        assert not tab.redirects()
        shell = await tab.state(ShellState)
        assert (shell.several, shell.main_role) == (False, "student")
        await tab.fire(ShellState.go_home)
        assert tab.redirects() == ["/learn"]


async def test_the_choice_is_not_shown_to_nobody(database: None) -> None:
    async with Tab(path="/choose") as tab:
        await tab.fire(ChooseState.load)
        await tab.fire(ChooseState.choose("00000000-0000-0000-0000-000000000000"))
        assert set(tab.redirects()) == {"/login?next=/choose"}
        assert not (await tab.state(ChooseState)).memberships


async def test_an_operator_begins_with_operations(database: None) -> None:
    async with Tab(await _signed_in(await make_operator()), path="/operator") as tab:
        await tab.fire(ShellState.load)
        assert not tab.redirects()
        assert (await tab.state(ShellState)).home == "/operator"
