"""Reported contributions of a course, for its teachers."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.text import _
from eduplatform.components.ui import (
    avatar,
    button,
    button_link,
    card,
    empty_state,
    icon,
    page_header,
    pager,
    skeleton,
    skeleton_card,
    switch,
)
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.pages.shared.discussion_dialogs import reason_dialog
from eduplatform.pages.shared.discussions import discussion_breadcrumb
from eduplatform.realtime.events import ReportsChanged
from eduplatform.security.permissions import Role
from eduplatform.state.moderation import ModerationState

_S: Any = ModerationState
_COURSE = _S.course


@page(
    "/teach/courses/[course_id]/moderation",
    title="Reported contributions",
    roles=(Role.TEACHER,),
    on_load=_S.load,
)
def moderation() -> rx.Component:
    """The oldest first, each with what it says and two ways to decide."""
    return rx.fragment(
        channel(
            channel_name("staff", _S.course["id"]),
            on_change=_S.refresh,
            events=[ReportsChanged],
            enabled=_S.loaded & (_S.hiding == ""),
        ),
        page_body(
            _S,
            rx.el.div(
                page_header(
                    _("Reported contributions"),
                    description=_("What students asked you to look at. Nobody but you sees who reported it."),
                    breadcrumb=discussion_breadcrumb(
                        True, _COURSE, current=_("Reported contributions"), list_link=True
                    ),
                ),
                course_tabs(_COURSE["id"], "discussions"),
                class_name="mb-8 flex flex-col gap-5",
            ),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ol(rx.foreach(_S.rows, _row), class_name="flex max-w-3xl flex-col gap-4"),
                empty_state(
                    _("Nothing to decide"),
                    description=_("When somebody reports a contribution, it waits for you here."),
                    icon="shield-check",
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
            card(
                switch(
                    name="classmates",
                    label=_("Students of this course may write messages to each other"),
                    hint=_("It counts where your organisation leaves this to teachers."),
                    checked=_S.classmates,
                    on_change=_S.set_classmates,
                ),
                class_name="mt-8 max-w-3xl",
            ),
            reason_dialog(
                id="hide-reported",
                title=_("Hide this contribution?"),
                description=_("Students no longer see it. Its author sees it with your reason, and is told."),
                label=_("Reason, for the author"),
                action=_("Hide"),
                open=_S.hiding != "",
                on_submit=_S.hide,
                on_close=_S.keep,
                error=_S.errors["reason"],
            ),
            skeleton=rx.el.div(skeleton(class_name="h-8 w-56"), skeleton_card(class_name="mt-8")),
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            icon("flag", class_name="text-warning"),
            rx.el.span(
                _("{name} reported: {reason}", name=row["reporter"], reason=row["reason"]),
                class_name="min-w-0 flex-1",
            ),
            rx.el.span(row["when"], class_name="text-xs text-ink-muted"),
            class_name="flex flex-wrap items-center gap-2 text-sm font-medium text-ink",
        ),
        rx.el.div(
            rx.el.p(
                avatar(row["author"], size="xs"),
                rx.el.span(row["author"], class_name="font-semibold text-ink"),
                rx.el.span(row["title"], class_name="truncate text-ink-muted"),
                class_name="flex min-w-0 items-center gap-2 text-sm",
            ),
            rich_text(row["html"], class_name="prose-compact mt-2 text-[0.9375rem]"),
            class_name="mt-3 rounded-lg bg-sunken p-4",
        ),
        rx.el.div(
            button_link(
                _("Read the discussion"),
                f"/courses/{_COURSE['id']}/discussions/{row['thread_id']}",
                variant="quiet",
                size="sm",
            ),
            button(_("It is all right"), size="sm", icon="check", on_click=_S.dismiss(row["id"])),
            button(
                _("Hide …"), size="sm", icon="eye-off", on_click=_S.ask_hide(row["thread_id"], row["what"])
            ),
            class_name="mt-3 flex flex-wrap justify-end gap-2",
        ),
        key=row["id"],
        class_name="rounded-xl border border-line bg-surface p-5 shadow-sm",
    )
