"""Watching a class at work, giving time, ending: what a teacher sees and what the student's clock does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, exceptions, extensions, monitor
from eduplatform.domain.assessment.exceptions import AccommodationDraft
from eduplatform.domain.assessment.extension_models import TimeExtension
from eduplatform.domain.assessment.extensions import ExtensionDraft
from eduplatform.domain.assessment.models import Attempt, AttemptState
from eduplatform.domain.assessment.monitor import Standing, standing_of
from eduplatform.domain.assessment.monitor_repository import Sorting
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.domain.classroom import presence
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from tests.factories.assessment import NOW, Quiz, later, make_quiz
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio

EXAM = AssessmentDraft(
    title="Exam",
    kind="exam",
    opens_at=NOW,
    due_at=later(hours=1),
    closes_at=later(hours=1),
    time_limit_minutes=60,
    attempts_allowed=1,
)


async def classmate(quiz: Quiz, key: str) -> Principal:
    person = await quiz.world.add_person(key, Role.STUDENT)
    async with unit_of_work(quiz.teacher) as work:
        await work.add(
            Enrollment(section_id=quiz.section_id, user_id=person.user_id, role=EnrollmentRole.STUDENT)
        )
    return await person.principal()


async def watch(quiz: Quiz, *, now=NOW, me: Principal | None = None, **more: object) -> monitor.Watched:
    me = me or quiz.teacher
    async with unit_of_work(me) as work:
        return await monitor.watch(work=work, me=me, assessment_id=quiz.assessment_id, now=now, **more)  # type: ignore[arg-type]


async def extend(
    quiz: Quiz, minutes: int = 10, *, request_id: UUID | None = None, now=NOW, me=None, **more: object
) -> int:
    me = me or quiz.teacher
    draft = ExtensionDraft(minutes=minutes, reason="Fire alarm", request_id=request_id or uuid4(), **more)  # type: ignore[arg-type]
    async with unit_of_work(me) as work:
        return await extensions.extend(
            work=work, me=me, assessment_id=quiz.assessment_id, draft=draft, now=now
        )


async def reload(quiz: Quiz, attempt: Attempt) -> Attempt:
    async with unit_of_work(quiz.teacher) as work:
        return (await work.session.exec(select(Attempt).where(col(Attempt.id) == attempt.id))).one()


async def sit(quiz: Quiz, attempt: Attempt, *, now=NOW) -> None:
    async with unit_of_work(quiz.student) as work:
        await monitor.sit(work=work, me=quiz.student, attempt_id=attempt.id, now=now)


async def test_the_monitor_says_who_has_begun_how_far_they_are_and_who_is_lost(world: World) -> None:
    quiz = await make_quiz(world, "true_false", "short_text")
    await classmate(quiz, "idle")
    attempt = await quiz.start()
    await sit(quiz, attempt)
    await quiz.save(attempt, "true_false", {"answer": True})
    await quiz.save(attempt, "short_text", {"text": ""})

    found = await watch(quiz)
    assert (found.tally.students, found.tally.working, found.tally.not_started) == (2, 1, 1)
    mine, idle = found.rows
    assert (mine.user_id, mine.answered, mine.questions) == (quiz.student.user, 1, 2)
    assert (standing_of(mine, NOW), standing_of(idle, NOW)) == (Standing.WORKING, Standing.NOT_STARTED)

    # The page is closed: after two missed beats the student counts as lost, and stands first.
    gone = later(seconds=51)
    found = await watch(quiz, now=gone)
    assert (found.tally.lost, standing_of(found.rows[0], gone)) == (1, Standing.LOST)
    assert found.rows[0].seen_at == NOW

    # The page is open and nothing is answered.
    await sit(quiz, attempt, now=later(minutes=6))
    found = await watch(quiz, now=later(minutes=6))
    assert (found.tally.lost, found.tally.quiet) == (0, 1)
    assert standing_of(found.rows[0], later(minutes=6)) is Standing.QUIET

    await quiz.submit(attempt, now=later(minutes=7))
    found = await watch(quiz, now=later(minutes=7), sorting=Sorting.NAME)
    assert (found.tally.handed_in, found.tally.working) == (1, 0)
    assert {standing_of(one, later(minutes=7)) for one in found.rows} == {
        Standing.NOT_STARTED,
        Standing.HANDED_IN,
    }


async def test_the_cost_of_the_monitor_does_not_grow_with_the_class(world: World) -> None:
    quiz = await make_quiz(world, "true_false")

    async def cost() -> int:
        with count_statements() as seen:
            await watch(quiz)
        return len(seen)

    alone = await cost()
    for number in range(4):
        other = await classmate(quiz, f"mate{number}")
        await quiz.start(me=other)
    assert await cost() == alone <= 4


async def test_saving_an_answer_costs_no_statement_for_the_monitor(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    with count_statements() as seen:
        await quiz.save(attempt, "true_false", {"answer": True})
    assert not [one for one in seen if "presence" in one or "publish_events" in one]


async def test_whoever_does_not_want_to_be_seen_is_watched_without_a_connection(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    await sit(quiz, attempt)
    async with unit_of_work(quiz.student) as work:
        await presence.choose(work=work, me=quiz.student, shown=False)
    await sit(quiz, attempt, now=later(minutes=1))
    row = (await watch(quiz, now=later(minutes=3))).rows[0]
    assert (row.seen_at, row.shown, standing_of(row, later(minutes=3))) == (None, False, Standing.WORKING)
    assert (await watch(quiz, now=later(minutes=3))).tally.lost == 0


async def test_more_time_reaches_the_clock_and_is_not_late(world: World) -> None:
    quiz = await make_quiz(world, "true_false", draft=EXAM)
    attempt = await quiz.start()
    assert await extend(quiz, 10, now=later(minutes=30)) == 1
    assert (await reload(quiz, attempt)).deadline_at == later(minutes=70)
    receipt = await quiz.save(attempt, "true_false", {"answer": True}, now=later(minutes=69))
    assert (len(receipt.acknowledged), receipt.deadline_at) == (1, later(minutes=70))
    done = await quiz.submit(attempt, now=later(minutes=69))
    assert (done.state, done.late_seconds, done.points) == (AttemptState.SUBMITTED, 0, Decimal(1))


async def test_double_time_doubles_the_extra_minutes_and_stays_right_afterwards(world: World) -> None:
    quiz = await make_quiz(world, "true_false", draft=EXAM)
    double = AccommodationDraft(time_multiplier=Decimal(2), starts_at=later(days=-1), reason="Plan 12")
    async with unit_of_work(quiz.teacher) as work:
        await exceptions.save_accommodation(
            work=work, me=quiz.teacher, user_id=quiz.student.user, draft=double
        )
    attempt = await quiz.start()
    await extend(quiz, 10)
    assert (await reload(quiz, attempt)).deadline_at == later(minutes=140)
    # Whatever is changed in the supports later, the extra minutes stay.
    async with unit_of_work(quiz.teacher) as work:
        await exceptions.save_accommodation(
            work=work,
            me=quiz.teacher,
            user_id=quiz.student.user,
            draft=AccommodationDraft(time_multiplier=Decimal(3), reason="Plan 13"),
        )
    assert (await reload(quiz, attempt)).deadline_at == later(minutes=200)


async def test_a_double_click_counts_once_and_two_decisions_count_twice(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    request = uuid4()
    assert await asyncio.gather(*(extend(quiz, 5, request_id=request) for _ in range(3))) == [1, 1, 1]
    assert (await reload(quiz, attempt)).deadline_at == later(minutes=35)
    await extend(quiz, 5)
    assert (await reload(quiz, attempt)).extra_minutes == 10
    async with unit_of_work(quiz.teacher) as work:
        rows = (await work.session.exec(select(TimeExtension))).all()
    assert [(one.minutes, one.reason, one.created_by) for one in rows] == [
        (5, "Fire alarm", quiz.teacher.user)
    ] * 2


async def test_time_goes_to_those_who_were_chosen_only(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    other = await classmate(quiz, "mate")
    mine, theirs = await quiz.start(), await quiz.start(me=other)
    assert await extend(quiz, 7, attempt_ids=[theirs.id]) == 1
    assert (await reload(quiz, mine)).extra_minutes == 0
    assert await extend(quiz, 3, section_id=quiz.section_id) == 2
    assert (await reload(quiz, theirs)).deadline_at == later(minutes=40)


async def test_what_is_over_gets_no_time_and_bad_input_changes_nothing(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    with pytest.raises(Invalid):
        await extend(quiz, 0)
    with pytest.raises(Invalid):
        await extend(quiz, 241)
    with pytest.raises(Conflict):
        await extend(quiz, 5, now=later(minutes=30, seconds=5))
    await quiz.submit(attempt, now=later(minutes=1))
    with pytest.raises(Conflict):
        await extend(quiz, 5, now=later(minutes=2))


async def test_ending_takes_what_is_there_and_nothing_afterwards(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    await quiz.save(attempt, "true_false", {"answer": True})
    for _twice in range(2):
        async with unit_of_work(quiz.teacher) as work:
            await extensions.end(
                work=work,
                me=quiz.teacher,
                assessment_id=quiz.assessment_id,
                attempt_id=attempt.id,
                now=later(minutes=5),
            )
    assert (await reload(quiz, attempt)).deadline_at == later(minutes=5)
    # What was on its way still arrives; later nothing does.
    assert (
        await quiz.save(attempt, "true_false", {"answer": True}, base=1, now=later(minutes=5, seconds=9))
    ).acknowledged
    late = await quiz.save(attempt, "true_false", {"answer": False}, base=2, now=later(minutes=6))
    assert late.refused
    async with unit_of_work(quiz.teacher) as work:
        await attempts.close_expired(work=work, assessment_id=quiz.assessment_id, now=later(minutes=6))
    done = await reload(quiz, attempt)
    assert (done.state, done.submitted_at, done.points) == (
        AttemptState.SUBMITTED,
        later(minutes=5),
        Decimal(1),
    )


async def test_only_those_who_teach_the_course_watch_extend_and_end(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    stranger = await (await world.add_person("stranger", Role.TEACHER)).principal()
    for me in (stranger, quiz.student):
        with pytest.raises(NotFound):
            await watch(quiz, me=me)
        with pytest.raises(NotFound):
            await extend(quiz, me=me)
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await extensions.end(
                    work=work, me=me, assessment_id=quiz.assessment_id, attempt_id=attempt.id
                )
    assert (await reload(quiz, attempt)).deadline_at == NOW + timedelta(minutes=30)


async def test_giving_time_to_many_costs_as_much_as_to_one(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    await quiz.start()
    with count_statements() as one:
        await extend(quiz)
    for number in range(3):
        await quiz.start(me=await classmate(quiz, f"mate{number}"))
    with count_statements() as four:
        assert await extend(quiz) == 4
    assert len(one) == len(four) <= 8
