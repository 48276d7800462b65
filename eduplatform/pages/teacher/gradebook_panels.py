"""What opens over the gradebook: a cell with its history, a column in numbers, a total with its steps."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.charts import chart_figure
from eduplatform.components.text import _
from eduplatform.components.ui import badge, button, button_link, callout, dialog, text_input, textarea


def panels(state: Any) -> rx.Component:
    """The three panels of the gradebook; at most one is open."""
    return rx.fragment(_cell(state), _column(state), _total(state))


def _cell(state: Any) -> rx.Component:
    cell = state.cell
    return dialog(
        rx.cond(
            cell["href"] != "",
            button_link(_("Open on the grading desk"), cell["href"], icon="clipboard-check"),
        ),
        rx.cond(
            cell["anonymous"],
            rx.el.p(
                _("Names are hidden in grading: nothing of this work is shown until its grade is visible."),
                class_name="mt-3 text-sm text-ink-muted",
            ),
        ),
        rx.cond(cell["planned"] != "", badge(cell["planned"], tone="info", icon="clock", class_name="mt-3")),
        rx.el.form(
            textarea(
                name="reason",
                label=rx.cond(
                    cell["excused"], _("Why the excuse is taken back"), _("Why the student is excused")
                ),
                hint=_("Kept in the history of the grade."),
                error=state.errors["reason"],
                required=True,
                rows=2,
                max_length=500,
            ),
            rx.el.div(
                button(
                    rx.cond(cell["excused"], _("Take excuse back"), _("Excuse from this work")),
                    variant="primary",
                    type="submit",
                ),
                class_name="flex justify-end",
            ),
            on_submit=state.excuse,
            key=cell["user_id"].to(str) + cell["assessment_id"].to(str),
            class_name="mt-4 flex flex-col gap-4",
        ),
        rx.cond(
            state.events.length() > 0,
            rx.el.section(
                rx.el.h3(_("History"), class_name="mb-2 text-sm font-semibold text-ink"),
                rx.el.ol(rx.foreach(state.events, _event), class_name="flex flex-col gap-3"),
                class_name="mt-6",
            ),
        ),
        title=cell["student"],
        description=cell["title"],
        id="gradebook-cell",
        open=state.panel == "cell",
        on_close=state.close,
    )


def _event(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(row["what"], class_name="font-medium"),
            " · ",
            row["change"],
            class_name="text-sm text-ink",
        ),
        rx.el.p(row["who"], " · ", row["when"], class_name="text-xs text-ink-muted"),
        rx.cond(row["reason"] != "", rx.el.p("“", row["reason"], "”", class_name="text-sm text-ink")),
        key=row["id"],
        class_name="border-s-2 border-line ps-3",
    )


def _column(state: Any) -> rx.Component:
    column = state.column
    return dialog(
        rx.el.dl(
            rx.foreach(
                column["facts"].to(list[list[str]]),
                lambda fact: rx.el.div(
                    rx.el.dt(fact[0], class_name="text-xs text-ink-muted"),
                    rx.el.dd(fact[1], class_name="font-medium text-ink tabular-nums"),
                ),
            ),
            class_name="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3",
        ),
        rx.cond(
            state.chart != "",
            rx.el.div(
                chart_figure(
                    state.chart,
                    caption=_("Students by percent of the points"),
                    columns=state.chart_heads,
                    rows=state.chart_rows,
                ),
                class_name="mt-6",
            ),
            rx.el.p(_("Nobody has a number here yet."), class_name="mt-6 text-ink-muted"),
        ),
        rx.cond(
            column["unreleased"].to(int) > 0,
            callout(
                rx.el.p(_("Grades that students do not see yet: {count}", count=column["unreleased"])),
                tone="info",
                actions=[button(_("Release to students"), on_click=state.release_column)],
                class_name="mt-6",
            ),
        ),
        title=column["title"],
        id="gradebook-column",
        open=state.panel == "column",
        on_close=state.close,
        footer=[
            rx.cond(
                column["desk"] != "",
                button_link(_("Open on the grading desk"), column["desk"], icon="clipboard-check"),
            ),
            button(_("Order by this column"), icon="arrow-up-down", on_click=state.order_by_column),
        ],
        size="lg",
    )


def _total(state: Any) -> rx.Component:
    total = state.total
    return dialog(
        rx.el.p(
            rx.cond(total["total"] != "", total["total"], "–"),
            class_name="text-3xl font-semibold tracking-tight text-ink tabular-nums",
        ),
        rx.cond(
            total["entered"],
            rx.el.p(
                _("Entered by a teacher. Worked out from the grades: {percent}", percent=total["worked_out"]),
                class_name="mt-1 text-sm text-ink-muted",
            ),
        ),
        rx.el.h3(_("How this total came about"), class_name="mt-5 mb-2 text-sm font-semibold text-ink"),
        rx.el.ol(
            rx.foreach(state.steps, lambda step: rx.el.li(step)),
            class_name="flex list-decimal flex-col gap-1.5 ps-5 text-ink",
        ),
        _total_form(state),
        rx.cond(
            state.trail.length() > 0,
            rx.el.section(
                rx.el.h3(_("History"), class_name="mb-2 text-sm font-semibold text-ink"),
                rx.el.ol(rx.foreach(state.trail, _entry), class_name="flex flex-col gap-3"),
                class_name="mt-6",
            ),
        ),
        title=total["student"],
        description=total["period"],
        id="gradebook-total",
        open=state.panel == "total",
        on_close=state.close,
    )


def _total_form(state: Any) -> rx.Component:
    total = state.total
    return rx.el.details(
        rx.el.summary(
            rx.cond(total["entered"], _("Change or take back the entered total"), _("Enter another total")),
            class_name="w-fit cursor-pointer rounded-sm font-medium text-accent",
        ),
        rx.el.form(
            rx.cond(state.errors["form"], callout(state.errors["form"], tone="danger")),
            text_input(
                name="percent",
                label=_("Total in percent"),
                default_value=total["percent"],
                error=state.errors["percent"],
                input_mode="decimal",
                required=True,
            ),
            textarea(
                name="reason",
                label=_("Reason"),
                hint=_("The student reads it, and it stays in the history."),
                error=state.errors["reason"],
                required=True,
                rows=2,
                max_length=500,
            ),
            rx.el.div(
                button(_("Enter total"), variant="primary", type="submit"), class_name="flex justify-end"
            ),
            on_submit=state.enter_total,
            key=total["user_id"].to(str) + total["number"].to(str),
            class_name="mt-4 flex flex-col gap-4",
        ),
        rx.cond(
            total["entered"],
            rx.el.form(
                textarea(
                    name="reason",
                    id="total-back-reason",
                    label=_("Why the entered total is taken back"),
                    required=True,
                    rows=2,
                    max_length=500,
                ),
                rx.el.div(button(_("Take entered total back"), type="submit"), class_name="flex justify-end"),
                on_submit=state.take_back_total,
                class_name="mt-6 flex flex-col gap-4 border-t border-line pt-4",
            ),
        ),
        class_name="mt-6",
    )


def _entry(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(row["what"], class_name="text-sm font-medium text-ink"),
        rx.el.p(row["who"], " · ", row["when"], class_name="text-xs text-ink-muted"),
        rx.el.p("“", row["reason"], "”", class_name="text-sm text-ink"),
        key=row["id"],
        class_name="border-s-2 border-line ps-3",
    )
