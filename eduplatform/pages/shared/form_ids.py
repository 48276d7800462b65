"""Ids of form fields that differ from the fields' names."""

from __future__ import annotations

import reflex as rx


def field_id(text: str) -> rx.Var[str]:
    """An id for a field whose name is another one, for pages with several forms.

    Reflex sends a field with a plain text id a second time, under its id; an id that is a Var it leaves alone.
    """
    return rx.Var.create(text)
