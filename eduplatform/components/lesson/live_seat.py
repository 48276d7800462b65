"""What a student sees of a live lesson: that there is one, and their own place in it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.lesson.polls import poll_bars
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.live.live_follow import live_follow
from eduplatform.components.text import _
from eduplatform.components.ui import badge, button, button_link, icon, switch
from eduplatform.domain.classroom.presence import BEAT_SECONDS
from eduplatform.state.live_seat import LiveNowState, LiveSeatState

_N: Any = LiveNowState
_S: Any = LiveSeatState


def live_now_strip() -> rx.Component:
    """On the page of a course: the lesson that is live, with the way into it. Its page loads `LiveNowState.load`."""
    return rx.fragment(
        channel(channel_name("section", _N.section_id), on_change=_N.load),
        rx.el.div(
            rx.cond(_N.now["session_id"] != "", _invitation(_N.now), rx.fragment()),
            role="status",
            class_name="empty:hidden",
        ),
    )


def _invitation(now: Any) -> rx.Component:
    return rx.el.div(
        badge(_("Live now"), tone="danger", dot=True),
        rx.el.p(now["title"], class_name="min-w-0 flex-1 truncate font-medium text-ink"),
        button_link(
            _("Join"),
            f"/learn/lessons/{now['lesson_id']}",
            variant="primary",
            icon_end="arrow-right",
            id="live-join",
        ),
        class_name="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border border-line bg-surface px-5 py-4 shadow-sm",
    )


def live_seat() -> rx.Component:
    """On the page of a lesson: one's own place while it is live. Its page loads `LiveSeatState.load`."""
    return rx.fragment(
        channel(channel_name("section", _S.section_id), on_change=_S.load),
        channel(channel_name("live_lesson", _S.session_id), on_change=_S.load),
        beacon(_S.load, every=BEAT_SECONDS, enabled=_S.session_id != ""),
        rx.cond(
            _S.session_id != "",
            rx.fragment(
                live_follow(
                    _S.block_id,
                    follow=_S.follow,
                    occasion=_S.poll["id"].to(str) + _S.result["id"].to(str),
                ),
                _seat(),
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.cond(
                _S.elsewhere["session_id"] != "",
                _invitation(_S.elsewhere),
                rx.cond(
                    _S.over,
                    rx.el.p(
                        _("The live lesson is over. You can go on reading."),
                        class_name="rounded-xl bg-sunken px-5 py-3 text-sm text-ink",
                    ),
                    rx.fragment(),
                ),
            ),
            role="status",
            class_name="mb-6 empty:hidden print:hidden",
        ),
    )


def _seat() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            badge(_("Live now"), tone="danger", dot=True),
            rx.cond(
                _S.here_text != "",
                rx.el.span(_S.here_text, class_name="text-sm text-ink-muted tabular-nums"),
                rx.fragment(),
            ),
            button(
                rx.cond(_S.hand_up, _("Lower hand"), _("Raise hand")),
                icon="hand",
                size="sm",
                class_name=(
                    "ms-auto sm:order-last sm:ms-0 aria-pressed:border-accent aria-pressed:bg-accent-soft "
                    "aria-pressed:text-accent"
                ),
                aria_pressed=_S.hand_up,
                on_click=_S.raise_hand(~_S.hand_up),
                id="live-hand",
            ),
            rx.el.div(
                switch(
                    name="follow",
                    id="live-follow",
                    label=_("Follow the teacher"),
                    checked=_S.follow,
                    on_change=_S.choose_follow,
                ),
                class_name="max-sm:basis-full sm:ms-auto",
            ),
            class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
        ),
        rx.cond(_S.hands_text != "", _hands(), rx.fragment()),
        rx.cond(_S.poll["id"] != "", _poll(), rx.fragment()),
        rx.cond(_S.result["id"] != "", _result(), rx.fragment()),
        id="live-seat",
        aria_label=_("Live lesson"),
        custom_attrs={"data-live-panel": ""},
        class_name=(
            "sticky top-16 z-20 mb-6 flex max-h-[60vh] flex-col gap-4 overflow-y-auto rounded-xl border border-line "
            "bg-surface px-4 py-3 shadow-md sm:px-5 print:hidden"
        ),
    )


def _hands() -> rx.Component:
    return rx.el.p(
        icon("hand", class_name="shrink-0"),
        rx.el.span(_S.hands_text),
        rx.cond(
            _S.names.length() > 0,
            rx.el.span(_S.names.join(", "), class_name="min-w-0 truncate text-ink"),
            rx.fragment(),
        ),
        class_name="flex items-center gap-2 text-sm text-ink-muted",
    )


def _poll() -> rx.Component:
    return rx.el.div(
        rx.el.p(_S.poll["question"], id="live-question", class_name="mb-2 text-base font-semibold text-ink"),
        rx.el.div(
            rx.foreach(
                _S.poll["options"],
                lambda one: rx.el.button(
                    rx.cond(
                        _S.vote == one["number"],
                        icon("circle-check", class_name="shrink-0 text-accent"),
                        icon("circle", class_name="shrink-0 text-ink-muted"),
                    ),
                    rx.el.span(one["label"], class_name="min-w-0 text-start"),
                    type="button",
                    aria_pressed=_S.vote == one["number"],
                    on_click=_S.answer(_S.poll["id"], one["number"]),
                    class_name=(
                        "flex min-h-11 items-center gap-2.5 rounded-lg border border-line-strong bg-raised px-3 py-2 text-sm "
                        "text-ink hover:border-accent aria-pressed:border-accent aria-pressed:bg-accent-soft"
                    ),
                ),
            ),
            class_name="grid gap-2 sm:grid-cols-2",
        ),
        rx.el.p(
            rx.cond(
                _S.vote >= 0,
                _("Your answer counts. You can change it until the poll is closed."),
                _("Your teacher sees how many chose each answer, not who."),
            ),
            role="status",
            class_name="mt-2 text-xs text-ink-muted",
        ),
        id="live-poll",
        role="group",
        aria_labelledby="live-question",
        class_name="border-t border-line pt-3",
    )


def _result() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _S.result["id"] == _S.poll["id"],
            rx.fragment(),
            rx.el.p(_S.result["question"], class_name="mb-2 text-sm font-semibold text-ink"),
        ),
        poll_bars(_S.result, id="shared"),
        rx.el.p(_S.result["votes_text"], class_name="mt-2 text-xs text-ink-muted"),
        id="live-result",
        class_name="border-t border-line pt-3",
    )


__all__ = ["live_now_strip", "live_seat"]
