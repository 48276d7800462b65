"""The past of a question: versions, what differs, what comes back, what came of asking it; and trying it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, bank, bank_history
from eduplatform.domain.assessment.bank_history import Change
from eduplatform.domain.assessment.question_types import Outcome
from eduplatform.errors import Conflict, Invalid, NotFound
from tests.factories.assessment import NOW, Quiz, drafts, make_quiz
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def _save(quiz: Quiz, kind: str, *, version: int, **changes: object) -> None:
    async with unit_of_work(quiz.teacher) as work:
        await bank.save_question(
            work=work,
            me=quiz.teacher,
            question_id=quiz.questions[kind],
            draft=replace(drafts()[kind], **changes),  # type: ignore[arg-type]
            version=version,
        )


async def test_every_change_is_a_version_and_no_change_is_none(world: World) -> None:
    quiz = await make_quiz(world, "true_false", published=False)
    await _save(quiz, "true_false", version=1)
    await _save(quiz, "true_false", version=1, stem="Second.")
    await _save(quiz, "true_false", version=2, stem="Third.", points=Decimal(2))
    async with unit_of_work(quiz.teacher) as work:
        past = await bank_history.read_history(
            work=work, me=quiz.teacher, question_id=quiz.questions["true_false"]
        )
    assert [(line.version.number, line.version.stem, line.uses) for line in past.versions] == [
        (3, "Third.", 1),
        (2, "Second.", 0),
        (1, "Cells respire.", 0),
    ]
    assert past.versions[0].author


async def test_an_attempt_keeps_its_version_through_changes_and_restoring(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    await quiz.save(attempt, "short_text", {"text": "keysecret-alpha"})
    await _save(quiz, "short_text", version=1, stem="Another.", parts={"accepted": "other"})
    async with unit_of_work(quiz.teacher) as work:
        made = await bank_history.restore_version(
            work=work, me=quiz.teacher, question_id=quiz.questions["short_text"], number=1, version=2
        )
    assert (made.number, made.restored_from, made.stem) == (3, 1, "Name it.")
    await _save(quiz, "short_text", version=3, stem="Fourth.", parts={"accepted": "fourth"})
    async with unit_of_work(quiz.student) as work:
        found = await attempts.sitting(work=work, me=quiz.student, attempt_id=attempt.id, now=NOW)
    assert found.questions[0].wording.number == 1
    assert (await quiz.submit(attempt)).points == Decimal(1)


async def test_restoring_needs_the_version_that_was_read_and_one_that_exists(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    question = quiz.questions["essay"]
    await _save(quiz, "essay", version=1, stem="Second.")
    for number, version, refusal in ((1, 1, Conflict), (9, 2, NotFound)):
        with pytest.raises(refusal):
            async with unit_of_work(quiz.teacher) as work:
                await bank_history.restore_version(
                    work=work, me=quiz.teacher, question_id=question, number=number, version=version
                )
    async with unit_of_work(quiz.teacher) as work:
        older, newer = await bank_history.two_versions(
            work=work, me=quiz.teacher, question_id=question, older=1, newer=2
        )
    assert (older.stem, newer.stem) == ("Explain.", "Second.")


async def test_use_counts_handed_in_answers_and_how_many_were_right(world: World) -> None:
    quiz = await make_quiz(world, "true_false", "essay")
    for answer in (True, False):
        attempt = await quiz.start()
        await quiz.save(attempt, "true_false", {"answer": answer})
        await quiz.submit(attempt)

    async def use(kind: str) -> bank_history.UseLine:
        async with unit_of_work(quiz.teacher) as work:
            past = await bank_history.read_history(
                work=work, me=quiz.teacher, question_id=quiz.questions[kind]
            )
        (line,) = past.uses
        return line

    judged, written = await use("true_false"), await use("essay")
    assert (judged.answers, judged.right, judged.scored, judged.mean) == (2, 1, 2, 0.5)
    assert (judged.assessment.id, judged.version) == (quiz.assessment_id, 1)
    assert (written.answers, written.scored, written.mean) == (0, 0, None)


async def test_a_try_is_scored_as_an_attempt_and_stores_nothing(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    async with unit_of_work(quiz.teacher) as work:
        trial = await bank.stored_preview(
            work=work, me=quiz.teacher, question_id=quiz.questions["short_text"]
        )
    assert "keysecret" not in str(trial.shown)
    assert bank.score_trial(trial, {"text": " KEYSECRET-alpha"}).score.outcome is Outcome.CORRECT
    assert bank.score_trial(trial, {}).score.outcome is Outcome.BLANK
    with pytest.raises(Invalid):
        bank.score_trial(trial, {"choice": "x"})
    assert bank.preview(drafts()["numeric"]).shown["view"]["unit"] == "optional"


@given(older=st.text(alphabet="ab \n", max_size=30), newer=st.text(alphabet="ab \n", max_size=30))
def test_the_pieces_of_a_comparison_make_both_texts(older: str, newer: str) -> None:
    pieces = bank_history.differences(older, newer)
    assert "".join(one.text for one in pieces if one.change is not Change.ADDED) == older
    assert "".join(one.text for one in pieces if one.change is not Change.REMOVED) == newer
