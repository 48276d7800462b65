"""The command palette: every page and a few actions, found by typing; Ctrl-K or Command-K."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.navigation import ACCOUNT, NAVIGATION, SECTION_NAMES
from eduplatform.components.live.session_bridge import sign_out_function
from eduplatform.components.text import _
from eduplatform.components.ui.icons import ICON_PATHS
from eduplatform.state.shell import ShellState

_SCRIPT = rx.asset("command_palette.js", shared=True).importable_path

_CLASSES = {
    "frame": "contents",
    "button": (
        "inline-flex h-10 items-center gap-2 rounded-lg px-2.5 text-sm text-ink-muted hover:text-ink "
        "sm:h-9 sm:w-full sm:max-w-72 sm:border sm:border-line sm:bg-surface sm:px-3 sm:hover:border-line-strong"
    ),
    "buttonText": "hidden flex-1 truncate text-start sm:block",
    "keys": (
        "hidden shrink-0 rounded border border-line bg-sunken px-1.5 font-sans text-2xs font-medium text-ink-muted sm:block"
    ),
    "icon": "size-4 shrink-0 text-ink-muted",
    "dialog": (
        "ui-dialog ui-dialog-center mx-auto mt-[10dvh] mb-auto hidden max-h-[70dvh] w-[min(36rem,calc(100vw-1.5rem))] "
        "max-w-none flex-col overflow-hidden rounded-2xl border border-line bg-raised p-0 text-ink shadow-lg open:flex"
    ),
    "field": "flex shrink-0 items-center gap-3 border-b border-line px-4",
    "input": "h-13 min-w-0 flex-1 bg-transparent text-base text-ink outline-none",
    "close": (
        "shrink-0 rounded-md border border-line px-2 py-1 text-xs text-ink-muted hover:border-line-strong hover:text-ink"
    ),
    "list": "min-h-0 overflow-y-auto overscroll-contain p-1.5",
    "option": (
        "flex min-h-10 cursor-default items-center gap-3 rounded-lg px-3 py-2 text-sm text-ink "
        "aria-selected:bg-ink/7 pointer-coarse:min-h-12"
    ),
    "label": "min-w-0 flex-1 truncate",
    "section": "shrink-0 text-xs text-ink-muted",
    "empty": "px-4 py-8 text-center text-sm text-ink-muted",
}


class _CommandPalette(rx.Component):
    """The button and the dialog."""

    library = _SCRIPT
    tag = "CommandPalette"

    commands: rx.Var[list[dict[str, Any]]]
    roles: rx.Var[list[str]]
    development: rx.Var[bool]
    signed_in: rx.Var[bool]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]
    search_icon: rx.Var[str]
    sign_out: rx.Var[Any]
    on_toggle_theme: rx.EventHandler[rx.event.no_args_event_spec]


def _commands() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for role, entries in NAVIGATION.items():
        found += [
            {
                "id": f"{role.value}-{index}",
                "label": entry.label,
                "section": SECTION_NAMES[role],
                "icon": ICON_PATHS[entry.icon],
                "href": entry.path,
                "role": role.value,
                "development": entry.development,
            }
            for index, entry in enumerate(entries)
        ]
    account = _("Account")
    found += [
        {
            "id": f"account-{index}",
            "label": entry.label,
            "section": account,
            "icon": ICON_PATHS[entry.icon],
            "href": entry.path,
            "person": True,
        }
        for index, entry in enumerate(ACCOUNT)
    ]
    found.append(
        {
            "id": "theme",
            "label": _("Toggle theme"),
            "section": _("Action"),
            "icon": ICON_PATHS["moon"],
            "action": "theme",
        }
    )
    found.append(
        {
            "id": "sign-out",
            "label": _("Sign out"),
            "section": _("Action"),
            "icon": ICON_PATHS["log-out"],
            "action": "sign_out",
            "person": True,
        }
    )
    return found


def command_palette() -> rx.Component:
    """The button in the top bar, and the palette that it and Ctrl-K open; works without the server."""
    return _CommandPalette.create(
        commands=_commands(),
        roles=ShellState.roles,
        development=ShellState.development,
        signed_in=ShellState.signed_in,
        texts={
            "open": _("Go to…"),
            "field": _("Type a page or an action"),
            "close": _("Close"),
            "none": _("Nothing found"),
            "count": _("Results: {count}"),
            "failed": _("Could not sign out. Are you online?"),
        },
        classes=_CLASSES,
        search_icon=ICON_PATHS["search"],
        sign_out=sign_out_function(),
        on_toggle_theme=rx.toggle_color_mode,
    )
