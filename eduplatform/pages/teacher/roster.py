"""The people of a course."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    avatar,
    badge,
    button,
    button_link,
    confirm_dialog,
    dialog,
    empty_state,
    menu,
    menu_item,
    menu_link,
    search_input,
    section_header,
    select,
    switch,
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
        course_header(
            _S.course,
            "people",
            actions=[
                button_link(
                    _("Import people"),
                    f"/teach/courses/{_S.course['id']}/people/import?section={_S.section}",
                    icon="upload",
                )
            ],
        ),
        beacon(_S.refresh, every=30),
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
            switch(
                name="removed",
                id=field_id("roster-removed"),
                label=_("Show who was taken off"),
                checked=_S.removed,
                on_change=_S.show_removed,
            ),
            class_name="mb-4 flex flex-wrap items-center gap-3",
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
            row_actions=_actions,
            paging=Paging(_S.page, _S.pages, _S.turn, _S.page_text),
            empty=rx.cond(
                _S.removed,
                _("Nobody was taken off."),
                rx.cond(_S.query != "", _("Nobody matches."), _nobody()),
            ),
        ),
        _waiting(),
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
        _move_dialog(),
        skeleton=course_skeleton(),
    )


def _person(row: Any) -> rx.Component:
    return rx.el.div(
        avatar(row["name"], size="sm"),
        rx.el.div(
            rx.el.div(
                rx.el.span(row["name"], class_name="truncate"),
                rx.cond(row["teacher"], badge(_("Teacher"), tone="accent"), rx.fragment()),
                rx.cond(row["online"], badge(_("Online"), tone="success", dot=True), rx.fragment()),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(row["email"], class_name="truncate text-xs font-normal text-ink-muted"),
            class_name="min-w-0",
        ),
        class_name="flex items-center gap-3",
    )


def _read(row: Any) -> rx.Component:
    return rx.cond(row["teacher"], rx.el.span("–", class_name="text-ink-muted"), rx.el.span(row["read"]))


def _actions(row: Any) -> rx.Component:
    return rx.cond(
        row["teacher"],
        rx.fragment(),
        rx.cond(
            _S.removed,
            button(_("Bring back"), size="sm", icon="undo-2", on_click=_S.restore(row["id"])),
            menu(
                rx.cond(
                    _S.sections.length() > 1,
                    menu_item(
                        _("Move to another class"), icon="arrow-right", on_click=_S.ask_move(row["id"])
                    ),
                    rx.fragment(),
                ),
                menu_link(_("Support"), f"/support/{row['user_id']}", icon="timer"),
                menu_item(_("Take off the class"), icon="x", danger=True, on_click=_S.ask_remove(row["id"])),
                id=f"person-{row['id']}",
                label=_("More about {name}", name=row["name"]),
                icon="ellipsis",
                icon_only=True,
                variant="quiet",
                size="sm",
            ),
        ),
    )


def _move_dialog() -> rx.Component:
    form = "move-student-form"
    return dialog(
        rx.cond(
            _S.moving != "",
            rx.el.form(
                select(
                    name="section",
                    id=field_id("move-section"),
                    label=_("Class"),
                    options=_S.targets,
                    placeholder=_("Choose a class"),
                    required=True,
                    error=_S.errors["section"],
                ),
                select(
                    name="reason",
                    id=field_id("move-reason"),
                    label=_("Reason"),
                    hint=_("It is kept in the audit trail."),
                    options=[
                        ("timetable", _("Timetable")),
                        ("level", _("Level")),
                        ("request", _("Asked for by the student or the family")),
                        ("mistake", _("Was in the wrong class")),
                        ("other", _("Another reason")),
                    ],
                    placeholder=_("Choose a reason"),
                    required=True,
                    error=_S.errors["reason"],
                ),
                id=form,
                on_submit=_S.move,
                class_name="flex flex-col gap-5",
            ),
            rx.fragment(),
        ),
        title=_("Move {name}", name=_S.moving_name),
        description=_("Attempts, grades and progress move along, because they belong to the course."),
        id="move-student",
        open=_S.moving != "",
        on_close=_S.stay,
        size="sm",
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Move"), type="submit", variant="primary", form=form),
        ],
    )


def _waiting() -> rx.Component:
    return rx.cond(
        _S.waiting.length() > 0,
        rx.el.section(
            section_header(
                _("Invited, not here yet"),
                description=_(
                    "They join their class when they accept the invitation that was mailed to them."
                ),
            ),
            rx.el.ul(
                rx.foreach(_S.waiting, _waiting_row),
                class_name="flex list-none flex-col divide-y divide-line rounded-xl border border-line bg-surface p-0",
            ),
            rx.cond(
                _S.waiting_more > 0,
                rx.el.p(
                    _n("and {count} more person", "and {count} more people", count=_S.waiting_more),
                    class_name="text-sm text-ink-muted",
                ),
                rx.fragment(),
            ),
            class_name="mt-8 flex flex-col gap-3",
        ),
        rx.fragment(),
    )


def _waiting_row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.cond(row["name"] != "", row["name"], row["email"]),
                class_name="truncate font-medium text-ink",
            ),
            rx.el.p(
                rx.cond(row["name"] != "", row["email"], ""),
                class_name="truncate text-sm text-ink-muted empty:hidden",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.p(
            _("{section}, invited {date}", section=row["section"], date=row["since"]),
            class_name="text-sm text-ink-muted",
        ),
        button(
            _("Withdraw"),
            size="sm",
            variant="quiet",
            aria_label=_(
                "Withdraw the place of {name}", name=rx.cond(row["name"] != "", row["name"], row["email"])
            ),
            on_click=_S.withdraw(row["id"]),
        ),
        class_name="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3",
    )


def _nobody() -> rx.Component:
    return empty_state(
        _("Nobody is here yet"),
        description=_("Give your students the code of a class; they join by typing it."),
        icon="users",
        actions=[button_link(_("Show the codes"), f"/teach/courses/{_S.course['id']}", icon="key-round")],
    )
