"""From scored responses to a grade, with every step in words.

The order is fixed: points of each attempt, scaling, late penalty of each attempt, and only then the choice between
attempts. So a late retake can never replace a better attempt that was on time.

Arithmetic is exact in ``Decimal`` (28 digits); the grade is rounded once, at the end, half to even, to two places.
The numbers in explanations are rounded the same way for reading only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
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
from eduplatform.domain.grading.points import (
    CriterionPoints,
    PointsTotal,
    ResponseScore,
    attempt_points,
    points_step,
    readable,
    rounded,
    rubric_points,
)
from eduplatform.i18n import N_

__all__ = [
    "AttemptScore",
    "CriterionPoints",
    "GradeResult",
    "GradeStatus",
    "LatePenalty",
    "PointsTotal",
    "ResponseScore",
    "attempt_points",
    "grade",
    "late_penalty",
    "rubric_points",
]

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
class AttemptScore:
    """One attempt as grading sees it.

    Attributes:
        number: 1, 2, ... in the order of starting; unique within one student's work.
        started_at: None for work without a start, such as an uploaded paper.
        submitted_at: None while it is being worked on.
        earned: From `attempt_points` or `rubric_points`; None while a person has to score.
        possible: As above.
        extra_minutes: Time that was given while the attempt ran.
    """

    number: int
    started_at: datetime | None
    submitted_at: datetime | None
    earned: Decimal | None
    possible: Decimal
    extra_minutes: int = 0


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


@dataclass(frozen=True, slots=True)
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


def late_penalty(
    policy: EffectivePolicy,
    *,
    submitted_at: datetime,
    started_at: datetime | None = None,
    extra_minutes: int = 0,
) -> LatePenalty:
    """What the lateness of one attempt costs; days are counted on the wall clock of the tenant's zone."""
    seconds = late_seconds(
        policy, submitted_at=submitted_at, started_at=started_at, extra_minutes=extra_minutes
    )
    due_at = attempt_due(policy, started_at, extra_minutes=extra_minutes)
    if seconds == 0 or due_at is None or policy.late is None:
        return LatePenalty(seconds=seconds, periods=0, percent=_ZERO)
    if policy.late.period == "hour":
        periods = -(-seconds // 3600)
    else:
        periods = _days_begun(due_at, submitted_at, ZoneInfo(policy.timezone))
    percent = min(policy.late.max_percent, policy.late.percent * periods)
    return LatePenalty(seconds=seconds, periods=periods, percent=percent)


def grade(
    attempts: Iterable[AttemptScore],
    policy: EffectivePolicy,
    *,
    possible: Decimal,
    now: datetime,
    excused: bool = False,
) -> GradeResult:
    """Work out one student's grade for one assessment. Practice never makes one.

    Args:
        attempts: All attempts in any order, also running ones.
        policy: The student's rules.
        possible: Points of the assessment; attempts with another total are scaled to it.
        now: The server's clock; decides only whether work that was not handed in is missing.
        excused: The student need not do this; attempts are ignored.
    """
    if excused:
        return GradeResult(
            None, possible, GradeStatus.EXCUSED, explanation=(Message(N_("Excused: this does not count")),)
        )
    if not policy.counts:
        step = Message(N_("This is practice: it does not count"))
        return GradeResult(None, possible, GradeStatus.NONE, explanation=(step,))
    known = sorted(attempts, key=lambda attempt: attempt.number)
    handed_in = [
        _Counted.of(attempt, attempt.submitted_at, policy, possible)
        for attempt in known
        if attempt.submitted_at
    ]
    if not handed_in:
        return _without_work(known, policy, possible, now)
    by_scoring = {AttemptScoring.BEST: _best, AttemptScoring.LAST: _last, AttemptScoring.AVERAGE: _average}
    result = by_scoring[policy.scoring](handed_in, policy, possible)
    return replace(result, explanation=(*policy.adjustments, *result.explanation))


@dataclass(frozen=True, slots=True)
class _Counted:
    """An attempt that was handed in, with its points after the penalty and the steps that led to them."""

    number: int
    points: Decimal | None
    late: bool
    steps: tuple[Message, ...]

    @classmethod
    def of(
        cls, attempt: AttemptScore, submitted_at: datetime, policy: EffectivePolicy, possible: Decimal
    ) -> _Counted:
        penalty = late_penalty(
            policy,
            submitted_at=submitted_at,
            started_at=attempt.started_at,
            extra_minutes=attempt.extra_minutes,
        )
        late = penalty.seconds > 0
        if attempt.earned is None:
            waiting = Message(N_("Attempt {number} is waiting to be graded"), {"number": attempt.number})
            return cls(attempt.number, None, late, (waiting,))
        steps = [points_step(N_("Question points: {earned} of {possible}"), attempt.earned, attempt.possible)]
        points = attempt.earned
        if attempt.possible != possible:
            points = points * possible / attempt.possible if attempt.possible else _ZERO
            steps.append(
                points_step(N_("Scaled to the points of this work: {earned} of {possible}"), points, possible)
            )
        if late:
            steps.append(_late_step(penalty, policy))
        if penalty.percent:
            points = points * (100 - penalty.percent) / 100
            steps.append(Message(N_("Points after the late penalty: {points}"), {"points": readable(points)}))
        return cls(attempt.number, points, late, tuple(steps))


def _best(handed_in: Sequence[_Counted], policy: EffectivePolicy, possible: Decimal) -> GradeResult:
    """The grade when the best attempt after its penalty counts; of equals, the first."""
    scored = [attempt for attempt in handed_in if attempt.points is not None]
    unscored = [step for attempt in handed_in if attempt.points is None for step in attempt.steps]
    if not scored:
        late = any(attempt.late for attempt in handed_in)
        return _result(None, possible, policy, waiting=True, late=late, number=None, steps=unscored)
    best = max(scored, key=lambda attempt: attempt.points or _ZERO)
    steps = [*best.steps]
    if len(handed_in) > 1:
        rule = N_("Best of {count} attempts: attempt {number} counts")
        steps.append(Message(rule, {"count": len(handed_in), "number": best.number}))
    steps += unscored
    return _result(
        best.points, possible, policy, waiting=bool(unscored), late=best.late, number=best.number, steps=steps
    )


def _last(handed_in: Sequence[_Counted], policy: EffectivePolicy, possible: Decimal) -> GradeResult:
    """The grade when the last attempt counts, whatever the earlier ones brought."""
    last = handed_in[-1]
    steps = [*last.steps]
    if len(handed_in) > 1:
        rule = N_("Last of {count} attempts: attempt {number} counts")
        steps.append(Message(rule, {"count": len(handed_in), "number": last.number}))
    waiting = last.points is None
    return _result(
        last.points, possible, policy, waiting=waiting, late=last.late, number=last.number, steps=steps
    )


def _average(handed_in: Sequence[_Counted], policy: EffectivePolicy, possible: Decimal) -> GradeResult:
    """The grade when every attempt counts the same; it waits until all of them are scored."""
    if len(handed_in) == 1:
        return _last(handed_in, policy, possible)
    steps: list[Message] = []
    points: list[Decimal] = []
    for attempt in handed_in:
        if attempt.points is None:
            steps.extend(attempt.steps)
            continue
        steps.append(Message(N_("Attempt {number}"), {"number": attempt.number}))
        steps.extend(attempt.steps)
        points.append(attempt.points)
    complete = len(points) == len(handed_in)
    mean = sum(points, _ZERO) / len(points) if complete else None
    if mean is not None:
        average = N_("Average of {count} attempts: {points}")
        steps.append(Message(average, {"count": len(points), "points": readable(mean)}))
    late = any(attempt.late for attempt in handed_in)
    return _result(mean, possible, policy, waiting=not complete, late=late, number=None, steps=steps)


def _result(
    points: Decimal | None,
    possible: Decimal,
    policy: EffectivePolicy,
    *,
    waiting: bool,
    late: bool,
    number: int | None,
    steps: list[Message],
) -> GradeResult:
    least = _points_when_missing(policy, possible)
    if points is not None and least is not None and points < least:
        points = least
        steps.append(
            Message(
                N_("Work that is handed in never counts less than missing work: {points}"),
                {"points": readable(least)},
            )
        )
    if points is not None:
        points = rounded(points)
        steps.append(points_step(N_("Grade: {earned} of {possible}"), points, possible))
    status = GradeStatus.IN_REVIEW if waiting else GradeStatus.LATE if late else GradeStatus.GRADED
    return GradeResult(points, possible, status, late, number, tuple(steps))


def _without_work(
    running: Sequence[AttemptScore], policy: EffectivePolicy, possible: Decimal, now: datetime
) -> GradeResult:
    if not _is_missing(running, policy, now):
        return GradeResult(
            None, possible, GradeStatus.NONE, explanation=(Message(N_("Nothing was handed in yet")),)
        )
    steps = [Message(N_("Nothing was handed in by the due time"))]
    points = _points_when_missing(policy, possible)
    if points is not None:
        points = rounded(points)
        steps.append(points_step(N_("Missing work counts {earned} of {possible}"), points, possible))
    return GradeResult(points, possible, GradeStatus.MISSING, explanation=tuple(steps))


def _is_missing(running: Sequence[AttemptScore], policy: EffectivePolicy, now: datetime) -> bool:
    """Whether time is up: the due time, without one the closing time, and the time limit of what is running."""
    limit = policy.due_at or policy.closes_at
    if limit is None:
        return False
    deadlines = [
        attempt_deadline(policy, a.started_at, extra_minutes=a.extra_minutes)
        for a in running
        if a.started_at and (policy.minutes or a.extra_minutes)
    ]
    return now > max([limit, *(deadline for deadline in deadlines if deadline)])


def _points_when_missing(policy: EffectivePolicy, possible: Decimal) -> Decimal | None:
    if policy.late is None or policy.late.missing_percent is None:
        return None
    return possible * policy.late.missing_percent / 100


def _days_begun(due_at: datetime, submitted_at: datetime, zone: ZoneInfo) -> int:
    # Wall-clock days last 23 to 25 hours, and a zone may skip a day: start below the elapsed days and count up.
    days = max(1, (submitted_at - due_at).days - 2)
    while submitted_at > add_local_days(due_at, days, zone):
        days += 1
    return days


def _late_step(penalty: LatePenalty, policy: EffectivePolicy) -> Message:
    if policy.late is None or not penalty.percent:
        return Message(N_("Handed in late: no penalty"))
    by_hour = policy.late.period == "hour"
    params = {"count": penalty.periods, "percent": readable(penalty.percent)}
    if by_hour:
        return Message(
            N_("Hours late, each begun hour counted: {count}. Minus {percent} % of the points earned."),
            params,
        )
    return Message(
        N_("Days late, each begun day counted: {count}. Minus {percent} % of the points earned."), params
    )
