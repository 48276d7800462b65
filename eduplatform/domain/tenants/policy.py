"""What an organisation may look like and how its terms lie in the year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from eduplatform.domain.tenants.models import Term

LEAST_CONTRAST = 4.5
"""WCAG 2 AA for text, against white."""

LONGEST_TERM_DAYS = 400
FIRST_YEAR, LAST_YEAR = 1990, 2200

_HEX = re.compile(r"#[0-9a-f]{6}")
_LINEAR_BELOW = 0.04045


def contrast_on_white(color: str) -> float:
    """Contrast of a colour with white as WCAG 2 defines it, from 1 to 21.

    Args:
        color: ``#rrggbb`` in small letters.

    Raises:
        ValueError: It is no such colour.
    """
    if not _HEX.fullmatch(color):
        raise ValueError("a colour is written #rrggbb")
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= _LINEAR_BELOW else ((one + 0.055) / 1.055) ** 2.4 for one in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def overlapping(terms: Iterable[Term], *, starts_on: date, ends_on: date, but: UUID | None) -> Term | None:
    """The first term that shares a day with these dates, both included; ``but`` is the one being changed."""
    return next(
        (one for one in terms if one.id != but and one.starts_on <= ends_on and starts_on <= one.ends_on),
        None,
    )
