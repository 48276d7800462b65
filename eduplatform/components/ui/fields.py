"""Form fields: a label, a control, a hint and an error that belong together.

`field` draws the frame around any control; the controls themselves are in `inputs.py` and draw it on their own.
"""

from typing import Any, TypedDict, cast

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Flag, Text, choose, classes, given
from eduplatform.components.ui.icons import icon as draw_icon

CONTROL = (
    "w-full rounded-lg border border-line-strong bg-surface text-ink shadow-sm transition-colors duration-150 "
    "hover:not-disabled:border-ink-muted focus-visible:border-accent focus-visible:outline-offset-0 "
    "aria-invalid:border-danger [&[readonly]]:bg-sunken "
    "disabled:cursor-not-allowed disabled:border-line disabled:bg-sunken disabled:text-ink-muted"
)


def control_id(id: Text, name: Text) -> Text:
    """The id of a control: the given one, else made from its name."""
    return id if given(id) else f"field-{name}"


def element_id(id: Text) -> rx.Var[str]:
    """The id as a control carries it.

    Reflex sends a control with a plain text id a second time, under its id; one whose id is a Var only under its name.
    """
    return cast("rx.Var[str]", rx.Var.create(id))


def described_by(id: Text) -> str:
    """Value of `aria_describedby` for a control with that id inside a `field`."""
    return f"{id}-hint {id}-error"


def field(
    control: rx.Component,
    *,
    label: Text,
    control_id: Text,
    hint: Text = "",
    error: Text = "",
    required: bool = False,
    optional: bool = False,
    hide_label: bool = False,
    action: rx.Component | None = None,
    class_name: str = "",
) -> rx.Component:
    """Label, control, hint and error; for controls that the kit does not know.

    The control carries `id=control_id`, `aria_describedby=described_by(control_id)` and
    `aria_invalid=invalid(error)` itself; the controls of this module do that on their own.

    Args:
        control: The input element.
        label: The name of the field.
        control_id: The id of the control.
        hint: What helps to fill it in, shown before any mistake.
        error: What is wrong and how to put it right; empty when nothing is.
        required: Marks the label.
        optional: Says "(optional)" behind the label, for forms where nearly everything is required.
        hide_label: Keeps the label for screen readers only.
        action: A small link on the label's line, such as "Forgot password?".
        class_name: Further classes of the whole field.
    """
    marks: list[Any] = []
    if required:
        marks.append(rx.el.span("*", aria_hidden="true", class_name="ms-0.5 text-danger"))
    if optional:
        marks.append(" ")
        marks.append(rx.el.span(_("(optional)"), class_name="ms-1 font-normal text-ink-muted"))
    name = rx.el.label(
        label,
        *marks,
        html_for=control_id,
        class_name="sr-only" if hide_label else "text-sm font-medium text-ink",
    )
    line = "flex items-baseline justify-between gap-3 text-sm [&_a]:inline-block [&_a]:py-0.5"
    return rx.el.div(
        rx.el.div(name, action, class_name=line) if action else name,
        hint_text(control_id, hint),
        control,
        error_text(control_id, error),
        class_name=classes("flex min-w-0 flex-col gap-1.5", class_name),
    )


def hint_text(id: Text, hint: Text) -> rx.Component:
    """The hint of the control with that id; always in the page, so that the reference to it holds."""
    return rx.el.p(hint, id=f"{id}-hint", class_name="-mt-1 text-sm text-ink-muted empty:hidden")


def error_text(id: Text, error: Text) -> rx.Component:
    """The error of the control with that id, announced when it appears."""
    message = rx.el.span(
        draw_icon("circle-alert", class_name="mt-[3px]"),
        rx.el.span(error),
        class_name="flex items-start gap-1.5",
    )
    return rx.el.div(
        choose(error, message, rx.fragment()) if given(error) else rx.fragment(),
        id=f"{id}-error",
        aria_live="polite",
        class_name="text-sm font-medium text-danger empty:hidden",
    )


def invalid(error: Text) -> Any:
    """Value of `aria_invalid` for an error text."""
    return choose(error, "true", "false") if given(error) else "false"


class FieldParts(TypedDict, total=False):
    """What a control hands on to the field around it."""

    label: Text
    hint: Text
    error: Text
    optional: bool
    hide_label: bool
    action: rx.Component | None
    field_class: str
    control_id: Text


def take_field_parts(props: dict[str, Any]) -> FieldParts:
    """Takes out of a control's attributes those that belong to the field around it."""
    names = ("label", "hint", "error", "optional", "hide_label", "action", "field_class")
    parts: dict[str, Any] = {name: props.pop(name) for name in names if name in props}
    return FieldParts(**parts)  # pyright: ignore[reportArgumentType]


def wire(name: Text, props: dict[str, Any], parts: FieldParts) -> dict[str, Any]:
    """Attributes that tie a control to its label, hint and error."""
    id = control_id(props.pop("id", ""), name)
    parts["control_id"] = id
    wired = {"id": element_id(id), "name": name, "aria_invalid": invalid(parts.get("error", "")), **props}
    if given(parts.get("label", "")):
        wired.setdefault("aria_describedby", described_by(id))
    return wired


def frame(control: rx.Component, parts: FieldParts, required: Flag) -> rx.Component:
    """The control in its field, or alone when it has no label."""
    if not given(parts.get("label", "")):
        return control
    rest = {name: value for name, value in parts.items() if name not in ("field_class", "control_id")}
    return field(
        control,
        control_id=parts.get("control_id", ""),
        required=required is True,
        class_name=parts.get("field_class", ""),
        **rest,  # pyright: ignore[reportArgumentType]
    )
