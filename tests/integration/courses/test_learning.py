"""A student joins with a code, reads, and sees only what is theirs to see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import anyio
import anyio.lowlevel
import pytest
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.models import Assessment, Attempt
from eduplatform.domain.courses import enrolment, learning, publishing, writing
from eduplatform.domain.courses.models import Enrollment, LessonProgress
from eduplatform.domain.grading.models import Grade
from eduplatform.security.permissions import Role
from eduplatform.state.base import NoticeState
from eduplatform.state.courses import TeachHomeState
from eduplatform.state.learning import (
    JoinState,
    LearnCoursesState,
    LearnCourseState,
    LearnHomeState,
)
from eduplatform.state.outline import CourseState
from eduplatform.state.reading import LessonState
from eduplatform.state.roster import RosterState
from tests.factories.courses import Taught, make_course, make_lesson
from tests.factories.statements import count_statements
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


def learn_tab(cookie: str, made: Taught) -> Tab:
    return Tab(cookie, path=f"/learn/courses/{made.course_id}", route="/learn/courses/[course_id]")


def lesson_tab(cookie: str, lesson_id: object) -> Tab:
    return Tab(cookie, path=f"/learn/lessons/{lesson_id}", route="/learn/lessons/[lesson_id]")


async def try_code(person: Person, code: str) -> tuple[str, list[str]]:
    """The message at the field, and where the browser was sent."""
    async with Tab(await person.sign_in(), path="/learn") as tab:
        await tab.fire(JoinState.join({"code": code}))
        return (await tab.state(JoinState)).errors.get("code", ""), tab.redirects()


async def test_a_code_is_taken_however_it_is_typed(world: World) -> None:
    made = await make_course(world, students=[])
    half = f" {made.join_code[:4].lower()} -{made.join_code[4:].lower()} "
    error, redirects = await try_code(world.student, half)
    assert (error, redirects) == ("", [f"/learn/courses/{made.course_id}"])
    error, redirects = await try_code(world.student, made.join_code)
    assert "already" in error
    assert not redirects


async def test_wrong_foreign_and_closed_codes_get_clear_words_and_change_nothing(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    made = await make_course(world, students=[])
    foreign = await make_course(await new_world(), students=[])
    teacher_cookie = await world.teacher.sign_in()
    async with Tab(
        teacher_cookie, path=f"/teach/courses/{made.course_id}", route="/teach/courses/[course_id]"
    ) as tab:
        await tab.fire(CourseState.set_joining(str(made.section_id), False))
    wrong, _ = await try_code(world.student, "BCDF2345")
    elsewhere, _ = await try_code(world.student, foreign.join_code)
    closed, _ = await try_code(world.student, made.join_code)
    assert wrong == elsewhere
    assert "No class has this code" in wrong
    assert "takes nobody" in closed
    for nonsense in ("' or 1=1 --", "\x00\x01", "ÄÖÜ", "x" * 39, "-"):
        error, redirects = await try_code(world.student, nonsense)
        assert error, nonsense
        assert not redirects
    async with unit_of_work(await world.student.principal()) as work:
        assert not (
            await work.session.exec(
                select(Enrollment).where(col(Enrollment.user_id) == world.student.user_id)
            )
        ).all()


async def test_a_renewed_code_replaces_the_old_one(world: World) -> None:
    made = await make_course(world, students=[])
    async with Tab(
        await world.teacher.sign_in(),
        path=f"/teach/courses/{made.course_id}",
        route="/teach/courses/[course_id]",
    ) as tab:
        await tab.fire(CourseState.load)
        await tab.fire(CourseState.ask_renew(str(made.section_id)))
        await tab.fire(CourseState.renew_code())
        code = (await tab.state(CourseState)).sections[0]["code"]
    assert (await try_code(world.student, made.join_code))[0]
    assert (await try_code(world.student, code))[1] == [f"/learn/courses/{made.course_id}"]


async def test_two_sections_of_one_course_cannot_both_be_joined(world: World) -> None:
    made = await make_course(world)
    async with Tab(
        await world.teacher.sign_in(),
        path=f"/teach/courses/{made.course_id}",
        route="/teach/courses/[course_id]",
    ) as tab:
        await tab.fire(CourseState.add_section({"name": "9B"}))
        code = next(one["code"] for one in (await tab.state(CourseState)).sections if one["name"] == "9B")
    error, _ = await try_code(world.student, code)
    assert "another class" in error


async def test_codes_cannot_be_guessed_fast(world: World) -> None:
    made = await make_course(world, students=[])
    pupil = await world.add_person("guesser", Role.STUDENT)
    async with Tab(await pupil.sign_in(), path="/learn") as tab:
        for number in range(enrolment.JOIN_RATE.burst):
            await tab.fire(JoinState.join({"code": f"BCDF{number:04}"}))
        await tab.fire(JoinState.join({"code": made.join_code}))
        assert not tab.redirects()
        assert "wait" in (await tab.state(NoticeState)).notices[-1]["text"]
    assert (await try_code(world.student, made.join_code))[1]


async def test_a_draft_course_can_be_joined_and_stays_hidden(world: World) -> None:
    made = await make_course(world, students=[], published=False, title="Secret plans")
    error, redirects = await try_code(world.student, made.join_code)
    assert (error, redirects) == ("", [])
    cookie = await world.student.sign_in()
    async with learn_tab(cookie, made) as tab:
        await tab.fire(LearnCourseState.load)
        assert (await tab.state(LearnCourseState)).failure == "not_found"
    async with Tab(cookie, path="/learn/courses") as tab:
        await tab.fire(LearnCoursesState.load)
        assert (await tab.state(LearnCoursesState)).courses == []


async def test_a_removed_student_sees_nothing_and_comes_back_with_the_code(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    path = f"/teach/courses/{made.course_id}/people"
    async with Tab(
        await world.teacher.sign_in(), path=path, route="/teach/courses/[course_id]/people"
    ) as tab:
        await tab.fire(RosterState.load)
        row = next(one for one in (await tab.state(RosterState)).rows if not one["teacher"])
        await tab.fire(RosterState.ask_remove(row["id"]))
        await tab.fire(RosterState.remove())
    cookie = await world.student.sign_in()
    async with lesson_tab(cookie, lesson_id) as tab:
        await tab.fire(LessonState.load)
        assert (await tab.state(LessonState)).failure == "not_found"
    assert (await try_code(world.student, made.join_code))[1]
    async with lesson_tab(cookie, lesson_id) as tab:
        await tab.fire(LessonState.load)
        assert (await tab.state(LessonState)).loaded


async def test_drafts_other_courses_and_other_tenants_are_not_found(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    made = await make_course(world)
    open_lesson = await make_lesson(world, made)
    draft = await make_lesson(world, made, title="Draft", published=False)
    outsider = await world.add_person("outsider", Role.STUDENT)
    stranger = (await new_world()).student
    for person, lesson_id in ((world.student, draft), (outsider, open_lesson), (stranger, open_lesson)):
        async with lesson_tab(await person.sign_in(), lesson_id) as tab:
            await tab.fire(LessonState.load)
            await tab.fire(LessonState.mark(True))
            state = await tab.state(LessonState)
            assert (state.failure, state.loaded, state.blocks) == ("not_found", False, [])
    for person in (outsider, stranger):
        async with learn_tab(await person.sign_in(), made) as tab:
            await tab.fire(LearnCourseState.load)
            assert (await tab.state(LearnCourseState)).failure == "not_found"
    async with learn_tab(await world.student.sign_in(), made) as tab:
        await tab.fire(LearnCourseState.load)
        titles = [
            one["title"]
            for module in (await tab.state(LearnCourseState)).modules
            for one in module["lessons"]
        ]
        assert titles == ["Building blocks"]
    async with unit_of_work(await world.teacher.principal()) as work:
        assert not (await work.session.exec(select(LessonProgress))).all()


async def test_reading_is_recorded_and_leads_on(world: World) -> None:
    made = await make_course(world)
    first = await make_lesson(world, made, title="One")
    second = await make_lesson(world, made, title="Two")
    cookie = await world.student.sign_in()
    async with lesson_tab(cookie, first) as tab:
        await tab.fire(LessonState.load)
        state = await tab.state(LessonState)
        assert (state.lesson["previous"], state.lesson["next"], state.lesson["read"]) == (
            "",
            str(second),
            False,
        )
        assert "<h2" in state.blocks[0]["html"]
        await tab.fire(LessonState.mark(True))
        assert (await tab.state(LessonState)).lesson["read"]
        assert (await tab.state(LessonState)).read_count == 1
    async with Tab(cookie, path="/learn") as tab:
        await tab.fire(LearnHomeState.load)
        state = await tab.state(LearnHomeState)
        assert [one["title"] for one in state.steps] == ["Two"]
        assert (state.courses[0]["read"], state.courses[0]["lessons"]) == (1, 2)
    async with lesson_tab(cookie, first) as tab:
        await tab.fire(LessonState.load)
        await tab.fire(LessonState.mark(False))
        assert not (await tab.state(LessonState)).lesson["read"]
    async with unit_of_work(await world.student.principal()) as work:
        assert len((await work.session.exec(select(LessonProgress))).all()) == 1


async def test_two_tabs_that_open_a_lesson_at_once_both_show_it(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    me = await world.student.principal()
    opened: list[str] = []

    async def open_in_second() -> None:
        async with unit_of_work(me) as second:
            opened.append((await learning.open_lesson(work=second, me=me, lesson_id=lesson_id)).lesson.title)

    with count_statements() as seen, anyio.fail_after(10):
        async with anyio.create_task_group() as group, unit_of_work(me) as first:
            opened.append((await learning.open_lesson(work=first, me=me, lesson_id=lesson_id)).lesson.title)
            group.start_soon(open_in_second)
            # The second waits at its insert until the first has committed.
            while sum(one.startswith("INSERT INTO lesson_progress") for one in seen) < 2:
                await anyio.lowlevel.checkpoint()
    assert opened == ["Building blocks"] * 2
    async with unit_of_work(me) as work:
        assert len((await work.session.exec(select(LessonProgress))).all()) == 1


async def add_assessment(world: World, made: Taught, title: str, **changes: object) -> Assessment:
    async with unit_of_work(await world.teacher.principal()) as work:
        values: dict[str, object] = {"status": "published", "due_at": utc_now() + timedelta(days=1)}
        return await work.add(Assessment(course_id=made.course_id, title=title, **(values | changes)))


async def add_attempt(world: World, assessment: Assessment, state: str, **changes: object) -> None:
    async with unit_of_work(await world.teacher.principal()) as work:
        await work.add(
            Attempt(
                assessment_id=assessment.id,
                user_id=world.student.user_id,
                number=1,
                state=state,
                seed=1,
                started_at=utc_now(),
                **changes,
            )
        )


async def test_home_puts_what_presses_first_and_says_why(world: World) -> None:
    made = await make_course(world)
    hidden = await make_course(world, students=[], title="Not mine")
    await make_lesson(world, made, title="Lesson one")
    soon = utc_now() + timedelta(minutes=20)
    running = await add_assessment(world, made, "Running quiz")
    await add_attempt(world, running, "in_progress", deadline_at=soon)
    await add_assessment(world, made, "Due quiz")
    await add_assessment(world, made, "Draft quiz", status="draft")
    await add_assessment(world, made, "Later quiz", opens_at=utc_now() + timedelta(hours=3))
    await add_assessment(world, hidden, "Foreign quiz")
    done = await add_assessment(world, made, "Done quiz")
    await add_attempt(world, done, "submitted", needs_grading=True)
    async with unit_of_work(await world.teacher.principal()) as work:
        await work.add(
            Grade(
                assessment_id=done.id, user_id=world.student.user_id, points=Decimal(7), possible=Decimal(10)
            )
        )
    async with Tab(await world.student.sign_in(), path="/learn") as tab:
        await tab.fire(LearnHomeState.load)
        kinds = [(one["kind"], one["title"]) for one in (await tab.state(LearnHomeState)).steps]
        # A grade that is not released does not exist for the student.
        assert kinds == [("running", "Running quiz"), ("due", "Due quiz"), ("lesson", "Lesson one")]
        async with unit_of_work(await world.teacher.principal()) as work:
            grade = (await work.session.exec(select(Grade))).one()
            grade.released_at = utc_now()
        await tab.fire(LearnHomeState.refresh)
        step = next(one for one in (await tab.state(LearnHomeState)).steps if one["kind"] == "grade")
        assert (step["title"], step["why"]) == ("Done quiz", "Your grade is there: 7 / 10.")
    async with Tab(await world.teacher.sign_in(), path="/teach") as tab:
        await tab.fire(TeachHomeState.load)
        state = await tab.state(TeachHomeState)
        assert state.to_grade == 1
        assert {one["title"] for one in state.due} == {
            "Running quiz",
            "Due quiz",
            "Later quiz",
            "Foreign quiz",
            "Done quiz",
        }
        assert next(one for one in state.due if one["title"] == "Done quiz")["handed_in"] == 1


async def test_costs_do_not_grow_with_rows(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    await add_assessment(world, made, "Quiz")
    cookie = await world.student.sign_in()

    async def costs() -> list[int]:
        found: list[int] = []
        for tab, state in (
            (Tab(cookie, path="/learn"), LearnHomeState),
            (Tab(cookie, path="/learn/courses"), LearnCoursesState),
            (learn_tab(cookie, made), LearnCourseState),
            (lesson_tab(cookie, lesson_id), LessonState),
        ):
            async with tab:
                with count_statements() as seen:
                    await tab.fire(state.load)
                assert (await tab.state(state)).loaded
                found.append(len(seen))
        return found

    first = await costs()
    before = await costs()
    for number in range(4):
        await make_lesson(world, made, title=f"Lesson {number}")
        await make_lesson(world, await make_course(world, title=f"Course {number}"))
        await add_assessment(world, made, f"Quiz {number}")
    assert await costs() == before
    assert max(first + before) <= 8


async def test_a_reader_goes_on_at_the_block_where_they_stopped(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, published=False)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        draft = await writing.read_draft(work=work, me=me, lesson_id=lesson_id)
        await writing.duplicate_block(work=work, me=me, block_id=draft.blocks[0].id)
    async with unit_of_work(me) as work:
        await publishing.publish(work=work, me=me, lesson_id=lesson_id)
    cookie = await world.student.sign_in()
    async with lesson_tab(cookie, lesson_id) as tab:
        await tab.fire(LessonState.load)
        state = await tab.state(LessonState)
        blocks = [one["id"] for one in state.blocks]
        assert (len(blocks), state.place) == (2, "")
        await tab.fire(LessonState.reach(str(lesson_id), blocks[1]))
    async with lesson_tab(cookie, lesson_id) as tab:
        await tab.fire(LessonState.load)
        assert (await tab.state(LessonState)).place == blocks[1]
        await tab.fire(LessonState.reach(str(lesson_id), blocks[0]))
        await tab.fire(LessonState.load)
        assert (await tab.state(LessonState)).place == ""  # the beginning needs no link
