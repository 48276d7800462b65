"""Cleaning and comparing of text that people type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import cast

from pydantic_core import PydanticCustomError

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that reverse the direction of what follows: they can make one answer look like another."""

_REMOVED = frozenset({"Cc", "Cs"})

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
"""Combining accents of the Latin, Greek and Cyrillic scripts; the vowel signs of other scripts are letters."""

_QUOTES = str.maketrans("‘’‛′“”„″", "''''\"\"\"\"")


def clean_text(text: str) -> str:
    """Remove control characters, lone surrogates and direction overrides; keep line breaks and tabs."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        c
        for c in unified
        if c in "\n\t" or (c not in _BIDI_CONTROLS and unicodedata.category(c) not in _REMOVED)
    )
    return unicodedata.normalize("NFC", "".join(kept))


def clean_line(text: str) -> str:
    """As `clean_text`, on one line: line breaks and tabs become spaces."""
    return re.sub(r"[\n\t]", " ", clean_text(text))


def is_invisible(text: str) -> bool:
    """Whether a reader would see nothing: only spaces and characters without a shape."""
    return all(c.isspace() or unicodedata.category(c) == "Cf" for c in text)


def flatten(text: str) -> str:
    """Bring typographic variants together: full-width forms, ligatures, subscripts, curly quotes, kinds of spaces.

    Superscripts become ``^2``, because 10² is not 102.
    """
    raised = _SUPERSCRIPT_RUN.sub(lambda run: "^" + run[0].translate(_SUPERSCRIPTS), text)
    plain = unicodedata.normalize("NFKC", raised).translate(_QUOTES)
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def fold(text: str, *, case_matters: bool, accents_matter: bool) -> str:
    """The form in which two short answers are compared; runs of white space always count as one space."""
    folded = flatten(text)
    if not case_matters:
        folded = folded.casefold()
    if not accents_matter:
        folded = _ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    return " ".join(unicodedata.normalize("NFC", folded).split())


def capped(limit: int, clean: Callable[[str], str]) -> Callable[[object], object]:
    """A pydantic before-validator that cleans text; text beyond ``limit`` characters is refused unread."""

    def cleaned(raw: object) -> object:
        if not isinstance(raw, str):
            return raw
        if len(raw) > limit:
            raise PydanticCustomError("string_too_long", "text is too long")
        return clean(raw)

    return cleaned


def as_tuple(raw: object) -> object:
    """A pydantic before-validator: JSON has lists where our models have tuples."""
    return tuple(cast(list[object], raw)) if isinstance(raw, list) else raw
