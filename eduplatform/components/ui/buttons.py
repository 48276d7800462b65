"""Buttons and links: everything that is pressed or followed."""

from typing import Any, Literal

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Content, Flag, Text, choose, classes, either, given, optional
from eduplatform.components.ui.icons import icon as draw_icon

ButtonVariant = Literal["primary", "secondary", "quiet", "danger"]
ButtonSize = Literal["sm", "md", "lg"]

_SHAPE = (
    "inline-flex items-center justify-center gap-2 rounded-lg border font-medium whitespace-nowrap select-none "
    "no-underline transition-colors duration-150 "
    "disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:pointer-events-none aria-disabled:opacity-55"
)
_VARIANTS: dict[str, str] = {
    "primary": "border-transparent bg-accent text-on-accent shadow-sm hover:not-disabled:bg-accent-strong",
    "secondary": (
        "border-line bg-raised text-ink shadow-sm hover:not-disabled:border-line-strong "
        "hover:not-disabled:bg-[color-mix(in_srgb,var(--color-raised),var(--color-ink)_4%)]"
    ),
    "quiet": "border-transparent bg-transparent text-ink hover:not-disabled:bg-ink/7",
    "danger": "border-transparent bg-danger text-on-danger shadow-sm hover:not-disabled:brightness-90",
}
_SIZES: dict[str, str] = {
    "sm": "h-8 px-3 text-sm pointer-coarse:h-10",
    "md": "h-10 px-4 text-sm pointer-coarse:h-11",
    "lg": "h-12 px-6 text-base",
}
_SQUARES: dict[str, str] = {
    "sm": "size-8 pointer-coarse:size-10",
    "md": "size-10 pointer-coarse:size-11",
    "lg": "size-12",
}
_LINK = (
    "rounded-sm font-medium text-accent underline decoration-accent/35 decoration-1 underline-offset-3 "
    "hover:text-accent-strong hover:decoration-current"
)


def spinner(*, size: str = "sm", class_name: str = "") -> rx.Component:
    """A turning circle, decoration only: say in words what is going on."""
    return draw_icon("loader-circle", size=size, class_name=f"ui-spin {class_name}".strip())


def _dialog_attributes(opens: Text, closes: bool) -> dict[str, Any]:
    attrs: dict[str, Any] = {}
    if given(opens):
        attrs["data-opens"] = opens
        attrs["aria-haspopup"] = "dialog"
    if closes:
        attrs["data-closes"] = ""
    return attrs


def button(
    label: Content,
    *,
    variant: ButtonVariant = "secondary",
    size: ButtonSize = "md",
    icon: str = "",
    icon_end: str = "",
    loading: Flag = False,
    disabled: Flag = False,
    type: Literal["button", "submit", "reset"] = "button",
    full_width: bool = False,
    opens: Text = "",
    closes: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A button.

    Args:
        label: What pressing it does, a verb.
        variant: `primary` at most once per view; `quiet` has no frame; `danger` destroys something.
        size: Height 32, 40 or 48 px; on touch screens at least 40 px.
        icon: Icon before the label.
        icon_end: Icon after the label.
        loading: Shows a turning circle and refuses to be pressed.
        disabled: Refuses to be pressed.
        type: `submit` sends the form around it.
        full_width: As wide as its container.
        opens: Id of a `dialog` or `drawer` that it opens in the browser, without a round trip.
        closes: Closes the dialog around it.
        class_name: Further classes.
        props: `id`, `on_click`, `name`, `value`, `aria_*` and other attributes of a button.
    """
    leading = draw_icon(icon) if icon else rx.fragment()
    attrs = {**_dialog_attributes(opens, closes), **props.pop("custom_attrs", {})}
    return rx.el.button(
        choose(loading, spinner(), leading),
        label,
        draw_icon(icon_end) if icon_end else rx.fragment(),
        type=type,
        disabled=either(loading, disabled),
        aria_busy=choose(loading, "true", "false"),
        class_name=classes(
            _SHAPE, _VARIANTS[variant], _SIZES[size], "w-full" if full_width else "", class_name
        ),
        custom_attrs=attrs,
        **props,
    )


def icon_button(
    icon: str,
    *,
    label: Text,
    variant: ButtonVariant = "quiet",
    size: ButtonSize = "md",
    loading: Flag = False,
    disabled: Flag = False,
    opens: Text = "",
    closes: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A square button with an icon; `label` is its name for screen readers and on hover."""
    attrs = {**_dialog_attributes(opens, closes), **props.pop("custom_attrs", {})}
    return rx.el.button(
        choose(loading, spinner(), draw_icon(icon)),
        type=props.pop("type", "button"),
        aria_label=label,
        title=label,
        disabled=either(loading, disabled),
        class_name=classes(_SHAPE, _VARIANTS[variant], _SQUARES[size], class_name),
        custom_attrs=attrs,
        **props,
    )


def _destination(href: Text, external: bool, reload: bool) -> dict[str, Any]:
    if external:
        return {"href": href, "target": "_blank", "rel": "noopener noreferrer"}
    if reload:
        return {"href": href, "reload_document": True}
    return {"href": href}


def _external_mark() -> rx.Component:
    return rx.fragment(
        draw_icon("external-link", size="xs", class_name="ms-1 inline align-baseline"),
        rx.el.span(_("(opens in a new tab)"), class_name="sr-only"),
    )


def link(
    label: Content,
    href: Text,
    *,
    external: bool = False,
    reload: bool = False,
    plain: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A link in or outside of the application.

    Args:
        label: Where it leads; understandable without the sentence around it.
        href: Path of a page, or an address.
        external: Opens a new tab, and says so.
        reload: Asks the server instead of the router (for paths that are not pages).
        plain: Looks like the text around it until hovered, for titles in lists.
        class_name: Further classes.
        props: `id`, `on_click`, `aria_*` and other attributes of a link.
    """
    look = "rounded-sm text-inherit no-underline hover:text-accent hover:underline" if plain else _LINK
    return rx.el.a(
        label,
        _external_mark() if external else rx.fragment(),
        class_name=classes(look, class_name),
        **_destination(href, external, reload),
        **props,
    )


def button_link(
    label: Content,
    href: Text,
    *,
    variant: ButtonVariant = "secondary",
    size: ButtonSize = "md",
    icon: str = "",
    icon_end: str = "",
    external: bool = False,
    reload: bool = False,
    full_width: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A link that looks like a button, for the next step of a task; arguments as of `button` and `link`."""
    return rx.el.a(
        optional(icon, draw_icon),
        label,
        optional(icon_end, draw_icon),
        _external_mark() if external else rx.fragment(),
        class_name=classes(
            _SHAPE, _VARIANTS[variant], _SIZES[size], "w-full" if full_width else "", class_name
        ),
        **_destination(href, external, reload),
        **props,
    )
