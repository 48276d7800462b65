"""Numbers in texts: digits, words, fractions, percentages; equal when their values are."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNDER_TWENTY = (
    "zero one two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_ONES = {word: value for value, word in enumerate(_UNDER_TWENTY.split())}
_WHOLE_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * value for value, word in enumerate(_WHOLE_TENS.split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "fifths": 5,
}

_DIGITS = re.compile(
    r"(?<![\w.])(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?P<rest>\.\d+)?"
    r"(?:\s*/\s*(?P<below>\d+)(?![\d.,]*\d|\s*[=/]))?(?P<percent>\s?%|\s+per\s?cent\b)?"
)
_ATOM = "|".join([*_ONES, *_TENS, *_SCALES])
_SPELLED = re.compile(
    rf"\b(?:{_ATOM})(?:(?:\s+and\s+|[\s-]+)(?:{_ATOM}))*(?:[\s-]+(?P<part>{'|'.join(_PARTS)}))?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it stands; a percentage counts as itself, not as its hundredth."""

    value: float
    start: int
    end: int


def numbers(text: str) -> list[Number]:
    """Every number of a text, in order; ``twenty-five``, ``25``, ``25.0`` and ``1,025`` are understood."""
    found = [_from_digits(match) for match in _DIGITS.finditer(text)]
    found.extend(_from_words(match) for match in _SPELLED.finditer(text))
    return sorted(found, key=lambda number: number.start)


def equal(first: float, second: float) -> bool:
    """Whether two values are the same but for rounding in the seventh place."""
    return abs(first - second) <= 1e-6 * max(1.0, abs(first), abs(second))


def _from_digits(match: re.Match[str]) -> Number:
    value = float(match["whole"].replace(",", "") + (match["rest"] or ""))
    if match["below"] and float(match["below"]):
        value /= float(match["below"])
    return Number(value, match.start(), match.end())


def _from_words(match: re.Match[str]) -> Number:
    total = current = 0
    for word in re.split(r"[\s-]+", match.group().lower()):
        if word in _SCALES:
            current = max(1, current) * _SCALES[word]
            if _SCALES[word] > 100:
                total, current = total + current, 0
        else:
            current += _ONES.get(word, _TENS.get(word, 0))
    value = float(total + current)
    part = match["part"]
    return Number(value / _PARTS[part.lower()] if part else value, match.start(), match.end())
