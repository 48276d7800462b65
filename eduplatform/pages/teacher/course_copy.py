"""Copy a course for another term."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    breadcrumb,
    button,
    button_link,
    card,
    icon,
    page_header,
    skeleton,
    text_input,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.course_copy import CourseCopyState

_S: Any = CourseCopyState

_FORM = "copy-form"
_COURSE = _S.course
_ERRORS = _S.errors


@page("/teach/courses/[course_id]/copy", title="Copy course", roles=(Role.TEACHER,), on_load=_S.load)
def course_copy() -> rx.Component:
    """Name, first day, and what becomes of the dates."""
    original = f"/teach/courses/{_COURSE['id']}"
    return page_body(
        _S,
        page_header(
            _("Copy the course"),
            description=_COURSE["title"],
            breadcrumb=breadcrumb(
                (_("Courses"), "/teach/courses"), (_COURSE["title"], original), current=_("Copy")
            ),
        ),
        rx.el.div(
            rx.el.div(_form(original), _contents(), class_name="flex min-w-0 flex-col gap-6"),
            _dates(),
            class_name="mt-6 grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"), skeleton(class_name="mt-8 h-96 w-full rounded-xl!")
        ),
    )


def _form(original: Any) -> rx.Component:
    return card(
        rx.el.form(
            text_input(
                name="title",
                id=field_id("copy-title"),
                label=_("Title"),
                required=True,
                max_length=160,
                default_value=_COURSE["title"],
                error=_ERRORS["title"],
            ),
            text_input(
                name="code",
                id=field_id("copy-code"),
                label=_("Course code"),
                required=True,
                max_length=40,
                default_value=_S.proposed_code,
                error=_ERRORS["code"],
            ),
            rx.cond(
                _S.first_day != "",
                text_input(
                    name="starts_on",
                    id=field_id("copy-start"),
                    type="date",
                    label=_("First day of the copy"),
                    hint=_("In the original the first date is {day}.", day=_S.first_day_text),
                    default_value=_S.first_day,
                    on_change=_S.preview,
                    error=_ERRORS["starts_on"],
                ),
                rx.fragment(),
            ),
            rx.el.div(
                button_link(_("Cancel"), original),
                button(_("Copy the course"), type="submit", variant="primary", icon="copy", id="copy-now"),
                class_name="flex flex-wrap justify-end gap-3",
            ),
            id=_FORM,
            key=_COURSE["id"],
            on_submit=_S.copy,
            class_name="flex flex-col gap-5",
        ),
    )


def _contents() -> rx.Component:
    return card(
        rx.el.ul(
            _point(
                True,
                rx.fragment(
                    _n("{count} lesson", "{count} lessons", count=_S.lessons),
                    " ",
                    _("with modules, blocks, files and what opens them"),
                ),
            ),
            _point(True, _("Question banks, assessments, rubrics and comments")),
            _point(False, _("No classes, no students, no answers and no grades")),
            _point(False, _("No former versions: what is published becomes version 1")),
            class_name="flex flex-col gap-2.5 text-sm text-ink",
        ),
        title=_("What goes along"),
    )


def _point(along: bool, text: Any) -> rx.Component:
    mark = icon("check", class_name="mt-0.5 shrink-0 text-success")
    if not along:
        mark = icon("minus", class_name="mt-0.5 shrink-0 text-ink-muted")
    return rx.el.li(mark, rx.el.span(text), class_name="flex gap-2.5")


def _dates() -> rx.Component:
    return card(
        rx.cond(
            _S.dates.length() > 0,
            rx.el.div(
                rx.el.p(
                    _S.shift_text,
                    role="status",
                    id="copy-shift",
                    class_name="px-5 pb-3 text-sm text-ink sm:px-6",
                ),
                rx.el.div(
                    rx.el.table(
                        rx.el.thead(
                            rx.el.tr(
                                *[
                                    rx.el.th(
                                        text,
                                        scope="col",
                                        class_name=(
                                            "px-5 py-2 text-start text-xs font-medium text-ink-muted "
                                            "sm:not-first:ps-0 sm:first:px-6"
                                        ),
                                    )
                                    for text in (_("What"), _("Now"), _("In the copy"))
                                ]
                            )
                        ),
                        rx.el.tbody(rx.foreach(_S.dates, _date), class_name="divide-y divide-line"),
                        class_name="w-full text-sm",
                    ),
                    tab_index=0,
                    role="region",
                    aria_label=_("New dates"),
                    class_name="max-h-[36rem] overflow-auto border-t border-line",
                ),
            ),
            rx.el.p(
                _("Nothing in this course has a date, so there is nothing to move."),
                class_name="px-5 pb-5 text-sm text-ink-muted sm:px-6",
            ),
        ),
        title=_("New dates"),
        flush=True,
    )


def _date(line: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.el.span(line["title"], class_name="block font-medium text-ink"),
            rx.el.span(line["what"], class_name="text-xs text-ink-muted"),
            class_name="px-5 py-2.5 sm:px-6",
        ),
        rx.el.td(
            line["before"],
            class_name="px-5 py-2.5 align-top text-ink-muted tabular-nums sm:whitespace-nowrap sm:ps-0",
        ),
        rx.el.td(
            line["after"],
            class_name="px-5 py-2.5 align-top text-ink tabular-nums sm:whitespace-nowrap sm:ps-0",
        ),
        key=line["key"],
    )
