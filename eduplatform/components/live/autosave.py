"""Stores a form while it is written."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _

_SCRIPT = rx.asset("autosave.js", shared=True).importable_path


def _values_event(values: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    return (values,)


class _Autosave(rx.Component):
    """Sends the form and says how it went."""

    library = _SCRIPT
    tag = "Autosave"

    form: rx.Var[str]
    saved: rx.Var[int]
    failed: rx.Var[int]
    texts: rx.Var[dict[str, str]]
    on_save: rx.EventHandler[_values_event]


def autosave(
    form: str, *, on_save: Any, saved: rx.Var[int], failed: rx.Var[int] | int = 0, class_name: str = ""
) -> rx.Component:
    """Send a form 0.7 s after the last key, when it is left, and when the page goes away; say whether it is stored.

    The form's field ``base``, when it has one, keeps the value that its field ``version`` had when the typing began.
    Fields inside ``data-no-save`` are not watched.

    Args:
        form: Id of the form; its fields need names.
        on_save: Event with the form's values.
        saved: Grows each time the server has stored them.
        failed: Grows each time it has refused them; the page says why.
        class_name: Classes of the words.
    """
    return _Autosave.create(
        form=form,
        saved=saved,
        failed=failed,
        texts={
            "saving": _("Saving …"),
            "saved": _("Saved as a draft"),
            "failed": _("Not saved"),
        },
        on_save=on_save,
        class_name=f"text-sm text-ink-muted {class_name}".strip(),
    )


__all__ = ["autosave"]
