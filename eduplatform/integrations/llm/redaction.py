"""Personal data is taken out of a text before it leaves, and put back into the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LETTERS = r"[^\W\d_]"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("link", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("id", re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b", re.IGNORECASE)),
    ("account", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")),
    # Nine digits at least: what a sum or a fraction looks like is shorter.
    (
        "phone",
        re.compile(r"(?<![\w.,/])(?=(?:[ ()\-/.+]*\d){9})(?:\+\d|\(?0\d)[\d ()\-/.]{6,24}\d(?![\w/])"),
    ),
    ("phone", re.compile(r"(?<![\w.,/-])\d{3}[-.]\d{3}[-.]\d{4}(?![\w/-])")),
    ("phone", re.compile(r"(?<!\w)(?:\+|00)\d{8,14}(?!\w)")),
    ("number", re.compile(r"(?<![\w.,])(?!\d*0{4,}\b)\d{7,}(?![\w.,]\d)")),
    ("address", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")),
)
_PLACE = re.compile(r"\[(?:person|email|link|id|account|phone|number|address) \d+\]")
_SHORTEST_NAME = 3


class Redactor:
    """One conversation's places: the same value gets the same place, so that the model can follow.

    Args:
        names: Names of the people of the course; whole ones and their parts are taken out.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._places: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._person_of: dict[str, str] = {}
        self._names = self._pattern(names)

    @property
    def count(self) -> int:
        """How many different values were taken out."""
        return len(self._values)

    def redact(self, text: str) -> str:
        """The text without personal data; places like ``[person 1]`` stand for it."""
        for kind, pattern in _PATTERNS:
            text = pattern.sub(lambda found, kind=kind: self._place(kind, found[0]), text)
        if self._names is not None:
            text = self._names.sub(lambda found: self._place("person", found[0]), text)
        return text

    def restore(self, text: str) -> str:
        """The text with what stood in the places."""
        return _PLACE.sub(lambda found: self._values.get(found[0], found[0]), text)

    def _pattern(self, names: Iterable[str]) -> re.Pattern[str] | None:
        parts: set[str] = set()
        for name in names:
            whole = " ".join(name.split())
            words = [one for one in whole.split(" ") if len(one) >= _SHORTEST_NAME]
            parts.update(words, [whole] if len(whole) >= _SHORTEST_NAME else [])
            for one in words:
                self._person_of.setdefault(one.casefold(), whole.casefold())
        if not parts:
            return None
        longest_first = sorted(parts, key=len, reverse=True)
        # A name in small letters is a name too, unless it is one word that may be an ordinary one (will, grace).
        either = "|".join(
            f"(?i:{re.escape(one)})" if " " in one else f"{re.escape(one)}|{re.escape(one.upper())}"
            for one in longest_first
        )
        return re.compile(rf"(?<!{_LETTERS})(?:{either})(?!{_LETTERS})")

    def _place(self, kind: str, value: str) -> str:
        key = f"{kind}:{self._person_of.get(value.casefold(), value.casefold())}"
        if key not in self._places:
            number = 1 + sum(one.startswith(f"{kind}:") for one in self._places)
            self._places[key] = f"[{kind} {number}]"
            self._values[self._places[key]] = value
        return self._places[key]
