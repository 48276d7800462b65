"""Grades that become visible at a time: nobody but graders sees them before, everything can be taken back, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import results as attempt_results
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.courses import overview
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading import release, results, undo
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.messaging.models import Notification
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.state.grading_desk import GradingDeskState
from tests.factories.grading import Desk, chosen, link_guardian, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

ESSAY = {"true_false": {"answer": True}, "essay": {"text": "Because cells need energy."}}


async def scored(desk: Desk, *places: int) -> tuple[Attempt, UUID]:
    """Work of the desk's student, handed in and scored."""
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    return await score(desk, attempt, *places), response.id


async def score(desk: Desk, attempt: Attempt, *places: int, comment: str = "") -> Attempt:
    response = await desk.response(attempt.id)
    marks = Marks(response_id=response.id, levels=chosen(desk, *places), comment=comment)
    async with unit_of_work(desk.teacher) as work:
        return await marking.save_marks(
            work=work, me=desk.teacher, attempt_id=attempt.id, version=attempt.version, marks=[marks]
        )


async def plan(desk: Desk, **delay: int) -> release.Released:
    async with unit_of_work(desk.teacher) as work:
        return await release.release(
            work=work, me=desk.teacher, assessment_id=desk.assessment_id, at=utc_now() + timedelta(**delay)
        )


async def visible_to(desk: Desk, attempt: Attempt) -> dict[str, bool]:
    """Where the grade shows: every road by which students and guardians read grades."""
    student = desk.quiz.student
    guardian = await desk.quiz.world.guardian.principal()
    grade = await desk.grade(student)
    assert grade is not None
    async with unit_of_work(student) as work:
        own, _total = await results.own_grades(work=work, me=student)
        home = await overview.student_overview(work=work, me=student)
        result = await attempt_results.result(work=work, me=student, attempt_id=attempt.id)
        try:
            await results.explain_own(work=work, me=student, grade_id=grade.id)
            explained = True
        except NotFound:
            explained = False
    async with unit_of_work(guardian) as work:
        family = await results.family(work=work, me=guardian)
        child, _count = await results.child(work=work, me=guardian, student_id=student.user)
    return {
        "list": bool(own),
        "home": bool(home.grades),
        "attempt": result.grade is not None,
        "page": explained,
        "family": bool(family[0].grades),
        "child": bool(child.grades),
    }


async def notices(desk: Desk) -> list[str]:
    async with unit_of_work(desk.teacher) as work:
        rows = await work.session.exec(
            select(Notification.text).where(col(Notification.recipient_id) == desk.quiz.student.user)
        )
        return list(rows.all())


async def test_a_planned_release_shows_the_grade_nowhere_before_its_time(world: World) -> None:
    desk = await make_desk(world)
    await link_guardian(desk, desk.quiz.student, status="verified", can_view_grades=True)
    attempt, _response = await scored(desk, 0, 1)
    await plan(desk, hours=2)
    assert set((await visible_to(desk, attempt)).values()) == {False}
    assert await notices(desk) == []
    # Scoring again meanwhile keeps the plan.
    await score(desk, attempt, 0, 0)
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert found.released_at is not None
    async with unit_of_work(desk.teacher) as work:
        row = await work.session.get(type(found), found.id)
        assert row is not None
        row.released_at = utc_now() - timedelta(seconds=1)  # the time has come
    assert set((await visible_to(desk, attempt)).values()) == {True}


async def test_students_are_told_of_a_planned_release_once_when_its_time_has_come(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk, 0, 0)
    await plan(desk, hours=2)
    for now, told in (
        (utc_now(), 0),
        (utc_now() + timedelta(hours=3), 1),
        (utc_now() + timedelta(hours=4), 0),
    ):
        async with unit_of_work(desk.teacher) as work:
            assert await release.announce_planned(work=work, now=now) == told
    assert len(await notices(desk)) == 1
    assert [one.kind for one in await desk.events(desk.quiz.student)][-2:] == ["scheduled", "released"]


async def test_releasing_now_tells_the_student_and_costs_eight_statements(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk, 0, 0)
    with count_statements() as seen:
        async with unit_of_work(desk.teacher) as work:
            await release.release(work=work, me=desk.teacher, assessment_id=desk.assessment_id)
    assert len(seen) <= 8
    assert len(await notices(desk)) == 1


async def test_a_plan_can_be_given_up_and_that_can_be_undone(world: World) -> None:
    desk = await make_desk(world)
    me = desk.teacher
    await scored(desk, 0, 0)
    await plan(desk, hours=2)
    planned = await desk.grade(desk.quiz.student)
    async with unit_of_work(me) as work:
        assert await release.cancel_release(work=work, me=me, assessment_id=desk.assessment_id) == 1
    batch = (await desk.events(desk.quiz.student))[-1].batch_id
    assert batch is not None
    async with unit_of_work(me) as work:
        await release.undo_release(work=work, me=me, assessment_id=desk.assessment_id, batch_id=batch)
    again = await desk.grade(desk.quiz.student)
    assert planned is not None
    assert again is not None
    assert again.released_at == planned.released_at
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await release.undo_release(work=work, me=me, assessment_id=desk.assessment_id, batch_id=batch)


async def test_a_release_of_many_is_undone_where_nothing_happened_since(world: World) -> None:
    desk = await make_desk(world)
    me, zoe = desk.teacher, await desk.add_student("zoe")
    attempt, _response = await scored(desk, 0, 0)
    await score(desk, await desk.hand_in(zoe, ESSAY), 0, 0)
    async with unit_of_work(me) as work:
        done = await release.release(work=work, me=me, assessment_id=desk.assessment_id)
    assert done.count == 2
    await score(desk, attempt, 1, 1)
    async with unit_of_work(me) as work:
        count = await release.undo_release(
            work=work, me=me, assessment_id=desk.assessment_id, batch_id=done.batch_id
        )
    assert count == 1
    mine, theirs = await desk.grade(desk.quiz.student), await desk.grade(zoe)
    assert mine is not None
    assert theirs is not None
    assert mine.released_at is not None
    assert theirs.released_at is None


async def test_undoing_a_marking_restores_levels_points_and_comment(world: World) -> None:
    desk = await make_desk(world)
    attempt, response_id = await scored(desk, 0, 0)
    attempt = await score(desk, attempt, 2, 1, comment="Harsh")
    event = (await desk.events(desk.quiz.student))[-1]
    with count_statements() as seen:
        async with unit_of_work(desk.teacher) as work:
            await undo.undo_marks(work=work, me=desk.teacher, event_id=event.id)
    assert len(seen) <= 8
    restored = await desk.response(attempt.id)
    assert (restored.id, restored.comment, restored.points) == (response_id, "", Decimal(6))
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert found.points == Decimal(7)
    with pytest.raises(Conflict):
        async with unit_of_work(desk.teacher) as work:
            await undo.undo_marks(work=work, me=desk.teacher, event_id=event.id)


async def test_nobody_undoes_what_a_colleague_did(world: World) -> None:
    desk = await make_desk(world)
    colleague = await desk.add_teacher("ana")
    attempt, _response = await scored(desk, 0, 0)
    mine = (await desk.events(desk.quiz.student))[-1]
    for me in (colleague, desk.quiz.student):
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await undo.undo_marks(work=work, me=me, event_id=mine.id)
    response = await desk.response(attempt.id)
    async with unit_of_work(colleague) as work:
        await marking.save_marks(
            work=work,
            me=colleague,
            attempt_id=attempt.id,
            version=attempt.version,
            marks=[Marks(response_id=response.id, levels=chosen(desk, 1, 1))],
        )
    with pytest.raises(Conflict):
        async with unit_of_work(desk.teacher) as work:
            await undo.undo_marks(work=work, me=desk.teacher, event_id=mine.id)
    assert (await desk.response(attempt.id)).points == Decimal(2)


async def test_the_desk_plans_cancels_and_undoes(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk, 0, 0)
    path = f"/teach/grading/{desk.assessment_id}"
    async with Tab(await world.teacher.sign_in(), path=path, route="/teach/grading/[assessment_id]") as tab:
        await tab.fire(GradingDeskState.load)
        await tab.fire(GradingDeskState.release_at({"at": "2001-01-01T10:00", "who": "all"}))
        assert list((await tab.state(GradingDeskState)).errors) == ["at"]
        soon = (utc_now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        await tab.fire(GradingDeskState.release_at({"at": soon, "who": "one"}))
        state = await tab.state(GradingDeskState)
        assert (state.head["planned"] != "", state.head["released"], state.planned) == (True, False, 1)
        assert state.undo_text == "Undo: Release planned"
        await tab.fire(GradingDeskState.undo)
        state = await tab.state(GradingDeskState)
        assert (state.head["planned"], state.undo_text) == ("", "Undo: Scored")
        await tab.fire(GradingDeskState.undo)
        state = await tab.state(GradingDeskState)
        assert (state.answers[0]["chosen"], state.undo_text) == ({}, "")
        assert [one["what"] for one in state.events][:2] == ["Undone", "Undone"]
        assert not tab.errors


async def test_a_release_further_ahead_than_a_year_is_refused(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk, 0, 0)
    with pytest.raises(Invalid):
        await plan(desk, days=400)
