"""One log line per HTTP request and per socket, and a reference id for each."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from eduplatform.observability.logs import Operation, log_context
from eduplatform.observability.reference import new_reference

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

REFERENCE_HEADER = b"x-reference"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = ("/assets/", "/ping")
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


def _route(scope: Scope) -> str:
    """Return the pattern of the route, never the path: a path may hold a token or a name.

    FastAPI leaves the route that matched in the scope; pages and files have none, or the empty one of their mount.
    """
    pattern = getattr(scope.get("route"), "path", None)
    if isinstance(pattern, str) and pattern:
        return pattern
    return "assets" if scope["path"].startswith("/assets/") else "page"


def _outcome(status: int) -> str:
    if status >= _SERVER_ERROR:
        return "failed"
    return "refused" if status >= _CLIENT_ERROR else "ok"


class RequestLog:
    """ASGI wrapper; should be the outermost one, so that refusals of the inner ones are logged too.

    The reference id of a request is in the answer's ``X-Reference`` header, in ``scope["state"]["reference_id"]``, and in
    every line that is logged on the way.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        reference = new_reference()
        scope.setdefault("state", {})["reference_id"] = reference
        with log_context(reference_id=reference):
            if scope["type"] == "http":
                await self._http(scope, receive, send, reference)
            else:
                with Operation("socket") as operation:
                    await self.app(scope, receive, send)
                    operation.note(route=_route(scope))

    async def _http(self, scope: Scope, receive: Receive, send: Send, reference: str) -> None:
        level = logging.DEBUG if scope["path"].startswith(_QUIET) else logging.INFO
        method = scope["method"] if scope["method"] in _METHODS else "other"
        with Operation("http_request", level=level, method=method) as operation:

            async def tagged(message: Message) -> None:
                if message["type"] == "http.response.start":
                    operation.outcome = _outcome(message["status"])
                    operation.note(status=message["status"])
                    if message["status"] >= _SERVER_ERROR:
                        operation.level = logging.ERROR
                    headers = [*message.get("headers", []), (REFERENCE_HEADER, reference.encode())]
                    message = {**message, "headers": headers}
                await send(message)

            try:
                await self.app(scope, receive, tagged)
            finally:
                operation.note(route=_route(scope))
