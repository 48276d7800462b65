"""The root address: sends everybody to their own beginning."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.text import _
from eduplatform.pages.registry import page
from eduplatform.state.shell import ShellState


@page("/", title="", on_load=ShellState.go_home, bare=True)
def home() -> rx.Component:
    """Shown for the moment until the redirection."""
    return rx.el.main(rx.el.p(_("Loading…"), role="status"), class_name="p-8 text-ink-muted")
