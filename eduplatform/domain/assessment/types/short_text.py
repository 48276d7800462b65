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
from eduplatform.domain.assessment.types.editor import FlagField, TextField
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.pattern import (
    MAX_LENGTH as MAX_PATTERN_LENGTH,
)
from eduplatform.domain.assessment.types.pattern import (
    MAX_PATTERNS,
    PatternTooSlow,
    first_match,
    is_readable,
    is_slow,
)
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
    """The accepted answers, which are shown as the solution, and patterns that accept more."""

    accepted: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_ANSWERS)]
    patterns: Annotated[tuple[str, ...], Field(max_length=MAX_PATTERNS)] = ()


class ShortTextResponse(Part):
    """One line of text; nothing visible is blank."""

    text: Annotated[
        str, BeforeValidator(capped(MAX_ANSWER_LENGTH, clean_line)), Field(max_length=MAX_ANSWER_LENGTH)
    ] = ""


class ShortText(QuestionType[ShortTextBody, ShortTextKey, ShortTextResponse]):
    """The student writes a word or phrase. White space never matters; case and accents as the author decides."""

    key = "short_text"
    name = N_("Short text")
    description = N_("A word or phrase that matches one of your answers.")
    widget = "line"
    editor = (
        TextField(
            name="accepted",
            label=N_("Accepted answers"),
            hint=N_("One per line. They are shown as the solution."),
            required=True,
        ),
        TextField(
            name="patterns",
            label=N_("Patterns"),
            hint=N_("Regular expressions, one per line, that fit a whole answer: colou?rs? fits colors."),
            lines=3,
            optional=True,
        ),
        FlagField(name="case_matters", label=N_("Capital and small letters matter")),
        FlagField(name="accents_matter", label=N_("Accents matter")),
    )
    Body = ShortTextBody
    Key = ShortTextKey
    Response = ShortTextResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[ShortTextBody, ShortTextKey]:
        """Form: ``accepted``, ``patterns`` = list, or text with one per line; ``case_matters``, ``accents_matter``."""
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
        patterns = _read_patterns(reader)
        reader.finish()
        return body, ShortTextKey(accepted=tuple(accepted.values()), patterns=patterns)

    def authoring(self, body: ShortTextBody, key: ShortTextKey) -> Mapping[str, object]:
        """One answer, and one pattern, per line."""
        return {
            "accepted": "\n".join(key.accepted),
            "patterns": "\n".join(key.patterns),
            **body.model_dump(),
        }

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
        texts = [fold(response.text, case_matters=True, accents_matter=True)]
        if not body.accents_matter:
            texts.append(fold(response.text, case_matters=True, accents_matter=False))
        try:
            fits = first_match(key.patterns, texts, case_matters=body.case_matters)
        except PatternTooSlow as error:
            # Named by its number: the pattern itself is part of the key.
            stopped = N_("Pattern {number} of this question took too long; a person scores this answer")
            return Score(None, Outcome.NEEDS_REVIEW, (Message(stopped, {"number": error.number}),))
        if fits:
            return Score(
                FULL_CREDIT, Outcome.CORRECT, (Message(N_("The answer has the form that is accepted")),)
            )
        return Score(NO_CREDIT, Outcome.INCORRECT, (Message(N_("The answer is not one of those accepted")),))


def _folded(body: ShortTextBody, text: str) -> str:
    return fold(text, case_matters=body.case_matters, accents_matter=body.accents_matter)


def _read_patterns(reader: FormReader) -> tuple[str, ...]:
    patterns: list[str] = []
    lines = [line for line in reader.lines("patterns") if isinstance(line, str) and line.strip()]
    if len(lines) > MAX_PATTERNS:
        reader.refuse("patterns", N_("Use at most 10 patterns"))
        return ()
    for line in lines:
        pattern = clean_line(line).strip()
        if len(pattern) > MAX_PATTERN_LENGTH:
            reader.refuse("patterns", N_("Use at most 200 characters for a pattern"))
        elif not is_readable(pattern):
            reader.refuse("patterns", N_("This is not a regular expression: {pattern}"), pattern=pattern)
        elif is_slow(pattern):
            reader.refuse(
                "patterns",
                N_("This pattern takes too long and was stopped; write it more simply: {pattern}"),
                pattern=pattern,
            )
        elif pattern not in patterns:
            patterns.append(pattern)
    return tuple(patterns)
