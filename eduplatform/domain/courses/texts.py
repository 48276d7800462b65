"""What people type, made fit to be stored: no control characters, one form of each letter."""

from __future__ import annotations

import unicodedata

# Control characters (PostgreSQL refuses NUL) and lone surrogates (no encoding has them); a browser can send both.
_UNSTORABLE = frozenset({"Cc", "Cs"})


def single_line(text: str) -> str:
    """A line of text: composed letters, single spaces, nothing invisible that breaks storage."""
    kept = "".join(" " if unicodedata.category(one) in _UNSTORABLE else one for one in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def paragraphs(text: str) -> str:
    """Text of several lines, with its line breaks and tabs as they are."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(one for one in unified if one in "\n\t" or unicodedata.category(one) not in _UNSTORABLE)
    return unicodedata.normalize("NFC", kept).strip()
