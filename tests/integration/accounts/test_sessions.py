"""Sessions end: by signing in again, by time, by their owner, and at once on pages that are open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.accounts import remembered, sessions
from eduplatform.domain.accounts.models import Session, User
from eduplatform.errors import NotSignedIn
from eduplatform.security.permissions import Role
from eduplatform.state.accounts import SecurityState, SignInState
from eduplatform.state.base import NoticeState
from eduplatform.state.shell import ShellState
from tests.factories.accounts import age_session, browser_session, secret_of
from tests.factories.statements import count_statements
from tests.factories.world import PASSWORD, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def _is_valid(cookie: str) -> bool:
    try:
        await sessions.resolve(secret_of(cookie))
    except NotSignedIn:
        return False
    return True


async def test_signing_in_again_ends_the_session_that_the_browser_held(world: World) -> None:
    old = await world.student.sign_in()
    async with Tab(path="/login") as tab:
        await tab.fire(SignInState.submit({"email": world.student.email, "password": PASSWORD}))
        ticket = (await tab.state(SignInState)).ticket
    new = await browser_session(ticket, previous=secret_of(old))
    assert await _is_valid(new)
    assert not await _is_valid(old)


async def test_a_ticket_opens_one_session(world: World) -> None:
    async with Tab(path="/login") as tab:
        await tab.fire(SignInState.submit({"email": world.student.email, "password": PASSWORD}))
        ticket = (await tab.state(SignInState)).ticket
    await browser_session(ticket)
    with pytest.raises(NotSignedIn):
        await browser_session(ticket)


@pytest.mark.parametrize("who", ["student", "teacher"])
async def test_an_idle_session_ends(world: World, who: str) -> None:
    limit = get_settings().session_idle if who == "student" else get_settings().session_idle_staff
    cookie = await world.people[who].sign_in()
    await age_session(cookie, idle=limit - timedelta(seconds=30))
    assert await _is_valid(cookie)
    await age_session(cookie, idle=limit + timedelta(seconds=1))
    assert not await _is_valid(cookie)


async def test_a_busy_session_ends_too(world: World) -> None:
    cookie = await world.teacher.sign_in()
    await age_session(cookie, life=get_settings().session_absolute)
    assert not await _is_valid(cookie)


async def test_revoking_is_felt_on_an_open_page_without_touching_it(world: World) -> None:
    elsewhere = await world.teacher.sign_in()
    path = "/teach/courses"
    async with Tab(elsewhere, path=path) as tab:
        await tab.fire(ShellState.load)
        await tab.fire(ShellState.pulse)
        assert not tab.redirects()

    async with Tab(await world.teacher.sign_in(), path="/settings/security") as here:
        await here.fire(SecurityState.load)
        other = next(one for one in (await here.state(SecurityState)).sessions if not one["current"])
        await here.fire(SecurityState.revoke(other["id"]))
        assert [one["current"] for one in (await here.state(SecurityState)).sessions] == [True]

    async with Tab(elsewhere, path=path, manager=tab.manager, token=tab.token) as same_page:
        await same_page.fire(ShellState.pulse)
        assert same_page.redirects() == ["/login?next=/teach/courses"]
        shell = await same_page.state(ShellState)
        assert (shell.signed_in, shell.name, shell.email, shell.roles) == (False, "", "", [])


async def test_the_pulse_is_silent_for_readers_who_never_signed_in(database: None) -> None:
    async with Tab(path="/login") as tab:
        await tab.fire(ShellState.load)
        await tab.fire(ShellState.pulse)
        assert not tab.redirects()


async def test_the_sessions_of_others_cannot_be_ended(world: World) -> None:
    victim = await world.teacher.sign_in()
    victim_id = str((await sessions.resolve(secret_of(victim))).session_id)
    async with Tab(await world.student.sign_in()) as tab:
        await tab.fire(SecurityState.revoke(victim_id))
        assert (await tab.state(NoticeState)).notices[0]["kind"] == "error"
    remembered.forget()
    assert await _is_valid(victim)


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(world: World) -> None:
    person = await world.add_person("careful", Role.STUDENT)
    other, own = await person.sign_in(), await person.sign_in()
    async with Tab(own, path="/settings/security") as tab:
        form = {"current": "not-the-password", "password": "entirely-new-words-9"}
        await tab.fire(SecurityState.change_password(form))
        assert (await tab.state(SecurityState)).errors.keys() == {"current"}
        assert await _is_valid(other)

        await tab.fire(SecurityState.change_password({"current": PASSWORD, "password": "short"}))
        assert (await tab.state(SecurityState)).errors.keys() == {"password"}

        await tab.fire(SecurityState.change_password({**form, "current": PASSWORD}))
        assert (await tab.state(SecurityState)).changed == 1
    assert await _is_valid(own)
    assert not await _is_valid(other)


async def test_an_ended_session_leads_to_sign_in_and_back(world: World) -> None:
    cookie = await world.teacher.sign_in()
    async with Tab(cookie, path="/settings/security") as tab:
        await sessions.close_session(cookie=secret_of(cookie))
        await tab.fire(
            SecurityState.change_password({"current": PASSWORD, "password": "entirely-new-words-9"})
        )
        assert tab.redirects() == ["/login?next=/settings/security"]
        await tab.go("/login?next=/settings/security", "/login")
        await tab.fire(SignInState.load)
        assert (await tab.state(SignInState)).target == "/settings/security"


async def test_changes_made_by_another_process_are_felt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that change behind this process's back: a revocation, new roles, a closed account."""
    cookie = secret_of(await world.student.sign_in())
    monkeypatch.setattr(remembered, "CHECK_SECONDS", 0.0)
    assert (await sessions.resolve(cookie)).roles == {Role.STUDENT}
    async with identity_work() as work:
        user = await work.session.get(User, world.student.user_id)
        assert user is not None
        user.roles = ["student", "teacher"]
    assert (await sessions.resolve(cookie)).roles == {Role.STUDENT, Role.TEACHER}
    async with identity_work() as work:
        user = await work.session.get(User, world.student.user_id)
        assert user is not None
        user.status = "deactivated"
    with pytest.raises(NotSignedIn):
        await sessions.resolve(cookie)
    other = secret_of(await world.teacher.sign_in())
    session_id = (await sessions.resolve(other)).session_id
    async with identity_work() as work:
        row = await work.session.get(Session, session_id)
        assert row is not None
        row.revoked_at = utc_now()
    with pytest.raises(NotSignedIn):
        await sessions.resolve(other)


async def test_an_unchanged_session_is_looked_up_once(world: World) -> None:
    cookie = secret_of(await world.student.sign_in())
    await sessions.resolve(cookie)
    with count_statements(identity=True) as statements:
        for _ in range(20):
            await sessions.resolve(cookie)
    assert len(statements) == 0
