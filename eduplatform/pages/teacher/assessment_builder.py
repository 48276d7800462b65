"""Building an assessment: settings, questions, publication."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
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
)
from eduplatform.pages.registry import page
from eduplatform.pages.teacher.assessment_pools import pool_dialog
from eduplatform.pages.teacher.assessment_questions import picker, questions
from eduplatform.pages.teacher.assessment_settings import settings_form
from eduplatform.security.permissions import Role
from eduplatform.state.builder import BuilderState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = BuilderState

_ONE = _S.settings


@page(
    "/teach/assessments/[assessment_id]",
    title="Assessment",
    roles=(Role.TEACHER,),
    on_load=BuilderState.load,
)
def assessment_builder() -> rx.Component:
    """Set it up, fill it, let it out."""
    course = f"/teach/courses/{_S.course_id}"
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _ONE["title"],
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (_S.course_title, course),
                    (_("Assessments"), f"{course}/assessments"),
                    current=_ONE["title"],
                ),
                meta=[
                    rx.cond(
                        _ONE["published"],
                        badge(_("Published"), tone="success", dot=True),
                        badge(_("Draft"), dot=True),
                    ),
                    badge(_ONE["kind_name"], tone="accent"),
                ],
            ),
            rx.el.div(
                rx.el.div(
                    questions(), settings_form(), class_name="flex min-w-0 flex-1 basis-96 flex-col gap-6"
                ),
                rx.el.aside(
                    _publication(),
                    class_name="w-full shrink-0 lg:sticky lg:top-20 lg:w-80",
                    aria_label=_("Publication"),
                ),
                class_name="flex flex-col-reverse items-start gap-6 lg:flex-row",
            ),
            class_name="flex flex-col gap-6",
        ),
        picker(),
        pool_dialog(),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"),
            rx.el.div(
                skeleton(class_name="h-96 flex-1"),
                skeleton(class_name="h-56 w-full lg:w-80"),
                class_name="mt-8 flex flex-col gap-6 lg:flex-row",
            ),
        ),
    )


def _publication() -> rx.Component:
    return card(
        rx.el.dl(
            _fact(_("Questions"), _S.questions),
            _fact(_("Points"), _ONE["points"]),
            _fact(_("Students who have begun"), _S.started),
            class_name="flex flex-col gap-2 text-sm",
        ),
        rx.cond(_ONE["published"], _published(), _unpublished()),
        title=_("Publication"),
        class_name="w-full",
    )


def _fact(name: rx.Var[str], value: object) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="text-ink-muted"),
        rx.el.dd(value, class_name="font-medium text-ink tabular-nums"),
        class_name="flex items-baseline justify-between gap-4",
    )


def _unpublished() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _S.problems.length() > 0,
            rx.el.div(
                rx.el.p(_("Before you can publish:"), class_name="text-sm font-medium text-ink"),
                rx.el.ul(
                    rx.foreach(_S.problems, _problem),
                    class_name="mt-2 flex list-none flex-col gap-2 p-0",
                ),
                id="publish-problems",
            ),
            rx.el.p(
                icon("circle-check", class_name="mt-[3px] text-success"),
                rx.el.span(_("Ready. Students of the course will see it at once.")),
                class_name="flex items-start gap-2 text-sm text-ink",
            ),
        ),
        button(
            _("Publish"),
            variant="primary",
            icon="send",
            full_width=True,
            disabled=_S.problems.length() > 0,
            on_click=_S.publish,
            id="publish",
        ),
        class_name="mt-5 flex flex-col gap-4 border-t border-line pt-5",
    )


def _problem(text: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        icon("circle-alert", class_name="mt-[3px] text-warning"),
        rx.el.span(text),
        class_name="flex items-start gap-2 text-sm text-ink",
    )


def _published() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _S.started > 0,
            callout(
                _(
                    "It can no longer be withdrawn. Title, instructions, dates and further attempts "
                    "can still change."
                ),
                title=_n("{count} student has begun.", "{count} students have begun.", count=_S.started),
            ),
            rx.fragment(
                rx.el.p(
                    _(
                        "Title, instructions, dates and further attempts can change now. To change anything "
                        "else, withdraw it: nobody has begun."
                    ),
                    class_name="text-sm text-ink-muted",
                ),
                button(_("Withdraw"), icon="undo-2", full_width=True, opens="withdraw-dialog"),
                confirm_dialog(
                    id="withdraw-dialog",
                    title=_("Withdraw this assessment?"),
                    message=_(
                        "Students will no longer see it. Nothing is lost, and you can publish it again."
                    ),
                    confirm_label=_("Withdraw"),
                    on_confirm=_S.unpublish,
                    danger=False,
                ),
            ),
        ),
        button_link(
            _("Live monitor"),
            f"/teach/assessments/{_ONE['id']}/monitor",
            icon="activity",
            full_width=True,
            id="open-monitor",
        ),
        button_link(
            _("Dates and support"),
            f"/teach/assessments/{_ONE['id']}/exceptions",
            icon="calendar",
            full_width=True,
        ),
        button_link(
            _("Correct a question"),
            f"/teach/assessments/{_ONE['id']}/regrade",
            icon="refresh-cw",
            full_width=True,
        ),
        button_link(
            _("All assessments"),
            f"/teach/courses/{_S.course_id}/assessments",
            variant="quiet",
            full_width=True,
        ),
        class_name="mt-5 flex flex-col gap-3 border-t border-line pt-5",
    )
