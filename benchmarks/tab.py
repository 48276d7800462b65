"""A browser tab without a browser: the few messages of the socket that a page exchanges with the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import aiohttp

_NAMESPACE = "/_event"
_ROOT = "reflex___state____state"
HYDRATE = f"{_ROOT}.hydrate"
LOAD_PAGE = f"{_ROOT}.reflex___state____on_load_internal_state.on_load_internal"
LOADED = '"is_hydrated_rx_state_":true'
"""In the delta that ends the loading of a page."""


class Tab:
    """An open socket at an address.

    Attributes:
        received: Characters that came from the server.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        address: str,
        *,
        cookie: str = "",
        client: str = "",
        path: str = "/",
        route: str = "",
    ) -> None:
        """Prepare, without connecting.

        Args:
            http: Whose connections are used.
            address: Of the platform.
            cookie: The Cookie header, empty for nobody.
            client: Network address of the client, as a proxy in front would report it.
            path: The page.
            route: The page's route, when its path has dynamic parts.
        """
        self._http, self._address = http, address
        self.go(path, route)
        self._headers = {"Origin": address, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"}
        if cookie:
            self._headers["Cookie"] = cookie
        if client:
            self._headers["X-Forwarded-For"] = client
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self.received = 0

    async def __aenter__(self) -> Self:
        self._socket = await self._http.ws_connect(
            f"{self._address}/_event/?EIO=4&transport=websocket&token={uuid4()}",
            headers=self._headers,
            max_msg_size=0,
        )
        await self._next("0")
        await self._socket.send_str(f"40{_NAMESPACE},")
        await self._next("40")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    def go(self, path: str, route: str = "") -> None:
        """Be on another page from the next event on."""
        self.path, self.route = path, route or path

    async def fire(self, name: str, payload: Mapping[str, Any] | None = None) -> None:
        """Send an event."""
        assert self._socket is not None
        event = {
            "name": name,
            "payload": dict(payload or {}),
            "router_data": {"pathname": self.route, "query": {}, "asPath": self.path},
        }
        await self._socket.send_str(f"42{_NAMESPACE}," + json.dumps(["event", event]))

    async def update(self, containing: str = "") -> str:
        """Wait for the next state update with this text in it.

        Raises:
            ConnectionError: The server closed the socket.
        """
        while True:
            text = await self._next("42")
            if containing in text:
                return text

    async def load(self) -> str:
        """Load the page as a navigation inside the application does; returns the update that ends it."""
        await self.fire(LOAD_PAGE)
        return await self.update(LOADED)

    async def _next(self, kind: str) -> str:
        assert self._socket is not None
        while True:
            message = await self._socket.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise ConnectionError(f"the server closed the socket: {message.type.name} {message.data}")
            text: str = message.data
            self.received += len(text)
            if text == "2":
                await self._socket.send_str("3")
            elif text.startswith(kind):
                return text
