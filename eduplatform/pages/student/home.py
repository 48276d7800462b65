"""A student's start page: what to do next and why."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button_link,
    card,
    empty_state,
    icon,
    link,
    page_header,
    progress,
    section_header,
    skeleton,
    skeleton_card,
    skeleton_table,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.announcement_parts import announcement_strip
from eduplatform.pages.student.join_dialog import join_button, join_dialog
from eduplatform.security.permissions import Role
from eduplatform.state.learning import LearnHomeState
from eduplatform.state.shell import ShellState

_S: Any = LearnHomeState

REFRESH_SECONDS = 10

_ICONS = (("running", "timer"), ("due", "calendar"), ("grade", "award"), ("lesson", "book-open"))


@page("/learn", title="Home", roles=(Role.STUDENT,), on_load=_S.load)
def learn_home() -> rx.Component:
    """The next step first, then the rest."""
    return rx.fragment(
        beacon(_S.refresh, every=REFRESH_SECONDS, enabled=_S.loaded),
        page_body(
            _S,
            page_header(
                _("Hello, {name}", name=ShellState.name),
                actions=[rx.cond(_S.courses.length() > 0, join_button(), rx.fragment())],
            ),
            rx.el.div(announcement_strip(), class_name="mt-6 empty:hidden"),
            rx.cond(_S.courses.length() > 0, _overview(), _first_run()),
            join_dialog(),
            skeleton=_skeleton(),
        ),
    )


def _overview() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _S.steps.length() > 0,
            rx.el.section(
                section_header(_("What to do next")),
                rx.el.ol(
                    rx.foreach(_S.steps, lambda step, index: _step(step, index == 0)),
                    class_name="mt-4 flex flex-col gap-3",
                ),
            ),
            card(
                empty_state(
                    _("You are up to date"),
                    description=_(
                        "Nothing is due, and you have read everything. New lessons and grades appear here."
                    ),
                    icon="circle-check",
                )
            ),
        ),
        rx.el.section(
            rx.el.div(
                rx.el.h2(_("Your courses"), class_name="text-base font-semibold text-ink"),
                link(_("All courses"), "/learn/courses", class_name="text-sm"),
                class_name="flex items-baseline justify-between gap-4",
            ),
            rx.el.ul(rx.foreach(_S.courses, taken_card), class_name="mt-4 flex flex-col gap-4"),
            class_name="min-w-0",
        ),
        class_name="mt-8 grid items-start gap-x-8 gap-y-10 lg:grid-cols-[minmax(0,2fr)_minmax(17rem,1fr)]",
    )


def _step(step: Any, first: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.match(
                step["kind"],
                *[(kind, icon(name, size="md")) for kind, name in _ICONS],
                icon("circle", size="md"),
            ),
            class_name=[
                "grid size-10 shrink-0 place-items-center rounded-lg",
                rx.match(
                    step["kind"],
                    ("running", "bg-danger-soft text-danger"),
                    (
                        "due",
                        rx.cond(step["urgent"], "bg-warning-soft text-warning", "bg-info-soft text-info"),
                    ),
                    ("grade", "bg-success-soft text-success"),
                    "bg-accent-soft text-accent",
                ),
            ],
        ),
        rx.el.div(
            rx.el.div(
                rx.el.h3(step["title"], class_name="text-base leading-snug font-semibold text-ink"),
                rx.match(
                    step["kind"],
                    ("running", badge(_("Running"), tone="danger", dot=True)),
                    ("grade", badge(_("New grade"), tone="success")),
                    ("due", rx.cond(step["urgent"], badge(_("Soon"), tone="warning"), rx.fragment())),
                    rx.fragment(),
                ),
                class_name="flex flex-wrap items-center gap-x-2.5 gap-y-1",
            ),
            rx.el.p(step["why"], class_name="mt-0.5 text-sm text-ink"),
            rx.el.p(step["course"], class_name="mt-0.5 text-xs text-ink-muted"),
            class_name="min-w-0 flex-1 basis-52",
        ),
        rx.cond(
            first,
            button_link(step["action"], step["href"], variant="primary", icon_end="arrow-right"),
            button_link(step["action"], step["href"]),
        ),
        key=step["key"],
        class_name=[
            "flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border bg-surface p-4 shadow-sm sm:p-5",
            rx.cond(first, "border-accent", "border-line"),
        ],
    )


def taken_card(course: Any, *, heading: Any = rx.el.h3) -> rx.Component:
    """A course of the student, as a card in a list; ``heading`` is one level below the list's own."""
    return rx.el.li(
        rx.el.p(
            course["code"], " · ", course["section"], class_name="truncate text-xs font-medium text-ink-muted"
        ),
        heading(
            link(
                course["title"],
                f"/learn/courses/{course['id']}",
                plain=True,
                class_name="after:absolute after:inset-0 after:rounded-xl",
            ),
            class_name="mt-1.5 text-base leading-snug font-semibold text-ink",
        ),
        progress(
            course["read"],
            maximum=rx.cond(course["lessons"] > 0, course["lessons"], 1),
            label=_("Lessons read"),
            value_text=course["progress_text"],
            id=f"progress-{course['id']}",
            class_name="mt-4",
        ),
        key=course["id"],
        class_name=(
            "relative min-w-0 rounded-xl border border-line bg-surface p-5 shadow-sm transition-colors "
            "hover:border-line-strong"
        ),
    )


def _first_run() -> rx.Component:
    return card(
        empty_state(
            _("Join your first class"),
            description=_(
                "Your teacher gives you a code of eight letters and digits. With it you are in at once."
            ),
            icon="graduation-cap",
            actions=[join_button(variant="primary", size="lg")],
        ),
        class_name="mt-8",
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        skeleton(class_name="h-8 w-64 max-w-full"),
        rx.el.div(
            skeleton_table(rows=4),
            skeleton_card(),
            class_name="mt-8 grid gap-8 lg:grid-cols-[minmax(0,2fr)_minmax(17rem,1fr)]",
        ),
    )
