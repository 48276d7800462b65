"""A lesson to read."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.lesson.blocks import show_block
from eduplatform.components.lesson.live_seat import live_seat
from eduplatform.components.lesson.tutor_panel import tutor_button, tutor_panel
from eduplatform.components.live.reading_place import reading_place
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    breadcrumb,
    button,
    button_link,
    icon,
    link,
    progress,
    skeleton,
    skeleton_text,
)
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.live_seat import LiveSeatState
from eduplatform.state.reading import LessonState
from eduplatform.state.tutor import TutorState

_S: Any = LessonState

_LESSON = _S.lesson


@page(
    "/learn/lessons/[lesson_id]", title="Lesson", roles=(Role.STUDENT,), on_load=(_S.load, LiveSeatState.load)
)
def lesson() -> rx.Component:
    """The text, and nothing that disturbs reading it."""
    return page_body(
        _S,
        rx.el.div(
            rx.el.article(
                _head(),
                rx.cond(
                    _S.locks.length() > 0, _locked(), rx.fragment(_resume(), live_seat(), _text(), _end())
                ),
                class_name="mx-auto w-full max-w-[44rem]",
            ),
            # The tutor stands beside the text where there is room, and in its place where there is none.
            class_name=rx.cond(TutorState.open, "max-lg:invisible lg:pe-[26rem]", ""),
        ),
        rx.cond(_S.locks.length() > 0, rx.fragment(), rx.fragment(tutor_button(), tutor_panel())),
        skeleton=rx.el.div(
            skeleton(class_name="h-4 w-56"),
            skeleton(class_name="mt-5 h-9 w-4/5"),
            skeleton(class_name="mt-4 h-4 w-40"),
            skeleton_text(lines=9, class_name="mt-10"),
            class_name="mx-auto max-w-[44rem]",
        ),
    )


def _text() -> rx.Component:
    return rx.el.div(
        reading_place("lesson-text", subject=_LESSON["id"], on_reach=_S.reach),
        rx.foreach(
            _S.blocks,
            lambda one: rx.el.section(
                show_block(one, quiz_action=_("Open")),
                id=f"b-{one['id']}",
                key=one["id"],
                custom_attrs={"data-block": one["id"]},
                class_name=(
                    "scroll-mt-40 rounded-xl data-live-block:outline-2 data-live-block:outline-offset-8 "
                    "data-live-block:outline-accent"
                ),
            ),
        ),
        id="lesson-text",
        class_name="mt-8 flex flex-col gap-6 text-[1.0625rem] print:mt-4 print:text-[11pt]",
    )


def _resume() -> rx.Component:
    return rx.cond(
        _S.place != "",
        rx.el.p(
            icon("book-open", class_name="shrink-0 text-accent"),
            rx.el.a(
                _("Go on where you stopped"),
                href=f"#b-{_S.place}",
                id="lesson-resume",
                class_name="font-medium text-accent underline underline-offset-2 hover:text-accent-strong",
            ),
            class_name=(
                "mt-6 flex items-center gap-2.5 rounded-xl bg-accent-soft px-5 py-3 text-sm print:hidden"
            ),
        ),
        rx.fragment(),
    )


def _locked() -> rx.Component:
    return rx.el.section(
        rx.el.span(
            icon("lock", size="lg"),
            class_name="grid size-12 place-items-center rounded-xl border border-line bg-surface text-ink-muted shadow-sm",
        ),
        rx.el.h2(_("This lesson is not open to you yet"), class_name="mt-4 text-lg font-semibold text-ink"),
        rx.el.ul(
            rx.foreach(_S.locks, lambda one: rx.el.li(one)),
            class_name="mt-3 flex flex-col gap-1.5 text-center text-ink",
        ),
        button_link(
            _("Back to the course"),
            f"/learn/courses/{_LESSON['course_id']}",
            icon="arrow-left",
            class_name="mt-6",
        ),
        id="lesson-locked",
        class_name="mt-10 flex flex-col items-center px-4 py-8 text-center",
    )


def _head() -> rx.Component:
    return rx.el.header(
        rx.el.div(
            breadcrumb(
                (_("Courses"), "/learn/courses"),
                (_LESSON["course"], f"/learn/courses/{_LESSON['course_id']}"),
                current=_LESSON["title"],
            ),
            class_name="print:hidden",
        ),
        rx.el.p(
            _LESSON["module"],
            class_name="mt-6 text-sm font-medium text-accent print:mt-0",
        ),
        rx.el.h1(
            _LESSON["title"],
            class_name="mt-1.5 text-3xl leading-tight font-semibold tracking-tight text-balance text-ink sm:text-4xl",
        ),
        rx.el.div(
            rx.el.span(
                icon("clock"),
                _n("About {count} minute", "About {count} minutes", count=_LESSON["minutes"]),
                class_name="inline-flex items-center gap-1.5",
            ),
            rx.el.span(
                icon("file-text"),
                _("Lesson {number} of {total}", number=_LESSON["number"], total=_LESSON["total"]),
                class_name="inline-flex items-center gap-1.5",
            ),
            rx.cond(
                _LESSON["read"],
                rx.el.span(
                    icon("circle-check"),
                    _("Read"),
                    class_name="inline-flex items-center gap-1.5 text-success",
                ),
                rx.fragment(),
            ),
            link(
                _("Print view"),
                f"/print/lessons/{_LESSON['id']}",
                reload=True,
                class_name="text-sm print:hidden",
            ),
            class_name="mt-4 flex flex-wrap items-center gap-x-5 gap-y-2 text-sm text-ink-muted",
        ),
        rx.cond(
            _LESSON["objectives"].length() > 0,
            rx.el.section(
                rx.el.h2(
                    icon("target"),
                    _("After this lesson you can"),
                    class_name="flex items-center gap-2 text-sm font-semibold text-ink",
                ),
                rx.el.ul(
                    rx.foreach(
                        _LESSON["objectives"],
                        lambda one: rx.el.li(
                            icon("check", class_name="mt-[0.2rem] shrink-0 text-accent"),
                            rx.el.span(one),
                            class_name="flex gap-2.5",
                        ),
                    ),
                    class_name="mt-3 flex flex-col gap-2 text-sm text-ink",
                ),
                class_name="mt-7 rounded-xl border border-line bg-sunken/60 px-5 py-4 print:break-inside-avoid",
            ),
            rx.fragment(),
        ),
        class_name="border-b border-line pb-8 print:pb-4",
    )


def _end() -> rx.Component:
    return rx.el.footer(
        rx.el.div(
            rx.el.div(
                progress(
                    _S.read_count,
                    maximum=rx.cond(_LESSON["total"] > 0, _LESSON["total"], 1),
                    label=_LESSON["course"],
                    value_text=_S.progress_text,
                    id="lesson-progress",
                ),
                class_name="min-w-0 flex-1 basis-56",
            ),
            rx.cond(
                _LESSON["read"],
                button(
                    _("Not read yet"),
                    icon="x",
                    variant="quiet",
                    on_click=_S.mark(False),
                    id="lesson-mark",
                ),
                button(
                    _("Mark as read"),
                    icon="check",
                    variant="primary",
                    on_click=_S.mark(True),
                    id="lesson-mark",
                ),
            ),
            class_name="flex flex-wrap items-center gap-x-6 gap-y-4 rounded-xl border border-line bg-surface p-5 shadow-sm",
        ),
        rx.el.nav(
            _neighbour(_LESSON["previous"], _LESSON["previous_title"], _("Previous lesson"), forward=False),
            _neighbour(_LESSON["next"], _LESSON["next_title"], _("Next lesson"), forward=True),
            aria_label=_("Lessons beside this one"),
            class_name="mt-4 grid gap-3 sm:grid-cols-2",
        ),
        rx.cond(
            (_LESSON["next"] == "") & _LESSON["read"],
            rx.el.div(
                button_link(
                    _("Back to the course"), f"/learn/courses/{_LESSON['course_id']}", icon="arrow-left"
                ),
                class_name="mt-4",
            ),
            rx.fragment(),
        ),
        class_name="mt-12 print:hidden",
    )


def _neighbour(key: Any, title: Any, label: Any, *, forward: bool) -> rx.Component:
    side = "text-end sm:col-start-2" if forward else "text-start"
    return rx.cond(
        key != "",
        rx.el.a(
            rx.el.span(label, class_name="block text-xs text-ink-muted"),
            rx.el.span(title, class_name="mt-0.5 block truncate text-sm font-medium text-ink"),
            href=f"/learn/lessons/{key}",
            class_name=(
                f"min-w-0 rounded-xl border border-line bg-surface p-4 no-underline hover:border-line-strong {side}"
            ),
        ),
        rx.fragment(),
    )
