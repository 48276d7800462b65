"""The head that the pages of the settings share."""

from __future__ import annotations

from typing import Literal

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import link_tabs, page_header


def settings_head(current: Literal["profile", "security"]) -> rx.Component:
    """Heading and tabs."""
    return rx.el.div(
        page_header(_("Settings")),
        link_tabs(
            (_("Profile"), "/settings", current == "profile"),
            (_("Password and sessions"), "/settings/security", current == "security"),
            label=_("Settings"),
        ),
        class_name="mb-6 flex flex-col gap-4",
    )
