"""Sums of points: the questions of an attempt, the criteria of a rubric; and how points are rounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from eduplatform.domain.assessment.messages import Message
from eduplatform.i18n import N_

_CENT = Decimal("0.01")
_ZERO = Decimal(0)


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
class CriterionPoints:
    """The level chosen for one criterion of a rubric; ``points`` is None until one is chosen."""

    criterion: str
    points: Decimal | None
    possible: Decimal


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


def attempt_points(responses: Iterable[ResponseScore]) -> PointsTotal:
    """Add up the questions of one attempt; no sentence of the explanation depends on their order.

    Raises:
        ValueError: Points are negative, or a fraction is outside 0 to 1.
    """
    scored = tuple(responses)
    possible = sum((response.possible for response in scored), _ZERO)
    earned = [points for response in scored if (points := _earned(response)) is not None]
    if any(points < 0 for points in earned) or any(response.possible < 0 for response in scored):
        raise ValueError("points are not negative")
    return _total(earned, possible, unscored=len(scored) - len(earned), lines=())


def rubric_points(criteria: Iterable[CriterionPoints]) -> PointsTotal:
    """Add up the levels chosen in a rubric, one line per criterion in the order given.

    Raises:
        ValueError: Points are negative.
    """
    chosen = tuple(criteria)
    earned = [criterion.points for criterion in chosen if criterion.points is not None]
    if any(points < 0 for points in earned) or any(criterion.possible < 0 for criterion in chosen):
        raise ValueError("points are not negative")
    lines = tuple(
        Message(
            N_("{criterion}: {points} of {possible}"),
            {"criterion": c.criterion, "points": readable(c.points), "possible": readable(c.possible)},
        )
        if c.points is not None
        else Message(N_("{criterion}: not scored yet"), {"criterion": c.criterion})
        for c in chosen
    )
    possible = sum((criterion.possible for criterion in chosen), _ZERO)
    return _total(earned, possible, unscored=len(chosen) - len(earned), lines=lines)


def points_step(key: str, earned: Decimal, possible: Decimal) -> Message:
    """A sentence with ``{earned}`` and ``{possible}``."""
    return Message(key, {"earned": readable(earned), "possible": readable(possible)})


def rounded(points: Decimal) -> Decimal:
    """The only rounding of a grade: two places, half to even."""
    return points.quantize(_CENT, ROUND_HALF_EVEN)


def readable(points: Decimal) -> Decimal:
    """For a sentence: two places at most, without zeros at the end."""
    short = rounded(points)
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short.normalize()


def _earned(response: ResponseScore) -> Decimal | None:
    if response.manual_points is not None:
        return response.manual_points
    if response.fraction is None:
        return None
    if not 0 <= response.fraction <= 1:
        raise ValueError("a fraction goes from 0 to 1")
    return response.fraction * response.possible


def _total(
    earned: Sequence[Decimal], possible: Decimal, *, unscored: int, lines: tuple[Message, ...]
) -> PointsTotal:
    points = sum(earned, _ZERO)
    if unscored:
        last = Message(N_("Parts that are waiting to be graded: {count}"), {"count": unscored})
        return PointsTotal(earned=None, possible=possible, unscored=unscored, explanation=(*lines, last))
    last = points_step(N_("Points: {earned} of {possible}"), points, possible)
    return PointsTotal(earned=points, possible=possible, unscored=0, explanation=(*lines, last))
