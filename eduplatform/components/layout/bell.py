"""The bell in the bar above the page: how many unread news there are, and the way to them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.live.channel import channel
from eduplatform.components.text import _, _n
from eduplatform.components.ui import icon
from eduplatform.realtime.events import NotificationsChanged
from eduplatform.state.notifications import BellState
from eduplatform.state.shell import ShellState

_B: Any = BellState


def bell() -> rx.Component:
    """A link to the news; its number follows by itself while somebody looks at the tab."""
    count = rx.cond(_B.unread > 99, "99+", _B.unread.to(str))
    return rx.el.a(
        icon("bell", size="md"),
        rx.cond(
            _B.unread > 0,
            rx.fragment(
                rx.el.span(
                    count,
                    aria_hidden="true",
                    class_name=(
                        "absolute -top-0.5 start-5 min-w-5 rounded-full bg-danger px-1 text-center text-[0.6875rem] "
                        "leading-5 font-semibold text-on-danger tabular-nums"
                    ),
                ),
                rx.el.span(
                    _n("Notifications, {count} unread", "Notifications, {count} unread", count=_B.unread),
                    class_name="sr-only",
                ),
            ),
            rx.el.span(_("Notifications"), class_name="sr-only"),
        ),
        channel(ShellState.user_channel, on_change=_B.count, events=[NotificationsChanged]),
        href="/notifications",
        on_mount=_B.poll,
        class_name=(
            "relative grid size-9 shrink-0 place-items-center rounded-lg text-ink-muted hover:bg-ink/6 hover:text-ink "
            "pointer-coarse:size-11"
        ),
    )
