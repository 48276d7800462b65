"""The live lessons of a course: begin one, and look back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.layout.plain import form_alert
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    dialog,
    empty_state,
    link,
    radio_group,
    select,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.course_tools import course_header, course_skeleton
from eduplatform.security.permissions import Role
from eduplatform.state.live_lessons import LiveLessonsState

_S: Any = LiveLessonsState
_FORM = "live-start-form"


@page(
    "/teach/courses/[course_id]/live",
    title="Live lessons",
    roles=(Role.TEACHER,),
    on_load=_S.load,
)
def live_lessons() -> rx.Component:
    """What was live, and what is."""
    start = button(
        _("Start a live lesson"),
        icon="play",
        variant="primary",
        disabled=(_S.lessons.length() == 0) | (_S.sections.length() == 0),
        on_click=_S.ask,
        id="live-open",
    )
    return page_body(
        _S,
        course_header(_S.course, "live", actions=[start]),
        rx.cond(
            (_S.lessons.length() == 0) & (_S.rows.length() == 0),
            empty_state(
                _("Publish a lesson first"),
                description=_("A live lesson shows the class a published lesson, block by block."),
                icon="file-text",
            ),
            data_table(
                [
                    Column("lesson", _("Lesson"), render=_lesson, row_header=True),
                    Column("section", _("Class")),
                    Column("when", _("Begun")),
                    Column("people", _("Students"), align="end"),
                    Column("polls", _("Polls"), align="end"),
                ],
                _S.rows,
                row_key="id",
                caption=_("Live lessons of this course"),
                paging=Paging(_S.page, _S.pages, _S.turn, _S.page_text),
                empty=empty_state(
                    _("No live lesson yet"),
                    description=_(
                        "Lead the class through a lesson: their pages follow, they raise hands and answer polls."
                    ),
                    icon="activity",
                ),
            ),
        ),
        _start_dialog(),
        skeleton=course_skeleton(),
    )


def _lesson(row: Any) -> rx.Component:
    return rx.el.div(
        link(row["lesson"], f"/teach/live/{row['id']}", class_name="font-medium"),
        rx.cond(row["running"], badge(_("Live now"), tone="danger", dot=True), rx.fragment()),
        class_name="flex flex-wrap items-center gap-2",
    )


def _start_dialog() -> rx.Component:
    return dialog(
        rx.cond(
            _S.starting,
            rx.el.form(
                form_alert(_S.errors["form"]),
                select(
                    name="lesson",
                    id=field_id("live-lesson"),
                    label=_("Lesson"),
                    options=_S.lessons,
                    placeholder=_("Choose a lesson"),
                    required=True,
                    error=_S.errors["lesson"],
                ),
                select(
                    name="section",
                    id=field_id("live-section"),
                    label=_("Class"),
                    options=_S.sections,
                    placeholder=_("Choose a class"),
                    required=True,
                    error=_S.errors["section"],
                ),
                class_view_choice("live-view", default_value="none"),
                id=_FORM,
                on_submit=_S.start,
                class_name="flex flex-col gap-5",
            ),
            rx.fragment(),
        ),
        title=_("Start a live lesson"),
        id="live-start",
        open=_S.starting,
        on_close=_S.stay,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Start"), type="submit", variant="primary", form=_FORM, id="live-start-submit"),
        ],
    )


def class_view_choice(id: str, **props: Any) -> rx.Component:
    """What students of a live lesson see of each other."""
    return radio_group(
        name="class_view",
        id=id,
        label=_("What students see of each other"),
        options=[
            ("none", _("Nothing"), _("Only you see hands and who is here.")),
            ("hands", _("How many hands are up"), _("A number, no names.")),
            ("names", _("Names of raised hands"), _("Without those who hide their presence.")),
        ],
        **props,
    )
