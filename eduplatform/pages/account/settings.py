"""One's own profile, language and theme."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.navigation import role_name
from eduplatform.components.text import _, language_switch
from eduplatform.components.ui import avatar, card, description_list, skeleton_card, switch, theme_switch
from eduplatform.pages.account.settings_tabs import settings_head
from eduplatform.pages.registry import page
from eduplatform.state.presence import PresenceChoiceState
from eduplatform.state.shell import ShellState

_P: Any = PresenceChoiceState

_LINE = "flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3"


def _person() -> rx.Component:
    return card(
        rx.el.div(
            avatar(ShellState.name, size="lg"),
            rx.el.div(
                rx.el.p(ShellState.name, class_name="truncate text-lg font-semibold text-ink"),
                rx.el.p(ShellState.tenant_name, class_name="truncate text-sm text-ink-muted"),
                class_name="min-w-0",
            ),
            class_name="mb-4 flex items-center gap-4",
        ),
        description_list(
            (_("Email"), ShellState.email),
            (
                _("Roles"),
                rx.el.span(rx.foreach(ShellState.roles, role_name), class_name="flex flex-wrap gap-x-3"),
            ),
        ),
        title=_("You"),
        description=_(
            "Your name and address are kept by your organisation. Ask its administrator to change them."
        ),
    )


def _look() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.p(_("Language"), class_name="text-sm font-medium text-ink"),
                    rx.el.p(_("For pages and for mail to you."), class_name="text-sm text-ink-muted"),
                ),
                language_switch(on_change=ShellState.choose_locale, id="settings-language"),
                class_name=_LINE,
            ),
            rx.el.div(
                rx.el.div(
                    rx.el.p(_("Theme"), class_name="text-sm font-medium text-ink"),
                    rx.el.p(_("In this browser."), class_name="text-sm text-ink-muted"),
                ),
                theme_switch(),
                class_name=_LINE,
            ),
            class_name="divide-y divide-line",
        ),
        title=_("Language and look"),
    )


def _presence() -> rx.Component:
    return card(
        switch(
            name="presence",
            id="presence-shown",
            label=_("Show when I am online"),
            hint=rx.cond(
                _P.organisation,
                _("People who teach you, and colleagues, see that you are here. Classmates never do."),
                _("Your organisation shows nobody as online, so this changes nothing at the moment."),
            ),
            trailing=True,
            checked=_P.shown,
            on_change=_P.choose,
        ),
        title=_("Presence"),
        description=_(
            "Work that you hand in and progress in quizzes are part of your course and not of this choice."
        ),
    )


@page("/settings", title="Settings", on_load=(ShellState.require_person, _P.load))
def settings() -> rx.Component:
    """Who we think you are, and how you like to read."""
    return rx.el.div(
        settings_head("profile"),
        rx.cond(
            ShellState.signed_in,
            rx.el.div(
                _person(),
                _look(),
                rx.cond(_P.ready, _presence(), rx.fragment()),
                class_name="flex flex-col gap-6",
            ),
            skeleton_card(),
        ),
        class_name="max-w-3xl",
    )
