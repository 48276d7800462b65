"""From attempts to a grade: late penalties, best, last and average, missing, excused and zero."""

# ruff: noqa: DTZ001 - naive times are times on the wall clock here
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.availability import (
    Accommodation,
    AssessmentRules,
    AttemptScoring,
    EffectivePolicy,
    LatePolicy,
    local_to_utc,
    with_exceptions,
)
from eduplatform.domain.grading.calculation import (
    AttemptScore,
    GradeResult,
    GradeStatus,
    grade,
    late_penalty,
)

DUE = datetime(2025, 5, 12, 22, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TEN = Decimal(10)
TEN_PERCENT_A_DAY = LatePolicy(percent=TEN)


def rules(
    scoring: str = "best",
    late: LatePolicy | None = TEN_PERCENT_A_DAY,
    due_at: datetime | None = DUE,
    closes_at: datetime | None = None,
    minutes: int | None = None,
    timezone: str = "UTC",
    *supports: Accommodation,
) -> EffectivePolicy:
    assessment = AssessmentRules(
        due_at=due_at,
        closes_at=closes_at,
        minutes=minutes,
        attempts_allowed=None,
        scoring=AttemptScoring(scoring),
        late=late,
    )
    return with_exceptions(assessment=assessment, accommodations=supports, timezone=timezone)


def attempt(
    number: int, earned: str | None, after_due: timedelta | None = -DAY, possible: Decimal = TEN
) -> AttemptScore:
    """An attempt handed in ``after_due`` after the due time; None: still running."""
    return AttemptScore(
        number=number,
        started_at=DUE - 2 * DAY,
        submitted_at=None if after_due is None else DUE + after_due,
        earned=None if earned is None else Decimal(earned),
        possible=possible,
    )


def graded(policy: EffectivePolicy, *attempts: AttemptScore, now: datetime = DUE + 30 * DAY) -> GradeResult:
    return grade(attempts, policy, possible=TEN, now=now)


def told(result: GradeResult) -> list[str]:
    return [step.render("en") for step in result.explanation]


attempts = st.lists(
    st.tuples(
        st.none() | st.decimals(min_value=0, max_value=10, places=2),
        st.none() | st.integers(min_value=-5 * 86_400, max_value=20 * 86_400),
        st.sampled_from([TEN, Decimal(20), Decimal(7), Decimal(0)]),
    ),
    max_size=6,
).map(
    lambda rows: [
        AttemptScore(
            number=number,
            started_at=DUE - 6 * DAY,
            submitted_at=None if late is None else DUE + timedelta(seconds=late),
            earned=earned if possible else None if earned is None else Decimal(0),
            possible=possible,
        )
        for number, (earned, late, possible) in enumerate(rows, start=1)
    ]
)
late_policies = st.none() | st.builds(
    LatePolicy,
    percent=st.decimals(min_value=0, max_value=100, places=1),
    period=st.sampled_from(["hour", "day"]),
    max_percent=st.decimals(min_value=0, max_value=100, places=1),
    grace_minutes=st.integers(0, 600),
    missing_percent=st.none() | st.decimals(min_value=0, max_value=60, places=1),
)
scorings = st.sampled_from(["best", "last", "average"])


def test_one_attempt_on_time_is_its_points() -> None:
    result = graded(rules(), attempt(1, "7.5"))
    assert (result.points, result.status, result.late, result.attempt_number) == (
        Decimal("7.50"),
        GradeStatus.GRADED,
        False,
        1,
    )
    assert told(result) == ["Question points: 7.5 of 10", "Grade: 7.5 of 10"]


def test_a_late_retake_cannot_take_an_attempt_on_time_away() -> None:
    """The known failure of another system: on time 10 of 10, then late 5 of 10, became 5."""
    assert graded(rules(), attempt(1, "10"), attempt(2, "5", DAY)).points == 10


def test_the_best_is_chosen_after_the_penalty() -> None:
    result = graded(rules(), attempt(1, "7"), attempt(2, "9", 3 * DAY))
    assert (result.points, result.attempt_number, result.status) == (7, 1, GradeStatus.GRADED)
    better = graded(rules(), attempt(1, "6"), attempt(2, "9", 3 * DAY))
    assert (better.points, better.attempt_number, better.status) == (Decimal("6.30"), 2, GradeStatus.LATE)
    assert told(better) == [
        "Question points: 9 of 10",
        "Days late, each begun day counted: 3. Minus 30 % of the points earned.",
        "Points after the late penalty: 6.3",
        "Best of 2 attempts: attempt 2 counts",
        "Grade: 6.3 of 10",
    ]


def test_of_equal_attempts_the_first_counts() -> None:
    assert graded(rules(), attempt(2, "8"), attempt(1, "8")).attempt_number == 1


def test_the_last_attempt_counts_also_when_it_is_worse() -> None:
    result = graded(rules("last"), attempt(2, "4", DAY), attempt(1, "10"))
    assert (result.points, result.attempt_number, result.status) == (Decimal("3.60"), 2, GradeStatus.LATE)
    assert "Last of 2 attempts: attempt 2 counts" in told(result)


def test_an_average_is_taken_after_the_penalties() -> None:
    result = graded(rules("average"), attempt(1, "10"), attempt(2, "10", 2 * DAY), attempt(3, "3"))
    assert (result.points, result.attempt_number, result.late) == (Decimal("7.00"), None, True)
    assert result.status is GradeStatus.LATE
    assert told(result) == [
        "Attempt 1",
        "Question points: 10 of 10",
        "Attempt 2",
        "Question points: 10 of 10",
        "Days late, each begun day counted: 2. Minus 20 % of the points earned.",
        "Points after the late penalty: 8",
        "Attempt 3",
        "Question points: 3 of 10",
        "Average of 3 attempts: 7",
        "Grade: 7 of 10",
    ]
    assert told(graded(rules("average"), attempt(1, "3"))) == ["Question points: 3 of 10", "Grade: 3 of 10"]


def test_a_grade_is_rounded_once_at_the_end() -> None:
    thirds = graded(rules("average"), attempt(1, "3.334"), attempt(2, "3.334"), attempt(3, "3.337"))
    assert thirds.points == Decimal("3.34")
    assert graded(rules(), attempt(1, "0.125")).points == Decimal("0.12")
    assert graded(rules(), attempt(1, "0.135")).points == Decimal("0.14")


def test_attempts_with_other_totals_are_scaled_to_the_points_of_the_work() -> None:
    result = graded(rules(), attempt(1, "15", possible=Decimal(20)))
    assert result.points == Decimal("7.50")
    assert told(result)[:2] == ["Question points: 15 of 20", "Scaled to the points of this work: 7.5 of 10"]
    assert graded(rules(), attempt(1, "0", possible=Decimal(0))).points == 0


def test_nothing_yet_missing_zero_and_excused_are_four_different_things() -> None:
    before = graded(rules(), now=DUE)
    missing = graded(rules(), now=DUE + timedelta(seconds=1))
    zero = graded(rules(), attempt(1, "0"))
    excused = grade([attempt(1, "9")], rules(), possible=TEN, now=DUE + DAY, excused=True)
    assert [(r.points, r.status) for r in (before, missing, zero, excused)] == [
        (None, GradeStatus.NONE),
        (None, GradeStatus.MISSING),
        (Decimal("0.00"), GradeStatus.GRADED),
        (None, GradeStatus.EXCUSED),
    ]
    assert told(before) == ["Nothing was handed in yet"]
    assert told(missing) == ["Nothing was handed in by the due time"]
    assert told(excused) == ["Excused: this does not count"]


def test_missing_work_may_count_by_rule_and_is_still_missing() -> None:
    for percent, points in (("0", "0.00"), ("40", "4.00")):
        policy = rules(late=LatePolicy(percent=TEN, missing_percent=Decimal(percent)))
        result = graded(policy)
        assert (result.points, result.status) == (Decimal(points), GradeStatus.MISSING)
        assert told(result)[1] == f"Missing work counts {points[0]} of 10"


def test_handing_in_late_never_counts_less_than_not_handing_in() -> None:
    policy = rules(late=LatePolicy(percent=TEN, missing_percent=Decimal(40)))
    result = graded(policy, attempt(1, "9", 8 * DAY))
    assert result.points == 4
    assert "Work that is handed in never counts less than missing work: 4" in told(result)
    assert graded(policy, attempt(1, "9")).points == 9


def test_without_a_due_time_work_is_missing_when_it_closes_and_without_both_never() -> None:
    assert graded(rules(due_at=None, closes_at=DUE), now=DUE).status is GradeStatus.NONE
    assert graded(rules(due_at=None, closes_at=DUE)).status is GradeStatus.MISSING
    assert graded(rules(due_at=None)).status is GradeStatus.NONE


def test_who_is_still_working_within_the_time_limit_is_not_missing() -> None:
    running = AttemptScore(
        number=1, started_at=DUE - timedelta(minutes=10), submitted_at=None, earned=None, possible=TEN
    )
    limit = rules(minutes=60)
    assert grade([running], limit, possible=TEN, now=DUE + timedelta(minutes=50)).status is GradeStatus.NONE
    assert (
        grade([running], limit, possible=TEN, now=DUE + timedelta(minutes=51)).status is GradeStatus.MISSING
    )
    untimed = grade([running], rules(), possible=TEN, now=DUE + timedelta(minutes=1))
    assert untimed.status is GradeStatus.MISSING


def test_a_running_attempt_never_changes_a_grade() -> None:
    for scoring in ("best", "last", "average"):
        assert graded(rules(scoring), attempt(1, "8"), attempt(2, None, None)) == graded(
            rules(scoring), attempt(1, "8")
        )


def test_work_that_waits_for_a_person_is_in_review() -> None:
    for scoring in ("best", "last", "average"):
        result = graded(rules(scoring), attempt(1, None, DAY))
        assert (result.points, result.status, result.late) == (None, GradeStatus.IN_REVIEW, True)
        assert told(result) == ["Attempt 1 is waiting to be graded"]


def test_under_best_the_scored_attempts_already_count_while_another_waits() -> None:
    result = graded(rules(), attempt(1, "6"), attempt(2, None))
    assert (result.points, result.status) == (6, GradeStatus.IN_REVIEW)
    assert "Attempt 2 is waiting to be graded" in told(result)


def test_under_last_and_average_a_waiting_attempt_keeps_the_grade_open() -> None:
    last = graded(rules("last"), attempt(1, "6"), attempt(2, None))
    assert (last.points, last.status, last.attempt_number) == (None, GradeStatus.IN_REVIEW, 2)
    average = graded(rules("average"), attempt(1, "6"), attempt(2, None))
    assert (average.points, average.status) == (None, GradeStatus.IN_REVIEW)
    assert told(average) == ["Attempt 1", "Question points: 6 of 10", "Attempt 2 is waiting to be graded"]
    assert graded(rules("last"), attempt(1, None), attempt(2, "6")).points == 6


def test_late_without_a_penalty_is_late_and_costs_nothing() -> None:
    for late in (None, LatePolicy(percent=Decimal(0))):
        result = graded(rules(late=late), attempt(1, "8", DAY))
        assert (result.points, result.status) == (8, GradeStatus.LATE)
        assert "Handed in late: no penalty" in told(result)


def test_within_the_grace_period_nothing_is_late() -> None:
    policy = rules(late=LatePolicy(percent=TEN, grace_minutes=10))
    assert graded(policy, attempt(1, "8", timedelta(minutes=10))).status is GradeStatus.GRADED
    assert graded(policy, attempt(1, "8", timedelta(minutes=10, seconds=1))).points == Decimal("7.20")


def test_an_hourly_penalty_is_told_in_hours_and_stops_at_its_maximum() -> None:
    policy = rules(late=LatePolicy(percent=Decimal("2.5"), period="hour", max_percent=Decimal(20)))
    result = graded(policy, attempt(1, "8", timedelta(hours=2, seconds=1)))
    assert told(result)[1] == "Hours late, each begun hour counted: 3. Minus 7.5 % of the points earned."
    assert graded(policy, attempt(1, "10", 9 * DAY)).points == 8
    assert graded(policy, attempt(1, "8", timedelta(hours=2))).points == Decimal("7.60")


@pytest.mark.parametrize(
    ("after_due", "days"),
    [(timedelta(seconds=1), 1), (DAY, 1), (DAY + timedelta(seconds=1), 2), (10 * DAY, 10), (400 * DAY, 400)],
)
def test_begun_days_are_counted(after_due: timedelta, days: int) -> None:
    penalty = late_penalty(rules(), submitted_at=DUE + after_due)
    assert (penalty.periods, penalty.percent) == (days, min(100, 10 * days))


@pytest.mark.parametrize(
    ("due", "submitted", "days"),
    [
        (datetime(2025, 11, 1, 23, 59), datetime(2025, 11, 2, 23, 59), 1),
        (datetime(2025, 11, 1, 23, 59), datetime(2025, 11, 3, 0, 0), 2),
        (datetime(2025, 3, 8, 23, 59), datetime(2025, 3, 9, 23, 59), 1),
        (datetime(2025, 3, 8, 23, 59), datetime(2025, 3, 10, 0, 0), 2),
    ],
)
def test_days_are_those_of_the_wall_clock_also_when_they_have_23_or_25_hours(
    due: datetime, submitted: datetime, days: int
) -> None:
    zone = "America/New_York"
    policy = rules(due_at=local_to_utc(due, zone), timezone=zone)
    assert late_penalty(policy, submitted_at=local_to_utc(submitted, zone)).periods == days


def test_double_time_past_the_due_time_is_not_late() -> None:
    helped = rules("best", TEN_PERCENT_A_DAY, DUE, DUE, 60, "UTC", Accommodation(time_multiplier=Decimal(2)))
    work = AttemptScore(
        number=1,
        started_at=DUE - timedelta(minutes=5),
        submitted_at=DUE + timedelta(minutes=115),
        earned=Decimal(8),
        possible=TEN,
    )
    assert grade([work], helped, possible=TEN, now=DUE + DAY).status is GradeStatus.GRADED
    assert grade([work], rules(minutes=60, closes_at=DUE), possible=TEN, now=DUE + DAY).points == Decimal(
        "7.20"
    )


def test_sentences_follow_the_language_of_the_reader_for_numbers() -> None:
    last = graded(rules(), attempt(1, "7.25")).explanation[-1]
    assert "7,25" in last.render("es")


@given(work=attempts, late=late_policies, scoring=scorings, seed=st.randoms(use_true_random=False))
def test_the_order_of_attempts_in_the_list_never_matters(
    work: list[AttemptScore], late: LatePolicy | None, scoring: str, seed: object
) -> None:
    shuffled = list(work)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert graded(rules(scoring, late), *work) == graded(rules(scoring, late), *shuffled)


@given(work=attempts, late=late_policies)
def test_under_best_another_attempt_never_makes_a_grade_worse(
    work: list[AttemptScore], late: LatePolicy | None
) -> None:
    policy = rules("best", late)
    results = [graded(policy, *work[:count]) for count in range(len(work) + 1)]
    known = [
        result.points
        for result in results
        if result.points is not None and result.status is not GradeStatus.MISSING
    ]
    assert known == sorted(known)
    if results[0].points is not None:
        assert all(points >= results[0].points for points in known)


@given(work=attempts, late=late_policies, scoring=scorings)
def test_a_grade_is_within_its_limits_and_always_explained(
    work: list[AttemptScore], late: LatePolicy | None, scoring: str
) -> None:
    within = [a for a in work if a.earned is None or a.earned <= a.possible]
    result = graded(rules(scoring, late), *within)
    assert result.explanation
    if result.points is None:
        assert result.status in (GradeStatus.NONE, GradeStatus.MISSING, GradeStatus.IN_REVIEW)
    else:
        assert 0 <= result.points <= 10
        assert -result.points.as_tuple().exponent == 2  # type: ignore[operator]
        sentence = told(result)[-1]
        assert sentence.startswith("Missing work counts") or "Grade: " in " ".join(told(result))


@given(late=late_policies, one=st.integers(-9000, 40 * 86_400), other=st.integers(-9000, 40 * 86_400))
def test_handing_in_later_never_costs_less(late: LatePolicy | None, one: int, other: int) -> None:
    zone = "America/New_York"
    due_at = local_to_utc(datetime(2025, 10, 30, 1, 30), zone)
    policy = rules("best", late, due_at, timezone=zone)
    early, late_time = sorted((one, other))
    first = late_penalty(policy, submitted_at=due_at + timedelta(seconds=early))
    second = late_penalty(policy, submitted_at=due_at + timedelta(seconds=late_time))
    assert 0 <= first.percent <= second.percent <= 100
