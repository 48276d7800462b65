"""What every HTTP answer of the running platform carries, and what it refuses."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import eduplatform.eduplatform  # noqa: F401 - registers every page
from eduplatform.config import get_settings
from eduplatform.pages.registry import PAGES
from eduplatform.security import headers as security_headers
from eduplatform.security.cookies import cookie_name
from eduplatform.security.headers import INLINE_SCRIPT, SecurityHeaders
from tests.served import Served
from tests.socket_client import intruder, sign_in

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

STATIC_PAGES = sorted({page.route for page in PAGES if "[" not in page.route} - {"404"})
SOME_ID = "0190a000-0000-7000-8000-000000000000"
DYNAMIC_PAGES = sorted({re.sub(r"\[\w+\]", SOME_ID, page.route) for page in PAGES if "[" in page.route})
ERRORS = [
    ("GET", "/nothing/here", 404),
    ("GET", "/api/nothing", 404),
    ("GET", "/auth/nothing", 404),
    ("GET", f"/api/attempts/{SOME_ID}", 401),
    ("GET", "/assets/nothing.js", 404),
    ("POST", "/auth/session", 422),
    ("PUT", "/auth/session", 405),
]
NOT_SERVED = [
    "/.git/config", "/.git/", "/.env", "/.data/secret_key", "/.web/package.json", "/docs", "/redoc", "/rxconfig.py",
    "/requirements.txt", "/eduplatform/config.py", "/..%2f..%2f.env", "/%2e%2e/%2e%2e/rxconfig.py", "/assets/../../../rxconfig.py",
    "/assets/", "/assets", "/styles/", "/i18n/", "/external/", "/_upload/", "/_upload/x", "/_all_routes", "/server-status",
]  # fmt: skip


@pytest.fixture
async def http(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends what our own pages send."""
    async with httpx.AsyncClient(base_url=served.url, headers={"Origin": served.url}, timeout=20) as client:
        yield client


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {words[0]: words[1:] for words in parts}


def check_headers(answer: httpx.Response) -> None:
    """What must be on every answer, whatever it is."""
    headers = answer.headers
    policy = directives(headers["content-security-policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert policy["script-src"][0] == "'self'"
    assert all(source.startswith("'sha256-") for source in policy["script-src"][1:])
    assert not re.search(
        r"unsafe-eval|unsafe-hashes|strict-dynamic|\*|\bhttps?:", headers["content-security-policy"]
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer", "strict-origin-when-cross-origin")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["x-reference"]
    assert "access-control-allow-origin" not in headers or headers["access-control-allow-origin"] != "*"
    assert (
        "strict-transport-security" not in headers
    )  # over plain http browsers ignore it, and localhost must stay usable


def inline_scripts(html: str) -> Iterator[str]:
    for script in INLINE_SCRIPT.finditer(html):
        if "src=" not in script["attributes"] and script["body"]:
            yield script["body"]


@pytest.mark.parametrize("path", [*STATIC_PAGES, *DYNAMIC_PAGES])
async def test_pages_run_only_the_scripts_that_were_built(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]
    check_headers(answer)
    allowed = directives(answer.headers["content-security-policy"])["script-src"]
    for body in inline_scripts(answer.text):
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in allowed, body[:80]
    assert not re.search(r"<[^>]+\son\w+=", answer.text), "an inline handler would not run"
    assert answer.headers["cache-control"] == "no-cache"


async def test_pages_answer_at_their_address_without_a_detour(http: httpx.AsyncClient) -> None:
    """A redirection made from the Host header leads wherever the sender of the request wants."""
    for path in ("/login", "/settings/security"):
        answer = await http.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in answer.headers.get("location", "")
        assert answer.status_code != 307


@pytest.mark.parametrize(("method", "path", "status"), ERRORS)
async def test_failures_carry_the_same_headers(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path)
    assert answer.status_code == status
    check_headers(answer)
    assert "Traceback" not in answer.text


async def test_hashed_assets_are_kept_for_ever_and_pages_are_asked_for_again(http: httpx.AsyncClient) -> None:
    html = (await http.get("/login", follow_redirects=True)).text
    assets = sorted(set(re.findall(r"/assets/[\w.\-]+\.(?:js|css)", html)))
    assert assets
    for path in assets:
        answer = await http.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        check_headers(answer)
    missing = await http.get("/assets/missing-00000000.js")
    assert "immutable" not in missing.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["/api/nothing", f"/api/attempts/{SOME_ID}", "/auth/session", "/auth/sign-out"]
)
async def test_answers_about_persons_are_not_stored(http: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await http.request(method, path)
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://localhost", "http://127.0.0.1:1"]
)
async def test_changes_are_accepted_from_our_own_pages_only(served: Served, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    async with httpx.AsyncClient(base_url=served.url, headers=headers) as outside:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for path in ("/auth/session", "/auth/sign-out", f"/api/attempts/{SOME_ID}/submit", "/login"):
                answer = await outside.request(method, path, json={"ticket": "x" * 43})
                assert answer.status_code == 403, (method, path)
                check_headers(answer)
                check_problem(answer, "forbidden")


async def test_another_origin_cannot_read_answers(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url, headers={"Origin": "https://evil.example"}) as outside:
        read = await outside.get("/ping")
        asked = await outside.options("/api/attempts/x", headers={"Access-Control-Request-Method": "POST"})
    for answer in (read, asked):
        assert "access-control-allow-origin" not in answer.headers


def check_problem(answer: httpx.Response, code: str) -> dict[str, Any]:
    """An error in the one shape that clients know (RFC 9457)."""
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["code"] == code
    assert body["title"]
    assert body["detail"]
    assert body["status"] == answer.status_code
    assert body["reference"] == answer.headers["x-reference"]
    return body


async def test_an_unknown_address_of_the_api_is_a_problem_not_a_page(http: httpx.AsyncClient) -> None:
    for path in ("/api", "/api/nothing", "/api/attempts", "/auth/nothing"):
        answer = await http.get(path)
        assert answer.status_code == 404
        check_problem(answer, "not_found")


async def test_without_a_session_the_api_asks_to_sign_in(http: httpx.AsyncClient) -> None:
    for cookie in ("", f"{cookie_name()}={'A' * 43}", f'{cookie_name()}=;;;=,"', "x" * 4000):
        answer = await http.get(f"/api/attempts/{SOME_ID}", headers={"Cookie": cookie})
        assert answer.status_code == 401
        check_problem(answer, "not_signed_in")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"ticket": 7}',
        b'{"ticket": "short"}',
        b'{"ticket": "\\u0000"}',
        b'{"other": 1}',
        b"\xff\xfe",
    ],
    ids=repr,
)
async def test_malformed_bodies_get_a_problem_with_the_field(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/auth/session", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    check_problem(answer, "invalid")


async def test_an_unknown_ticket_is_refused_without_a_cookie(http: httpx.AsyncClient) -> None:
    answer = await http.post("/auth/session", json={"ticket": "x" * 43})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    check_problem(answer, "not_signed_in")


async def test_a_body_that_is_announced_as_too_long_is_refused_unread(served: Served) -> None:
    host = served.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    head = f"POST /auth/session HTTP/1.1\r\nHost: {host}\r\nOrigin: {served.url}\r\nContent-Length: 1500000\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(10):
        answer = (await reader.readuntil(b"}")).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 413")
    assert "application/problem+json" in answer
    assert '"code": "too_large"' in answer
    assert '"reference": ' in answer


async def test_a_body_that_never_ends_is_cut_off(http: httpx.AsyncClient) -> None:
    """Either the refusal arrives, or the connection is closed on whoever goes on sending."""
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 200_000_000:
            sent += 50_000
            yield b"x" * 50_000

    try:
        answer = await http.post(
            "/auth/session", content=pieces(), headers={"Content-Type": "application/json"}
        )
    except httpx.TransportError:
        answer = None
    assert answer is None or answer.status_code == 413
    assert sent < 200_000_000
    assert (await http.get("/ping")).status_code == 200


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "NONSENSE"])
async def test_methods_that_nobody_needs_are_refused(http: httpx.AsyncClient, method: str) -> None:
    for path in ("/", "/auth/session"):
        answer = await http.request(method, path, headers={"X-Secret": "echo-me"})
        assert answer.status_code in (400, 403, 405, 501)
        assert "echo-me" not in answer.text


@pytest.mark.parametrize("path", NOT_SERVED)
async def test_nothing_but_the_application_is_served(http: httpx.AsyncClient, path: str) -> None:
    request = http.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = await http.send(request)
    assert answer.status_code in (400, 404, 405)
    for sign in ("[core]", "EDU_", "import reflex", "Index of", "swagger", '"dependencies"'):
        assert sign not in answer.text


async def test_methods_of_the_api_are_not_listed_in_production_only(http: httpx.AsyncClient) -> None:
    """The contract may be read in development; it must describe only what exists."""
    answer = await http.get("/api/openapi.json")
    assert answer.status_code == 200
    assert "/auth/session" in answer.json()["paths"]


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites(served: Served) -> None:
    async with intruder(served.url) as tab:
        from eduplatform.state.accounts import SignInState

        state = SignInState.get_full_name()
        form = {"email": "student@riverside.test", "password": "learn-by-doing-1"}
        await tab.send(f"{state}.submit", {"form": form})
        ticket = await tab.until(lambda: tab.value(state, "ticket"))
    async with httpx.AsyncClient(base_url=served.url, headers={"Origin": served.url}) as client:
        answer = await client.post("/auth/session", json={"ticket": ticket})
    flags = [part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]]
    assert {"httponly", "samesite=lax", "path=/"} <= set(flags)
    assert not any(flag.startswith("domain") for flag in flags)
    assert len(re.split("[=;]", answer.headers["set-cookie"])[1]) >= 43  # 256 bits


async def test_signing_in_again_changes_the_cookie(served: Served) -> None:
    first = await sign_in(served.url, "student@northwind.test")
    assert await sign_in(served.url, "student@northwind.test") != first


async def test_signing_out_takes_the_cookie_away(served: Served) -> None:
    cookie = await sign_in(served.url, "student@northwind.test")
    async with httpx.AsyncClient(
        base_url=served.url, headers={"Origin": served.url, "Cookie": cookie}
    ) as client:
        answer = await client.post("/auth/sign-out")
        after = await client.get(f"/api/attempts/{SOME_ID}")
    assert answer.status_code == 204
    assert answer.headers["set-cookie"].startswith(f'{cookie_name()}="";')
    assert after.status_code == 401


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Gives this process other settings for one test."""

    def use(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()

    yield use
    monkeypatch.undo()
    get_settings.cache_clear()


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"text/plain"), (b"x-frame-options", b"ALLOWALL")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


def _wrapped(build: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(SecurityHeaders(_hello, build=build))
    return httpx.AsyncClient(transport=transport, base_url="https://learn.example")


async def test_under_https_browsers_are_told_to_stay_there(
    configured: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<script>let one = 1</script><script src='/x.js'></script>")
    configured(EDU_PUBLIC_URL="https://learn.example", EDU_BASE_DOMAIN="learn.example")
    async with _wrapped(tmp_path) as client:
        answer = await client.get("/")
        own = await client.post("/x", headers={"Origin": "https://learn.example"})
        tenant = await client.post("/x", headers={"Origin": "https://riverside.learn.example"})
        refused = [
            (await client.post("/x", headers={"Origin": origin})).status_code
            for origin in (
                "http://learn.example",
                "https://learn.example.evil.test",
                "https://a.b.learn.example",
                "https://evillearn.example",
                "https://learn.example:444",
                "",
            )
        ]
    age = re.search(r"max-age=(\d+)", answer.headers["strict-transport-security"])
    assert age is not None
    assert int(age[1]) >= 31_536_000
    policy = directives(answer.headers["content-security-policy"])
    digest = base64.b64encode(hashlib.sha256(b"let one = 1").digest()).decode()
    assert policy["script-src"] == ["'self'", f"'sha256-{digest}'"]
    assert "wss://learn.example" in policy["connect-src"]
    assert answer.headers.get_list("x-frame-options") == ["DENY"]
    assert (own.status_code, tenant.status_code) == (200, 200)
    assert refused == [403] * 6
    assert cookie_name() == "__Host-edu_session"


async def test_the_cookie_under_https_is_bound_to_the_host(configured: Callable[..., None]) -> None:
    from fastapi import FastAPI

    from eduplatform.api import auth, problems

    configured(EDU_PUBLIC_URL="https://learn.example")
    api = FastAPI()
    problems.install(api)
    api.include_router(auth.router)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="https://learn.example"
    ) as client:
        answer = await client.post("/auth/sign-out")
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert answer.headers["set-cookie"].startswith("__Host-edu_session=")
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= flags


async def test_a_body_that_does_not_say_its_length_is_counted(tmp_path: Path) -> None:
    """The application behind must never see more than the limit."""
    seen = 0

    async def reading(scope: Any, receive: Any, send: Any) -> None:
        nonlocal seen
        while (message := await receive())["type"] == "http.request":
            seen += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await _hello(scope, receive, send)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": True}

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    origin = get_settings().allowed_origins[0].encode()
    scope = {"type": "http", "method": "POST", "path": "/x", "headers": [(b"origin", origin)]}
    await SecurityHeaders(reading, build=tmp_path)(scope, receive, send)
    assert seen <= security_headers.MAX_BODY_BYTES
    assert sent[0]["status"] == 413
    assert json.loads(sent[1]["body"])["code"] == "too_large"
