"""Form fields: a label, a control, a hint and an error that belong together.

Each control takes `label`, `hint`, `error` and `required` itself and then draws the whole field; without a label it
draws the bare control, which then needs an `aria_label`.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, TypedDict

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.text import _
from eduplatform.components.ui.base import UI_SCRIPT, Amount, Flag, Text, choose, classes, given
from eduplatform.components.ui.icons import icon as draw_icon

CONTROL = (
    "w-full rounded-lg border border-line-strong bg-surface text-ink shadow-sm transition-colors duration-150 "
    "hover:not-disabled:border-ink-muted focus-visible:border-accent focus-visible:outline-offset-0 "
    "aria-invalid:border-danger [&[readonly]]:bg-sunken "
    "disabled:cursor-not-allowed disabled:border-line disabled:bg-sunken disabled:text-ink-muted"
)
_LINE = "h-10 px-3 text-sm pointer-coarse:h-11"


class Option(TypedDict):
    """One choice of a list: what is sent, and what is read."""

    value: str
    label: str


Options: TypeAlias = Sequence[tuple[str, Text]] | rx.Var[list[Option]]


def control_id(id: Text, name: Text) -> Text:
    """The id of a control: the given one, else made from its name."""
    return id if given(id) else f"field-{name}"


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
        marks.append(rx.el.span(_("(optional)"), class_name="ms-1 font-normal text-ink-muted"))
    name = rx.el.label(
        label,
        *marks,
        html_for=control_id,
        class_name="sr-only" if hide_label else "text-sm font-medium text-ink",
    )
    line = "flex items-baseline justify-between gap-3 text-sm"
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


def _split(props: dict[str, Any]) -> FieldParts:
    names = ("label", "hint", "error", "optional", "hide_label", "action", "field_class")
    parts: dict[str, Any] = {name: props.pop(name) for name in names if name in props}
    return FieldParts(**parts)  # pyright: ignore[reportArgumentType]


def _wire(name: Text, props: dict[str, Any], parts: FieldParts) -> dict[str, Any]:
    """Attributes that tie a control to its label, hint and error."""
    id = control_id(props.pop("id", ""), name)
    wired = {"id": id, "name": name, "aria_invalid": invalid(parts.get("error", "")), **props}
    if given(parts.get("label", "")):
        wired.setdefault("aria_describedby", described_by(id))
    return wired


def _wrap(control: rx.Component, wired: dict[str, Any], parts: FieldParts, required: Flag) -> rx.Component:
    if not given(parts.get("label", "")):
        return control
    rest = {name: value for name, value in parts.items() if name != "field_class"}
    return field(
        control,
        control_id=wired["id"],
        required=required is True,
        class_name=parts.get("field_class", ""),
        **rest,  # pyright: ignore[reportArgumentType]
    )


def text_input(
    *,
    name: Text,
    type: Literal["text", "email", "tel", "url"] = "text",
    required: Flag = False,
    icon: str = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A line of text.

    Args:
        name: Name in the submitted form; the id is `field-<name>` unless `id` is given.
        type: Chooses the touch keyboard and the browser's help in filling in.
        required: Must be filled in.
        icon: Icon inside, at the start.
        class_name: Further classes of the input.
        props: `label`, `hint`, `error`, `optional`, `hide_label`, `action`, `field_class` of the field;
            `id`, `value` or `default_value`, `placeholder`, `auto_complete`, `max_length`, `disabled`, `read_only`,
            `on_change`, `on_blur`, `on_key_down`, `aria_*` and other attributes of an input.
    """
    parts = _split(props)
    wired = _wire(name, props, parts)
    padding = "ps-9" if icon else ""
    control: rx.Component = rx.el.input(
        type=type, required=required, class_name=classes(CONTROL, _LINE, padding, class_name), **wired
    )
    if icon:
        control = rx.el.div(_inside_start(icon), control, class_name="relative")
    return _wrap(control, wired, parts, required)


def _inside_start(name: str) -> rx.Component:
    return rx.el.span(
        draw_icon(name),
        class_name="pointer-events-none absolute inset-y-0 start-3 grid place-items-center text-ink-muted",
    )


class _RevealButton(BaseHTML):
    library = UI_SCRIPT
    tag = "RevealButton"
    _is_tag_in_global_scope = False

    target: rx.Var[str]
    show_label: rx.Var[str]
    hide_label: rx.Var[str]


def password_input(
    *, name: Text, required: Flag = False, new: bool = False, class_name: str = "", **props: Any
) -> rx.Component:
    """A password with a button that shows it; `new` for one that is being chosen. Otherwise as `text_input`."""
    parts = _split(props)
    props.setdefault("auto_complete", "new-password" if new else "current-password")
    wired = _wire(name, props, parts)
    control = rx.el.div(
        rx.el.input(
            type="password",
            required=required,
            class_name=classes(CONTROL, _LINE, "pe-11", class_name),
            **wired,
        ),
        _RevealButton.create(
            draw_icon("eye", class_name="in-aria-pressed:hidden"),
            draw_icon("eye-off", class_name="hidden in-aria-pressed:block"),
            target=wired["id"],
            show_label=_("Show password"),
            hide_label=_("Hide password"),
            class_name=(
                "absolute end-1 top-1/2 grid size-8 -translate-y-1/2 place-items-center rounded-md text-ink-muted "
                "hover:bg-ink/7 hover:text-ink"
            ),
        ),
        class_name="relative",
    )
    return _wrap(control, wired, parts, required)


def number_input(
    *,
    name: Text,
    minimum: Amount | None = None,
    maximum: Amount | None = None,
    step: Amount | str | None = None,
    unit: Text = "",
    required: Flag = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A number, with its unit behind it; limits are inclusive. Otherwise as `text_input`."""
    parts = _split(props)
    wired = _wire(name, props, parts)
    limits = {"min": minimum, "max": maximum, "step": step}
    control: rx.Component = rx.el.input(
        type="number",
        required=required,
        class_name=classes(CONTROL, _LINE, "tabular-nums", class_name),
        **{key: value for key, value in limits.items() if value is not None},
        **wired,
    )
    if given(unit):
        control = rx.el.div(
            control,
            rx.el.span(unit, class_name="text-sm text-ink-muted"),
            class_name="flex items-center gap-2",
        )
    return _wrap(control, wired, parts, required)


# Heights of a growing field before anything is written; by rows.
_ROWS = {
    2: "min-h-17",
    3: "min-h-22",
    4: "min-h-28",
    6: "min-h-40",
    8: "min-h-50",
    12: "min-h-72",
    20: "min-h-120",
}


def textarea(
    *,
    name: Text,
    rows: Literal[2, 3, 4, 6, 8, 12, 20] = 4,
    required: Flag = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Several lines of text; at least `rows`, grows with what is written. Otherwise as `text_input`."""
    parts = _split(props)
    wired = _wire(name, props, parts)
    control = rx.el.textarea(
        rows=str(rows),
        required=required,
        class_name=classes(
            CONTROL,
            "ui-grow max-h-[70vh] resize-y px-3 py-2.5 text-sm leading-relaxed",
            _ROWS[rows],
            class_name,
        ),
        **wired,
    )
    return _wrap(control, wired, parts, required)


def option_elements(options: Options) -> list[rx.Component]:
    """The `<option>` elements of a list of choices."""
    if isinstance(options, rx.Var):
        return [rx.foreach(options, lambda row: rx.el.option(row["label"], value=row["value"]))]
    return [rx.el.option(label, value=value) for value, label in options]


def select(
    *,
    name: Text,
    options: Options,
    placeholder: Text = "",
    required: Flag = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """One of a short list; for more than about fifteen choices take a combobox.

    Args:
        name: Name in the submitted form.
        options: Pairs of value and text, or a Var of a list of `Option`.
        placeholder: First, empty choice ("Choose a section").
        required: Must be chosen.
        class_name: Further classes of the select.
        props: As of `text_input`; `on_change` gets the value.
    """
    parts = _split(props)
    wired = _wire(name, props, parts)
    first = [rx.el.option(placeholder, value="")] if given(placeholder) else []
    control = rx.el.div(
        rx.el.select(
            *first,
            *option_elements(options),
            required=required,
            class_name=classes(CONTROL, _LINE, "ui-select cursor-pointer truncate pe-9", class_name),
            **wired,
        ),
        rx.el.span(
            draw_icon("chevrons-up-down"),
            class_name="pointer-events-none absolute inset-y-0 end-3 grid place-items-center text-ink-muted",
        ),
        class_name="relative",
    )
    return _wrap(control, wired, parts, required)


def date_time_input(
    *,
    name: Text,
    kind: Literal["datetime-local", "date", "time"] = "datetime-local",
    minimum: Text = "",
    maximum: Text = "",
    zone: Text = "",
    required: Flag = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A date, a time, or both, with the browser's own picker.

    Args:
        name: Name in the submitted form; the value is ISO 8601 local time without a zone.
        kind: Which parts are asked for.
        minimum: Earliest value, in the same form as the value.
        maximum: Latest value.
        zone: Name of the time zone the value is meant in, shown behind it.
        required: Must be filled in.
        class_name: Further classes of the input.
        props: As of `text_input`.
    """
    parts = _split(props)
    wired = _wire(name, props, parts)
    limits = {key: value for key, value in (("min", minimum), ("max", maximum)) if given(value)}
    control: rx.Component = rx.el.input(
        type=kind,
        required=required,
        class_name=classes(CONTROL, _LINE, "tabular-nums", class_name),
        **limits,
        **wired,
    )
    if given(zone):
        control = rx.el.div(
            control,
            rx.el.span(zone, class_name="shrink-0 text-sm text-ink-muted"),
            class_name="flex flex-wrap items-center gap-x-3 gap-y-1 [&>input]:min-w-48 [&>input]:flex-1",
        )
    return _wrap(control, wired, parts, required)


def search_input(
    *,
    name: Text = "q",
    label: Text = "",
    placeholder: Text = "",
    on_change: Any = None,
    debounce_ms: int = 300,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A search box.

    Args:
        name: Name in the submitted form.
        label: Its name for screen readers; "Search" by default.
        placeholder: An example of what can be looked for.
        on_change: Gets the text once nothing was typed for `debounce_ms`; a handler, not a lambda.
        debounce_ms: The pause in milliseconds; 0 tells every letter.
        class_name: Further classes of the whole box.
        props: `id`, `default_value`, `on_key_down` and other attributes of an input.
    """
    if on_change is not None:
        props["on_change"] = on_change.debounce(debounce_ms) if debounce_ms else on_change
    return rx.el.div(
        _inside_start("search"),
        rx.el.input(
            type="search",
            name=name,
            id=control_id(props.pop("id", ""), name),
            aria_label=label if given(label) else _("Search"),
            placeholder=placeholder,
            auto_complete="off",
            enter_key_hint="search",
            class_name=f"{CONTROL} {_LINE} ui-search ps-9",
            **props,
        ),
        class_name=classes("relative", class_name),
    )
