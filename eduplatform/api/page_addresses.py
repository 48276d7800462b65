"""One address per page: ``/login``, not ``/login/``.

The built pages are folders with an ``index.html``, for which a file server redirects to a trailing slash; behind a proxy even to the wrong
scheme. Here the address without the slash answers at once, and the one with it leads there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class PageAddresses:
    """ASGI wrapper around the built pages."""

    def __init__(self, app: App, *, build: Path) -> None:
        self._app = app
        self._build = build

    @cached_property
    def _pages(self) -> frozenset[str]:
        files = self._build.rglob("index.html")
        return frozenset(f"/{file.parent.relative_to(self._build).as_posix()}" for file in files) - {"/."}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        if path in self._pages:
            slashed = f"{path}/"
            scope = {**scope, "path": slashed, "raw_path": quote(slashed).encode()}
        elif path.endswith("/") and path.rstrip("/") in self._pages:
            query = scope.get("query_string", b"")
            location = quote(path.rstrip("/")).encode() + (b"?" + query if query else b"")
            headers = [(b"location", location), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 308, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, send)
