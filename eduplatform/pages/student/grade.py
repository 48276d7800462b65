"""One grade, explained: the steps in words, then every question with what it brought."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.answer_text import STUDENT, answer_text
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    card,
    icon,
    page_header,
    skeleton,
    skeleton_card,
)
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.pages.student.grades import status_badge
from eduplatform.realtime.events import GradeReleased
from eduplatform.security.permissions import Role
from eduplatform.state.grades import GradeState
from eduplatform.state.shell import ShellState

# The state's attributes are Vars here, which its annotations do not tell.
SLOWLY_SECONDS = 60
"""For what becomes visible at a planned time; what others do comes by the channel."""

_S: Any = GradeState


def _summary() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.p(_("Your grade"), class_name="text-sm text-ink-muted"),
                rx.el.p(
                    _S.head["score"],
                    class_name="mt-1 text-3xl font-semibold tracking-tight text-ink tabular-nums",
                ),
                rx.el.p(_S.head["percent"], class_name="mt-0.5 text-ink-muted tabular-nums empty:hidden"),
                rx.el.div(status_badge(_S.head["status"]), class_name="mt-3"),
                class_name="sm:w-48 sm:shrink-0",
            ),
            rx.el.div(
                rx.el.h2(_("How this grade came about"), class_name="text-base font-semibold text-ink"),
                rx.el.ol(
                    rx.foreach(_S.steps, _step),
                    class_name="mt-3 flex flex-col gap-2.5",
                ),
                class_name="min-w-0 flex-1 sm:border-s sm:border-line sm:ps-8",
            ),
            class_name="flex flex-col gap-6 sm:flex-row sm:gap-8",
        ),
        footer=rx.el.p(
            rx.cond(
                _S.head["handed_in"] != "",
                rx.fragment(
                    _S.head["attempt"],
                    ", ",
                    _("handed in {time}", time=_S.head["handed_in"]),
                    " · ",
                ),
            ),
            _("Released {time}", time=_S.head["released"]),
        ),
    )


def _step(text: Any, index: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            index + 1,
            aria_hidden="true",
            class_name=(
                "grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent "
                "tabular-nums"
            ),
        ),
        rx.el.span(text, class_name="pt-0.5 text-ink"),
        class_name="flex items-start gap-3",
    )


def _question(row: Any) -> rx.Component:
    return rx.el.section(
        rx.el.header(
            rx.el.h3(
                _("Question {number}", number=row["number"]), class_name="text-base font-semibold text-ink"
            ),
            badge(row["outcome"], tone=row["tone"]),
            rx.el.span(row["score"], class_name="ms-auto font-semibold text-ink tabular-nums"),
            class_name="flex flex-wrap items-center gap-x-3 gap-y-1.5",
        ),
        rich_text(row["stem_html"], class_name="prose-compact"),
        rx.el.div(
            rx.el.p(_("Your answer"), class_name="mb-1.5 text-xs font-medium text-ink-muted"),
            rx.cond(
                row["blank"],
                rx.el.p(_("No answer"), class_name="text-ink-muted italic"),
                rx.fragment(
                    rx.cond(row["written"], answer_text(row["id"], source=STUDENT)),
                    rx.foreach(
                        row["answer"],
                        lambda text: rx.el.p(text, class_name="break-words whitespace-pre-wrap text-ink"),
                    ),
                ),
            ),
            class_name=rx.cond(row["written"], "", "rounded-lg bg-sunken px-4 py-3"),
        ),
        rx.cond(
            row["steps"].length() > 0,
            rx.el.ul(
                rx.foreach(row["steps"], lambda step: rx.el.li(step)),
                class_name="list-disc ps-5 text-sm text-ink-muted",
            ),
        ),
        rx.cond(row["levels"].length() > 0, _levels(row)),
        rx.cond(row["comment"] != "", _said(_("Your teacher wrote"), row["comment"])),
        rx.cond(
            row["feedback_html"] != "",
            rx.el.div(
                rx.el.p(_("About this question"), class_name="mb-1 text-xs font-medium text-ink-muted"),
                rich_text(row["feedback_html"], class_name="prose-compact"),
            ),
        ),
        key=row["id"],
        class_name="ui-card flex flex-col gap-4 rounded-xl border border-line bg-surface p-5 shadow-sm sm:p-6",
    )


def _levels(row: Any) -> rx.Component:
    return rx.el.dl(
        rx.foreach(
            row["levels"],
            lambda one: rx.el.div(
                rx.el.dt(one["title"], class_name="text-sm font-medium text-ink sm:w-40 sm:shrink-0"),
                rx.el.dd(
                    rx.el.span(one["level"], class_name="font-medium text-ink"),
                    rx.el.span(one["description"], class_name="mt-0.5 block text-ink-muted empty:hidden"),
                    class_name="min-w-0 flex-1 text-sm",
                ),
                rx.el.dd(one["points"], class_name="text-sm font-medium text-ink tabular-nums"),
                key=one["id"],
                class_name="flex flex-col gap-1 py-3 sm:flex-row sm:gap-4",
            ),
        ),
        aria_label=_("Rubric"),
        class_name="divide-y divide-line border-y border-line",
    )


def _said(title: Any, text: Any) -> rx.Component:
    return rx.el.blockquote(
        rx.el.p(
            icon("message-square", size="xs"),
            title,
            class_name="mb-1.5 flex items-center gap-1.5 text-xs font-medium text-accent",
        ),
        rx.el.p(text, class_name="break-words whitespace-pre-wrap text-ink"),
        class_name="rounded-lg border-s-4 border-accent bg-accent-soft px-4 py-3",
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        skeleton(class_name="h-52 w-full rounded-xl!"),
        skeleton_card(),
        class_name="flex flex-col gap-6",
    )


@page("/learn/grades/[grade_id]", title="Grade", roles=[Role.STUDENT], on_load=_S.load)
def grade() -> rx.Component:
    """A released grade with its explanation."""
    return rx.el.div(
        rx.el.p(_S.announcement, role="status", aria_live="polite", class_name="sr-only"),
        page_body(
            _S,
            _summary(),
            rx.cond(
                _S.results.length() > 0,
                rx.el.section(
                    rx.el.h2(_("Question by question"), class_name="text-lg font-semibold text-ink"),
                    rx.foreach(_S.results, _question),
                    class_name="flex flex-col gap-4",
                ),
            ),
            skeleton=_skeleton(),
            header=page_header(
                rx.cond(_S.loaded, _S.head["title"], _("Grade")),
                breadcrumb=breadcrumb(
                    (_("Grades"), "/learn/grades"),
                    current=rx.cond(_S.loaded, _S.head["title"], "…"),
                ),
                description=rx.cond(
                    _S.loaded,
                    _S.head["course"].to(str) + " · " + _S.head["kind"].to(str),
                    "",
                ),
            ),
        ),
        channel(ShellState.learner_channel, on_change=_S.refresh, events=[GradeReleased], enabled=_S.loaded),
        beacon(_S.refresh, every=SLOWLY_SECONDS),
        class_name="mx-auto flex max-w-4xl flex-col gap-6",
    )
