"""Windows, extensions, accommodations, deadlines and lateness, also across clock changes."""

# ruff: noqa: DTZ001 - naive times are times on the wall clock here
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.availability import (
    Accommodation,
    AssessmentRules,
    AttemptScoring,
    EffectivePolicy,
    LatePolicy,
    Override,
    OverrideTarget,
    attempt_deadline,
    attempt_due,
    can_start,
    late_seconds,
    local_to_utc,
    with_exceptions,
)

NEW_YORK = "America/New_York"
NOON = datetime(2025, 5, 12, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EXAM = AssessmentRules(opens_at=NOON, due_at=NOON + HOUR, closes_at=NOON + HOUR, minutes=60)
DOUBLE_TIME = Accommodation(time_multiplier=Decimal(2))

moments = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(
    ["UTC", NEW_YORK, "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"]
)
targets = st.sampled_from(list(OverrideTarget))
overrides = st.builds(
    Override,
    target=targets,
    opens_at=st.none() | moments,
    due_at=st.none() | moments,
    closes_at=st.none() | moments,
    minutes=st.none() | st.integers(1, 300),
    attempts_allowed=st.none() | st.integers(1, 9),
)
accommodations = st.builds(
    Accommodation,
    time_multiplier=st.sampled_from([Decimal(1), Decimal("1.25"), Decimal("1.5"), Decimal(2), Decimal(3)]),
    extra_attempts=st.integers(0, 3),
    due_shift_days=st.integers(0, 30),
    due_shift_hours=st.integers(0, 30),
    starts_at=st.none() | moments,
    ends_at=st.none() | moments,
)
rules = st.builds(
    AssessmentRules,
    opens_at=st.none() | moments,
    due_at=st.none() | moments,
    closes_at=st.none() | moments,
    minutes=st.none() | st.integers(1, 300),
    attempts_allowed=st.none() | st.integers(1, 9),
)


def policy(
    assessment: AssessmentRules = EXAM, *exceptions: Override | Accommodation, timezone: str = "UTC"
) -> EffectivePolicy:
    return with_exceptions(
        assessment=assessment,
        overrides=[e for e in exceptions if isinstance(e, Override)],
        accommodations=[e for e in exceptions if isinstance(e, Accommodation)],
        timezone=timezone,
    )


def override(target: str, **changes: Any) -> Override:
    return Override(target=OverrideTarget(target), **changes)


def test_without_exceptions_the_rules_are_those_of_the_assessment() -> None:
    late = LatePolicy(percent=Decimal(10))
    given_rules = AssessmentRules(
        opens_at=NOON,
        due_at=NOON + DAY,
        closes_at=NOON + 2 * DAY,
        minutes=30,
        attempts_allowed=3,
        scoring=AttemptScoring.LAST,
        late=late,
    )
    assert policy(given_rules) == EffectivePolicy(
        opens_at=NOON,
        due_at=NOON + DAY,
        closes_at=NOON + 2 * DAY,
        minutes=30,
        attempts_allowed=3,
        scoring=AttemptScoring.LAST,
        late=late,
        extended_time=False,
        timezone="UTC",
    )


def test_the_narrowest_override_wins_rule_by_rule() -> None:
    result = policy(
        EXAM,
        override("section", due_at=NOON + 5 * DAY, minutes=90, attempts_allowed=5),
        override("group", due_at=NOON + 4 * DAY, minutes=80),
        override("student", due_at=NOON + 3 * DAY),
    )
    assert (result.due_at, result.minutes, result.attempts_allowed) == (NOON + 3 * DAY, 80, 5)


def test_of_several_of_a_kind_the_most_generous_wins() -> None:
    result = policy(
        EXAM,
        override("group", opens_at=NOON - HOUR, due_at=NOON + 2 * HOUR, minutes=70, attempts_allowed=2),
        override("group", opens_at=NOON + HOUR, due_at=NOON + 3 * HOUR, minutes=65, attempts_allowed=4),
    )
    assert result.opens_at == NOON - HOUR
    assert result.due_at == NOON + 3 * HOUR
    assert (result.minutes, result.attempts_allowed) == (70, 4)


def test_an_override_can_also_restrict() -> None:
    result = policy(EXAM, override("student", minutes=20, closes_at=NOON + HOUR / 2, due_at=NOON + HOUR / 4))
    assert (result.minutes, result.closes_at, result.extended_time) == (20, NOON + HOUR / 2, False)


def test_a_later_due_time_is_not_behind_a_closed_door() -> None:
    assert policy(EXAM, override("student", due_at=NOON + 3 * DAY)).closes_at == NOON + 3 * DAY


@given(
    assessment=rules,
    some=st.lists(overrides, max_size=5),
    supports=st.lists(accommodations, max_size=4),
    zone=zones,
)
def test_the_order_of_exceptions_never_matters(
    assessment: AssessmentRules, some: list[Override], supports: list[Accommodation], zone: str
) -> None:
    one = with_exceptions(assessment=assessment, overrides=some, accommodations=supports, timezone=zone)
    other = with_exceptions(
        assessment=assessment, overrides=some[::-1], accommodations=supports[::-1], timezone=zone
    )
    assert one == other


@given(
    assessment=rules,
    some=st.lists(overrides, max_size=3),
    supports=st.lists(accommodations, max_size=3),
    more=accommodations,
    zone=zones,
    started=moments,
)
def test_another_accommodation_never_takes_anything_away(
    assessment: AssessmentRules,
    some: list[Override],
    supports: list[Accommodation],
    more: Accommodation,
    zone: str,
    started: datetime,
) -> None:
    def rules_with(all_supports: list[Accommodation]) -> EffectivePolicy:
        return with_exceptions(
            assessment=assessment, overrides=some, accommodations=all_supports, timezone=zone
        )

    before, after = rules_with(supports), rules_with([*supports, more])
    forever = datetime.max.replace(tzinfo=UTC)
    assert (after.due_at or forever) >= (before.due_at or forever)
    assert (after.closes_at or forever) >= (before.closes_at or forever)
    assert (after.minutes or 10**6) >= (before.minutes or 10**6)
    assert (after.attempts_allowed or 99) >= (before.attempts_allowed or 99)
    assert (attempt_deadline(after, started) or forever) >= (attempt_deadline(before, started) or forever)
    assert (attempt_due(after, started) or forever) >= (attempt_due(before, started) or forever)
    assert after.opens_at == before.opens_at


@given(
    minutes=st.integers(1, 300),
    window=st.integers(1, 300),
    start=st.integers(0, 299),
    multiplier=st.sampled_from([Decimal("1.01"), Decimal("1.25"), Decimal(2), Decimal(4)]),
)
def test_a_student_with_more_time_always_gets_all_of_it(
    minutes: int, window: int, start: int, multiplier: Decimal
) -> None:
    closes_at = NOON + timedelta(minutes=window)
    assessment = AssessmentRules(opens_at=NOON, due_at=closes_at, closes_at=closes_at, minutes=minutes)
    rules_for_student = policy(assessment, Accommodation(time_multiplier=multiplier))
    started_at = NOON + timedelta(minutes=min(start, window - 1))
    assert can_start(rules_for_student, started_at, 0).allowed
    deadline = attempt_deadline(rules_for_student, started_at)
    assert deadline is not None
    assert deadline - started_at >= timedelta(minutes=minutes * float(multiplier)) - timedelta(milliseconds=1)
    assert late_seconds(rules_for_student, started_at=started_at, submitted_at=deadline) == 0


def test_double_time_runs_past_the_end_of_the_window_and_normal_time_does_not() -> None:
    start = NOON + HOUR / 2
    assert attempt_deadline(policy(), NOON) == NOON + HOUR
    assert attempt_deadline(policy(), start) == NOON + HOUR
    assert attempt_deadline(policy(EXAM, DOUBLE_TIME), NOON) == NOON + 2 * HOUR
    assert attempt_deadline(policy(EXAM, DOUBLE_TIME), start) == start + 2 * HOUR


@pytest.mark.parametrize(("target", "extended"), [("student", True), ("group", True), ("section", False)])
def test_more_minutes_by_override_count_as_extended_time_unless_the_class_has_them(
    target: str, extended: bool
) -> None:
    rules_for_student = policy(EXAM, override(target, minutes=120))
    assert rules_for_student.extended_time is extended
    expected = NOON + 2 * HOUR if extended else NOON + HOUR
    assert attempt_deadline(rules_for_student, NOON) == expected


def test_a_personal_limit_on_work_without_a_limit_is_no_extended_time() -> None:
    assert not policy(AssessmentRules(closes_at=NOON), override("student", minutes=30)).extended_time
    assert not policy(AssessmentRules(closes_at=NOON), DOUBLE_TIME).extended_time


def test_work_without_a_time_limit_ends_with_the_window() -> None:
    assert attempt_deadline(policy(AssessmentRules(closes_at=NOON + DAY)), NOON) == NOON + DAY
    assert attempt_deadline(policy(AssessmentRules()), NOON) is None
    assert attempt_deadline(policy(AssessmentRules(minutes=5)), NOON) == NOON + timedelta(minutes=5)


def test_minutes_are_rounded_up() -> None:
    assert policy(AssessmentRules(minutes=25), Accommodation(time_multiplier=Decimal("1.25"))).minutes == 32


def test_several_accommodations_give_the_most_of_each_and_do_not_multiply() -> None:
    result = policy(
        AssessmentRules(minutes=60, attempts_allowed=1, due_at=NOON),
        Accommodation(time_multiplier=Decimal("1.5"), due_shift_days=3),
        Accommodation(time_multiplier=Decimal(2), extra_attempts=1, due_shift_days=1),
    )
    assert (result.minutes, result.attempts_allowed, result.due_at) == (120, 2, NOON + 3 * DAY)


def test_accommodations_come_on_top_of_overrides() -> None:
    result = policy(
        EXAM,
        override("student", minutes=80, due_at=NOON + DAY, attempts_allowed=2),
        Accommodation(time_multiplier=Decimal("1.5"), extra_attempts=1, due_shift_days=2),
    )
    assert (result.minutes, result.attempts_allowed, result.due_at) == (120, 3, NOON + 3 * DAY)
    assert (
        policy(AssessmentRules(attempts_allowed=None), Accommodation(extra_attempts=1)).attempts_allowed
        is None
    )


YEAR_START, YEAR_END = NOON - 100 * DAY, NOON + 100 * DAY


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "applies"),
    [
        (None, None, True),
        (YEAR_START, YEAR_END, True),
        (None, YEAR_START, False),
        (YEAR_END, None, False),
        (NOON + HOUR, None, True),
        (NOON + HOUR + timedelta(seconds=1), None, False),
        (None, NOON + timedelta(seconds=1), True),
        (None, NOON, False),
    ],
)
def test_an_accommodation_is_for_work_that_is_open_in_its_period(
    starts_at: datetime | None, ends_at: datetime | None, applies: bool
) -> None:
    support = Accommodation(time_multiplier=Decimal(2), starts_at=starts_at, ends_at=ends_at)
    assert policy(EXAM, support).extended_time is applies


def test_work_without_an_opening_time_counts_from_its_due_time() -> None:
    over = Accommodation(due_shift_days=1, ends_at=NOON - DAY)
    assert policy(AssessmentRules(due_at=NOON), over).due_at == NOON
    assert policy(AssessmentRules(closes_at=NOON), over).closes_at == NOON
    assert (
        policy(
            AssessmentRules(attempts_allowed=1), Accommodation(extra_attempts=1, ends_at=NOON)
        ).attempts_allowed
        == 2
    )


@pytest.mark.parametrize(
    ("minutes_from_noon", "used", "reason"),
    [
        (-1, 0, "This is not open yet"),
        (0, 0, None),
        (59, 0, None),
        (60, 0, "This is closed"),
        (30, 1, "You have used all attempts: 1 of 1"),
    ],
)
def test_when_an_attempt_may_start(minutes_from_noon: int, used: int, reason: str | None) -> None:
    decision = can_start(policy(), NOON + timedelta(minutes=minutes_from_noon), used)
    assert decision.allowed is (reason is None)
    assert (decision.reason.render("en") if decision.reason else None) == reason


def test_without_limits_an_attempt_may_always_start() -> None:
    assert can_start(policy(AssessmentRules(attempts_allowed=None)), NOON, 1000).allowed


def test_lateness_counts_from_the_due_time_once_the_grace_period_is_over() -> None:
    graceful = policy(AssessmentRules(due_at=NOON, late=LatePolicy(percent=Decimal(10), grace_minutes=15)))
    assert late_seconds(graceful, submitted_at=NOON - HOUR) == 0
    assert late_seconds(graceful, submitted_at=NOON) == 0
    assert late_seconds(graceful, submitted_at=NOON + timedelta(minutes=15)) == 0
    assert late_seconds(graceful, submitted_at=NOON + timedelta(minutes=15, seconds=1)) == 901
    assert late_seconds(policy(AssessmentRules(due_at=NOON)), submitted_at=NOON + timedelta(seconds=1)) == 1
    assert late_seconds(policy(AssessmentRules()), submitted_at=NOON) == 0


def test_an_attempt_that_started_late_is_late_also_with_extended_time() -> None:
    open_long = AssessmentRules(due_at=NOON, closes_at=NOON + DAY, minutes=60)
    helped = policy(open_long, DOUBLE_TIME)
    started = NOON + timedelta(seconds=1)
    assert late_seconds(helped, started_at=started, submitted_at=started + HOUR) == 3601
    assert late_seconds(helped, started_at=NOON, submitted_at=NOON + 2 * HOUR) == 0
    assert late_seconds(helped, started_at=NOON - 3 * HOUR, submitted_at=NOON) == 0
    assert late_seconds(policy(open_long), started_at=NOON, submitted_at=NOON + HOUR) == 3600


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        (datetime(2025, 3, 8, 23, 59), datetime(2025, 3, 9, 4, 59, tzinfo=UTC)),
        (datetime(2025, 3, 9, 23, 59), datetime(2025, 3, 10, 3, 59, tzinfo=UTC)),
        (datetime(2025, 3, 9, 2, 30), datetime(2025, 3, 9, 7, 30, tzinfo=UTC)),
        (datetime(2025, 11, 2, 1, 30), datetime(2025, 11, 2, 6, 30, tzinfo=UTC)),
    ],
)
def test_wall_clock_times_become_utc(wall: datetime, expected: datetime) -> None:
    assert local_to_utc(wall, NEW_YORK) == expected


def test_a_time_that_comes_twice_is_read_as_asked_and_one_that_is_skipped_moves_on() -> None:
    twice, skipped = datetime(2025, 11, 2, 1, 30), datetime(2025, 3, 9, 2, 30)
    assert local_to_utc(twice, NEW_YORK, ambiguous="earlier") == datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
    assert local_to_utc(skipped, NEW_YORK, ambiguous="earlier") == local_to_utc(skipped, NEW_YORK)
    assert local_to_utc(skipped, NEW_YORK).astimezone(ZoneInfo(NEW_YORK)).hour == 3


def test_a_wall_clock_time_has_no_zone_and_a_zone_must_exist() -> None:
    with pytest.raises(ValueError, match="no zone"):
        local_to_utc(NOON, NEW_YORK)
    with pytest.raises(ZoneInfoNotFoundError):
        local_to_utc(NOON.replace(tzinfo=None), "Mars/Olympus")


@given(
    wall=st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2027, 1, 1)),
    zone=zones,
    days=st.integers(0, 400),
)
def test_a_shifted_due_time_shows_the_same_time_of_day(wall: datetime, zone: str, days: int) -> None:
    due_at = local_to_utc(wall, zone)
    shifted = policy(AssessmentRules(due_at=due_at), Accommodation(due_shift_days=days), timezone=zone).due_at
    assert shifted is not None
    assert shifted >= due_at
    before, after = due_at.astimezone(ZoneInfo(zone)), shifted.astimezone(ZoneInfo(zone))
    expected = before.replace(tzinfo=None) + timedelta(days=days)
    in_gap = after.replace(tzinfo=None) != expected
    assert not in_gap or timedelta(0) < after.replace(tzinfo=None) - expected <= HOUR
    assert shifted.tzinfo is UTC


def test_a_shift_across_the_clock_change_keeps_2359() -> None:
    due_at = local_to_utc(datetime(2025, 11, 1, 23, 59), NEW_YORK)
    shifted = policy(
        AssessmentRules(due_at=due_at), Accommodation(due_shift_days=1), timezone=NEW_YORK
    ).due_at
    assert shifted is not None
    assert shifted - due_at == timedelta(hours=25)


@pytest.mark.parametrize(
    "build",
    [
        lambda: AssessmentRules(due_at=datetime(2025, 1, 1)),
        lambda: Override(target=OverrideTarget.STUDENT, closes_at=datetime(2025, 1, 1)),
        lambda: Accommodation(ends_at=datetime(2025, 1, 1)),
        lambda: AssessmentRules(minutes=0),
        lambda: AssessmentRules(attempts_allowed=0),
        lambda: Override(target=OverrideTarget.STUDENT, minutes=-5),
        lambda: Accommodation(time_multiplier=Decimal("0.5")),
        lambda: Accommodation(extra_attempts=-1),
        lambda: Accommodation(due_shift_days=-1),
        lambda: LatePolicy(percent=Decimal(101)),
        lambda: LatePolicy(percent=Decimal(-1)),
        lambda: LatePolicy(percent=Decimal(5), missing_percent=Decimal(200)),
        lambda: LatePolicy(percent=Decimal(5), grace_minutes=-1),
    ],
)
def test_rules_that_make_no_sense_cannot_be_built(build: Any) -> None:
    with pytest.raises(ValueError, match=r"carry a zone|at least 1|cannot take|percentages"):
        build()
