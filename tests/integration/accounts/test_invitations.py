"""Joining by a mailed link: new people choose a password, known people prove theirs, and a link works once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from eduplatform.domain.accounts import sessions
from eduplatform.security.permissions import Role
from eduplatform.state.accounts import InvitationState
from tests.factories.accounts import age_token, browser_session, invitation_token, secret_of
from tests.factories.world import PASSWORD, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

FORM = {"given_name": " Nora ", "family_name": "Neu", "password": "entirely-new-words-9"}


def _tab(token: str) -> Tab:
    return Tab(path=f"/invitation/{token}", route="/invitation/[token]")


@pytest.fixture
def email() -> str:
    return f"new-{uuid4().hex[:10]}@people.test"


async def test_a_new_person_joins_and_is_signed_in(world: World, email: str) -> None:
    token = await invitation_token(world, email, Role.TEACHER, Role.ADMIN)
    async with _tab(token) as tab:
        await tab.fire(InvitationState.load)
        shown = await tab.state(InvitationState)
        assert (shown.email, shown.given_name, shown.known, shown.link_is_valid) == (
            email,
            "Nora",
            False,
            True,
        )
        assert world.slug in shown.tenant_name

        await tab.fire(InvitationState.accept({**FORM, "password": "short"}))
        assert (await tab.state(InvitationState)).errors.keys() == {"password"}
        await tab.fire(InvitationState.accept({**FORM, "given_name": "  "}))
        assert (await tab.state(InvitationState)).errors.keys() == {"given_name"}

        await tab.fire(InvitationState.accept(FORM))
        joined = await tab.state(InvitationState)
        assert joined.accepted
        assert joined.ticket
    me = await sessions.resolve(secret_of(await browser_session(joined.ticket)))
    assert (me.tenant_id, me.name, me.roles) == (world.tenant_id, "Nora Neu", {Role.TEACHER, Role.ADMIN})


async def test_a_link_works_once(world: World, email: str) -> None:
    token = await invitation_token(world, email, Role.STUDENT)
    for expected in (True, False):
        async with _tab(token) as tab:
            await tab.fire(InvitationState.accept(FORM))
            state = await tab.state(InvitationState)
            assert (state.accepted, state.link_is_valid) == (expected, expected)


async def test_old_replaced_and_invented_links_show_who_to_ask_and_nothing_else(
    world: World, email: str
) -> None:
    replaced = await invitation_token(world, email, Role.STUDENT)
    old = await invitation_token(world, email, Role.STUDENT)
    await age_token(old, days=15)
    for token in (replaced, old, "invented", "%00"):
        async with _tab(token) as tab:
            await tab.fire(InvitationState.load)
            state = await tab.state(InvitationState)
            assert (state.link_is_valid, state.email, state.tenant_name) == (False, "", "")
            await tab.fire(InvitationState.accept(FORM))
            assert not (await tab.state(InvitationState)).accepted


async def test_a_known_person_proves_the_password_and_keeps_it(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    other = await new_world()
    token = await invitation_token(other, world.student.email, Role.STUDENT)
    async with _tab(token) as tab:
        await tab.fire(InvitationState.load)
        assert (await tab.state(InvitationState)).known
        await tab.fire(InvitationState.accept(FORM))
        refused = await tab.state(InvitationState)
        assert (refused.accepted, set(refused.errors)) == (False, {"password"})
        await tab.fire(InvitationState.accept({**FORM, "password": PASSWORD}))
        assert (await tab.state(InvitationState)).accepted


async def test_passwords_behind_a_link_cannot_be_tried_without_end(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    token = await invitation_token(await new_world(), world.teacher.email, Role.STUDENT)
    async with _tab(token) as tab:
        texts: set[str] = set()
        for attempt in range(15):
            await tab.fire(InvitationState.accept({**FORM, "password": f"guess-number-{attempt}"}))
            texts |= set((await tab.state(InvitationState)).errors.values())
        assert any(text.startswith("Too many attempts") for text in texts)
