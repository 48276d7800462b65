"""Small rows that both sides know: states fill them, the component kit shows them."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Option(TypedDict):
    """One choice of a list: what is sent, and what is read."""

    value: str
    label: str


class ComboboxOption(Option):
    """A choice of a searchable list; ``hint`` is a second, quieter text, also searched."""

    hint: NotRequired[str]


class Notice(TypedDict):
    """A message on the screen: ``kind`` is success, info, warning or error; ``reference`` names a logged error."""

    id: str
    kind: str
    text: str
    reference: str
