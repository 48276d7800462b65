"""Students who may need an adult."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    callout,
    dialog,
    empty_state,
    page_header,
    pager,
    skeleton_card,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.cases import CasesState

_S: Any = CasesState


@page("/cases", title="Cases", roles=(Role.ADMIN, Role.TEACHER), on_load=_S.load)
def cases() -> rx.Component:
    """Open ones first, with what was written and one thing to do."""
    return rx.el.div(
        page_body(
            _S,
            callout(
                rx.el.p(
                    _(
                        "A word list opens cases; it knows nothing of the student. Talk with them yourself, today. If somebody is in danger now, call the emergency number first."
                    )
                ),
                tone="info",
            ),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ol(rx.foreach(_S.rows, _row), class_name="flex flex-col gap-4"),
                empty_state(
                    _("There are no cases"),
                    description=_("You will be told by mail and in the platform when there is one."),
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
                ),
                rx.fragment(),
            ),
            _dialog(),
            skeleton=skeleton_card(),
            class_name="flex flex-col gap-6",
            header=page_header(
                _("Students who may need an adult"),
                description=_(
                    "When a student writes words of danger to the tutor, a case opens here. Only the named adults see it."
                ),
            ),
        ),
        class_name="flex max-w-3xl flex-col gap-6",
    )


def _row(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(one["name"], class_name="text-base font-semibold text-ink"),
            rx.cond(
                one["open"], badge(_("Open"), tone="danger", dot=True), badge(_("Closed"), tone="neutral")
            ),
            rx.el.span(one["ago"], title=one["when"], class_name="ms-auto text-xs text-ink-muted"),
            class_name="flex flex-wrap items-center gap-2.5",
        ),
        rx.el.p(
            one["category"],
            rx.cond(one["course"] != "", rx.el.span(" · ", one["course"]), rx.fragment()),
            class_name="mt-1 text-sm text-ink-muted",
        ),
        rx.el.blockquote(
            one["excerpt"],
            class_name="mt-3 border-s-4 border-line-strong ps-4 text-sm break-words whitespace-pre-wrap text-ink",
        ),
        rx.cond(
            one["open"],
            button(
                _("Close the case"),
                size="sm",
                icon="check",
                on_click=_S.start_close(one["id"]),
                class_name="mt-4",
            ),
            rx.el.p(one["note"], class_name="mt-3 text-sm break-words whitespace-pre-wrap text-ink-muted"),
        ),
        key=one["id"],
        class_name="rounded-xl border border-line bg-surface p-5 shadow-sm",
    )


def _dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            textarea(
                name="note",
                id="case-note",
                label=_("What was done"),
                hint=_("For those who look at this case later. The student does not see it."),
                rows=4,
                required=True,
                error=_S.errors["note"],
            ),
            rx.el.div(
                button(_("Cancel"), variant="quiet", closes=True),
                button(_("Close the case"), type="submit", variant="primary"),
                class_name="mt-4 flex justify-end gap-2",
            ),
            on_submit=_S.close,
        ),
        title=_("Close the case"),
        id="case-close",
        open=_S.closing != "",
        on_close=_S.stop_close,
    )
