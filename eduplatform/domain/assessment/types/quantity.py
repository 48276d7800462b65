"""Reading of numbers with units, as people write them in many countries.

Understood: ``9.81``, ``9,81``, ``1 234,5``, ``1,234.5``, ``1.234,5``, ``1.2e3``, ``1.2 × 10^3``, ``10³``, ``1/2``,
``1 1/2``, ``½``, each with an optional sign and unit. A comma followed by exactly three digits can mean two things
(1,234 is 1.234 or 1234); both readings are returned.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from eduplatform.domain.assessment.types.text import clean_line, flatten

MAX_LENGTH = 100
"""Longest text that is read, in characters."""

MAX_MAGNITUDE = 120
"""Numbers from 10^-120 to 10^120 are read; it bounds the cost of exact arithmetic."""

EXACT = Context(prec=2000, rounding=ROUND_HALF_EVEN)
"""Enough digits for sums and products of a few readable numbers to be exact."""

_WHOLE_TEXT = re.compile(
    r"""
    (?P<sign>[+-]?)\s*
    (?:(?P<whole>\d+)\s+(?=\d+/\d))?                       # the 1 of 1 1/2
    (?P<mantissa>\d{1,3}(?:\ \d{3})+(?:[.,]\d*)?(?!\d)|\d[\d.,]*|[.,]\d+)
    (?:[eE](?P<exponent>[+-]?\d{1,4})(?!\d)|\s*[x*]\s*10\^(?P<power>[+-]?\d{1,4})(?!\d))?
    (?:\s*/\s*(?P<denominator>\d[\d.,]*))?
    (?P<unit>\s*[^\d\s.,].*)?
    """,
    re.VERBOSE | re.DOTALL,
)
_BARE_POWER_OF_TEN = re.compile(r"^([+-]?\s*)10\^")
_WITH_POINT = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_WITH_COMMA = re.compile(r"\d+,\d*|,\d+")
_COMMA_GROUPS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_POINT_GROUPS = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+,\d*|(?:\.\d{3}){2,})")

_SIGNS_AND_MARKS = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "×": "*",
        "·": "*",
        "⋅": "*",
        "∙": "*",
        "⁄": "/",
        "∕": "/",
        "÷": "/",
        "٫": ".",
        "٬": " ",
    }
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One reading of a text: ``numerator / denominator``, in some unit.

    Attributes:
        numerator: With the sign.
        denominator: Above 0; 1 unless a fraction was written.
        least_figures: Fewest significant figures that the writing can mean; 1500 has 2, 3 or 4.
        most_figures: Most of them; 0 for a fraction, which is exact and has none.
        unit: As `normal_unit` writes it; empty when there is none.
    """

    numerator: Decimal
    denominator: Decimal
    least_figures: int
    most_figures: int
    unit: str


def read_quantity(text: str) -> tuple[Quantity, ...]:
    """All sensible readings of a text, the most literal one first; none when it is not a number."""
    if len(text) > MAX_LENGTH:
        return ()
    found = _WHOLE_TEXT.fullmatch(_plain(text))
    if found is None:
        return ()
    shift = int(found["exponent"] or found["power"] or 0)
    denominators = _decimal_readings(found["denominator"]) if found["denominator"] else ("1",)
    unit = normal_unit(found["unit"] or "")
    readings: list[Quantity] = []
    for mantissa in _decimal_readings(found["mantissa"]):
        for denominator in denominators:
            number = _combine(found["sign"], found["whole"], mantissa, shift, denominator)
            if number is None:
                continue
            least, most = (0, 0) if found["denominator"] else _figures(mantissa)
            readings.append(Quantity(number[0], number[1], least, most, unit))
    return tuple(readings)


def normal_unit(text: str) -> str:
    """One spelling per unit: ``m/s²``, ``m / s^2`` and ``m/s2`` are the same; capitals count (mW is not MW)."""
    joined = re.sub(r"\s*([/*])\s*", r"\1", _plain(text).replace("^", "").strip(" *"))
    return re.sub(r"[\s*]+", "*", joined)


def _plain(text: str) -> str:
    # Without the space, 1½ would be flattened to 11/2.
    spaced = "".join(f" {c}" if unicodedata.decomposition(c).startswith("<fraction>") else c for c in text)
    flat = flatten(clean_line(spaced)).translate(_SIGNS_AND_MARKS)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in flat).strip()
    return _BARE_POWER_OF_TEN.sub(r"\g<1>1*10^", digits)


def _decimal_readings(token: str) -> tuple[str, ...]:
    if " " in token:
        token = token.replace(" ", "")
        return (token.replace(",", "."),)
    readings: list[str] = []
    if _WITH_POINT.fullmatch(token):
        readings.append(token)
    if _WITH_COMMA.fullmatch(token):
        readings.append(token.replace(",", "."))
    if _COMMA_GROUPS.fullmatch(token):
        readings.append(token.replace(",", ""))
    if _POINT_GROUPS.fullmatch(token):
        readings.append(token.replace(".", "").replace(",", "."))
    return tuple(readings)


def _combine(
    sign: str, whole: str | None, mantissa: str, shift: int, denominator: str
) -> tuple[Decimal, Decimal] | None:
    with localcontext(EXACT):
        numerator, divisor = Decimal(mantissa).scaleb(shift), Decimal(denominator)
        if divisor == 0 or not (_readable(numerator) and _readable(divisor)):
            return None
        if whole is not None:
            if numerator >= divisor:
                return None
            numerator += Decimal(whole) * divisor
        return (-numerator if sign == "-" else numerator), divisor


def _readable(number: Decimal) -> bool:
    return number == 0 or abs(number.adjusted()) <= MAX_MAGNITUDE


def _figures(mantissa: str) -> tuple[int, int]:
    digits = mantissa.replace(".", "").lstrip("0")
    if not digits:
        return 1, len(mantissa)
    if "." in mantissa:
        return len(digits), len(digits)
    return max(1, len(digits.rstrip("0"))), len(digits)
