"""A field to type in and to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Flag, Text, given
from eduplatform.components.ui.fields import CONTROL, described_by, field
from eduplatform.components.ui.icons import icon
from eduplatform.state.rows import ComboboxOption

_SCRIPT = rx.asset("combobox.js", shared=True).importable_path


def _text_event(text: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (text,)


class _Combobox(rx.Component):
    """The field with its list."""

    library = _SCRIPT
    tag = "Combobox"

    name: rx.Var[str]
    options: rx.Var[list[Any]]
    value: rx.Var[str]
    value_label: rx.Var[str]
    remote: rx.Var[bool]
    loading: rx.Var[bool]
    disabled: rx.Var[bool]
    required: rx.Var[bool]
    invalid: rx.Var[bool]
    clearable: rx.Var[bool]
    placeholder: rx.Var[str]
    described_by: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]
    chevron: rx.Var[rx.Component]
    on_select: rx.EventHandler[_text_event]
    on_search: rx.EventHandler[_text_event]


_CLASSES = {
    "frame": "relative",
    "input": f"{CONTROL} h-10 ps-3 pe-10 text-sm pointer-coarse:h-11",
    "chevron": "pointer-events-none absolute inset-y-0 end-0 grid h-10 w-10 place-items-center text-ink-muted pointer-coarse:h-11",
    "clear": (
        "absolute end-1 top-1 grid size-8 place-items-center rounded-sm text-lg text-ink-muted hover:text-ink "
        "hover:bg-sunken pointer-coarse:top-1.5"
    ),
    "list": (
        "absolute inset-x-0 top-full z-30 mt-1 max-h-72 overflow-y-auto overscroll-contain rounded-lg border "
        "border-line bg-raised p-1 shadow-md"
    ),
    "option": (
        "flex min-h-9 cursor-default flex-wrap items-baseline gap-x-3 rounded-md px-2.5 py-1.5 text-ink "
        "data-active:bg-sunken aria-selected:font-medium aria-selected:bg-accent-soft aria-selected:data-active:bg-accent-soft "
        "data-active:outline-1 data-active:-outline-offset-1 data-active:outline-line-strong"
    ),
    "optionLabel": "min-w-0",
    "optionHint": "text-sm text-ink-muted",
    "empty": (
        "absolute inset-x-0 top-full z-30 mt-1 rounded-lg border border-line bg-raised px-3 py-2.5 text-sm "
        "text-ink-muted shadow-md"
    ),
}


def combobox(
    *,
    id: str,
    name: str,
    label: Text,
    options: rx.Var[list[Any]] | Sequence[ComboboxOption],
    value: Text = "",
    value_label: Text = "",
    on_select: Any = None,
    on_search: Any = None,
    loading: Flag = False,
    placeholder: Text = "",
    hint: Text = "",
    error: Text = "",
    required: bool = False,
    disabled: Flag = False,
    clearable: Flag = True,
    hide_label: bool = False,
    class_name: str = "",
) -> rx.Component:
    """Let a reader choose one of many by typing.

    The form gets the chosen ``value`` under ``name`` (a hidden field).

    Args:
        id: Id of the text field; must be unique in the page.
        options: The choices. Without ``on_search`` they are filtered in the browser (up to about a thousand), with
            it they are what the server found for the last text.
        value: The chosen value; the field follows when it changes.
        value_label: Label of ``value`` for server lists, whose options may not hold it.
        on_select: Event with the chosen value, empty when the choice was cleared.
        on_search: Event with the typed text, a quarter of a second after the last key.
        loading: Whether a search is under way.
    """
    events = {
        key: event for key, event in (("on_select", on_select), ("on_search", on_search)) if event is not None
    }
    return field(
        _Combobox.create(
            id=id,
            name=name,
            options=options,
            value=value,
            value_label=value_label,
            remote=on_search is not None,
            loading=loading,
            disabled=disabled,
            required=required,
            invalid=rx.Var.create(error).bool() if given(error) else False,
            clearable=clearable,
            placeholder=placeholder,
            described_by=described_by(id),
            texts={
                "list": label,
                "clear": _("Clear the choice"),
                "count": _("Results: {count}"),
                "none": _("Nothing found"),
                "loading": _("Searching…"),
                "required": _("Choose one from the list."),
            },
            classes=_CLASSES,
            chevron=icon("chevrons-up-down"),
            **events,
        ),
        label=label,
        control_id=id,
        hint=hint,
        error=error,
        required=required,
        hide_label=hide_label,
        class_name=class_name,
    )


__all__ = ["ComboboxOption", "combobox"]
