"""The assessments of a course, as its students see them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import learn_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    empty_state,
    icon,
    page_header,
    skeleton,
    skeleton_card,
)
from eduplatform.pages.registry import page
from eduplatform.realtime.events import GradeReleased
from eduplatform.security.permissions import Role
from eduplatform.state.attempts import LearnAssessmentsState
from eduplatform.state.shell import ShellState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = LearnAssessmentsState


@page(
    "/learn/courses/[course_id]/assessments",
    title="Assessments",
    roles=(Role.STUDENT,),
    on_load=LearnAssessmentsState.load,
)
def student_assessments() -> rx.Component:
    """What there is to do, by due time."""
    return page_body(
        _S,
        beacon(_S.refresh, every=60),
        channel(ShellState.learner_channel, on_change=_S.refresh, events=[GradeReleased], enabled=_S.loaded),
        rx.el.div(
            page_header(
                _("Assessments"),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/learn/courses"),
                    (_S.course_title, f"/learn/courses/{_S.course_id}"),
                    current=_("Assessments"),
                ),
            ),
            learn_tabs(_S.course_id, "assessments"),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ul(
                    rx.foreach(_S.rows, _row),
                    class_name="flex list-none flex-col gap-3 p-0",
                ),
                empty_state(
                    _("Nothing to do yet"),
                    description=_(
                        "Quizzes and assignments appear here as soon as your teacher publishes them."
                    ),
                    icon="clipboard-check",
                ),
            ),
            class_name="flex flex-col gap-6",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-56"),
            skeleton_card(class_name="mt-8"),
            skeleton_card(class_name="mt-3"),
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.a(
                    row["title"],
                    href=row["href"],
                    class_name=(
                        "rounded-sm text-base font-semibold text-ink no-underline hover:text-accent "
                        "after:absolute after:inset-0 after:rounded-xl"
                    ),
                ),
                badge(row["status"], tone=row["tone"], dot=True),
                class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
            ),
            rx.el.p(row["kind"], " · ", row["details"], class_name="mt-1 text-sm text-ink-muted"),
            class_name="min-w-0 flex-1 basis-64",
        ),
        rx.el.p(
            icon("clock", class_name="text-ink-muted"),
            row["due"],
            class_name="flex items-center gap-2 text-sm text-ink",
        ),
        key=row["id"],
        class_name=(
            "relative flex flex-wrap items-center gap-x-6 gap-y-2 rounded-xl border border-line bg-surface px-5 py-4 "
            "shadow-sm transition-colors focus-within:border-accent hover:border-line-strong"
        ),
    )
