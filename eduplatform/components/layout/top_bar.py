"""The bar above the page: where to go, whether we are connected, language, theme, and the person."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.bell import bell
from eduplatform.components.layout.command_palette import command_palette
from eduplatform.components.layout.navigation import role_name
from eduplatform.components.layout.sidebar import organisation
from eduplatform.components.live.connection import connection_indicator
from eduplatform.components.live.session_bridge import sign_out_button
from eduplatform.components.text import _, language_switch
from eduplatform.components.ui import avatar, icon, menu, menu_link, menu_separator, theme_switch
from eduplatform.security.permissions import Role
from eduplatform.state.shell import ShellState

_LANGUAGE = "h-9 rounded-lg border border-line bg-surface px-2 text-sm text-ink hover:border-line-strong"
_SIGN_OUT = (
    "flex w-full flex-wrap items-center gap-2.5 rounded-md px-2.5 py-1.5 text-start text-sm text-ink outline-none "
    "pointer-coarse:py-2.5 hover:bg-ink/7 focus:bg-ink/7 disabled:opacity-50"
)


def _person_card() -> rx.Component:
    return rx.el.div(
        rx.el.p(ShellState.name, class_name="truncate font-medium text-ink"),
        rx.el.p(ShellState.email, class_name="truncate text-xs text-ink-muted"),
        rx.el.p(
            rx.foreach(
                ShellState.roles,
                lambda role: rx.el.span(
                    role_name(role),
                    class_name="rounded-full bg-accent-soft px-2 py-0.5 text-xs font-medium text-accent",
                ),
            ),
            class_name="mt-2 flex flex-wrap gap-1 empty:hidden",
        ),
        role="presentation",
        class_name="px-2.5 pt-2 pb-2.5 text-sm",
    )


def _person_menu() -> rx.Component:
    return menu(
        _person_card(),
        menu_separator(),
        menu_link(_("Settings"), "/settings", icon="settings"),
        menu_link(_("Password and sessions"), "/settings/security", icon="key-round"),
        rx.cond(
            ShellState.several, menu_link(_("Switch organisation"), "/choose", icon="building"), rx.fragment()
        ),
        menu_separator(),
        sign_out_button(
            icon("log-out", class_name="text-ink-muted"),
            rx.el.span(_("Sign out")),
            role="menuitem",
            tab_index=-1,
            class_name=_SIGN_OUT,
        ),
        id="person-menu",
        label=_("Your account"),
        trigger=avatar(ShellState.name, size="sm"),
        class_name="rounded-full!",
    )


@rx.memo
def top_bar() -> rx.Component:
    """The bar above the page."""
    return rx.el.header(
        organisation(class_name="lg:hidden", hide_name="max-w-40 sm:max-w-64"),
        rx.el.div(
            command_palette(), class_name="ms-auto flex justify-end sm:flex-1 lg:ms-0 lg:justify-start"
        ),
        rx.el.div(
            rx.el.div(
                connection_indicator(),
                class_name="max-sm:has-data-[status=live]:hidden",
            ),
            rx.el.div(
                language_switch(on_change=ShellState.choose_locale, class_name=_LANGUAGE),
                theme_switch(),
                class_name="hidden items-center gap-2 lg:flex",
            ),
            rx.cond(
                ShellState.signed_in
                & (ShellState.main_role != "")
                & (ShellState.main_role != Role.OPERATOR.value),
                bell(),
                rx.fragment(),
            ),
            rx.cond(ShellState.signed_in, _person_menu(), rx.fragment()),
            class_name="flex shrink-0 items-center gap-2 sm:gap-3",
        ),
        class_name=(
            "ui-screen-only sticky top-0 z-20 flex h-16 items-center gap-2 border-b border-line bg-canvas/90 px-4 "
            "backdrop-blur-sm sm:gap-4 sm:px-6 lg:px-8"
        ),
    )
