"""The indicator of the connection to the server."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import connection_errors_count

from eduplatform.components.live.live_client import LIVE_CLIENT
from eduplatform.components.text import _

assert LIVE_CLIENT  # the script imports it
_SCRIPT = rx.asset("connection.js", shared=True).importable_path

_CLASSES = {
    "frame": "inline-flex items-center gap-2 rounded-full px-2.5 py-1 text-xs font-medium whitespace-nowrap",
    "dot": "size-2 rounded-full",
    "live": "text-ink-muted",
    "live_dot": "bg-success",
    "connecting": "bg-sunken text-ink-muted",
    "connecting_dot": "bg-warning motion-safe:animate-pulse",
    "unstable": "bg-warning-soft text-warning",
    "unstable_dot": "bg-warning motion-safe:animate-pulse",
    "offline": "bg-danger-soft text-danger",
    "offline_dot": "bg-danger",
}


class _Connection(rx.Component):
    """Shows one of four states, in words and colour."""

    library = _SCRIPT
    tag = "Connection"

    failures: rx.Var[int]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]


def connection_indicator(*, id: str = "connection") -> rx.Component:
    """Show whether what others do arrives by itself; changes are announced politely.

    Live: at once. Connecting: the connection is being made. Unstable: it breaks again and again or cannot be made, and the page reads
    again every 15 seconds instead. Offline: the browser has no network. It reads the state of the push connection, the
    failures of the event socket since the last success, and the browser's own network state; the time of the last message is in
    its title.
    """
    return _Connection.create(
        failures=connection_errors_count,
        texts={
            "live": _("Live"),
            "live_detail": _("Changes by others appear by themselves."),
            "connecting": _("Connecting…"),
            "connecting_detail": _("The connection is being made."),
            "unstable": _("Unstable"),
            "unstable_detail": _("Changes by others appear within 15 seconds."),
            "offline": _("Offline"),
            "offline_detail": _("You can read on. Changes by others appear when you are online again."),
            "last": _("Last message {when}."),
        },
        classes=_CLASSES,
        id=id,
    )


__all__ = ["connection_indicator"]
