"""A chart in a page, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Text
from eduplatform.components.ui.rich_text import trusted_markup


def chart_figure(
    svg: rx.Var[str] | str,
    *,
    caption: Text,
    columns: rx.Var[list[str]] | Sequence[Text],
    rows: rx.Var[list[list[str]]],
    show_caption: bool = True,
    class_name: str = "",
) -> rx.Component:
    """Show a chart and, folded below it, its table.

    Args:
        svg: Result of one of the chart functions; nothing else may be given.
        caption: What the chart shows.
        columns: Heads of the table; already in the reader's language.
        rows: Cells of the table as texts; the first of a row names it.
    """
    heads: Any = (
        rx.foreach(columns, lambda name: _head(name))
        if isinstance(columns, rx.Var)
        else rx.fragment(*(_head(name) for name in columns))
    )
    table = rx.el.table(
        rx.el.caption(caption, class_name="sr-only"),
        rx.el.thead(rx.el.tr(heads)),
        rx.el.tbody(rx.foreach(rows, _row)),
        class_name="w-full text-sm",
    )
    return rx.el.figure(
        rx.el.figcaption(caption, class_name="mb-3 font-medium text-ink" if show_caption else "sr-only"),
        trusted_markup(svg, class_name="chart-frame", role="group", tab_index=0, aria_label=caption),
        rx.el.details(
            rx.el.summary(
                _("Show as table"),
                class_name="w-fit rounded-sm py-1 text-sm font-medium text-accent hover:text-accent-strong pointer-coarse:py-2.5",
            ),
            rx.el.div(
                table,
                tab_index=0,
                role="region",
                aria_label=caption,
                class_name="relative mt-2 max-h-80 overflow-auto rounded-md border border-line",
            ),
            class_name="mt-2",
        ),
        class_name=f"m-0 min-w-0 {class_name}".strip(),
    )


def _head(name: Text) -> rx.Component:
    return rx.el.th(
        name,
        scope="col",
        class_name="border-b border-line bg-sunken px-3 py-1.5 text-start text-xs text-ink-muted",
    )


def _row(cells: Any) -> rx.Component:
    return rx.el.tr(
        rx.foreach(
            cells,
            lambda cell, index: rx.cond(
                index == 0,
                rx.el.th(cell, scope="row", class_name="px-3 py-1.5 text-start font-normal text-ink"),
                rx.el.td(cell, class_name="px-3 py-1.5 text-ink tabular-nums"),
            ),
        )
    )


__all__ = ["chart_figure"]
