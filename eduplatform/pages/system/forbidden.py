"""The page for what is not a person's to see."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.plain import outcome, plain_frame
from eduplatform.components.text import _
from eduplatform.components.ui import button_link
from eduplatform.pages.registry import page


@page("/forbidden", title="Not for your account", bare=True)
def forbidden() -> rx.Component:
    """Why, and the way back."""
    return plain_frame(
        outcome(
            _("This page is not for your account"),
            _("If you think that you should see it, ask the administrator of your organisation."),
            button_link(_("Go to your start page"), "/", variant="primary", icon="house"),
            button_link(_("Sign in as somebody else"), "/login", variant="quiet"),
            picture="lock",
            good=False,
        )
    )
