"""One fake tab: fires events through Reflex's real event processor and the real gate, without a browser.

Reflex's internals are touched here and nowhere else in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from uuid import uuid4

import reflex as rx
from reflex.event import Event
from reflex.istate.data import RouterData
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event.context import EventContext
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext

from eduplatform.eduplatform import app
from eduplatform.security.cookies import without_cookie

S = TypeVar("S", bound=rx.State)


class Tab:
    """A browser tab with a cookie, at an address.

    Attributes:
        deltas: State changes that the browser would have got.
        events: Events for the browser, such as redirections.
        errors: Exceptions that escaped a handler.
    """

    def __init__(
        self,
        cookie: str = "",
        *,
        path: str = "/",
        route: str = "",
        manager: StateManagerMemory | None = None,
        token: str = "",
    ) -> None:
        self.cookie, self.path, self.route = cookie, path, route or path
        self.token = token or str(uuid4())
        self.manager = manager or StateManagerMemory()
        self.deltas: list[Mapping[str, Any]] = []
        self.events: list[Event] = []
        self.errors: list[Exception] = []
        self._processor = BaseStateEventProcessor(
            backend_exception_handler=self._failed, graceful_shutdown_timeout=2, middleware=app
        )

    def _failed(self, exception: Exception) -> None:
        self.errors.append(exception)

    def _router_data(self) -> dict[str, Any]:
        pattern = self.route.split("?")[0].strip("/").split("/")
        parts = self.path.split("?")[0].strip("/").split("/")
        query = {
            key[1:-1]: value
            for key, value in zip(pattern, parts, strict=False)
            if re.fullmatch(r"\[.+\]", key)
        }
        return {
            "pathname": self.route,
            "asPath": self.path,
            "token": self.token,
            "sid": "socket",
            "ip": "127.0.0.1",
            "query": query,
            "headers": {name.decode(): value.decode() for name, value in self._handshake()},
        }

    def _handshake(self) -> list[tuple[bytes, bytes]]:
        """The headers as they reach Reflex, after the server's own wrapper."""
        sent = {"cookie": self.cookie, "host": "localhost", "origin": "http://localhost"}
        return without_cookie((name.encode(), value.encode()) for name, value in sent.items())

    async def __aenter__(self) -> Self:
        async def delta(_token: str, value: Mapping[str, Any]) -> None:
            self.deltas.append(value)

        async def event(_token: str, *values: Event) -> None:
            self.events.extend(values)

        self._processor._root_context = EventContext(
            token="",
            txid="",
            parent_txid=None,
            state_manager=self.manager,
            enqueue_impl=self._processor.enqueue_many,
            emit_delta_impl=delta,  # pyright: ignore[reportArgumentType]
            emit_event_impl=event,  # pyright: ignore[reportArgumentType]
        )
        await self._processor.start()
        await self.go(self.path, self.route)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._processor.stop()

    async def go(self, path: str, route: str = "") -> None:
        """Move to another address, without loading it."""
        self.path, self.route = path, route or path
        async with self.manager.modify_state(rx.BaseStateToken(ident=self.token, cls=rx.State)) as root:
            root.router_data = self._router_data()
            root.router = RouterData.from_router_data(root.router_data)
            root.is_hydrated = True
            root._clean()

    async def fire(self, spec: Any) -> None:
        """Fire an event handler or spec and wait for all that follows from it."""
        for one in Event.from_event_type(spec):
            future = await self._processor.enqueue(self.token, one)
            await future.wait_all()

    async def send(self, name: str, payload: Mapping[str, Any] | None = None) -> None:
        """Send a raw event by its full name, as any client of the socket can."""
        future = await self._processor.enqueue(
            self.token, Event(name=name, payload=dict(payload or {}), router_data=self._router_data())
        )
        await future.wait_all()

    async def state(self, cls: type[S]) -> S:
        """The tab's state of this class."""
        root = await self.manager.get_state(rx.BaseStateToken(ident=self.token, cls=cls))
        return await root.get_state(cls)

    def redirects(self) -> list[str]:
        """Paths to which the browser was sent."""
        return [str(one.payload["path"]) for one in self.events if one.name == "_redirect"]


def state_of(name: str) -> type[rx.State]:
    """The state class of a full event name."""
    return cast("type[rx.State]", RegistrationContext.get().event_handlers[name].states[0])


def annotations_of(name: str) -> Mapping[str, Any]:
    """The wire types of a handler's arguments."""
    return RegistrationContext.get().event_handlers[name].handler.fn.__annotations__


def wire_value(kind: Any, identifier: str = "") -> Any:
    """A value of the type that a handler expects to arrive."""
    if kind is bool:
        return True
    if kind in (int, float):
        return 1
    if getattr(kind, "__origin__", kind) is list:
        return [identifier] if identifier else []
    if getattr(kind, "__origin__", kind) is dict:
        return {}
    return identifier or "00000000-0000-7000-8000-000000000000"
