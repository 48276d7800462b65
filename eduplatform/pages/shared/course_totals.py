"""Totals of courses with their steps in words, for student and guardian."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _


def course_totals(courses: Any) -> rx.Component:
    """A card for each course that has a total; nothing without one."""
    return rx.cond(
        courses.length() > 0,
        rx.el.section(
            rx.el.h2(_("Totals"), class_name="sr-only"),
            rx.foreach(courses, _course),
            class_name="grid items-start gap-4 sm:grid-cols-2 xl:grid-cols-3",
        ),
    )


def _course(course: Any) -> rx.Component:
    return rx.el.article(
        rx.el.h3(course["title"], class_name="font-semibold text-ink"),
        rx.foreach(course["totals"], _total),
        key=course["id"],
        class_name="ui-card flex flex-col gap-3 rounded-xl border border-line bg-surface p-5 shadow-sm",
    )


def _total(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.p(row["name"], class_name="text-sm text-ink"),
                rx.el.p(row["dates"], class_name="text-xs text-ink-muted empty:hidden"),
                class_name="min-w-0",
            ),
            rx.el.p(
                rx.el.span(row["percent"], class_name="text-lg font-semibold text-ink tabular-nums"),
                rx.cond(
                    row["letter"] != "",
                    rx.el.span(
                        row["letter"],
                        class_name="rounded bg-accent-soft px-2 py-0.5 text-sm font-semibold text-accent",
                    ),
                ),
                class_name="flex shrink-0 items-center gap-2",
            ),
            class_name="flex items-center justify-between gap-4",
        ),
        rx.cond(
            row["reason"] != "",
            rx.el.p(
                _("Entered by a teacher: {reason}", reason=row["reason"]),
                class_name="mt-1 text-sm text-ink-muted",
            ),
        ),
        rx.el.details(
            rx.el.summary(
                rx.cond(
                    row["reason"] != "",
                    _("How it would be without the teacher's entry"),
                    _("How this total came about"),
                ),
                class_name=(
                    "w-fit cursor-pointer rounded-sm py-1 text-sm font-medium text-accent hover:text-accent-strong "
                    "pointer-coarse:py-2.5"
                ),
            ),
            rx.el.ol(
                rx.foreach(row["steps"], lambda step: rx.el.li(step)),
                class_name="mt-1 flex list-decimal flex-col gap-1 ps-5 text-sm text-ink-muted",
            ),
        ),
        key=row["id"],
        class_name="border-t border-line pt-3",
    )
