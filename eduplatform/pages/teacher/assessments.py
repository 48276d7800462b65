"""The assessments of a course: what is out, what is due, what has come in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    dialog,
    empty_state,
    page_header,
    select,
    skeleton,
    skeleton_table,
    text_input,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.assessments import AssessmentsState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = AssessmentsState


@page(
    "/teach/courses/[course_id]/assessments",
    title="Assessments",
    roles=(Role.TEACHER,),
    on_load=AssessmentsState.load,
)
def teacher_assessments() -> rx.Component:
    """Quizzes, assignments, exams and practice of one course."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Assessments"),
                description=_("Quizzes, assignments, exams and practice of this course."),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (_S.course_title, f"/teach/courses/{_S.course_id}"),
                    current=_("Assessments"),
                ),
                actions=[
                    button(
                        _("New assessment"),
                        variant="primary",
                        icon="plus",
                        on_click=_S.open_create,
                    )
                ],
            ),
            course_tabs(_S.course_id, "assessments"),
            rx.cond(_S.total > 0, _table(), _nothing()),
            class_name="flex flex-col gap-6",
        ),
        _create_dialog(),
        skeleton=rx.el.div(skeleton(class_name="h-8 w-56"), skeleton_table(rows=6, class_name="mt-8")),
    )


def _table() -> rx.Component:
    return data_table(
        [
            Column("title", _("Title"), render=_title, row_header=True),
            Column("status", _("Status"), render=_status),
            Column("due", _("Due"), render=_due),
            Column("questions", _("Questions"), align="end"),
            Column("submitted", _("Handed in"), render=_submitted, align="end"),
        ],
        _S.rows,
        row_key="id",
        caption=_("Assessments of this course"),
        paging=Paging(
            _S.page,
            _S.pages,
            _S.go,
            summary=_n("{count} assessment", "{count} assessments", count=_S.total),
        ),
    )


def _title(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.a(
            row["title"],
            href=row["href"],
            class_name="rounded-sm text-ink no-underline hover:text-accent hover:underline",
        ),
        rx.el.p(row["kind"], class_name="text-sm font-normal text-ink-muted"),
    )


def _status(row: Any) -> rx.Component:
    return rx.cond(
        row["published"], badge(_("Published"), tone="success", dot=True), badge(_("Draft"), dot=True)
    )


def _due(row: Any) -> rx.Component:
    return rx.cond(
        row["due"] != "",
        rx.el.span(row["due"], class_name="whitespace-nowrap"),
        rx.el.span(_("No due date"), class_name="text-ink-muted"),
    )


def _submitted(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(row["submitted"]),
        rx.cond(
            row["to_grade"].to(int) > 0,
            badge(_("{count} to grade", count=row["to_grade"]), tone="warning"),
            rx.fragment(),
        ),
        class_name="flex flex-wrap items-center justify-end gap-2",
    )


def _nothing() -> rx.Component:
    return empty_state(
        _("No assessments yet"),
        description=_("Begin with a short quiz: give it a title, add questions of your bank, publish."),
        icon="clipboard-check",
        actions=[
            button(
                _("Make the first assessment"),
                variant="primary",
                icon="plus",
                on_click=_S.open_create,
            )
        ],
    )


def _create_dialog() -> rx.Component:
    form = "new-assessment"
    return dialog(
        rx.el.form(
            text_input(
                name="title",
                id=field_id("new-assessment-title"),
                label=_("Title"),
                required=True,
                max_length=160,
                error=_S.errors["title"],
            ),
            select(
                name="kind",
                id=field_id("new-assessment-kind"),
                label=_("Kind"),
                options=_S.kinds,
                error=_S.errors["kind"],
            ),
            id=form,
            on_submit=_S.create,
            class_name="flex flex-col gap-5",
        ),
        title=_("New assessment"),
        description=_("It begins as a draft that only you can see."),
        id="new-assessment-dialog",
        open=_S.creating,
        on_close=_S.close_create,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Create draft"), variant="primary", type="submit", form=form),
        ],
    )
