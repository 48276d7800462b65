"""The head that the pages of the settings share."""

from __future__ import annotations

from typing import Literal

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import link_tabs, page_header
from eduplatform.security.permissions import Role
from eduplatform.state.shell import ShellState


def settings_head(current: Literal["profile", "security", "notifications"]) -> rx.Component:
    """Heading and tabs."""
    return rx.el.div(
        page_header(_("Settings")),
        rx.cond(
            ShellState.main_role == Role.OPERATOR.value,
            _tabs(current, news=False),
            _tabs(current, news=True),
        ),
        class_name="mb-6 flex flex-col gap-4",
    )


def _tabs(current: str, *, news: bool) -> rx.Component:
    told = [(_("Notifications"), "/settings/notifications", current == "notifications")] if news else []
    return link_tabs(
        (_("Profile"), "/settings", current == "profile"),
        *told,
        (_("Password and sessions"), "/settings/security", current == "security"),
        label=_("Settings"),
    )
