"""The person's news."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.channel import channel
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    button,
    button_link,
    empty_state,
    icon,
    page_header,
    pager,
    skeleton_table,
)
from eduplatform.pages.registry import page
from eduplatform.realtime.events import NotificationsChanged
from eduplatform.security.permissions import Role
from eduplatform.state.notifications import NewsState
from eduplatform.state.shell import ShellState

_S: Any = NewsState

_ICONS = {
    "announcement": "bell",
    "message": "mail",
    "reply": "message-square",
    "grade.released": "award",
    "grade.changed": "award",
    "due.soon": "clock",
    "submission": "inbox",
    "report": "flag",
    "roster": "users",
}


@page(
    "/notifications",
    title="Notifications",
    roles=(Role.STUDENT, Role.TEACHER, Role.GUARDIAN, Role.ADMIN),
    on_load=_S.load,
)
def notification_list() -> rx.Component:
    """What happened, newest first."""
    return rx.el.div(
        channel(
            ShellState.user_channel, on_change=_S.refresh, events=[NotificationsChanged], enabled=_S.loaded
        ),
        page_body(
            _S,
            rx.el.div(
                _filter(_("All"), False),
                _filter(
                    rx.cond(
                        _S.unread > 0,
                        _n("Unread ({count})", "Unread ({count})", count=_S.unread),
                        _("Unread"),
                    ),
                    True,
                ),
                role="group",
                aria_label=_("Show"),
                class_name="mb-4 flex w-fit gap-1 rounded-lg bg-sunken p-1",
            ),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.div(
                    rx.el.ul(rx.foreach(_S.rows, _line), class_name="divide-y divide-line"),
                    class_name="overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
                ),
                empty_state(
                    rx.cond(_S.only_unread, _("All read"), _("No notifications yet")),
                    description=_(
                        "Announcements, answers, released grades and work that is due soon appear here."
                    ),
                    icon="bell",
                ),
            ),
            rx.cond(
                _S.pages > 1,
                pager(
                    page_text=_("Page {page} of {pages}", page=_S.page, pages=_S.pages),
                    has_previous=_S.page > 1,
                    has_next=_S.page < _S.pages,
                    on_previous=_S.turn(_S.page - 1),
                    on_next=_S.turn(_S.page + 1),
                    class_name="mt-5",
                ),
                rx.fragment(),
            ),
            skeleton=skeleton_table(rows=6),
            header=page_header(
                _("Notifications"),
                description=_("What happened in your courses. Opening one marks it as read."),
                actions=[
                    button_link(_("Choose what you get"), "/settings/notifications", icon="settings"),
                    button(
                        _("Mark all as read"),
                        icon="list-checks",
                        disabled=_S.unread == 0,
                        on_click=_S.read_all,
                    ),
                ],
            ),
        ),
        class_name="flex max-w-3xl flex-col gap-6",
    )


def _filter(label: Any, only_unread: bool) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        aria_pressed=rx.cond(_S.only_unread == only_unread, "true", "false"),
        on_click=_S.show(only_unread),
        class_name=(
            "min-h-8 rounded-md px-3 text-sm font-medium text-ink-muted hover:text-ink aria-pressed:bg-surface "
            "aria-pressed:text-ink aria-pressed:shadow-sm pointer-coarse:min-h-11"
        ),
    )


def _line(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.match(row["kind"], *[(kind, icon(name)) for kind, name in _ICONS.items()], icon("bell")),
            class_name=[
                "grid size-9 shrink-0 place-items-center rounded-full",
                rx.cond(row["unread"], "bg-accent-soft text-accent", "bg-sunken text-ink-muted"),
            ],
        ),
        rx.el.div(
            rx.el.button(
                row["text"],
                rx.cond(
                    row["unread"], rx.el.span(" (", _("unread"), ")", class_name="sr-only"), rx.fragment()
                ),
                type="button",
                on_click=_S.open(row["id"]),
                class_name=[
                    "rounded-sm text-start text-sm text-ink after:absolute after:inset-0 hover:text-accent",
                    rx.cond(row["unread"], "font-semibold", ""),
                ],
            ),
            rx.el.p(row["when"], title=row["moment"], class_name="mt-0.5 text-xs text-ink-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            row["unread"],
            rx.el.span(aria_hidden="true", class_name="mt-3.5 size-2 shrink-0 rounded-full bg-accent"),
            rx.fragment(),
        ),
        key=row["id"],
        class_name="relative flex items-start gap-3.5 px-4 py-3.5 hover:bg-sunken/60 sm:px-5",
    )
