"""Rows of a form that the author adds, removes and orders: options of a question, units of a number."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Content, Text

_SCRIPT = rx.asset("rows_editor.js", shared=True).importable_path

_CLASSES = {
    "frame": "flex flex-col gap-3",
    "rows": "flex list-none flex-col gap-2.5 p-0",
    "row": (
        "flex flex-wrap items-start gap-x-3 gap-y-2 rounded-xl border border-line bg-surface p-3 "
        "has-[input:checked]:border-accent has-[input:checked]:bg-accent-soft sm:flex-nowrap"
    ),
    "cell": "min-w-0 grow basis-full sm:basis-0",
    "input": (
        "h-10 w-full rounded-lg border border-line-strong bg-surface px-3 text-sm text-ink shadow-sm "
        "focus-visible:border-accent aria-invalid:border-danger pointer-coarse:h-11"
    ),
    "pick": "shrink-0",
    "select": (
        "h-10 rounded-lg border border-line-strong bg-surface px-2.5 text-sm text-ink shadow-sm "
        "focus-visible:border-accent pointer-coarse:h-11"
    ),
    "number": "grid h-10 w-5 shrink-0 place-items-center text-sm text-ink-muted tabular-nums",
    "tick": "flex h-10 shrink-0 items-center gap-2 text-sm text-ink pointer-coarse:h-11",
    "tools": "ms-auto flex shrink-0 gap-1",
    "tool": (
        "grid size-10 place-items-center rounded-lg text-lg leading-none text-ink-muted hover:bg-ink/7 "
        "hover:text-ink disabled:cursor-not-allowed disabled:opacity-40 pointer-coarse:size-11"
    ),
    "add": (
        "h-10 w-fit rounded-lg border border-dashed border-line-strong px-4 text-sm font-medium text-ink "
        "hover:border-accent hover:text-accent disabled:cursor-not-allowed disabled:opacity-50 pointer-coarse:h-11"
    ),
    "error": "mt-1 text-sm font-medium text-danger",
}


class RowChoice(TypedDict):
    """A choice of a select."""

    value: str
    label: Text


class RowCondition(TypedDict):
    """When a part of a row is there."""

    column: str
    values: list[str]


class RowColumn(TypedDict, total=False):
    """One part of each row; ``radio`` ticks at most one row, ``select`` has ``choices``.

    ``shown`` names a select of the row and the values with which this part is there.
    """

    name: str
    label: Text
    kind: Literal["text", "radio", "checkbox", "select"]
    placeholder: Text
    choices: list[RowChoice]
    shown: RowCondition


def _values_event(values: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    return (values,)


class _RowsEditor(rx.Component):
    """The rows, with a hidden field of their JSON."""

    library = _SCRIPT
    tag = "RowsEditor"

    name: rx.Var[str]
    value: rx.Var[str]
    revision: rx.Var[Any]
    columns: rx.Var[list[dict[str, Any]]]
    least: rx.Var[int]
    most: rx.Var[int]
    numbered: rx.Var[bool]
    errors: rx.Var[dict[str, str]]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]


class _FormValuesButton(rx.Component):
    """A button that tells the values of a form without sending it."""

    library = _SCRIPT
    tag = "FormValuesButton"

    form: rx.Var[str]
    on_press: rx.EventHandler[_values_event]


def rows_editor(
    *,
    id: str,
    name: str,
    value: Text,
    revision: Any,
    columns: list[RowColumn],
    add_label: Text,
    errors: dict[str, str] | rx.Var[dict[str, str]],
    least: int = 0,
    most: int = 20,
    numbered: bool = False,
) -> rx.Component:
    """Rows that can be added, removed and put in order with the keyboard alone.

    Args:
        id: Beginning of the ids of its controls, unique on the page.
        name: Name in the submitted form; its value is the rows as JSON.
        value: The server's rows as JSON.
        revision: Anything that changes when ``value`` must replace what was typed.
        columns: The parts of a row, a text first.
        add_label: What one more row is called.
        errors: Messages of the form; those of a row are under ``<name>.<index>.<column>``.
        least: Rows that cannot be removed.
        most: Rows that there can be.
        numbered: Show the place of each row before it.
    """
    return _RowsEditor.create(
        id=id,
        name=name,
        value=value,
        revision=revision,
        columns=columns,
        least=least,
        most=most,
        numbered=numbered,
        errors=errors,
        texts={
            "add": add_label,
            "up": _("Move row {number} up"),
            "down": _("Move row {number} down"),
            "remove": _("Remove row {number}"),
            "moved": _("Moved to place {number}"),
            "removed": _("Row removed"),
        },
        classes=_CLASSES,
    )


def form_values_button(
    *children: Content, form: str, on_press: Any, class_name: str = "", **props: Any
) -> rx.Component:
    """A button that gives an event the current values of a form, which is not sent by it."""
    return _FormValuesButton.create(*children, form=form, on_press=on_press, class_name=class_name, **props)


__all__ = ["RowColumn", "form_values_button", "rows_editor"]
