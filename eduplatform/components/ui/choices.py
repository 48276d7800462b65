"""Choices that are ticked or switched: check box, radio group, switch."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex_components_core.el.elements.forms import CheckboxInput, Input

from eduplatform.components.ui.base import UI_SCRIPT, Flag, Text, classes
from eduplatform.components.ui.fields import (
    control_id,
    described_by,
    element_id,
    error_text,
    hint_text,
    invalid,
)
from eduplatform.components.ui.inputs import Option


class _FollowedCheckbox(CheckboxInput):
    library = UI_SCRIPT
    tag = "FollowedInput"
    _is_tag_in_global_scope = False

    indeterminate: rx.Var[bool]


class _FollowedRadio(Input):
    library = UI_SCRIPT
    tag = "FollowedInput"
    _is_tag_in_global_scope = False


def _tick_box(**props: Any) -> rx.Component:
    """A check box; one that the state holds follows it without waiting for it."""
    followed = "checked" in props or "indeterminate" in props
    make = _FollowedCheckbox.create if followed else rx.el.input
    return make(type="checkbox", **props)


def _row(control: rx.Component, id: Text, label: Text, hint: Text, class_name: str) -> rx.Component:
    return rx.el.div(
        rx.el.span(control, class_name="flex h-[1.375rem] items-center"),
        rx.el.div(
            rx.el.label(
                label, html_for=id, class_name="text-sm font-medium text-ink has-[+p:not(:empty)]:pb-0.5"
            ),
            rx.el.p(hint, id=f"{id}-hint", class_name="text-sm text-ink-muted empty:hidden"),
            class_name="min-w-0",
        ),
        class_name=classes("flex items-start gap-2.5 pointer-coarse:py-1.5", class_name),
    )


def checkbox(
    *,
    name: Text,
    label: Text,
    hint: Text = "",
    error: Text = "",
    indeterminate: Flag | None = None,
    hide_label: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A box to tick.

    Args:
        name: Name in the submitted form, where a ticked box is "on" (or `value`).
        label: What ticking it means.
        hint: A second line below the label.
        error: What is wrong.
        indeterminate: Neither on nor off: some of the rows below are ticked.
        hide_label: Only the box is seen, for tables; the label remains for screen readers.
        class_name: Further classes of the row.
        props: `id`, `checked` or `default_checked`, `value`, `required`, `disabled`, `on_change` (gets a bool), ...
    """
    id = control_id(props.pop("id", ""), name)
    if indeterminate is not None:
        props["indeterminate"] = indeterminate
    if hide_label:
        return _tick_box(
            id=element_id(id),
            name=name,
            aria_label=label,
            class_name=classes("ui-check", class_name),
            **props,
        )
    control = _tick_box(
        id=element_id(id),
        name=name,
        class_name="ui-check",
        aria_describedby=described_by(id),
        aria_invalid=invalid(error),
        **props,
    )
    return rx.el.div(
        _row(control, id, label, hint, class_name), error_text(id, error), class_name="flex flex-col gap-1"
    )


def radio_group(
    *,
    name: Text,
    label: Text,
    options: Sequence[tuple[str, Text] | tuple[str, Text, Text]] | rx.Var[list[Option]],
    value: Text | None = None,
    default_value: Text | None = None,
    hint: Text = "",
    error: Text = "",
    required: bool = False,
    disabled: Flag = False,
    layout: Literal["vertical", "horizontal", "cards"] = "vertical",
    hide_label: bool = False,
    id: Text = "",
    class_name: str = "",
    on_change: Any = None,
) -> rx.Component:
    """One of a few, all visible.

    Args:
        name: Name in the submitted form.
        label: The question they answer.
        options: Value and text, and possibly a second line; or a Var of a list of `Option`.
        value: The chosen value, when the state holds it.
        default_value: The value chosen at first, when the form holds it.
        hint: What helps to choose.
        error: What is wrong.
        required: One must be chosen.
        disabled: None can be chosen.
        layout: Below each other, beside each other, or as large cards.
        hide_label: Keeps the label for screen readers only.
        id: Id of the group.
        class_name: Further classes of the group.
        on_change: Gets the value.
    """
    group = control_id(id, name)

    def one(key: Text, text: Text, second: Text, position: Any) -> rx.Component:
        state: dict[str, Any] = {}
        if value is not None:
            state["checked"] = value == key
        if default_value is not None:
            state["default_checked"] = default_value == key
        if on_change is not None:
            state["on_change"] = on_change
        option_id = f"{group}-{position}"
        make = rx.el.input if value is None else _FollowedRadio.create
        control = make(
            type="radio",
            id=element_id(option_id),
            name=name,
            value=key,
            required=required,
            disabled=disabled,
            class_name="ui-check",
            aria_describedby=f"{option_id}-hint",
            **state,
        )
        card = (
            "relative rounded-xl border border-line bg-surface p-4 shadow-sm transition-colors "
            "hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft "
            "[&_label]:after:absolute [&_label]:after:inset-0"
        )
        return _row(control, option_id, text, second, card if layout == "cards" else "")

    if isinstance(options, rx.Var):
        rows: list[rx.Component] = [
            rx.foreach(options, lambda row, index: one(row["value"], row["label"], "", index))
        ]
    else:
        rows = [
            one(row[0], row[1], row[2] if len(row) > 2 else "", index)  # pyright: ignore[reportGeneralTypeIssues]
            for index, row in enumerate(options)
        ]
    directions = {
        "vertical": "flex flex-col gap-2.5",
        "horizontal": "flex flex-wrap gap-x-6 gap-y-2.5",
        "cards": "grid gap-3 sm:grid-cols-2",
    }
    mark = rx.el.span("*", aria_hidden="true", class_name="ms-0.5 text-danger") if required else rx.fragment()
    return rx.el.fieldset(
        rx.el.legend(
            label, mark, class_name="sr-only" if hide_label else "mb-1.5 text-sm font-medium text-ink"
        ),
        hint_text(group, hint),
        rx.el.div(*rows, class_name=directions[layout]),
        error_text(group, error),
        id=group,
        role="radiogroup",
        aria_describedby=described_by(group),
        aria_invalid=invalid(error),
        class_name=classes("flex min-w-0 flex-col gap-1.5 border-0 p-0", class_name),
    )


def switch(
    *,
    name: Text,
    label: Text,
    hint: Text = "",
    trailing: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A setting that is on or off and takes effect at once (a check box waits for the form).

    Args:
        name: Name of the setting.
        label: What is on when it is on.
        hint: A second line below the label.
        trailing: The switch at the end of the line, for lists of settings.
        class_name: Further classes of the row.
        props: `id`, `checked` or `default_checked`, `disabled`, `on_change` (gets a bool).
    """
    id = control_id(props.pop("id", ""), name)
    control = _tick_box(
        role="switch",
        id=element_id(id),
        name=name,
        class_name="ui-switch",
        aria_describedby=f"{id}-hint",
        **props,
    )
    turned = "flex-row-reverse justify-between" if trailing else ""
    return _row(control, id, label, hint, f"{turned} {class_name}".strip())
