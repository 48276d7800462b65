"""Remembers where a reader is."""

from __future__ import annotations

from typing import Any

import reflex as rx

_SCRIPT = rx.asset("reading_place.js", shared=True).importable_path


def _reach_event(subject: rx.Var[str], block: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (subject, block)


class _ReadingPlace(rx.Component):
    """Watches the scrolling; shows nothing."""

    library = _SCRIPT
    tag = "ReadingPlace"

    container: rx.Var[str]
    subject: rx.Var[str]
    on_reach: rx.EventHandler[_reach_event]


def reading_place(container: str, *, subject: rx.Var[str], on_reach: Any) -> rx.Component:
    """Tell which block of a text is being read.

    Args:
        container: Id of the text; its blocks carry ``data-block``.
        subject: What is read; nothing is told while it is empty.
        on_reach: Event with the subject and the block, 1.5 s after scrolling and when the page is left.
    """
    return _ReadingPlace.create(container=container, subject=subject, on_reach=on_reach)


__all__ = ["reading_place"]
