"""From attempts to a grade: what counts, what is released, and what waits for a teacher."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.domain.grading import service
from eduplatform.errors import NotFound
from tests.factories.assessment import NOW
from tests.factories.grading import Desk, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio

RIGHT, WRONG = {"true_false": {"answer": True}}, {"true_false": {"answer": False}}
ESSAY = {"true_false": {"answer": True}, "essay": {"text": "Because cells need energy to live."}}


async def _auto(world: World, scoring: str = "best") -> Desk:
    draft = AssessmentDraft(title="Quick", attempts_allowed=3, scoring=scoring)
    return await make_desk(world, "true_false", draft=draft)


async def test_a_quiz_that_nobody_has_to_read_is_released_at_once(world: World) -> None:
    desk = await _auto(world)
    await desk.hand_in(desk.quiz.student, RIGHT)
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert found.released_at is not None
    assert (found.points, found.possible, found.status) == (Decimal(1), Decimal(1), "graded")
    assert [one.kind for one in await desk.events(desk.quiz.student)] == ["submitted"]


async def test_an_essay_keeps_the_grade_back(world: World) -> None:
    desk = await make_desk(world)
    await desk.hand_in(desk.quiz.student, ESSAY)
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert (found.status, found.points, found.released_at) == ("in_review", None, None)


async def test_an_empty_essay_is_scored_and_still_waits_for_the_teachers_release(world: World) -> None:
    desk = await make_desk(world)
    await desk.hand_in(desk.quiz.student, RIGHT)
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert (found.status, found.points, found.released_at) == ("graded", Decimal(1), None)


@pytest.mark.parametrize(("scoring", "points"), [("best", "1.00"), ("last", "0.00"), ("average", "0.50")])
async def test_the_rule_decides_which_attempt_counts(world: World, scoring: str, points: str) -> None:
    desk = await _auto(world, scoring)
    await desk.hand_in(desk.quiz.student, RIGHT)
    await desk.hand_in(desk.quiz.student, WRONG, now=NOW + timedelta(minutes=5))
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert found.points == Decimal(points)
    assert found.released_at is not None


async def test_nothing_is_written_when_nothing_changes_and_the_cost_is_constant(world: World) -> None:
    desk = await _auto(world)
    await desk.hand_in(desk.quiz.student, RIGHT)
    before = await desk.grade(desk.quiz.student)
    async with unit_of_work(desk.teacher) as work:
        with count_statements() as seen:
            await service.settle_grade(
                work=work,
                assessment_id=desk.assessment_id,
                user_id=desk.quiz.student.user,
                actor_id=None,
                reason="recalculated",
            )
    after = await desk.grade(desk.quiz.student)
    assert before is not None
    assert after is not None
    assert before.version == after.version
    assert len(await desk.events(desk.quiz.student)) == 1
    assert len(seen) <= 4


async def test_another_tenants_assessment_does_not_exist(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    desk = await _auto(world)
    other = await (await new_world()).teacher.principal()
    with pytest.raises(NotFound):
        async with unit_of_work(other) as work:
            await service.settle_grade(
                work=work, assessment_id=desk.assessment_id, user_id=other.user, actor_id=None, reason="x"
            )
