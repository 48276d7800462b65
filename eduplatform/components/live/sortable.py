"""Putting rows into another order by dragging them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.ui import icon

_SCRIPT = rx.asset("sortable.js", shared=True).importable_path


def _place_event(
    kind: rx.Var[str], item: rx.Var[str], group: rx.Var[str], before: rx.Var[str]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[str]]:
    return (kind, item, group, before)


class _Sortable(rx.Component):
    """Watches a container for drags; shows nothing."""

    library = _SCRIPT
    tag = "Sortable"

    container: rx.Var[str]
    line_class_name: rx.Var[str]
    on_place: rx.EventHandler[_place_event]


def sortable(container: str, *, on_place: Any) -> rx.Component:
    """Let rows inside an element be dragged by their handles (`drag_handle`).

    Always give the same by buttons: nobody has to be able to drag.

    Args:
        container: Id of the element around the lists.
        on_place: Event with the kind of row, its id, the id of the list, and the id of the row it shall precede, or
            an empty text at the end of the list.
    """
    return _Sortable.create(
        container=container,
        line_class_name="pointer-events-none fixed z-50 h-1 rounded-full bg-accent",
        on_place=on_place,
    )


def sort_item(kind: str, key: Any) -> dict[str, Any]:
    """Attributes of a row."""
    return {"data-sort-item": key, "data-sort-kind": kind}


def sort_list(kind: str, key: Any) -> dict[str, Any]:
    """Attributes of a list that takes rows of a kind."""
    return {"data-sort-list": key, "data-sort-accepts": kind}


def drag_handle(class_name: str = "") -> rx.Component:
    """What a row is dragged by; invisible to screen readers, which have the buttons."""
    return rx.el.span(
        icon("grip-vertical"),
        aria_hidden="true",
        custom_attrs={"data-sort-handle": ""},
        class_name=(
            "grid size-8 shrink-0 cursor-grab touch-none place-items-center rounded-md text-ink-muted "
            f"hover:bg-ink/7 hover:text-ink active:cursor-grabbing pointer-coarse:size-10 {class_name}"
        ).strip(),
    )


__all__ = ["drag_handle", "sort_item", "sort_list", "sortable"]
