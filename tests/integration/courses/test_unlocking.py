"""A locked module is closed on every road, and says what to do."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.domain.courses import learning, outline, printing, publishing, unlocking
from eduplatform.domain.courses.models import LessonProgress, UnlockKind
from eduplatform.domain.courses.unlocking import RuleDraft
from eduplatform.domain.grading.models import Grade
from eduplatform.errors import Forbidden, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.state.assignments import AssignmentState
from eduplatform.state.attempts import LearnAssessmentState
from eduplatform.state.base import NoticeState
from eduplatform.state.learning import LearnCourseState, LearnHomeState
from eduplatform.state.outline import CourseState
from eduplatform.state.reading import LessonState
from eduplatform.state.unlocking import UnlockState
from tests.factories.assessment import make_quiz
from tests.factories.assignments import make_assignment
from tests.factories.courses import Taught, make_course, make_lesson
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


def lesson_tab(cookie: str, lesson_id: UUID) -> Tab:
    return Tab(cookie, path=f"/learn/lessons/{lesson_id}", route="/learn/lessons/[lesson_id]")


async def second_module(world: World, made: Taught, *rules: RuleDraft) -> tuple[UUID, UUID]:
    """A module with a lesson, behind rules."""
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        module = await outline.add_module(work=work, me=me, course_id=made.course_id, title="Energy")
    lesson_id = await make_lesson(world, made, title="Respiration", module_id=module.id, body="Secret text.")
    await set_rules(world, module.id, *rules)
    return module.id, lesson_id


async def set_rules(world: World, module_id: UUID, *rules: RuleDraft) -> None:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await unlocking.set_rules(work=work, me=me, module_id=module_id, rules=rules)


async def make_assessment(world: World, made: Taught) -> UUID:
    async with unit_of_work(await world.teacher.principal()) as work:
        return (await work.add(Assessment(course_id=made.course_id, title="Quiz", status="published"))).id


async def open_to_student(world: World, lesson_id: UUID) -> list[str]:
    """Why the lesson is closed; empty when it can be read."""
    async with lesson_tab(await world.student.sign_in(), lesson_id) as tab:
        await tab.fire(LessonState.load)
        state = await tab.state(LessonState)
        assert state.loaded
        assert bool(state.blocks) != bool(state.locks)
        return state.locks


async def test_a_module_opens_after_another_one_is_read(world: World) -> None:
    made = await make_course(world)
    first = await make_lesson(world, made)
    _module, second = await second_module(
        world, made, RuleDraft(UnlockKind.MODULE, required_module_id=made.module_id)
    )
    assert await open_to_student(world, second) == ["First read all lessons of “Cells”."]
    cookie = await world.student.sign_in()
    async with Tab(
        cookie, path=f"/learn/courses/{made.course_id}", route="/learn/courses/[course_id]"
    ) as tab:
        await tab.fire(LearnCourseState.load)
        state = await tab.state(LearnCourseState)
        assert [len(one["locks"]) for one in state.modules] == [0, 1]
        assert state.next_id == str(first)
    async with lesson_tab(cookie, second) as tab:
        await tab.fire(LessonState.mark(True))
        await tab.fire(LessonState.reach(str(second), str(second)))
    me = await world.student.principal()
    async with unit_of_work(me) as work:
        assert not (
            await work.session.exec(select(LessonProgress).where(col(LessonProgress.lesson_id) == second))
        ).all()
        with pytest.raises(Forbidden):
            await printing.print_lesson(work=work, me=me, lesson_id=second)
        printed = await printing.print_course(work=work, me=me, course_id=made.course_id)
        assert [(one.closed, len(one.lessons)) for one in printed.modules] == [(False, 1), (True, 0)]
    async with lesson_tab(cookie, first) as tab:
        await tab.fire(LessonState.load)
        assert (await tab.state(LessonState)).lesson["next"] == ""
        await tab.fire(LessonState.mark(True))
    async with Tab(cookie, path="/learn") as tab:
        await tab.fire(LearnHomeState.load)
        steps = [one["title"] for one in (await tab.state(LearnHomeState)).steps if one["kind"] == "lesson"]
        assert steps == ["Respiration"]
    assert await open_to_student(world, second) == []


async def test_a_locked_lesson_is_not_the_next_step(world: World) -> None:
    made = await make_course(world)
    await second_module(world, made, RuleDraft(UnlockKind.DATE, opens_at=utc_now() + timedelta(days=1)))
    async with Tab(await world.student.sign_in(), path="/learn") as tab:
        await tab.fire(LearnHomeState.load)
        assert (await tab.state(LearnHomeState)).steps == []


async def test_a_module_opens_at_its_time(world: World) -> None:
    made = await make_course(world)
    moment = utc_now() + timedelta(days=3)
    _module, lesson_id = await second_module(world, made, RuleDraft(UnlockKind.DATE, opens_at=moment))
    assert (await open_to_student(world, lesson_id))[0].startswith("Opens on ")
    me = await world.student.principal()
    async with unit_of_work(me) as work:
        found = await learning.open_lesson(work=work, me=me, lesson_id=lesson_id, now=moment)
        assert found.locks == []
        assert found.version is not None


async def test_a_module_opens_with_enough_released_points(world: World) -> None:
    made = await make_course(world)
    assessment_id = await make_assessment(world, made)
    _module, lesson_id = await second_module(
        world, made, RuleDraft(UnlockKind.SCORE, assessment_id=assessment_id, percent=60)
    )
    assert (await open_to_student(world, lesson_id))[0].startswith("First reach 60 % in “")
    async with unit_of_work(await world.teacher.principal()) as work:
        grade = await work.add(
            Grade(
                assessment_id=assessment_id,
                user_id=world.student.user_id,
                points=Decimal("5.9"),
                possible=Decimal(10),
            )
        )
    # A grade that is not released tells nothing, not even by opening a door.
    assert "You have" not in (await open_to_student(world, lesson_id))[0]
    await change(world, grade.id, released=True)
    assert "You have 59 %" in (await open_to_student(world, lesson_id))[0]
    await change(world, grade.id, points=Decimal(6))
    assert await open_to_student(world, lesson_id) == []
    await change(world, grade.id, released=False)
    assert await open_to_student(world, lesson_id) != []


async def change(
    world: World, grade_id: UUID, *, points: Decimal | None = None, released: bool | None = None
) -> None:
    async with unit_of_work(await world.teacher.principal()) as work:
        grade = (await work.session.exec(select(Grade).where(col(Grade.id) == grade_id))).one()
        grade.points = points if points is not None else grade.points
        if released is not None:
            grade.released_at = utc_now() + timedelta(minutes=-1 if released else 60)


async def test_what_would_close_modules_for_ever_or_is_foreign_is_refused(world: World) -> None:
    made, other = await make_course(world), await make_course(world)
    module_id, _lesson = await second_module(
        world, made, RuleDraft(UnlockKind.MODULE, required_module_id=made.module_id)
    )
    foreign = await make_assessment(world, other)
    for rule, field in (
        (RuleDraft(UnlockKind.MODULE, required_module_id=module_id), "module"),
        (RuleDraft(UnlockKind.MODULE, required_module_id=made.module_id), "module"),
        (RuleDraft(UnlockKind.MODULE, required_module_id=other.module_id), "module"),
        (RuleDraft(UnlockKind.MODULE), "module"),
        (RuleDraft(UnlockKind.DATE), "date"),
        (RuleDraft(UnlockKind.SCORE, assessment_id=foreign, percent=50), "assessment"),
        (RuleDraft(UnlockKind.SCORE, assessment_id=None, percent=50), "assessment"),
    ):
        with pytest.raises(Invalid) as caught:
            await set_rules(world, made.module_id, rule)
        assert set(caught.value.fields) == {field}
    colleague = await (await world.add_person("colleague", Role.TEACHER)).principal()
    with pytest.raises(NotFound):
        async with unit_of_work(colleague) as work:
            await unlocking.set_rules(work=work, me=colleague, module_id=module_id, rules=[])


async def test_a_teacher_sets_and_reads_the_rules_in_the_dialog(world: World) -> None:
    made = await make_course(world)
    module_id, lesson_id = await second_module(world, made)
    assert await open_to_student(world, lesson_id) == []
    async with Tab(
        await world.teacher.sign_in(),
        path=f"/teach/courses/{made.course_id}",
        route="/teach/courses/[course_id]",
    ) as tab:
        await tab.fire(CourseState.load)
        await tab.fire(UnlockState.open(str(module_id)))
        form = {"module": str(made.module_id), "date": "2099-05-01T08:30", "assessment": "", "percent": ""}
        await tab.fire(UnlockState.save({**form, "percent": "50"}))
        assert set((await tab.state(UnlockState)).errors) == {"assessment"}
        await tab.fire(UnlockState.save({**form, "date": "soon"}))
        assert set((await tab.state(UnlockState)).errors) == {"date"}
        await tab.fire(UnlockState.save(form))
        assert not (await tab.state(UnlockState)).opened
        await tab.fire(CourseState.load)
        rules = (await tab.state(CourseState)).modules[1]["rules"]
        assert rules[0] == "Opens after “Cells” is read"
        assert "2099" in rules[1]
        await tab.fire(UnlockState.open(str(module_id)))
        state = await tab.state(UnlockState)
        assert (state.module, state.date) == (str(made.module_id), "2099-05-01T08:30")
        await tab.fire(UnlockState.save({"module": "", "date": "", "assessment": "", "percent": ""}))
    assert await open_to_student(world, lesson_id) == []


async def test_locked_work_is_refused_at_its_own_address_and_what_has_begun_goes_on(world: World) -> None:
    quiz = await make_quiz(world, "true_false", draft=AssessmentDraft(title="Locked", attempts_allowed=3))
    me, student = quiz.teacher, quiz.student
    async with unit_of_work(me) as work:
        first = await outline.add_module(work=work, me=me, course_id=quiz.course_id, title="Cells")
        second = await outline.add_module(work=work, me=me, course_id=quiz.course_id, title="Energy")
        lesson = await outline.add_lesson(work=work, me=me, module_id=first.id, title="One", body="Text.")
        await publishing.publish(work=work, me=me, lesson_id=lesson.id)
        assessment = await work.session.get(Assessment, quiz.assessment_id)
        assert assessment is not None
        assessment.module_id = second.id
    running = await quiz.start(now=utc_now())
    soon = RuleDraft(UnlockKind.DATE, opens_at=utc_now() + timedelta(days=1))
    await set_rules(world, second.id, RuleDraft(UnlockKind.MODULE, required_module_id=first.id), soon)
    assert (await quiz.start(now=utc_now())).id == running.id, "what has begun goes on"
    await quiz.save(running, "true_false", {"answer": True}, now=utc_now())
    await quiz.submit(running, now=utc_now())
    path, route = f"/learn/assessments/{quiz.assessment_id}", "/learn/assessments/[assessment_id]"
    async with Tab(await world.student.sign_in(), path=path, route=route) as tab:
        await tab.fire(LearnAssessmentState.load)
        state = await tab.state(LearnAssessmentState)
        assert (state.failure, state.may_start) == ("", False)
        assert "First read all lessons of “Cells”. Opens on " in state.reason
        await tab.fire(LearnAssessmentState.start)
        assert not tab.redirects()
        assert "Cells" in (await tab.state(NoticeState)).notices[-1]["text"]
        async with unit_of_work(student) as work:
            await learning.open_lesson(work=work, me=student, lesson_id=lesson.id)
            await learning.mark_lesson(work=work, me=student, lesson_id=lesson.id)
        await set_rules(world, second.id, RuleDraft(UnlockKind.MODULE, required_module_id=first.id))
        with count_statements() as seen:
            await tab.fire(LearnAssessmentState.start)
        assert len(seen) <= 8
        assert len(tab.redirects()) == 1


async def test_a_locked_assignment_says_what_is_missing(world: World) -> None:
    made = await make_course(world)
    handout = await make_assignment(world, taught=made, module_id=made.module_id)
    await set_rules(world, made.module_id, RuleDraft(UnlockKind.DATE, opens_at=utc_now() + timedelta(days=1)))
    path, route = f"/learn/assignments/{handout.assessment_id}", "/learn/assignments/[assessment_id]"
    async with Tab(await world.student.sign_in(), path=path, route=route) as tab:
        await tab.fire(AssignmentState.load)
        state = await tab.state(AssignmentState)
        assert (state.may_start, state.reason[:9]) == (False, "Opens on ")
        await tab.fire(AssignmentState.start)
        assert (await tab.state(AssignmentState)).running_id == ""
