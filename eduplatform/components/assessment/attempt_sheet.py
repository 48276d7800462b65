"""The student's side of an assessment: the sitting, what is left behind by a late one, and the author's preview."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.widgets import (
    PARTS_SCRIPT,
    WIDGET_CLASSES,
    widget_texts,
    widgets_of_types,
)
from eduplatform.components.live.attempt_journal import JOURNAL_SCRIPT
from eduplatform.components.text import _
from eduplatform.components.ui.base import Text
from eduplatform.components.ui.rich_text import rich_text

_VIEW_SCRIPT = rx.asset("question_view.js", shared=True).importable_path
_SCRIPT = rx.asset("attempt_sheet.js", shared=True).importable_path

# The scripts import these modules by their built path: they have to be there whenever the sheet is.
NEEDED = (JOURNAL_SCRIPT, PARTS_SCRIPT, _VIEW_SCRIPT, rich_text)

_BUTTON = (
    "inline-flex h-10 items-center justify-center rounded-lg border border-line bg-raised px-4 text-sm font-medium "
    "text-ink shadow-sm hover:border-line-strong disabled:cursor-not-allowed disabled:opacity-55 pointer-coarse:h-11"
)
_PRIMARY = (
    "inline-flex h-10 items-center justify-center rounded-lg border border-transparent bg-accent px-4 text-sm "
    "font-medium whitespace-nowrap text-on-accent shadow-sm hover:bg-accent-strong disabled:cursor-not-allowed "
    "disabled:opacity-55 pointer-coarse:h-11"
)
_JUMP = (
    "relative grid size-9 place-items-center rounded-lg border text-sm font-medium tabular-nums no-underline "
    "pointer-coarse:size-11 data-flagged:after:absolute data-flagged:after:-end-1 data-flagged:after:-top-1 "
    "data-flagged:after:size-3 data-flagged:after:rounded-full data-flagged:after:border-2 "
    "data-flagged:after:border-canvas data-flagged:after:bg-warning"
)

_CLASSES = {
    **WIDGET_CLASSES,
    "sheet": "flex flex-col gap-5",
    "bar": (
        "sticky top-16 z-20 -mx-4 grid grid-cols-[1fr_auto] items-center gap-x-5 gap-y-2 border-b border-line "
        "bg-canvas px-4 py-3 sm:mx-0 sm:flex sm:rounded-xl sm:border sm:bg-surface sm:shadow-sm"
    ),
    "progress": "text-sm font-medium text-ink tabular-nums",
    "save": "flex items-center gap-2 text-sm sm:order-1 sm:me-auto",
    "save_saved": "text-success",
    "save_saving": "text-ink-muted",
    "save_offline": "text-danger",
    "save_choose": "text-warning",
    "dot": "size-2 rounded-full bg-current",
    "timer": "justify-self-end rounded-md sm:order-2 bg-sunken px-2.5 py-1 text-sm font-semibold text-ink tabular-nums",
    "timerSoon": "justify-self-end rounded-md sm:order-2 bg-warning-soft px-2.5 py-1 text-sm font-semibold text-warning tabular-nums",
    "jumps": "flex list-none flex-wrap gap-2 p-0",
    "jump": f"{_JUMP} border-line-strong bg-surface text-ink hover:border-accent",
    "jumpDone": f"{_JUMP} border-accent bg-accent-soft text-accent hover:border-accent-strong",
    "instructions": "max-w-none rounded-xl border border-line bg-sunken px-5 py-4",
    "card": (
        "scroll-mt-44 rounded-xl border border-line bg-surface p-5 shadow-sm outline-offset-4 sm:p-6 "
        "target:border-accent"
    ),
    "cardHead": "mb-4 flex flex-wrap items-center gap-x-3 gap-y-1",
    "cardTitle": "text-base font-semibold text-ink",
    "points": "text-sm text-ink-muted tabular-nums",
    "flag": (
        "ms-auto inline-flex h-9 items-center gap-1.5 rounded-lg px-3 text-sm text-ink-muted hover:bg-ink/7 hover:text-ink "
        "aria-pressed:bg-warning-soft aria-pressed:font-medium aria-pressed:text-warning pointer-coarse:h-11"
    ),
    "flagText": "hidden sm:inline",
    "question": "flex flex-col gap-4",
    "label": "text-sm font-medium text-ink",
    "hint": "text-sm text-ink-muted empty:hidden",
    "rejected": "mt-3 text-sm font-medium text-danger empty:hidden",
    "conflict": "mt-4 rounded-xl bg-warning-soft p-4 text-sm text-ink",
    "conflictTitle": "font-semibold text-warning",
    "conflictSides": "mt-3 grid gap-3 sm:grid-cols-2",
    "conflictSide": "flex min-w-0 flex-col items-start gap-2 rounded-lg border border-line bg-surface p-3",
    "conflictText": "max-h-48 w-full overflow-auto break-words whitespace-pre-wrap text-ink",
    "dialog": (
        "m-auto w-[min(28rem,calc(100vw-2rem))] rounded-2xl border border-line bg-raised p-6 text-sm text-ink "
        "shadow-lg backdrop:bg-black/50 open:flex open:flex-col open:gap-3"
    ),
    "dialogTitle": "text-lg font-semibold",
    "dialogActions": "mt-2 flex flex-col-reverse gap-2 sm:flex-row sm:justify-end",
    "missing": "mt-2 flex list-none flex-wrap gap-x-4 gap-y-1 p-0",
    "link": "rounded-sm font-medium text-accent underline underline-offset-3 hover:text-accent-strong",
    "button": _BUTTON,
    "primary": f"{_PRIMARY} sm:order-3",
    "submitEnd": f"{_PRIMARY} self-end",
    "notice": "flex flex-col items-start gap-2 rounded-xl bg-warning-soft px-4 py-3.5 text-sm text-ink",
    "moreTime": "rounded-xl bg-success-soft px-4 py-3.5 text-sm font-medium text-ink",
    "trial": "flex flex-col items-start gap-4 [&>:first-child]:w-full",
    "loading": "py-10 text-center text-sm text-ink-muted",
    "failure": "flex flex-col items-center gap-4 py-12 text-center text-sm text-ink",
}


def _texts() -> dict[str, Any]:
    return {
        **widget_texts(),
        "question": _("Question {number}"),
        "questions": _("Questions"),
        "points": _("Points: {points}"),
        "progress": _("Answered: {done} of {total}"),
        "answered": _("answered"),
        "unanswered": _("not answered"),
        "flagged": _("marked to come back to"),
        "flag": _("Come back to this"),
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "offline": _("Offline – kept in this browser"),
        "offlineMemory": _("Offline – keep this page open"),
        "choose": _("Choose which answer counts"),
        "timeLeft": _("Time left:"),
        "fiveMinutes": _("5 minutes left."),
        "oneMinute": _("1 minute left."),
        "moreTime": _("Your teacher gave you more time: {minutes} min. The clock shows it."),
        "over": _("The time is over. Your answers are being handed in."),
        "overOffline": _("The time is over. Your answers will be handed in as soon as you are online again."),
        "unknownType": _("This kind of question cannot be shown here."),
        "conflictTitle": _("You have answered this question in two windows. Which answer counts?"),
        "conflictMine": _("In this window"),
        "conflictTheirs": _("Saved from another window"),
        "keepMine": _("Use this one"),
        "keepTheirs": _("Keep the saved one"),
        "empty": _("(empty)"),
        "check": _("Check this answer"),
        "submit": _("Hand in"),
        "submitting": _("Handing in…"),
        "submitTitle": _("Hand in your answers?"),
        "missing": _("You have not answered these questions:"),
        "complete": _("You have answered every question."),
        "submitFinal": _("After handing in you cannot change this attempt."),
        "submitFailed": _(
            "Your answers could not be handed in. They are kept here; please try again when you are online."
        ),
        "goOn": _("Keep working"),
        "signedOut": _("You are signed out. Your answers are kept in this browser."),
        "signIn": _("Sign in in a new tab, then come back"),
        "unreadable": _("Your attempt could not be read. Check your connection and try again."),
        "tryAgain": _("Try again"),
        "loading": _("Getting your questions…"),
        "leftBehind": _(
            "These answers came after the end and do not count. They are kept in this browser only:"
        ),
        "discard": _("Discard them"),
    }


def _answer_event(answer: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    return (answer,)


class _AttemptSheet(rx.Component):
    """Questions, clock and journal of one attempt."""

    library = _SCRIPT
    tag = "AttemptSheet"

    attempt_id: rx.Var[str]
    deadline: rx.Var[str]
    widgets: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    classes: rx.Var[dict[str, Any]]
    on_submitted: rx.EventHandler[rx.event.no_args_event_spec]


class _LeftBehind(rx.Component):
    """Answers that came too late."""

    library = _SCRIPT
    tag = "LeftBehind"

    attempt_id: rx.Var[str]
    texts: rx.Var[dict[str, Any]]
    classes: rx.Var[dict[str, Any]]


class _QuestionPreview(rx.Component):
    """One question as a student sees it."""

    library = _SCRIPT
    tag = "QuestionPreview"

    question: rx.Var[dict[str, Any]]
    widgets: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]
    classes: rx.Var[dict[str, Any]]
    on_check: rx.EventHandler[_answer_event]


def attempt_sheet(attempt_id: Text, *, deadline: rx.Var[str], on_submitted: Any) -> rx.Component:
    """The sitting of a running attempt.

    The questions come over HTTP and without keys; answers go back the same way and are kept in the browser until the
    server has stored them. Only the server's clock counts.

    Args:
        attempt_id: The attempt.
        deadline: Its newest deadline that is known, in ISO format; when it moves, the clock follows and says so.
        on_submitted: Fired once it is over: handed in here, in another tab, or by the server.
    """
    return _AttemptSheet.create(
        attempt_id=attempt_id,
        deadline=deadline,
        widgets=widgets_of_types(),
        texts=_texts(),
        classes=_CLASSES,
        on_submitted=on_submitted,
    )


def left_behind(attempt_id: Text) -> rx.Component:
    """For the page of a finished attempt: tells of answers that came too late, and nothing when there are none."""
    return _LeftBehind.create(attempt_id=attempt_id, texts=_texts(), classes=_CLASSES)


def question_preview(question: dict[str, Any] | rx.Var[dict[str, Any]], *, on_check: Any) -> rx.Component:
    """A question as a student sees it, to be tried; what is answered there is not kept.

    Args:
        question: ``stem_html`` and ``view``, as `eduplatform.domain.assessment.bank.preview` makes them.
        on_check: Fired with the answer that is to be scored.
    """
    return _QuestionPreview.create(
        question=question, widgets=widgets_of_types(), texts=_texts(), classes=_CLASSES, on_check=on_check
    )


__all__ = ["attempt_sheet", "left_behind", "question_preview"]
