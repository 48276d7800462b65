"""The grid of a month, operable with the keyboard."""

from __future__ import annotations

from typing import Any

import reflex as rx

_SCRIPT = rx.asset("calendar_grid.js", shared=True).importable_path


class _CalendarGrid(rx.Component):
    """Moves the focus between elements with ``data-day``."""

    library = _SCRIPT
    tag = "CalendarGrid"

    chosen: rx.Var[str]
    on_previous: rx.EventHandler[rx.event.no_args_event_spec]
    on_next: rx.EventHandler[rx.event.no_args_event_spec]


def calendar_grid(
    *rows: rx.Component, label: Any, chosen: Any, on_previous: Any, on_next: Any, class_name: str = ""
) -> rx.Component:
    """Days as a grid: one of them is in the tab order, arrow keys lead to the others.

    Args:
        rows: Rows of cells, each with a button that carries ``data-day`` (ISO 8601) and, today, ``data-today="true"``.
        label: The month.
        chosen: The day that is chosen.
        on_previous: Show the month before; the focus follows.
        on_next: Show the month after.
        class_name: Further classes.
    """
    return _CalendarGrid.create(
        *rows,
        chosen=chosen,
        on_previous=on_previous,
        on_next=on_next,
        aria_label=label,
        class_name=class_name,
    )
