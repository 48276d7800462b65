"""The event gate: nothing that arrives over the socket runs unless a policy says so.

Reflex makes every public method of a state callable by any client. The gate sees each event first, refuses what no policy
names, removes the generic setters that Reflex adds, limits the rate, and binds a tab's state to the session that
filled it, so that a leaked tab id shows nothing to anybody else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
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


@dataclass(frozen=True, slots=True)
class HandlerPolicy:
    """What a handler asks for, read by the gate, by the tests and by ``eduplatform check``."""

    permission: Permission | Public
    arguments: tuple[str, ...]


class Bound(Protocol):
    """The state that remembers whose tab this is."""

    _bound: str


def cookie_name() -> str:
    """The session cookie; the ``__Host-`` prefix makes browsers insist on Secure, Path=/ and no Domain."""
    return "__Host-edu_session" if get_settings().public_url.startswith("https://") else "edu_session"


def session_cookie(header: str) -> str:
    """The session cookie's value in a Cookie header, or an empty string."""
    try:
        jar: SimpleCookie = SimpleCookie(header)
    except CookieError:
        return ""
    morsel = jar.get(cookie_name())
    return morsel.value if morsel is not None else ""


def binding(cookie: str) -> str:
    """What a tab's state remembers of its session: a digest, or ``anonymous``."""
    return hashlib.sha256(cookie.encode()).hexdigest()[:32] if cookie else "anonymous"


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
        cookie = session_cookie(root.router.headers.cookie)
        own = binding(cookie)
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
        settings = get_settings()
        wait = await rate_limits.take(
            f"events:{own if cookie else root.router.session.client_ip}",
            Rate(settings.rate_events_per_second, settings.rate_events_burst),
        )
        if wait > 0 and event.name not in HYDRATION:
            return self._deny("rate", event)
        return None

    def _deny(self, reason: str, event: Event) -> StateUpdate:
        count("event_denied_total", reason=reason)
        log_event("event.denied", outcome=reason, handler=event.name[:MAX_EVENT_NAME])
        return StateUpdate()


def _reload_payload() -> dict[str, Any]:
    return {"path": "/", "external": False, "popup": False, "replace": True}
