"""Who has handed in an assignment, who is late, who has begun, who has not."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    confirm_dialog,
    dialog,
    empty_state,
    menu,
    menu_item,
    menu_link,
    page_header,
    skeleton,
    skeleton_table,
    text_input,
    textarea,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.assignment_progress import AssignmentProgressState

_S: Any = AssignmentProgressState

_CHIP = (
    "inline-flex h-10 items-center gap-2 rounded-full border border-line bg-surface px-4 text-sm text-ink "
    "hover:border-line-strong aria-pressed:border-accent aria-pressed:bg-accent-soft pointer-coarse:h-11"
)


@page(
    "/teach/assignments/[assessment_id]/progress",
    title="Handed-in work",
    roles=(Role.TEACHER,),
    on_load=AssignmentProgressState.load,
)
def assignment_progress() -> rx.Component:
    """The class, one row each."""
    course = f"/teach/courses/{_S.course_id}"
    return page_body(
        _S,
        channel(channel_name("grading", _S.assessment_id), on_change=_S.refresh, enabled=_S.loaded),
        beacon(_S.refresh, every=60),
        rx.el.div(
            page_header(
                _S.title,
                description=_("Who has handed in, and who has not yet."),
                breadcrumb=breadcrumb(
                    (_S.course_title, course),
                    (_("Assessments"), f"{course}/assessments"),
                    (_S.title, f"/teach/assignments/{_S.assessment_id}"),
                    current=_("Handed-in work"),
                ),
                actions=[
                    rx.cond(
                        _S.published & (_S.waiting > 0),
                        button(_("Remind"), icon="bell", opens="remind-dialog", id="remind"),
                        rx.fragment(),
                    ),
                    button_link(
                        _("Grade"),
                        f"/teach/grading/{_S.assessment_id}",
                        variant="primary",
                        icon="clipboard-check",
                    ),
                ],
            ),
            rx.el.div(
                _chip("", _("All"), None),
                rx.foreach(_S.counts, _count),
                role="group",
                aria_label=_("Show"),
                class_name="flex flex-wrap gap-2",
            ),
            rx.cond(
                _S.rows.length() > 0,
                _table(),
                empty_state(
                    rx.cond(_S.only == "", _("Nobody takes this course yet"), _("Nobody at the moment")),
                    description=rx.cond(
                        _S.only == "",
                        _("Students appear here as soon as they join a class of the course."),
                        _("Choose another group of students above."),
                    ),
                    icon="users",
                ),
            ),
            class_name="flex flex-col gap-6",
        ),
        confirm_dialog(
            id="remind-dialog",
            title=_("Remind everybody who has not handed in?"),
            message=_n(
                "{count} student gets a notification that leads to the assignment.",
                "{count} students get a notification that leads to the assignment.",
                count=_S.waiting,
            ),
            confirm_label=_("Remind"),
            on_confirm=_S.remind,
            danger=False,
        ),
        _history(),
        _adjustment(),
        skeleton=rx.el.div(skeleton(class_name="h-8 w-56"), skeleton_table(rows=8, class_name="mt-8")),
    )


def _count(row: Any) -> rx.Component:
    return _chip(row["key"], row["label"], row["count"])


def _chip(key: Any, label: Any, count: Any) -> rx.Component:
    return rx.el.button(
        label,
        rx.el.span(count, class_name="font-semibold tabular-nums") if count is not None else rx.fragment(),
        type="button",
        aria_pressed=_S.only == key,
        on_click=_S.choose(key),
        class_name=_CHIP,
    )


def _table() -> rx.Component:
    return data_table(
        [
            Column("name", _("Student"), render=_name, row_header=True),
            Column("status", _("Status"), render=_status),
            Column("when", _("When"), render=_when),
            Column("actions", _("Actions"), render=_actions, hide_label=True, align="end"),
        ],
        _S.rows,
        row_key="id",
        caption=_("Students of this assignment"),
        paging=Paging(
            _S.page, _S.pages, _S.go, summary=_n("{count} student", "{count} students", count=_S.total)
        ),
    )


def _name(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(row["name"], class_name="text-ink"),
        rx.el.p(
            row["section"],
            rx.cond(row["group"] != "", rx.fragment(" · ", row["group"]), rx.fragment()),
            class_name="text-sm font-normal text-ink-muted",
        ),
    )


def _status(row: Any) -> rx.Component:
    return badge(row["status"], tone=row["tone"])


def _when(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(row["when"], class_name="whitespace-nowrap"),
        rx.el.p(row["details"], class_name="text-sm text-ink-muted empty:hidden"),
    )


def _actions(row: Any) -> rx.Component:
    return rx.cond(
        row["attempt_id"] != "",
        menu(
            rx.cond(
                row["submitted"],
                menu_link(_("Grade"), f"/teach/grading/{_S.assessment_id}?attempt={row['attempt_id']}"),
                rx.fragment(),
            ),
            menu_item(
                _("How it was written"), icon="clock", on_click=_S.look(row["attempt_id"], row["name"])
            ),
            rx.cond(
                row["submitted"] & row["grouped"],
                menu_item(
                    _("Adjust for this member"),
                    icon="sliders-horizontal",
                    on_click=_S.open_adjust(row["id"], row["attempt_id"], row["name"]),
                ),
                rx.fragment(),
            ),
            id="actions-" + row["id"].to(str),
            label=_("Actions for {name}", name=row["name"]),
            icon="ellipsis",
            icon_only=True,
        ),
        rx.fragment(),
    )


def _history() -> rx.Component:
    return dialog(
        rx.cond(
            _S.revisions.length() > 0,
            rx.el.ol(
                rx.foreach(_S.revisions, _revision),
                class_name="flex max-h-[60dvh] list-none flex-col divide-y divide-line overflow-auto p-0",
            ),
            rx.el.p(_("Nothing has been written yet."), class_name="text-sm text-ink-muted"),
        ),
        rx.cond(
            _S.revision_count > _S.revisions.length(),
            rx.el.p(
                _("The newest {count} are shown.", count=_S.revisions.length()),
                class_name="mt-3 text-sm text-ink-muted",
            ),
            rx.fragment(),
        ),
        title=_("How it was written: {name}", name=_S.looking),
        description=_(
            "When the draft was worked on and how many words it had. Students know that you see this."
        ),
        id="history-of-work",
        open=_S.looking != "",
        on_close=_S.close,
        footer=[button(_("Close"), closes=True)],
    )


def _revision(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(row["when"], class_name="min-w-0 flex-1 basis-48 text-ink"),
        rx.el.span(row["author"], class_name="text-ink-muted"),
        rx.el.span(row["words"], class_name="w-24 text-end text-ink tabular-nums"),
        rx.el.span(row["change"], class_name="w-14 text-end text-ink-muted tabular-nums"),
        key=row["id"],
        class_name="flex flex-wrap items-baseline gap-x-4 py-2.5 text-sm",
    )


def _adjustment() -> rx.Component:
    form = "adjust-form"
    return dialog(
        rx.el.form(
            text_input(
                name="points",
                id=field_id("adjust-points"),
                label=_("Points more or less than the group"),
                hint=_("For example -2 or 1.5; 0 takes an adjustment back."),
                input_mode="decimal",
                required=True,
                max_length=12,
                error=_S.errors["points"],
            ),
            textarea(
                name="reason",
                id=field_id("adjust-reason"),
                label=_("Why"),
                hint=_("The student reads it with the grade."),
                required=True,
                rows=3,
                max_length=500,
                error=_S.errors["reason"],
            ),
            id=form,
            on_submit=_S.adjust,
            key=_S.adjusting,
            class_name="flex flex-col gap-5",
        ),
        title=_("Adjust for {name}", name=_S.adjusting_name),
        id="adjust-dialog",
        open=_S.adjusting != "",
        on_close=_S.close,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Save"), variant="primary", type="submit", form=form),
        ],
    )
