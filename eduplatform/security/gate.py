"""The event gate: nothing that arrives over the socket runs unless a policy says so.

Reflex makes every public method of a state callable by any client. The gate sees each event first, refuses what no policy
names, removes the generic setters that Reflex adds, limits the rate, and binds a tab's state to the session that
filled it, so that a leaked tab id shows nothing to anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import reflex as rx
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from eduplatform.config import get_settings
from eduplatform.observability.logs import log_event
from eduplatform.observability.metrics import count
from eduplatform.security import rate_limits
from eduplatform.security.cookies import SESSION_HEADER
from eduplatform.security.permissions import Permission, Public
from eduplatform.security.rate_limits import Rate

POLICY_ATTRIBUTE = "__edu_policy__"
ROOT = "reflex___state____state"
HYDRATION = frozenset({f"{ROOT}.hydrate", f"{ROOT}.hydrate_and_load"})
FRAMEWORK = HYDRATION | {
    f"{ROOT}.set_is_hydrated",
    f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal",
    f"{ROOT}.reflex___state____on_load_internal_state.set_is_hydrated",
    f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal",
    f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception",
}
"""Reflex's own events: they fill and load pages, and touch nothing that a policy protects."""

MAX_EVENT_NAME = 300
ROOM_OF_TABS = 20
"""How many signed-out tabs behind one address may be as busy as one; a computer room shares an address."""


@dataclass(frozen=True, slots=True)
class HandlerPolicy:
    """What a handler asks for, read by the gate, by the tests and by ``eduplatform check``."""

    permission: Permission | Public
    arguments: tuple[str, ...]


class Bound(Protocol):
    """The state that remembers whose tab this is."""

    _bound: str


def binding(digest: str) -> str:
    """What a tab's state remembers of its session: a part of the digest, or ``anonymous``."""
    return digest[:32] or "anonymous"


def registered_policies() -> dict[str, HandlerPolicy]:
    """The policy of every handler that has one, by its full event name."""
    handlers = RegistrationContext.get().event_handlers
    found: dict[str, HandlerPolicy] = {}
    for name, registered in handlers.items():
        policy = getattr(registered.handler.fn, POLICY_ATTRIBUTE, None)
        if isinstance(policy, HandlerPolicy):
            found[name] = policy
    return found


def uncovered_handlers() -> list[str]:
    """Handlers of this application's own states that no policy names; refused at run time, reported by ``check``."""
    handlers = RegistrationContext.get().event_handlers
    covered = registered_policies().keys() | FRAMEWORK
    return sorted(name for name in handlers if name not in covered and "eduplatform___state" in name)


def remove_setters() -> None:
    """Take the generic ``setvar`` of every state out of the registry."""
    handlers = RegistrationContext.get().event_handlers
    for name in [name for name in handlers if name.endswith(".setvar")]:
        handlers.pop(name)


class EventGate(Middleware):
    """Refuses by default. ``binding_state`` is the state class that holds the tab's binding."""

    def __init__(self, binding_state: type[BaseState]) -> None:
        self._binding_state = binding_state
        self._policies: dict[str, HandlerPolicy] | None = None

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Let the event pass (None) or answer in its place."""
        if self._policies is None:
            remove_setters()
            self._policies = registered_policies()
        if event.name not in FRAMEWORK and event.name not in self._policies:
            return self._deny("no_policy", event)
        root = state._get_root_state()  # pyright: ignore[reportPrivateUsage]
        digest = root.router.headers.raw_headers.get(SESSION_HEADER, "")
        own = binding(digest)
        holder: Any = await root.get_state(self._binding_state)
        if holder._bound != own:
            foreign = bool(holder._bound)
            if foreign:
                root.reset()
                count("event_denied_total", reason="foreign_tab")
            holder._bound = own
            if foreign and event.name not in HYDRATION:
                return StateUpdate(
                    delta=root.dict(),  # pyright: ignore[reportUnknownMemberType]
                    events=[Event(name="_redirect", payload=_reload_payload())],
                )
        if event.name not in HYDRATION and not await self._in_time(root, digest):
            return self._deny("rate", event)
        return None

    async def _in_time(self, root: BaseState, digest: str) -> bool:
        """Whether the sender has not sent too much: per session, or per tab and, more widely, per address."""
        settings = get_settings()
        rate = Rate(settings.rate_events_per_second, settings.rate_events_burst)
        if digest:
            return await rate_limits.take(f"events:{digest[:32]}", rate) == 0
        address, tab = root.router.session.client_ip, root.router.session.client_token
        wide = Rate(rate.per_second * ROOM_OF_TABS, rate.burst * ROOM_OF_TABS)
        by_tab = await rate_limits.take(f"events:{address}:{tab[:64]}", rate)
        return by_tab == 0 and await rate_limits.take(f"events:{address}", wide) == 0

    def _deny(self, reason: str, event: Event) -> StateUpdate:
        count("event_denied_total", reason=reason)
        log_event("event.denied", outcome=reason, handler=event.name[:MAX_EVENT_NAME])
        return StateUpdate()


def _reload_payload() -> dict[str, Any]:
    return {"path": "/", "external": False, "popup": False, "replace": True}
