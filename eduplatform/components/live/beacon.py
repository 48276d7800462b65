"""A slow pulse that lets a page read what has changed."""

from __future__ import annotations

from typing import Any

import reflex as rx

_SCRIPT = rx.asset("beacon.js", shared=True).importable_path


class _Beacon(rx.Component):
    """Fires while the tab is looked at; shows nothing."""

    library = _SCRIPT
    tag = "Beacon"

    every: rx.Var[int]
    enabled: rx.Var[bool]
    on_beat: rx.EventHandler[rx.event.no_args_event_spec]


def beacon(on_beat: Any, *, every: int = 20, enabled: rx.Var[bool] | bool = True) -> rx.Component:
    """Fire an event again and again while the tab is visible and online.

    It also fires when the reader comes back to the tab and when the network is there again.

    Args:
        on_beat: Event without arguments; it should re-read little and change nothing when nothing changed.
        every: Seconds between two events, at least 2.
        enabled: A Var that stops it, for example when nothing can change any more.
    """
    return _Beacon.create(every=every, enabled=enabled, on_beat=on_beat)


__all__ = ["beacon"]
