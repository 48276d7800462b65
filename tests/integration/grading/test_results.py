"""What students and guardians see: released grades, explained, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import GuardianLink
from eduplatform.domain.assessment.models import Assessment, Attempt
from eduplatform.domain.courses.models import Lesson, LessonProgress, Module, PublicationStatus
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading import release
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.grading.models import Grade
from eduplatform.security.permissions import Role
from eduplatform.state.family import ChildState, FamilyState
from eduplatform.state.grades import GradesState, GradeState
from tests.factories.grading import Desk, chosen, link_guardian, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

ESSAY = {"true_false": {"answer": False}, "essay": {"text": "Because cells need energy."}}


async def scored(desk: Desk) -> Attempt:
    """Handed in and scored, not released: 4 of 6 by the rubric, the other question wrong."""
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    async with unit_of_work(desk.teacher) as work:
        return await marking.save_marks(
            work=work,
            me=desk.teacher,
            attempt_id=attempt.id,
            version=attempt.version,
            marks=[Marks(response_id=response.id, levels=chosen(desk, 0, 1), comment="Say <b>why</b>.")],
        )


async def release_all(desk: Desk) -> None:
    async with unit_of_work(desk.teacher) as work:
        await release.release(work=work, me=desk.teacher, assessment_id=desk.assessment_id)


async def grade_tab(person: Person, grade: Grade | None) -> Tab:
    assert grade is not None
    return Tab(await person.sign_in(), path=f"/learn/grades/{grade.id}", route="/learn/grades/[grade_id]")


async def test_an_open_page_shows_a_grade_as_soon_as_it_is_released(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk)
    async with Tab(await world.student.sign_in(), path="/learn/grades") as tab:
        with count_statements() as seen:
            await tab.fire(GradesState.load)
        assert len(seen) <= 8
        assert (await tab.state(GradesState)).rows == []
        await release_all(desk)
        await tab.fire(GradesState.refresh)
        state = await tab.state(GradesState)
        (row,) = state.rows
        assert row["new"]
        assert (row["title"], row["score"], row["status_text"]) == ("Cells", "4 / 7", "Graded")
        assert state.announcement == "New grade for Cells: 4 / 7"
        tab.deltas.clear()
        await tab.fire(GradesState.refresh)
        assert not any("rows" in str(delta) for delta in tab.deltas)


async def test_the_explanation_tells_the_steps_the_levels_and_the_comment(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk)
    await release_all(desk)
    async with await grade_tab(world.student, await desk.grade(desk.quiz.student)) as tab:
        with count_statements() as seen:
            await tab.fire(GradeState.load)
        assert len(seen) <= 9
        state = await tab.state(GradeState)
        assert state.loaded
        assert state.steps == ["Question points: 4 of 7", "Grade: 4 of 7"]
        essay = state.results[1]
        assert essay["comment"] == "Say <b>why</b>."
        assert [(one["title"], one["level"], one["points"]) for one in essay["levels"]] == [
            ("Facts", "Complete", "3 / 3"),
            ("Reasons", "Partly", "1 / 3"),
        ]
        assert state.results[0]["outcome"] == "Not correct"
        assert "keysecret" not in str(tab.deltas)
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert found.seen_at is not None


async def test_an_unreleased_grade_is_not_found_also_by_its_owner(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk)
    async with await grade_tab(world.student, await desk.grade(desk.quiz.student)) as tab:
        await tab.fire(GradeState.load)
        state = await tab.state(GradeState)
        assert state.failure == "not_found"
        assert not state.results


async def test_a_grade_that_is_taken_back_leaves_the_open_page(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk)
    await release_all(desk)
    async with await grade_tab(world.student, await desk.grade(desk.quiz.student)) as tab:
        await tab.fire(GradeState.load)
        async with unit_of_work(desk.teacher) as work:
            await release.unrelease(
                work=work,
                me=desk.teacher,
                assessment_id=desk.assessment_id,
                user_id=desk.quiz.student.user,
                reason="Too early",
            )
        await tab.fire(GradeState.refresh)
        assert (await tab.state(GradeState)).failure == "not_found"
        await release_all(desk)
        await tab.fire(GradeState.refresh)
        state = await tab.state(GradeState)
        assert state.failure == ""
        assert state.announcement == "Your grade was updated: 4 / 7"


async def test_somebody_elses_grade_does_not_exist(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    desk = await make_desk(world)
    await scored(desk)
    await release_all(desk)
    found = await desk.grade(desk.quiz.student)
    classmate = await world.add_person("zoe", Role.STUDENT)
    for person in (classmate, (await new_world()).student):
        async with await grade_tab(person, found) as tab:
            await tab.fire(GradeState.load)
            assert (await tab.state(GradeState)).failure == "not_found"
    async with Tab(
        await world.student.sign_in(), path="/learn/grades/nonsense", route="/learn/grades/[grade_id]"
    ) as tab:
        await tab.fire(GradeState.load)
        assert (await tab.state(GradeState)).failure == "not_found"


async def _due_and_reading(desk: Desk) -> None:
    async with unit_of_work(desk.teacher) as work:
        for title, status in (("Next week", PublicationStatus.PUBLISHED), ("Draft", PublicationStatus.DRAFT)):
            await work.add(
                Assessment(
                    course_id=desk.quiz.course_id,
                    title=title,
                    status=status,
                    due_at=utc_now() + timedelta(days=7),
                )
            )
        module = await work.add(Module(course_id=desk.quiz.course_id, position=1, title="One"))
        for position in (1, 2):
            lesson = await work.add(
                Lesson(
                    course_id=desk.quiz.course_id,
                    module_id=module.id,
                    position=position,
                    title=f"Lesson {position}",
                    draft_title=f"Lesson {position}",
                    status=PublicationStatus.PUBLISHED,
                )
            )
        await work.add(
            LessonProgress(
                lesson_id=lesson.id,
                user_id=desk.quiz.student.user,
                opened_at=utc_now(),
                completed_at=utc_now(),
            )
        )


async def test_a_guardian_sees_released_grades_due_work_and_reading(world: World) -> None:
    desk = await make_desk(world)
    await scored(desk)
    await _due_and_reading(desk)
    await link_guardian(desk, desk.quiz.student)
    async with Tab(await world.guardian.sign_in(), path="/family") as tab:
        with count_statements() as seen:
            await tab.fire(FamilyState.load)
        assert len(seen) <= 8
        (child,) = (await tab.state(FamilyState)).children
        assert child["grades"] == []
        assert [one["title"] for one in child["due"]] == ["Next week"]
        assert [one["text"] for one in child["reading"]] == ["1 of 2 lessons read"]
        await release_all(desk)
        await tab.fire(FamilyState.refresh)
        (child,) = (await tab.state(FamilyState)).children
        assert [(one["score"], one["steps"][-1]) for one in child["grades"]] == [("4 / 7", "Grade: 4 of 7")]
    path = f"/family/{desk.quiz.student.user}"
    async with Tab(await world.guardian.sign_in(), path=path, route="/family/[student_id]") as tab:
        with count_statements() as seen:
            await tab.fire(ChildState.load)
        assert len(seen) <= 8
        state = await tab.state(ChildState)
        assert state.loaded
        assert len(state.child["grades"]) == 1


@pytest.mark.parametrize("columns", [{"status": "pending"}, {"can_view_grades": False}, None])
async def test_without_a_verified_link_the_child_does_not_exist(
    world: World, columns: dict[str, object] | None
) -> None:
    desk = await make_desk(world)
    await scored(desk)
    await release_all(desk)
    if columns is not None:
        await link_guardian(desk, desk.quiz.student, **columns)
    async with Tab(await world.guardian.sign_in(), path="/family") as tab:
        await tab.fire(FamilyState.load)
        assert (await tab.state(FamilyState)).children == []
    path = f"/family/{desk.quiz.student.user}"
    async with Tab(await world.guardian.sign_in(), path=path, route="/family/[student_id]") as tab:
        await tab.fire(ChildState.load)
        state = await tab.state(ChildState)
        assert state.failure == "not_found"
        assert state.child["grades"] == []


async def test_a_link_that_ends_closes_the_open_page(world: World) -> None:
    desk = await make_desk(world)
    await link_guardian(desk, desk.quiz.student)
    path = f"/family/{desk.quiz.student.user}"
    async with Tab(await world.guardian.sign_in(), path=path, route="/family/[student_id]") as tab:
        await tab.fire(ChildState.load)
        assert (await tab.state(ChildState)).loaded
        async with unit_of_work(desk.teacher) as work:
            link = (
                await work.session.exec(
                    select(GuardianLink).where(col(GuardianLink.student_id) == desk.quiz.student.user)
                )
            ).one()
            link.can_view_grades = False
        await tab.fire(ChildState.refresh)
        assert (await tab.state(ChildState)).failure == "not_found"
