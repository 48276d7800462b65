"""What the interface says about itself: loading, nothing there, something wrong, something to know."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Content, Text, classes, given, optional
from eduplatform.components.ui.buttons import button, icon_button
from eduplatform.components.ui.display import SOFT_TONES
from eduplatform.components.ui.icons import icon as draw_icon

CalloutTone = Literal["info", "success", "warning", "danger"]

_TONE_ICONS: dict[str, str] = {
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "danger": "circle-alert",
}


def skeleton(*, class_name: str = "h-4 w-full") -> rx.Component:
    """One grey shape in the place of something that is loading; give it the size of what will come."""
    return rx.el.div(aria_hidden="true", class_name=f"ui-skeleton {class_name}")


def _loading(*shapes: rx.Component, class_name: str) -> rx.Component:
    return rx.el.div(
        rx.el.span(_("Loading"), role="status", class_name="sr-only"),
        *shapes,
        aria_busy="true",
        class_name=class_name,
    )


def skeleton_text(*, lines: int = 3, class_name: str = "") -> rx.Component:
    """Lines of text that are loading."""
    widths = ("h-3.5 w-full", "h-3.5 w-11/12", "h-3.5 w-4/5", "h-3.5 w-2/3")
    return _loading(
        *[skeleton(class_name=widths[index % len(widths)]) for index in range(lines)],
        class_name=f"flex flex-col gap-3 {class_name}".strip(),
    )


def skeleton_card(*, class_name: str = "") -> rx.Component:
    """A card that is loading."""
    return _loading(
        skeleton(class_name="h-28 w-full rounded-lg!"),
        skeleton(class_name="mt-4 h-4 w-3/5"),
        skeleton(class_name="mt-3 h-3 w-full"),
        skeleton(class_name="mt-2 h-3 w-4/5"),
        class_name=f"rounded-xl border border-line bg-surface p-5 shadow-sm {class_name}".strip(),
    )


def skeleton_stat(*, class_name: str = "") -> rx.Component:
    """A number that is loading."""
    return _loading(
        skeleton(class_name="h-3.5 w-24"),
        skeleton(class_name="mt-3.5 h-7 w-16"),
        class_name=f"rounded-xl border border-line bg-surface p-5 shadow-sm {class_name}".strip(),
    )


def skeleton_table(*, rows: int = 5, class_name: str = "") -> rx.Component:
    """A table or list that is loading."""
    line = rx.el.div(
        skeleton(class_name="size-8 shrink-0 rounded-full!"),
        skeleton(class_name="h-3.5 w-2/5"),
        skeleton(class_name="ms-auto h-3.5 w-16"),
        skeleton(class_name="hidden h-3.5 w-24 sm:block"),
        class_name="flex items-center gap-4 border-b border-line px-5 py-3.5 last:border-0",
    )
    return _loading(
        *[line for _index in range(rows)],
        class_name=f"overflow-hidden rounded-xl border border-line bg-surface shadow-sm {class_name}".strip(),
    )


def empty_state(
    title: Text,
    *,
    description: Content = "",
    icon: str = "inbox",
    actions: Sequence[rx.Component] = (),
    heading: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """What is seen where a list is empty: why, and what to do first.

    Args:
        title: What is not there yet.
        description: What will be here, or how to begin.
        icon: Icon above.
        actions: The first step, as a button or link.
        heading: The title is the heading of the whole page, which has no other.
        class_name: Further classes.
        props: `id` and other attributes.
    """
    title_tag = rx.el.h1 if heading else rx.el.p
    return rx.el.div(
        rx.el.span(
            draw_icon(icon, size="lg"),
            class_name="grid size-12 place-items-center rounded-xl border border-line bg-surface text-ink-muted shadow-sm",
        ),
        title_tag(title, class_name="mt-4 text-base font-semibold text-ink"),
        optional(
            description,
            lambda text: rx.el.div(text, class_name="mt-1 max-w-md text-sm text-pretty text-ink-muted"),
        ),
        rx.el.div(*actions, class_name="mt-5 flex flex-wrap justify-center gap-2")
        if actions
        else rx.fragment(),
        class_name=classes("flex flex-col items-center px-5 py-12 text-center", class_name),
        **props,
    )


def error_state(
    title: Text = "",
    *,
    description: Content = "",
    reference: Text = "",
    on_retry: Any = None,
    actions: Sequence[rx.Component] = (),
    heading: bool = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """What is seen where something could not be shown: what happened, the reference to quote, a way out.

    Args:
        title: What could not be done; a general sentence by default.
        description: What the reader can do.
        reference: Id under which the error was logged.
        on_retry: Called by "Try again".
        actions: Further ways out.
        heading: The title is the heading of the whole page, which has no other.
        class_name: Further classes.
        props: `id` and other attributes.
    """
    retry = [button(_("Try again"), icon="refresh-cw", on_click=on_retry)] if on_retry is not None else []
    ways = [*retry, *actions]
    return rx.el.div(
        rx.el.span(
            draw_icon("triangle-alert", size="lg"),
            class_name="grid size-12 place-items-center rounded-xl bg-danger-soft text-danger",
        ),
        (rx.el.h1 if heading else rx.el.p)(
            title if given(title) else _("This could not be loaded"),
            class_name="mt-4 text-base font-semibold text-ink",
        ),
        rx.el.div(
            description if given(description) else _("Nothing is lost. Please try again in a moment."),
            class_name="mt-1 max-w-md text-sm text-pretty text-ink-muted",
        ),
        rx.el.div(*ways, class_name="mt-5 flex flex-wrap justify-center gap-2") if ways else rx.fragment(),
        optional(
            reference,
            lambda text: rx.el.p(
                _("Reference"),
                " ",
                rx.el.code(text, class_name="rounded bg-ink/7 px-1.5 py-0.5 font-mono text-ink select-all"),
                class_name="mt-5 text-xs text-ink-muted",
            ),
        ),
        role="alert",
        class_name=classes("flex flex-col items-center px-5 py-12 text-center", class_name),
        **props,
    )


def callout(
    *body: Content,
    title: Text = "",
    tone: CalloutTone = "info",
    actions: Sequence[rx.Component] = (),
    on_dismiss: Any = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A message within the page that stays.

    Args:
        body: The message.
        title: Its first words, in bold.
        tone: `info`, `success`, `warning` or `danger`.
        actions: Buttons or links below.
        on_dismiss: Called by a closing button, which is there only with it.
        class_name: Further classes.
        props: `id`, `role="alert"` for what appears suddenly, and other attributes.
    """
    return rx.el.div(
        draw_icon(_TONE_ICONS[tone], size="md", class_name="mt-px"),
        rx.el.div(
            optional(title, lambda text: rx.el.p(text, class_name="font-semibold")),
            rx.el.div(*body, class_name="text-ink") if body else rx.fragment(),
            rx.el.div(*actions, class_name="mt-3 flex flex-wrap gap-2") if actions else rx.fragment(),
            class_name="min-w-0 flex-1",
        ),
        icon_button("x", label=_("Dismiss"), size="sm", on_click=on_dismiss, class_name="-me-1.5 -my-1")
        if on_dismiss is not None
        else rx.fragment(),
        class_name=classes("flex gap-3 rounded-xl px-4 py-3.5 text-sm", SOFT_TONES[tone], class_name),
        **props,
    )


def banner(
    message: Content,
    *,
    tone: CalloutTone = "info",
    action: rx.Component | None = None,
    on_dismiss: Any = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """One line over the whole page, for what concerns all of it (offline, trial ends, reading as somebody else)."""
    return rx.el.div(
        draw_icon(_TONE_ICONS[tone]),
        rx.el.p(message, class_name="min-w-0"),
        action or rx.fragment(),
        icon_button("x", label=_("Dismiss"), size="sm", on_click=on_dismiss)
        if on_dismiss is not None
        else rx.fragment(),
        class_name=classes(
            "flex flex-wrap items-center justify-center gap-x-3 gap-y-1 px-4 py-2 text-center text-sm font-medium",
            SOFT_TONES[tone],
            class_name,
        ),
        **props,
    )
