"""When one student may work on one assessment, for how long, how often, and at what price when late.

Everything is a pure function of the assessment's rules, the overrides and the accommodations. Nothing depends on the
moment of asking except where ``now`` is an argument, so an accommodation that ends later cannot change an old grade.

Datetimes are aware and in UTC. Whole days are counted on the wall clock of the tenant's time zone: a due time of 23:59
stays 23:59 when it moves across a change to or from daylight saving time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from eduplatform.domain.assessment.messages import Message
from eduplatform.i18n import N_


class AttemptScoring(StrEnum):
    """Which of several attempts makes the grade."""

    BEST = "best"
    LAST = "last"
    AVERAGE = "average"


class OverrideTarget(StrEnum):
    """Whom an override is for; a narrower target beats a wider one."""

    STUDENT = "student"
    GROUP = "group"
    SECTION = "section"


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePolicy:
    """What lateness costs.

    Attributes:
        percent: Percent of the points earned that each started period takes away.
        period: Length of a period; days are wall-clock days.
        max_percent: The most that lateness can take away.
        grace_minutes: Lateness up to this long is no lateness; beyond it, it counts from the due time.
        missing_percent: Percent of the possible points that missing work gets, also the least that submitted work can
            get; None leaves missing work without points.
    """

    percent: Decimal
    period: Literal["hour", "day"] = "day"
    max_percent: Decimal = Decimal(100)
    grace_minutes: int = 0
    missing_percent: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse values that are no percentages."""
        percents = (self.percent, self.max_percent, self.missing_percent or Decimal(0))
        if not all(0 <= value <= 100 for value in percents) or self.grace_minutes < 0:
            raise ValueError("percentages go from 0 to 100 and the grace period is not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRules:
    """The rules of an assessment for a student without any exception.

    Attributes:
        opens_at: First moment at which an attempt may start; None means at once.
        due_at: Last moment at which work is on time; None means never late.
        closes_at: Moment from which no attempt may start and running ones end; None means never.
        minutes: Time limit of one attempt; None means no limit.
        attempts_allowed: None means any number.
        scoring: Which attempt counts.
        late: What lateness costs; None means late work is accepted at no cost.
        counts: Whether it makes a grade; practice does not.
    """

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    minutes: int | None = None
    attempts_allowed: int | None = 1
    scoring: AttemptScoring = AttemptScoring.BEST
    late: LatePolicy | None = None
    counts: bool = True

    def __post_init__(self) -> None:
        """Refuse times without a zone and counts below one."""
        _require_aware(self.opens_at, self.due_at, self.closes_at)
        _require_positive(self.minutes, self.attempts_allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """An exception that a teacher made for a student, a group or a section; None keeps the wider rule."""

    target: OverrideTarget
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    minutes: int | None = None
    attempts_allowed: int | None = None

    def __post_init__(self) -> None:
        """Refuse times without a zone and counts below one."""
        _require_aware(self.opens_at, self.due_at, self.closes_at)
        _require_positive(self.minutes, self.attempts_allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accommodation:
    """A support that a student has everywhere, set once.

    Attributes:
        time_multiplier: 2 means twice the time of others; never below 1.
        extra_attempts: Added to the number allowed.
        due_shift_days: Wall-clock days by which the due and closing times move.
        due_shift_hours: Hours by which they move on top of that.
        starts_at: First moment of its period; None means always has been.
        ends_at: End of its period; None means no end.
    """

    time_multiplier: Decimal = Decimal(1)
    extra_attempts: int = 0
    due_shift_days: int = 0
    due_shift_hours: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        """An accommodation only ever helps."""
        _require_aware(self.starts_at, self.ends_at)
        counts = (self.extra_attempts, self.due_shift_days, self.due_shift_hours)
        if not self.time_multiplier >= 1 or any(count < 0 for count in counts):
            raise ValueError("an accommodation cannot take time or attempts away")

    def shifted(self, moment: datetime | None, zone: ZoneInfo) -> datetime | None:
        """When something that is due at a moment is due for this student."""
        if moment is None:
            return None
        return add_local_days(moment, self.due_shift_days, zone) + timedelta(hours=self.due_shift_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectivePolicy:
    """The rules of one assessment for one student, every exception applied; fields as in ``AssessmentRules``.

    Attributes:
        extended_time: The student has more minutes than the class, by accommodation or by a personal override. Such
            an attempt, once started in time, runs its full length: the end of the window does not cut it off, and it
            is not late before its own deadline.
        time_multiplier: How much longer than others the student works by accommodation; 2 is double time.
        timezone: IANA name of the zone whose wall clock counts days.
        adjustments: What differs from the rules for everybody and where it comes from, in words.
    """

    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    minutes: int | None
    attempts_allowed: int | None
    scoring: AttemptScoring
    late: LatePolicy | None
    extended_time: bool
    timezone: str
    time_multiplier: Decimal = Decimal(1)
    counts: bool = True
    adjustments: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may happen now, and if not, why."""

    allowed: bool
    reason: Message | None = None


T = TypeVar("T")


def with_exceptions(
    *,
    assessment: AssessmentRules,
    overrides: Iterable[Override] = (),
    accommodations: Iterable[Accommodation] = (),
    timezone: str,
) -> EffectivePolicy:
    """Work out the rules for one student.

    For each rule the narrowest override that names it wins: student, then group, then section, then the assessment.
    Among several of the same kind the most generous wins, so their order does not matter. Accommodations come on top
    of overrides; of several, the most generous value of each kind applies (they do not multiply).

    Args:
        assessment: The rules for everybody.
        overrides: Those whose target includes this student.
        accommodations: All of this student's, also past and future ones: which apply is decided here, by comparing
            their period with the time in which the assessment is open.
        timezone: IANA name of the tenant's zone.
    """
    exceptions = tuple(overrides)
    rules = _with_overrides(assessment, exceptions)
    supports = tuple(a for a in accommodations if _applies(a, rules))
    zone = ZoneInfo(timezone)

    multiplier = max((a.time_multiplier for a in supports), default=Decimal(1))
    minutes = rules.minutes
    extended_time = False
    if minutes is not None:
        minutes = int((minutes * multiplier).to_integral_value(ROUND_CEILING))
        for_class = tuple(o for o in exceptions if o.target is OverrideTarget.SECTION)
        class_minutes = _with_overrides(assessment, for_class).minutes
        extended_time = class_minutes is not None and minutes > class_minutes
    extra = max((a.extra_attempts for a in supports), default=0)
    policy = EffectivePolicy(
        opens_at=rules.opens_at,
        due_at=_latest(rules.due_at, supports, zone),
        closes_at=_latest(rules.closes_at, supports, zone),
        minutes=minutes,
        attempts_allowed=None if rules.attempts_allowed is None else rules.attempts_allowed + extra,
        scoring=assessment.scoring,
        late=assessment.late,
        extended_time=extended_time,
        timezone=timezone,
        time_multiplier=multiplier,
        counts=assessment.counts,
    )
    return replace(policy, adjustments=_adjustments(assessment, rules, policy, exceptions))


def _latest(moment: datetime | None, supports: Sequence[Accommodation], zone: ZoneInfo) -> datetime | None:
    """The most generous of the shifted moments: of a day and of 24 hours, which is later depends on the clock change."""
    if moment is None:
        return None
    return max(moment, *(shifted for a in supports if (shifted := a.shifted(moment, zone))), moment)


def _adjustments(
    assessment: AssessmentRules,
    rules: AssessmentRules,
    policy: EffectivePolicy,
    overrides: Sequence[Override],
) -> tuple[Message, ...]:
    """What is different for this student, in a fixed order."""
    steps: list[Message] = []
    personal = any(o.target is not OverrideTarget.SECTION for o in overrides)
    if (rules.opens_at, rules.due_at, rules.closes_at) != (
        assessment.opens_at,
        assessment.due_at,
        assessment.closes_at,
    ):
        steps.append(
            Message(N_("Own dates for this student") if personal else N_("Own dates for this class"))
        )
    if policy.due_at != rules.due_at or policy.closes_at != rules.closes_at:
        steps.append(Message(N_("Accommodation: due later")))
    if policy.minutes != assessment.minutes and policy.minutes is not None:
        steps.append(Message(N_("Minutes for this student: {minutes}"), {"minutes": policy.minutes}))
    if policy.attempts_allowed != assessment.attempts_allowed and policy.attempts_allowed is not None:
        steps.append(Message(N_("Attempts for this student: {count}"), {"count": policy.attempts_allowed}))
    return tuple(steps)


def attempt_deadline(
    policy: EffectivePolicy, started_at: datetime, *, extra_minutes: int = 0
) -> datetime | None:
    """When a running attempt ends by itself; None means never.

    The end of the window shortens an attempt that started late, except for a student with extended time, who always
    has the full number of minutes. ``extra_minutes``, given while the attempt ran, come on top of either.
    """
    extra = timedelta(minutes=extra_minutes)
    if policy.minutes is None:
        return None if policy.closes_at is None else policy.closes_at + extra
    full_length = started_at + timedelta(minutes=policy.minutes)
    if policy.extended_time or policy.closes_at is None:
        return full_length + extra
    return min(full_length, policy.closes_at) + extra


def attempt_due(
    policy: EffectivePolicy, started_at: datetime | None, *, extra_minutes: int = 0
) -> datetime | None:
    """Last moment at which an attempt is on time; None means it cannot be late.

    An attempt with extended time that started by the due time is on time until its own deadline. ``extra_minutes``, given
    while the attempt ran, move the due time of one that started by then.
    """
    if policy.due_at is None or started_at is None or started_at > policy.due_at:
        return policy.due_at
    due_at = policy.due_at
    if policy.minutes is not None and policy.extended_time:
        due_at = max(due_at, started_at + timedelta(minutes=policy.minutes))
    return due_at + timedelta(minutes=extra_minutes)


def late_seconds(
    policy: EffectivePolicy,
    *,
    submitted_at: datetime,
    started_at: datetime | None = None,
    extra_minutes: int = 0,
) -> int:
    """Whole seconds between the due time and the submission; 0 when on time or within the grace period."""
    due_at = attempt_due(policy, started_at, extra_minutes=extra_minutes)
    if due_at is None:
        return 0
    seconds = int((submitted_at - due_at).total_seconds())
    grace = policy.late.grace_minutes * 60 if policy.late else 0
    return seconds if seconds > grace else 0


def can_start(policy: EffectivePolicy, now: datetime, attempts_used: int) -> Decision:
    """Whether the student may start a new attempt now.

    Args:
        policy: The student's rules.
        now: The server's clock.
        attempts_used: Attempts already started, handed in or not.
    """
    if policy.opens_at is not None and now < policy.opens_at:
        return Decision(False, Message(N_("This is not open yet")))
    if policy.closes_at is not None and now >= policy.closes_at:
        return Decision(False, Message(N_("This is closed")))
    if policy.attempts_allowed is not None and attempts_used >= policy.attempts_allowed:
        used_up = N_("You have used all attempts: {used} of {allowed}")
        return Decision(False, Message(used_up, {"used": attempts_used, "allowed": policy.attempts_allowed}))
    return Decision(True)


def local_to_utc(
    wall: datetime, timezone: str, *, ambiguous: Literal["earlier", "later"] = "later"
) -> datetime:
    """Turn a time on the wall clock of a zone, as a teacher enters it, into UTC.

    A time that the clock skips (spring) moves forward by the length of the gap: 02:30 becomes 03:30. A time that the
    clock shows twice (autumn) is read as asked: use ``later`` for due and closing times and ``earlier`` for opening
    times, so that no student loses time.

    Args:
        wall: Naive datetime.
        timezone: IANA name; ``ZoneInfoNotFoundError`` when there is no such zone.
        ambiguous: Which of the two moments a repeated time means.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall-clock time carries no zone")
    return _resolve(wall, ZoneInfo(timezone), ambiguous)


def add_local_days(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day on the wall clock of the zone, ``days`` days later, in UTC."""
    if days == 0:
        return moment
    wall = moment.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(days=days)
    return _resolve(wall, zone, "later")


def _resolve(wall: datetime, zone: ZoneInfo, ambiguous: Literal["earlier", "later"]) -> datetime:
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    # In a gap the two readings come in reverse order, and the first one is the shift forward.
    in_gap = second < first
    return first if in_gap or ambiguous == "earlier" else second


def _with_overrides(rules: AssessmentRules, overrides: Sequence[Override]) -> AssessmentRules:
    due_at = _narrowest(overrides, lambda o: o.due_at, max, rules.due_at)
    closes_at = _narrowest(overrides, lambda o: o.closes_at, max, rules.closes_at)
    if due_at is not None and closes_at is not None:
        # An extension of the due time alone would be worth nothing behind a closed door.
        closes_at = max(due_at, closes_at)
    return replace(
        rules,
        opens_at=_narrowest(overrides, lambda o: o.opens_at, min, rules.opens_at),
        due_at=due_at,
        closes_at=closes_at,
        minutes=_narrowest(overrides, lambda o: o.minutes, max, rules.minutes),
        attempts_allowed=_narrowest(overrides, lambda o: o.attempts_allowed, max, rules.attempts_allowed),
    )


def _narrowest(
    overrides: Sequence[Override],
    rule: Callable[[Override], T | None],
    most_generous: Callable[[list[T]], T],
    otherwise: T | None,
) -> T | None:
    for target in OverrideTarget:
        named = [value for o in overrides if o.target is target and (value := rule(o)) is not None]
        if named:
            return most_generous(named)
    return otherwise


def _applies(accommodation: Accommodation, rules: AssessmentRules) -> bool:
    """Whether the accommodation's period meets the time in which the assessment is open.

    An assessment without an opening time counts from its due or closing time, so that a support which ended last year
    does not reach into this one; an assessment without any date is open always.
    """
    last = rules.closes_at or rules.due_at
    first = rules.opens_at or last
    begun = accommodation.starts_at is None or last is None or accommodation.starts_at <= last
    not_over = accommodation.ends_at is None or first is None or first < accommodation.ends_at
    return begun and not_over


def _require_aware(*moments: datetime | None) -> None:
    if any(moment is not None and moment.utcoffset() is None for moment in moments):
        raise ValueError("datetimes carry a zone")


def _require_positive(*counts: int | None) -> None:
    if any(count is not None and count < 1 for count in counts):
        raise ValueError("minutes and attempts are at least 1")
