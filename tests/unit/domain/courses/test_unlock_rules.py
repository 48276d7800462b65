"""A module opens when all of its rules are met, and never otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.courses.lesson_repository import RuleRow
from eduplatform.domain.courses.models import UnlockKind
from eduplatform.domain.courses.unlocking import locks, reaches

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODULES = [uuid4() for _ in range(4)]


@st.composite
def rules(draw: st.DrawFn) -> RuleRow:
    kind = draw(st.sampled_from(list(UnlockKind)))
    return RuleRow(
        id=uuid4(),
        module_id=draw(st.sampled_from(MODULES)),
        kind=kind,
        required_module_id=draw(st.sampled_from(MODULES)) if kind is UnlockKind.MODULE else None,
        required_title="",
        opens_at=NOW + timedelta(seconds=draw(st.integers(-3, 3))) if kind is UnlockKind.DATE else None,
        assessment_id=uuid4() if kind is UnlockKind.SCORE else None,
        assessment_title="",
        percent=draw(st.integers(1, 100)) if kind is UnlockKind.SCORE else 0,
        reached=draw(st.none() | st.decimals(0, 100, places=2)) if kind is UnlockKind.SCORE else None,
    )


def met(rule: RuleRow, unfinished: set[UUID], now: datetime) -> bool:
    return not locks([rule], unfinished=unfinished, now=now)


@given(st.lists(rules(), max_size=8), st.sets(st.sampled_from(MODULES)))
def test_a_module_is_open_exactly_when_each_of_its_rules_is_met(
    given_rules: list[RuleRow], unfinished: set[UUID]
) -> None:
    found = locks(given_rules, unfinished=unfinished, now=NOW)
    for module in MODULES:
        own = [one for one in given_rules if one.module_id == module]
        assert (module not in found) == all(met(one, unfinished, NOW) for one in own)
    assert sum(len(one) for one in found.values()) == sum(
        not met(one, unfinished, NOW) for one in given_rules
    )


@given(st.lists(rules(), max_size=8), st.sets(st.sampled_from(MODULES)), st.integers(0, 10))
def test_time_and_reading_never_close_a_module(
    given_rules: list[RuleRow], unfinished: set[UUID], seconds: int
) -> None:
    before = locks(given_rules, unfinished=unfinished, now=NOW)
    later = locks(given_rules, unfinished=set(list(unfinished)[1:]), now=NOW + timedelta(seconds=seconds))
    assert set(later) <= set(before)


def test_a_score_just_below_is_not_enough() -> None:
    def rule(reached: str | None) -> RuleRow:
        value = None if reached is None else Decimal(reached)
        return RuleRow(uuid4(), MODULES[0], "score", None, "", None, uuid4(), "Quiz", 60, value)

    assert locks([rule("60")], unfinished=(), now=NOW) == {}
    assert set(locks([rule("59.99")], unfinished=(), now=NOW)) == {MODULES[0]}
    assert set(locks([rule(None)], unfinished=(), now=NOW)) == {MODULES[0]}


def test_a_circle_of_modules_is_found() -> None:
    a, b, c, d = MODULES
    waits = {a: {b}, b: {c}, d: {d}}
    assert reaches(waits, a, c)
    assert not reaches(waits, c, a)
    assert not reaches(waits, d, a)
