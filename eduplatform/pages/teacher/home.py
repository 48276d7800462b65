"""A teacher's start page: what waits, the courses, what is due."""

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
    empty_state,
    icon,
    link,
    page_header,
    section_header,
    skeleton,
    skeleton_card,
    skeleton_stat,
    skeleton_table,
    stat,
    stat_row,
)
from eduplatform.pages.registry import page
from eduplatform.pages.teacher.course_tools import publication_badge
from eduplatform.realtime.events import WorkArrived
from eduplatform.security.permissions import Role
from eduplatform.state.courses import TeachHomeState
from eduplatform.state.shell import ShellState

_S: Any = TeachHomeState

REFRESH_SECONDS = 15


@page("/teach", title="Home", roles=(Role.TEACHER,), on_load=_S.load)
def teach_home() -> rx.Component:
    """What waits for the teacher."""
    return rx.fragment(
        beacon(_S.refresh, every=REFRESH_SECONDS, while_live=60, enabled=_S.loaded),
        rx.foreach(
            _S.courses,
            lambda course: channel(
                channel_name("staff", course["id"]), on_change=_S.refresh, events=[WorkArrived]
            ),
        ),
        page_body(
            _S,
            page_header(
                _("Welcome back, {name}", name=ShellState.name),
                actions=[
                    rx.cond(
                        _S.total > 0,
                        button_link(_("New course"), "/teach/courses?new=1", icon="plus"),
                        rx.fragment(),
                    )
                ],
            ),
            rx.cond(_S.total > 0, _overview(), _first_run()),
            skeleton=_skeleton(),
        ),
    )


def _overview() -> rx.Component:
    return rx.el.div(
        stat_row(
            stat(
                _("Waiting to be graded"),
                _S.to_grade,
                icon="clipboard-check",
                hint=rx.cond(
                    _S.to_grade > 0,
                    _("Answers that need your judgement"),
                    _("Nothing waits for you"),
                ),
            ),
            stat(_("Courses"), _S.total, icon="book-open", hint=_("Courses you own or teach")),
            stat(
                _("Due within three weeks"),
                _S.due.length(),
                icon="calendar",
                hint=_("Quizzes, exams and assignments"),
            ),
        ),
        rx.el.div(
            rx.el.section(
                section_header(
                    _("Your courses"),
                    actions=[link(_("All courses"), "/teach/courses", class_name="text-sm")],
                ),
                rx.el.ul(
                    rx.foreach(_S.courses, course_card),
                    class_name="mt-4 grid gap-4 sm:grid-cols-2",
                ),
                class_name="min-w-0",
            ),
            _due_list(),
            class_name="mt-10 grid items-start gap-8 lg:grid-cols-[minmax(0,2fr)_minmax(17rem,1fr)]",
        ),
        class_name="mt-8",
    )


def course_card(course: Any, *, heading: Any = rx.el.h3) -> rx.Component:
    """A course of the teacher, as a card in a list; ``heading`` is one level below the list's own."""
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(course["code"], class_name="truncate text-xs font-medium text-ink-muted"),
                publication_badge(course["published"]),
                class_name="flex items-center justify-between gap-3",
            ),
            heading(
                link(
                    course["title"],
                    f"/teach/courses/{course['id']}",
                    plain=True,
                    class_name="after:absolute after:inset-0 after:rounded-xl",
                ),
                class_name="mt-2 text-base leading-snug font-semibold text-ink",
            ),
            rx.el.ul(
                rx.foreach(
                    course["sections"],
                    lambda name: rx.el.li(name, class_name="truncate text-sm text-ink-muted"),
                ),
                class_name="mt-1 empty:hidden",
            ),
            class_name="flex-1",
        ),
        rx.el.div(
            _fact("users", _n("{count} student", "{count} students", count=course["students"])),
            _fact("file-text", _n("{count} lesson", "{count} lessons", count=course["lessons"])),
            rx.cond(
                course["to_grade"] > 0,
                badge(
                    _("{count} to grade", count=course["to_grade"]), tone="warning", icon="clipboard-check"
                ),
                rx.fragment(),
            ),
            class_name="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-ink-muted",
        ),
        key=course["id"],
        class_name=(
            "relative flex min-w-0 flex-col rounded-xl border border-line bg-surface p-5 shadow-sm transition-colors "
            "hover:border-line-strong"
        ),
    )


def _fact(name: str, text: Any) -> rx.Component:
    return rx.el.span(icon(name), text, class_name="inline-flex items-center gap-1.5")


def _due_list() -> rx.Component:
    return card(
        rx.cond(
            _S.due.length() > 0,
            rx.el.ul(rx.foreach(_S.due, _due_row), class_name="divide-y divide-line"),
            empty_state(
                _("Nothing is due soon"),
                description=_("Published quizzes and assignments with a due date appear here."),
                icon="calendar",
            ),
        ),
        title=_("Coming due"),
        flush=True,
    )


def _due_row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            link(
                row["title"],
                f"/teach/courses/{row['course_id']}/assessments",
                plain=True,
                class_name="text-sm font-medium",
            ),
            rx.el.p(row["kind"], " · ", row["course"], class_name="mt-0.5 truncate text-xs text-ink-muted"),
            class_name="min-w-0",
        ),
        rx.el.div(
            rx.el.p(row["distance"], title=row["due"], class_name="text-sm text-ink"),
            rx.el.p(
                _("{done} of {total} handed in", done=row["handed_in"], total=row["students"]),
                class_name="mt-0.5 text-xs text-ink-muted tabular-nums",
            ),
            class_name="shrink-0 text-end",
        ),
        key=row["id"],
        class_name="flex items-start justify-between gap-4 px-5 py-3.5 sm:px-6",
    )


def _first_run() -> rx.Component:
    steps = (
        (
            "book-open",
            _("Write"),
            _("Modules and lessons in plain markdown, with formulas, code and pictures."),
        ),
        (
            "list-checks",
            _("Ask"),
            _("A bank of questions, and quizzes that score themselves where that is possible."),
        ),
        ("users", _("Invite"), _("Each class has a code. Students type it once and are in.")),
    )
    return card(
        empty_state(
            _("Your first course starts here"),
            description=_("Make a course, add a class, and give its code to your students."),
            icon="sparkles",
            actions=[
                button_link(
                    _("Create your first course"),
                    "/teach/courses?new=1",
                    variant="primary",
                    icon="plus",
                    size="lg",
                )
            ],
        ),
        rx.el.ol(
            *[
                rx.el.li(
                    rx.el.span(
                        icon(name, size="md"),
                        class_name="grid size-10 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent",
                    ),
                    rx.el.div(
                        rx.el.p(title, class_name="text-sm font-semibold text-ink"),
                        rx.el.p(text, class_name="mt-0.5 text-sm text-ink-muted"),
                    ),
                    class_name="flex gap-3.5",
                )
                for name, title, text in steps
            ],
            class_name="grid gap-6 border-t border-line pt-6 sm:grid-cols-3",
        ),
        class_name="mt-8",
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        skeleton(class_name="h-8 w-72 max-w-full"),
        rx.el.div(
            skeleton_stat(), skeleton_stat(), skeleton_stat(), class_name="mt-8 grid gap-4 sm:grid-cols-3"
        ),
        rx.el.div(
            rx.el.div(skeleton_card(), skeleton_card(), class_name="grid gap-4 sm:grid-cols-2"),
            skeleton_table(rows=4),
            class_name="mt-10 grid gap-8 lg:grid-cols-[minmax(0,2fr)_minmax(17rem,1fr)]",
        ),
    )
