"""A field to type in and to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Flag, Text, choose, given, optional
from eduplatform.components.ui.icons import icon

_SCRIPT = rx.asset("combobox.js", shared=True).importable_path


class Option(TypedDict):
    """One choice.

    Attributes:
        value: What the form sends.
        label: What the reader sees and types.
        hint: A second, quieter text, also searched; may be empty.
    """

    value: str
    label: str
    hint: str


def _text_event(text: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (text,)


class _Combobox(rx.Component):
    """The field with its list."""

    library = _SCRIPT
    tag = "Combobox"

    name: rx.Var[str]
    options: rx.Var[list[Option]]
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
    "input": (
        "h-10 w-full rounded-md border border-line-strong bg-surface ps-3 pe-10 text-base text-ink "
        "hover:border-ink-muted focus-visible:outline-2 focus-visible:-outline-offset-1 focus-visible:outline-focus "
        "aria-invalid:border-danger disabled:border-line disabled:bg-sunken disabled:text-ink-muted pointer-coarse:h-11"
    ),
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
    options: rx.Var[list[Option]] | Sequence[Option],
    value: Text = "",
    value_label: Text = "",
    on_select: Any = None,
    on_search: Any = None,
    loading: Flag = False,
    placeholder: Text = "",
    hint: Text = "",
    error: Text = "",
    required: Flag = False,
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
    hint_id, error_id = f"{id}-hint", f"{id}-error"
    described = " ".join(key for key, text in ((error_id, error), (hint_id, hint)) if given(text))
    events = {key: event for key, event in (("on_select", on_select), ("on_search", on_search)) if event is not None}
    return rx.el.div(
        rx.el.label(
            label,
            choose(required, rx.el.span(" *", aria_hidden="true", class_name="text-danger"), rx.fragment()),
            html_for=id,
            class_name="sr-only" if hide_label else "mb-1.5 block text-sm font-medium text-ink",
        ),
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
            invalid=rx.Var.create(error) != "",
            clearable=clearable,
            placeholder=placeholder,
            described_by=described,
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
        optional(hint, lambda text: rx.el.p(text, id=hint_id, class_name="mt-1.5 text-sm text-ink-muted")),
        optional(error, lambda text: rx.el.p(text, id=error_id, class_name="mt-1.5 text-sm text-danger")),
        class_name=class_name,
    )


__all__ = ["Option", "combobox"]
