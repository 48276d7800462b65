"""The tutor beside a lesson: a column on wide screens, the whole screen on a phone."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.live.hotkeys import Hotkey, hotkeys
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    callout,
    confirm_dialog,
    icon,
    icon_button,
    skeleton_text,
    spinner,
    textarea,
)
from eduplatform.state.tutor import TutorState

_S: Any = TutorState
_BUBBLE = (
    "max-w-[92%] rounded-2xl px-4 py-2.5 text-[0.9375rem] leading-relaxed whitespace-pre-wrap break-words"
)


def tutor_button() -> rx.Component:
    """Opens the tutor."""
    return rx.el.div(
        button(
            _("Ask the tutor"),
            icon="lightbulb",
            variant="primary",
            on_click=_S.show,
            id="tutor-open",
            class_name="shadow-lg",
        ),
        class_name=rx.cond(
            _S.open,
            "hidden",
            "fixed end-4 bottom-24 z-20 md:bottom-6 print:hidden",
        ),
    )


def tutor_panel() -> rx.Component:
    """The panel; nothing while it is closed."""
    return rx.fragment(rx.cond(_S.open, _panel(), rx.fragment()), _forget_dialog())


def _panel() -> rx.Component:
    return rx.el.aside(
        hotkeys(Hotkey("escape", on_press=_S.hide, in_fields=True)),
        _head(),
        rx.cond(
            _S.failure != "",
            rx.el.div(
                callout(rx.el.p(_("The tutor could not be loaded. Close it and try again.")), tone="danger"),
                class_name="p-4",
            ),
            rx.cond(
                _S.loaded,
                rx.fragment(
                    _talk(),
                    rx.cond(_S.closed != "", _closed(), rx.cond(_S.handing, _hand_over(), _composer())),
                ),
                rx.el.div(skeleton_text(lines=5), class_name="p-5"),
            ),
        ),
        aria_label=_("Tutor"),
        id="tutor-panel",
        class_name=(
            "fixed inset-0 z-40 flex flex-col border-line bg-canvas shadow-lg lg:inset-y-0 lg:start-auto lg:end-0 "
            "lg:w-[26rem] lg:border-s print:hidden"
        ),
    )


def _head() -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.h2(
                icon("lightbulb", class_name="text-accent"),
                _("Tutor"),
                class_name="flex items-center gap-2 text-base font-semibold text-ink",
            ),
            rx.el.p(_S.lesson_title, class_name="truncate text-xs text-ink-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            _S.talk.length() > 0,
            icon_button("trash", label=_("Forget this conversation"), opens="tutor-forget"),
            rx.fragment(),
        ),
        icon_button("x", label=_("Close the tutor"), on_click=_S.hide, id="tutor-close"),
        class_name="flex items-center gap-2 border-b border-line bg-surface px-4 py-3",
    )


def _talk() -> rx.Component:
    return rx.el.div(
        rx.auto_scroll(
            _notice(),
            rx.cond((_S.talk.length() == 0) & (~_S.busy) & (_S.closed == ""), _empty(), rx.fragment()),
            rx.el.ol(
                rx.foreach(_S.talk, _turn),
                _waiting(),
                class_name="flex flex-col gap-4 empty:hidden",
            ),
            rx.cond(
                _S.handed,
                callout(
                    rx.el.p(_("Your teacher has your question. The answer will appear here.")),
                    tone="success",
                    class_name="mt-4",
                ),
                rx.fragment(),
            ),
            id="tutor-talk",
            class_name="h-full overflow-y-auto px-4 py-4",
        ),
        # Spoken by the sentence: a stream of syllables would talk over itself.
        rx.el.div(
            rx.foreach(_S.said, lambda one: rx.el.p(one)),
            role="log",
            aria_live="polite",
            class_name="sr-only",
        ),
        class_name="min-h-0 flex-1",
    )


def _notice() -> rx.Component:
    return rx.el.p(
        icon("eye", class_name="mt-0.5 shrink-0"),
        rx.el.span(
            rx.cond(
                _S.watched,
                _("Your teachers can read this conversation. The tutor is a program and can be wrong."),
                _("Only you see this conversation. The tutor is a program and can be wrong."),
            )
        ),
        id="tutor-notice",
        class_name="mb-4 flex gap-2 text-xs leading-relaxed text-ink-muted",
    )


def _empty() -> rx.Component:
    return rx.el.section(
        rx.el.span(
            icon("lightbulb", size="lg"),
            class_name="grid size-12 place-items-center rounded-xl bg-accent-soft text-accent",
        ),
        rx.el.h3(_("What would you like to understand?"), class_name="mt-4 text-lg font-semibold text-ink"),
        rx.el.p(
            _(
                "I know your course text. I help you find the answer yourself: with questions, pointers and steps, never with the solution."
            ),
            class_name="mt-1.5 text-sm leading-relaxed text-ink-muted",
        ),
        rx.cond(
            _S.starters.length() > 0,
            rx.el.div(
                rx.el.p(_("You could begin with:"), class_name="text-sm font-medium text-ink"),
                rx.el.ul(
                    rx.foreach(
                        _S.starters,
                        lambda one: rx.el.li(
                            rx.el.button(
                                icon("arrow-right", class_name="shrink-0 text-accent"),
                                rx.el.span(one),
                                type="button",
                                on_click=_S.begin(one),
                                class_name=(
                                    "flex w-full items-center gap-2.5 rounded-xl border border-line bg-surface px-4 py-3 "
                                    "text-start text-sm text-ink hover:border-line-strong hover:bg-sunken"
                                ),
                            )
                        ),
                    ),
                    class_name="mt-2 flex flex-col gap-2",
                ),
                class_name="mt-6",
            ),
            rx.fragment(),
        ),
        id="tutor-empty",
        class_name="pt-4",
    )


def _turn(one: Any) -> rx.Component:
    return rx.el.li(
        rx.match(
            one["speaker"],
            ("student", _student(one["text"])),
            ("teacher", _teacher(one)),
            _tutor(one),
        ),
        key=one["id"],
    )


def _student(text: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(_("You wrote:"), class_name="sr-only"),
        rx.el.p(text, class_name=f"{_BUBBLE} rounded-ee-sm bg-accent text-on-accent"),
        class_name="flex justify-end",
    )


def _teacher(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            icon("graduation-cap"),
            rx.el.span(one["name"], class_name="font-medium"),
            class_name="mb-1 flex items-center gap-1.5 text-xs text-ink-muted",
        ),
        rx.el.p(
            one["text"],
            class_name=f"{_BUBBLE} rounded-es-sm border border-success/40 bg-success-soft text-ink",
        ),
    )


def _tutor(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(_("The tutor wrote:"), class_name="sr-only"),
        rx.el.p(one["text"], class_name=f"{_BUBBLE} rounded-es-sm border border-line bg-surface text-ink"),
        rx.cond(
            one["citations"].length() > 0,
            rx.el.ul(
                rx.foreach(one["citations"].to(list[dict[str, str]]), _citation),
                aria_label=_("Where it stands"),
                class_name="mt-2 flex flex-col gap-1.5",
            ),
            rx.fragment(),
        ),
        rx.el.p(
            rx.cond(one["step"] != "", badge(one["step"], tone="accent"), rx.fragment()),
            rx.el.span(one["label"]),
            class_name="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-muted",
        ),
        rx.cond(
            one["note"] != "", rx.el.p(one["note"], class_name="mt-1 text-xs text-warning"), rx.fragment()
        ),
    )


def _citation(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                one["number"],
                class_name="grid size-5 shrink-0 place-items-center rounded bg-accent-soft text-xs font-semibold text-accent",
            ),
            rx.el.span(
                rx.el.span(one["title"], class_name="font-medium text-ink"),
                rx.cond(
                    one["quote"] != "",
                    rx.el.q(one["quote"], class_name="mt-0.5 line-clamp-3 text-ink-muted"),
                    rx.fragment(),
                ),
                class_name="min-w-0",
            ),
            href=one["href"],
            class_name=(
                "flex gap-2.5 rounded-lg border border-line px-3 py-2 text-xs leading-relaxed no-underline "
                "hover:border-line-strong hover:bg-sunken"
            ),
        )
    )


def _waiting() -> rx.Component:
    """The turn that is being written."""
    return rx.cond(
        _S.busy,
        rx.el.li(
            _student(_S.asked),
            rx.el.p(
                rx.cond(
                    _S.answer != "",
                    rx.el.span(_S.answer),
                    rx.el.span(
                        spinner(),
                        _("Looking in your course…"),
                        class_name="inline-flex items-center gap-2 text-ink-muted",
                    ),
                ),
                id="tutor-answer",
                class_name=f"{_BUBBLE} mt-4 w-fit rounded-es-sm border border-line bg-surface text-ink",
            ),
        ),
        rx.fragment(),
    )


def _composer() -> rx.Component:
    return rx.el.footer(
        rx.el.form(
            textarea(
                name="text",
                id="tutor-text",
                label=_("Your question"),
                rows=2,
                max_length=1000,
                enter_key_submit=True,
                error=_S.errors["text"],
                auto_focus=True,
                key=f"composer-{_S.composer}",
            ),
            rx.el.div(
                button(
                    _("Ask my teacher"),
                    variant="quiet",
                    size="sm",
                    icon="graduation-cap",
                    on_click=_S.start_handing,
                    id="tutor-hand-over",
                ),
                button(
                    _("Send"),
                    type="submit",
                    variant="primary",
                    size="sm",
                    icon="send",
                    loading=_S.busy,
                    id="tutor-send",
                ),
                class_name="mt-2 flex items-center justify-between gap-2",
            ),
            on_submit=_S.ask,
        ),
        class_name="border-t border-line bg-surface px-4 pt-3 pb-4",
    )


def _hand_over() -> rx.Component:
    return rx.el.footer(
        rx.el.form(
            textarea(
                name="question",
                id="tutor-question",
                label=_("Your question for your teacher"),
                hint=_("They see it with your name and this lesson."),
                rows=4,
                max_length=1000,
                default_value=_S.hand_text,
                auto_focus=True,
                error=_S.errors["question"],
            ),
            rx.el.div(
                button(_("Back to the tutor"), variant="quiet", size="sm", on_click=_S.stop_handing),
                button(_("Send to my teacher"), type="submit", variant="primary", size="sm", id="tutor-hand"),
                class_name="mt-2 flex items-center justify-between gap-2",
            ),
            on_submit=_S.hand_over,
        ),
        class_name="border-t border-line bg-surface px-4 pt-3 pb-4",
    )


def _closed() -> rx.Component:
    return rx.el.footer(
        callout(rx.el.p(_S.closed), title=_("There is no tutor just now"), tone="info", id="tutor-closed"),
        class_name="border-t border-line bg-surface p-4",
    )


def _forget_dialog() -> rx.Component:
    return confirm_dialog(
        id="tutor-forget",
        title=_("Forget this conversation?"),
        message=_("All that you and the tutor wrote in this course is removed. Nobody can bring it back."),
        confirm_label=_("Forget it"),
        on_confirm=_S.forget,
        danger=True,
    )


__all__ = ["tutor_button", "tutor_panel"]
