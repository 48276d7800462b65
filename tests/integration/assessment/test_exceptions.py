"""Own dates and supports: whom they reach, and what they do to attempts that run and to work that is in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, exceptions
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.exceptions import AccommodationDraft, OverrideDraft
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.errors import Invalid, NotFound
from eduplatform.security.permissions import Role
from tests.factories.assessment import NOW, Quiz, later, make_quiz
from tests.factories.grading import Desk, make_desk
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
DOUBLE = AccommodationDraft(time_multiplier=Decimal(2), starts_at=later(days=-1), reason="Plan 12")
RIGHT = {"true_false": {"answer": True}}


async def support(quiz: Quiz, draft: AccommodationDraft = DOUBLE) -> None:
    async with unit_of_work(quiz.teacher) as work:
        await exceptions.save_accommodation(
            work=work, me=quiz.teacher, user_id=quiz.student.user, draft=draft
        )


async def override(quiz: Quiz, **changes: object) -> None:
    draft = OverrideDraft(user_id=quiz.student.user, reason="Was ill", **changes)  # type: ignore[arg-type]
    async with unit_of_work(quiz.teacher) as work:
        await exceptions.save_override(
            work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, draft=draft
        )


async def test_a_double_time_student_is_not_cut_off_when_the_window_closes(world: World) -> None:
    quiz = await make_quiz(world, "true_false", draft=EXAM)
    await support(quiz)
    attempt = await quiz.start(now=later(minutes=50))
    assert attempt.deadline_at == later(minutes=50 + 120)
    receipt = await quiz.save(attempt, "true_false", {"answer": True}, now=later(minutes=150))
    assert len(receipt.acknowledged) == 1
    done = await quiz.submit(attempt, now=later(minutes=169))
    assert (done.late_seconds, done.auto_submitted, done.points) == (0, False, Decimal(1))


async def test_a_support_that_comes_while_the_student_works_reaches_the_running_attempt(world: World) -> None:
    quiz = await make_quiz(world, "true_false", draft=EXAM)
    attempt = await quiz.start(now=NOW)
    assert attempt.deadline_at == later(minutes=60)
    await support(quiz)
    assert (await Desk(quiz).reload(attempt.id)).deadline_at == later(minutes=120)
    async with unit_of_work(quiz.teacher) as work:
        _user, rows = await exceptions.accommodations_of(
            work=work, me=quiz.teacher, user_id=quiz.student.user
        )
        await exceptions.remove_accommodation(
            work=work, me=quiz.teacher, user_id=quiz.student.user, accommodation_id=rows[0].id
        )
    assert (await Desk(quiz).reload(attempt.id)).deadline_at == later(minutes=120)


async def test_an_extension_after_the_fact_takes_the_penalty_away(world: World) -> None:
    draft = AssessmentDraft(title="Essay", due_at=later(hours=1), late_percent_per_day=50, attempts_allowed=3)
    desk = await make_desk(world, "true_false", draft=draft)
    await desk.hand_in(desk.quiz.student, RIGHT, now=later(hours=5))
    before = await desk.grade(desk.quiz.student)
    assert before is not None
    assert (before.points, before.status) == (Decimal("0.50"), "late")
    await override(desk.quiz, due_at=later(hours=6))
    after = await desk.grade(desk.quiz.student)
    assert after is not None
    assert (after.points, after.status) == (Decimal("1.00"), "graded")
    events = await desk.events(desk.quiz.student)
    assert (events[-1].kind, events[-1].reason) == ("recalculated", "Was ill")


async def test_a_class_has_its_own_window_and_one_more_attempt(world: World) -> None:
    quiz = await make_quiz(world, "true_false", draft=EXAM)
    async with unit_of_work(quiz.teacher) as work:
        await exceptions.save_override(
            work=work,
            me=quiz.teacher,
            assessment_id=quiz.assessment_id,
            draft=OverrideDraft(
                section_id=quiz.section_id,
                due_at=later(days=1),
                closes_at=later(days=1),
                attempts_allowed=2,
                reason="Trip",
            ),
        )
    async with unit_of_work(quiz.student) as work:
        found = await attempts.overview(
            work=work, me=quiz.student, assessment_id=quiz.assessment_id, now=later(hours=2)
        )
    assert found.start.allowed
    assert (found.policy.closes_at, found.policy.attempts_allowed) == (later(days=1), 2)
    async with unit_of_work(quiz.teacher) as work:
        shown = await exceptions.exceptions_of(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)
    assert [(one.student.user_id, one.reasons) for one in shown.own_rules] == [(quiz.student.user, ("Trip",))]


async def test_rules_of_many_cost_one_statement(world: World) -> None:
    desk = await make_desk(world, "true_false")
    people = [desk.quiz.student, *[await desk.add_student(f"more-{n}") for n in range(3)]]
    await support(desk.quiz)
    async with unit_of_work(desk.teacher) as work:
        assessment = await work.session.get(Assessment, desk.assessment_id)
        assert assessment is not None
        with count_statements() as seen:
            found = await policies_for(
                work=work, assessments=[assessment], students=[one.user for one in people]
            )
    assert (len(found), len(seen)) == (4, 1)


async def test_only_those_who_teach_the_student_and_the_administration_give_support(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    quiz = await make_quiz(world, "true_false", draft=EXAM)
    stranger = await (await world.add_person("stranger", Role.TEACHER)).principal()
    outsider = await (await new_world()).teacher.principal()
    for me in (stranger, outsider):
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await exceptions.save_accommodation(work=work, me=me, user_id=quiz.student.user, draft=DOUBLE)
    admin = await world.admin.principal()
    async with unit_of_work(admin) as work:
        await exceptions.save_accommodation(work=work, me=admin, user_id=quiz.student.user, draft=DOUBLE)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (AccommodationDraft(time_multiplier=Decimal("0.5"), reason="x"), "time_multiplier"),
        (AccommodationDraft(time_multiplier=Decimal("NaN"), reason="x"), "time_multiplier"),
        (AccommodationDraft(reason="x"), "time_multiplier"),
        (AccommodationDraft(extra_attempts=-1, reason="x"), "extra_attempts"),
        (AccommodationDraft(due_shift_hours=24, reason="x"), "due_shift_hours"),
        (AccommodationDraft(extra_attempts=1, reason=" "), "reason"),
        (
            AccommodationDraft(extra_attempts=1, starts_at=NOW, ends_at=NOW - timedelta(days=1), reason="x"),
            "ends_at",
        ),
    ],
)
async def test_a_support_only_helps(world: World, draft: AccommodationDraft, field: str) -> None:
    quiz = await make_quiz(world, "true_false", draft=EXAM)
    with pytest.raises(Invalid) as error:
        await support(quiz, draft)
    assert field in error.value.fields


async def test_an_override_needs_something_different_and_a_target(world: World) -> None:
    quiz = await make_quiz(world, "true_false", draft=EXAM)
    for draft, field in (
        (OverrideDraft(user_id=quiz.student.user, reason="x"), "due_at"),
        (OverrideDraft(due_at=later(days=1), reason="x"), "target"),
        (OverrideDraft(user_id=quiz.student.user, due_at=later(days=1)), "reason"),
    ):
        with pytest.raises(Invalid) as error:
            async with unit_of_work(quiz.teacher) as work:
                await exceptions.save_override(
                    work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, draft=draft
                )
        assert field in error.value.fields
