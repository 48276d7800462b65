"""Notices: short messages about what was just done, as a list in the state and a live region in the page."""

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.text import _
from eduplatform.components.ui.base import UI_SCRIPT
from eduplatform.components.ui.buttons import icon_button
from eduplatform.components.ui.icons import icon as draw_icon
from eduplatform.state.rows import Notice

# How long a notice that needs no action stays, in milliseconds; never while it is hovered or focused.
LIFETIME_MS = 7000


class _NoticeItem(BaseHTML):
    library = UI_SCRIPT
    tag = "NoticeItem"
    _is_tag_in_global_scope = False

    lifetime: rx.Var[int]
    on_expire: rx.EventHandler[no_args_event_spec]


def _item(notice: Any, on_dismiss: Callable[..., Any]) -> rx.Component:
    kind = notice["kind"]
    picture = rx.match(
        kind,
        ("success", draw_icon("circle-check", size="md", class_name="text-success")),
        ("warning", draw_icon("triangle-alert", size="md", class_name="text-warning")),
        ("error", draw_icon("circle-alert", size="md", class_name="text-danger")),
        draw_icon("info", size="md", class_name="text-info"),
    )
    return _NoticeItem.create(
        picture,
        rx.el.div(
            rx.el.p(notice["text"], class_name="text-sm text-ink"),
            rx.cond(
                notice["reference"],
                rx.el.p(
                    _("Reference"),
                    " ",
                    rx.el.code(notice["reference"], class_name="font-mono select-all"),
                    class_name="mt-0.5 text-xs text-ink-muted",
                ),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        icon_button(
            "x",
            label=_("Dismiss"),
            size="sm",
            on_click=on_dismiss(notice["id"]),
            class_name="-me-1.5 -my-1.5 shrink-0",
        ),
        key=notice["id"],
        lifetime=rx.cond((kind == "error") | (kind == "warning"), 0, LIFETIME_MS),
        on_expire=on_dismiss(notice["id"]),
        class_name=(
            "ui-arrive pointer-events-auto flex w-full items-start gap-3 rounded-xl border border-line bg-raised "
            "px-4 py-3.5 shadow-lg sm:w-96"
        ),
    )


def notice_list(notices: rx.Var[list[Notice]], on_dismiss: Callable[..., Any]) -> rx.Component:
    """The notices below each other, without the place over the page."""
    return rx.el.ol(
        rx.foreach(notices, lambda notice: _item(notice, on_dismiss)),
        class_name="flex flex-col items-end gap-2.5",
    )


def notice_region(notices: rx.Var[list[Notice]], on_dismiss: Callable[..., Any]) -> rx.Component:
    """Shows the notices over the page and has them read out; place it once in the shell of every page.

    Successes and hints leave by themselves; warnings and errors stay until they are dismissed.

    Args:
        notices: The list in the state, newest last; keep it to a handful.
        on_dismiss: Handler that takes the id of a notice and removes it.
    """
    return rx.el.div(
        notice_list(notices, on_dismiss),
        role="region",
        aria_label=_("Notices"),
        aria_live="polite",
        aria_relevant="additions text",
        class_name=(
            "ui-screen-only pointer-events-none fixed inset-x-0 bottom-0 z-60 flex flex-col p-4 "
            "pb-[max(1rem,env(safe-area-inset-bottom))] sm:p-6"
        ),
    )
