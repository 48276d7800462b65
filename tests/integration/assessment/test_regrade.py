"""A wrong key: who changes and how, for everybody at once, and exactly back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank, regrade
from eduplatform.domain.assessment.regrade import Outcome
from eduplatform.domain.assessment.schemas import AssessmentDraft, QuestionDraft
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.principal import Principal
from tests.factories.assessment import drafts
from tests.factories.grading import Desk, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio

YES, NO = {"true_false": {"answer": True}}, {"true_false": {"answer": False}}


async def desk_of(world: World) -> tuple[Desk, Principal, Principal]:
    """One student said yes, which the key calls right, the other one no."""
    draft = AssessmentDraft(title="Cells", attempts_allowed=3)
    desk = await make_desk(world, "true_false", "numeric", draft=draft)
    other = await desk.add_student("other")
    await desk.hand_in(desk.quiz.student, YES)
    await desk.hand_in(other, NO)
    return desk, desk.quiz.student, other


async def correct(desk: Desk, **parts: Any) -> None:
    """Turn the key of the true-or-false question round, in the bank."""
    old = drafts()["true_false"]
    draft = QuestionDraft(type=old.type, stem=parts.pop("stem", old.stem), parts={"answer": "false"})
    async with unit_of_work(desk.teacher) as work:
        await bank.save_question(
            work=work, me=desk.teacher, question_id=desk.quiz.questions["true_false"], draft=draft, version=1
        )


async def run(desk: Desk, action: str, mode: str, **more: Any) -> Outcome:
    async with unit_of_work(desk.teacher) as work:
        return await getattr(regrade, action)(
            work=work,
            me=desk.teacher,
            assessment_id=desk.assessment_id,
            item_id=desk.quiz.items["true_false"],
            mode=mode,
            **more,
        )


async def undo(desk: Desk, place: int = 0) -> Outcome:
    async with unit_of_work(desk.teacher) as work:
        found = await regrade.regradable(work=work, me=desk.teacher, assessment_id=desk.assessment_id)
        return await regrade.undo(
            work=work,
            me=desk.teacher,
            assessment_id=desk.assessment_id,
            regrade_id=found.history[place].regrade.id,
        )


async def points(desk: Desk, *students: Principal) -> list[Decimal | None]:
    grades = [await desk.grade(one) for one in students]
    return [one.points if one is not None else None for one in grades]


async def test_a_corrected_key_changes_both_and_comes_back_exactly(world: World) -> None:
    desk, yes, no = await desk_of(world)
    assert await points(desk, yes, no) == [Decimal("1.00"), Decimal("0.00")]
    before = [await desk.grade(one) for one in (yes, no)]
    await correct(desk)
    shown = await run(desk, "preview", "rescore")
    assert (shown.raised, shown.lowered, shown.answers) == (1, 1, 2)
    assert await points(desk, yes, no) == [Decimal("1.00"), Decimal("0.00")]
    done = await run(desk, "apply", "rescore", reason="The key was wrong")
    assert done == shown
    assert await points(desk, yes, no) == [Decimal("0.00"), Decimal("1.00")]
    event = (await desk.events(yes))[-1]
    assert (event.kind, event.reason, event.before["points"], event.after["points"]) == (
        "regraded",
        "The key was wrong",
        "1.00",
        "0.00",
    )
    await undo(desk)
    after = [await desk.grade(one) for one in (yes, no)]
    for old, new in zip(before, after, strict=True):
        assert old is not None
        assert new is not None
        assert (new.points, new.status, new.explanation, new.released_at) == (
            old.points,
            old.status,
            old.explanation,
            old.released_at,
        )


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("both", ["1.00", "1.00"]), ("full", ["1.00", "1.00"]), ("drop", ["0.00", "0.00"])],
)
async def test_the_other_ways(world: World, mode: str, expected: list[str]) -> None:
    desk, yes, no = await desk_of(world)
    await correct(desk)
    await run(desk, "apply", mode, reason="Unclear")
    assert await points(desk, yes, no) == [Decimal(one) for one in expected]
    await undo(desk)
    assert await points(desk, yes, no) == [Decimal("1.00"), Decimal("0.00")]


async def test_a_dropped_question_leaves_the_rest_at_the_same_total(world: World) -> None:
    desk, yes, _no = await desk_of(world)
    third = await desk.add_student("third")
    await desk.hand_in(third, {"numeric": {"text": "31337.25 m"}})
    grade = await desk.grade(third)
    assert grade is not None
    assert grade.points == Decimal("3.00")
    await run(desk, "apply", "drop", reason="Not taught")
    assert await points(desk, yes, third) == [Decimal("0.00"), Decimal("4.00")]


async def test_work_that_comes_later_is_judged_in_the_same_way(world: World) -> None:
    desk, yes, _no = await desk_of(world)
    await run(desk, "apply", "full", reason="Unclear")
    late = await desk.add_student("late")
    await desk.hand_in(late, {})
    assert await points(desk, late) == [Decimal("1.00")]
    await undo(desk)
    assert await points(desk, yes, late) == [Decimal("1.00"), Decimal("0.00")]


async def test_another_wording_is_not_used_for_work_that_never_saw_it(world: World) -> None:
    desk, _yes, _no = await desk_of(world)
    await correct(desk, stem="Cells never respire.")
    with pytest.raises(Invalid):
        await run(desk, "preview", "rescore")


async def test_corrections_are_undone_in_reverse_and_only_once(world: World) -> None:
    desk, _yes, _no = await desk_of(world)
    await correct(desk)
    await run(desk, "apply", "rescore", reason="First")
    await run(desk, "apply", "full", reason="Second")
    with pytest.raises(Conflict):
        await undo(desk, place=1)
    await undo(desk, place=0)
    with pytest.raises(Conflict):
        await undo(desk, place=0)
    await undo(desk, place=1)


async def test_a_reason_is_needed_and_others_know_nothing_of_it(world: World) -> None:
    desk, _yes, _no = await desk_of(world)
    with pytest.raises(Invalid):
        await run(desk, "apply", "full", reason=" ")
    stranger = await (await world.add_person("colleague", *desk.teacher.roles)).principal()
    with pytest.raises(NotFound):
        async with unit_of_work(stranger) as work:
            await regrade.preview(
                work=work,
                me=stranger,
                assessment_id=desk.assessment_id,
                item_id=desk.quiz.items["true_false"],
                mode="full",
            )


async def test_the_cost_does_not_grow_with_the_students(world: World) -> None:
    costs: list[int] = []
    for students in (1, 4):
        desk = await make_desk(world, "true_false", draft=AssessmentDraft(title="Cells", attempts_allowed=3))
        for number in range(students):
            await desk.hand_in(await desk.add_student(f"s{students}-{number}"), NO)
        with count_statements() as seen:
            await run(desk, "apply", "full", reason="Unclear")
        costs.append(len(seen))
    assert costs[0] == costs[1]
