"""The frame around every page's content."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.text import _, locale_bridge
from eduplatform.state.shell import ShellState


def shell(content: rx.Component) -> rx.Component:
    """Frame a page."""
    return rx.fragment(
        locale_bridge(ShellState.locale),
        rx.el.main(content, id="main"),
        rx.el.p(_("Loading")),
    )
