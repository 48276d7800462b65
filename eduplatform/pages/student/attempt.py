"""The sitting, and afterwards what came of it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.attempt_sheet import attempt_sheet, left_behind
from eduplatform.components.assessment.results import result_card
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button_link,
    callout,
    page_header,
    skeleton,
    skeleton_card,
    stat,
    stat_row,
)
from eduplatform.pages.registry import page
from eduplatform.realtime.events import GradeReleased
from eduplatform.security.permissions import Role
from eduplatform.state.attempts import AttemptPageState
from eduplatform.state.shell import ShellState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = AttemptPageState


_S = AttemptPageState


@page(
    "/learn/attempts/[attempt_id]",
    title="Attempt",
    roles=(Role.STUDENT,),
    on_load=AttemptPageState.load,
)
def student_attempt() -> rx.Component:
    """Questions while it runs, the result afterwards."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _S.title,
                meta=[badge(_("Attempt {number}", number=_S.number))],
                breadcrumb=breadcrumb(
                    (_("Assessments"), f"/learn/courses/{_S.course_id}/assessments"),
                    (_S.title, f"/learn/assessments/{_S.assessment_id}"),
                    current=_("Attempt {number}", number=_S.number),
                ),
            ),
            rx.cond(_S.running, attempt_sheet(_S.attempt_id, on_submitted=_S.refresh), _result()),
            class_name="mx-auto flex w-full max-w-3xl flex-col gap-6",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"),
            skeleton_card(class_name="mt-8"),
            skeleton_card(class_name="mt-5"),
            class_name="mx-auto max-w-3xl",
        ),
    )


def _result() -> rx.Component:
    return rx.fragment(
        beacon(_S.refresh, every=60, enabled=_S.waiting),
        channel(ShellState.learner_channel, on_change=_S.refresh, events=[GradeReleased], enabled=_S.waiting),
        left_behind(_S.attempt_id),
        rx.cond(
            _S.automatic,
            callout(
                _("The time was over, so what you had saved was handed in for you."),
                tone="warning",
                id="auto-submitted",
            ),
            rx.fragment(),
        ),
        stat_row(
            stat(
                _("Handed in"),
                _S.submitted,
                hint=rx.cond(_S.late != "", _("Late by {time}", time=_S.late), ""),
            ),
            stat(
                _("This attempt"),
                rx.cond(
                    _S.points != "",
                    _S.points,
                    rx.cond(_S.withheld, _("Not shown yet"), _("Waiting for your teacher")),
                ),
            ),
            rx.cond(
                _S.counts,
                stat(
                    _("Your grade"),
                    rx.cond(_S.grade != "", _S.grade, _("Not released yet")),
                    hint=rx.cond(_S.grade != "", "", _("This page shows it as soon as it is there.")),
                ),
                stat(
                    _("Your grade"),
                    _("Practice"),
                    hint=_("It does not count: try again as often as you like."),
                ),
            ),
        ),
        rx.cond(
            _S.grade_steps.length() > 0,
            rx.el.details(
                rx.el.summary(
                    _("How your grade came about"),
                    class_name="cursor-pointer text-sm font-medium text-accent",
                ),
                rx.el.ol(
                    rx.foreach(_S.grade_steps, _step),
                    class_name="mt-3 flex list-decimal flex-col gap-1 ps-5 text-sm text-ink",
                ),
                class_name="rounded-xl border border-line bg-surface px-5 py-4",
            ),
            rx.fragment(),
        ),
        rx.el.ol(
            rx.foreach(_S.questions, result_card),
            class_name="flex list-none flex-col gap-4 p-0",
            id="results",
        ),
        rx.el.div(
            button_link(
                _("Back to the assessment"), f"/learn/assessments/{_S.assessment_id}", icon="arrow-left"
            ),
            class_name="flex",
        ),
    )


def _step(text: Any) -> rx.Component:
    return rx.el.li(text)
