"""Tables of rows from the server: sorted, paged and selected there, readable on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Content, Flag, Text, choose, given
from eduplatform.components.ui.icons import icon

Alignment = Literal["start", "center", "end"]

_ALIGN: dict[Alignment, str] = {
    "start": "text-start max-md:text-start",
    "center": "text-center max-md:text-start",
    "end": "text-end tabular-nums max-md:text-start",
}
_SHORT = 20
_TOOL = (
    "inline-grid size-9 place-items-center rounded-md border border-line bg-surface text-ink hover:bg-sunken "
    "disabled:pointer-events-none disabled:opacity-40 pointer-coarse:size-11"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: Field of the row; also what ``on_sort`` gets.
        label: Head of the column.
        render: Makes the cell from the row (a Var: no Python conditions on it); without it the field is shown.
        sortable: Whether the head is a button.
        align: ``end`` for numbers.
        row_header: Whether this cell names the row; one column should, best the first.
        hide_label: Hide the head from sight, for example of a column of pictures.
        class_name: Further literal classes of the cells, for example a width.
    """

    key: str
    label: Text
    render: Callable[[Any], Content] | None = None
    sortable: bool = False
    align: Alignment = "start"
    row_header: bool = False
    hide_label: bool = False
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are ticked, and what happens then.

    Attributes:
        selected: Keys of the ticked rows.
        on_select: Event with the key of a row and whether it is now ticked.
        on_select_all: Event with whether all rows of this page are now ticked.
        all_selected: Whether all rows of this page are ticked.
        name_of: Makes the name of a row, for the label of its box.
    """

    selected: rx.Var[list[str]]
    on_select: Any
    on_select_all: Any = None
    all_selected: Flag = False
    name_of: Callable[[Any], Text] | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is shown.

    Attributes:
        page: Number of the page, from 1.
        pages: Number of pages.
        on_page: Event with the number of the page to show.
        summary: What is shown in words, for example ``_("{first}-{last} of {total}", …)``.
    """

    page: rx.Var[int]
    pages: rx.Var[int]
    on_page: Any
    summary: Text = ""


def data_table(
    columns: Sequence[Column],
    rows: rx.Var[list[Any]],
    *,
    row_key: str,
    caption: Text,
    sort_by: Text = "",
    sort_dir: Text = "asc",
    on_sort: Any = None,
    selection: Selection | None = None,
    row_actions: Callable[[Any], Content] | None = None,
    paging: Paging | None = None,
    empty: Content = "",
    loading: Flag = False,
    show_caption: bool = False,
    dense: bool = False,
    class_name: str = "",
) -> rx.Component:
    """Show a page of rows; sorting, paging and selection are events, the server answers with new rows.

    Below 768 px each row becomes a card with the column's name beside each value.

    Args:
        columns: What to show, in order.
        rows: The rows of this page, typed (``list`` of a TypedDict), at most about 50.
        row_key: Field that identifies a row.
        caption: What the table shows; read out, and shown when ``show_caption``.
        sort_by: Key of the sorted column.
        sort_dir: ``asc`` or ``desc``.
        on_sort: Event with the key of the column whose head was pressed.
        row_actions: Makes the last cell of a row: buttons or a menu.
        empty: What to show instead of no rows.
        loading: Whether the first rows are still on their way; shows placeholders.
        dense: Less space, for many rows of numbers.
    """
    padding = "px-3 py-1.5" if dense else "px-4 py-3"
    width = len(columns) + (selection is not None) + (row_actions is not None)
    body = rx.foreach(rows, lambda row: _row(row, columns, row_key, selection, row_actions, padding))
    nothing = rx.cond(
        rows.to(list).length() == 0, _message_row(empty if given(empty) else _("Nothing here yet."), width)
    )
    table = rx.el.table(
        rx.el.caption(
            caption, class_name="px-4 py-3 text-start font-medium text-ink" if show_caption else "sr-only"
        ),
        rx.el.thead(
            rx.el.tr(
                *_head(columns, sort_by, sort_dir, on_sort, selection, row_actions, padding),
                role="row",
            ),
            role="rowgroup",
            class_name="sticky top-0 z-10 bg-sunken max-md:sr-only",
        ),
        rx.el.tbody(
            choose(
                loading, rx.fragment(*(_placeholder_row(width, padding) for _row_number in range(5))), body
            ),
            choose(loading, rx.fragment(), nothing),
            role="rowgroup",
            class_name="max-md:flex max-md:flex-col max-md:gap-3 max-md:p-3",
        ),
        role="table",
        aria_busy=choose(loading, "true", "false"),
        class_name="w-full border-separate border-spacing-0 text-sm text-ink max-md:block",
    )
    return rx.el.div(
        _select_all_on_phones(selection, caption),
        rx.el.div(
            table,
            role="region",
            aria_label=caption,
            tab_index=0,
            # A short table is shown whole; only a long one scrolls, under its head.
            class_name=[
                "relative overflow-auto max-md:max-h-none",
                rx.cond(rows.to(list).length() > _SHORT, "max-h-[75dvh]", ""),
            ],
        ),
        *([] if paging is None else [_pager(paging)]),
        class_name=f"overflow-hidden rounded-lg border border-line bg-surface {class_name}".strip(),
    )


def _head(
    columns: Sequence[Column],
    sort_by: Text,
    sort_dir: Text,
    on_sort: Any,
    selection: Selection | None,
    row_actions: Callable[[Any], Content] | None,
    padding: str,
) -> list[rx.Component]:
    cell = f"{padding} border-b border-line text-xs font-semibold whitespace-nowrap text-ink-muted"
    heads = [_head_cell(column, sort_by, sort_dir, on_sort, cell) for column in columns]
    if selection is not None:
        heads.insert(
            0, rx.el.th(_all_box(selection), role="columnheader", scope="col", class_name=f"w-10 {cell}")
        )
    if row_actions is not None:
        name = rx.el.span(_("Actions"), class_name="sr-only")
        heads.append(rx.el.th(name, role="columnheader", scope="col", class_name=f"w-10 {cell}"))
    return heads


def _head_cell(column: Column, sort_by: Text, sort_dir: Text, on_sort: Any, cell: str) -> rx.Component:
    label = rx.el.span(column.label, class_name="sr-only") if column.hide_label else column.label
    look = f"{cell} {_ALIGN[column.align]} {column.class_name}".strip()
    if not column.sortable or on_sort is None:
        return rx.el.th(label, role="columnheader", scope="col", class_name=look)
    is_sorted = rx.Var.create(sort_by) == column.key
    is_up = rx.Var.create(sort_dir) == "asc"
    button = rx.el.button(
        label,
        rx.cond(
            is_sorted,
            rx.cond(is_up, icon("arrow-up", size="xs"), icon("arrow-down", size="xs")),
            icon("arrow-up-down", size="xs", class_name="opacity-60"),
        ),
        type="button",
        on_click=on_sort(column.key),
        class_name="-mx-1.5 -my-1 inline-flex min-h-8 items-center gap-1.5 rounded-sm px-1.5 hover:text-ink",
    )
    return rx.el.th(
        button,
        role="columnheader",
        scope="col",
        custom_attrs={"aria-sort": rx.cond(is_sorted, rx.cond(is_up, "ascending", "descending"), "none")},
        class_name=look,
    )


def _row(
    row: Any,
    columns: Sequence[Column],
    row_key: str,
    selection: Selection | None,
    row_actions: Callable[[Any], Content] | None,
    padding: str,
) -> rx.Component:
    cell = f"{padding} border-b border-line align-middle max-md:border-0 max-md:px-0 max-md:py-1"
    cells = [_cell(row, column, cell) for column in columns]
    if selection is not None:
        cells.insert(0, _select_cell(row, row_key, selection, cell))
    if row_actions is not None:
        cells.append(
            rx.el.td(
                row_actions(row),
                role="cell",
                class_name=f"{cell} text-end whitespace-nowrap group-last:border-b-0 max-md:pt-2",
            )
        )
    return rx.el.tr(
        *cells,
        key=row[row_key],
        role="row",
        class_name=(
            "group hover:bg-sunken has-checked:bg-accent-soft max-md:relative max-md:block max-md:rounded-lg "
            "max-md:border max-md:border-line max-md:bg-surface max-md:p-4"
        ),
    )


def _cell(row: Any, column: Column, cell: str) -> rx.Component:
    content = row[column.key] if column.render is None else column.render(row)
    if column.row_header:
        return rx.el.th(
            content,
            role="rowheader",
            scope="row",
            class_name=(
                f"{cell} {_ALIGN[column.align]} font-medium group-last:border-b-0 max-md:block max-md:pe-10 "
                f"max-md:text-base {column.class_name}"
            ).strip(),
        )
    name = rx.el.span(column.label, aria_hidden="true", class_name="hidden text-ink-muted max-md:block")
    return rx.el.td(
        rx.fragment() if column.hide_label else name,
        rx.el.div(content, class_name="max-md:text-end"),
        role="cell",
        class_name=(
            f"{cell} {_ALIGN[column.align]} group-last:border-b-0 max-md:flex max-md:items-center "
            f"max-md:justify-between max-md:gap-4 {column.class_name}"
        ).strip(),
    )


def _select_cell(row: Any, row_key: str, selection: Selection, cell: str) -> rx.Component:
    key = row[row_key]
    ticked = selection.selected.to(list[str]).contains(key)
    name = key if selection.name_of is None else selection.name_of(row)
    box = rx.el.input(
        type="checkbox",
        class_name="ui-check",
        checked=ticked,
        on_change=lambda now: selection.on_select(key, now),
        aria_label=_("Select {name}", name=name),
    )
    # The label is a larger target than the box.
    target = rx.el.label(box, class_name="-m-2 inline-grid size-9 place-items-center pointer-coarse:size-11")
    return rx.el.td(
        target,
        role="cell",
        class_name=f"w-10 {cell} group-last:border-b-0 max-md:absolute max-md:end-4 max-md:top-4 max-md:w-auto",
    )


def _all_box(selection: Selection) -> rx.Component:
    if selection.on_select_all is None:
        return rx.el.span(_("Selection"), class_name="sr-only")
    return rx.el.input(
        type="checkbox",
        class_name="ui-check",
        checked=selection.all_selected,
        on_change=lambda now: selection.on_select_all(now),
        aria_label=_("Select all rows of this page"),
    )


def _select_all_on_phones(selection: Selection | None, caption: Text) -> rx.Component:
    """The box of the head once more, since the head is not shown on phones."""
    if selection is None or selection.on_select_all is None:
        return rx.fragment()
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            class_name="ui-check",
            checked=selection.all_selected,
            on_change=lambda now: selection.on_select_all(now),
        ),
        _("Select all rows of this page"),
        class_name="flex min-h-11 items-center gap-3 border-b border-line bg-sunken px-4 text-sm md:hidden",
    )


def _message_row(content: Content, width: int) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            content,
            role="cell",
            col_span=width,
            class_name="px-4 py-10 text-center text-ink-muted max-md:block",
        ),
        role="row",
        class_name="max-md:block",
    )


def _placeholder_row(width: int, padding: str) -> rx.Component:
    bar = rx.el.div(class_name="h-4 w-full max-w-40 rounded-sm bg-line motion-safe:animate-pulse")
    cells = [
        rx.el.td(bar, role="cell", class_name=f"{padding} border-b border-line max-md:block max-md:border-0")
        for _number in range(width)
    ]
    return rx.el.tr(*cells, role="row", aria_hidden="true", class_name="max-md:block")


def _pager(paging: Paging) -> rx.Component:
    page, pages = rx.Var.create(paging.page).to(int), rx.Var.create(paging.pages).to(int)
    where = _("Page {page} of {pages}", page=page, pages=pages)
    return rx.el.nav(
        rx.el.p(
            paging.summary if given(paging.summary) else where,
            role="status",
            class_name="text-sm text-ink-muted",
        ),
        rx.el.div(
            rx.el.button(
                icon("chevron-left"),
                type="button",
                aria_label=_("Previous page"),
                disabled=page <= 1,
                on_click=paging.on_page(page - 1),
                class_name=_TOOL,
            ),
            rx.el.span(where, class_name="px-2 text-sm text-ink tabular-nums max-sm:hidden"),
            rx.el.button(
                icon("chevron-right"),
                type="button",
                aria_label=_("Next page"),
                disabled=page >= pages,
                on_click=paging.on_page(page + 1),
                class_name=_TOOL,
            ),
            class_name="flex items-center gap-1",
        ),
        aria_label=_("Pages"),
        class_name="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-2.5",
    )


__all__ = ["Alignment", "Column", "Paging", "Selection", "data_table"]
