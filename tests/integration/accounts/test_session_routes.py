"""The two routes that touch the cookie answer to our own pages only."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from eduplatform.config import get_settings
from eduplatform.domain.accounts import sessions
from eduplatform.eduplatform import _api, _wrap
from eduplatform.errors import NotSignedIn
from eduplatform.security.cookies import cookie_name
from eduplatform.state.accounts import SignInState
from tests.factories.accounts import secret_of
from tests.factories.world import PASSWORD, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


@pytest.fixture
async def browser(database: None) -> AsyncIterator[httpx.AsyncClient]:
    """Requests to the real routes behind the real wrappers."""
    transport = httpx.ASGITransport(app=_wrap(_api()), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url=get_settings().public_url) as client:
        yield client


def _own() -> dict[str, str]:
    return {"origin": get_settings().public_url}


async def _ticket(world: World, *, remember: bool = False) -> str:
    async with Tab(path="/login") as tab:
        form = {"email": world.student.email, "password": PASSWORD, "remember": remember}
        await tab.fire(SignInState.submit(form))
        return (await tab.state(SignInState)).ticket


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://localhost:1"}]
)
async def test_other_sites_cannot_open_a_session(
    browser: httpx.AsyncClient, world: World, headers: dict[str, str]
) -> None:
    ticket = await _ticket(world)
    refused = await browser.post("/auth/session", json={"ticket": ticket}, headers=headers)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
    accepted = await browser.post("/auth/session", json={"ticket": ticket}, headers=_own())
    assert accepted.status_code == 204, "the refused request must not use the ticket up"


async def test_the_cookie_is_out_of_reach_for_scripts_and_lasts_as_long_as_asked(
    browser: httpx.AsyncClient, world: World
) -> None:
    for remember in (False, True):
        ticket = await _ticket(world, remember=remember)
        answer = await browser.post("/auth/session", json={"ticket": ticket}, headers=_own())
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "path=/" in cookie
        assert ("max-age" in cookie) is remember
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "body", [{}, {"ticket": ""}, {"ticket": "x" * 43}, {"ticket": 7}, {"ticket": "a" * 30, "x": 1}]
)
async def test_what_is_no_ticket_opens_nothing(browser: httpx.AsyncClient, body: dict[str, object]) -> None:
    answer = await browser.post("/auth/session", json=body, headers=_own())
    assert answer.status_code in (401, 422)
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-type"] == "application/problem+json"


async def test_signing_out_ends_the_session_on_the_server(browser: httpx.AsyncClient, world: World) -> None:
    cookie = await world.student.sign_in()
    foreign = await browser.post(
        "/auth/sign-out", headers={"cookie": cookie, "origin": "https://evil.example"}, json={}
    )
    assert foreign.status_code == 403
    assert await sessions.resolve(secret_of(cookie))

    answer = await browser.post("/auth/sign-out", headers={"cookie": cookie, **_own()}, json={})
    assert answer.status_code == 204
    assert f'{cookie_name()}=""' in answer.headers["set-cookie"]
    with pytest.raises(NotSignedIn):
        await sessions.resolve(secret_of(cookie))
