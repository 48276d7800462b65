"""The student's side of an assignment: the draft while it is written, and the work after handing in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment import attempt_sheet
from eduplatform.components.text import _
from eduplatform.components.ui.base import Text
from eduplatform.components.ui.markdown_editor import (
    EDITOR_CLASSES,
    EDITOR_SCRIPT,
    EDITOR_TOOLS,
    editor_words,
)

_SCRIPT = rx.asset("submission_sheet.js", shared=True).importable_path

# The script imports these modules by their built path: they have to be there whenever the sheet is.
NEEDED = (*attempt_sheet.NEEDED, EDITOR_SCRIPT)

_BUTTON = (
    "inline-flex h-10 items-center justify-center rounded-lg border border-line bg-raised px-4 text-sm font-medium "
    "text-ink shadow-sm hover:border-line-strong disabled:cursor-not-allowed disabled:opacity-55 pointer-coarse:h-11"
)
_PRIMARY = (
    "inline-flex h-10 items-center justify-center rounded-lg border border-transparent bg-accent px-4 text-sm "
    "font-medium whitespace-nowrap text-on-accent shadow-sm hover:bg-accent-strong disabled:cursor-not-allowed "
    "disabled:opacity-55 pointer-coarse:h-11"
)
_DIALOG = "m-auto w-[calc(100vw-2rem)] rounded-xl border border-line bg-raised p-5 text-ink shadow-lg backdrop:bg-black/40 sm:p-6"
_DROP = "flex flex-wrap items-center gap-3 rounded-lg border border-dashed px-4 py-4"

_CLASSES: dict[str, str] = {
    "sheet": "flex min-w-0 flex-col gap-5",
    "top": (
        "sticky top-16 z-20 -mx-4 flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-canvas px-4 "
        "py-3 sm:mx-0 sm:rounded-xl sm:border sm:bg-surface sm:shadow-sm"
    ),
    "save": "me-auto flex items-center gap-2 text-sm",
    "save_saved": "text-success",
    "save_saving": "text-ink-muted",
    "save_offline": "text-danger",
    "save_choose": "text-warning",
    "dot": "size-2 rounded-full bg-current",
    "part": "flex min-w-0 flex-col gap-2.5",
    "partHead": "flex flex-wrap items-baseline justify-between gap-x-4",
    "partTitle": "text-base font-semibold text-ink",
    "count": "text-sm text-ink-muted tabular-nums",
    "hint": "text-sm text-ink-muted",
    "line": (
        "h-11 w-full rounded-lg border border-line-strong bg-surface px-3 text-sm text-ink shadow-sm "
        "hover:border-ink-muted focus-visible:border-accent aria-invalid:border-danger disabled:bg-sunken"
    ),
    "refused": "list-none p-0 text-sm text-danger empty:hidden",
    "warning": "rounded-xl bg-warning-soft px-4 py-3 text-sm text-ink",
    "link": "rounded-sm font-medium text-accent underline underline-offset-3 hover:text-accent-strong",
    "button": _BUTTON,
    "primary": _PRIMARY,
    "quiet": (
        "inline-flex h-9 items-center rounded-lg px-3 text-sm font-medium text-ink-muted hover:bg-ink/7 hover:text-ink "
        "pointer-coarse:h-11"
    ),
    "drop": f"{_DROP} border-line-strong bg-surface",
    "dropOver": f"{_DROP} border-accent bg-accent-soft",
    "fileList": "flex list-none flex-col divide-y divide-line rounded-lg border border-line bg-surface p-0",
    "file": "flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5",
    "thumb": "size-11 rounded-md border border-line object-cover",
    "ending": (
        "grid size-11 shrink-0 place-items-center rounded-md bg-sunken text-xs font-semibold text-ink-muted uppercase"
    ),
    "fileName": "min-w-0 flex-1 basis-32 truncate text-sm font-medium text-ink hover:text-accent",
    "fileSize": "text-sm text-ink-muted tabular-nums",
    "going": "flex items-center gap-3 rounded-lg border border-line bg-surface px-3 py-2.5",
    "bar": "h-2 w-32 accent-accent",
    "loading": "py-8 text-center text-sm text-ink-muted",
    "failure": "flex flex-col items-center gap-4 py-12 text-center text-sm text-ink",
    "dialog": f"{_DIALOG} max-w-lg",
    "wideDialog": f"{_DIALOG} max-w-4xl",
    "dialogTitle": "mb-2 text-lg font-semibold text-ink",
    "dialogActions": "mt-5 flex flex-wrap justify-end gap-3",
    "summary": "my-3 flex list-disc flex-col gap-1 ps-5 text-sm text-ink",
    "breakAll": "text-sm break-all text-ink",
    "historyPanels": "mt-4 grid gap-4 sm:grid-cols-[16rem_1fr]",
    "historyList": "flex max-h-48 list-none flex-col gap-1 overflow-auto p-0 sm:max-h-96",
    "historyRow": (
        "flex w-full flex-col items-start gap-0.5 rounded-lg border border-transparent px-3 py-2 text-start "
        "hover:bg-ink/7 aria-pressed:border-accent aria-pressed:bg-accent-soft"
    ),
    "historyWhen": "text-sm font-medium text-ink",
    "historyView": "max-h-96 min-h-40 overflow-auto rounded-lg border border-line bg-surface p-4",
    "beside": "flex min-w-0 flex-col gap-3",
    "summaryLine": "w-fit cursor-pointer rounded-sm text-sm font-medium text-accent",
    "picture": "block overflow-hidden rounded-lg border border-line",
    "pictureImage": "block max-h-[32rem] w-full object-contain",
    "conflict": "flex flex-col gap-2 rounded-xl border border-warning bg-warning-soft p-4",
    "conflictSides": "mt-2 grid gap-4 md:grid-cols-2",
    "conflictSide": "flex min-w-0 flex-col items-start gap-2",
    "conflictText": (
        "max-h-56 w-full overflow-auto rounded-lg border border-line bg-surface p-3 text-sm break-words "
        "whitespace-pre-wrap text-ink"
    ),
}


def _texts() -> dict[str, rx.Var[str]]:
    return {
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "offline": _("Offline – kept in this browser"),
        "offlineMemory": _("Offline – keep this page open"),
        "choose": _("Choose which version stays"),
        "text": _("Your text"),
        "link": _("Link"),
        "files": _("Files"),
        "formatted": _("As its author formatted it"),
        "words": _("Words: {count}"),
        "fileCount": _("Files: {count}"),
        "fileLimits": _("Up to {count} files of at most {size} MB each."),
        "fileKinds": _("Accepted: {kinds}"),
        "addFiles": _("Choose files"),
        "orDrop": _("or drop them here"),
        "remove": _("Remove"),
        "removeFile": _("Remove {name}"),
        "uploading": _("Uploading {name}"),
        "uploadFailed": _("{name} could not be uploaded. Please try again."),
        "tooMany": _("At most {limit} files can be handed in."),
        "badKind": _("{name} is not of a kind that is asked for."),
        "emptyFile": _("{name} is empty."),
        "tooLarge": _("{name} is larger than {limit} MB."),
        "badLink": _("Use an address that begins with https://"),
        "nothingYet": _("There is nothing here yet."),
        "missing_text": _("The text is still empty."),
        "missing_link": _("The link is still missing."),
        "missing_files": _("There is no file yet."),
        "handIn": _("Hand in"),
        "handingIn": _("Handing in…"),
        "handInTitle": _("Hand in your work?"),
        "handInFailed": _(
            "Your work could not be handed in. It is kept here; please try again when you are online."
        ),
        "forGroup": _("You hand in for everybody in {group}."),
        "goOn": _("Keep working"),
        "history": _("Earlier versions"),
        "historyHint": _(
            "What you had written before is kept. Choose a version to look at it or bring it back."
        ),
        "noHistory": _("Nothing has been saved yet."),
        "chooseVersion": _("Choose a version on the list."),
        "restore": _("Bring back this version"),
        "close": _("Close"),
        "told": _(
            "Your teacher can see when you worked on this and how many words it had then, but not your drafts."
        ),
        "lastEdited": _("Last changed by {name}, {time}"),
        "conflictTitle": _("This text was also changed somewhere else. Which version stays?"),
        "conflictHint": _(
            "By another member of your group, or by you in another window. What is saved stays in the history."
        ),
        "conflictMine": _("Yours, in this window"),
        "conflictTheirs": _("The saved one"),
        "keepMine": _("Use mine"),
        "keepTheirs": _("Use the saved one"),
        "empty": _("(empty)"),
        "signedOut": _("You are signed out. Your work is kept in this browser."),
        "signIn": _("Sign in in a new tab, then come back"),
        "unreadable": _("Your work could not be read. Check your connection and try again."),
        "tryAgain": _("Try again"),
        "loading": _("Getting your work…"),
    }


class _SubmissionSheet(rx.Component):
    """The draft with its journal, history and the way to hand it in."""

    library = _SCRIPT
    tag = "SubmissionSheet"

    attempt_id: rx.Var[str]
    course_id: rx.Var[str]
    group: rx.Var[str]
    lateness: rx.Var[str]
    zone: rx.Var[str]
    editor: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]
    on_submitted: rx.EventHandler[rx.event.no_args_event_spec]


class _HandedInWork(rx.Component):
    """Text, link and files of a handed-in attempt."""

    library = _SCRIPT
    tag = "HandedInWork"

    attempt_id: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]


class _WorkBesideText(rx.Component):
    """What a grader sees of the work besides its plain text."""

    library = _SCRIPT
    tag = "WorkBesideText"

    source: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]


def submission_sheet(
    attempt_id: Text, *, course_id: Text, group: Text, lateness: Text, zone: Text, on_submitted: Any
) -> rx.Component:
    """The draft of an assignment.

    The text goes over HTTP and is kept in the browser until the server has stored it, as in every attempt.

    Args:
        attempt_id: The running attempt.
        course_id: Its course, to which uploads belong.
        group: Name of the group that writes together; empty when the student works alone.
        lateness: What handing in now would cost, in words; empty when it is on time.
        zone: Name of the time zone in which moments are shown.
        on_submitted: Fired once it is handed in: here, in another window, by another member, or by the server.
    """
    return _SubmissionSheet.create(
        attempt_id=attempt_id,
        course_id=course_id,
        group=group,
        lateness=lateness,
        zone=zone,
        editor={**editor_words(), "tools": EDITOR_TOOLS, "classes": EDITOR_CLASSES},
        texts=_texts(),
        classes=_CLASSES,
        on_submitted=on_submitted,
    )


def handed_in_work(attempt_id: Text) -> rx.Component:
    """What was handed in: the text as it looks, the link, the files."""
    return _HandedInWork.create(attempt_id=attempt_id, texts=_texts(), classes=_CLASSES)


def work_beside_text(attempt_id: Text) -> rx.Component:
    """For graders, beside the plain text: the text as it was formatted, the link, the files with their pictures."""
    return _WorkBesideText.create(
        source=f"/api/attempts/{attempt_id}/handed-in", texts=_texts(), classes=_CLASSES
    )


def files_of_answer(response_id: Text) -> rx.Component:
    """For graders: the files of an answer with their pictures."""
    return _WorkBesideText.create(
        source=f"/api/grading/answers/{response_id}/files", texts=_texts(), classes=_CLASSES
    )


__all__ = ["files_of_answer", "handed_in_work", "submission_sheet", "work_beside_text"]
