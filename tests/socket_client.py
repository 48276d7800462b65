"""A client of the event socket that is no browser: it says what an attacker wants to say, and keeps what it hears."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import httpx
import socketio

from eduplatform.state.accounts import SignInState
from tests.served import PASSWORD

NAMESPACE = "/_event"
ROOT = "reflex___state____state"
HYDRATE = f"{ROOT}.hydrate"
SUFFIX = "_rx_state_"
TIMEOUT_S = 20.0


class RefusedError(Exception):
    """The server did not accept the connection."""


class Intruder:
    """One open socket.

    Attributes:
        token: The tab's token, as this client chose it.
        updates: Everything that the server sent, oldest first.
        renamed: The token that the server gave instead, if it did.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.updates: list[dict[str, Any]] = []
        self.renamed = ""
        self._news = asyncio.Event()
        self._socket: Any = None

    async def _heard(self, event: str, data: Any = None) -> None:
        if event == "new_token":
            self.renamed = str(data)
        if event == "event":
            self.updates.append(json.loads(data) if isinstance(data, str) else data)
        self._news.set()

    async def send(self, name: str, payload: Any = None, **router_data: Any) -> None:
        """Send an event by its full name; waits for nothing."""
        place = {"pathname": "/", "asPath": "/", "query": {}, **router_data}
        event = {"name": name, "payload": {} if payload is None else payload, "router_data": place}
        await self._socket.emit("event", event, namespace=NAMESPACE)

    async def send_raw(self, data: Any) -> None:
        """Send anything as an event."""
        await self._socket.emit("event", data, namespace=NAMESPACE)

    async def until(self, condition: Callable[[], Any], seconds: float = TIMEOUT_S) -> Any:
        """Wait until a condition holds, looking whenever something arrives; returns its value."""
        async with asyncio.timeout(seconds):
            while not (found := condition()):
                self._news.clear()
                await self._news.wait()
        return found

    async def hears(self, condition: Callable[[], Any], seconds: float) -> bool:
        """Whether a condition comes true in a time."""
        try:
            await self.until(condition, seconds)
        except TimeoutError:
            return False
        return True

    async def settle(self, **router_data: Any) -> list[dict[str, Any]]:
        """Wait until everything sent before is done, by asking for the whole state; returns all updates so far."""
        seen = len(self.updates)
        await self.send(HYDRATE, **router_data)
        await self.until(
            lambda: any(
                f"is_hydrated{SUFFIX}" in one.get("delta", {}).get(ROOT, {}) for one in self.updates[seen:]
            )
        )
        return self.updates

    def text(self) -> str:
        """Everything that was heard, as text to search in."""
        return json.dumps(self.updates)

    def value(self, state: str, name: str) -> Any:
        """The newest value of a variable, or None."""
        values = [
            one["delta"][state][name + SUFFIX]
            for one in self.updates
            if name + SUFFIX in (one.get("delta") or {}).get(state, {})
        ]
        return values[-1] if values else None

    def redirects(self) -> list[str]:
        """Where the server sent this browser."""
        events = [event for one in self.updates for event in one.get("events") or []]
        return [event["payload"]["path"] for event in events if event["name"] == "_redirect"]


@asynccontextmanager
async def intruder(
    url: str,
    *,
    cookie: str = "",
    token: str = "",
    origin: str | None = "",
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Intruder]:
    """Open a socket.

    Args:
        url: Address of the server.
        cookie: The Cookie header.
        token: The tab's token; a new one by default.
        origin: The Origin header; our own by default, none for None.
        headers: Further headers of the handshake.

    Raises:
        RefusedError: The server did not want it.
    """
    client = Intruder(url, token or str(uuid4()))
    sent = dict(headers or {})
    if origin is not None:
        sent["Origin"] = origin or url
    if cookie:
        sent["Cookie"] = cookie
    async with aiohttp.ClientSession() as http:
        connection = socketio.AsyncClient(reconnection=False, http_session=http)
        connection.on("*", client._heard, namespace=NAMESPACE)
        try:
            await connection.connect(
                f"{url}?token={client.token}",
                headers=sent,
                transports=["websocket"],
                namespaces=[NAMESPACE],
                socketio_path=NAMESPACE,
                wait_timeout=10,
            )
        except socketio.exceptions.ConnectionError as error:
            await connection.shutdown()
            raise RefusedError(str(error)) from error
        client._socket = connection
        try:
            yield client
        finally:
            await connection.shutdown()


async def sign_in(url: str, email: str, password: str = PASSWORD) -> str:
    """Sign in the way the page does; returns the Cookie header of the new session."""
    state = SignInState.get_full_name()
    async with intruder(url) as tab:
        await tab.send(f"{state}.submit", {"form": {"email": email, "password": password}})
        ticket = await tab.until(lambda: tab.value(state, "ticket"))
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}) as http:
        answer = await http.post("/auth/session", json={"ticket": ticket})
    assert answer.status_code == 204, answer.text
    return str(answer.headers["set-cookie"]).partition(";")[0]


async def sign_out(url: str, cookie: str) -> None:
    """End a session."""
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url, "Cookie": cookie}) as http:
        answer = await http.post("/auth/sign-out")
    assert answer.status_code == 204, answer.text
