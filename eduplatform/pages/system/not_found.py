"""The page for addresses that lead nowhere."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.plain import outcome, plain_frame
from eduplatform.components.text import _
from eduplatform.components.ui import button_link
from eduplatform.pages.registry import page


@page("404", title="Page not found", bare=True)
def not_found() -> rx.Component:
    """What is missing, and the way back."""
    return plain_frame(
        outcome(
            _("There is no page at this address"),
            _("It may have been moved or removed, or the address is not complete."),
            button_link(_("Go to your start page"), "/", variant="primary", icon="house"),
            picture="search",
            good=False,
        )
    )
