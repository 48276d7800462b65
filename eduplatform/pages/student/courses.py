"""The student's courses."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import empty_state, page_header, skeleton, skeleton_card
from eduplatform.pages.registry import page
from eduplatform.pages.student.home import taken_card
from eduplatform.pages.student.join_dialog import join_button, join_dialog
from eduplatform.security.permissions import Role
from eduplatform.state.learning import LearnCoursesState

_S: Any = LearnCoursesState


@page("/learn/courses", title="Courses", roles=(Role.STUDENT,), on_load=_S.load)
def learn_courses() -> rx.Component:
    """All courses that the student takes."""
    return page_body(
        _S,
        page_header(_("Courses"), description=_("What you are learning."), actions=[join_button()]),
        rx.cond(
            _S.courses.length() > 0,
            rx.el.ul(
                rx.foreach(_S.courses, lambda course: taken_card(course, heading=rx.el.h2)),
                class_name="mt-8 grid gap-4 sm:grid-cols-2 lg:grid-cols-3",
            ),
            empty_state(
                _("No courses yet"),
                description=_("Join a class with the code from your teacher. Its course then appears here."),
                icon="book-open",
                actions=[join_button(variant="primary")],
            ),
        ),
        join_dialog(),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-40"),
            rx.el.div(
                skeleton_card(),
                skeleton_card(),
                skeleton_card(),
                class_name="mt-8 grid gap-4 sm:grid-cols-2 lg:grid-cols-3",
            ),
        ),
    )
