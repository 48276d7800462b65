"""The time that is left, by the server's clock."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Text

_SCRIPT = rx.asset("countdown.js", shared=True).importable_path

_CLASSES = {
    "calm": "tabular-nums text-ink",
    "soon": "tabular-nums font-semibold text-warning",
    "over": "text-ink-muted",
}


class _Countdown(rx.Component):
    """Counts down to a moment."""

    library = _SCRIPT
    tag = "Countdown"

    until: rx.Var[str]
    now: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]


def countdown(until: Text, *, now: Text) -> rx.Component:
    """Show minutes and seconds until a moment; the last five minutes stand out.

    Args:
        until: The moment in ISO format; nothing is shown while it is empty.
        now: What the server's clock showed when the page was read, in ISO format.
    """
    return _Countdown.create(until=until, now=now, texts={"over": _("Time is over")}, classes=_CLASSES)


__all__ = ["countdown"]
