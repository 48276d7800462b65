"""The controls of forms: text, password, number, long text, list, date and time, search.

Each takes `label`, `hint`, `error` and `required` itself and then draws the whole field; without a label it draws the
bare control, which then needs an `aria_label`.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.el.elements.forms import Select

from eduplatform.components.text import _
from eduplatform.components.ui.base import UI_SCRIPT, Amount, Flag, Text, classes, given
from eduplatform.components.ui.fields import CONTROL, control_id, element_id, frame, take_field_parts, wire
from eduplatform.components.ui.icons import icon as draw_icon
from eduplatform.state.rows import Option

_LINE = "h-10 px-3 text-sm pointer-coarse:h-11"


Options: TypeAlias = Sequence[tuple[str, Text]] | rx.Var[list[Option]]


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
    parts = take_field_parts(props)
    wired = wire(name, props, parts)
    padding = "ps-9" if icon else ""
    control: rx.Component = rx.el.input(
        type=type, required=required, class_name=classes(CONTROL, _LINE, padding, class_name), **wired
    )
    if icon:
        control = rx.el.div(_inside_start(icon), control, class_name="relative")
    return frame(control, parts, required)


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
    parts = take_field_parts(props)
    props.setdefault("auto_complete", "new-password" if new else "current-password")
    wired = wire(name, props, parts)
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
    return frame(control, parts, required)


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
    parts = take_field_parts(props)
    wired = wire(name, props, parts)
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
    return frame(control, parts, required)


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
    parts = take_field_parts(props)
    wired = wire(name, props, parts)
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
    return frame(control, parts, required)


def option_elements(options: Options) -> list[rx.Component]:
    """The `<option>` elements of a list of choices."""
    if isinstance(options, rx.Var):
        return [rx.foreach(options, lambda row: rx.el.option(row["label"], value=row["value"]))]
    return [rx.el.option(label, value=value) for value, label in options]


class _FollowedSelect(Select):
    library = UI_SCRIPT
    tag = "FollowedSelect"
    _is_tag_in_global_scope = False


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
    parts = take_field_parts(props)
    wired = wire(name, props, parts)
    first = [rx.el.option(placeholder, value="")] if given(placeholder) else []
    make = _FollowedSelect.create if "value" in wired else rx.el.select
    control = rx.el.div(
        make(
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
    return frame(control, parts, required)


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
    parts = take_field_parts(props)
    wired = wire(name, props, parts)
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
    return frame(control, parts, required)


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
            id=element_id(control_id(props.pop("id", ""), name)),
            aria_label=label if given(label) else _("Search"),
            placeholder=placeholder,
            auto_complete="off",
            enter_key_hint="search",
            class_name=f"{CONTROL} {_LINE} ui-search ps-9",
            **props,
        ),
        class_name=classes("relative", class_name),
    )
