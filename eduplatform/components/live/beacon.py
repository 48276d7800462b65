"""A slow pulse that lets a page read what has changed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.live.live_client import LIVE_CLIENT

assert LIVE_CLIENT  # the script imports it
_SCRIPT = rx.asset("beacon.js", shared=True).importable_path


class _Beacon(rx.Component):
    """Fires while the tab is looked at; shows nothing."""

    library = _SCRIPT
    tag = "Beacon"

    every: rx.Var[int]
    while_live: rx.Var[int]
    enabled: rx.Var[bool]
    on_beat: rx.EventHandler[rx.event.no_args_event_spec]


def beacon(
    on_beat: Any,
    *,
    every: rx.Var[int] | int = 20,
    while_live: int = 0,
    enabled: rx.Var[bool] | bool = True,
) -> rx.Component:
    """Fire an event again and again while the tab is visible and online.

    It also fires when the reader comes back to the tab, when the network is there again, and when the server has closed the connection for
    live updates. What others change comes faster by a `channel`; this is for what changes with time alone.

    Args:
        on_beat: Event without arguments; it should re-read little and change nothing when nothing changed.
        every: Seconds between two events, at least 2.
        while_live: The same while live updates are connected; 0: no difference.
        enabled: A Var that stops it, for example when nothing can change any more.
    """
    return _Beacon.create(every=every, while_live=while_live, enabled=enabled, on_beat=on_beat)


__all__ = ["beacon"]
