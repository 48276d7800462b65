"""The frame around every page's content."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from eduplatform.components.layout.brand import brand_class, brand_style
from eduplatform.components.layout.sidebar import FRAME_SCRIPT, bottom_bar, navigation_drawer, sidebar
from eduplatform.components.layout.top_bar import top_bar
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel
from eduplatform.components.text import _, locale_bridge
from eduplatform.components.ui import notice_region
from eduplatform.realtime.events import AccessChanged, TenantSuspended
from eduplatform.state.base import NoticeState
from eduplatform.state.shell import ShellState

MAIN = "main"
PULSE_SECONDS = 3
"""With the two seconds for which a process remembers a session, its end is felt within five, also without live updates."""

PULSE_WHILE_LIVE_SECONDS = 60
"""Live updates tell of a session that was ended; only one that was idle for too long ends without anybody's doing."""


class _PageFocus(rx.Component):
    """Gives the focus to the content after a change of page."""

    library = FRAME_SCRIPT
    tag = "PageFocus"

    target: rx.Var[str]


@rx.memo
def skip_link() -> rx.Component:
    """The first stop of the keyboard: past the navigation."""
    # A plain anchor: the router's link would name the page, and assistive technology looks for a mere "#".
    return A.create(
        _("Skip to content"),
        href=f"#{MAIN}",
        class_name=(
            "fixed start-3 top-3 z-60 -translate-y-20 rounded-lg bg-accent px-4 py-2 text-sm font-medium text-on-accent "
            "no-underline focus:translate-y-0 focus:shadow-lg"
        ),
    )


@rx.memo
def waiting_bar() -> rx.Component:
    """A thin line at the top while the page is being filled."""
    return rx.cond(
        rx.State.is_hydrated,
        rx.fragment(),
        rx.el.div(
            aria_hidden="true",
            class_name=(
                "ui-screen-only pointer-events-none fixed inset-x-0 top-0 z-60 h-0.5 "
                "animate-[ui-slide_1.2s_linear_infinite] "
                "bg-[linear-gradient(90deg,transparent_30%,var(--color-accent)_50%,transparent_70%)] bg-size-[250%_100%]"
            ),
        ),
    )


@rx.memo
def watchers() -> rx.Component:
    """What every page does unseen: language, focus, and the pulse that notices an ended session."""
    return rx.fragment(
        locale_bridge(ShellState.locale),
        _PageFocus.create(target=MAIN),
        beacon(
            ShellState.pulse,
            every=PULSE_SECONDS,
            while_live=PULSE_WHILE_LIVE_SECONDS,
            enabled=ShellState.signed_in,
        ),
        channel(ShellState.user_channel, on={AccessChanged: ShellState.pulse}),
        channel(ShellState.tenant_channel, on={TenantSuspended: ShellState.pulse}),
    )


@rx.memo
def notices() -> rx.Component:
    """Messages about what was just done."""
    shown: Any = NoticeState.notices
    return notice_region(shown, ShellState.dismiss)


def shell(content: rx.Component) -> rx.Component:
    """Frame a page: navigation, the bar above, the content, and what watches in the background."""
    return rx.el.div(
        skip_link(),
        waiting_bar(),
        watchers(),
        sidebar(),
        rx.el.div(
            top_bar(),
            rx.el.main(
                content,
                id=MAIN,
                tab_index=-1,
                class_name=(
                    "mx-auto w-full max-w-6xl flex-1 px-4 pt-6 pb-28 outline-none sm:px-6 lg:px-8 lg:pt-8 lg:pb-16"
                ),
            ),
            class_name="flex min-w-0 flex-1 flex-col",
        ),
        bottom_bar(),
        navigation_drawer(),
        notices(),
        class_name=["flex min-h-dvh", brand_class()],
        custom_attrs=brand_style(),
    )
