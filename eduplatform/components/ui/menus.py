"""Menu and tooltip: small surfaces that belong to one button. Native popovers, placed by the kit's script."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.ui.base import UI_SCRIPT, Content, Flag, Text, classes, given
from eduplatform.components.ui.buttons import ButtonSize, ButtonVariant, button, icon_button
from eduplatform.components.ui.icons import icon as draw_icon


class _MenuList(BaseHTML):
    library = UI_SCRIPT
    tag = "MenuList"
    _is_tag_in_global_scope = False

    align: rx.Var[str]


class _Tooltip(BaseHTML):
    library = UI_SCRIPT
    tag = "Tooltip"
    _is_tag_in_global_scope = False

    text: rx.Var[str]
    side: rx.Var[str]
    tip_class: rx.Var[str]


_ITEM = (
    "flex w-full items-center gap-2.5 rounded-md px-2.5 py-1.5 text-start text-sm no-underline outline-none "
    "pointer-coarse:py-2.5 hover:bg-ink/7 focus:bg-ink/7 "
    "aria-disabled:pointer-events-none aria-disabled:opacity-50"
)


def menu(
    *items: rx.Component,
    id: Text,
    label: Text,
    icon: str = "",
    icon_only: bool = False,
    variant: ButtonVariant = "secondary",
    size: ButtonSize = "md",
    align: Literal["start", "end"] = "end",
    trigger: Content | None = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A button with a list of actions; arrow keys, Home, End, first letters and Escape work.

    Args:
        items: `menu_item`, `menu_link`, `menu_separator`, `menu_heading`, or an `rx.foreach` of them.
        id: Id of the list, unique on the page (in a row: made from the row's key).
        label: Text of the button, or its name when only an icon or `trigger` is seen.
        icon: Icon of the button.
        icon_only: Shows just the icon.
        variant: Look of the button.
        size: Height of the button.
        align: Which edge of the button the list keeps to.
        trigger: Own content of the button (an avatar), instead of icon and label.
        class_name: Further classes of the button.
        props: Further attributes of the button.
    """
    attrs = {"popoverTarget": id, "aria-haspopup": "menu", "aria-expanded": "false"}
    if trigger is not None:
        control = rx.el.button(
            trigger,
            type="button",
            aria_label=label,
            class_name=classes("rounded-lg p-1 hover:bg-ink/7", class_name),
            custom_attrs=attrs,
            **props,
        )
    elif icon_only:
        control = icon_button(
            icon or "ellipsis",
            label=label,
            variant=variant,
            size=size,
            class_name=class_name,
            custom_attrs=attrs,
            **props,
        )
    else:
        control = button(
            label,
            icon=icon,
            icon_end="chevron-down",
            variant=variant,
            size=size,
            class_name=class_name,
            custom_attrs=attrs,
            **props,
        )
    return rx.fragment(
        control,
        _MenuList.create(
            *items,
            id=id,
            align=align,
            aria_label=label,
            class_name=(
                "ui-popover z-50 min-w-48 max-w-80 overflow-y-auto rounded-xl border border-line bg-raised p-1 "
                "text-ink shadow-lg"
            ),
        ),
    )


def menu_item(
    label: Content,
    *,
    icon: str = "",
    danger: bool = False,
    disabled: Flag = False,
    opens: Text = "",
    **props: Any,
) -> rx.Component:
    """An action in a menu; `opens` names a dialog that it opens, `props` carry `on_click` and the like."""
    attrs = {"data-opens": opens} if given(opens) else {}
    return rx.el.button(
        draw_icon(icon, class_name="" if danger else "text-ink-muted") if icon else rx.fragment(),
        rx.el.span(label, class_name="min-w-0 flex-1"),
        type="button",
        role="menuitem",
        tab_index=-1,
        disabled=disabled,
        class_name=f"{_ITEM} disabled:opacity-50 {'text-danger' if danger else 'text-ink'}",
        custom_attrs=attrs,
        **props,
    )


def menu_link(
    label: Content, href: Text, *, icon: str = "", reload: bool = False, **props: Any
) -> rx.Component:
    """A page in a menu; `reload` asks the server instead of the router."""
    if reload:
        props["reload_document"] = True
    return rx.el.a(
        draw_icon(icon, class_name="text-ink-muted") if icon else rx.fragment(),
        rx.el.span(label, class_name="min-w-0 flex-1"),
        href=href,
        role="menuitem",
        tab_index=-1,
        class_name=f"{_ITEM} text-ink",
        **props,
    )


def menu_separator() -> rx.Component:
    """A line between groups of a menu."""
    return rx.el.div(role="separator", class_name="-mx-1 my-1 h-px bg-line")


def menu_heading(text: Content) -> rx.Component:
    """Words above a group of a menu; not an item."""
    return rx.el.div(text, role="presentation", class_name="px-2.5 pt-1.5 pb-1 text-xs text-ink-muted")


def tooltip(
    child: rx.Component, text: Text, *, id: Text, side: Literal["top", "bottom"] = "top", class_name: str = ""
) -> rx.Component:
    """Explains a control on hover and keyboard focus.

    Never the only place of something that is needed: touch screens do not show it.

    Args:
        child: One control that can have the focus.
        text: A few words.
        id: Id of the words, unique on the page.
        side: Where they appear when there is room.
        class_name: Further classes of the element around the control.
    """
    return _Tooltip.create(
        child,
        id=id,
        text=text,
        side=side,
        tip_class=(
            "ui-popover z-50 max-w-64 rounded-md bg-ink px-2.5 py-1.5 text-xs font-medium text-canvas shadow-md "
            "pointer-events-auto"
        ),
        class_name=classes("inline-flex", class_name),
    )
