"""The wrapper around every answer, with an application of a few lines inside."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from eduplatform.config import get_settings
from eduplatform.security.headers import MAX_BODY_BYTES, SecurityHeaders
from tests.factories.accounts import settings_with

pytestmark = pytest.mark.anyio


class Inner:
    """Reads the whole body and answers; remembers whether it was asked."""

    def __init__(self, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.headers = list(headers)
        self.scopes: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] != "http":
            return
        while (message := await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": message["type"].encode()})


async def ask(
    inner: Inner,
    build: Path,
    method: str = "GET",
    path: str = "/login",
    *,
    headers: dict[str, str] | None = None,
    kind: str = "http",
    body: Iterable[bytes] = (b"",),
) -> tuple[list[Any], dict[str, str]]:
    """What the client gets: the messages, and the headers of the answer."""
    parts = list(body)
    sent: list[Any] = []

    async def receive() -> Any:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": kind, "method": method, "path": path, "headers": given}
    await SecurityHeaders(inner, build=build)(scope, receive, send)
    first = sent[0] if sent else {}
    return sent, {name.decode(): value.decode() for name, value in first.get("headers", [])}


async def test_other_kinds_of_connections_pass_untouched(tmp_path: Path) -> None:
    inner = Inner()
    await ask(inner, tmp_path, kind="lifespan")
    assert [scope["type"] for scope in inner.scopes] == ["lifespan"]


@pytest.mark.parametrize("origin", ["", "https://evil.example", "null"])
async def test_a_socket_of_another_site_is_closed(tmp_path: Path, origin: str) -> None:
    inner = Inner()
    sent, _ = await ask(inner, tmp_path, kind="websocket", headers={"origin": origin} if origin else {})
    assert sent == [{"type": "websocket.close", "code": 4403}]
    assert inner.scopes == []


async def test_a_socket_of_ours_goes_on_without_its_cookie(tmp_path: Path) -> None:
    inner = Inner()
    headers = {"origin": get_settings().public_url, "cookie": "edu_session=secret"}
    await ask(inner, tmp_path, kind="websocket", headers=headers)
    assert "secret" not in str(inner.scopes[0]["headers"])


async def test_a_body_is_stopped_by_its_declared_length(tmp_path: Path) -> None:
    inner = Inner()
    sent, _ = await ask(inner, tmp_path, headers={"content-length": str(MAX_BODY_BYTES + 1)})
    assert sent[0]["status"] == 413
    assert inner.scopes == []


async def test_a_body_without_length_is_stopped_at_the_limit(tmp_path: Path) -> None:
    own = {"origin": get_settings().public_url}
    half = b"x" * (MAX_BODY_BYTES // 2)
    whole, _ = await ask(Inner(), tmp_path, "POST", headers=own, body=[half, half])
    assert whole[0]["status"] == 200
    sent, headers = await ask(Inner(), tmp_path, "POST", headers=own, body=[half, half, b"x"])
    assert [message.get("status") for message in sent] == [413, None], "one answer, not two"
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-frame-options"] == "DENY"


async def test_the_wrappers_headers_replace_those_of_the_route(tmp_path: Path) -> None:
    given = [(b"X-Frame-Options", b"ALLOWALL"), (b"cache-control", b"public"), (b"x-own", b"1")]
    sent, headers = await ask(Inner(given), tmp_path)
    names = [name.lower() for name, _ in sent[0]["headers"]]
    assert names.count(b"x-frame-options") == names.count(b"cache-control") == 1
    assert (headers["x-frame-options"], headers["cache-control"], headers["x-own"]) == (
        "DENY",
        "no-cache",
        "1",
    )


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/a-1.js", "public, max-age=31536000, immutable"),
        ("/api/x", "no-store"),
        ("/auth/x", "no-store"),
        ("/courses", "no-cache"),
    ],
)
async def test_what_browsers_may_keep(tmp_path: Path, path: str, kept: str) -> None:
    assert (await ask(Inner(), tmp_path, path=path))[1]["cache-control"] == kept


async def test_https_is_insisted_on_where_it_is_spoken(tmp_path: Path) -> None:
    assert "strict-transport-security" not in (await ask(Inner(), tmp_path))[1]
    with settings_with(PUBLIC_URL="https://school.example"):
        _, headers = await ask(Inner(), tmp_path)
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert "wss://school.example" in headers["content-security-policy"]


async def test_inline_scripts_of_the_build_are_named_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<script>one()</script><script src="/a.js"></script><script></script>'
    )
    policy = (await ask(Inner(), tmp_path))[1]["content-security-policy"]
    assert policy.count("'sha256-") == 1


async def test_a_webhook_needs_no_origin_and_other_changes_do(tmp_path: Path) -> None:
    assert (await ask(Inner(), tmp_path, "POST", "/webhooks/x"))[0][0]["status"] == 200
    assert (await ask(Inner(), tmp_path, "POST", "/login"))[0][0]["status"] == 403
