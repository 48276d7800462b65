"""Keeps what a person types in a form until the server has it."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.text import _

_SCRIPT = rx.asset("local_draft.js", shared=True).importable_path

_CLASSES = {
    "idle": "sr-only",
    "frame": "flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-info-soft px-3 py-2 text-sm text-ink",
    "button": (
        "rounded-sm font-medium text-accent underline underline-offset-2 hover:text-accent-strong "
        "focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus"
    ),
}


class _LocalDraft(rx.Component):
    """Saves and restores the fields of one form; says so when it restored something."""

    library = _SCRIPT
    tag = "LocalDraft"

    form: rx.Var[str]
    storage_key: rx.Var[str]
    ready: rx.Var[bool]
    saved: rx.Var[int]
    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]


def local_draft(
    form_id: str,
    storage_key: rx.Var[str] | str,
    *,
    saved: rx.Var[int] | rx.Var[str] | rx.Var[bool] | int = 0,
    ready: rx.Var[bool] | bool = True,
) -> rx.Component:
    """Remember a form in this tab, and give it back after a reload, a crash or an expired session.

    Put it just before or inside the form. Passwords, files, hidden fields and what is inside ``data-no-draft``
    are never remembered.

    Args:
        form_id: Id of the form element; its fields need names.
        storage_key: What is edited and by whom, for example ``f"lesson:{person}:{lesson}"``; empty means not yet known.
        saved: Changes to a new truthy value each time the server has stored the form (a counter or a version); the
            draft is then forgotten.
        ready: Whether the form shows the server's values; nothing is restored or remembered before. Give it whenever
            the form is filled from the state, else the server's values would replace what was restored.
    """
    return _LocalDraft.create(
        form=form_id,
        storage_key=storage_key,
        ready=ready,
        saved=saved,
        texts={"restored": _("We kept what you had typed here."), "discard": _("Discard it")},
        classes=_CLASSES,
    )


__all__ = ["local_draft"]
