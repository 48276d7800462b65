"""Sentences for people that pure code can build without knowing the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

MessageParam = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: an English message key and the values of its ``{name}`` placeholders.

    Numbers stay numbers (``int`` or ``Decimal``), so that whoever renders the message can write them the way of the
    reader's locale.
    """

    key: str
    params: Mapping[str, MessageParam] = field(default_factory=dict[str, MessageParam])


def verbatim(text: str) -> Message:
    """Wrap text that somebody wrote (an option, an answer), which must never be translated."""
    return Message("{text}", {"text": text})
