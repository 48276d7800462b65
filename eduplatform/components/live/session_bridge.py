"""Exchanges a one-time ticket for the session cookie, and ends a session; both need a full page load afterwards."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.vars.base import VarData
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.text import _

_SCRIPT = rx.asset("session_bridge.js", shared=True).importable_path


class _SessionBridge(rx.Component):
    """Posts the ticket as soon as there is one."""

    library = _SCRIPT
    tag = "SessionBridge"

    ticket: rx.Var[str]
    target: rx.Var[str]


class _SignOutButton(BaseHTML):
    """Posts the sign-out and leaves for the sign-in page."""

    library = _SCRIPT
    tag = "SignOutButton"
    _is_tag_in_global_scope = False

    failed_text: rx.Var[str]


def session_bridge(ticket: rx.Var[str], target: rx.Var[str] | str = "/") -> rx.Component:
    """Open the session that a ticket stands for; shows nothing.

    Args:
        ticket: The ticket, empty while there is none.
        target: Path inside the application to open afterwards.
    """
    return _SessionBridge.create(ticket=ticket, target=target)


def sign_out_button(*children: rx.Component | rx.Var[str], **props: Any) -> rx.Component:
    """A button that ends the session of this browser; ``props`` are attributes of a button."""
    return _SignOutButton.create(*children, failed_text=_("Could not sign out. Are you online?"), **props)


def sign_out_function() -> rx.Var[Any]:
    """The browser's function that ends the session, for parts that have no button of their own."""
    return rx.Var("signOut", _var_data=VarData(imports={_SCRIPT: ["signOut"]}))
