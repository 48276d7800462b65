"""Uploading files within a page, and showing those that are there."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Flag, Text, classes
from eduplatform.components.ui.fields import described_by, error_text, hint_text
from eduplatform.components.ui.icons import icon
from eduplatform.domain.files.policy import MEGABYTE, PURPOSES
from eduplatform.state.files import FileLink

_SCRIPT = rx.asset("file_upload.js", shared=True).importable_path

_CLASSES = {
    "frame": "flex min-w-0 flex-col gap-2",
    "zone": (
        "relative flex cursor-pointer flex-col items-center gap-1 rounded-xl border-2 border-dashed border-line-strong "
        "bg-surface px-4 py-5 text-center transition-colors hover:border-accent hover:bg-accent-soft "
        "has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus "
        "data-over:border-accent data-over:bg-accent-soft data-invalid:border-danger "
        "data-disabled:pointer-events-none data-disabled:border-line data-disabled:bg-sunken"
    ),
    "picture": "text-accent",
    "title": "font-medium text-ink",
    "limits": "text-sm text-ink-muted",
    "input": "absolute inset-0 size-full cursor-pointer opacity-0",
    "list": "flex list-none flex-col gap-2 p-0",
    "item": (
        "flex items-center gap-2 rounded-xl border border-line bg-surface py-2 ps-3 pe-1.5 outline-none "
        "data-[state=failed]:border-danger data-[state=failed]:bg-danger-soft"
    ),
    "main": "min-w-0 flex-1",
    "line": "flex items-baseline gap-3",
    "fileName": "min-w-0 truncate text-sm font-medium text-ink",
    "link": (
        "min-w-0 truncate rounded-sm text-sm font-medium text-accent underline underline-offset-2 "
        "hover:text-accent-strong focus-visible:outline-2 focus-visible:outline-focus"
    ),
    "fileSize": "shrink-0 text-sm text-ink-muted tabular-nums",
    "progress": "ui-bar my-1 w-full",
    "state": "text-sm text-ink-muted",
    "error": "text-sm font-medium text-danger",
    "retry": (
        "mt-1.5 h-9 rounded-lg border border-line-strong bg-raised px-3 text-sm font-medium text-ink "
        "hover:border-accent focus-visible:outline-2 focus-visible:outline-focus pointer-coarse:h-11"
    ),
    "remove": (
        "grid size-9 shrink-0 place-items-center rounded-lg text-lg text-ink-muted hover:bg-ink/7 hover:text-danger "
        "focus-visible:outline-2 focus-visible:outline-focus pointer-coarse:size-11"
    ),
}


def _ids_event(ids: rx.Var[list[str]]) -> tuple[rx.Var[list[str]]]:
    return (ids,)


class _FileUpload(rx.Component):
    """The drop zone with the list of what was sent."""

    library = _SCRIPT
    tag = "FileUpload"

    name: rx.Var[str]
    purpose: rx.Var[str]
    course_id: rx.Var[str]
    accept: rx.Var[str]
    max_bytes: rx.Var[int]
    max_files: rx.Var[int]
    revision: rx.Var[Any]
    disabled: rx.Var[bool]
    described_by: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]
    picture: rx.Var[rx.Component]
    on_uploaded: rx.EventHandler[_ids_event]


def file_upload(
    *,
    id: str,
    purpose: str,
    label: Text,
    on_uploaded: Any = None,
    name: str = "",
    course_id: Text = "",
    multiple: bool = True,
    max_files: int = 20,
    accept: str = "",
    revision: Any = 0,
    hint: Text = "",
    error: Text = "",
    disabled: Flag = False,
    show_label: bool = True,
    class_name: str = "",
) -> rx.Component:
    """Let a reader choose files or drop them; each is sent at once, with progress, and can be sent again or removed.

    The files are stored but belong to nothing: the page attaches them with ``domain.files.service.attach`` when it saves
    what they are for. What is never attached is removed after a day.

    Args:
        id: Id of the file field; must be unique in the page.
        purpose: Key of ``domain.files.policy.PURPOSES``, which knows the limits.
        label: What is asked for.
        on_uploaded: Handler that gets the ids of all files in the list, in order, whenever the list changes.
        name: Name of a field of the surrounding form with the same ids as JSON.
        course_id: The course, when the files are for one.
        multiple: Whether several files may be sent.
        max_files: How many at most.
        accept: As in HTML: endings and types, for example ``".pdf,image/*"``; the server decides by the content.
        revision: Anything that changes when the list shall begin anew, after its files were attached.
        hint: An explanation below the label.
        error: Message of the server about the list.
        show_label: Whether the label is visible; screen readers always get it.
    """
    limit = PURPOSES[purpose].max_bytes
    events = {} if on_uploaded is None else {"on_uploaded": on_uploaded}
    return rx.el.div(
        rx.el.span(label, class_name="text-sm font-medium text-ink") if show_label else rx.fragment(),
        hint_text(id, hint),
        _FileUpload.create(
            id=id,
            name=name,
            purpose=purpose,
            course_id=course_id,
            accept=accept,
            max_bytes=limit,
            max_files=max_files if multiple else 1,
            revision=revision,
            disabled=disabled,
            described_by=described_by(id),
            texts=_texts(label, limit),
            classes=_CLASSES,
            picture=icon("upload", size="lg"),
            **events,
        ),
        error_text(id, error),
        class_name=classes("flex min-w-0 flex-col gap-1.5", class_name),
    )


def _texts(label: Text, limit: int) -> dict[str, Text]:
    return {
        "label": label,
        "choose": _("Choose a file or drop it here"),
        "chooseMany": _("Choose files or drop them here"),
        "limits": _("At most {limit} MB each", limit=limit // MEGABYTE),
        "chosen": _("Chosen files"),
        "badType": _("{name} is not a type that is accepted here."),
        "emptyFile": _("{name} is empty."),
        "tooLarge": _("{name} is larger than {size}."),
        "tooMany": _("{name} was left out: no more than {count} files."),
        "waiting": _("Waiting"),
        "sending": _("Sending: {percent} %"),
        "checking": _("Being checked"),
        "ready": _("Uploaded"),
        "pending": _("Uploaded. Others can open it once the virus scanner has checked it."),
        "done": _("{name} was uploaded."),
        "removed": _("{name} was removed."),
        "progress": _("Progress of {name}"),
        "remove": _("Remove {name}"),
        "cancel": _("Cancel {name}"),
        "retry": _("Try again"),
        "retryOf": _("Try again: {name}"),
        "broken": _("The connection broke. Try again."),
        "offline": _("You are offline. Try again when you are connected."),
        "signedOut": _("You were signed out. Sign in in another tab, then try again."),
        "refusedSize": _("This file is too large."),
    }


def file_list(
    files: rx.Var[list[FileLink]],
    *,
    label: Text,
    on_remove: Any = None,
    class_name: str = "",
) -> rx.Component:
    """Show files with a small picture, name and size; each opens or is saved by its link.

    Args:
        files: Rows made by ``state.files.file_link``; an empty list shows nothing.
        label: What the list holds, for screen readers.
        on_remove: Handler of one file's id; gives each row a button that removes it.
    """

    def row(file: Any) -> rx.Component:
        return rx.el.li(
            rx.cond(
                file["thumb"],
                rx.el.img(
                    src=file["thumb"],
                    alt="",
                    loading="lazy",
                    class_name="size-11 shrink-0 rounded-lg border border-line bg-sunken object-cover",
                ),
                rx.el.span(
                    icon("file"),
                    class_name="grid size-11 shrink-0 place-items-center rounded-lg bg-sunken text-ink-muted",
                ),
            ),
            rx.el.div(
                rx.cond(
                    file["ready"],
                    rx.el.a(
                        file["name"],
                        href=file["href"],
                        target="_blank",
                        rel="noopener",
                        class_name=(
                            "block truncate rounded-sm text-sm font-medium text-accent underline "
                            "underline-offset-2 hover:text-accent-strong"
                        ),
                    ),
                    rx.el.span(file["name"], class_name="block truncate text-sm font-medium text-ink"),
                ),
                rx.el.span(
                    file["size"],
                    rx.cond(file["ready"], "", rx.el.span(" · ", _("Being checked"))),
                    class_name="text-sm text-ink-muted",
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.fragment() if on_remove is None else _remove_button(file, on_remove),
            key=file["id"],
            class_name="flex min-w-0 items-center gap-3 rounded-xl border border-line bg-surface p-2",
        )

    shown: Any = files
    return rx.cond(
        shown.length() > 0,
        rx.el.ul(
            rx.foreach(files, row),
            aria_label=label,
            class_name=classes("grid list-none gap-2 p-0 sm:grid-cols-2", class_name),
        ),
        rx.fragment(),
    )


def _remove_button(file: Any, on_remove: Any) -> rx.Component:
    return rx.el.button(
        rx.el.span("×", aria_hidden="true"),
        type="button",
        aria_label=_("Remove {name}", name=file["name"]),
        on_click=on_remove(file["id"]),
        class_name=_CLASSES["remove"],
    )


__all__ = ["file_list", "file_upload"]
