"""What lies over the page: dialog, confirmation, drawer. Native `<dialog>`: focus stays inside, Escape closes."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex.event import no_args_event_spec
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.text import _
from eduplatform.components.ui.base import UI_SCRIPT, Content, Flag, Text, classes, given
from eduplatform.components.ui.buttons import button, icon_button


class _Dialog(BaseHTML):
    library = UI_SCRIPT
    tag = "Dialog"
    _is_tag_in_global_scope = False

    open: rx.Var[bool]
    dismissible: rx.Var[bool]
    on_close: rx.EventHandler[no_args_event_spec]


_SHEET = "ui-dialog hidden flex-col overflow-hidden border-line bg-raised p-0 text-ink shadow-lg open:flex"
_WIDTHS = {
    "sm": "sm:max-w-md",
    "md": "sm:max-w-xl",
    "lg": "sm:max-w-3xl",
    "xl": "sm:max-w-5xl",
}
_SIDES = {
    "end": "ui-dialog-end ms-auto me-0 my-0 h-dvh max-h-none w-full max-w-none border-s sm:w-[28rem]",
    "start": "ui-dialog-start ms-0 me-auto my-0 h-dvh max-h-none w-[min(20rem,85vw)] max-w-none border-e",
    "bottom": "ui-dialog-bottom mx-auto mt-auto mb-0 max-h-[85dvh] w-full max-w-none rounded-t-2xl border-t",
}


def _frame(
    body: Sequence[Content],
    *,
    title: Text,
    id: Text,
    description: Text,
    footer: rx.Component | Sequence[rx.Component] | None,
    shape: str,
    open: Flag | None,
    on_close: Any,
    dismissible: bool,
    props: dict[str, Any],
) -> rx.Component:
    """The parts that dialog and drawer share: heading, scrolling body, footer, closing button."""
    heading = rx.el.div(
        rx.el.div(
            rx.el.h2(
                title,
                id=f"{id}-title",
                tab_index=-1,
                class_name="text-lg font-semibold outline-none",
                custom_attrs={"data-dialog-title": ""},
            ),
            rx.el.p(
                description, id=f"{id}-description", class_name="mt-1 text-sm text-ink-muted empty:hidden"
            ),
            class_name="min-w-0 flex-1",
        ),
        icon_button("x", label=_("Close"), size="sm", closes=True, class_name="-me-2 -mt-0.5 shrink-0"),
        class_name="flex shrink-0 items-start gap-4 px-5 pt-5 pb-4 sm:px-6",
    )
    actions = [footer] if isinstance(footer, rx.Component) else list(footer or [])
    foot = rx.el.div(
        *actions,
        class_name=(
            "flex shrink-0 flex-col-reverse gap-2 border-t border-line bg-sunken/60 px-5 py-4 "
            "sm:flex-row sm:justify-end sm:px-6"
        ),
    )
    events: dict[str, Any] = {}
    if open is not None:
        events["open"] = open
    if on_close is not None:
        events["on_close"] = on_close
    return _Dialog.create(
        heading,
        rx.el.div(
            *body,
            class_name="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 pt-1 pb-5 text-sm sm:px-6",
            custom_attrs={"data-dialog-body": ""},
        ),
        foot if actions else rx.fragment(),
        id=id,
        dismissible=dismissible,
        aria_labelledby=f"{id}-title",
        aria_describedby=f"{id}-description",
        class_name=shape,
        **events,
        **props,
    )


def dialog(
    *body: Content,
    title: Text,
    id: Text,
    open: Flag | None = None,
    on_close: Any = None,
    description: Text = "",
    footer: rx.Component | Sequence[rx.Component] | None = None,
    size: Literal["sm", "md", "lg", "xl"] = "md",
    dismissible: bool = True,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A modal dialog in the middle of the window; on a phone it rises from the bottom.

    Two ways to open it: a state Var in `open`, or, without a round trip, any `button(opens=<id>)`. It closes at once
    with Escape, its closing button, a press outside, or `button(closes=True)` inside, and then calls `on_close`,
    whose handler must set the Var of `open` to False. The first field inside gets the focus, or the element with
    `custom_attrs={"data-autofocus": ""}`; afterwards the focus goes back to where it was.

    Args:
        body: The content.
        title: Its heading and name.
        id: Its id, unique on the page.
        open: Whether it is open, when the state decides.
        on_close: Called without arguments after the reader closed it.
        description: A line below the heading.
        footer: Buttons, the main one last.
        size: Width 28, 36, 48 or 64 rem at most.
        dismissible: False: Escape and a press outside do not close it.
        class_name: Further classes.
        props: Further attributes.
    """
    shape = (
        "ui-dialog-center max-h-[calc(100dvh-2rem)] w-full max-w-none mx-auto mt-auto mb-0 rounded-t-2xl border-t "
        "sm:m-auto sm:w-[calc(100vw-3rem)] sm:rounded-2xl sm:border"
    )
    return _frame(
        body,
        title=title,
        id=id,
        description=description,
        footer=footer,
        shape=" ".join(part for part in (_SHEET, shape, _WIDTHS[size], class_name) if part),
        open=open,
        on_close=on_close,
        dismissible=dismissible,
        props=props,
    )


def confirm_dialog(
    *,
    id: Text,
    title: Text,
    message: Content,
    confirm_label: Text,
    on_confirm: Any,
    open: Flag | None = None,
    on_close: Any = None,
    cancel_label: Text = "",
    danger: bool = True,
    loading: Flag = False,
) -> rx.Component:
    """Asks before something that cannot be undone; the focus starts on the way out.

    Args:
        id: Its id; a `button(opens=<id>)` opens it, or `open` does.
        title: The question ("Delete this course?").
        message: What will be gone, and what will stay.
        confirm_label: The verb of the deed ("Delete course"), never "Yes" or "OK".
        on_confirm: Called on confirmation. Opened by a button, it closes by itself; opened by `open`, the handler closes it.
        open: Whether it is open, when the state decides.
        on_close: Called after it was closed without confirming.
        cancel_label: "Cancel" by default.
        danger: Whether the deed destroys something.
        loading: The deed is being done.
    """
    return dialog(
        rx.el.div(message, class_name="leading-relaxed text-ink-muted"),
        title=title,
        id=id,
        open=open,
        on_close=on_close,
        size="sm",
        role="alertdialog",
        footer=[
            button(
                cancel_label if given(cancel_label) else _("Cancel"),
                closes=True,
                custom_attrs={"data-autofocus": ""},
            ),
            button(
                confirm_label,
                variant="danger" if danger else "primary",
                loading=loading,
                closes=open is None,
                on_click=on_confirm,
            ),
        ],
    )


def drawer(
    *body: Content,
    title: Text,
    id: Text,
    open: Flag | None = None,
    on_close: Any = None,
    description: Text = "",
    footer: rx.Component | Sequence[rx.Component] | None = None,
    side: Literal["end", "start", "bottom"] = "end",
    dismissible: bool = True,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A dialog at an edge of the window, for details beside a list or for the menu of a phone; as `dialog`."""
    return _frame(
        body,
        title=title,
        id=id,
        description=description,
        footer=footer,
        shape=str(classes(_SHEET, _SIDES[side], class_name)),
        open=open,
        on_close=on_close,
        dismissible=dismissible,
        props=props,
    )
