"""Security headers on every answer, and a Content-Security-Policy made from the build itself."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from eduplatform.config import get_settings
from eduplatform.errors import Forbidden, TooLarge
from eduplatform.i18n import N_
from eduplatform.security.cookies import without_cookie

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

INLINE_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
_FIXED: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), payment=()",
}
MAX_BODY_BYTES = 1_000_000
UPLOADS = "/api/files"
MAX_UPLOAD_BYTES = 510_000_000
"""Largest body of the route that takes files; it stops reading at the limit of what the file is for."""
_SMALL_S, _SMALL_BYTES = 1.0, 2_000_000
_LINGER_S, _LINGER_BYTES, _LINGER_UPLOAD_BYTES = 30.0, 20_000_000, 4_000_000_000
"""How long, and how much, is read of a body whose answer is decided: before that answer, and after it (see `_Body`).

A browser that is still sending a film shows the refusal only when it got rid of the film.
"""
_FILE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "sandbox",
    )
).encode()
"""What somebody uploaded runs nothing, loads nothing and is nobody's origin, however a browser comes to show it."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def script_hashes(build: Path) -> list[str]:
    """The SHA-256 sources of every inline script in the built pages, sorted."""
    hashes: set[str] = set()
    for page in build.rglob("*.html"):
        for script in INLINE_SCRIPT.finditer(page.read_text(encoding="utf-8")):
            if "src=" in script["attributes"] or not script["body"]:
                continue
            digest = hashlib.sha256(script["body"].encode()).digest()
            hashes.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    return sorted(hashes)


@lru_cache
def content_security_policy(build: Path, public_url: str, cluster: str = "") -> str:
    """The policy for pages: scripts of our own origin or with a known hash, no eval, no framing, no plugins."""
    sockets = [re.sub(r"^http", "ws", public_url)]
    if cluster:
        sockets.append(f"wss://ws-{cluster}.pusher.com")
    directives = (
        "default-src 'none'",
        " ".join(("script-src 'self'", *script_hashes(build))),
        "style-src 'self' 'unsafe-inline'",
        " ".join(("connect-src 'self'", *sockets)),
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
    return "; ".join(directives)


class SecurityHeaders:
    """ASGI wrapper: headers on every HTTP answer, exact origins on every socket and every state-changing request."""

    def __init__(self, app: App, *, build: Path) -> None:
        self._app = app
        self._build = build

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        origin = _header(scope, b"origin")
        if scope["type"] == "websocket":
            if not origin or not get_settings().allows_origin(origin):
                await receive()
                await send({"type": "websocket.close", "code": 4403})
                return
            await self._app({**scope, "headers": without_cookie(scope["headers"])}, receive, send)
            return
        tagged = self._tagging(scope, send)
        changes = scope["method"] not in SAFE_METHODS
        limit = MAX_UPLOAD_BYTES if changes and scope["path"] == UPLOADS else MAX_BODY_BYTES
        body = _Body(scope, receive, tagged, limit, expected=changes)
        webhook = scope["path"].startswith("/webhooks/")
        length = _header(scope, b"content-length")
        if changes and not webhook and not (origin and get_settings().allows_origin(origin)):
            await _problem(scope, body.send, Forbidden(N_("This request did not come from our own pages")))
        elif length.isdigit() and int(length) > limit:
            await _problem(scope, body.send, TooLarge())
        else:
            await self._app(scope, body.receive, body.send)
        await body.linger()

    def _tagging(self, scope: Scope, send: Send) -> Send:
        settings = get_settings()
        hashed_asset = scope["path"].startswith("/assets/")
        private = scope["path"].startswith(("/auth/", "/api/"))
        download = scope["path"].startswith(f"{UPLOADS}/")

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = dict(_FIXED)
                ours[b"content-security-policy"] = content_security_policy(
                    self._build, settings.public_url, settings.pusher_cluster
                ).encode()
                if settings.public_url.startswith("https://"):
                    ours[b"strict-transport-security"] = b"max-age=31536000; includeSubDomains"
                if download and message["status"] < HTTPStatus.BAD_REQUEST:
                    ours[b"content-security-policy"] = _FILE_POLICY
                    # Kept by this person's browser, and asked for again each time it is shown.
                    ours[b"cache-control"] = b"private, no-cache"
                elif hashed_asset and message["status"] == HTTPStatus.OK:
                    ours[b"cache-control"] = b"public, max-age=31536000, immutable"
                else:
                    ours[b"cache-control"] = b"no-store" if private else b"no-cache"
                given = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
                message = {**message, "headers": [*given, *ours.items()]}
            await send(message)

        return tagged


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key.lower() == name:
            return value.decode("latin-1")
    return ""


class _Body:
    """Stops a body without a declared length at the limit, and answers in place of the route.

    A connection that is closed while the browser still sends is reset, and a reset takes the answer with it: people would
    read that the network failed, not that their file is too large. So an answer that is decided early waits a moment for
    the rest of a small body, and of a large one the rest is read, and thrown away, after it.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int, *, expected: bool) -> None:
        self._scope, self._receive, self._send, self._limit = scope, receive, send, limit
        self._read = 0
        self._complete = not expected
        self._answered = False

    async def receive(self) -> Message:
        """The next part; the sender seems to be gone once it sent too much."""
        message = await self._receive()
        self._read += len(message.get("body", b""))
        self._complete = not message.get("more_body")
        return {"type": "http.disconnect"} if self._read > self._limit else message

    async def send(self, message: Message) -> None:
        """Pass the answer on, or replace it."""
        if self._read > self._limit and not self._answered:
            self._answered = True
            await _problem(self._scope, self._pass, TooLarge())
        elif not self._answered:
            await self._pass(message)

    async def _pass(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._complete:
            await self._drop(_SMALL_BYTES, _SMALL_S)
            if not self._complete:
                message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
        await self._send(message)

    async def linger(self) -> None:
        """Read the rest of the body for a while, after the answer."""
        upload = self._scope["path"] == UPLOADS
        await self._drop(_LINGER_UPLOAD_BYTES if upload else _LINGER_BYTES, _LINGER_S)

    async def _drop(self, limit: int, seconds: float) -> None:
        dropped = 0
        try:
            async with asyncio.timeout(seconds):
                while not self._complete and dropped < limit:
                    message = await self._receive()
                    dropped += len(message.get("body", b""))
                    self._complete = not message.get("more_body")
        except TimeoutError:
            return


async def _problem(scope: Scope, send: Send, error: Forbidden | TooLarge) -> None:
    body = json.dumps(
        {
            "code": error.code,
            "title": error.title,
            "detail": error.detail,
            "status": error.status,
            "reference": scope.get("state", {}).get("reference_id"),
        }
    )
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
