"""A statement that is true or false."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.types.base import (
    FULL_CREDIT,
    NO_CREDIT,
    Outcome,
    Part,
    QuestionType,
    Score,
)
from eduplatform.domain.assessment.types.editor import ChoiceField
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.i18n import N_

_TRUE = Message(N_("True"))
_FALSE = Message(N_("False"))


class TrueFalseBody(Part):
    """Nothing beyond the stem."""


class TrueFalseKey(Part):
    """Whether the statement is true."""

    answer: bool


class TrueFalseResponse(Part):
    """What the student holds for right; None is blank."""

    answer: bool | None = None


class TrueFalse(QuestionType[TrueFalseBody, TrueFalseKey, TrueFalseResponse]):
    """The student decides whether the stem is true."""

    key = "true_false"
    name = N_("True or false")
    description = N_("A statement to judge.")
    widget = "true_false"
    editor = (
        ChoiceField(
            name="answer",
            label=N_("The statement is"),
            choices=(("true", N_("True")), ("false", N_("False"))),
            half=True,
        ),
    )
    Body = TrueFalseBody
    Key = TrueFalseKey
    Response = TrueFalseResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[TrueFalseBody, TrueFalseKey]:
        """Form: ``answer`` = ``true`` or ``false``."""
        reader = FormReader(form)
        message = N_("Choose whether the statement is true or false")
        given = form.get("answer")
        word = str(given).lower() if isinstance(given, bool | str) else ""
        if word not in ("true", "false"):
            reader.refuse("answer", message)
        reader.finish()
        return TrueFalseBody(), TrueFalseKey(answer=word == "true")

    def authoring(self, body: TrueFalseBody, key: TrueFalseKey) -> Mapping[str, object]:
        """Form: ``answer`` = ``true`` or ``false``."""
        return {"answer": "true" if key.answer else "false"}

    def public_view(self, body: TrueFalseBody, seed: int) -> dict[str, Any]:
        """Always true before false: a changing order would only confuse."""
        return {"type": self.key}

    def is_blank(self, response: TrueFalseResponse) -> bool:
        """Nothing is chosen."""
        return response.answer is None

    def response_words(self, body: TrueFalseBody, response: TrueFalseResponse) -> tuple[Message, ...]:
        """True or false, as a word."""
        return () if response.answer is None else (_TRUE if response.answer else _FALSE,)

    def solution_words(self, body: TrueFalseBody, key: TrueFalseKey) -> tuple[Message, ...]:
        """True or false, as a word."""
        return (_TRUE if key.answer else _FALSE,)

    def _score_answer(self, body: TrueFalseBody, key: TrueFalseKey, response: TrueFalseResponse) -> Score:
        if response.answer == key.answer:
            return Score(FULL_CREDIT, Outcome.CORRECT, (Message(N_("The statement was judged rightly")),))
        return Score(NO_CREDIT, Outcome.INCORRECT, (Message(N_("The statement was judged wrongly")),))
