"""The indicator of the connection to the server."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import connection_errors_count

from eduplatform.components.text import _

_SCRIPT = rx.asset("connection.js", shared=True).importable_path

_CLASSES = {
    "frame": "inline-flex items-center gap-2 rounded-full px-2.5 py-1 text-xs font-medium whitespace-nowrap",
    "dot": "size-2 rounded-full",
    "live": "text-ink-muted",
    "live_dot": "bg-success",
    "reconnecting": "bg-warning-soft text-warning",
    "reconnecting_dot": "bg-warning motion-safe:animate-pulse",
    "offline": "bg-danger-soft text-danger",
    "offline_dot": "bg-danger",
}


class _Connection(rx.Component):
    """Shows one of three states, in words and colour."""

    library = _SCRIPT
    tag = "Connection"

    failures: rx.Var[int]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]


def connection_indicator(*, id: str = "connection") -> rx.Component:
    """Show whether the page is live, reconnecting or offline; changes are announced politely.

    It reads the failures of the event socket since the last success, and the browser's own network state.
    """
    return _Connection.create(
        failures=connection_errors_count,
        texts={"live": _("Live"), "reconnecting": _("Reconnecting…"), "offline": _("Offline")},
        classes=_CLASSES,
        id=id,
    )


__all__ = ["connection_indicator"]
