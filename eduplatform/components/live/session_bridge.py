"""Exchanges a one-time ticket for the session cookie, and ends a session; both need a full page load afterwards."""

from __future__ import annotations

import reflex as rx

_SCRIPT = rx.asset("session_bridge.js", shared=True).importable_path


class _SessionBridge(rx.Component):
    """Posts the ticket as soon as there is one."""

    library = _SCRIPT
    tag = "SessionBridge"

    ticket: rx.Var[str]
    target: rx.Var[str]


class _SignOutButton(rx.Component):
    """Posts the sign-out and leaves for the sign-in page."""

    library = _SCRIPT
    tag = "SignOutButton"


def session_bridge(ticket: rx.Var[str], target: rx.Var[str] | str = "/") -> rx.Component:
    """Open the session that a ticket stands for; shows nothing.

    Args:
        ticket: The ticket, empty while there is none.
        target: Path inside the application to open afterwards.
    """
    return _SessionBridge.create(ticket=ticket, target=target)


def sign_out_button(*children: rx.Component | rx.Var[str], **props: object) -> rx.Component:
    """A button that ends the session of this browser."""
    return _SignOutButton.create(*children, **props)
