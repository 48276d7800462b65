"""What waits to be graded, across the teacher's courses."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    button_link,
    card,
    checkbox,
    empty_state,
    page_header,
    pager,
    select,
    skeleton,
    skeleton_table,
)
from eduplatform.components.ui.table import Column, data_table
from eduplatform.pages.registry import page
from eduplatform.realtime.events import WorkArrived
from eduplatform.security.permissions import Role
from eduplatform.state.grading import GradingQueueState

# The state's attributes are Vars here, which its annotations do not tell.
MOST_FOLLOWED = 20
"""Courses whose arrivals are shown at once; those of further ones within a minute."""

_S: Any = GradingQueueState


def _title(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.a(
            row["title"],
            href=row["href"],
            class_name="rounded-sm font-medium text-ink no-underline hover:text-accent hover:underline",
        ),
        rx.el.p(
            row["kind"], " · ", row["course"], class_name="mt-0.5 text-sm text-ink-muted max-md:text-start"
        ),
        class_name="min-w-0",
    )


def _waiting(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            row["ungraded"] > 0,
            badge(_n("{count} to grade", "{count} to grade", count=row["ungraded"]), tone="accent"),
            badge(_("All graded"), tone="success", icon="check"),
        ),
        rx.cond(
            row["late"] > 0,
            badge(_n("{count} late", "{count} late", count=row["late"]), tone="warning", icon="clock"),
        ),
        rx.cond(
            row["unreleased"] > 0,
            badge(
                _n("{count} not released", "{count} not released", count=row["unreleased"]), icon="eye-off"
            ),
        ),
        class_name="flex flex-wrap gap-1.5",
    )


def _filters() -> rx.Component:
    return card(
        rx.el.div(
            select(
                name="course",
                label=_("Course"),
                options=_S.courses,
                placeholder=_("All courses"),
                value=_S.course,
                on_change=_S.choose_course,
                field_class="w-full sm:w-72",
            ),
            rx.cond(
                _S.sections.length() > 0,
                select(
                    name="section",
                    label=_("Section"),
                    options=_S.sections,
                    placeholder=_("All sections"),
                    value=_S.section,
                    on_change=_S.choose_section,
                    field_class="w-full sm:w-48",
                ),
            ),
            select(
                name="show",
                label=_("Show"),
                options=[
                    ("all", _("Everything that waits")),
                    ("ungraded", _("To grade")),
                    ("unreleased", _("To release")),
                ],
                value=_S.show_only,
                on_change=_S.choose_show,
                field_class="w-full sm:w-52",
            ),
            checkbox(
                name="late",
                label=_("Only with late work"),
                checked=_S.late_only,
                on_change=_S.choose_late,
                class_name="sm:pb-2.5",
            ),
            class_name="flex flex-col gap-4 sm:flex-row sm:flex-wrap sm:items-end sm:gap-6",
        )
    )


def _list() -> rx.Component:
    return data_table(
        [
            Column("title", _("Work"), _title, row_header=True),
            Column("section", _("Section")),
            Column("ungraded", _("What waits"), _waiting),
            Column("oldest", _("Oldest")),
        ],
        _S.rows,
        row_key="key",
        caption=_("Work that waits for you"),
        row_actions=lambda row: button_link(
            rx.cond(row["ungraded"] > 0, _("Grade now"), _("Release")), row["href"], size="sm"
        ),
    )


def _empty() -> rx.Component:
    filtered = (_S.course != "") | _S.late_only | (_S.show_only != "all")
    return rx.cond(
        filtered,
        empty_state(
            _("Nothing matches"),
            description=_("Choose another course, or show work that was on time too."),
            icon="funnel",
        ),
        empty_state(
            _("Nothing waits for you"),
            description=_(
                "Essays and other answers that a person reads appear here as soon as students hand them in."
            ),
            icon="clipboard-check",
            actions=[button_link(_("Your courses"), "/teach/courses")],
        ),
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        skeleton(class_name="h-24 w-full rounded-xl!"),
        skeleton_table(rows=4),
        class_name="flex flex-col gap-6",
    )


@page(
    "/teach/grading",
    title="Grading desk",
    roles=[Role.TEACHER],
    on_load=_S.load,
)
def grading() -> rx.Component:
    """The queue."""
    return rx.el.div(
        page_body(
            _S,
            _filters(),
            rx.cond(_S.rows.length() > 0, _list(), _empty()),
            rx.cond(
                (_S.page > 1) | _S.has_next,
                pager(
                    page_text=_("Page {page}", page=_S.page),
                    has_previous=_S.page > 1,
                    has_next=_S.has_next,
                    on_previous=_S.turn(_S.page - 1),
                    on_next=_S.turn(_S.page + 1),
                ),
            ),
            rx.foreach(
                _S.courses[:MOST_FOLLOWED],
                lambda course: channel(
                    channel_name("staff", course["value"]), on_change=_S.refresh, events=[WorkArrived]
                ),
            ),
            beacon(_S.refresh, every=15, while_live=60),
            skeleton=_skeleton(),
            header=page_header(
                _("Grading desk"),
                description=_("What your students have handed in and a person has to read, oldest first."),
            ),
        ),
        class_name="flex flex-col gap-6",
    )
