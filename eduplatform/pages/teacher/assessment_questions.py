"""The questions of an assessment, and the window that takes them from the bank."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    button,
    button_link,
    callout,
    card,
    checkbox,
    dialog,
    empty_state,
    icon_button,
    pager,
    search_input,
    select,
    text_input,
)
from eduplatform.pages.teacher.assessment_pools import random_questions
from eduplatform.state.builder import BuilderState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = BuilderState

_ONE = _S.settings
_ERRORS = _S.errors


def questions() -> rx.Component:
    """The list, in order."""
    return card(
        rx.cond(
            _S.questions > 0,
            rx.el.ol(
                rx.foreach(_S.items, _item),
                rx.foreach(_S.pools, random_questions),
                class_name="flex list-none flex-col divide-y divide-line p-0",
                id="assessment-items",
            ),
            empty_state(
                _("No questions yet"),
                description=_("Take them from the question bank of this course."),
                icon="list-checks",
                actions=[_add_button("primary"), _random_button()],
            ),
        ),
        title=_("Questions"),
        description=_n(
            "{count} question, {points} points",
            "{count} questions, {points} points",
            count=_S.questions,
            points=_ONE["points"],
        ),
        actions=[
            rx.cond(
                _ONE["published"],
                rx.fragment(),
                rx.el.div(
                    _random_button(),
                    _add_button("secondary"),
                    class_name="flex flex-wrap gap-2",
                ),
            )
        ],
        flush=True,
    )


def _add_button(variant: Any) -> rx.Component:
    return button(_("Add questions"), icon="plus", variant=variant, on_click=_S.open_picker)


def _random_button() -> rx.Component:
    return button(_("Random questions"), icon="sparkles", variant="quiet", on_click=_S.open_pool(""))


def _item(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            row["number"],
            class_name=(
                "grid size-8 shrink-0 place-items-center rounded-full bg-sunken text-sm font-semibold text-ink-muted "
                "tabular-nums"
            ),
        ),
        rx.el.div(
            rx.el.a(
                row["excerpt"],
                href=f"/teach/questions/{row['question_id']}",
                class_name="line-clamp-2 rounded-sm font-medium text-ink no-underline hover:text-accent hover:underline",
            ),
            rx.el.div(
                rx.el.span(row["type"]),
                rx.cond(row["rubric"] != "", rx.el.span("· ", row["rubric"]), rx.fragment()),
                rx.cond(row["newer"], badge(_("A newer version exists"), tone="info"), rx.fragment()),
                class_name="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-muted",
            ),
            class_name="min-w-0 flex-1 basis-60",
        ),
        rx.cond(
            _ONE["published"],
            rx.el.span(_("Points: {points}", points=row["points"]), class_name="text-sm text-ink-muted"),
            _controls(row),
        ),
        key=row["id"],
        class_name="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4 sm:px-6",
    )


def _controls(row: Any) -> rx.Component:
    number = row["number"]
    return rx.el.div(
        rx.cond(
            row["essay"],
            rx.el.div(
                select(
                    name=f"rubric-{row['id']}",
                    options=_S.rubrics,
                    placeholder=_("No rubric"),
                    value=row["rubric_id"],
                    on_change=lambda value: _S.set_rubric(row["id"], value),
                    aria_label=_("Rubric of question {number}", number=number),
                ),
                class_name="w-44",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            text_input(
                name=f"points-{row['id']}",
                default_value=row["points"],
                key=f"{row['id']}-{row['points']}",
                on_blur=lambda value: _S.set_points(row["id"], value),
                aria_label=_("Points of question {number}", number=number),
                error=_ERRORS[f"points-{row['id']}"],
                input_mode="decimal",
                class_name="text-end tabular-nums",
            ),
            class_name="w-20",
        ),
        rx.el.span(_("points"), class_name="text-sm text-ink-muted"),
        rx.el.div(
            icon_button(
                "arrow-up",
                label=_("Move question {number} up", number=number),
                size="sm",
                disabled=row["first"],
                on_click=_S.move(row["id"], "up"),
            ),
            icon_button(
                "arrow-down",
                label=_("Move question {number} down", number=number),
                size="sm",
                disabled=row["last"],
                on_click=_S.move(row["id"], "down"),
            ),
            icon_button(
                "x",
                label=_("Take question {number} out", number=number),
                size="sm",
                on_click=_S.remove(row["id"]),
            ),
            class_name="flex",
        ),
        rx.cond(
            _ERRORS[f"points-{row['id']}"],
            rx.el.p(
                _ERRORS[f"points-{row['id']}"],
                role="alert",
                class_name="basis-full text-sm font-medium text-danger",
            ),
            rx.fragment(),
        ),
        class_name="flex flex-wrap items-center gap-2",
    )


def picker() -> rx.Component:
    """The bank, to take questions from."""
    return dialog(
        rx.el.div(
            search_input(
                name="bank-search",
                placeholder=_("Search in the questions"),
                on_change=_S.find,
            ),
            rx.cond(_ERRORS["form"], callout(_ERRORS["form"], tone="danger"), rx.fragment()),
            rx.cond(
                _S.found.length() > 0,
                rx.el.ul(
                    rx.foreach(_S.found, _candidate),
                    class_name="flex list-none flex-col divide-y divide-line rounded-xl border border-line p-0",
                ),
                empty_state(
                    _("Nothing to add"),
                    description=_("Every question that fits is in this assessment, or the bank is empty."),
                    icon="search",
                    actions=[
                        button_link(
                            _("Write a question"),
                            f"/teach/courses/{_S.course_id}/bank/new",
                            icon="plus",
                        )
                    ],
                ),
            ),
            rx.cond(
                _S.picker_pages > 1,
                pager(
                    page_text=_(
                        "Page {page} of {pages}",
                        page=_S.picker_page,
                        pages=_S.picker_pages,
                    ),
                    has_previous=_S.picker_page > 1,
                    has_next=_S.picker_page < _S.picker_pages,
                    on_previous=_S.go(_S.picker_page - 1),
                    on_next=_S.go(_S.picker_page + 1),
                    label=_("Pages of questions"),
                ),
                rx.fragment(),
            ),
            class_name="flex flex-col gap-4",
        ),
        title=_("Add questions"),
        description=_(
            "From the bank of this course. They come at the end, in the order in which you tick them."
        ),
        id="question-picker",
        open=_S.picking,
        on_close=_S.close_picker,
        size="lg",
        footer=[
            button(_("Cancel"), closes=True),
            button(
                _n("Add {count} question", "Add {count} questions", count=_S.picked.length()),
                variant="primary",
                disabled=_S.picked.length() == 0,
                on_click=_S.add_picked,
                id="add-picked",
            ),
        ],
    )


def _candidate(row: Any) -> rx.Component:
    return rx.el.li(
        checkbox(
            name=f"pick-{row['id']}",
            label=row["excerpt"],
            hint=rx.Var.create(f"{row['type']} · {_('Points: {points}', points=row['points'])}"),
            checked=_S.picked.contains(row["id"]),
            on_change=lambda now: _S.pick(row["id"], now),
        ),
        key=row["id"],
        class_name="px-4 py-3 has-checked:bg-accent-soft",
    )
