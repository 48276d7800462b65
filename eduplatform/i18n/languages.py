"""Which languages there are, and which of them a reader gets."""

from __future__ import annotations

import re

from babel import Locale

DEFAULT_LOCALE = "en"
"""The language the keys are written in; it has no catalogue."""

LOCALES: dict[str, str] = {"en": "English", "es": "Español"}
"""Offered languages: code to the name that its speakers use."""

LOCALE_COOKIE = "edu_locale"
"""Cookie in which the browser remembers a language chosen before sign-in. It holds a code and nothing else."""

_LONGEST_HEADER = 500
_RANGE = re.compile(
    r"^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$"
)


def negotiate(accept_language: str | None, chosen: str | None = None) -> str:
    """Pick the language for a reader.

    Args:
        accept_language: Value of the header of that name; anything malformed in it is passed over.
        chosen: What the reader picked before (profile or `LOCALE_COOKIE`); wins when it is one of `LOCALES`.

    Returns:
        A key of `LOCALES`; `DEFAULT_LOCALE` when nothing fits.
    """
    if chosen in LOCALES:
        return chosen
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate((accept_language or "")[:_LONGEST_HEADER].split(",")):
        match = _RANGE.match(part)
        if match is None:
            continue
        quality = float(match[2]) if match[2] else 1.0
        if quality > 0:
            wanted.append((-quality, position, match[1]))
    for _quality, _position, language in sorted(wanted):
        if language == "*":
            return DEFAULT_LOCALE
        base = language.split("-")[0].lower()
        if base in LOCALES:
            return base
    return DEFAULT_LOCALE


def text_direction(locale: str) -> str:
    """Return ``ltr`` or ``rtl``, the value of the ``dir`` attribute for a locale."""
    return Locale.parse(locale, sep="-").text_direction
