"""One question of a finished attempt: the answer, what came of it, and why."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import badge
from eduplatform.components.ui.rich_text import rich_text


def result_card(row: Any) -> rx.Component:
    """A question of the result.

    Args:
        row: ``number``, ``stem_html``, ``answer``, ``status``, ``tone``, ``points``, ``explanation``, ``solution``,
            ``feedback_html``, ``comment``; texts are in the reader's language.
    """
    return rx.el.li(
        rx.el.div(
            rx.el.h2(
                _("Question {number}", number=row["number"]), class_name="text-base font-semibold text-ink"
            ),
            badge(row["status"], tone=row["tone"]),
            rx.el.span(row["points"], class_name="ms-auto text-sm font-medium text-ink tabular-nums"),
            class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
        ),
        rich_text(row["stem_html"], class_name="mt-3"),
        _part(
            _("Your answer"),
            rx.cond(
                row["answer"].to(list[str]).length() > 0,
                rx.el.ul(
                    rx.foreach(row["answer"].to(list[str]), _line),
                    class_name="flex list-none flex-col gap-1 p-0",
                ),
                rx.el.p(_("No answer"), class_name="text-ink-muted"),
            ),
        ),
        _lines(_("Why"), row["explanation"]),
        _lines(_("Right answer"), row["solution"]),
        rx.cond(
            row["feedback_html"] != "",
            _part(_("About this question"), rich_text(row["feedback_html"], class_name="prose-compact")),
            rx.fragment(),
        ),
        rx.cond(
            row["comment"] != "",
            _part(_("Your teacher's comment"), rx.el.p(row["comment"], class_name="whitespace-pre-wrap")),
            rx.fragment(),
        ),
        key=row["number"],
        class_name="rounded-xl border border-line bg-surface p-5 shadow-sm sm:p-6",
    )


def _lines(title: Any, lines: Any) -> rx.Component:
    texts = lines.to(list[str])
    return rx.cond(
        texts.length() > 0,
        _part(title, rx.el.ul(rx.foreach(texts, _line), class_name="flex list-none flex-col gap-1 p-0")),
        rx.fragment(),
    )


def _line(text: Any) -> rx.Component:
    return rx.el.li(text, class_name="break-words whitespace-pre-wrap")


def _part(title: Any, content: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.h3(title, class_name="text-xs font-semibold tracking-wide text-ink-muted uppercase"),
        rx.el.div(content, class_name="mt-1 text-sm text-ink"),
        class_name="mt-4 border-t border-line pt-4",
    )


__all__ = ["result_card"]
