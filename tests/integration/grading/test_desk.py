"""The grading desk, as its page uses it: scoring, conflicts, releasing, and nothing that bleeds to the next student."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from reflex.utils.format import json_dumps
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.domain.grading import comments, release, service
from eduplatform.domain.grading import desk as desks
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading.marks import Marks, ScoredMeanwhile
from eduplatform.domain.grading.models import CriterionScore
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from eduplatform.state.base import NoticeState
from eduplatform.state.grading import GradingQueueState
from eduplatform.state.grading_desk import GradingDeskState
from tests.factories.assessment import later
from tests.factories.grading import Desk, chosen, make_desk, marks_form
from tests.factories.statements import count_statements
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

ESSAY = {"true_false": {"answer": True}, "essay": {"text": "Because cells need energy.\n\n<b>Really</b>"}}
ROUTE = "/teach/grading/[assessment_id]"


async def tab_at(desk: Desk, person: Person, attempt: Attempt | None = None) -> Tab:
    query = f"?attempt={attempt.id}" if attempt is not None else ""
    return Tab(await person.sign_in(), path=f"/teach/grading/{desk.assessment_id}{query}", route=ROUTE)


async def save(desk: Desk, me: Principal, attempt: Attempt, *marks: Marks) -> Attempt:
    async with unit_of_work(me) as work:
        return await marking.save_marks(
            work=work, me=me, attempt_id=attempt.id, version=attempt.version, marks=marks
        )


async def scores_of(desk: Desk, response_id: object) -> set[object]:
    async with unit_of_work(desk.teacher) as work:
        rows = await work.session.exec(
            select(CriterionScore.level_id).where(col(CriterionScore.response_id) == response_id)
        )
        return set(rows.all())


async def test_scoring_by_rubric_and_releasing_makes_the_grade_visible(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    async with await tab_at(desk, world.teacher) as tab:
        await tab.fire(GradingDeskState.load)
        state = await tab.state(GradingDeskState)
        assert state.loaded
        assert (state.graded, state.count) == (0, 1)
        essay = state.answers[0]
        assert (essay["answer"], essay["written"]) == ([], True)
        assert essay["words"] == "5 words"
        await tab.fire(GradingDeskState.release)
        assert (await tab.state(NoticeState)).notices[-1]["kind"] == "warning"
        await tab.fire(GradingDeskState.save(marks_form(desk, attempt, response, 0, 1, comment=" Good. ")))
        state = await tab.state(GradingDeskState)
        assert state.errors == {}
        assert state.conflict == ""
        assert (state.graded, state.head["grade"], state.head["released"]) == (1, "Grade: 5 / 7", False)
        await tab.fire(GradingDeskState.release)
        state = await tab.state(GradingDeskState)
        assert state.head["released"]
        assert [one["what"] for one in state.events] == ["Released", "Scored", "Handed in"]
        assert not tab.errors
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert found.points == Decimal(5)
    assert (await desk.response(attempt.id)).comment == "Good."
    stored = await desk.reload(attempt.id)
    assert (stored.points, stored.needs_grading) == (Decimal(5), False)


async def test_half_a_rubric_is_kept_and_still_waits(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    saved = await save(desk, desk.teacher, attempt, Marks(response_id=response.id, levels=chosen(desk, 0)))
    assert saved.needs_grading
    assert saved.points is None
    assert await scores_of(desk, response.id) == set(chosen(desk, 0).values())
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert found.status == "in_review"


async def test_a_second_grader_gets_a_conflict_with_a_name_and_overwrites_nothing(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    colleague = await desk.add_teacher("ana")
    async with await tab_at(desk, world.teacher) as mine:
        await mine.fire(GradingDeskState.load)
        await save(
            desk,
            colleague,
            attempt,
            Marks(response_id=response.id, levels=chosen(desk, 0, 0), comment="Theirs"),
        )
        # Reading the page again for another reason must not make the old entries look new.
        await mine.fire(GradingDeskState.refresh)
        state = await mine.state(GradingDeskState)
        form = marks_form(desk, attempt, response, 2, 2, comment="Mine")
        form["version"] = str(state.version)
        await mine.fire(GradingDeskState.save(form))
        state = await mine.state(GradingDeskState)
        assert "Ana Test" in state.conflict
        assert (await desk.response(attempt.id)).comment == "Theirs"
        before = state.form_id
        assert ("Theirs", "Mine") in [(one["theirs"], one["mine"]) for one in state.conflicts]
        assert ("Complete (3 points)", "Missing (0 points)") in [
            (one["theirs"], one["mine"]) for one in state.conflicts
        ]
        await mine.fire(GradingDeskState.show_stored(str(attempt.id)))
        state = await mine.state(GradingDeskState)
        assert state.conflict == ""
        assert state.form_id != before
        assert state.answers[0]["comment"] == "Theirs"


async def test_of_two_graders_at_the_same_moment_one_wins(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    colleague = await desk.add_teacher("ana")
    outcomes = await asyncio.gather(
        save(desk, desk.teacher, attempt, Marks(response_id=response.id, levels=chosen(desk, 0, 0))),
        save(desk, colleague, attempt, Marks(response_id=response.id, levels=chosen(desk, 2, 2))),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Attempt", "ScoredMeanwhile"]
    assert len(await desk.events(desk.quiz.student)) == 2


async def test_a_score_never_bleeds_to_the_next_student(world: World) -> None:
    desk = await make_desk(world)
    first = await desk.hand_in(desk.quiz.student, ESSAY)
    other = await desk.add_student("zoe")
    second = await desk.hand_in(other, ESSAY)
    essay, next_essay = await desk.response(first.id), await desk.response(second.id)
    async with await tab_at(desk, world.teacher, first) as tab:
        await tab.fire(GradingDeskState.load)
        criterion = desk.criteria[0]
        level = desk.levels[criterion.id][0]
        await tab.fire(GradingDeskState.choose(str(essay.id), str(criterion.id), str(level.id)))
        state = await tab.state(GradingDeskState)
        assert state.totals[str(essay.id)].startswith("3 / 6")
        form_before, names = state.form_id, {one["response_id"] for one in state.answers}
        await tab.fire(GradingDeskState.show(str(second.id)))
        state = await tab.state(GradingDeskState)
        assert state.attempt_id == str(second.id)
        assert state.form_id != form_before
        assert list(state.totals) == [str(next_essay.id)]
        assert state.totals[str(next_essay.id)].startswith("0 / 6")
        assert not names & {one["response_id"] for one in state.answers}
        assert not any(one["chosen"] for one in state.answers)
        # The form of the first student, sent late for the second one's work.
        stale = marks_form(desk, second, essay, 0, 0, comment="Not yours")
        await tab.fire(GradingDeskState.save(stale))
        assert (await tab.state(NoticeState)).notices[-1]["text"] == "We could not find that"
        assert await scores_of(desk, next_essay.id) == set()
        assert await scores_of(desk, essay.id) == set()
        # Sent for its own work, it is stored there and the second student's work stays in front.
        await tab.fire(GradingDeskState.save(marks_form(desk, first, essay, 0, 0)))
        state = await tab.state(GradingDeskState)
        assert state.attempt_id == str(second.id)
        assert not any(one["chosen"] for one in state.answers)
    assert await scores_of(desk, next_essay.id) == set()
    assert await scores_of(desk, essay.id) == set(chosen(desk, 0, 0).values())


async def test_the_next_work_is_there_before_it_is_asked_for(world: World) -> None:
    desk = await make_desk(world)
    await desk.hand_in(desk.quiz.student, ESSAY)
    await desk.hand_in(await desk.add_student("zoe"), {"essay": {"text": "Zoe wrote this."}})
    async with await tab_at(desk, world.teacher) as tab:
        await tab.fire(GradingDeskState.load)
        state = await tab.state(GradingDeskState)
        target = state.next_id
        with count_statements() as seen:
            state._turn_to(target, desk.teacher)
        assert state.head["student"] == "Zoe Test"
        assert state.answers[0]["words"] == "3 words"
        assert len(seen) == 0


async def test_work_that_a_colleague_scored_while_it_was_fetched_ahead_is_shown_anew(world: World) -> None:
    desk = await make_desk(world)
    await desk.hand_in(desk.quiz.student, ESSAY)
    second = await desk.hand_in(await desk.add_student("zoe"), ESSAY)
    colleague = await desk.add_teacher("ana")
    async with await tab_at(desk, world.teacher) as tab:
        await tab.fire(GradingDeskState.load)
        response = await desk.response(second.id)
        await save(desk, colleague, second, Marks(response_id=response.id, levels=chosen(desk, 1, 1)))
        await tab.fire(GradingDeskState.show(str(second.id)))
        state = await tab.state(GradingDeskState)
        assert state.sheet == 1
        assert state.answers[0]["chosen"] == {
            str(key): str(level) for key, level in chosen(desk, 1, 1).items()
        }


async def test_other_points_need_a_reason_that_stays_in_the_history(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    async with await tab_at(desk, world.teacher) as tab:
        await tab.fire(GradingDeskState.load)
        await tab.fire(GradingDeskState.save(marks_form(desk, attempt, response, 0, 0, points="4.5")))
        state = await tab.state(GradingDeskState)
        assert list(state.errors) == [f"reason-{response.id}"]
        form = marks_form(desk, attempt, response, 0, 0, points="4.5", reason="Copied a sentence")
        await tab.fire(GradingDeskState.save(form))
        state = await tab.state(GradingDeskState)
        assert state.events[0]["reason"] == "Copied a sentence"
        assert state.answers[0]["points"] == "4.5"
    assert (await desk.response(attempt.id)).points == Decimal("4.5")


@pytest.mark.parametrize("points", ["-1", "NaN", "Infinity", "1000", "x", "9" * 300])
async def test_impossible_points_are_refused_next_to_the_field(world: World, points: str) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    async with await tab_at(desk, world.teacher) as tab:
        await tab.fire(GradingDeskState.load)
        form = marks_form(desk, attempt, response, 0, 0, points=points, reason="why")
        await tab.fire(GradingDeskState.save(form))
        assert list((await tab.state(GradingDeskState)).errors) == [f"points-{response.id}"]
        assert not tab.errors
    assert (await desk.response(attempt.id)).points is None


async def test_an_automatic_score_can_be_replaced_and_given_back(world: World) -> None:
    draft = AssessmentDraft(title="Quick", attempts_allowed=1)
    desk = await make_desk(world, "true_false", draft=draft)
    attempt = await desk.hand_in(desk.quiz.student, {"true_false": {"answer": False}})
    response = await desk.response(attempt.id, "true_false")
    generous = Marks(response_id=response.id, points=Decimal(1), reason="The question was unclear")
    attempt = await save(desk, desk.teacher, attempt, generous)
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert (found.points, found.released_at is not None) == (Decimal(1), True)
    await save(desk, desk.teacher, attempt, Marks(response_id=response.id))
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert found.points == Decimal(0)


async def test_levels_of_another_rubric_do_not_exist(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    facts, reasons = desk.criteria
    crossed = {facts.id: desk.levels[reasons.id][0].id}
    with pytest.raises(NotFound):
        await save(desk, desk.teacher, attempt, Marks(response_id=response.id, levels=crossed))


async def test_saving_the_same_again_writes_nothing(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    marks = Marks(response_id=response.id, levels=chosen(desk, 0, 0), comment="Good")
    attempt = await save(desk, desk.teacher, attempt, marks)
    again = await save(desk, desk.teacher, attempt, marks)
    assert again.version == attempt.version
    assert len(await desk.events(desk.quiz.student)) == 2


async def test_releasing_and_taking_back_leave_their_trail(world: World) -> None:
    desk = await make_desk(world)
    me = desk.teacher
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    waiting = await desk.add_student("zoe")
    await desk.hand_in(waiting, ESSAY)
    await save(desk, me, attempt, Marks(response_id=response.id, levels=chosen(desk, 0, 0)))
    async with unit_of_work(me) as work:
        assert (await release.release(work=work, me=me, assessment_id=desk.assessment_id)).count == 1
    async with unit_of_work(me) as work:
        assert (await release.release(work=work, me=me, assessment_id=desk.assessment_id)).count == 0
    unreleased = await desk.grade(waiting)
    assert unreleased is not None
    assert unreleased.released_at is None
    with pytest.raises(Invalid):
        async with unit_of_work(me) as work:
            await release.unrelease(
                work=work,
                me=me,
                assessment_id=desk.assessment_id,
                user_id=desk.quiz.student.user,
                reason="  ",
            )
    async with unit_of_work(me) as work:
        await release.unrelease(
            work=work,
            me=me,
            assessment_id=desk.assessment_id,
            user_id=desk.quiz.student.user,
            reason="Too early",
        )
    events = await desk.events(desk.quiz.student)
    assert [one.kind for one in events] == ["submitted", "scored", "released", "unreleased"]
    assert (events[-1].actor_id, events[-1].reason) == (me.user, "Too early")
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await release.unrelease(
                work=work,
                me=me,
                assessment_id=desk.assessment_id,
                user_id=desk.quiz.student.user,
                reason="Again",
            )


async def test_new_work_that_waits_takes_a_released_grade_back(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    await save(desk, desk.teacher, attempt, Marks(response_id=response.id, levels=chosen(desk, 0, 0)))
    async with unit_of_work(desk.teacher) as work:
        await release.release(work=work, me=desk.teacher, assessment_id=desk.assessment_id)
    await desk.hand_in(desk.quiz.student, ESSAY, now=later(hours=1))
    found = await desk.grade(desk.quiz.student)
    assert found is not None
    assert (found.status, found.released_at) == ("in_review", None)


async def test_excused_missing_and_zero_are_different(world: World) -> None:
    desk = await make_desk(world, "true_false")
    me = desk.teacher
    zero, excused = desk.quiz.student, await desk.add_student("zoe")
    await desk.hand_in(zero, {"true_false": {"answer": False}})
    async with unit_of_work(me) as work:
        await service.excuse(
            work=work, me=me, assessment_id=desk.assessment_id, user_id=excused.user, reason="Ill"
        )
    await desk.hand_in(excused, {"true_false": {"answer": True}})
    grade_of_zero, grade_of_excused = await desk.grade(zero), await desk.grade(excused)
    assert grade_of_zero is not None
    assert grade_of_excused is not None
    assert (grade_of_zero.status, grade_of_zero.points) == ("graded", Decimal(0))
    assert (grade_of_excused.status, grade_of_excused.points) == ("excused", None)
    assert grade_of_excused.released_at is not None
    async with unit_of_work(me) as work:
        back = await service.excuse(
            work=work,
            me=me,
            assessment_id=desk.assessment_id,
            user_id=excused.user,
            reason="Back",
            excused=False,
        )
    assert (back.status, back.points) == ("graded", Decimal(1))


async def test_others_do_not_know_of_the_desk(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    response = await desk.response(attempt.id)
    stranger = await world.add_person("stranger", Role.TEACHER)
    foreign = (await new_world()).teacher
    marks = Marks(response_id=response.id, comment="Hacked")
    for person in (stranger, foreign, world.student, world.admin):
        me = await person.principal()
        with pytest.raises(NotFound):
            await save(desk, me, attempt, marks)
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await desks.open_desk(work=work, me=me, assessment_id=desk.assessment_id)
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await release.release(work=work, me=me, assessment_id=desk.assessment_id)
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await service.excuse(
                    work=work,
                    me=me,
                    assessment_id=desk.assessment_id,
                    user_id=desk.quiz.student.user,
                    reason="x",
                )
    for person in (stranger, foreign):
        async with await tab_at(desk, person) as tab:
            await tab.fire(GradingDeskState.load)
            state = await tab.state(GradingDeskState)
            assert state.failure == "not_found"
            assert not state.answers
    outsider = await (await world.add_person("outsider", Role.STUDENT)).principal()
    with pytest.raises(NotFound):
        async with unit_of_work(desk.teacher) as work:
            await service.excuse(
                work=work,
                me=desk.teacher,
                assessment_id=desk.assessment_id,
                user_id=outsider.user,
                reason="Not in the course",
            )


async def test_anonymous_mode_sends_no_name_to_the_browser(world: World) -> None:
    desk = await make_desk(world)
    await desk.hand_in(desk.quiz.student, ESSAY)
    zoe = await desk.add_student("zoe")
    await desk.hand_in(zoe, ESSAY)
    async with await tab_at(desk, world.teacher) as tab:
        await tab.fire(GradingDeskState.load)
        await tab.fire(GradingDeskState.set_anonymous(True))
        state = await tab.state(GradingDeskState)
        names = [one["name"] for one in state.entries]
        assert all(re.fullmatch("Student [A-Z2-7]{6}", one) for one in names)
        assert state.head["student"] in names
        tab.deltas.clear()
        await tab.fire(GradingDeskState.load)
        await tab.fire(GradingDeskState.show(state.next_id))
        sent = json_dumps(tab.deltas)
        for secret in ("Zoe", str(zoe.user), "Student Test", "9A"):
            assert secret not in sent
        # A name is there again once its grade is visible; the others keep their pseudonyms.
        async with unit_of_work(desk.teacher) as work:
            await service.excuse(
                work=work,
                me=desk.teacher,
                assessment_id=desk.assessment_id,
                user_id=zoe.user,
                reason="Ill",
            )
        await tab.fire(GradingDeskState.load)
        now = [one["name"] for one in (await tab.state(GradingDeskState)).entries]
        assert "Zoe Test" in now
        assert len(set(names) & set(now)) == 1


async def test_the_cost_of_the_desk_does_not_grow(world: World) -> None:
    desk = await make_desk(world)
    costs: list[tuple[int, int, int]] = []
    students = [desk.quiz.student] + [await desk.add_student(f"s{number}") for number in range(4)]
    attempts = [await desk.hand_in(students[0], ESSAY)]
    for wave in (students[1:2], students[2:]):
        attempts += [await desk.hand_in(one, ESSAY) for one in wave]
        async with await tab_at(desk, world.teacher) as tab:
            with count_statements() as load:
                await tab.fire(GradingDeskState.load)
        last = attempts[-1]
        response = await desk.response(last.id)
        with count_statements() as saving:
            await save(desk, desk.teacher, last, Marks(response_id=response.id, levels=chosen(desk, 0, 0)))
        async with unit_of_work(desk.teacher) as work:
            with count_statements() as releasing:
                await release.release(work=work, me=desk.teacher, assessment_id=desk.assessment_id)
        costs.append((len(load), len(saving), len(releasing)))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 8


async def test_the_queue_shows_what_waits_and_what_is_not_released(world: World) -> None:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, ESSAY)
    await desk.hand_in(await desk.add_student("zoe"), ESSAY)
    async with Tab(await world.teacher.sign_in(), path="/teach/grading") as tab:
        with count_statements() as seen:
            await tab.fire(GradingQueueState.load)
        assert len(seen) <= 8
        (row,) = (await tab.state(GradingQueueState)).rows
        assert (row["ungraded"], row["unreleased"], row["section"]) == (2, 0, "9A")
        response = await desk.response(attempt.id)
        await save(desk, desk.teacher, attempt, Marks(response_id=response.id, levels=chosen(desk, 0, 0)))
        await tab.fire(GradingQueueState.refresh)
        (row,) = (await tab.state(GradingQueueState)).rows
        assert (row["ungraded"], row["unreleased"]) == (1, 1)
        await tab.fire(GradingQueueState.choose_late(True))
        assert (await tab.state(GradingQueueState)).rows == []
        await tab.fire(GradingQueueState.choose_course("not-an-id"))
        assert not tab.errors


async def test_the_comment_bank_is_shared_by_the_teachers_of_the_course(world: World) -> None:
    desk = await make_desk(world)
    await desk.hand_in(desk.quiz.student, ESSAY)
    async with await tab_at(desk, world.teacher) as tab:
        await tab.fire(GradingDeskState.load)
        await tab.fire(GradingDeskState.add_comment({"title": "", "text": "x"}))
        assert list((await tab.state(GradingDeskState)).errors) == ["title"]
        await tab.fire(GradingDeskState.add_comment({"title": "Units", "text": "Where are the units?"}))
        (remark,) = (await tab.state(GradingDeskState)).bank
        assert remark["text"] == "Where are the units?"
        stranger = await (await world.add_person("stranger", Role.TEACHER)).principal()
        with pytest.raises(NotFound):
            async with unit_of_work(stranger) as work:
                await comments.delete_comment(work=work, me=stranger, comment_id=desk.assessment_id)
        await tab.fire(GradingDeskState.delete_comment(remark["id"]))
        assert (await tab.state(GradingDeskState)).bank == []
        assert not tab.errors


def test_the_conflict_has_its_own_code() -> None:
    assert ScoredMeanwhile.code == "scored_meanwhile"
    assert ScoredMeanwhile.status == 409
