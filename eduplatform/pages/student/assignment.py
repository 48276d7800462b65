"""An assignment: what is asked and how it is judged, then the draft, then the receipt."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.submission_sheet import handed_in_work, submission_sheet
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
    icon,
    page_header,
    skeleton,
    skeleton_text,
)
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.realtime.events import GradeReleased
from eduplatform.security.permissions import Role
from eduplatform.state.assignments import AssignmentState
from eduplatform.state.shell import ShellState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = AssignmentState


@page(
    "/learn/assignments/[assessment_id]",
    title="Assignment",
    roles=(Role.STUDENT,),
    on_load=AssignmentState.load,
)
def student_assignment() -> rx.Component:
    """The task on one side, the work on the other."""
    course = f"/learn/courses/{_S.course_id}"
    return page_body(
        _S,
        beacon(_S.refresh, every=30),
        channel(ShellState.learner_channel, on_change=_S.refresh, events=[GradeReleased], enabled=_S.loaded),
        rx.el.div(
            page_header(
                _S.title,
                meta=[
                    badge(_("Assignment"), tone="accent"),
                    badge(_S.points),
                    rx.cond(_S.group != "", badge(_S.group, icon="users"), rx.fragment()),
                ],
                breadcrumb=breadcrumb(
                    (_S.course_title, course), (_("Assessments"), f"{course}/assessments"), current=_S.title
                ),
            ),
            rx.cond(_S.receipt["id"] != "", _receipt(), rx.fragment()),
            _task(),
            rx.cond(_S.criteria.length() > 0, _rubric(), rx.fragment()),
            rx.cond(_S.running_id != "", _draft(), rx.cond(_S.receipt["id"] != "", rx.fragment(), _begin())),
            rx.cond(_S.earlier.length() > 0, _earlier(), rx.fragment()),
            class_name="mx-auto flex w-full max-w-4xl flex-col gap-6",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"), skeleton_text(lines=6, class_name="mt-8 max-w-2xl")
        ),
    )


def _task() -> rx.Component:
    return card(
        rx.cond(
            _S.instructions_html != "",
            rich_text(_S.instructions_html),
            rx.el.p(_("There are no further instructions."), class_name="text-sm text-ink-muted"),
        ),
        rx.el.ul(
            rx.foreach(_S.rules, _rule),
            class_name="mt-5 flex list-none flex-col gap-2.5 border-t border-line p-0 pt-5",
        ),
        rx.cond(
            _S.members.length() > 0,
            rx.el.p(
                icon("users", class_name="mt-0.5 text-accent"),
                rx.el.span(_("You work together: {names}.", names=_S.members.join(", "))),
                class_name="mt-2.5 flex items-start gap-3 text-sm text-ink",
            ),
            rx.fragment(),
        ),
        title=_("The task"),
    )


def _rule(row: Any) -> rx.Component:
    pictures = ("list-checks", "calendar", "clock", "lock", "refresh-cw")
    return rx.el.li(
        rx.match(
            row["icon"],
            *[(name, icon(name, class_name="mt-0.5 text-accent")) for name in pictures],
            icon("info", class_name="mt-0.5 text-accent"),
        ),
        rx.el.span(row["text"]),
        class_name="flex items-start gap-3 text-sm text-ink",
    )


def _rubric() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            _("How it will be judged"),
            class_name="cursor-pointer px-5 py-4 text-base font-semibold text-ink sm:px-6",
        ),
        rx.el.ul(
            rx.foreach(_S.criteria, _criterion),
            class_name="flex list-none flex-col divide-y divide-line border-t border-line p-0",
        ),
        open=(_S.receipt["id"] == "") & (_S.running_id == ""),
        id="rubric",
        class_name="rounded-xl border border-line bg-surface shadow-sm",
    )


def _criterion(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.h3(row["title"], class_name="text-sm font-semibold text-ink"),
        rx.el.p(row["description"], class_name="text-sm text-ink-muted empty:hidden"),
        rx.el.ul(
            rx.foreach(row["levels"], _level),
            class_name="mt-3 grid list-none gap-2 p-0 sm:grid-cols-2 lg:grid-cols-4",
        ),
        key=row["id"],
        class_name="px-5 py-4 sm:px-6",
    )


def _level(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(row["title"], class_name="font-medium text-ink"),
            rx.el.span(row["points"], class_name="whitespace-nowrap text-ink-muted tabular-nums"),
            class_name="flex flex-wrap items-baseline justify-between gap-x-2",
        ),
        rx.el.p(row["description"], class_name="mt-1 text-ink-muted empty:hidden"),
        class_name="rounded-lg bg-sunken px-3 py-2.5 text-sm",
    )


def _begin() -> rx.Component:
    return rx.cond(
        _S.may_start,
        rx.el.div(
            button(_("Start working"), variant="primary", icon="pencil", on_click=_S.start, id="start-work"),
            class_name="flex justify-end",
        ),
        callout(_S.reason, tone="warning", id="cannot-start"),
    )


def _draft() -> rx.Component:
    return card(
        submission_sheet(
            _S.running_id,
            course_id=_S.course_id,
            group=_S.group,
            lateness=_S.lateness,
            zone=_S.zone,
            on_submitted=_S.refresh,
        ),
        title=_("Your work"),
    )


def _receipt() -> rx.Component:
    row = _S.receipt
    return card(
        rx.el.dl(
            _fact(_("When"), row["when"]),
            rx.cond(row["late"] != "", _fact(_("Late by"), row["late"]), _fact(_("On time"), _("Yes"))),
            rx.cond(row["by"] != "", _fact(_("Handed in by"), row["by"]), rx.fragment()),
            _fact(_("Grade"), rx.cond(_S.grade != "", _S.grade, _("Not released yet"))),
            class_name="grid gap-4 text-sm sm:grid-cols-4",
        ),
        rx.cond(
            row["automatic"],
            callout(
                _("It had closed, so what was in your draft was handed in for you."),
                tone="warning",
                class_name="mt-4",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            handed_in_work(row["id"]),
            class_name="mt-5 border-t border-line pt-5",
        ),
        title=_("Handed in"),
        footer=_afterwards(),
    )


def _fact(name: Any, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="text-ink-muted"), rx.el.dd(value, class_name="font-medium text-ink")
    )


def _afterwards() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _S.grade_id != "",
            button_link(_("See the grade"), f"/learn/grades/{_S.grade_id}", variant="primary"),
            rx.fragment(),
        ),
        rx.cond(
            _S.may_withdraw,
            rx.fragment(
                button(_("Take it back"), icon="undo-2", opens="withdraw-work", id="withdraw"),
                confirm_dialog(
                    id="withdraw-work",
                    title=_("Take your work back?"),
                    message=_("It counts as not handed in until you hand it in again."),
                    confirm_label=_("Take it back"),
                    on_confirm=_S.withdraw,
                    danger=False,
                ),
            ),
            rx.fragment(),
        ),
        rx.cond(
            _S.may_start & (_S.running_id == ""),
            button(_("Improve and hand in again"), icon="pencil", on_click=_S.start, id="start-again"),
            rx.fragment(),
        ),
        class_name="flex flex-wrap justify-end gap-3 empty:hidden",
    )


def _earlier() -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(_S.earlier, _earlier_row),
            class_name="flex list-none flex-col divide-y divide-line p-0",
        ),
        title=_("Handed in before"),
        flush=True,
    )


def _earlier_row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(row["title"], class_name="font-medium text-ink"),
        rx.el.span(row["when"], class_name="text-ink-muted"),
        rx.cond(
            row["late"] != "",
            badge(_("Late by {time}", time=row["late"]), tone="warning"),
            rx.fragment(),
        ),
        key=row["id"],
        class_name="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3.5 text-sm sm:px-6",
    )
