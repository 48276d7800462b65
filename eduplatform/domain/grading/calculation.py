"""From scored responses to a grade, with every step in words.

The order is fixed: points of each attempt, scaling, late penalty of each attempt, and only then the choice between
attempts. So a late retake can never replace a better attempt that was on time.

Arithmetic is exact in ``Decimal`` (28 digits); the grade is rounded once, at the end, half to even, to two places.
The numbers in explanations are rounded the same way for reading only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from eduplatform.domain.assessment.availability import (
    AttemptScoring,
    EffectivePolicy,
    add_local_days,
    attempt_deadline,
    attempt_due,
    late_seconds,
)
from eduplatform.domain.assessment.messages import Message
from eduplatform.i18n import N_

_CENT = Decimal("0.01")
_ZERO = Decimal(0)


class GradeStatus(StrEnum):
    """What a grade is; only ``graded`` and ``late`` are final numbers.

    ``none``: nothing to grade yet. ``missing``: the due time passed without work. ``in_review``: handed in, and a
    person still has to score some of it. ``late``: graded, and the attempt that counts was late (under ``average``:
    at least one was). ``excused``: does not count. A zero is ``graded`` or ``late`` with 0 points.
    """

    NONE = "none"
    MISSING = "missing"
    IN_REVIEW = "in_review"
    GRADED = "graded"
    LATE = "late"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseScore:
    """What one response brings.

    Attributes:
        possible: Points of the question in this assessment.
        fraction: From the question type's score; None when a person has to decide.
        manual_points: A grader's points; they replace the fraction, and may exceed ``possible`` as a bonus.
    """

    possible: Decimal
    fraction: Decimal | None = None
    manual_points: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsTotal:
    """A sum of points.

    Attributes:
        earned: None while at least one part is not scored.
        possible: The most there is without a bonus.
        unscored: How many parts wait for a person.
        explanation: The sum in words.
    """

    earned: Decimal | None
    possible: Decimal
    unscored: int
    explanation: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """The level chosen for one criterion of a rubric; ``points`` is None until one is chosen."""

    criterion: str
    points: Decimal | None
    possible: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt as grading sees it.

    Attributes:
        number: 1, 2, ... in the order of starting; unique within one student's work.
        started_at: None for work without a start, such as an uploaded paper.
        submitted_at: None while it is being worked on.
        earned: From `attempt_points` or `rubric_points`; None while a person has to score.
        possible: As above.
    """

    number: int
    started_at: datetime | None
    submitted_at: datetime | None
    earned: Decimal | None
    possible: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePenalty:
    """What lateness takes away.

    Attributes:
        seconds: Lateness beyond the due time; 0 when on time or within the grace period.
        periods: Started hours or days of lateness, by the late policy; 0 when there is no policy.
        percent: Percent of the points earned.
    """

    seconds: int
    periods: int
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeResult:
    """A student's grade for one assessment.

    Attributes:
        points: Two places; None when there is no number (none, excused, missing without a rule, nothing scored yet).
            Under ``best``, a grade in review may already have the points of the attempts that are scored.
        possible: Points of the assessment.
        status: See `GradeStatus`.
        late: Whether the attempt that counts was late; under ``average``, whether any was.
        attempt_number: The attempt that counts; None when several or none do.
        explanation: The steps in order, for student, guardian and teacher.
    """

    points: Decimal | None
    possible: Decimal
    status: GradeStatus
    late: bool = False
    attempt_number: int | None = None
    explanation: tuple[Message, ...] = ()


def attempt_points(responses: Iterable[ResponseScore]) -> PointsTotal:
    """Add up the questions of one attempt.

    Raises:
        ValueError: Points are negative, or a fraction is outside 0 to 1.
    """
    raise NotImplementedError


def rubric_points(criteria: Iterable[CriterionScore]) -> PointsTotal:
    """Add up the levels chosen in a rubric.

    Raises:
        ValueError: Points are negative.
    """
    raise NotImplementedError


def late_penalty(
    policy: EffectivePolicy, *, submitted_at: datetime, started_at: datetime | None = None
) -> LatePenalty:
    """What the lateness of one attempt costs; days are counted on the wall clock of the tenant's zone."""
    raise NotImplementedError


def grade(
    attempts: Iterable[Attempt],
    policy: EffectivePolicy,
    *,
    possible: Decimal,
    now: datetime,
    excused: bool = False,
) -> GradeResult:
    """Work out one student's grade for one assessment.

    Args:
        attempts: All attempts in any order, also running ones.
        policy: The student's rules.
        possible: Points of the assessment; attempts with another total are scaled to it.
        now: The server's clock; decides only whether work that was not handed in is missing.
        excused: The student need not do this; attempts are ignored.
    """
    raise NotImplementedError
