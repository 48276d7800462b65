"""One assessment before it is begun: the rules in words, and the way in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    confirm_dialog,
    dialog,
    icon,
    page_header,
    password_input,
    skeleton,
    skeleton_text,
)
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.realtime.events import GradeReleased
from eduplatform.security.permissions import Role
from eduplatform.state.attempts import LearnAssessmentState
from eduplatform.state.shell import ShellState

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
        channel(ShellState.learner_channel, on_change=_S.refresh, events=[GradeReleased], enabled=_S.loaded),
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
    pictures = (
        "list-checks",
        "calendar",
        "clock",
        "lock",
        "timer",
        "refresh-cw",
        "target",
        "key-round",
        "eye",
        "sparkles",
    )
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
            _S.protected,
            rx.fragment(
                button(label, variant="primary", icon="key-round", on_click=_S.ask, id="start"),
                _password(),
            ),
            _start_plainly(label),
        ),
        class_name="flex justify-end",
    )


def _password() -> rx.Component:
    return dialog(
        rx.el.form(
            password_input(
                name="password",
                id=field_id("exam-password"),
                label=_("Password"),
                hint=_("Your teacher tells you the password."),
                error=_S.errors["password"],
                required=True,
                auto_complete="off",
            ),
            rx.cond(
                _S.timed,
                rx.el.p(
                    _("The clock starts at once and runs on when you close the page."),
                    class_name="text-sm text-ink-muted",
                ),
                rx.fragment(),
            ),
            rx.cond(
                _S.errors["form"],
                callout(_S.errors["form"], tone="danger", role="alert"),
                rx.fragment(),
            ),
            rx.el.div(
                button(_("Not yet"), on_click=_S.leave),
                button(_("Start now"), type="submit", variant="primary", icon="play", id="unlock"),
                class_name="flex flex-wrap justify-end gap-3",
            ),
            id="password-form",
            on_submit=_S.unlock,
            class_name="flex flex-col gap-5",
        ),
        title=_("This exam has a password"),
        id="password-dialog",
        open=_S.asking,
        on_close=_S.leave,
        size="sm",
    )


def _start_plainly(label: Any) -> rx.Component:
    return rx.fragment(
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
        )
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
