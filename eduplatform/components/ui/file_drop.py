"""A field for files, chosen or dropped."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Flag, Text, choose, classes, given
from eduplatform.components.ui.fields import described_by, error_text, hint_text
from eduplatform.components.ui.icons import icon

_SCRIPT = rx.asset("file_drop.js", shared=True).importable_path


class _FileDrop(rx.Component):
    """The drop zone with its native file field."""

    library = _SCRIPT
    tag = "FileDrop"

    name: rx.Var[str]
    accept: rx.Var[str]
    max_bytes: rx.Var[int]
    max_files: rx.Var[int]
    disabled: rx.Var[bool]
    required: rx.Var[bool]
    invalid: rx.Var[bool]
    described_by: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]
    picture: rx.Var[rx.Component]


_CLASSES = {
    "zone": (
        "relative flex cursor-pointer flex-col items-center gap-1 rounded-lg border-2 border-dashed border-line-strong "
        "bg-surface px-4 py-6 text-center transition-colors hover:border-accent hover:bg-accent-soft "
        "has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus "
        "data-over:border-accent data-over:bg-accent-soft data-invalid:border-danger "
        "data-disabled:pointer-events-none data-disabled:border-line data-disabled:bg-sunken"
    ),
    "picture": "text-accent",
    "title": "font-medium text-ink",
    "limits": "text-sm text-ink-muted",
    "input": "absolute inset-0 size-full cursor-pointer opacity-0",
    "error": "mt-1.5 text-sm text-danger",
    "list": "mt-2 flex flex-col gap-1.5",
    "item": "flex items-center gap-3 rounded-md border border-line bg-surface py-1 ps-3 pe-1",
    "fileName": "min-w-0 flex-1 truncate text-sm font-medium text-ink",
    "fileSize": "shrink-0 text-sm text-ink-muted tabular-nums",
    "remove": (
        "grid size-9 shrink-0 place-items-center rounded-md text-lg text-ink-muted hover:bg-sunken hover:text-danger "
        "focus-visible:outline-2 focus-visible:outline-focus pointer-coarse:size-11"
    ),
}


def file_drop(
    *,
    id: str,
    name: str,
    label: Text,
    accept: str = "",
    max_bytes: int = 0,
    max_files: int = 1,
    limits: Text = "",
    hint: Text = "",
    error: Text = "",
    required: Flag = False,
    disabled: Flag = False,
    class_name: str = "",
) -> rx.Component:
    """Let a reader choose files or drop them; the surrounding form sends them under ``name``.

    Nothing is sent by itself. What the browser refuses here the server must refuse again.

    Args:
        id: Id of the file field; must be unique in the page.
        accept: As in HTML: endings and types, for example ``".pdf,image/*"``; empty means all.
        max_bytes: Largest size of one file in bytes; 0 means no limit here.
        max_files: How many files at most; above 1 the field takes several.
        limits: What is accepted in words, for example ``_("PDF or image, at most 10 MB")``.
        error: Message of the server.
    """
    return rx.el.div(
        rx.el.span(
            label,
            choose(required, rx.el.span(" *", aria_hidden="true", class_name="text-danger"), rx.fragment()),
            class_name="text-sm font-medium text-ink",
        ),
        hint_text(id, hint),
        _FileDrop.create(
            id=id,
            name=name,
            accept=accept,
            max_bytes=max_bytes,
            max_files=max_files,
            disabled=disabled,
            required=required,
            invalid=rx.Var.create(error).bool() if given(error) else False,
            described_by=described_by(id),
            texts={
                "label": label,
                "choose": _("Choose a file or drop it here"),
                "chooseMany": _("Choose files or drop them here"),
                "limits": limits,
                "chosen": _("Chosen files"),
                "remove": _("Remove {name}"),
                "badType": _("{name} is not a type that is accepted here."),
                "emptyFile": _("{name} is empty."),
                "tooLarge": _("{name} is larger than {size}."),
                "tooMany": _("{name} was left out: no more than {count} files."),
            },
            classes=_CLASSES,
            picture=icon("upload", size="lg"),
        ),
        error_text(id, error),
        class_name=classes("flex min-w-0 flex-col gap-1.5", class_name),
    )


__all__ = ["file_drop"]
