"""The dialog in which an author tries a question; the server scores the try."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.attempt_sheet import question_preview
from eduplatform.components.text import _
from eduplatform.components.ui import badge, button, dialog
from eduplatform.state.question_preview import PreviewState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = PreviewState


def preview_dialog() -> rx.Component:
    """The try; place it once on a page whose handlers open it."""
    return dialog(
        question_preview(_S.shown, on_check=_S.check),
        rx.el.div(_result(), aria_live="polite", class_name="empty:hidden"),
        title=_("As students see it"),
        description=_("Try it out: your answer is scored as a student's would be, and nothing is kept."),
        id="question-preview",
        open=_S.showing,
        on_close=_S.close,
        size="lg",
        footer=button(_("Close"), closes=True),
    )


def _result() -> rx.Component:
    result = _S.result
    return rx.cond(
        result["status"] != "",
        rx.el.div(
            rx.el.div(
                badge(result["status"], tone=result["tone"]),
                rx.el.span(result["share"], class_name="text-sm text-ink-muted tabular-nums"),
                class_name="flex flex-wrap items-center gap-3",
            ),
            _lines(_("Why"), result["explanation"]),
            _lines(_("Right answer"), result["solution"]),
            id="preview-result",
            class_name="mt-5 flex flex-col gap-4 rounded-xl border border-line bg-sunken p-4 text-sm text-ink",
        ),
        rx.fragment(),
    )


def _lines(title: Any, lines: Any) -> rx.Component:
    texts = lines.to(list[str])
    return rx.cond(
        texts.length() > 0,
        rx.el.div(
            rx.el.h3(title, class_name="text-xs font-semibold tracking-wide text-ink-muted uppercase"),
            rx.el.ul(
                rx.foreach(texts, lambda text: rx.el.li(text, class_name="break-words")),
                class_name="mt-1 flex list-none flex-col gap-1 p-0",
            ),
        ),
        rx.fragment(),
    )
