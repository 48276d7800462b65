"""Random questions, passwords, and what is shown when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, bank, pools, results, service
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.schemas import AssessmentDraft, PoolDraft, QuestionDraft, Slot
from eduplatform.errors import Invalid, RateLimited
from tests.factories.assessment import NOW, Quiz, later, make_quiz
from tests.factories.grading import Desk
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def with_pool(
    world: World, *, questions: int = 6, draw: int = 3, draft: AssessmentDraft | None = None
) -> Quiz:
    """A published quiz of one question for everybody and some random ones of two points each."""
    quiz = await make_quiz(
        world,
        "true_false",
        draft=draft or AssessmentDraft(title="Random", attempts_allowed=0, shuffle=True),
        published=False,
    )
    async with unit_of_work(quiz.teacher) as work:
        for number in range(questions):
            await bank.create_question(
                work=work,
                me=quiz.teacher,
                course_id=quiz.course_id,
                draft=QuestionDraft(type="true_false", stem=f"Statement {number}", parts={"answer": "true"}),
            )
        await pools.save_pool(
            work=work,
            me=quiz.teacher,
            assessment_id=quiz.assessment_id,
            draft=PoolDraft(draw=draw, points=Decimal(2)),
        )
    return quiz


async def publish(quiz: Quiz) -> None:
    async with unit_of_work(quiz.teacher) as work:
        await service.publish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, now=NOW)


async def asked(quiz: Quiz, attempt: Attempt) -> list[str]:
    async with unit_of_work(quiz.student) as work:
        found = await attempts.sitting(work=work, me=quiz.student, attempt_id=attempt.id, now=NOW)
    return [str(one.item_id) for one in found.questions]


async def test_an_attempt_draws_once_and_keeps_what_it_drew(world: World) -> None:
    quiz = await with_pool(world)
    await publish(quiz)
    first = await quiz.start()
    drawn = await asked(quiz, first)
    assert len(set(drawn)) == 4
    assert await asked(quiz, first) == drawn
    await quiz.submit(first)
    assert await asked(quiz, first) == drawn
    others = [await asked(quiz, attempt) for attempt in [await _again(quiz) for _ in range(5)]]
    assert any(set(one) != set(drawn) for one in others)


async def _again(quiz: Quiz) -> Attempt:
    attempt = await quiz.start()
    await quiz.submit(attempt)
    return attempt


async def test_the_points_are_those_of_what_is_drawn(world: World) -> None:
    quiz = await with_pool(world)
    async with unit_of_work(quiz.teacher) as work:
        built = await service.built_assessment(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)
    assert built.assessment.points == Decimal(7)
    assert list(built.available.values()) == [6]


async def test_more_than_there_is_cannot_be_drawn(world: World) -> None:
    quiz = await with_pool(world, questions=2, draw=3)
    with pytest.raises(Invalid) as error:
        await publish(quiz)
    assert "pools" in error.value.fields


async def test_a_withdrawn_assessment_forgets_what_it_held(world: World) -> None:
    quiz = await with_pool(world)
    await publish(quiz)
    async with unit_of_work(quiz.teacher) as work:
        await service.unpublish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)
        await bank.create_question(
            work=work,
            me=quiz.teacher,
            course_id=quiz.course_id,
            draft=QuestionDraft(type="true_false", stem="One more", parts={"answer": "true"}),
        )
    async with unit_of_work(quiz.teacher) as work:
        built = await service.built_assessment(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)
    assert list(built.available.values()) == [7]


@given(st.integers(0, 2**31), st.integers(1, 10), st.integers(1, 10))
def test_a_seed_draws_the_same_in_any_order(seed: int, size: int, draw: int) -> None:
    pool = UUID(int=1)
    slots = [Slot(UUID(int=number + 10), pool, draw) for number in range(size)]
    one, other = pools.drawn(slots, seed), pools.drawn(slots[::-1], seed)
    assert one == other
    assert len(one) == len(set(one)) == min(size, draw)


async def test_a_password_is_asked_and_guessing_is_slowed_down(world: World) -> None:
    quiz = await make_quiz(
        world, "true_false", draft=AssessmentDraft(title="Exam", kind="exam", password="open-sesame")
    )

    async def begin(password: str) -> Attempt:
        async with unit_of_work(quiz.student) as work:
            return await attempts.start(
                work=work, me=quiz.student, assessment_id=quiz.assessment_id, password=password, now=NOW
            )

    for wrong in ("", "open sesame", "OPEN-SESAME"):
        with pytest.raises(Invalid) as error:
            await begin(wrong)
        assert "password" in error.value.fields
    attempt = await begin("open-sesame")
    assert (await begin("")).id == attempt.id
    await quiz.submit(attempt)
    with pytest.raises(RateLimited):
        other = await make_quiz(world, "true_false", draft=AssessmentDraft(title="E", password="1234"))
        for _ in range(8):
            with pytest.raises(Invalid):
                async with unit_of_work(other.student) as work:
                    await attempts.start(
                        work=work,
                        me=other.student,
                        assessment_id=other.assessment_id,
                        password="0000",
                        now=NOW,
                    )


def shown(feedback: str) -> AssessmentDraft:
    return AssessmentDraft(
        title="Exam",
        closes_at=later(hours=2),
        due_at=later(hours=1),
        feedback_submitted=feedback,
        feedback_due=feedback,
        feedback_closed="solutions",
    )


@pytest.mark.parametrize(
    ("feedback", "points", "outcome"),
    [
        ("nothing", None, "withheld"),
        ("points", Decimal(3), "withheld"),
        ("outcomes", Decimal(3), "correct"),
    ],
)
async def test_what_is_shown_before_and_after_closing(
    world: World, feedback: str, points: Decimal | None, outcome: str
) -> None:
    quiz = await make_quiz(world, "numeric", draft=shown(feedback))
    attempt = await quiz.start()
    await quiz.save(attempt, "numeric", {"text": "31337.25 m"})
    await quiz.submit(attempt)

    async def result(minutes: int) -> results.AttemptResult:
        async with unit_of_work(quiz.student) as work:
            return await results.result(
                work=work, me=quiz.student, attempt_id=attempt.id, now=later(minutes=minutes)
            )

    early = await result(5)
    assert (early.points, early.questions[0].outcome) == (points, outcome)
    assert (early.questions[0].solution, early.questions[0].feedback_html) == ((), "")
    late = await result(125)
    assert late.points == Decimal(3)
    assert late.questions[0].solution
    assert "Divide" in late.questions[0].feedback_html
    grade = await Desk(quiz).grade(quiz.student)
    assert grade is not None
    assert grade.released_at == (later(hours=2) if feedback == "nothing" else NOW)


async def test_practice_shows_everything_and_makes_no_grade(world: World) -> None:
    quiz = await make_quiz(
        world,
        "true_false",
        draft=AssessmentDraft(
            title="Try",
            kind="practice",
            attempts_allowed=1,
            feedback_submitted="solutions",
            feedback_due="solutions",
        ),
    )
    for _ in range(3):
        attempt = await quiz.start()
        await quiz.submit(attempt)
    async with unit_of_work(quiz.student) as work:
        found = await results.result(work=work, me=quiz.student, attempt_id=attempt.id, now=NOW)
    assert found.questions[0].solution
    assert found.points == Decimal(0)
    assert await Desk(quiz).grade(quiz.student) is None


async def test_a_later_closing_time_also_moves_what_it_would_have_shown(world: World) -> None:
    closes = utc_now() + timedelta(hours=2)
    draft = AssessmentDraft(
        title="Exam", closes_at=closes, feedback_submitted="nothing", feedback_due="nothing"
    )
    quiz = await make_quiz(world, "true_false", draft=draft)
    await quiz.submit(await quiz.start(now=utc_now()), now=utc_now())
    grade = await Desk(quiz).grade(quiz.student)
    assert grade is not None
    assert grade.released_at == closes
    later_closing = replace(draft, closes_at=closes + timedelta(days=1))
    async with unit_of_work(quiz.teacher) as work:
        await service.save_assessment(
            work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, draft=later_closing, version=2
        )
    grade = await Desk(quiz).grade(quiz.student)
    assert grade is not None
    assert grade.released_at == closes + timedelta(days=1)
