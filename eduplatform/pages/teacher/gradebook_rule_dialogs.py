"""Dialogs of the grading rules: a category, a period, a column of one's own."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import (
    button,
    checkbox,
    date_time_input,
    dialog,
    number_input,
    select,
    text_input,
)


def dialogs(state: Any) -> rx.Component:
    """The three dialogs of the page; at most one is open."""
    return rx.fragment(_category(state), _period(state), _manual(state))


def _buttons(removal: rx.Component | None, label: Any) -> rx.Component:
    return rx.el.div(
        removal or rx.fragment(),
        button(label, variant="primary", type="submit", class_name="ms-auto"),
        class_name="flex flex-wrap gap-3",
    )


def _category(state: Any) -> rx.Component:
    row = state.category
    return dialog(
        rx.el.form(
            text_input(
                name="name",
                label=_("Name"),
                default_value=row["name"],
                error=state.errors["name"],
                required=True,
                max_length=80,
            ),
            text_input(
                name="weight",
                label=_("Weight in percent"),
                hint=_("Of extra credit: the most that it can add."),
                default_value=row["weight"],
                error=state.errors["weight"],
                input_mode="decimal",
            ),
            rx.el.div(
                number_input(
                    name="drop_lowest",
                    label=_("Drop the lowest"),
                    default_value=row["drop_lowest"],
                    error=state.errors["drop_lowest"],
                    minimum=0,
                    maximum=20,
                ),
                number_input(
                    name="drop_highest",
                    label=_("Drop the highest"),
                    default_value=row["drop_highest"],
                    error=state.errors["drop_highest"],
                    minimum=0,
                    maximum=20,
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            checkbox(
                name="extra_credit",
                label=_("Extra credit: only ever adds to the total"),
                default_checked=row["extra_credit"],
            ),
            _buttons(
                rx.cond(
                    row["id"] != "",
                    button(_("Remove category"), variant="quiet", on_click=state.remove_category),
                ),
                _("Save category"),
            ),
            on_submit=state.save_category,
            key=row["id"].to(str) + state.dialog.to(str),
            class_name="flex flex-col gap-4",
        ),
        title=rx.cond(row["id"] != "", _("Edit category"), _("New category")),
        id="grading-category",
        open=state.dialog == "category",
        on_close=state.close,
    )


def _period(state: Any) -> rx.Component:
    return dialog(
        rx.el.form(
            select(
                name="term",
                label=_("Term of the organisation"),
                options=state.terms,
                placeholder=_("None: a period of its own"),
                error=state.errors["term"],
                hint=_("A term brings its name and its dates."),
            ),
            text_input(
                name="name", label=_("Name"), error=state.errors["name"], optional=True, max_length=80
            ),
            rx.el.div(
                date_time_input(
                    name="starts_on",
                    kind="date",
                    label=_("First day"),
                    error=state.errors["starts_on"],
                    optional=True,
                ),
                date_time_input(
                    name="ends_on",
                    kind="date",
                    label=_("Last day"),
                    error=state.errors["ends_on"],
                    optional=True,
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            _buttons(None, _("Add period")),
            on_submit=state.add_period,
            key=state.dialog,
            class_name="flex flex-col gap-4",
        ),
        title=_("New grading period"),
        description=_("Work belongs to the period of its date, unless you choose another one."),
        id="grading-period",
        open=state.dialog == "period",
        on_close=state.close,
    )


def _manual(state: Any) -> rx.Component:
    row = state.manual
    return dialog(
        rx.el.form(
            text_input(
                name="title",
                label=_("Title"),
                default_value=row["title"],
                error=state.errors["title"],
                required=True,
                max_length=160,
            ),
            rx.el.div(
                text_input(
                    name="points",
                    label=_("Points possible"),
                    default_value=row["points"],
                    error=state.errors["points"],
                    input_mode="decimal",
                    required=True,
                ),
                date_time_input(
                    name="on",
                    kind="date",
                    label=_("Date"),
                    default_value=row["on"],
                    error=state.errors["on"],
                    optional=True,
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            select(
                name="category",
                label=_("Category"),
                options=state.category_options,
                placeholder=_("No category"),
                default_value=row["category_id"],
                error=state.errors["category"],
            ),
            _buttons(
                rx.cond(
                    row["id"] != "",
                    button(_("Remove column"), variant="quiet", on_click=state.remove_manual),
                ),
                _("Save column"),
            ),
            on_submit=state.save_manual,
            key=row["id"].to(str) + state.dialog.to(str),
            class_name="flex flex-col gap-4",
        ),
        title=rx.cond(row["id"] != "", _("Edit column"), _("New column")),
        description=_("For something done outside, such as a talk. You enter its grades in the gradebook."),
        id="grading-manual",
        open=state.dialog == "manual",
        on_close=state.close,
    )
