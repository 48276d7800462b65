"""Sittings: beginning, saving, handing in and scoring, as a student and a cheat would try them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts
from eduplatform.domain.assessment.attempts import CannotStart
from eduplatform.domain.assessment.models import AnswerOperation, Attempt, AttemptState, QuestionVersion
from eduplatform.domain.assessment.schemas import AssessmentDraft, Operation
from eduplatform.domain.assessment.types.order import new_id
from eduplatform.errors import Invalid, NotFound
from eduplatform.security.permissions import Role
from tests.factories.assessment import NOW, Quiz, later, make_quiz
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def _attempts(quiz: Quiz) -> list[Attempt]:
    async with unit_of_work(quiz.student) as work:
        rows = await work.session.exec(
            select(Attempt)
            .where(col(Attempt.assessment_id) == quiz.assessment_id)
            .order_by(col(Attempt.number))
        )
        return list(rows.all())


async def test_right_answers_are_scored_on_the_server_and_the_essay_waits(world: World) -> None:
    quiz = await make_quiz(world)
    attempt = await quiz.start()
    await quiz.save(attempt, "single_choice", {"choice": await quiz.option("single_choice", "Mitochondrion")})
    wall, wrong = [await quiz.option("multiple_choice", text) for text in ("Cell wall", "Mitochondrion")]
    await quiz.save(attempt, "multiple_choice", {"choices": [wall, wrong]})
    await quiz.save(attempt, "true_false", {"answer": False})
    await quiz.save(attempt, "numeric", {"text": "31,337.0 m"})
    await quiz.save(attempt, "short_text", {"text": " KEYSECRET-beta "})
    await quiz.save(attempt, "essay", {"text": "Because cells need energy to live."})
    gaps = {"1": "Keysecret-GAP", "2": "27182,75", "3": new_id("red", ())}
    await quiz.save(attempt, "cloze", {"gaps": gaps})
    leaf, root, light = (new_id(text, ()) for text in ("Leaf", "Root", "Light"))
    await quiz.save(attempt, "matching", {"pairs": {leaf: light, root: light}})
    order = [new_id(text, ()) for text in ("Seed", "Sprout", "Tree")]
    await quiz.save(attempt, "ordering", {"order": order})
    done = await quiz.submit(attempt, now=later(minutes=5))
    found = await quiz.responses(attempt)
    assert {kind: (one.outcome, one.points) for kind, one in found.items()} == {
        "single_choice": ("correct", Decimal(1)),
        "multiple_choice": ("incorrect", Decimal(0)),
        "true_false": ("incorrect", Decimal(0)),
        "numeric": ("correct", Decimal(3)),
        "short_text": ("correct", Decimal(1)),
        "cloze": ("partly", Decimal(2)),
        "matching": ("partly", Decimal(1)),
        "ordering": ("correct", Decimal(2)),
        "essay": ("needs_review", None),
        "file_upload": ("blank", Decimal(0)),
    }
    assert (done.state, done.needs_grading, done.points) == (AttemptState.SUBMITTED, True, None)
    assert done.submitted_at == later(minutes=5)


async def test_points_are_there_at_once_when_nothing_waits(world: World) -> None:
    quiz = await make_quiz(world, "true_false", "short_text")
    attempt = await quiz.start()
    await quiz.save(attempt, "true_false", {"answer": True})
    done = await quiz.submit(attempt)
    assert (done.points, done.needs_grading) == (Decimal(1), False)
    assert (await quiz.responses(attempt))["short_text"].outcome == "blank"


async def test_parallel_starts_give_one_attempt(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    begun = await asyncio.gather(*(quiz.start() for _ in range(5)))
    assert len({one.id for one in begun}) == 1
    assert len(await _attempts(quiz)) == 1


async def test_handing_in_twice_at_once_scores_once(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    both = await asyncio.gather(
        quiz.submit(attempt, now=later(minutes=1)), quiz.submit(attempt, now=later(minutes=2))
    )
    again = await quiz.submit(attempt, now=later(minutes=9))
    assert len({one.submitted_at for one in (*both, again)}) == 1
    assert again.version == 2


async def test_replayed_operation_is_acknowledged_and_changes_nothing(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt, operation = await quiz.start(), uuid4()
    first = await quiz.save(attempt, "short_text", {"text": "one"}, operation_id=operation)
    await quiz.save(attempt, "short_text", {"text": "two"}, base=1)
    replay = await quiz.save(attempt, "short_text", {"text": "one"}, operation_id=operation)
    assert [(one.operation_id, one.version) for one in replay.acknowledged] == [(operation, 1)]
    assert first.acknowledged == replay.acknowledged
    assert (await quiz.responses(attempt))["short_text"].answer == {"text": "two"}


async def test_replay_after_the_end_is_still_acknowledged(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt, operation = await quiz.start(), uuid4()
    await quiz.save(attempt, "short_text", {"text": "one"}, operation_id=operation)
    await quiz.submit(attempt)
    replay = await quiz.save(
        attempt, "short_text", {"text": "one"}, operation_id=operation, now=later(hours=2)
    )
    assert [one.version for one in replay.acknowledged] == [1]
    assert not replay.refused


async def test_stale_second_tab_gets_a_conflict_and_overwrites_nothing(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    await quiz.save(attempt, "short_text", {"text": "from one"}, writer="tab-1")
    stale = await quiz.save(attempt, "short_text", {"text": "from two"}, writer="tab-2")
    assert [(one.version, one.answer) for one in stale.conflicts] == [(1, {"text": "from one"})]
    assert not stale.acknowledged
    assert (await quiz.responses(attempt))["short_text"].answer == {"text": "from one"}
    chosen = await quiz.save(attempt, "short_text", {"text": "from two"}, writer="tab-2", base=1)
    assert [one.version for one in chosen.acknowledged] == [2]


async def test_two_tabs_that_write_at_the_same_moment(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    receipts = await asyncio.gather(
        *(quiz.save(attempt, "short_text", {"text": f"tab {n}"}, writer=f"tab-{n}") for n in range(4))
    )
    assert sorted(len(one.acknowledged) for one in receipts) == [0, 0, 0, 1]
    assert sum(len(one.conflicts) for one in receipts) == 3


async def test_answers_are_received_until_the_grace_ends_and_not_after(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    in_time = await quiz.save(attempt, "short_text", {"text": "a"}, now=later(minutes=30, seconds=30))
    assert in_time.acknowledged
    too_late = await quiz.save(
        attempt, "short_text", {"text": "b"}, base=1, now=later(minutes=30, seconds=31)
    )
    assert too_late.refused
    assert not too_late.acknowledged
    assert (await quiz.responses(attempt))["short_text"].answer == {"text": "a"}


async def test_reading_an_expired_attempt_hands_it_in_as_of_its_deadline(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    await quiz.save(attempt, "short_text", {"text": "keysecret-alpha"})
    async with unit_of_work(quiz.student) as work:
        found = await attempts.sitting(work=work, me=quiz.student, attempt_id=attempt.id, now=later(days=3))
    assert found.attempt.state == AttemptState.SUBMITTED
    assert found.attempt.submitted_at == later(minutes=30)
    assert (found.attempt.auto_submitted, found.attempt.points) == (True, Decimal(1))


async def test_closing_reaches_only_what_is_over_and_is_harmless_twice_at_once(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    await quiz.start()

    async def close(**ago: float) -> int:
        async with unit_of_work(quiz.teacher) as work:
            return await attempts.close_expired(work=work, assessment_id=quiz.assessment_id, now=later(**ago))

    assert await close(minutes=30, seconds=29) == 0
    assert sum(await asyncio.gather(close(minutes=31), close(minutes=31))) == 1


async def test_handing_in_within_the_grace_counts_as_on_the_deadline(world: World) -> None:
    draft = AssessmentDraft(title="Q", time_limit_minutes=30, due_at=later(minutes=30))
    quiz = await make_quiz(world, "true_false", draft=draft)
    done = await quiz.submit(await quiz.start(), now=later(minutes=30, seconds=20))
    assert (done.submitted_at, done.late_seconds, done.auto_submitted) == (later(minutes=30), 0, False)


async def test_lateness_is_measured_by_the_server(world: World) -> None:
    draft = AssessmentDraft(title="Q", due_at=later(hours=1), late_percent_per_day=10)
    quiz = await make_quiz(world, "true_false", draft=draft)
    done = await quiz.submit(await quiz.start(), now=later(hours=1, seconds=90))
    assert done.late_seconds == 90


async def test_nothing_starts_before_opening_after_closing_or_beyond_the_attempts(world: World) -> None:
    draft = AssessmentDraft(title="Q", opens_at=NOW, closes_at=later(hours=2), attempts_allowed=1)
    quiz = await make_quiz(world, "true_false", draft=draft)
    with pytest.raises(CannotStart, match="not open yet"):
        await quiz.start(now=NOW - timedelta(seconds=1))
    with pytest.raises(CannotStart, match="closed"):
        await quiz.start(now=later(hours=2))
    attempt = await quiz.start()
    assert (await quiz.start(now=later(minutes=1))).id == attempt.id
    await quiz.submit(attempt)
    with pytest.raises(CannotStart, match="used all attempts"):
        await quiz.start()
    assert len(await _attempts(quiz)) == 1


async def test_closing_time_ends_a_running_attempt(world: World) -> None:
    draft = AssessmentDraft(title="Q", time_limit_minutes=30, closes_at=later(minutes=10))
    quiz = await make_quiz(world, "true_false", draft=draft)
    assert (await quiz.start()).deadline_at == later(minutes=10)


async def test_expired_attempt_counts_and_the_next_start_begins_another(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    first = await quiz.start()
    second = await quiz.start(now=later(hours=1))
    assert (first.number, second.number) == (1, 2)
    assert [one.state for one in await _attempts(quiz)] == [AttemptState.SUBMITTED, AttemptState.IN_PROGRESS]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("single_choice", {"choice": ["a", "b"]}),
        ("single_choice", {"choice": "a", "score": 1}),
        ("single_choice", {"choice": "a", "points": 99}),
        ("multiple_choice", {"choices": "all"}),
        ("multiple_choice", {"choices": ["'; drop table response; --"]}),
        ("true_false", {"answer": "true"}),
        ("numeric", {"text": 5}),
        ("numeric", {"text": "1" * 5000}),
        ("short_text", {"text": None}),
        ("essay", {"text": "x" * 1_000_000}),
        ("essay", "text"),
        ("essay", None),
        ("essay", [[[[]]]]),
    ],
)
async def test_malformed_answer_is_refused_by_operation_and_nothing_of_the_delivery_is_stored(
    world: World, kind: str, answer: object
) -> None:
    quiz = await make_quiz(world, *{kind: 0, "short_text": 0})
    attempt = await quiz.start()
    good, bad = (
        Operation(operation_id=uuid4(), item_id=quiz.items[item], base_version=0, answer=value, writer="t")
        for item, value in (("short_text", {"text": "kept?"}), (kind, answer))
    )
    with pytest.raises(Invalid) as refused:
        async with unit_of_work(quiz.student) as work:
            await attempts.save_answers(
                work=work, me=quiz.student, attempt_id=attempt.id, operations=[good, bad], now=NOW
            )
    assert list(refused.value.fields) == [str(bad.operation_id)]
    assert {one.version for one in (await quiz.responses(attempt)).values()} == {0}


async def test_control_characters_are_taken_out(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    attempt = await quiz.start()
    await quiz.save(attempt, "essay", {"text": "line\x00 one\x1b[31m\nline\u202e two"})
    assert (await quiz.responses(attempt))["essay"].answer == {"text": "line one[31m\nline two"}


async def test_others_do_not_know_of_the_attempt(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    classmate = await (await world.add_person("classmate", Role.STUDENT)).principal()
    for me in (classmate, quiz.teacher):
        for call in (
            lambda work, me=me: attempts.sitting(work=work, me=me, attempt_id=attempt.id, now=NOW),
            lambda work, me=me: attempts.submit(work=work, me=me, attempt_id=attempt.id, now=NOW),
            lambda work, me=me: attempts.save_answers(work=work, me=me, attempt_id=attempt.id, operations=[]),
            lambda work, me=me: attempts.start(work=work, me=me, assessment_id=quiz.assessment_id, now=NOW),
            lambda work, me=me: attempts.overview(work=work, me=me, assessment_id=quiz.assessment_id),
        ):
            with pytest.raises(NotFound):
                async with unit_of_work(me) as work:
                    await call(work)


async def test_question_of_another_attempt_is_not_found(world: World) -> None:
    quiz, other = await make_quiz(world, "short_text"), await make_quiz(world, "essay")
    attempt = await quiz.start()
    quiz.items["foreign"] = other.items["essay"]
    with pytest.raises(NotFound):
        await quiz.save(attempt, "foreign", {"text": "x"})


async def test_cost_does_not_grow_with_questions(world: World) -> None:
    costs = []
    for types in (("short_text",), ("short_text", "essay", "numeric", "true_false", "single_choice")):
        quiz = await make_quiz(world, *types)
        with count_statements() as begin:
            attempt = await quiz.start()
        operations = [
            Operation(operation_id=uuid4(), item_id=item, base_version=0, answer={}, writer="t")
            for item in quiz.items.values()
        ]
        with count_statements() as save:
            async with unit_of_work(quiz.student) as work:
                await attempts.save_answers(
                    work=work, me=quiz.student, attempt_id=attempt.id, operations=operations, now=NOW
                )
        with count_statements() as read:
            async with unit_of_work(quiz.student) as work:
                await attempts.sitting(work=work, me=quiz.student, attempt_id=attempt.id, now=NOW)
        costs.append((len(begin), len(save), len(read)))
    assert costs[0] == costs[1]
    assert costs[0][1] <= 6
    assert costs[0][2] <= 3


async def test_every_accepted_write_leaves_its_operation(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    for number in range(3):
        await quiz.save(attempt, "short_text", {"text": str(number)}, base=number)
    async with unit_of_work(quiz.student) as work:
        rows = await work.session.exec(
            select(AnswerOperation.response_version).where(col(AnswerOperation.attempt_id) == attempt.id)
        )
        assert sorted(rows.all()) == [1, 2, 3]


async def test_handing_in_costs_the_same_for_every_number_of_questions(world: World) -> None:
    costs = []
    for types in (("true_false",), ("true_false", "short_text", "essay", "numeric")):
        quiz = await make_quiz(world, *types)
        attempt = await quiz.start()
        with count_statements() as seen:
            await quiz.submit(attempt)
        costs.append(len(seen))
    assert costs[0] == costs[1]
    assert costs[1] <= 8


async def test_a_wording_that_is_corrected_in_place_is_not_remembered_as_it_was(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()

    async def stem() -> str:
        async with unit_of_work(quiz.student) as work:
            found = await attempts.sitting(work=work, me=quiz.student, attempt_id=attempt.id, now=NOW)
        return found.questions[0].wording.stem_html

    assert "Name it." in await stem()
    async with unit_of_work(quiz.teacher) as work:
        versions = await work.session.exec(
            select(QuestionVersion).where(col(QuestionVersion.question_id) == quiz.questions["short_text"])
        )
        versions.one().stem_html = "<p>Call it.</p>"
    assert await stem() == "<p>Call it.</p>"
    with count_statements() as known:
        await stem()
    assert len(known) == 2
