"""What a change to a grade costs the database: a number that students, questions and criteria do not change."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.assessment import attempts
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading import release, rubrics, service
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.grading.rubrics import CriterionDraft, LevelDraft, RubricDraft
from tests.factories.assessment import NOW
from tests.factories.grading import LEVELS, Desk, chosen, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio

BUDGET = 8

ESSAY = {"essay": {"text": "Because cells need energy."}}


@dataclass
class Meter:
    """Statements of each step, with everything that the commit sends."""

    costs: dict[str, int] = field(default_factory=dict[str, int])

    @asynccontextmanager
    async def of(self, name: str, work: Callable[[], object]) -> AsyncGenerator[Work]:
        """A unit of work whose statements are counted under a name."""
        with count_statements() as seen:
            async with work() as opened:  # type: ignore[attr-defined]
                yield opened
        self.costs[name] = len(seen)


def edited(desk: Desk, *, words_only: bool) -> RubricDraft:
    """The rubric of a desk with other words, and without ``words_only`` other levels and one criterion more."""
    criteria = [
        CriterionDraft(
            title=f"{one.title}, in other words",
            levels=[
                LevelDraft(title=level.title, points=level.points + (0 if words_only else 1))
                for level in desk.levels[one.id][: None if words_only else 2]
            ]
            + ([] if words_only else [LevelDraft(title="New", points=LEVELS[0][0])]),
        )
        for one in desk.criteria
    ]
    if not words_only:
        levels = [LevelDraft(title=title, points=points) for points, title in LEVELS]
        criteria = [*criteria[1:], CriterionDraft(title="New", levels=levels)]
    return RubricDraft(title="Explaining well", criteria=criteria)


async def costs(world: World, *, students: int, questions: tuple[str, ...]) -> dict[str, int]:
    """The statements of each change in a desk of a size."""
    desk = await make_desk(world, *questions)
    assert desk.rubric is not None
    me, student, assessment_id = desk.teacher, desk.quiz.student, desk.assessment_id
    meter = Meter()

    def mine() -> object:
        return unit_of_work(me)

    for words_only in (True, False):
        name = "rubric words" if words_only else "rubric"
        draft = edited(desk, words_only=words_only)
        async with meter.of(name, mine) as work:
            rubric = await rubrics.save_rubric(
                work=work, me=me, rubric_id=desk.rubric.family_id, version=1 if words_only else 2, draft=draft
            )
        assert rubric.version == (2 if words_only else 3)

    desk = await make_desk(world, *questions)
    me, student, assessment_id = desk.teacher, desk.quiz.student, desk.assessment_id
    people = [student, *[await desk.add_student(f"{len(questions)}-{number}") for number in range(students)]]
    handed_in = [await desk.hand_in(one, ESSAY) for one in people[1:]]
    first = await desk.quiz.start(now=NOW, me=student)
    async with meter.of("submit", lambda: unit_of_work(student)) as work:
        await attempts.submit(work=work, me=student, attempt_id=first.id, now=NOW)
    for name, places in (("score", (0, 0)), ("score again", (1, 1))):
        attempt = await desk.reload(first.id)
        response = await desk.response(first.id)
        marks = Marks(response_id=response.id, levels=chosen(desk, *places), comment=name)
        async with meter.of(name, mine) as work:
            await marking.save_marks(
                work=work, me=me, attempt_id=first.id, version=attempt.version, marks=[marks]
            )
    for one in handed_in:
        response = await desk.response(one.id)
        async with unit_of_work(me) as work:
            marks = Marks(response_id=response.id, levels=chosen(desk, 0, 0))
            await marking.save_marks(work=work, me=me, attempt_id=one.id, version=one.version, marks=[marks])
    async with meter.of("release", mine) as work:
        done = await release.release(work=work, me=me, assessment_id=assessment_id)
        assert done.count == len(people)
    async with meter.of("unrelease", mine) as work:
        await release.unrelease(
            work=work, me=me, assessment_id=assessment_id, user_id=student.user, reason="Too early"
        )
    async with meter.of("excuse", mine) as work:
        await service.excuse(
            work=work, me=me, assessment_id=assessment_id, user_id=student.user, reason="Ill"
        )
    return meter.costs


async def test_changing_grades_costs_few_statements_and_the_same_for_every_size(world: World) -> None:
    small = await costs(world, students=1, questions=("essay",))
    large = await costs(world, students=3, questions=("true_false", "short_text", "essay", "numeric"))
    assert small == large
    assert {name: cost for name, cost in large.items() if cost > BUDGET} == {}
