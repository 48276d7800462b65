"""What a teacher enters for a cell of the gradebook in place of what the attempts bring, and what follows from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from eduplatform.domain.assessment.availability import EffectivePolicy
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.grading.calculation import GradeResult, GradeStatus
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.grading.points import points_step, readable, rounded
from eduplatform.errors import Invalid
from eduplatform.i18n import N_

HIGHEST_PERCENT = Decimal(1000)
MOST_POINTS = Decimal("999999.99")
EXCUSED_TEXT = "EX"
MISSING_TEXT = "MI"

_NUMBER = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?\s*(%?)")
_EXCUSED = frozenset({"ex", "excused"})
_MISSING = frozenset({"mi", "missing"})
_HIDDEN_SPACE = str.maketrans("", "", "\u00a0\u202f\u2009")


class EntryKind(StrEnum):
    """What was entered."""

    POINTS = "points"
    EXCUSED = "excused"
    MISSING = "missing"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Entered:
    """A value for a cell; ``number`` with `EntryKind.POINTS` only, of points or of percent."""

    kind: EntryKind
    number: Decimal = Decimal(0)
    percent: bool = False

    def points(self, possible: Decimal) -> Decimal:
        """The points that are meant."""
        if not self.percent:
            return self.number
        return min(rounded(self.number * possible / 100), MOST_POINTS)


def parse_entry(text: str) -> Entered:
    """Read what somebody typed: a number, a percentage of the possible points, ``EX``, ``MI``, or nothing.

    Nothing takes an entry back. More than the possible points is a bonus.

    Raises:
        Invalid: It is none of these.
    """
    plain = text.translate(_HIDDEN_SPACE).strip()
    word = plain.casefold()
    if not plain:
        return Entered(EntryKind.NOTHING)
    if word in _EXCUSED:
        return Entered(EntryKind.EXCUSED)
    if word in _MISSING:
        return Entered(EntryKind.MISSING)
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise Invalid(N_("Enter a number with at most two places, a percentage, EX or MI."))
    number = Decimal(f"{found[1]}.{found[2] or 0}")
    if found[3] and number > HIGHEST_PERCENT:
        raise Invalid(N_("This percentage is too large."))
    return Entered(EntryKind.POINTS, number, bool(found[3]))


def entry_text(status: str, entered_points: Decimal | None, entered_status: str) -> str:
    """What a teacher would type to get the same entry; empty when the attempts decide."""
    if status == GradeStatus.EXCUSED:
        return EXCUSED_TEXT
    if entered_status:
        return MISSING_TEXT
    return "" if entered_points is None else f"{readable(entered_points):f}"


def with_entry(row: Grade, result: GradeResult, policy: EffectivePolicy) -> GradeResult:
    """The grade when what a teacher entered takes the place of what was worked out; an excuse stays an excuse."""
    if result.status == GradeStatus.EXCUSED:
        return result
    if row.entered_points is not None:
        late = result.status == GradeStatus.LATE
        return entered_points(row.entered_points, result.possible, late=late)
    if row.entered_status:
        return entered_missing(result.possible, policy)
    return result


def entered_points(points: Decimal, possible: Decimal, *, late: bool) -> GradeResult:
    """A number that a teacher entered."""
    step = points_step(N_("Entered by a teacher: {earned} of {possible}"), points, possible)
    status = GradeStatus.LATE if late else GradeStatus.GRADED
    return GradeResult(points, possible, status, late, None, (step,))


def entered_missing(possible: Decimal, policy: EffectivePolicy) -> GradeResult:
    """Work that a teacher calls missing, with the points that missing work has."""
    steps = [Message(N_("A teacher marked this as missing"))]
    percent = policy.late.missing_percent if policy.late is not None else None
    points = None if percent is None else rounded(possible * percent / 100)
    if points is not None:
        steps.append(points_step(N_("Missing work counts {earned} of {possible}"), points, possible))
    return GradeResult(points, possible, GradeStatus.MISSING, explanation=tuple(steps))
