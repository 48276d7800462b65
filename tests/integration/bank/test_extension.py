"""A question type that this file brings along: through bank, editor, attempt, scoring and result, with no other code."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from eduplatform.components.assessment.widgets import widgets_of_types
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, bank, question_types, results, service, sheet
from eduplatform.domain.assessment.messages import Message, verbatim
from eduplatform.domain.assessment.question_types import Outcome, Part, QuestionType, Score, register_type
from eduplatform.domain.assessment.schemas import AssessmentDraft, Operation, QuestionDraft
from eduplatform.domain.assessment.types.editor import EditorField, LineField
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.errors import Invalid
from eduplatform.pages.teacher.question_parts import editor_fields
from eduplatform.state.question import QuestionForm, draft_of, new_parts
from tests.factories.assessment import NOW, make_quiz
from tests.factories.world import World

pytestmark = pytest.mark.anyio


class ColourBody(Part):
    """Nothing to see."""


class ColourKey(Part):
    """The colour, as six hexadecimal digits."""

    colour: str


class ColourResponse(Part):
    """What was typed."""

    text: str = ""


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (0, 2, 4)]


class Colour(QuestionType[ColourBody, ColourKey, ColourResponse]):
    """Name a colour; the nearer, the better."""

    key = "colour"
    name = "Colour"
    description = "A colour in hexadecimal digits."
    widget = "line"
    editor: ClassVar[tuple[EditorField, ...]] = (LineField(name="colour", label="Colour", required=True),)
    Body = ColourBody
    Key = ColourKey
    Response = ColourResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[ColourBody, ColourKey]:
        reader = FormReader(form)
        colour = reader.line("colour", limit=6, too_long="Six digits")
        if len(colour) != 6 or not set(colour) <= set("0123456789abcdef"):
            reader.refuse("colour", "Write six hexadecimal digits")
        reader.finish()
        return ColourBody(), ColourKey(colour=colour)

    def public_view(self, body: ColourBody, seed: int) -> dict[str, Any]:
        return {"type": self.key, "max_length": 6}

    def is_blank(self, response: ColourResponse) -> bool:
        return not response.text.strip()

    def response_words(self, body: ColourBody, response: ColourResponse) -> tuple[Message, ...]:
        return () if self.is_blank(response) else (verbatim(response.text),)

    def solution_words(self, body: ColourBody, key: ColourKey) -> tuple[Message, ...]:
        return (verbatim(key.colour),)

    def _score_answer(self, body: ColourBody, key: ColourKey, response: ColourResponse) -> Score:
        far = sum(
            abs(one - other)
            for one, other in zip(_channels(key.colour), _channels(response.text), strict=True)
        )
        fraction = 1 - Decimal(far) / 765
        if fraction == 1:
            return Score(fraction, Outcome.CORRECT)
        return Score(fraction, Outcome.PARTLY if fraction else Outcome.INCORRECT, (verbatim("Not quite"),))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_types, "_registry", dict(question_types._registry))
    register_type(Colour())


@pytest.mark.usefixtures("installed")
async def test_a_new_type_needs_its_class_and_nothing_else(world: World) -> None:
    assert "colour: lineWidget" in str(widgets_of_types())
    assert "question-colour" in str(editor_fields(Colour.editor).render())
    assert new_parts(Colour.editor) == {"colour": ""}

    quiz = await make_quiz(world, "essay")
    me, student = quiz.teacher, quiz.student
    draft = draft_of(QuestionForm.model_validate({"stem": "Which red?", "colour": "ff0000"}), "colour")
    async with unit_of_work(me) as work:
        question = await bank.create_question(work=work, me=me, course_id=quiz.course_id, draft=draft)
        found = await bank.edited_question(work=work, me=me, question_id=question.id)
        assert bank.authoring_form(found.version) == {"colour": "ff0000"}
        quiz_id = (
            await service.create_assessment(
                work=work, me=me, course_id=quiz.course_id, draft=AssessmentDraft(title="Colours")
            )
        ).id
        (item,) = await service.add_questions(
            work=work, me=me, assessment_id=quiz_id, question_ids=[question.id]
        )
        await service.publish(work=work, me=me, assessment_id=quiz_id, now=NOW)
    async with unit_of_work(student) as work:
        attempt = await attempts.start(work=work, me=student, assessment_id=quiz_id, now=NOW)
    async with unit_of_work(student) as work:
        sitting = await attempts.sitting(work=work, me=student, attempt_id=attempt.id, now=NOW)
        assert "ff0000" not in str(sheet.public_question(sitting, sitting.questions[0]))
        one = Operation(question.id, item.id, 0, {"text": "cc0000"}, "tab")
        await attempts.save_answers(work=work, me=student, attempt_id=attempt.id, operations=[one], now=NOW)
    async with unit_of_work(student) as work:
        await attempts.submit(work=work, me=student, attempt_id=attempt.id, now=NOW)
    async with unit_of_work(student) as work:
        result = await results.result(work=work, me=student, attempt_id=attempt.id, now=NOW)
    (line,) = result.questions
    assert (line.outcome, line.points) == ("partly", Decimal("0.93"))
    assert [one.render("en") for one in (*line.answer, *line.explanation)] == ["cc0000", "Not quite"]


@pytest.mark.usefixtures("installed")
async def test_what_the_new_type_refuses_is_refused_at_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        bank.check_draft(QuestionDraft(type="colour", stem="Which?", parts={"colour": "reddish"}))
    assert set(refused.value.fields) == {"colour"}
