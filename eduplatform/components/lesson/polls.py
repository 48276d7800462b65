"""The result of a poll in a live lesson."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import progress

_CELL = "px-3 py-2 text-start text-sm"


def poll_bars(poll: Any, *, id: str) -> rx.Component:
    """A bar for each option, with its number in words beside it.

    Args:
        poll: A `PollLine`.
        id: Beginning of the ids of the bars.
    """
    return rx.el.div(
        rx.foreach(
            poll["options"],
            lambda one: progress(
                one["percent"],
                label=one["label"],
                value_text=one["text"],
                id=f"{id}-{poll['id']}-{one['number']}",
            ),
        ),
        class_name="flex flex-col gap-3",
    )


def poll_table(poll: Any) -> rx.Component:
    """The same as a table, for those who would rather read numbers."""
    return rx.el.details(
        rx.el.summary(
            _("As a table"),
            class_name="w-fit cursor-pointer rounded-sm py-1 text-sm font-medium text-accent hover:text-accent-strong",
        ),
        rx.el.table(
            rx.el.caption(poll["question"], class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(_("Answer"), scope="col", class_name=f"{_CELL} text-ink-muted"),
                    rx.el.th(_("Votes"), scope="col", class_name=f"{_CELL} text-ink-muted"),
                )
            ),
            rx.el.tbody(
                rx.foreach(
                    poll["options"],
                    lambda one: rx.el.tr(
                        rx.el.th(one["label"], scope="row", class_name=f"{_CELL} font-normal text-ink"),
                        rx.el.td(one["text"], class_name=f"{_CELL} tabular-nums text-ink"),
                        class_name="border-t border-line",
                    ),
                )
            ),
            class_name="mt-2 w-full",
        ),
    )


__all__ = ["poll_bars", "poll_table"]
