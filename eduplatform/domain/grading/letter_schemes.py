"""Letters for percentages: what a teacher can begin with, and how a scheme is stored and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from eduplatform.domain.grading.course_grade import Band, Scheme
from eduplatform.errors import Invalid
from eduplatform.i18n import N_

MOST_BANDS = 20
LONGEST_LETTER = 12
_HIGHEST = Decimal(200)
_PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Preset:
    """A scheme that many schools use."""

    key: str
    name: str
    scheme: Scheme


def _scheme(*bands: tuple[str, str]) -> Scheme:
    return tuple(Band(letter, Decimal(minimum)) for letter, minimum in bands)


PRESETS: tuple[Preset, ...] = (
    Preset("letters", N_("A to F"), _scheme(("A", "90"), ("B", "80"), ("C", "70"), ("D", "60"), ("F", "0"))),
    Preset(
        "plus",
        N_("A to F with plus and minus"),
        _scheme(
            ("A", "93"),
            ("A−", "90"),
            ("B+", "87"),
            ("B", "83"),
            ("B−", "80"),
            ("C+", "77"),
            ("C", "73"),
            ("C−", "70"),
            ("D+", "67"),
            ("D", "63"),
            ("D−", "60"),
            ("F", "0"),
        ),
    ),
    Preset(
        "six",
        N_("1 to 6, the best is 1"),
        _scheme(("1", "92"), ("2", "81"), ("3", "67"), ("4", "50"), ("5", "30"), ("6", "0")),
    ),
    Preset(
        "words",
        N_("Excellent to insufficient"),
        _scheme(
            ("Excellent", "90"), ("Very good", "70"), ("Good", "60"), ("Pass", "50"), ("Insufficient", "0")
        ),
    ),
    Preset("pass", N_("Pass or fail"), _scheme(("Pass", "50"), ("Fail", "0"))),
)

PRESET_OF: Mapping[str, Preset] = {one.key: one for one in PRESETS}


def scheme_of(stored: Iterable[Mapping[str, Any]]) -> Scheme:
    """The scheme that `stored_scheme` wrote."""
    return tuple(Band(one["letter"], Decimal(one["minimum"])) for one in stored)


def stored_scheme(scheme: Scheme) -> list[dict[str, Any]]:
    """A form to store, best first."""
    ordered = sorted(scheme, key=lambda band: -band.minimum)
    return [{"letter": band.letter, "minimum": str(band.minimum)} for band in ordered]


def checked_scheme(rows: Sequence[tuple[str, str]]) -> Scheme:
    """The bands as a teacher entered them.

    Args:
        rows: Letter and lowest percentage of each.

    Raises:
        Invalid: With a message per field: ``bands.<row>.letter`` or ``bands.<row>.minimum``; ``bands`` for all.
    """
    if len(rows) > MOST_BANDS:
        raise Invalid(fields={"bands": (N_("Use at most {limit} letters."), {"limit": MOST_BANDS})})
    problems: dict[str, Any] = {}
    bands: list[Band] = []
    for number, (letter, minimum) in enumerate(rows):
        name = " ".join(letter.split())
        if not name or len(name) > LONGEST_LETTER:
            problems[f"bands.{number}.letter"] = (
                N_("Use 1 to {limit} characters."),
                {"limit": LONGEST_LETTER},
            )
        elif any(one.letter == name for one in bands):
            problems[f"bands.{number}.letter"] = N_("This letter is there twice.")
        value = percentage(minimum)
        if value is None or value > _HIGHEST:
            problems[f"bands.{number}.minimum"] = N_("Enter a percentage.")
        elif any(one.minimum == value for one in bands):
            problems[f"bands.{number}.minimum"] = N_("Two letters begin at this percentage.")
        bands.append(Band(name, Decimal(0) if value is None else value))
    if problems:
        raise Invalid(fields=problems)
    return tuple(bands)


def percentage(text: str) -> Decimal | None:
    """A percentage of at most two places as somebody types it, with a point or a comma; None when it is none."""
    plain = text.strip().removesuffix("%").strip().replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    if not value.is_finite() or value < 0 or value != value.quantize(_PLACES):
        return None
    return value
