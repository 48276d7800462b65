"""The addresses of our own Channels server: sockets under ``/app/``, the REST API of the protocol under ``/apps/``."""

from __future__ import annotations

from eduplatform.integrations.push import Push
from eduplatform.integrations.push.own import OwnPush
from eduplatform.security.headers import App, Receive, Scope, Send

SOCKETS, REST = "/app/", "/apps/"


class PushEndpoint:
    """ASGI wrapper: the server answers its own addresses, the application everything else.

    It stands outside of the checks for our pages, since it has its own: sockets are asked for their origin and answered with the
    protocol's close codes, and calls of the REST API are signed.

    Args:
        app: The application.
        push: The push service; with the hosted one these addresses do not exist.
    """

    def __init__(self, app: App, push: Push) -> None:
        self._app = app
        self._server = push.server if isinstance(push, OwnPush) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection or request."""
        ours = self._server is not None and (
            (scope["type"] == "websocket" and scope["path"].startswith(SOCKETS))
            or (scope["type"] == "http" and scope["path"].startswith(REST))
        )
        if ours and self._server is not None:
            await self._server.asgi(scope, receive, send)
        else:
            await self._app(scope, receive, send)
