"""Where people of a suspended organisation arrive."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.plain import outcome, plain_frame
from eduplatform.components.text import _
from eduplatform.components.ui import button_link
from eduplatform.pages.registry import page


@page("/suspended", title="Organisation closed", bare=True)
def suspended() -> rx.Component:
    """That nothing is lost, and whom to ask."""
    return plain_frame(
        outcome(
            _("Your organisation is closed for now"),
            _(
                "The operator of this platform has suspended it, and everybody has been signed out. Nothing is lost: what was "
                "saved is kept. Ask the administrators of your organisation what has happened."
            ),
            button_link(_("Sign in elsewhere"), "/login", variant="secondary"),
            picture="circle-alert",
            good=False,
        )
    )
