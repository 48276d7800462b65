"""A student's grades: what was released, newest first."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button_link,
    empty_state,
    page_header,
    pager,
    skeleton_table,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.course_totals import course_totals
from eduplatform.realtime.events import GradeReleased
from eduplatform.security.permissions import Role
from eduplatform.state.course_totals import OwnTotalsState
from eduplatform.state.grades import GradesState
from eduplatform.state.shell import ShellState

# The state's attributes are Vars here, which its annotations do not tell.
SLOWLY_SECONDS = 60
"""For what becomes visible at a planned time; what others do comes by the channel."""

_S: Any = GradesState
_T: Any = OwnTotalsState

STATUS_ICON = (
    ("graded", badge(_("Graded"), tone="success", icon="circle-check")),
    ("late", badge(_("Handed in late"), tone="warning", icon="clock")),
    ("missing", badge(_("Not handed in"), tone="danger", icon="circle-x")),
    ("excused", badge(_("Excused"), tone="info", icon="minus")),
)


def status_badge(status: Any) -> rx.Component:
    """A grade's status in a word and a sign, never in colour alone."""
    return rx.fragment(rx.match(status, *STATUS_ICON, rx.fragment()))


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.div(
                rx.el.div(
                    rx.el.span(row["title"], class_name="font-medium text-ink"),
                    rx.cond(row["new"], badge(_("New"), tone="accent", dot=True)),
                    class_name="flex flex-wrap items-center gap-x-2.5 gap-y-1",
                ),
                rx.el.p(
                    row["course"],
                    " · ",
                    row["kind"],
                    " · ",
                    row["released"],
                    class_name="mt-0.5 text-sm text-ink-muted",
                ),
                class_name="min-w-0 flex-1 basis-56",
            ),
            rx.el.div(
                status_badge(row["status"]),
                rx.el.div(
                    rx.el.span(row["score"], class_name="block font-semibold text-ink tabular-nums"),
                    rx.el.span(
                        row["percent"], class_name="block text-xs text-ink-muted tabular-nums empty:hidden"
                    ),
                    class_name="min-w-20 text-end",
                ),
                class_name="flex items-center justify-between gap-4 max-sm:w-full",
            ),
            href=f"/learn/grades/{row['id']}",
            class_name=(
                "flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-4 no-underline -outline-offset-2 "
                "hover:bg-sunken"
            ),
        ),
        key=row["id"],
        class_name="border-b border-line last:border-0",
    )


@page("/learn/grades", title="Grades", roles=[Role.STUDENT], on_load=[_S.load, _T.load])
def grades() -> rx.Component:
    """All grades of all courses."""
    return rx.el.div(
        rx.el.p(_S.announcement, role="status", aria_live="polite", class_name="sr-only"),
        page_body(
            _S,
            course_totals(_T.courses),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ul(
                    rx.foreach(_S.rows, _row),
                    class_name="ui-card overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
                ),
                empty_state(
                    _("No grades yet"),
                    description=_(
                        "Quizzes that score themselves appear as soon as you hand them in, other work when your teacher releases it."
                    ),
                    icon="award",
                    actions=[button_link(_("Go to your courses"), "/learn/courses")],
                ),
            ),
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
            skeleton=skeleton_table(rows=5),
            header=page_header(
                _("Grades"),
                description=_(
                    "Everything your teachers have released. New grades appear here by themselves."
                ),
            ),
        ),
        channel(
            ShellState.learner_channel,
            on_change=[_S.refresh, _T.refresh],
            events=[GradeReleased],
            enabled=_S.loaded,
        ),
        beacon([_S.refresh, _T.refresh], every=SLOWLY_SECONDS),
        class_name="flex flex-col gap-6",
    )
