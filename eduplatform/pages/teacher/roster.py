"""The people of a course."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    avatar,
    badge,
    button_link,
    confirm_dialog,
    empty_state,
    icon_button,
    search_input,
    select,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.course_tools import course_header, course_skeleton
from eduplatform.security.permissions import Role
from eduplatform.state.roster import RosterState

_S: Any = RosterState


@page(
    "/teach/courses/[course_id]/people",
    title="People of a course",
    roles=(Role.TEACHER,),
    on_load=_S.load,
)
def roster() -> rx.Component:
    """Who takes and who teaches the course."""
    return page_body(
        _S,
        course_header(_S.course, "people"),
        rx.el.div(
            search_input(
                placeholder=_("Search by name or email"),
                on_change=_S.search,
                class_name="min-w-56 flex-1",
            ),
            select(
                name="section",
                id=field_id("roster-section"),
                options=_S.sections,
                placeholder=_("All classes"),
                value=_S.section,
                on_change=_S.choose_section,
                aria_label=_("Class"),
                class_name="min-w-44",
            ),
            class_name="mb-4 flex flex-wrap gap-3",
        ),
        data_table(
            [
                Column("name", _("Name"), render=_person, row_header=True),
                Column("section", _("Class")),
                Column("read", _("Lessons read"), render=_read, align="end"),
                Column("joined", _("Since")),
            ],
            _S.rows,
            row_key="id",
            caption=_("People of this course"),
            row_actions=_remove,
            paging=Paging(_S.page, _S.pages, _S.turn, _S.page_text),
            empty=rx.cond(_S.query != "", _("Nobody matches."), _nobody()),
        ),
        confirm_dialog(
            id="remove-student",
            title=_("Take {name} off the class?", name=_S.removing_name),
            message=_(
                "Work and grades stay. While joining is open, the class's code lets them come back; make a new code to prevent it."
            ),
            confirm_label=_("Take off the class"),
            open=_S.removing != "",
            on_close=_S.keep,
            on_confirm=_S.remove,
        ),
        skeleton=course_skeleton(),
    )


def _person(row: Any) -> rx.Component:
    return rx.el.div(
        avatar(row["name"], size="sm"),
        rx.el.div(
            rx.el.div(
                rx.el.span(row["name"], class_name="truncate"),
                rx.cond(row["teacher"], badge(_("Teacher"), tone="accent"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(row["email"], class_name="truncate text-xs font-normal text-ink-muted"),
            class_name="min-w-0",
        ),
        class_name="flex items-center gap-3",
    )


def _read(row: Any) -> rx.Component:
    return rx.cond(row["teacher"], rx.el.span("–", class_name="text-ink-muted"), rx.el.span(row["read"]))


def _remove(row: Any) -> rx.Component:
    return rx.cond(
        row["teacher"],
        rx.fragment(),
        rx.el.div(
            button_link(
                _("Support"),
                f"/support/{row['user_id']}",
                size="sm",
                variant="quiet",
                icon="timer",
                aria_label=_("Support of {name}", name=row["name"]),
            ),
            icon_button(
                "x",
                label=_("Take {name} off the class", name=row["name"]),
                size="sm",
                on_click=_S.ask_remove(row["id"]),
            ),
            class_name="flex items-center justify-end",
        ),
    )


def _nobody() -> rx.Component:
    return empty_state(
        _("Nobody is here yet"),
        description=_("Give your students the code of a class; they join by typing it."),
        icon="users",
        actions=[button_link(_("Show the codes"), f"/teach/courses/{_S.course['id']}", icon="key-round")],
    )
