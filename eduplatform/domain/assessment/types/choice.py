"""Questions whose answer is chosen from options: one of them, or several."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from eduplatform.domain.assessment.messages import Message, verbatim
from eduplatform.domain.assessment.types.base import (
    FULL_CREDIT,
    NO_CREDIT,
    Outcome,
    Part,
    QuestionType,
    Score,
)
from eduplatform.domain.assessment.types.form import FormReader, is_ticked
from eduplatform.domain.assessment.types.text import as_tuple, fold
from eduplatform.i18n import N_

MAX_OPTIONS = 20
MAX_OPTION_LENGTH = 1_000

_TOO_MANY = N_("Use at most 20 options")
_TOO_LONG = N_("Use at most 1,000 characters for an option")
_TOO_FEW = N_("Write at least two options")
_EMPTY = N_("Write the text of this option")
_TWICE = N_("This option appears twice")

_ID = re.compile(r"[a-z0-9]{1,12}")

OptionId = Annotated[str, Field(pattern=r"^[a-z0-9]{1,12}$")]


def _distinct(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))


OptionIds = Annotated[
    tuple[OptionId, ...], BeforeValidator(as_tuple), Field(max_length=MAX_OPTIONS), AfterValidator(_distinct)
]


class Option(Part):
    """One option. Its id stays when the text is edited or the order changes."""

    id: OptionId
    text: Annotated[str, Field(max_length=MAX_OPTION_LENGTH)]


class ChoiceBody(Part):
    """What the student may see: the options in the author's order, and whether to shuffle them."""

    options: tuple[Option, ...]
    shuffle: bool


class SingleChoiceKey(Part):
    """The one right option."""

    correct: OptionId


class SingleChoiceResponse(Part):
    """The chosen option; None is blank."""

    choice: OptionId | None = None


class MultipleChoiceKey(Part):
    """The right options, at least one."""

    correct: OptionIds


class MultipleChoiceResponse(Part):
    """The chosen options; none is blank."""

    choices: OptionIds = ()


class SingleChoice(QuestionType[ChoiceBody, SingleChoiceKey, SingleChoiceResponse]):
    """One option of several is right."""

    key = "single_choice"
    name = N_("Single choice")
    Body = ChoiceBody
    Key = SingleChoiceKey
    Response = SingleChoiceResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[ChoiceBody, SingleChoiceKey]:
        """Form: ``options`` = rows of ``{id?, text, correct}``, ``shuffle``."""
        reader = FormReader(form)
        body, correct = _read_options(reader)
        if len(correct) != 1:
            reader.refuse("options", N_("Mark exactly one option as correct"))
        reader.finish()
        return body, SingleChoiceKey(correct=correct[0])

    def public_view(self, body: ChoiceBody, seed: int) -> dict[str, Any]:
        """Options in the order of this attempt."""
        return _view(self.key, body, seed)

    def is_blank(self, response: SingleChoiceResponse) -> bool:
        """Nothing is chosen."""
        return response.choice is None

    def response_words(self, body: ChoiceBody, response: SingleChoiceResponse) -> tuple[Message, ...]:
        """The text of the chosen option."""
        return _texts(body, () if response.choice is None else (response.choice,))

    def solution_words(self, body: ChoiceBody, key: SingleChoiceKey) -> tuple[Message, ...]:
        """The text of the right option."""
        return _texts(body, (key.correct,))

    def _score_answer(self, body: ChoiceBody, key: SingleChoiceKey, response: SingleChoiceResponse) -> Score:
        if response.choice == key.correct:
            return Score(FULL_CREDIT, Outcome.CORRECT, (Message(N_("The right option was chosen")),))
        return Score(NO_CREDIT, Outcome.INCORRECT, (Message(N_("Another option was chosen")),))


class MultipleChoice(QuestionType[ChoiceBody, MultipleChoiceKey, MultipleChoiceResponse]):
    """Any number of options is right. Credit: (right chosen - wrong chosen) / right ones, never below 0."""

    key = "multiple_choice"
    name = N_("Multiple choice")
    Body = ChoiceBody
    Key = MultipleChoiceKey
    Response = MultipleChoiceResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[ChoiceBody, MultipleChoiceKey]:
        """Form: ``options`` = rows of ``{id?, text, correct}``, ``shuffle``."""
        reader = FormReader(form)
        body, correct = _read_options(reader)
        if not correct:
            reader.refuse("options", N_("Mark at least one option as correct"))
        reader.finish()
        return body, MultipleChoiceKey(correct=tuple(correct))

    def public_view(self, body: ChoiceBody, seed: int) -> dict[str, Any]:
        """Options in the order of this attempt."""
        return _view(self.key, body, seed)

    def is_blank(self, response: MultipleChoiceResponse) -> bool:
        """Nothing is chosen."""
        return not response.choices

    def response_words(self, body: ChoiceBody, response: MultipleChoiceResponse) -> tuple[Message, ...]:
        """The texts of the chosen options, in the author's order."""
        return _texts(body, response.choices)

    def solution_words(self, body: ChoiceBody, key: MultipleChoiceKey) -> tuple[Message, ...]:
        """The texts of the right options, in the author's order."""
        return _texts(body, key.correct)

    def _score_answer(
        self, body: ChoiceBody, key: MultipleChoiceKey, response: MultipleChoiceResponse
    ) -> Score:
        right = len(set(response.choices) & set(key.correct))
        # An id that is not among the options counts as a wrong choice, so inventing ids cannot help.
        wrong = len(response.choices) - right
        fraction = max(NO_CREDIT, Decimal(right - wrong) / len(key.correct))
        counts = Message(
            N_("Right options chosen: {right}. Wrong options chosen: {wrong}."),
            {"right": right, "wrong": wrong},
        )
        if fraction == FULL_CREDIT:
            return Score(fraction, Outcome.CORRECT, (counts,))
        outcome = Outcome.PARTLY if fraction > NO_CREDIT else Outcome.INCORRECT
        return Score(
            fraction, outcome, (counts, Message(N_("Each wrong option takes away one right option")))
        )


def _read_options(reader: FormReader) -> tuple[ChoiceBody, list[str]]:
    """Read the option rows; returns the body and the ids marked as correct. Rows left empty are ignored."""
    rows = reader.rows("options")
    if len(rows) > MAX_OPTIONS * 2:
        reader.refuse("options", _TOO_MANY)
        rows = []
    options: list[Option] = []
    correct: list[str] = []
    texts: set[str] = set()
    kept_ids = {row["id"] for row in rows if _is_id(row.get("id"))}
    for index, row in enumerate(rows):
        field = f"options.{index}.text"
        text = reader.text_of(row.get("text"), field, limit=MAX_OPTION_LENGTH, too_long=_TOO_LONG)
        if not text:
            if is_ticked(row.get("correct")):
                reader.refuse(field, _EMPTY)
            continue
        folded = fold(text, case_matters=True, accents_matter=True)
        if folded in texts:
            reader.refuse(field, _TWICE)
        texts.add(folded)
        option_id = row.get("id")
        taken = {option.id for option in options}
        if not isinstance(option_id, str) or not _is_id(option_id) or option_id in taken:
            option_id = _new_id(text, taken | kept_ids)
        options.append(Option(id=option_id, text=text))
        if is_ticked(row.get("correct")):
            correct.append(option_id)
    if len(options) < 2:
        reader.refuse("options", _TOO_FEW)
    if len(options) > MAX_OPTIONS:
        reader.refuse("options", _TOO_MANY)
    return ChoiceBody(options=tuple(options), shuffle=reader.flag("shuffle")), correct


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _new_id(text: str, taken: set[Any]) -> str:
    """An id made from the text, so that the same option has the same id in every copy and version of a question."""
    attempt = 0
    while (candidate := hashlib.sha256(f"{attempt}:{text}".encode()).hexdigest()[:8]) in taken:
        attempt += 1
    return candidate


def _view(key: str, body: ChoiceBody, seed: int) -> dict[str, Any]:
    options: Sequence[Option] = body.options
    if body.shuffle:
        # Sorting by a hash gives the same order on every machine and Python version, unlike a random generator.
        options = sorted(options, key=lambda o: hashlib.sha256(f"{seed}:{o.id}".encode()).digest())
    return {"type": key, "options": [{"id": option.id, "text": option.text} for option in options]}


def _texts(body: ChoiceBody, ids: Sequence[str]) -> tuple[Message, ...]:
    return tuple(verbatim(option.text) for option in body.options if option.id in ids)
