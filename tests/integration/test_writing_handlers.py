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
from eduplatform.state.announcements import AnnouncementState
from eduplatform.state.assignment_builder import AssignmentBuilderState
from eduplatform.state.bank import BankState
from eduplatform.state.bank_filing import BankFilingState
from eduplatform.state.builder import BuilderState
from eduplatform.state.calendar import CalendarState
from eduplatform.state.discussions import DiscussionState
from eduplatform.state.exceptions import ExceptionsState
from eduplatform.state.groups import GroupSetsState, GroupsState
from eduplatform.state.messages import ConversationState, InboxState
from eduplatform.state.objectives import ObjectivesState
from eduplatform.state.regrade import RegradeState
from eduplatform.state.support import SupportState
from tests.factories.assessment import drafts, make_quiz, make_rubric
from tests.factories.assignments import make_assignment, make_groups
from tests.factories.courses import make_course, make_thread
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


async def test_random_questions_and_a_rubric_are_chosen_and_it_is_withdrawn(world: World) -> None:
    quiz = await make_quiz(world, "essay", "numeric", "true_false", published=False)
    rubric = await make_rubric(quiz)
    route = "/teach/assessments/[assessment_id]"
    async with await _open(world.teacher, route, assessment_id=quiz.assessment_id) as tab:
        await tab.fire(BuilderState.load)
        await tab.fire(BuilderState.remove(str(quiz.items["numeric"])))
        await tab.fire(BuilderState.set_rubric(str(quiz.items["essay"]), str(rubric.id)))
        await tab.fire(BuilderState.open_pool(""))
        await tab.fire(BuilderState.save_pool({"source": "", "tag": "", "draw": "1", "points": "2"}))
        state = await tab.state(BuilderState)
        assert ([row["rubric"] for row in state.items], len(state.pools)) == (["Explaining", ""], 1)
        await tab.fire(BuilderState.publish)
        await tab.fire(BuilderState.unpublish)
        await tab.fire(BuilderState.remove_pool((await tab.state(BuilderState)).pools[0]["id"]))
        state = await tab.state(BuilderState)
        assert (state.settings["published"], state.pools, state.questions) == (False, [], 2)
        assert not tab.errors


async def test_a_discussion_is_led(world: World) -> None:
    taught = await make_course(world)
    thread_id = await make_thread(taught, await world.student.principal())
    route = "/courses/[course_id]/discussions/[thread_id]"
    parts = {"course_id": taught.course_id, "thread_id": thread_id}
    async with await _open(world.student, route, **parts) as tab:
        await tab.fire(DiscussionState.load)
        await tab.fire(DiscussionState.reply({"body": "Because of the salt."}))
        answer = (await tab.state(DiscussionState)).posts[0]["id"]
        await tab.fire(DiscussionState.edit(answer))
        await tab.fire(DiscussionState.save_edit({"title": "", "body": "Because of the sugar."}))
        assert "sugar" in (await tab.state(DiscussionState)).posts[0]["html"]
        assert not tab.errors
    async with await _open(world.teacher, route, **parts) as tab:
        await tab.fire(DiscussionState.load)
        await tab.fire(DiscussionState.accept(answer, True))
        assert (await tab.state(DiscussionState)).posts[0]["accepted"]
        await tab.fire(DiscussionState.endorse(answer, True))
        await tab.fire(DiscussionState.show_history(answer))
        await tab.fire(DiscussionState.ask_hide(answer))
        await tab.fire(DiscussionState.hide({"reason": "Not kind to others"}))
        await tab.fire(DiscussionState.show(answer))
        await tab.fire(DiscussionState.lock(True))
        state = await tab.state(DiscussionState)
        assert (state.posts[0]["accepted"], state.locked) == (False, True)
        assert not tab.errors


async def test_objectives_are_kept(world: World) -> None:
    taught = await make_course(world)
    route = "/teach/courses/[course_id]/objectives"
    async with await _open(world.teacher, route, course_id=taught.course_id) as tab:
        await tab.fire(ObjectivesState.load)
        for code in ("B1", "B2"):
            await tab.fire(ObjectivesState.write)
            await tab.fire(ObjectivesState.save({"code": code, "statement": f"Can explain {code}"}))
        first, second = (row["id"] for row in (await tab.state(ObjectivesState)).rows)
        await tab.fire(ObjectivesState.move(second, "up"))
        await tab.fire(ObjectivesState.edit(first))
        await tab.fire(ObjectivesState.save({"code": "B3", "statement": "Can draw a cell"}))
        assert [row["code"] for row in (await tab.state(ObjectivesState)).rows] == ["B2", "B3"]
        await tab.fire(ObjectivesState.remove(first))
        assert [row["code"] for row in (await tab.state(ObjectivesState)).rows] == ["B2"]
        assert not tab.errors


async def test_an_event_is_put_into_the_calendar_and_taken_out(world: World) -> None:
    taught = await make_course(world)
    form = {
        "target": f"course:{taught.course_id}",
        "title": "Excursion",
        "starts_at": _moment(1),
        "ends_at": _moment(1.1),
    }
    async with await _open(world.teacher, "/calendar") as tab:
        await tab.fire(CalendarState.load)
        await tab.fire(CalendarState.open_form)
        await tab.fire(CalendarState.save(form))
        await tab.fire(CalendarState.renew_feed)
        state = await tab.state(CalendarState)
        assert (state.errors, state.editing, bool(state.feed_address)) == ({}, False, True)
        await tab.fire(CalendarState.revoke_feed)
        assert not (await tab.state(CalendarState)).feed_there
        assert not tab.errors


async def test_an_announcement_is_changed_pinned_and_deleted(world: World) -> None:
    taught = await make_course(world)
    route = "/courses/[course_id]/announcements"
    async with await _open(world.teacher, route, course_id=taught.course_id) as tab:
        await tab.fire(AnnouncementState.load)
        await tab.fire(AnnouncementState.open_form)
        await tab.fire(AnnouncementState.save({"title": "Goggles", "body": "Bring them."}))
        key = (await tab.state(AnnouncementState)).rows[0]["id"]
        await tab.fire(AnnouncementState.change(key))
        await tab.fire(AnnouncementState.save({"title": "Goggles, please", "body": "Bring them."}))
        await tab.fire(AnnouncementState.pin(key, True))
        row = (await tab.state(AnnouncementState)).rows[0]
        assert (row["title"], row["pinned"]) == ("Goggles, please", True)
        await tab.fire(AnnouncementState.ask_remove(key))
        await tab.fire(AnnouncementState.remove)
        assert (await tab.state(AnnouncementState)).rows == []
        assert not tab.errors


async def test_a_conversation_is_begun_answered_and_blocked(world: World) -> None:
    await make_course(world)
    async with await _open(world.teacher, "/messages") as tab:
        await tab.fire(InboxState.load)
        await tab.fire(InboxState.open_form)
        await tab.fire(InboxState.begin({"to": str(world.student.user_id), "body": "How is the essay?"}))
        address = tab.redirects()[-1]
        assert not tab.errors
    async with Tab(await world.student.sign_in(), path=address, route="/messages/[conversation_id]") as tab:
        await tab.fire(ConversationState.load)
        await tab.fire(ConversationState.send({"body": "Nearly done."}))
        assert len((await tab.state(ConversationState)).messages) == 2
        await tab.fire(ConversationState.ask_block)
        await tab.fire(ConversationState.block)
        await tab.fire(ConversationState.unblock)
        assert not tab.errors


async def test_banks_and_folders_are_renamed_and_deleted(world: World) -> None:
    quiz = await make_quiz(world, "numeric")
    route = "/teach/courses/[course_id]/bank"
    async with await _open(world.teacher, route, course_id=quiz.course_id) as tab:
        await tab.fire(BankState.load)
        await tab.fire(BankFilingState.open("bank"))
        await tab.fire(BankFilingState.add_bank({"name": "Second"}))
        second = next(
            row["id"] for row in (await tab.state(BankState)).banks if "Second" in str(row.values())
        )
        await tab.fire(BankState.choose_bank(second))
        await tab.fire(BankFilingState.rename_bank({"name": "Spare"}))
        await tab.fire(BankFilingState.add_folder({"name": "Cells"}))
        await tab.fire(BankFilingState.delete_bank)
        state = await tab.state(BankState)
        assert not any("Spare" in str(row.values()) for row in state.banks)
        await tab.fire(BankState.archive(str(quiz.questions["numeric"])))
        assert not tab.errors
