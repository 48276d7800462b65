"""A word or a short phrase that has to match one of the accepted answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from eduplatform.domain.assessment.messages import Message, verbatim
from eduplatform.domain.assessment.types.base import (
    FULL_CREDIT,
    NO_CREDIT,
    Outcome,
    Part,
    QuestionType,
    Score,
)
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.text import capped, clean_line, fold, is_invisible
from eduplatform.i18n import N_

MAX_ANSWERS = 50
MAX_ANSWER_LENGTH = 200

_TOO_MANY = N_("Use at most 50 accepted answers")
_TOO_LONG = N_("Use at most 200 characters for an answer")


class ShortTextBody(Part):
    """How exactly the answer has to be written; the student may know."""

    case_matters: bool
    accents_matter: bool


class ShortTextKey(Part):
    """The accepted answers; the first one is shown as the solution."""

    accepted: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_ANSWERS)]


class ShortTextResponse(Part):
    """One line of text; nothing visible is blank."""

    text: Annotated[
        str, BeforeValidator(capped(MAX_ANSWER_LENGTH, clean_line)), Field(max_length=MAX_ANSWER_LENGTH)
    ] = ""


class ShortText(QuestionType[ShortTextBody, ShortTextKey, ShortTextResponse]):
    """The student writes a word or phrase. White space never matters; case and accents as the author decides."""

    key = "short_text"
    name = N_("Short text")
    Body = ShortTextBody
    Key = ShortTextKey
    Response = ShortTextResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[ShortTextBody, ShortTextKey]:
        """Form: ``accepted`` = list, or text with one answer per line; ``case_matters``, ``accents_matter``."""
        reader = FormReader(form)
        body = ShortTextBody(
            case_matters=reader.flag("case_matters"), accents_matter=reader.flag("accents_matter")
        )
        entries = reader.lines("accepted")
        if len(entries) > MAX_ANSWERS * 2:
            reader.refuse("accepted", _TOO_MANY)
            entries = []
        accepted: dict[str, str] = {}
        for entry in entries:
            answer = reader.line_of(entry, "accepted", limit=MAX_ANSWER_LENGTH, too_long=_TOO_LONG)
            folded = _folded(body, answer)
            if folded:
                accepted.setdefault(folded, answer)
        if not accepted:
            reader.refuse("accepted", N_("Write at least one accepted answer"))
        if len(accepted) > MAX_ANSWERS:
            reader.refuse("accepted", _TOO_MANY)
        reader.finish()
        return body, ShortTextKey(accepted=tuple(accepted.values()))

    def public_view(self, body: ShortTextBody, seed: int) -> dict[str, Any]:
        """What matters in writing, and how much fits."""
        return {"type": self.key, **body.model_dump(), "max_length": MAX_ANSWER_LENGTH}

    def is_blank(self, response: ShortTextResponse) -> bool:
        """Nothing visible is written."""
        return is_invisible(response.text)

    def response_words(self, body: ShortTextBody, response: ShortTextResponse) -> tuple[Message, ...]:
        """The text as written."""
        return () if self.is_blank(response) else (verbatim(response.text),)

    def solution_words(self, body: ShortTextBody, key: ShortTextKey) -> tuple[Message, ...]:
        """Every accepted answer."""
        return tuple(verbatim(answer) for answer in key.accepted)

    def _score_answer(self, body: ShortTextBody, key: ShortTextKey, response: ShortTextResponse) -> Score:
        given = _folded(body, response.text)
        if any(given == _folded(body, answer) for answer in key.accepted):
            return Score(FULL_CREDIT, Outcome.CORRECT, (Message(N_("The answer is one of those accepted")),))
        return Score(NO_CREDIT, Outcome.INCORRECT, (Message(N_("The answer is not one of those accepted")),))


def _folded(body: ShortTextBody, text: str) -> str:
    return fold(text, case_matters=body.case_matters, accents_matter=body.accents_matter)
