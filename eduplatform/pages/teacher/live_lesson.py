"""Leading a live lesson, and its summary once it is over."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.lesson.blocks import show_block
from eduplatform.components.lesson.polls import poll_bars, poll_table
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.live.hotkeys import Hotkey, hotkeys
from eduplatform.components.live.live_follow import live_follow
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    avatar,
    badge,
    breadcrumb,
    button,
    card,
    confirm_dialog,
    dialog,
    icon,
    icon_button,
    kbd,
    page_header,
    select,
    skeleton,
    skeleton_card,
    stat,
    stat_row,
    text_input,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.live_lessons import LeadState

_S: Any = LeadState
_FORM = "live-ask-form"
_RE_READ_SECONDS = 20


@page("/teach/live/[session_id]", title="Live lesson", roles=(Role.TEACHER,), on_load=_S.load)
def live_lesson() -> rx.Component:
    """Where the class is, who is here, hands and polls."""
    return page_body(
        _S,
        rx.cond(_S.ended, _summary(), _lead()),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"),
            skeleton_card(class_name="mt-8"),
            skeleton_card(class_name="mt-5"),
        ),
    )


def _header(*, actions: list[rx.Component], meta: list[rx.Component]) -> rx.Component:
    return page_header(
        _S.title,
        description=_S.section,
        breadcrumb=breadcrumb(
            (_S.course_title, f"/teach/courses/{_S.course_id}"),
            (_("Live lessons"), f"/teach/courses/{_S.course_id}/live"),
            current=_S.title,
        ),
        meta=meta,
        actions=actions,
    )


def _lead() -> rx.Component:
    return rx.el.div(
        channel(channel_name("live_lead", _S.session_id), on_change=_S.refresh),
        beacon(_S.refresh, every=_RE_READ_SECONDS),
        hotkeys(
            Hotkey("arrowright", on_press=_S.step(1)),
            Hotkey("arrowleft", on_press=_S.step(-1)),
            Hotkey("arrowdown", on_press=_S.step(1)),
            Hotkey("arrowup", on_press=_S.step(-1)),
        ),
        live_follow(_S.block_id),
        _header(
            meta=[badge(_("Live now"), tone="danger", dot=True), badge(_("Since {time}", time=_S.since))],
            actions=[
                button(_("Ask a question"), icon="chart-column", on_click=_S.open_asking, id="live-ask"),
                button(_("End"), icon="x", variant="danger", opens="live-end", id="live-end-open"),
            ],
        ),
        rx.el.div(
            rx.el.div(_steps(), _blocks(), class_name="flex min-w-0 flex-1 basis-[32rem] flex-col gap-4"),
            rx.el.aside(
                _hands(),
                rx.foreach(_S.polls, _poll),
                _people(),
                _view(),
                aria_label=_("Class"),
                class_name="flex w-full shrink-0 flex-col gap-5 lg:w-80",
            ),
            class_name="flex flex-col-reverse items-start gap-6 max-lg:items-stretch lg:flex-row",
        ),
        _ask_dialog(),
        confirm_dialog(
            id="live-end",
            title=_("End the live lesson?"),
            message=_("Students can go on reading by themselves. You get a summary."),
            confirm_label=_("End"),
            on_confirm=_S.end,
        ),
        class_name="flex flex-col gap-6",
    )


def _steps() -> rx.Component:
    return rx.el.div(
        icon_button(
            "chevron-left",
            label=_("Previous block"),
            on_click=_S.step(-1),
            disabled=_S.position == 0,
            id="live-previous",
        ),
        rx.el.p(
            _("Block {number} of {total}", number=_S.position + 1, total=_S.blocks.length()),
            role="status",
            id="live-position",
            class_name="text-sm font-medium text-ink tabular-nums",
        ),
        icon_button(
            "chevron-right",
            label=_("Next block"),
            on_click=_S.step(1),
            disabled=_S.position >= _S.blocks.length() - 1,
            id="live-next",
        ),
        rx.el.p(
            kbd("←"),
            kbd("→"),
            rx.el.span(_("to move the class"), class_name="text-sm text-ink-muted"),
            class_name="ms-auto flex items-center gap-1.5 max-sm:hidden",
        ),
        class_name=(
            "sticky top-16 z-10 flex items-center gap-3 rounded-xl border border-line bg-surface px-3 py-2 shadow-sm"
        ),
    )


def _blocks() -> rx.Component:
    return rx.el.div(
        rx.foreach(
            _S.blocks,
            lambda one, index: rx.el.section(
                rx.el.div(
                    rx.el.span(
                        _("Block {number}", number=index + 1), class_name="text-xs font-medium text-ink-muted"
                    ),
                    rx.cond(
                        one["id"] == _S.block_id,
                        badge(_("Shown now"), tone="accent", dot=True),
                        button(
                            _("Show"),
                            size="sm",
                            variant="quiet",
                            aria_label=_("Show block {number}", number=index + 1),
                            on_click=_S.show(one["id"]),
                        ),
                    ),
                    class_name="mb-2 flex min-h-9 items-center justify-between gap-3",
                ),
                show_block(one),
                key=one["id"],
                custom_attrs={"data-block": one["id"]},
                class_name=(
                    "scroll-mt-36 rounded-xl border border-line bg-surface p-4 data-live-block:border-accent "
                    "data-live-block:ring-1 data-live-block:ring-accent sm:p-5"
                ),
            ),
        ),
        class_name="flex flex-col gap-3",
    )


def _hands() -> rx.Component:
    return card(
        rx.cond(
            _S.hands.length() > 0,
            rx.el.div(
                rx.el.ol(
                    rx.foreach(
                        _S.hands,
                        lambda one: rx.el.li(
                            rx.el.div(
                                rx.el.p(one["name"], class_name="truncate text-sm font-medium text-ink"),
                                rx.el.p(one["detail"], class_name="text-xs text-ink-muted"),
                                class_name="min-w-0 flex-1",
                            ),
                            button(
                                _("Lower"),
                                size="sm",
                                variant="quiet",
                                aria_label=_("Lower the hand of {name}", name=one["name"]),
                                on_click=_S.lower(one["id"]),
                            ),
                            class_name="flex items-center gap-3",
                        ),
                    ),
                    class_name="flex list-none flex-col gap-2 p-0",
                ),
                button(_("Lower all"), size="sm", on_click=_S.lower(""), id="live-lower-all"),
                class_name="flex flex-col items-start gap-3 [&>ol]:w-full",
            ),
            rx.el.p(_("No hand is up."), class_name="text-sm text-ink-muted"),
        ),
        title=rx.el.span(_("Hands"), id="live-hands"),
        class_name="w-full",
    )


def _poll(one: Any) -> rx.Component:
    return card(
        rx.el.p(one["question"], class_name="mb-3 text-sm font-medium text-ink"),
        poll_bars(one, id="poll"),
        rx.el.p(one["votes_text"], role="status", class_name="mt-3 text-xs text-ink-muted"),
        poll_table(one),
        rx.cond(
            _S.ended,
            rx.fragment(),
            rx.el.div(
                rx.cond(
                    one["open"],
                    button(_("Close the poll"), size="sm", on_click=_S.close_poll(one["id"])),
                    badge(_("Closed")),
                ),
                rx.cond(
                    one["shared"],
                    button(
                        _("Hide from the class"),
                        size="sm",
                        icon="eye-off",
                        variant="quiet",
                        on_click=_S.share(one["id"], False),
                    ),
                    button(
                        _("Show the class"),
                        size="sm",
                        icon="eye",
                        variant="quiet",
                        on_click=_S.share(one["id"], True),
                    ),
                ),
                class_name="mt-3 flex flex-wrap items-center gap-2",
            ),
        ),
        title=_("Poll"),
        class_name="w-full",
    )


def _people() -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(
                _S.people,
                lambda one: rx.el.li(
                    avatar(one["name"], size="sm"),
                    rx.el.span(one["name"], class_name="min-w-0 flex-1 truncate text-sm text-ink"),
                    rx.el.span(one["detail"], class_name="shrink-0 text-xs text-ink-muted"),
                    class_name="flex items-center gap-2.5",
                ),
            ),
            class_name="flex max-h-80 list-none flex-col gap-2 overflow-y-auto p-0 empty:hidden",
            tab_index=0,
            aria_label=_("Who is here"),
        ),
        _unnamed(),
        title=rx.cond(_S.ended, _("Who took part"), _("Here now")),
        actions=[badge(_S.here)],
        class_name="w-full",
    )


def _unnamed() -> rx.Component:
    return rx.cond(
        _S.unnamed > 0,
        rx.el.p(
            _n(
                "{count} more who does not show their presence.",
                "{count} more who do not show their presence.",
                count=_S.unnamed,
            ),
            class_name="mt-2 text-sm text-ink-muted",
        ),
        rx.cond(
            _S.people.length() == 0,
            rx.el.p(
                rx.cond(_S.ended, _("Nobody was here."), _("Nobody is here yet.")),
                class_name="text-sm text-ink-muted",
            ),
            rx.fragment(),
        ),
    )


def _view() -> rx.Component:
    return select(
        name="class_view",
        id=field_id("live-class-view"),
        label=_("What students see of each other"),
        options=[
            ("none", _("Nothing")),
            ("hands", _("How many hands are up")),
            ("names", _("Names of raised hands")),
        ],
        value=_S.class_view,
        on_change=_S.choose_view,
    )


def _ask_dialog() -> rx.Component:
    return dialog(
        rx.cond(
            _S.asking,
            rx.el.form(
                text_input(
                    name="question",
                    id=field_id("live-question"),
                    label=_("Question"),
                    required=True,
                    error=_S.errors["question"],
                ),
                textarea(
                    name="options",
                    id=field_id("live-options"),
                    label=_("Answers"),
                    hint=_("Two to six, each on a line of its own. Leave it empty for yes or no."),
                    rows=4,
                    error=_S.errors["options"],
                ),
                id=_FORM,
                on_submit=_S.ask,
                class_name="flex flex-col gap-5",
            ),
            rx.fragment(),
        ),
        title=_("Ask the class"),
        id="live-ask-dialog",
        open=_S.asking,
        on_close=_S.close_asking,
        size="sm",
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Ask"), type="submit", variant="primary", form=_FORM, id="live-ask-submit"),
        ],
    )


def _summary() -> rx.Component:
    return rx.el.div(
        _header(meta=[badge(_("Over"))], actions=[]),
        stat_row(
            stat(_("Begun"), _S.since),
            stat(_("Length"), _S.length),
            stat(_("Students"), _S.here),
            stat(_("Polls"), _S.polls.length()),
        ),
        rx.el.div(
            rx.cond(
                _S.polls.length() > 0,
                rx.el.div(rx.foreach(_S.polls, _poll), class_name="flex min-w-0 flex-col gap-5"),
                rx.el.p(
                    icon("chart-column"),
                    _("There was no poll in this lesson."),
                    class_name="flex items-center gap-2 text-sm text-ink-muted",
                ),
            ),
            _people(),
            class_name="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]",
        ),
        class_name="flex flex-col gap-6",
    )
