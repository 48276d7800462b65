"""Says what somebody is looking at."""

from __future__ import annotations

from typing import Any

import reflex as rx

_SCRIPT = rx.asset("lookout.js", shared=True).importable_path


def _look_event(subject: rx.Var[str], left: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (subject, left)


class _Lookout(rx.Component):
    """Fires while a subject is looked at; shows nothing."""

    library = _SCRIPT
    tag = "Lookout"

    subject: rx.Var[str]
    every: rx.Var[int]
    on_look: rx.EventHandler[_look_event]


def lookout(subject: rx.Var[str], *, on_look: Any, every: int) -> rx.Component:
    """Fire when another subject is shown and every few seconds while it is, in a visible tab.

    Args:
        subject: What is shown, for example an id; nothing is fired while it is empty.
        on_look: Event with the subject and the one that it replaced, else an empty text.
        every: Seconds between two events.
    """
    return _Lookout.create(subject=subject, every=every, on_look=on_look)


__all__ = ["lookout"]
