"""The teacher's courses, with search and the dialog for a new one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    button,
    dialog,
    empty_state,
    page_header,
    pager,
    search_input,
    skeleton,
    skeleton_card,
    text_input,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.home import course_card
from eduplatform.security.permissions import Role
from eduplatform.state.courses import CourseListState

_S: Any = CourseListState


@page("/teach/courses", title="Courses", roles=(Role.TEACHER,), on_load=_S.load)
def teach_courses() -> rx.Component:
    """All courses of the teacher."""
    return page_body(
        _S,
        page_header(
            _("Courses"),
            description=_("Everything that you own or teach."),
            actions=[button(_("New course"), variant="primary", icon="plus", on_click=_S.open_create)],
        ),
        rx.el.div(
            search_input(
                placeholder=_("Search by title, code or subject"),
                on_change=_S.search,
                class_name="max-w-md",
            ),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ul(
                    rx.foreach(_S.rows, lambda course: course_card(course, heading=rx.el.h2)),
                    class_name="mt-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-3",
                ),
                rx.cond(_S.query != "", _nothing_found(), _no_courses()),
            ),
            rx.cond(
                _S.pages > 1,
                pager(
                    page_text=_S.page_text,
                    has_previous=_S.page > 1,
                    has_next=_S.page < _S.pages,
                    on_previous=_S.turn(_S.page - 1),
                    on_next=_S.turn(_S.page + 1),
                    label=_("Pages of courses"),
                    class_name="mt-6",
                ),
                rx.fragment(),
            ),
            class_name="mt-8",
        ),
        _create_dialog(),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-48"),
            skeleton(class_name="mt-8 h-10 w-full max-w-md"),
            rx.el.div(
                skeleton_card(),
                skeleton_card(),
                skeleton_card(),
                class_name="mt-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-3",
            ),
        ),
    )


def _nothing_found() -> rx.Component:
    return empty_state(
        _("No course matches"),
        description=_("Try another word, or part of the course's code."),
        icon="search",
    )


def _no_courses() -> rx.Component:
    return empty_state(
        _("No courses yet"),
        description=_("A course holds lessons, questions and quizzes. You can change everything later."),
        icon="book-open",
        actions=[
            button(
                _("Create your first course"),
                variant="primary",
                icon="plus",
                on_click=_S.open_create,
            )
        ],
    )


def _create_dialog() -> rx.Component:
    errors = _S.errors
    return dialog(
        rx.el.form(
            text_input(
                name="title",
                id=field_id("new-course-title"),
                label=_("Title"),
                required=True,
                max_length=160,
                error=errors["title"],
            ),
            rx.el.div(
                text_input(
                    name="code",
                    id=field_id("new-course-code"),
                    label=_("Course code"),
                    hint=_("Short and unique, for example BIO-9."),
                    required=True,
                    max_length=40,
                    error=errors["code"],
                ),
                text_input(
                    name="subject",
                    id=field_id("new-course-subject"),
                    label=_("Subject"),
                    hint=_("For example Biology."),
                    optional=True,
                    max_length=80,
                    error=errors["subject"],
                ),
                class_name="grid gap-5 sm:grid-cols-2",
            ),
            textarea(
                name="summary",
                id=field_id("new-course-summary"),
                label=_("What is it about?"),
                hint=_("One or two sentences that students see first."),
                optional=True,
                rows=3,
                max_length=4000,
                error=errors["summary"],
            ),
            id="new-course-form",
            on_submit=_S.create,
            class_name="flex flex-col gap-5",
        ),
        title=_("New course"),
        id="create-course",
        open=_S.creating,
        on_close=_S.close_create,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Create course"), type="submit", variant="primary", form="new-course-form"),
        ],
    )
