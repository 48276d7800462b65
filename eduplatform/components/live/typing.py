"""That the other one is writing."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.live.live_client import LIVE_CLIENT
from eduplatform.realtime.events import MessagePosted, Typing
from eduplatform.state.shell import ShellState

assert LIVE_CLIENT  # the script imports it
_SCRIPT = rx.asset("typing.js", shared=True).importable_path


class _TypingWatch(rx.Component):
    """Watches a form; shows nothing."""

    library = _SCRIPT
    tag = "TypingWatch"

    form: rx.Var[str]
    on_typing: rx.EventHandler[rx.event.no_args_event_spec]


class _TypingLine(rx.Component):
    """Shows for a few seconds that somebody is writing."""

    library = _SCRIPT
    tag = "TypingLine"

    push: rx.Var[dict[str, str]]
    name: rx.Var[str]
    event: rx.Var[str]
    ends: rx.Var[str]
    person: rx.Var[str]
    text: rx.Var[str]


def typing_watch(form_id: str, *, on_typing: Any) -> rx.Component:
    """Fire an event while somebody writes in a form, at most every three seconds.

    Args:
        form_id: Id of the form.
        on_typing: Event without arguments; it should publish `Typing`.
    """
    return _TypingWatch.create(form=form_id, on_typing=on_typing)


def typing_line(name: rx.Var[str], *, person: rx.Var[str], text: rx.Var[str]) -> rx.Component:
    """A line that says that somebody else is writing; it keeps its place while it is empty.

    Args:
        name: The channel on which `Typing` comes.
        person: Id of the reader, whose own writing is not shown.
        text: What it says.
    """
    return _TypingLine.create(
        push=ShellState.push,
        name=name,
        event=Typing.name,
        ends=MessagePosted.name,
        person=person,
        text=text,
        class_name="min-h-5 text-sm text-ink-muted italic",
    )


__all__ = ["typing_line", "typing_watch"]
