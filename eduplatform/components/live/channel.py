"""Lets a page follow a channel: what others change arrives by itself."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar

from eduplatform.components.live.live_client import LIVE_CLIENT
from eduplatform.realtime.events import Event
from eduplatform.state.shell import ShellState

PUSHER = "pusher-js@8.6.0"

assert LIVE_CLIENT  # the script imports it
_SCRIPT = rx.asset("channel.js", shared=True).importable_path


def _ids(data: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    return (data,)


class _Channel(rx.Component):
    """Follows one channel; shows nothing."""

    library = _SCRIPT
    tag = "Channel"

    push: rx.Var[dict[str, str]]
    name: rx.Var[str]
    only: rx.Var[list[str]]
    without: rx.Var[list[str]]
    enabled: rx.Var[bool]
    on_change: rx.EventHandler[rx.event.no_args_event_spec]
    on_event: rx.EventHandler[_ids]

    def add_imports(self) -> dict[str, ImportVar]:
        """Have the client of the push service installed; the script loads it once a page follows something."""
        return {PUSHER: ImportVar(tag=None, render=False)}


def channel(
    name: rx.Var[str] | str,
    *,
    on_change: Any = None,
    on: Mapping[type[Event], Any] | None = None,
    events: Sequence[type[Event]] = (),
    enabled: rx.Var[bool] | bool = True,
) -> rx.Component:
    """Follow a channel for as long as the page shows this; all channels of a tab share one connection.

    Args:
        name: The channel's name: ``channel_name("course", _S.course["id"])``, or a ``str`` of the state; empty: none. Who may
            follow it is decided by the server.
        on_change: Event without arguments which reads again. It is fired after events (close ones once), when events were
            missed, and every 15 seconds while there is no connection; in a tab that nobody looks at, when somebody does.
        on: Events of the page that are fired at once, with the fields of the live event as arguments in their order, or
            without arguments when the handler takes none. Give ``on_change`` as well unless missing one does no harm.
        events: The only ones after which ``on_change`` is fired; all but those in ``on`` by default.
        enabled: A Var that stops it.
    """
    shared = {"push": ShellState.push, "name": name, "enabled": enabled}
    listed = on or {}
    parts: list[rx.Component] = []
    if on_change is not None:
        parts.append(
            _Channel.create(
                **shared,
                only=[one.name for one in events],
                without=[one.name for one in listed],
                on_change=on_change,
            )
        )
    parts += [
        _Channel.create(**shared, only=[event.name], without=[], on_event=_with_ids(event, fire))
        for event, fire in listed.items()
    ]
    return rx.fragment(*parts)


def channel_name(kind: str, object_id: Any) -> rx.Var[str]:
    """Name of the channel of an object that the page shows; empty as long as there is none.

    Args:
        kind: A kind of `realtime.channels.Channel`.
        object_id: The id as the page has it, a ``str`` Var.
    """
    bare: Any = rx.Var.create(object_id).to(str).replace("-", "")
    tenant: Any = ShellState.push["tenant"]
    return rx.cond(object_id, "private-cache-t." + tenant + f".{kind}." + bare, "").to(str)


def _with_ids(event: type[Event], fire: Any) -> Any:
    """The handler, given the event's fields in their order."""
    if not isinstance(fire, rx.event.EventHandler):
        return fire
    taken = len(inspect.signature(fire.fn).parameters) - 1
    if not taken:
        return lambda _data: fire()
    names = [one.name for one in fields(event)][:taken]  # pyright: ignore[reportArgumentType]
    return lambda data: fire(*(data[name] for name in names))


__all__ = ["channel", "channel_name"]
