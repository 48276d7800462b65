"""The gradebook: students by assessments, with words and signs for every status."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.charts import chart_figure
from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    breadcrumb,
    button,
    button_link,
    card,
    dialog,
    empty_state,
    icon,
    page_header,
    pager,
    skeleton,
    skeleton_table,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.gradebook import GradebookState

# The state's attributes are Vars here, which its annotations do not tell.
_S: Any = GradebookState

_STICKY = "sticky start-0 z-10 border-e border-line bg-surface"
_SIGNS = (
    ("missing", icon("circle-x", size="xs", class_name="text-danger")),
    ("late", icon("clock", size="xs", class_name="text-warning")),
    ("excused", icon("minus", size="xs", class_name="text-info")),
    ("in_review", icon("circle-dot", size="xs", class_name="text-accent")),
    ("in_progress", icon("pencil", size="xs", class_name="text-ink-muted")),
)


def _table() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.table(
                rx.el.caption(_("Grades of the course"), class_name="sr-only"),
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th(
                            _("Student"),
                            scope="col",
                            class_name=(
                                "sticky start-0 top-0 z-30 border-e border-b border-line bg-sunken px-4 py-3 text-start "
                                "text-xs font-semibold text-ink-muted"
                            ),
                        ),
                        rx.foreach(_S.columns, _head),
                    )
                ),
                rx.el.tbody(rx.foreach(_S.rows, _row)),
                class_name="w-full border-separate border-spacing-0 text-sm text-ink",
            ),
            role="region",
            aria_label=_("Grades of the course"),
            tab_index=0,
            # Hidden texts of the cells are placed absolutely; without `relative` they would lengthen the page.
            class_name="relative max-h-[75dvh] overflow-auto",
        ),
        rx.el.div(
            pager(
                page_text=_n("{count} student", "{count} students", count=_S.total),
                has_previous=_S.page > 1,
                has_next=_S.has_next,
                on_previous=_S.turn(_S.page - 1),
                on_next=_S.turn(_S.page + 1),
            ),
            class_name="border-t border-line px-4 py-3",
        ),
        class_name="ui-card overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
    )


def _head(column: Any) -> rx.Component:
    return rx.el.th(
        rx.el.span(column["title"], class_name="block max-w-40 truncate text-ink", title=column["title"]),
        rx.el.span(
            column["points"],
            rx.cond(column["due"] != "", " · " + column["due"].to(str), ""),
            class_name="block font-normal whitespace-nowrap text-ink-muted",
        ),
        key=column["id"],
        scope="col",
        class_name="sticky top-0 z-20 min-w-32 border-b border-line bg-sunken px-3 py-3 text-start text-xs font-semibold",
    )


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.span(row["name"], class_name="block max-w-28 truncate font-medium text-ink sm:max-w-56"),
            rx.el.span(
                row["section"],
                class_name="block max-w-28 truncate text-xs font-normal text-ink-muted sm:max-w-56",
            ),
            scope="row",
            class_name=f"{_STICKY} border-b px-4 py-2 text-start",
        ),
        rx.foreach(row["cells"], lambda cell, index: _cell(row, cell, index)),
        key=row["id"],
    )


def _status_text(status: Any) -> Any:
    return rx.match(
        status,
        ("missing", _("Missing")),
        ("late", _("Late")),
        ("excused", _("Excused")),
        ("in_review", _("In review")),
        ("in_progress", _("Working on it")),
        "",
    )


def _cell(row: Any, cell: Any, index: Any) -> rx.Component:
    column, told = _S.columns[index], _status_text(cell["status"])
    name = _("{student}, {title}", student=row["name"], title=column["title"])
    shown = rx.fragment(
        rx.el.span(cell["score"], class_name="font-medium tabular-nums empty:hidden"),
        rx.cond(
            cell["hidden"], icon("eye-off", size="xs", class_name="text-ink-muted", label=_("Not released"))
        ),
        rx.el.span(
            rx.match(cell["status"], *_SIGNS, rx.fragment()),
            told,
            class_name="inline-flex items-center gap-1 text-xs whitespace-nowrap text-ink-muted empty:hidden",
        ),
        rx.cond(
            (cell["status"] == "none") & (cell["score"] == ""),
            rx.fragment(
                rx.el.span("–", class_name="text-ink-muted", aria_hidden="true"),
                rx.el.span(_("nothing yet"), class_name="sr-only"),
            ),
        ),
    )
    look = "flex min-h-9 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-start text-ink no-underline hover:bg-sunken"
    opens = _S.open_cell(row["id"], column["id"])
    desk = f"/teach/grading/{column['id']}?attempt={cell['attempt']}"
    return rx.el.td(
        rx.el.div(
            rx.cond(
                cell["attempt"] != "",
                rx.el.a(shown, href=desk, title=name, class_name=look),
                rx.el.button(shown, type="button", title=name, on_click=opens, class_name=look),
            ),
            rx.el.button(
                icon("ellipsis", size="xs"),
                type="button",
                aria_label=_("More for {cell}", cell=name),
                on_click=opens,
                class_name=(
                    "grid size-7 shrink-0 place-items-center rounded-md text-ink-muted opacity-0 hover:bg-sunken "
                    "focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:size-9 pointer-coarse:opacity-100"
                ),
            ),
            class_name="group flex items-center gap-1",
        ),
        class_name="border-b border-line px-1.5 py-1",
    )


def _average() -> rx.Component:
    return rx.cond(
        _S.chart != "",
        card(
            chart_figure(
                _S.chart,
                caption=_("Average of the class"),
                columns=_S.chart_heads,
                rows=_S.chart_rows,
            ),
            class_name="max-w-2xl",
        ),
    )


def _cell_dialog() -> rx.Component:
    cell = _S.cell
    return dialog(
        rx.cond(
            cell["href"] != "",
            button_link(_("Open on the grading desk"), cell["href"], icon="clipboard-check"),
        ),
        rx.el.form(
            textarea(
                name="reason",
                label=rx.cond(
                    cell["excused"], _("Why the excuse is taken back"), _("Why the student is excused")
                ),
                hint=_("Kept in the history of the grade."),
                error=_S.errors["reason"],
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
            on_submit=_S.excuse,
            key=cell["user_id"].to(str) + cell["assessment_id"].to(str),
            class_name="mt-4 flex flex-col gap-4",
        ),
        rx.cond(
            _S.events.length() > 0,
            rx.el.section(
                rx.el.h3(_("History"), class_name="mb-2 text-sm font-semibold text-ink"),
                rx.el.ol(rx.foreach(_S.events, _event), class_name="flex flex-col gap-3"),
                class_name="mt-6",
            ),
        ),
        title=cell["student"],
        description=cell["title"],
        id="gradebook-cell",
        open=_S.cell_open,
        on_close=_S.close_cell,
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


def _legend() -> rx.Component:
    signs = (
        ("circle-x", _("Missing")),
        ("clock", _("Late")),
        ("minus", _("Excused")),
        ("circle-dot", _("In review")),
        ("eye-off", _("Not released")),
    )
    return rx.el.ul(
        *[
            rx.el.li(icon(name, size="xs"), text, class_name="inline-flex items-center gap-1.5")
            for name, text in signs
        ],
        class_name="flex flex-wrap gap-x-5 gap-y-1.5 text-xs text-ink-muted",
    )


def _empty() -> rx.Component:
    return rx.cond(
        _S.columns.length() == 0,
        empty_state(
            _("No assessments yet"),
            description=_("A column appears here for each assessment that you publish."),
            icon="table",
            actions=[
                button_link(
                    _("Assessments"),
                    f"/teach/courses/{_S.course_id}/assessments",
                    variant="primary",
                )
            ],
        ),
        empty_state(
            _("No students yet"),
            description=_("Students appear here when they join with the code of a section."),
            icon="users",
            actions=[button_link(_("People"), f"/teach/courses/{_S.course_id}/people")],
        ),
    )


@page(
    "/teach/courses/[course_id]/gradebook",
    title="Gradebook",
    roles=[Role.TEACHER],
    on_load=_S.load,
)
def gradebook() -> rx.Component:
    """Everybody's grades in one table."""
    return rx.el.div(
        page_header(
            _("Gradebook"),
            breadcrumb=breadcrumb(
                (_("Courses"), "/teach/courses"),
                (
                    rx.cond(_S.loaded, _S.course_title, "…"),
                    f"/teach/courses/{_S.course_id}",
                ),
                current=_("Gradebook"),
            ),
        ),
        page_body(
            _S,
            course_tabs(_S.course_id, "gradebook"),
            rx.cond(
                (_S.columns.length() > 0) & (_S.rows.length() > 0),
                rx.fragment(_legend(), _table(), _average()),
                _empty(),
            ),
            _cell_dialog(),
            skeleton=rx.el.div(
                skeleton(class_name="h-10 w-full"), skeleton_table(rows=8), class_name="flex flex-col gap-6"
            ),
        ),
        class_name="flex flex-col gap-6",
    )
