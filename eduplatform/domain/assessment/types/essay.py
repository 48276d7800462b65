"""A longer text that a person reads and scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from eduplatform.domain.assessment.messages import Message, verbatim
from eduplatform.domain.assessment.types.base import Outcome, Part, QuestionType, Score
from eduplatform.domain.assessment.types.editor import NumberField, TextField
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.text import capped, clean_text, is_invisible
from eduplatform.i18n import N_

MAX_LENGTH = 50_000
MAX_WORDS = 10_000
MAX_NOTES_LENGTH = 5_000

_WORDS_OUT_OF_RANGE = N_("Use a number from 1 to 10,000")
NOTES_TOO_LONG = N_("Use at most 5,000 characters for the notes")


GRADER_NOTES = TextField(
    name="notes",
    label=N_("Notes for grading"),
    hint=N_("What a good answer contains. Students never see this."),
    lines=6,
    optional=True,
)


class EssayBody(Part):
    """The word limits; None means no limit."""

    min_words: int | None
    max_words: int | None


class EssayKey(Part):
    """Notes for graders: what a good answer contains; empty when there are none."""

    notes: str


class EssayResponse(Part):
    """Text with line breaks; nothing visible is blank."""

    text: Annotated[str, BeforeValidator(capped(MAX_LENGTH, clean_text)), Field(max_length=MAX_LENGTH)] = ""


class Essay(QuestionType[EssayBody, EssayKey, EssayResponse]):
    """The student writes a text, and a person scores it. A text outside the word limits is accepted and says so."""

    key = "essay"
    name = N_("Essay")
    description = N_("A longer text that you read and score, with a rubric if you like.")
    widget = "essay"
    editor = (
        NumberField(name="min_words", label=N_("At least (words)"), least=1, most=MAX_WORDS, half=True),
        NumberField(name="max_words", label=N_("At most (words)"), least=1, most=MAX_WORDS, half=True),
        GRADER_NOTES,
    )
    scored_by_person = True
    Body = EssayBody
    Key = EssayKey
    Response = EssayResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[EssayBody, EssayKey]:
        """Form: ``min_words``, ``max_words`` (both optional), ``notes`` for graders."""
        reader = FormReader(form)
        least = reader.whole("min_words", least=1, most=MAX_WORDS, out_of_range=_WORDS_OUT_OF_RANGE)
        most = reader.whole("max_words", least=1, most=MAX_WORDS, out_of_range=_WORDS_OUT_OF_RANGE)
        notes = reader.text("notes", limit=MAX_NOTES_LENGTH, too_long=NOTES_TOO_LONG)
        if least is not None and most is not None and least > most:
            reader.refuse("max_words", N_("The maximum number of words cannot be below the minimum"))
        reader.finish()
        return EssayBody(min_words=least, max_words=most), EssayKey(notes=notes)

    def authoring(self, body: EssayBody, key: EssayKey) -> Mapping[str, object]:
        """The limits, empty where there is none, and the notes."""
        return {
            "min_words": body.min_words or "",
            "max_words": body.max_words or "",
            "notes": key.notes,
        }

    def grader_notes(self, key: EssayKey) -> str:
        """The notes."""
        return key.notes

    def public_view(self, body: EssayBody, seed: int) -> dict[str, Any]:
        """The word limits, and how much fits."""
        return {"type": self.key, **body.model_dump(), "max_length": MAX_LENGTH}

    def is_blank(self, response: EssayResponse) -> bool:
        """Nothing visible is written."""
        return is_invisible(response.text)

    def response_words(self, body: EssayBody, response: EssayResponse) -> tuple[Message, ...]:
        """The text as written."""
        return () if self.is_blank(response) else (verbatim(response.text),)

    def written_text(self, response: EssayResponse) -> str:
        """The text."""
        return response.text

    def solution_words(self, body: EssayBody, key: EssayKey) -> tuple[Message, ...]:
        """None: the key holds notes for graders, which are not a solution."""
        return ()

    def _score_answer(self, body: EssayBody, key: EssayKey, response: EssayResponse) -> Score:
        words = count_words(response.text)
        steps = [Message(N_("Words: {words}"), {"words": words})]
        if body.min_words is not None and words < body.min_words:
            steps.append(Message(N_("At least {limit} words were asked for"), {"limit": body.min_words}))
        if body.max_words is not None and words > body.max_words:
            steps.append(Message(N_("At most {limit} words were asked for"), {"limit": body.max_words}))
        return Score(
            None, Outcome.NEEDS_REVIEW, (*steps, Message(N_("A person reads and scores this answer")))
        )


def count_words(text: str) -> int:
    """Runs of characters without white space that hold at least one letter or digit."""
    return sum(1 for run in text.split() if any(c.isalnum() for c in run))
