"""A written answer with the passages that a grader highlighted."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _

_SCRIPT = rx.asset("answer_text.js", shared=True).importable_path

GRADER, STUDENT = "/api/grading/answers", "/api/grading/own-answers"

_BUTTON = (
    "inline-flex min-h-9 items-center rounded-lg border border-line-strong bg-surface px-3 py-1 text-sm font-medium "
    "text-ink hover:border-accent pointer-coarse:min-h-11"
)
_ENTRY = "border-s-4 py-1.5 ps-3"
_MARK = "rounded-xs px-px text-ink underline decoration-2 underline-offset-2"

_CLASSES = {
    "outer": "@container",
    "frame": "flex flex-col gap-4",
    "frameBoth": "grid gap-4 @2xl:grid-cols-[minmax(0,1fr)_16rem]",
    "text": "max-h-[70dvh] overflow-y-auto rounded-lg bg-sunken px-4 py-4 leading-relaxed break-words whitespace-pre-wrap text-ink",
    "reader": "h-[60dvh] w-full resize-y rounded-lg border-2 border-accent bg-sunken px-4 py-4 leading-relaxed text-ink",
    "waiting": "h-40 animate-pulse rounded-lg bg-sunken motion-reduce:animate-none",
    "mark": f"{_MARK} bg-warning-soft decoration-warning",
    "markCurrent": f"{_MARK} bg-accent-soft decoration-accent",
    "number": "ms-px text-[0.65em] font-semibold text-ink-muted no-underline select-none",
    "bar": "mt-2 flex flex-wrap items-center gap-x-3 gap-y-1",
    "how": "min-w-0 flex-1 basis-48 text-xs text-ink-muted",
    "side": "flex min-w-0 flex-col gap-3",
    "heading": "text-sm font-semibold text-ink",
    "list": "flex flex-col gap-3",
    "entry": f"{_ENTRY} border-warning",
    "entryCurrent": f"{_ENTRY} border-accent bg-accent-soft",
    "jump": "flex w-full items-start gap-2 rounded-sm text-start",
    "badge": "mt-0.5 shrink-0 text-xs font-semibold text-ink-muted tabular-nums",
    "quote": "min-w-0 text-xs break-words text-ink-muted italic",
    "comment": "mt-1 text-sm break-words whitespace-pre-wrap text-ink",
    "author": "mt-0.5 text-xs text-ink-muted",
    "tools": "mt-2 flex flex-wrap justify-end gap-2",
    "small": "rounded-sm px-1.5 py-1 text-xs font-medium text-accent hover:underline pointer-coarse:min-h-10",
    "button": _BUTTON,
    "primary": (
        "inline-flex min-h-9 items-center rounded-lg bg-accent px-3 py-1 text-sm font-medium text-on-accent "
        "hover:bg-accent-strong pointer-coarse:min-h-11"
    ),
    "form": "rounded-lg border border-accent bg-surface p-3",
    "label": "mt-2 mb-1 block text-sm font-medium text-ink",
    "field": (
        "w-full rounded-lg border border-line-strong bg-surface px-3 py-2 text-sm text-ink "
        "focus-visible:border-accent aria-invalid:border-danger"
    ),
    "problem": "mt-1 text-sm font-medium text-danger",
}


class _AnswerText(rx.Component):
    """Fetches a text with its highlights, and those that are shown next."""

    library = _SCRIPT
    tag = "AnswerText"

    source: rx.Var[str]
    response: rx.Var[str]
    ahead: rx.Var[list[str]]
    editable: rx.Var[bool]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]
    on_changed: rx.EventHandler[rx.event.no_args_event_spec]


def answer_text(
    response: Any, *, source: str, editable: bool = False, ahead: Any = None, on_changed: Any = None
) -> rx.Component:
    """A written answer; its text does not pass through the state.

    Args:
        response: Id of the response.
        source: `GRADER` or `STUDENT`: whose view of it.
        editable: Whether passages can be highlighted.
        ahead: Ids of responses to fetch before they are needed.
        on_changed: Fired after highlights have changed.
    """
    events = {} if on_changed is None else {"on_changed": on_changed}
    return _AnswerText.create(
        source=source,
        response=response,
        ahead=[] if ahead is None else ahead,
        editable=editable,
        texts={
            "heading": _("Highlights"),
            "answer": _("Answer"),
            "passage": _("Passage"),
            "select": _("Highlight a passage"),
            "commentSelection": _("Comment on the selection"),
            "leave": _("Leave selecting"),
            "selectHere": _("The answer, to select a passage in"),
            "how": _("Select with Shift and the arrow keys, then press Enter. Esc leaves."),
            "hint": _("Select text with the mouse, or press the button to select by keyboard."),
            "nothing": _("Nothing is selected."),
            "comment": _("Comment on this passage"),
            "save": _("Save comment"),
            "cancel": _("Cancel"),
            "edit": _("Edit"),
            "remove": _("Remove"),
            "empty": _("Please fill this in."),
            "failed": _("Not saved. Please try again."),
            "unreadable": _("The answer could not be read. Load the page again."),
            "loading": _("Loading the answer"),
            "added": _("Highlight saved."),
            "changed": _("Highlight changed."),
            "removed": _("Highlight removed."),
        },
        classes=_CLASSES,
        **events,
    )
