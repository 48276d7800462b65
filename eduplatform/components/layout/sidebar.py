"""The navigation: a sidebar on wide windows, a bar below on phones, and the drawer that holds the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.react_router.dom import ReactRouterLink

from eduplatform.components.layout.brand import mark
from eduplatform.components.layout.navigation import NAVIGATION, SECTION_NAMES, NavEntry
from eduplatform.components.text import _, language_switch
from eduplatform.components.ui import drawer, icon, skeleton, theme_switch
from eduplatform.security.permissions import Role
from eduplatform.state.shell import ShellState

FRAME_SCRIPT = rx.asset("frame.js", shared=True).importable_path
DRAWER = "navigation-drawer"
_ON_BAR = 4

_ITEM = (
    "group flex h-10 items-center gap-3 rounded-lg px-3 text-sm font-medium text-ink-muted no-underline "
    "transition-colors duration-150 hover:bg-ink/6 hover:text-ink "
    "aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent pointer-coarse:h-12"
)
_NARROW_ITEM = "lg:in-data-[sidebar=narrow]:justify-center lg:in-data-[sidebar=narrow]:px-0"
_WIDE_ONLY = "lg:in-data-[sidebar=narrow]:sr-only"
_BAR_ITEM = (
    "flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 rounded-lg px-1 text-2xs font-medium "
    "text-ink-muted no-underline aria-[current=page]:text-accent"
)


class _NavLink(ReactRouterLink):
    """A link that carries ``aria-current="page"`` while its page, or one below it, is open."""

    tag = "NavLink"
    alias = "NavLink"

    end: rx.Var[bool]


class _SidebarToggle(BaseHTML):
    library = FRAME_SCRIPT
    tag = "SidebarToggle"
    _is_tag_in_global_scope = False

    collapse_label: rx.Var[str]
    expand_label: rx.Var[str]


def _when_development(entry: NavEntry, shown: rx.Component) -> rx.Component:
    return rx.cond(ShellState.development, shown, rx.fragment()) if entry.development else shown


def _item(entry: NavEntry, *, in_drawer: bool) -> rx.Component:
    link = _NavLink.create(
        icon(entry.icon, size="md"),
        rx.el.span(entry.label, class_name="truncate" if in_drawer else f"truncate {_WIDE_ONLY}"),
        to=entry.path,
        end=entry.start,
        title=entry.label,
        class_name=_ITEM if in_drawer else f"{_ITEM} {_NARROW_ITEM}",
        custom_attrs={"data-closes": ""} if in_drawer else {},
    )
    return _when_development(entry, rx.el.li(link))


def _section(role: Role, *, in_drawer: bool) -> rx.Component:
    roles: Any = ShellState.roles
    return rx.cond(
        roles.contains(role.value),
        rx.el.div(
            rx.el.p(
                SECTION_NAMES[role],
                class_name="px-3 pb-1.5 text-xs font-medium text-ink-muted"
                if in_drawer
                else f"px-3 pb-1.5 text-xs font-medium text-ink-muted {_WIDE_ONLY}",
            ),
            rx.el.ul(
                *[_item(entry, in_drawer=in_drawer) for entry in NAVIGATION[role]],
                class_name="flex flex-col gap-0.5",
            ),
        ),
        rx.fragment(),
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        *[skeleton(class_name="mx-3 my-3 h-4 w-32 max-w-[60%]") for _index in range(4)], aria_hidden="true"
    )


def _sections(*, in_drawer: bool) -> rx.Component:
    return rx.el.nav(
        rx.cond(ShellState.ready, rx.fragment(), _waiting()),
        *[_section(role, in_drawer=in_drawer) for role in NAVIGATION],
        aria_label=_("Main"),
        class_name="flex flex-col gap-6",
    )


def organisation(*, class_name: str = "", hide_name: str = "") -> rx.Component:
    """The mark and the name of the organisation, as the way home."""
    return rx.el.a(
        mark(),
        rx.el.span(
            rx.cond(ShellState.tenant_name, ShellState.tenant_name, "EduPlatform"),
            class_name=f"truncate text-sm font-semibold text-ink {hide_name}".strip(),
        ),
        href=ShellState.home,
        class_name=f"flex min-w-0 items-center gap-2.5 rounded-lg no-underline {class_name}".strip(),
    )


@rx.memo
def sidebar() -> rx.Component:
    """The sidebar of wide windows; it can be made narrow, and stays so in this browser."""
    return rx.el.aside(
        rx.el.div(
            organisation(
                class_name="flex-1 lg:in-data-[sidebar=narrow]:justify-center", hide_name=_WIDE_ONLY
            ),
            class_name="flex h-16 shrink-0 items-center px-4 lg:in-data-[sidebar=narrow]:px-2",
        ),
        rx.el.div(
            _sections(in_drawer=False),
            class_name="min-h-0 flex-1 overflow-y-auto px-3 py-3 lg:in-data-[sidebar=narrow]:px-2.5",
        ),
        rx.el.div(
            _SidebarToggle.create(
                icon("panel-left", size="md"),
                collapse_label=_("Make the sidebar narrow"),
                expand_label=_("Make the sidebar wide"),
                class_name=(
                    "grid size-10 place-items-center rounded-lg text-ink-muted hover:bg-ink/6 hover:text-ink "
                    "lg:in-data-[sidebar=narrow]:mx-auto"
                ),
            ),
            class_name="flex shrink-0 px-3 py-3 lg:in-data-[sidebar=narrow]:px-2.5",
        ),
        aria_label=_("Sidebar"),
        class_name=(
            "ui-screen-only sticky top-0 hidden h-dvh w-60 shrink-0 flex-col border-e border-line bg-surface lg:flex "
            "lg:in-data-[sidebar=narrow]:w-16"
        ),
    )


def _bar(role: Role) -> rx.Component:
    entries = [entry for entry in NAVIGATION[role] if not entry.development][:_ON_BAR]
    return rx.fragment(
        *[
            _NavLink.create(
                icon(entry.icon, size="md"),
                rx.el.span(entry.label, class_name="max-w-full truncate"),
                to=entry.path,
                end=entry.start,
                class_name=_BAR_ITEM,
            )
            for entry in entries
        ]
    )


@rx.memo
def bottom_bar() -> rx.Component:
    """The bar below the page on phones: the main pages of the person's first role, and the drawer with the rest."""
    return rx.el.nav(
        rx.match(
            ShellState.main_role,
            *[(role.value, _bar(role)) for role in NAVIGATION],
            rx.el.span(class_name="flex-1"),
        ),
        rx.el.button(
            icon("menu", size="md"),
            rx.el.span(_("Menu")),
            type="button",
            aria_haspopup="dialog",
            class_name=_BAR_ITEM,
            custom_attrs={"data-opens": DRAWER},
        ),
        aria_label=_("Main pages"),
        class_name=(
            "ui-screen-only fixed inset-x-0 bottom-0 z-30 flex gap-1 border-t border-line bg-surface/95 px-2 pt-1 "
            "pb-[max(0.25rem,env(safe-area-inset-bottom))] backdrop-blur-sm lg:hidden"
        ),
    )


@rx.memo
def navigation_drawer() -> rx.Component:
    """The whole navigation on a phone, with language and theme."""
    return drawer(
        _sections(in_drawer=True),
        rx.el.div(
            setting_line(_("Language"), lambda: language_switch(on_change=ShellState.choose_locale)),
            setting_line(_("Theme"), theme_switch),
            class_name="mt-8 flex flex-col gap-4 border-t border-line pt-5",
        ),
        title=rx.cond(ShellState.tenant_name, ShellState.tenant_name, "EduPlatform"),
        id=DRAWER,
        side="start",
    )


def setting_line(label: rx.Var[str], control: Callable[[], rx.Component]) -> rx.Component:
    """A name and the control beside it."""
    return rx.el.div(
        rx.el.span(label, aria_hidden="true", class_name="text-sm text-ink-muted"),
        control(),
        class_name="flex items-center justify-between gap-4",
    )
