"""Sentences for people that pure code can build without knowing the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from eduplatform.i18n import translate
from eduplatform.i18n.formatting import format_number

MessageParam = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: an English message key and the values of its ``{name}`` placeholders.

    Numbers stay numbers (``int`` or ``Decimal``), so that they are written the way of the reader's locale.
    """

    key: str
    params: Mapping[str, MessageParam] = field(default_factory=dict[str, MessageParam])

    def render(self, locale: str) -> str:
        """The sentence in the reader's language."""
        shown = {
            name: value if isinstance(value, str) else format_number(value, locale, _places(value))
            for name, value in self.params.items()
        }
        return translate(self.key, locale, **shown)

    def to_json(self) -> dict[str, Any]:
        """A form to store; see `from_json`."""
        params = {
            name: {"decimal": str(value)} if isinstance(value, Decimal) else value
            for name, value in self.params.items()
        }
        return {"key": self.key, "params": params}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Message:
        """Read what `to_json` wrote."""
        params: Mapping[str, Any] = stored["params"]
        return cls(
            stored["key"],
            {
                name: value if isinstance(value, str | int) else Decimal(value["decimal"])
                for name, value in params.items()
            },
        )


def _places(number: int | Decimal) -> int:
    """Decimal places to show: all that were given, within reason."""
    exponent = Decimal(number).as_tuple().exponent
    return min(40, max(2, -exponent)) if isinstance(exponent, int) else 2


def verbatim(text: str) -> Message:
    """Wrap text that somebody wrote (an option, an answer), which must never be translated."""
    return Message("{text}", {"text": text})
