"""One assessment before it is begun: the rules in words, and the way in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    confirm_dialog,
    icon,
    page_header,
    skeleton,
    skeleton_text,
)
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.attempts import LearnAssessmentState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = LearnAssessmentState


_S = LearnAssessmentState


@page(
    "/learn/assessments/[assessment_id]",
    title="Assessment",
    roles=(Role.STUDENT,),
    on_load=LearnAssessmentState.load,
)
def student_assessment() -> rx.Component:
    """What to know, and Start."""
    course = f"/learn/courses/{_S.course_id}"
    return page_body(
        _S,
        beacon(_S.refresh, every=30),
        rx.el.div(
            page_header(
                _S.title,
                meta=[badge(_S.kind, tone="accent")],
                breadcrumb=breadcrumb(
                    (_S.course_title, course), (_("Assessments"), f"{course}/assessments"), current=_S.title
                ),
            ),
            card(
                rx.el.ul(rx.foreach(_S.rules, _rule), class_name="flex list-none flex-col gap-3 p-0"),
                rx.cond(
                    _S.instructions_html != "",
                    rx.el.div(rich_text(_S.instructions_html), class_name="mt-5 border-t border-line pt-5"),
                    rx.fragment(),
                ),
                title=_("Before you begin"),
                footer=_way_in(),
            ),
            rx.cond(_S.attempts.length() > 0, _attempts(), rx.fragment()),
            class_name="mx-auto flex w-full max-w-3xl flex-col gap-6",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"), skeleton_text(lines=5, class_name="mt-8 max-w-2xl")
        ),
    )


def _rule(row: Any) -> rx.Component:
    pictures = ("list-checks", "calendar", "clock", "lock", "timer", "refresh-cw")
    return rx.el.li(
        rx.match(
            row["icon"],
            *[(name, icon(name, class_name="mt-0.5 text-accent")) for name in pictures],
            icon("info", class_name="mt-0.5 text-accent"),
        ),
        rx.el.span(row["text"]),
        class_name="flex items-start gap-3 text-sm text-ink",
    )


def _way_in() -> rx.Component:
    return rx.cond(
        _S.running_id != "",
        rx.el.div(
            rx.el.p(_("You are in the middle of an attempt."), class_name="me-auto text-sm text-ink"),
            button_link(
                _("Continue"),
                f"/learn/attempts/{_S.running_id}",
                variant="primary",
                icon_end="arrow-right",
            ),
            class_name="flex flex-wrap items-center gap-3",
        ),
        rx.cond(_S.may_start, _start(), callout(_S.reason, tone="warning", id="cannot-start")),
    )


def _start() -> rx.Component:
    label = rx.cond(_S.again, _("Start another attempt"), _("Start"))
    return rx.el.div(
        rx.cond(
            _S.timed,
            rx.fragment(
                button(label, variant="primary", icon="play", opens="start-dialog", id="start"),
                confirm_dialog(
                    id="start-dialog",
                    title=_("Start now?"),
                    message=_("The clock starts at once and runs on when you close the page."),
                    confirm_label=_("Start now"),
                    cancel_label=_("Not yet"),
                    on_confirm=_S.start,
                    danger=False,
                ),
            ),
            button(label, variant="primary", icon="play", on_click=_S.start, id="start"),
        ),
        class_name="flex justify-end",
    )


def _attempts() -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(_S.attempts, _attempt),
            class_name="flex list-none flex-col divide-y divide-line p-0",
        ),
        title=_("Your attempts"),
        flush=True,
    )


def _attempt(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["title"], class_name="font-medium text-ink"),
            rx.el.p(row["when"], class_name="text-sm text-ink-muted"),
            class_name="min-w-0 flex-1 basis-48",
        ),
        badge(row["status"], tone=row["tone"]),
        button_link(
            rx.cond(row["running"], _("Continue"), _("See the result")),
            f"/learn/attempts/{row['id']}",
            size="sm",
            aria_label=rx.cond(
                row["running"],
                _("Continue: {title}", title=row["title"]),
                _("See the result: {title}", title=row["title"]),
            ),
        ),
        key=row["id"],
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3.5 sm:px-6",
    )
