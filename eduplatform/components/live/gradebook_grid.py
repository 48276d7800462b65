"""The grid of the gradebook: a window of a large table that is walked and filled in like a spreadsheet."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.icons import ICON_PATHS

_SCRIPT = rx.asset("gradebook_grid.js", shared=True).importable_path

_HEAD = "flex shrink-0 flex-col justify-center gap-0.5 border-b border-line bg-sunken px-3 text-start"
_FOCUS = "-outline-offset-2 focus-visible:outline-2 focus-visible:outline-focus"
_CELL = f"group relative flex shrink-0 items-center gap-1 border-e border-b px-2 {_FOCUS}"

_CLASSES: dict[str, Any] = {
    "frame": "ui-card overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
    "scroller": f"relative max-h-[70dvh] min-h-64 overflow-auto overscroll-contain text-sm text-ink {_FOCUS}",
    "head": "sticky top-0 z-20 flex bg-sunken text-xs font-semibold text-ink",
    "corner": f"{_HEAD} sticky start-0 z-30 border-e {_FOCUS}",
    "sum_head": f"{_HEAD} border-e sm:sticky sm:z-30 {_FOCUS}",
    "column": f"{_HEAD} cursor-pointer border-e hover:bg-ink/5 {_FOCUS}",
    "column_title": "line-clamp-2 leading-tight break-words",
    "column_note": "truncate font-normal text-ink-muted",
    "arrow": "ms-1 text-[0.6rem] text-accent",
    "body": "relative",
    "row": "absolute start-0 flex",
    "name": (
        f"sticky start-0 z-10 flex shrink-0 flex-col justify-center border-e border-b border-line bg-surface px-3 {_FOCUS}"
    ),
    "name_text": "truncate font-medium text-ink",
    "section": "truncate text-xs text-ink-muted",
    "sum": (
        "flex shrink-0 cursor-pointer items-center gap-1.5 border-e border-b border-line bg-surface px-3 hover:bg-sunken "
        f"sm:sticky sm:z-10 {_FOCUS}"
    ),
    "letter": "rounded bg-accent-soft px-1.5 py-0.5 text-xs font-semibold text-accent",
    "cell": f"{_CELL} border-line",
    "cell_wrong": f"{_CELL} border-danger bg-danger-soft",
    "input": (
        "absolute inset-0 z-10 w-full border-2 border-accent bg-raised px-2 text-sm font-medium text-ink tabular-nums "
        "outline-none"
    ),
    "value": "flex min-w-0 items-center gap-1.5",
    "score": "font-medium whitespace-nowrap tabular-nums",
    "entered": "-ms-0.5 text-accent",
    "hidden": "shrink-0 text-ink-muted",
    "planned": "shrink-0 text-info",
    "status": "inline-flex min-w-0 items-center gap-1 truncate text-xs",
    "tones": {
        "missing": "text-danger",
        "late": "text-warning",
        "excused": "text-info",
        "in_review": "text-accent",
        "in_progress": "text-ink-muted",
    },
    "nothing": "text-ink-muted",
    "waiting": "font-medium text-ink-muted italic tabular-nums",
    "more": (
        "ms-auto grid size-7 shrink-0 place-items-center rounded-md text-ink-muted opacity-0 hover:bg-sunken "
        "group-hover:opacity-100 pointer-coarse:opacity-100"
    ),
    "nobody": "px-4 py-10 text-center text-ink-muted",
    "trouble": (
        "fixed inset-x-4 bottom-20 z-40 mx-auto flex max-w-2xl flex-wrap items-center justify-between gap-3 rounded-xl border "
        "border-danger bg-danger-soft px-4 py-3 text-sm text-ink shadow-lg lg:bottom-6"
    ),
    "trouble_tools": "flex flex-wrap gap-2",
    "tool": (
        "h-8 rounded-lg border border-line bg-raised px-3 text-sm font-medium text-ink hover:border-line-strong "
        "pointer-coarse:h-10"
    ),
    "keys": "border-t border-line px-4 py-2.5 text-xs text-ink-muted max-sm:hidden",
}


def _window_event(
    first_row: rx.Var[int], rows: rx.Var[int], first_column: rx.Var[int], columns: rx.Var[int]
) -> tuple[rx.Var[int], rx.Var[int], rx.Var[int], rx.Var[int]]:
    return first_row, rows, first_column, columns


def _entry_event(
    op: rx.Var[str], user: rx.Var[str], assessment: rx.Var[str], text: rx.Var[str], version: rx.Var[int]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[int]]:
    return op, user, assessment, text, version


def _two(first: rx.Var[str], second: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return first, second


def _one(value: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (value,)


class _GradebookGrid(rx.Component):
    """The grid; see ``gradebook_grid``."""

    library = _SCRIPT
    tag = "GradebookGrid"

    rows: rx.Var[list[Any]]
    columns: rx.Var[list[Any]]
    first_row: rx.Var[int]
    first_column: rx.Var[int]
    total_rows: rx.Var[int]
    total_columns: rx.Var[int]
    sort: rx.Var[str]
    descending: rx.Var[bool]
    view: rx.Var[int]
    answers: rx.Var[list[Any]]
    texts: rx.Var[dict[str, Any]]
    classes: rx.Var[dict[str, Any]]
    icons: rx.Var[dict[str, str]]
    on_window: rx.EventHandler[_window_event]
    on_enter: rx.EventHandler[_entry_event]
    on_cell: rx.EventHandler[_two]
    on_column: rx.EventHandler[_one]
    on_total: rx.EventHandler[_one]
    on_sort: rx.EventHandler[_one]


def gradebook_grid(*, id: str, state: Any, on_cell: Any, on_column: Any, on_total: Any) -> rx.Component:
    """The grid of a course.

    Args:
        id: Its id on the page.
        state: The `GradebookState`, whose window it shows and whose ``window``, ``enter`` and ``order_by`` it calls.
        on_cell: Gets student and assessment when somebody asks for more about a cell.
        on_column: Gets the assessment when a heading is pressed.
        on_total: Gets the student when a total is pressed.
    """
    return _GradebookGrid.create(
        id=id,
        rows=state.rows,
        columns=state.columns,
        first_row=state.first_row,
        first_column=state.first_column,
        total_rows=state.total_rows,
        total_columns=state.total_columns,
        sort=state.sort,
        descending=state.descending,
        view=state.view,
        answers=state.answers,
        texts={
            "label": _("Grades of the course"),
            "student": _("Student"),
            "total": _("Total"),
            "average": _("Average {percent}"),
            "entry": _("Grade for {cell}, {points}"),
            "more": _("More for {cell}"),
            "history": _("History and more"),
            "nothing": _("nothing yet"),
            "entered": _("entered by a teacher"),
            "hidden": _("Not released"),
            "saved": _("Saved: {cell}"),
            "undone": _("Taken back: {cell}"),
            "nothing_to_undo": _("There is nothing to take back."),
            "anyway": _("Enter {value} all the same"),
            "leave": _("Leave it as it is"),
            "nobody": _("Nobody fits this choice."),
            "keys": _(
                "Type a number, a percentage, EX for excused or MI for missing, then Enter. Arrows move, Delete takes an entry back, "
                "Ctrl+Z undoes, Alt+Enter shows the history."
            ),
            "status": {
                "missing": _("Missing"),
                "late": _("Late"),
                "excused": _("Excused"),
                "in_review": _("In review"),
                "in_progress": _("Working on it"),
                "anonymous": _("Name hidden"),
            },
        },
        classes=_CLASSES,
        icons={
            "hidden": ICON_PATHS["eye-off"],
            "planned": ICON_PATHS["calendar"],
            "anonymous": ICON_PATHS["eye-off"],
            "missing": ICON_PATHS["circle-x"],
            "late": ICON_PATHS["clock"],
            "excused": ICON_PATHS["minus"],
            "in_review": ICON_PATHS["circle-dot"],
            "in_progress": ICON_PATHS["pencil"],
        },
        on_window=state.window,
        on_enter=state.enter,
        on_cell=on_cell,
        on_column=on_column,
        on_total=on_total,
        on_sort=state.order_by,
    )


__all__ = ["gradebook_grid"]
