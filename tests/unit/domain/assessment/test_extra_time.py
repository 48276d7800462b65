"""Extra minutes, whatever the rules of the assessment and of the student are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.availability import (
    Accommodation,
    AssessmentRules,
    EffectivePolicy,
    attempt_deadline,
    attempt_due,
    late_seconds,
    with_exceptions,
)
from eduplatform.domain.assessment.extensions import granted_minutes

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)

moments = st.integers(0, 600).map(lambda minutes: NOON + timedelta(minutes=minutes))
multipliers = st.decimals(1, 4, places=2)
extras = st.lists(st.integers(1, 240), max_size=5)


@st.composite
def policies(draw: st.DrawFn) -> EffectivePolicy:
    due = draw(st.none() | moments)
    closes = draw(st.none() | moments)
    if due and closes:
        due, closes = min(due, closes), max(due, closes)
    return with_exceptions(
        assessment=AssessmentRules(
            due_at=due, closes_at=closes, minutes=draw(st.none() | st.integers(1, 300))
        ),
        accommodations=[Accommodation(time_multiplier=draw(multipliers))],
        timezone="Europe/Berlin",
    )


@given(policies(), moments, extras)
def test_extra_time_never_shortens_and_moves_the_end_by_exactly_that_much(
    policy: EffectivePolicy, started: datetime, extra: list[int]
) -> None:
    before = attempt_deadline(policy, started)
    after = attempt_deadline(policy, started, extra_minutes=sum(extra))
    assert (before is None) == (after is None)
    if before and after:
        assert after - before == timedelta(minutes=sum(extra))


@given(policies(), moments, extras, moments)
def test_extra_time_never_makes_work_late(
    policy: EffectivePolicy, started: datetime, extra: list[int], submitted: datetime
) -> None:
    plain = late_seconds(policy, submitted_at=submitted, started_at=started)
    assert late_seconds(policy, submitted_at=submitted, started_at=started, extra_minutes=sum(extra)) <= plain


@given(policies(), moments, st.integers(1, 240))
def test_who_was_on_time_until_the_deadline_is_on_time_until_the_new_one(
    policy: EffectivePolicy, started: datetime, extra: int
) -> None:
    deadline, due = attempt_deadline(policy, started), attempt_due(policy, started)
    if deadline is None or due is None or deadline > due or started > due:
        return
    later = attempt_deadline(policy, started, extra_minutes=extra)
    assert later is not None
    assert late_seconds(policy, submitted_at=later, started_at=started, extra_minutes=extra) == 0


@given(multipliers, st.integers(1, 240))
def test_a_student_gets_their_share_rounded_in_their_favour(multiplier: Decimal, minutes: int) -> None:
    granted = granted_minutes(minutes, multiplier)
    assert minutes <= granted < minutes * multiplier + 1
    assert granted >= minutes * multiplier
    assert granted_minutes(minutes, Decimal(2)) == 2 * minutes


@given(multipliers, extras)
def test_the_order_of_extensions_does_not_matter(multiplier: Decimal, extra: list[int]) -> None:
    assert sum(granted_minutes(one, multiplier) for one in extra) == sum(
        granted_minutes(one, multiplier) for one in reversed(extra)
    )
