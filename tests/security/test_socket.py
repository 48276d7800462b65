"""Attacks on the running platform over its event socket, by a client that is no browser.

Reflex makes every public method of a state callable by anybody who can open a socket. These are the attacks that
worked on an application without the event gate, each of which must now come to nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from reflex_base.registry import RegistrationContext

from eduplatform.security.cookies import cookie_name
from eduplatform.security.gate import FRAMEWORK, registered_policies
from eduplatform.security.permissions import ROLE_PERMISSIONS, Permission, Public, Role
from eduplatform.state.accounts import SecurityState, SignInState
from eduplatform.state.shell import ShellState
from tests.harness import annotations_of, state_of, wire_value
from tests.served import Served
from tests.socket_client import HYDRATE, ROOT, SUFFIX, Intruder, RefusedError, intruder, sign_in, sign_out

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

STUDENT = "student@riverside.test"
ADMIN = "admin@riverside.test"
SHELL = ShellState.get_full_name()
SECURITY = SecurityState.get_full_name()
SIGN_IN = SignInState.get_full_name()
UPDATE_VARS = f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal"
FELT_WITHIN_S = 5.0
FLOOD = 1800
"""Events, more than a session may send at once on the platform of the tests."""

POLICIES = registered_policies()
PROTECTED = sorted(name for name, policy in POLICIES.items() if policy.permission is not Public.PUBLIC)
NOT_FOR_STUDENTS = [
    name for name in PROTECTED if Permission(POLICIES[name].permission) not in ROLE_PERMISSIONS[Role.STUDENT]
]


@pytest.fixture(scope="module")
async def student(anyio_backend: str, served: Served) -> str:
    """The Cookie header of a signed-in student."""
    return await sign_in(served.url, STUDENT)


@pytest.fixture
async def tab(served: Served, student: str) -> AsyncIterator[Intruder]:
    """An open tab of the student, filled."""
    async with intruder(served.url, cookie=student) as opened:
        await opened.send(f"{SHELL}.load")
        await opened.settle()
        assert opened.value(SHELL, "email") == STUDENT
        yield opened


@pytest.fixture
async def nobody(served: Served) -> AsyncIterator[Intruder]:
    """An open tab of somebody who has not signed in."""
    async with intruder(served.url) as opened:
        yield opened


def handler_label(name: str) -> str:
    """A handler as the log names it."""
    return f"{state_of(name).__name__}.{name.rpartition('.')[2]}"


def ended(served: Served, since: int, name: str) -> set[str]:
    """How the calls of a handler ended, as the log tells it; empty when it never ran."""
    lines = [line for line in served.log(since).splitlines() if f"handler={handler_label(name)} " in line]
    return {found[1] for line in lines if "ui_event" in line and (found := re.search(r"outcome=(\S+)", line))}


def payload(name: str) -> dict[str, Any]:
    hints = annotations_of(name)
    return {argument: wire_value(hints[argument]) for argument in POLICIES[name].arguments}


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "http://localhost",
        "http://localhost:1",
        "http://localhost.evil.example",
        "HTTP-own-host-https",
    ],
)
async def test_other_origins_cannot_open_the_socket(served: Served, student: str, origin: str | None) -> None:
    if origin == "HTTP-own-host-https":
        origin = served.url.replace("http://", "https://")
    with pytest.raises(RefusedError):
        async with intruder(served.url, cookie=student, origin=origin):
            pass


async def test_the_session_cookie_is_never_told_to_scripts(student: str, tab: Intruder) -> None:
    """The cookie is HttpOnly; a state variable that holds it would undo that."""
    assert student.partition("=")[2] not in tab.text()


async def test_an_unknown_handler_does_nothing(served: Served, nobody: Intruder) -> None:
    for name in (f"{SHELL}.become_admin", f"{ROOT}.nothing.at_all", "os.system", "", "x" * 5000):
        await nobody.send(name)
    await nobody.settle()
    assert not nobody.redirects()
    assert "Traceback" not in nobody.text()


@pytest.mark.parametrize("name", PROTECTED, ids=handler_label)
async def test_nobody_is_led_to_sign_in_by_every_protected_handler(
    served: Served, nobody: Intruder, name: str
) -> None:
    since = served.mark()
    await nobody.send(name, payload(name))
    await nobody.settle()
    assert ended(served, since, name) == {"not_signed_in"}
    assert [path.partition("?")[0] for path in nobody.redirects()] == ["/login"]


@pytest.mark.parametrize("name", NOT_FOR_STUDENTS, ids=handler_label)
async def test_handlers_of_other_roles_refuse_a_student(served: Served, tab: Intruder, name: str) -> None:
    since = served.mark()
    await tab.send(name, payload(name))
    await tab.settle()
    assert ended(served, since, name) == {"forbidden"}


@pytest.mark.parametrize(
    "value",
    [None, 7, -1, 10**30, True, "", "\x00", "' OR 1=1 --", {"$ne": 1}, [["deep"]], {"__class__": "x"}],
    ids=repr,
)
async def test_wrong_types_never_reach_a_handlers_body(served: Served, tab: Intruder, value: Any) -> None:
    """Type hints are no validation in Reflex: a dict arrives where a text is declared."""
    revoke, since = f"{SECURITY}.revoke", served.mark()
    await tab.send(revoke, {"session_id": value})
    await tab.send(f"{SIGN_IN}.submit", {"form": value})
    await tab.settle()
    assert ended(served, since, revoke) == {"invalid"}
    assert "event_failed" not in served.log(since)


@pytest.mark.parametrize(
    "data", [None, 7, "text", '{"name": 1}', [], {"name": None}, {"payload": "x"}, {}], ids=repr
)
async def test_an_event_that_is_none_does_not_stop_the_server(served: Served, data: Any) -> None:
    async with intruder(served.url) as one:
        await one.send_raw(data)
    async with intruder(served.url) as other:
        await other.send(f"{SHELL}.load")
        await other.settle()
        assert other.value(SHELL, "ready") is True


def every_state() -> list[str]:
    return sorted({name.rpartition(".")[0] for name in RegistrationContext.get().event_handlers})


async def test_the_generic_setter_is_gone_from_every_state(served: Served, tab: Intruder) -> None:
    before = await full_state(tab)
    for state in every_state():
        await tab.send(f"{state}.setvar", {"var_name": "roles", "value": ["admin"]})
        await tab.send(f"{state}.setvar", {"var_name": "name", "value": "Mallory"})
    assert await full_state(tab) == before


@pytest.mark.parametrize(
    "method",
    [
        "_forget",
        "_bound",
        "set_name",
        "set_roles",
        "reset",
        "get_state",
        "dict",
        "get_value",
        "_get_root_state",
        "__init__",
    ],
)
async def test_methods_that_are_no_handlers_cannot_be_called(tab: Intruder, method: str) -> None:
    before = await full_state(tab)
    await tab.send(f"{SHELL}.{method}", {"value": "Mallory"})
    assert await full_state(tab) == before


async def full_state(tab: Intruder) -> dict[str, Any]:
    """The whole state as the browser sees it, without what differs from connection to connection."""
    seen = len(await tab.settle())
    await tab.settle()
    merged: dict[str, Any] = {}
    for update in tab.updates[seen:]:
        for state, values in (update.get("delta") or {}).items():
            own = {name: value for name, value in values.items() if "rx_router" not in name}
            merged.setdefault(state, {}).update(own)
    assert SHELL in merged
    return merged


async def test_forged_router_data_changes_nobody(served: Served, nobody: Intruder, student: str) -> None:
    """The browser says where it is; who it is and from where it comes, it cannot say."""
    forged = {
        "pathname": "/admin/[tenant]",
        "asPath": "/admin/northwind?tenant=victim",
        "query": {"tenant": "victim"},
        "headers": {"cookie": student, "host": "evil.example"},
        "ip": "6.6.6.6",
        "token": "other",
        "session_id": "other",
    }
    await nobody.send(f"{SHELL}.load", **forged)
    await nobody.send(f"{SECURITY}.load", **forged)
    await nobody.settle(**forged)
    assert nobody.value(SHELL, "signed_in") is not True
    assert [path.partition("?")[0] for path in nobody.redirects()] == ["/login"]
    assert STUDENT not in nobody.text()
    session = nobody.value(ROOT, "rx_router_session")
    assert (session["client_ip"], session["client_token"]) == ("127.0.0.1", nobody.token)
    assert "evil.example" not in json.dumps(nobody.value(ROOT, "rx_router_headers"))


async def test_the_stored_variables_event_writes_nothing(tab: Intruder) -> None:
    before = await full_state(tab)
    forged = {
        f"{SHELL}.{name}": value
        for name, value in (("roles", ["admin"]), ("name", "Mallory"), ("_counted_for", "x"))
    }
    forged |= {f"{key}{SUFFIX}": value for key, value in forged.items()}
    await tab.send(UPDATE_VARS, {"vars": forged})
    assert await full_state(tab) == before


@pytest.mark.parametrize("thief", ["anonymous", "made-up cookie", "another person"])
async def test_a_leaked_tab_token_shows_nothing_of_its_owner(
    served: Served, student: str, thief: str
) -> None:
    cookies = {"anonymous": "", "made-up cookie": f"{cookie_name()}={'A' * 43}"}
    token = str(uuid4())
    async with intruder(served.url, cookie=student, token=token) as owner:
        await owner.send(f"{SHELL}.load")
        await owner.send(f"{SECURITY}.load")
        await owner.settle()
        name, sessions = owner.value(SHELL, "name"), owner.value(SECURITY, "sessions")
        assert name
        assert sessions
    cookie = cookies[thief] if thief in cookies else await sign_in(served.url, "guardian@northwind.test")
    for opening in (HYDRATE, f"{SHELL}.dismiss", f"{SECURITY}.load", f"{SHELL}.pulse"):
        async with intruder(served.url, cookie=cookie, token=token) as stranger:
            await stranger.send(opening, {"notice_id": "x"} if opening.endswith("dismiss") else {})
            await stranger.settle()
            for secret in (STUDENT, name, sessions[0]["id"], student.partition("=")[2]):
                assert secret not in stranger.text(), opening


async def test_a_token_that_is_in_use_is_not_given_twice(served: Served, tab: Intruder) -> None:
    async with intruder(served.url, token=tab.token) as stranger:
        await stranger.send(f"{SHELL}.load")
        await stranger.settle()
        assert stranger.renamed not in ("", tab.token)
        assert STUDENT not in stranger.text()


async def test_a_token_that_can_be_guessed_leads_to_nothing(served: Served, student: str) -> None:
    async with intruder(served.url, cookie=student, token="a") as owner:
        await owner.send(f"{SHELL}.load")
        await owner.settle()
    async with intruder(served.url, token="a") as stranger:
        await stranger.settle()
        assert STUDENT not in stranger.text()


async def test_a_huge_argument_is_refused_and_the_server_lives(served: Served) -> None:
    async with intruder(served.url) as one:
        await one.send(f"{SIGN_IN}.submit", {"form": {"email": "x" * 900_000, "password": "y"}})
        await one.settle()
        assert one.value(SIGN_IN, "ticket") in ("", None)
        assert "x" * 1000 not in one.text()
        assert one.value(SIGN_IN, "errors")
    async with intruder(served.url) as one:
        await one.send(f"{SIGN_IN}.submit", {"form": {"email": "x" * 1_500_000, "password": "y"}})
        assert not await one.hears(lambda: one.updates, 1.0)
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{served.url}/ping")).status_code == 200


async def test_a_flood_is_limited_and_others_are_served(served: Served, tab: Intruder) -> None:
    since = served.mark()
    for _ in range(FLOOD):
        await tab.send(f"{SHELL}.dismiss", {"notice_id": "x"})
    async with intruder(served.url) as other:
        await other.send(f"{SHELL}.load")
        await other.settle()
        assert other.value(SHELL, "ready") is True
    await tab.settle()
    log = served.log(since)
    denied = len(re.findall(r"event\.denied .*outcome=rate", log))
    served_count = len(re.findall(r"ui_event .*handler=ShellState\.dismiss ", log))
    assert denied > 200
    assert denied + served_count == FLOOD


async def felt(tab: Intruder) -> bool:
    """Whether an open tab notices within five seconds that its session is gone; asks as the page's pulse does."""
    seen = len(tab.redirects())
    async with httpx.AsyncClient():
        for _ in range(int(FELT_WITHIN_S / 0.25)):
            await tab.send(f"{SHELL}.pulse")
            if await tab.hears(lambda: len(tab.redirects()) > seen, 0.25):
                return tab.redirects()[-1].startswith("/login")
    return False


async def test_signing_out_is_felt_on_an_open_socket(served: Served) -> None:
    cookie = await sign_in(served.url, STUDENT)
    async with intruder(served.url, cookie=cookie) as open_tab:
        await open_tab.send(f"{SHELL}.load")
        await open_tab.settle()
        await sign_out(served.url, cookie)
        assert await felt(open_tab)
        since = served.mark()
        await open_tab.send(f"{SECURITY}.load")
        await open_tab.settle()
        assert ended(served, since, f"{SECURITY}.load") == {"not_signed_in"}
        assert open_tab.value(SHELL, "email") == ""


async def test_a_revoked_session_is_felt_on_an_open_socket(served: Served) -> None:
    stolen, own = await sign_in(served.url, STUDENT), await sign_in(served.url, STUDENT)
    async with intruder(served.url, cookie=stolen) as thief, intruder(served.url, cookie=own) as owner:
        await thief.send(f"{SHELL}.load")
        await thief.send(f"{SECURITY}.load")
        await thief.settle()
        current = next(one["id"] for one in thief.value(SECURITY, "sessions") if one["current"])
        await owner.send(f"{SECURITY}.revoke", {"session_id": current})
        await owner.settle()
        assert await felt(thief)


async def test_somebody_elses_session_cannot_be_revoked(served: Served, tab: Intruder) -> None:
    admin = await sign_in(served.url, ADMIN)
    async with intruder(served.url, cookie=admin) as victim:
        await victim.send(f"{SECURITY}.load")
        await victim.settle()
        current = next(one["id"] for one in victim.value(SECURITY, "sessions") if one["current"])
        since = served.mark()
        await tab.send(f"{SECURITY}.revoke", {"session_id": current})
        await tab.settle()
        assert ended(served, since, f"{SECURITY}.revoke") == {"not_found"}
        await victim.send(f"{SECURITY}.load")
        await victim.settle()
        assert not victim.redirects()


async def test_a_ticket_opens_one_session_only(served: Served) -> None:
    async with intruder(served.url) as one:
        await one.send(f"{SIGN_IN}.submit", {"form": {"email": STUDENT, "password": "learn-by-doing-1"}})
        ticket = await one.until(lambda: one.value(SIGN_IN, "ticket"))
    async with httpx.AsyncClient(base_url=served.url, headers={"Origin": served.url}) as http:
        first = await http.post("/auth/session", json={"ticket": ticket})
        again = await http.post("/auth/session", json={"ticket": ticket})
    assert (first.status_code, again.status_code) == (204, 401)
    assert "set-cookie" not in again.headers


async def test_no_secret_reaches_the_log(served: Served, student: str, nobody: Intruder) -> None:
    """Unknown events make Reflex log the whole event, with the handshake's headers."""
    secret = student.partition("=")[2]
    typed = f"typed-{uuid4().hex}"
    since = served.mark()
    async with intruder(served.url, cookie=student, headers={"Authorization": f"Bearer {typed}"}) as one:
        await one.send("no.such.event", {"value": typed})
        await one.send_raw(json.dumps({"name": "no.such.event", "payload": {"password": typed}}))
        await one.send(f"{SIGN_IN}.submit", {"form": {"email": f"{typed}@mail.test", "password": typed}})
        await one.settle()
        token = one.token
    log = served.log(since)
    assert "SignInState.submit" in log
    whole = served.log()
    for private in (secret, typed, token, STUDENT, "learn-by-doing-2"):
        assert private not in (log if private == STUDENT else whole)


def test_reflexs_own_events_are_as_few_as_known() -> None:
    """A new version of Reflex that brings a new event of its own must be looked at."""
    own = {name for name in RegistrationContext.get().event_handlers if "eduplatform___state" not in name}
    assert own <= FRAMEWORK
