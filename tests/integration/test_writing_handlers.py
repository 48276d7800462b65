"""Changes that a page makes through its handlers, in states and numbers in which they do the most work.

What each of them costs is measured by `tests.budget`, as everywhere; here they are called, and what they did is looked at.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank
from eduplatform.domain.assessment.repository import AttemptRepository
from eduplatform.domain.assessment.schemas import AssessmentDraft, QuestionDraft
from eduplatform.security.permissions import Role
from eduplatform.state.assignment_builder import AssignmentBuilderState
from eduplatform.state.builder import BuilderState
from eduplatform.state.exceptions import ExceptionsState
from eduplatform.state.groups import GroupSetsState, GroupsState
from eduplatform.state.regrade import RegradeState
from eduplatform.state.support import SupportState
from tests.factories.assessment import drafts, make_quiz
from tests.factories.assignments import make_assignment, make_groups
from tests.factories.courses import make_course
from tests.factories.grading import make_desk
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

RIGHT = {"true_false": {"answer": True}}


async def _open(person: Person, route: str, **parts: object) -> Tab:
    path = route
    for name, value in parts.items():
        path = path.replace(f"[{name}]", str(value))
    return Tab(await person.sign_in(), path=path, route=route)


async def _class(world: World, size: int) -> list[Person]:
    return [await world.add_person(f"pupil{number}", Role.STUDENT) for number in range(size)]


def _moment(days: float) -> str:
    return (utc_now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


async def test_groups_are_made_filled_and_changed(world: World) -> None:
    people = await _class(world, 6)
    taught = await make_course(world, students=people)
    async with await _open(
        world.teacher, "/teach/courses/[course_id]/groups", course_id=taught.course_id
    ) as tab:
        await tab.fire(GroupSetsState.load)
        await tab.fire(GroupSetsState.create({"name": "Teams", "section_id": ""}))
        await tab.go(tab.redirects()[-1], "/teach/groups/[set_id]")
        await tab.fire(GroupsState.load)
        await tab.fire(GroupsState.add({"name": "Red"}))
        await tab.fire(GroupsState.add({"name": "Blue"}))
        state = await tab.state(GroupsState)
        red, blue = (row["id"] for row in state.rows)
        await tab.fire(GroupsState.move(str(people[0].user_id), red))
        await tab.fire(GroupsState.drop("person", str(people[0].user_id), blue, ""))
        await tab.fire(GroupsState.rename(blue, "Green"))
        await tab.fire(GroupsState.delete(red))
        state = await tab.state(GroupsState)
        assert [(row["name"], len(row["members"])) for row in state.rows] == [("Green", 1)]
        await tab.fire(GroupsState.check({"text": f"{people[1].email},Green\nnobody@nowhere.test,Green"}))
        state = await tab.state(GroupsState)
        assert [bool(row["problem"]) for row in state.pasted] == [True, False]
        await tab.fire(GroupsState.check({"text": f"{people[1].email},Green\n{people[2].email},Yellow"}))
        await tab.fire(GroupsState.split({"size": "2"}))
        state = await tab.state(GroupsState)
        sizes = {row["name"]: len(row["members"]) for row in state.rows}
        assert (sizes["Green"], sizes["Yellow"], sum(sizes.values())) == (2, 1, 6)
        assert state.unplaced_total == 0
        await tab.fire(GroupsState.delete_set)
        assert tab.redirects()[-1] == f"/teach/courses/{taught.course_id}/groups"
        assert not tab.errors


async def test_a_member_whose_group_has_begun_moves_and_the_draft_stays(world: World) -> None:
    people = await _class(world, 3)
    taught = await make_course(world, students=people)
    set_id, (one, two) = await make_groups(world, taught, people[:2], people[2:])
    handout = await make_assignment(world, taught=taught, group_set_id=set_id)
    await handout.start(await people[0].principal())
    async with await _open(world.teacher, "/teach/groups/[set_id]", set_id=set_id) as tab:
        await tab.fire(GroupsState.load)
        await tab.fire(GroupsState.move(str(people[0].user_id), str(two)))
        state = await tab.state(GroupsState)
        assert {row["id"]: len(row["members"]) for row in state.rows} == {str(one): 1, str(two): 2}
        assert not tab.errors


async def test_an_assignment_is_saved_published_and_moved(world: World) -> None:
    people = await _class(world, 2)
    taught = await make_course(world, students=people)
    set_id, _groups = await make_groups(world, taught, people)
    handout = await make_assignment(world, taught=taught, published=False)
    route = "/teach/assignments/[assessment_id]"
    form: dict[str, Any] = {
        "title": "A letter",
        "instructions": "Write it.",
        "points": "12",
        "group_set_id": str(set_id),
        "due_at": _moment(3),
        "closes_at": _moment(5),
        "attempts_allowed": "2",
        "scoring": "last",
        "text": "true",
    }
    async with await _open(world.teacher, route, assessment_id=handout.assessment_id) as tab:
        await tab.fire(AssignmentBuilderState.load)
        for title in ("A letter", "A letter home"):
            await tab.fire(AssignmentBuilderState.save(form | {"title": title}))
            state = await tab.state(AssignmentBuilderState)
            assert (state.errors, state.settings["title"]) == ({}, title)
        await tab.fire(AssignmentBuilderState.publish)
        assert (await tab.state(AssignmentBuilderState)).settings["published"]
        await handout.start(await people[0].principal(), now=utc_now())
        await tab.fire(AssignmentBuilderState.save(form | {"closes_at": _moment(9)}))
        state = await tab.state(AssignmentBuilderState)
        assert (state.errors, state.started) == ({}, 1)
        assert not tab.errors


async def test_a_published_quiz_gets_other_dates_while_somebody_works(world: World) -> None:
    now = utc_now()
    draft = AssessmentDraft(
        title="Cells",
        time_limit_minutes=60,
        attempts_allowed=2,
        due_at=now + timedelta(minutes=20),
        closes_at=now + timedelta(minutes=30),
    )
    quiz = await make_quiz(world, "true_false", "essay", draft=draft)
    attempt = await quiz.start(now=now)
    route = "/teach/assessments/[assessment_id]"
    async with await _open(world.teacher, route, assessment_id=quiz.assessment_id) as tab:
        await tab.fire(BuilderState.load)
        state = await tab.state(BuilderState)
        await tab.fire(
            BuilderState.save(
                {
                    "title": "Cells",
                    "kind": state.settings["kind"],
                    "scoring": state.settings["scoring"],
                    "attempts_allowed": "2",
                    "time_limit_minutes": "60",
                    "due_at": _moment(2),
                    "closes_at": _moment(3),
                }
            )
        )
        state = await tab.state(BuilderState)
        assert (state.errors, state.settings["version"]) == ({}, 3)
        assert not tab.errors
    async with unit_of_work(quiz.teacher) as work:
        running = await AttemptRepository(work).get(attempt.id)
    assert running.deadline_at == now + timedelta(minutes=60)


async def test_own_dates_and_excuses_are_given_and_taken_back(world: World) -> None:
    desk = await make_desk(
        world, "true_false", "essay", draft=AssessmentDraft(title="Cells", attempts_allowed=2)
    )
    quiz = desk.quiz
    await desk.hand_in(quiz.student, RIGHT)
    route = "/teach/assessments/[assessment_id]/exceptions"
    target = f"section:{quiz.section_id}"
    async with await _open(world.teacher, route, assessment_id=desk.assessment_id) as tab:
        await tab.fire(ExceptionsState.load)
        for reason in ("Was ill", "Was away"):
            await tab.fire(ExceptionsState.edit(""))
            await tab.fire(ExceptionsState.save({"target": target, "due_at": _moment(9), "reason": reason}))
        state = await tab.state(ExceptionsState)
        assert [(row["target"], row["reason"]) for row in state.overrides] == [(target, "Was away")]
        await tab.fire(ExceptionsState.remove(state.overrides[0]["id"]))
        await tab.fire(ExceptionsState.ask_excuse)
        student = str(quiz.student.user)
        await tab.fire(ExceptionsState.excuse({"student": student, "excuse_reason": "Ill all week"}))
        state = await tab.state(ExceptionsState)
        assert (state.overrides, [row["id"] for row in state.excused]) == ([], [student])
        await tab.fire(ExceptionsState.take_back(student))
        assert (await tab.state(ExceptionsState)).excused == []
        assert not tab.errors


async def test_a_support_is_given_and_taken_away(world: World) -> None:
    desk = await make_desk(
        world, "true_false", "essay", draft=AssessmentDraft(title="Cells", attempts_allowed=2)
    )
    student = desk.quiz.student
    await desk.hand_in(student, RIGHT)
    await desk.quiz.start()
    route = "/teach/students/[student_id]/supports"
    async with await _open(world.teacher, route, student_id=student.user) as tab:
        await tab.fire(SupportState.load)
        await tab.fire(SupportState.edit(""))
        await tab.fire(SupportState.save({"time_multiplier": "1.5", "reason": "Plan 12"}))
        state = await tab.state(SupportState)
        assert (state.errors, len(state.rows)) == ({}, 1)
        await tab.fire(SupportState.remove(state.rows[0]["id"]))
        assert (await tab.state(SupportState)).rows == []
        assert not tab.errors


async def test_a_question_is_judged_anew_and_back(world: World) -> None:
    desk = await make_desk(
        world, "true_false", "numeric", draft=AssessmentDraft(title="Cells", attempts_allowed=3)
    )
    other = await desk.add_student("other")
    await desk.hand_in(desk.quiz.student, RIGHT)
    await desk.hand_in(other, {"true_false": {"answer": False}})
    old = drafts()["true_false"]
    async with unit_of_work(desk.teacher) as work:
        await bank.save_question(
            work=work,
            me=desk.teacher,
            question_id=desk.quiz.questions["true_false"],
            draft=QuestionDraft(type=old.type, stem=old.stem, parts={"answer": "false"}),
            version=1,
        )
    route = "/teach/assessments/[assessment_id]/regrade"
    async with await _open(world.teacher, route, assessment_id=desk.assessment_id) as tab:
        await tab.fire(RegradeState.load)
        await tab.fire(RegradeState.choose(str(desk.quiz.items["true_false"])))
        await tab.fire(RegradeState.show("rescore"))
        state = await tab.state(RegradeState)
        assert (state.previewed, len(state.effects)) == (True, 2)
        await tab.fire(RegradeState.apply({"reason": "The key was wrong"}))
        state = await tab.state(RegradeState)
        assert len(state.history) == 1
        assert [(await desk.grade(one)).points for one in (desk.quiz.student, other)] == [
            Decimal(0),
            Decimal(1),
        ]
        await tab.fire(RegradeState.undo(state.history[0]["id"]))
        assert (await tab.state(RegradeState)).history[0]["undone"]
        assert not tab.errors
    assert [(await desk.grade(one)).points for one in (desk.quiz.student, other)] == [Decimal(1), Decimal(0)]
