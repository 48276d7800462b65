"""A class at work on a quiz or an exam, as it happens."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.layout.plain import form_alert
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel
from eduplatform.components.live.countdown import countdown
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    checkbox,
    confirm_dialog,
    dialog,
    empty_state,
    icon,
    menu,
    menu_item,
    number_input,
    page_header,
    progress,
    select,
    skeleton,
    skeleton_table,
    stat,
    stat_row,
    textarea,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.monitor import MonitorState

_S: Any = MonitorState

_RE_READ_SECONDS = 20
_EXTEND_FORM = "extend-form"


@page(
    "/teach/assessments/[assessment_id]/monitor",
    title="Live monitor",
    roles=(Role.TEACHER,),
    on_load=_S.load,
)
def assessment_monitor() -> rx.Component:
    """Who works, how far they are, how long they have, and who needs attention."""
    course = f"/teach/courses/{_S.course_id}"
    return page_body(
        _S,
        channel(_S.channel, on_change=_S.refresh),
        beacon(_S.refresh, every=_RE_READ_SECONDS),
        rx.el.div(
            page_header(
                _S.title,
                description=_("The class at work, as it happens."),
                breadcrumb=breadcrumb(
                    (_S.course_title, course),
                    (_("Assessments"), f"{course}/assessments"),
                    (_S.title, f"/teach/assessments/{_S.assessment_id}"),
                    current=_("Live monitor"),
                ),
                meta=[badge(_S.kind, tone="accent")],
                actions=[
                    button(
                        rx.cond(
                            _S.chosen.length() > 0,
                            _n(
                                "More time for {count} student",
                                "More time for {count} students",
                                count=_S.chosen.length(),
                            ),
                            _("More time for all"),
                        ),
                        icon="timer",
                        variant="primary",
                        disabled=_S.working == 0,
                        on_click=_S.ask_extend(""),
                        id="extend-open",
                    ),
                ],
            ),
            stat_row(
                stat(_("Working"), _S.working, icon="pencil"),
                stat(_("Need attention"), _S.attention, icon="triangle-alert"),
                stat(_("Handed in"), _S.handed_in, icon="circle-check"),
                stat(_("Not begun"), _S.not_started, icon="clock"),
            ),
            _choices(),
            data_table(
                [
                    Column("name", _("Name"), render=_name, row_header=True),
                    Column("status", _("Status"), render=_status),
                    Column("answered", _("Progress"), render=_progress, class_name="min-w-44"),
                    Column("deadline", _("Time left"), render=_time, align="end"),
                ],
                _S.rows,
                row_key="id",
                caption=_("Students and how far they are"),
                row_actions=_actions,
                paging=Paging(_S.page, _S.pages, _S.turn, _S.page_text),
                empty=empty_state(
                    _("Nobody takes this course yet"),
                    description=_("Students appear here as soon as they join a class of the course."),
                    icon="users",
                    actions=[button_link(_("Show the codes"), course, icon="key-round")],
                ),
            ),
            class_name="flex flex-col gap-6",
        ),
        _extend_dialog(),
        confirm_dialog(
            id="end-attempt",
            title=_("End the attempt of {name} now?", name=_S.ending_name),
            message=_(
                "What is saved is handed in, and what is being typed is taken along while the page is open. "
                "This cannot be undone."
            ),
            confirm_label=_("End now"),
            open=_S.ending != "",
            on_close=_S.stay,
            on_confirm=_S.end,
        ),
        skeleton=rx.el.div(skeleton(class_name="h-8 w-64"), skeleton_table(rows=8, class_name="mt-8")),
    )


def _choices() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _S.sections.length() > 1,
            select(
                name="section",
                id=field_id("monitor-section"),
                options=_S.sections,
                placeholder=_("All classes"),
                value=_S.section,
                on_change=_S.choose_section,
                aria_label=_("Class"),
                class_name="min-w-44",
            ),
            rx.fragment(),
        ),
        select(
            name="sorting",
            id=field_id("monitor-sorting"),
            options=[
                ("attention", _("Who needs attention first")),
                ("progress", _("Least progress first")),
                ("time", _("Least time left first")),
                ("name", _("By name")),
            ],
            value=_S.sorting,
            on_change=_S.sort,
            aria_label=_("Order"),
            class_name="min-w-56",
        ),
        class_name="flex flex-wrap items-center gap-3",
    )


def _name(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            row["timed"],
            checkbox(
                name="picked",
                id="pick-" + row["id"],
                label=_("Choose {name}", name=row["name"]),
                hide_label=True,
                checked=_S.chosen.contains(row["attempt_id"]),
                on_change=lambda on: _S.pick(row["attempt_id"], on),
            ),
            rx.el.span(class_name="inline-block w-5 shrink-0 max-md:hidden"),
        ),
        rx.el.div(
            rx.el.p(row["name"], class_name="truncate font-medium text-ink"),
            rx.el.p(row["section"], class_name="truncate text-xs font-normal text-ink-muted"),
            class_name="min-w-0",
        ),
        class_name="flex items-center gap-3",
    )


def _status(row: Any) -> rx.Component:
    return rx.el.div(
        badge(row["status"], tone=row["tone"], dot=True),
        rx.cond(
            row["connection"] != "",
            rx.el.p(
                rx.cond(
                    row["here"],
                    icon("circle-dot", class_name="text-success"),
                    icon("circle", class_name="text-ink-muted"),
                ),
                row["connection"],
                class_name="mt-1 flex items-center gap-1.5 text-xs text-ink-muted max-md:justify-end",
            ),
            rx.fragment(),
        ),
    )


def _progress(row: Any) -> rx.Component:
    return rx.cond(
        row["progress"] != "",
        rx.el.div(
            progress(
                row["answered"],
                maximum=rx.cond(row["questions"] > 0, row["questions"], 1),
                label=row["name"],
                value_text=row["progress"],
                hide_label=True,
                id="progress-" + row["id"],
            ),
            rx.el.p(
                row["progress"], " · ", row["saved"], class_name="mt-1 text-xs text-ink-muted tabular-nums"
            ),
            class_name="min-w-40",
        ),
        rx.el.span("–", class_name="text-ink-muted"),
    )


def _time(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            row["deadline"] != "",
            countdown(row["deadline"], now=_S.now),
            rx.el.span(rx.cond(row["running"], _("No limit"), "–"), class_name="text-ink-muted"),
        ),
        rx.cond(
            row["extra"] != "",
            rx.el.p(row["extra"], class_name="text-xs font-medium text-success"),
            rx.fragment(),
        ),
    )


def _actions(row: Any) -> rx.Component:
    return rx.cond(
        row["running"],
        menu(
            rx.cond(
                row["timed"],
                menu_item(_("More time"), icon="timer", on_click=_S.ask_extend(row["attempt_id"])),
                rx.fragment(),
            ),
            menu_item(_("End now"), icon="circle-x", danger=True, on_click=_S.ask_end(row["attempt_id"])),
            id="watched-" + row["id"],
            label=_("More about {name}", name=row["name"]),
            icon="ellipsis",
            icon_only=True,
            variant="quiet",
            size="sm",
        ),
        rx.fragment(),
    )


def _extend_dialog() -> rx.Component:
    return dialog(
        rx.cond(
            _S.extending,
            rx.el.form(
                number_input(
                    name="minutes",
                    id=field_id("extend-minutes"),
                    label=_("Minutes"),
                    hint=_(
                        "Students with extended time get their share on top: double time makes 10 minutes 20."
                    ),
                    default_value="10",
                    minimum=1,
                    maximum=240,
                    required=True,
                    error=_S.errors["minutes"],
                ),
                textarea(
                    name="reason",
                    id=field_id("extend-reason"),
                    label=_("Reason"),
                    hint=_("It is kept in the audit trail."),
                    required=True,
                    rows=2,
                    error=_S.errors["reason"],
                ),
                form_alert(_S.errors["form"]),
                id=_EXTEND_FORM,
                on_submit=_S.extend,
                class_name="flex flex-col gap-5",
            ),
            rx.fragment(),
        ),
        title=_("Give more time"),
        description=_S.extending_for,
        id="extend-dialog",
        open=_S.extending,
        on_close=_S.stay,
        size="sm",
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Give time"), type="submit", variant="primary", form=_EXTEND_FORM, id="extend-submit"),
        ],
    )
