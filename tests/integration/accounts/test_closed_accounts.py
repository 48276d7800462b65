"""Closed accounts and memberships, organisations' own addresses, and what signing in brings up to date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from starlette.requests import Request

from eduplatform.api.auth import _address, router
from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.accounts import remembered, sessions, sign_in
from eduplatform.domain.accounts.models import AccountStatus, Identity, User
from eduplatform.errors import NotFound, NotSignedIn
from eduplatform.security import passwords
from eduplatform.security.cookies import cookie_name
from tests.factories.accounts import age_session, browser_session, secret_of, settings_with
from tests.factories.administration import tamper
from tests.factories.world import PASSWORD, Person, World, make_operator

pytestmark = pytest.mark.anyio


async def ticket_of(person: Person, *, slug: str = "") -> str:
    return await sign_in.sign_in(email=person.email, password=PASSWORD, address="127.0.0.1", tenant_slug=slug)


async def close(model: type[Identity] | type[User], person: Person) -> None:
    async with identity_work() as work:
        row = await work.session.get(model, person.identity_id if model is Identity else person.user_id)
        assert row is not None
        row.status = AccountStatus.DEACTIVATED


@pytest.mark.parametrize("model", [Identity, User])
async def test_a_closed_account_ends_everywhere(world: World, model: type[Identity] | type[User]) -> None:
    cookie, ticket = await world.student.sign_in(), await ticket_of(world.student)
    await close(model, world.student)
    with pytest.raises(NotSignedIn):
        await browser_session(ticket)
    remembered.forget()
    with pytest.raises(NotSignedIn):
        await sessions.resolve(secret_of(cookie))
    with pytest.raises(NotSignedIn):
        await ticket_of(world.student)


async def test_a_cookie_that_nobody_was_given_is_nobodys(world: World) -> None:
    for invented in ("", "x", "0" * 64, secret_of(await world.student.sign_in())[:-1] + "?"):
        with pytest.raises(NotSignedIn):
            await sessions.resolve(invented)


async def test_a_session_whose_organisation_is_gone_ends(world: World) -> None:
    cookie = await world.student.sign_in()
    statement = "update session set tenant_id = null where identity_id = :identity"
    await tamper(statement, identity=world.student.identity_id)
    remembered.forget()
    with pytest.raises(NotSignedIn):
        await sessions.resolve(secret_of(cookie))


async def test_an_operators_visit_is_noted(database: None) -> None:
    operator = await make_operator()
    cookie = await operator.sign_in()
    await age_session(cookie, idle=timedelta(minutes=6))
    assert (await sessions.resolve(secret_of(cookie))).identity_id == operator.identity_id
    await age_session(cookie, idle=timedelta(0))
    assert (await sessions.resolve(secret_of(cookie))).user_id is None


async def test_an_organisations_address_lets_only_its_members_in(world: World) -> None:
    assert await ticket_of(world.student, slug=world.slug)
    with pytest.raises(NotSignedIn):
        await ticket_of(world.student, slug="somewhere-else")
    assert await ticket_of(await make_operator(), slug=world.slug)


async def test_a_weaker_hash_is_made_new_at_the_next_sign_in(world: World) -> None:
    with settings_with(ARGON2_TIME_COST="2"):
        passwords._hasher.cache_clear()
        assert await ticket_of(world.student)
    async with identity_work() as work:
        row = await work.session.get(Identity, world.student.identity_id)
        assert row is not None
        assert "t=2" in row.password_hash
    passwords._hasher.cache_clear()
    assert await ticket_of(world.student)


async def test_the_chosen_language_follows_the_person(world: World) -> None:
    me = await world.student.principal()
    await sign_in.set_locale(me=me, locale="en")
    assert (await world.student.principal()).locale == "en"
    operator = await (await make_operator()).principal()
    await sign_in.set_locale(me=operator, locale="en")
    with pytest.raises(NotFound):
        await sign_in.choose_membership(me=operator, tenant_id=world.tenant_id)


async def test_who_was_erased_a_moment_ago_is_signed_out(world: World) -> None:
    me = await (await make_operator()).principal()
    async with identity_work() as work:
        row = await work.session.get(Identity, me.identity_id)
        assert row is not None
        await work.session.delete(row)
    with pytest.raises(NotSignedIn):
        await sign_in.set_locale(me=me, locale="es")


async def test_only_the_newest_persons_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "SIZE", 1)
    first, second = await world.student.sign_in(), await world.teacher.sign_in()
    for cookie in (first, second, first):
        assert await sessions.resolve(secret_of(cookie))
    assert len(remembered._entries) == 1


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        ("0", "203.0.113.9", "10.0.0.1"),
        ("1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("2", "203.0.113.9", "10.0.0.1"),
    ],
)
def test_a_forged_address_is_believed_only_behind_trusted_proxies(
    hops: str, forwarded: str, address: str
) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())]
    with settings_with(TRUSTED_PROXY_HOPS=hops):
        assert _address(Request({"type": "http", "headers": headers, "client": ("10.0.0.1", 1)})) == address
        assert _address(Request({"type": "http", "headers": [], "client": None})) == ""


async def test_signing_out_without_a_session_is_no_failure(database: None) -> None:
    api = FastAPI()
    api.include_router(router)
    async with AsyncClient(transport=ASGITransport(app=api), base_url="http://school.test") as browser:
        answer = await browser.post("/auth/sign-out")
    assert answer.status_code == 204
    assert cookie_name() in answer.headers["set-cookie"]
