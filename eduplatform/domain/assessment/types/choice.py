"""Questions whose answer is chosen from options: one of them, or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

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
from eduplatform.domain.assessment.types.editor import ChoiceField, EditorColumn, FlagField, RowsField
from eduplatform.domain.assessment.types.form import FormReader, is_ticked
from eduplatform.domain.assessment.types.order import OptionId, is_id, new_id, shuffled
from eduplatform.domain.assessment.types.text import as_tuple, fold
from eduplatform.i18n import N_

MAX_OPTIONS = 20
MAX_OPTION_LENGTH = 1_000

_TOO_MANY = N_("Use at most 20 options")
_TOO_LONG = N_("Use at most 1,000 characters for an option")
_TOO_FEW = N_("Write at least two options")
_EMPTY = N_("Write the text of this option")
_TWICE = N_("This option appears twice")


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


class Credit(StrEnum):
    """What a partly right choice of several options is worth.

    ``DEDUCT``: (right chosen - wrong chosen) / right ones, never below 0. ``EACH``: options judged rightly, chosen or left,
    out of all. ``ALL``: all or nothing.
    """

    DEDUCT = "deduct"
    EACH = "each"
    ALL = "all"


class MultipleChoiceBody(ChoiceBody):
    """The options, and how part marks are given; the student may know."""

    credit: Credit = Credit.DEDUCT


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


def _option_rows(hint: str, kind: Literal["radio", "checkbox"]) -> RowsField:
    return RowsField(
        name="options",
        label=N_("Options"),
        hint=hint,
        columns=(
            EditorColumn(name="text", label=N_("Option"), placeholder=N_("Text of the option")),
            EditorColumn(name="correct", label=N_("Right"), kind=kind),
        ),
        add=N_("Add an option"),
        least=2,
        most=MAX_OPTIONS,
        new_rows=4,
    )


SHUFFLE = FlagField(name="shuffle", label=N_("Show the options in another order to each student"))


class SingleChoice(QuestionType[ChoiceBody, SingleChoiceKey, SingleChoiceResponse]):
    """One option of several is right."""

    key = "single_choice"
    name = N_("Single choice")
    description = N_("Several options, exactly one is right.")
    widget = "single_choice"
    editor = (_option_rows(N_("Mark the one that is right."), "radio"), SHUFFLE)
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

    def authoring(self, body: ChoiceBody, key: SingleChoiceKey) -> Mapping[str, object]:
        """Option rows with the right one marked."""
        return _authoring(body, (key.correct,))

    def searchable(self, body: ChoiceBody) -> tuple[str, ...]:
        """The texts of the options."""
        return tuple(option.text for option in body.options)

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


class MultipleChoice(QuestionType[MultipleChoiceBody, MultipleChoiceKey, MultipleChoiceResponse]):
    """Any number of options is right; `Credit` says what a partly right choice is worth."""

    key = "multiple_choice"
    name = N_("Multiple choice")
    description = N_("Several options, any number is right; part marks.")
    widget = "multiple_choice"
    editor = (
        _option_rows(N_("Mark all that are right."), "checkbox"),
        ChoiceField(
            name="credit",
            label=N_("Part marks"),
            choices=(
                (Credit.DEDUCT, N_("For each right option, minus one for each wrong option")),
                (Credit.EACH, N_("For each option that is rightly chosen or rightly left")),
                (Credit.ALL, N_("None: everything has to be right")),
            ),
            start=Credit.DEDUCT,
        ),
        SHUFFLE,
    )
    Body = MultipleChoiceBody
    Key = MultipleChoiceKey
    Response = MultipleChoiceResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[MultipleChoiceBody, MultipleChoiceKey]:
        """Form: ``options`` = rows of ``{id?, text, correct}``, ``shuffle``, ``credit``."""
        reader = FormReader(form)
        read, correct = _read_options(reader)
        if not correct:
            reader.refuse("options", N_("Mark at least one option as correct"))
        credit = reader.choice("credit", tuple(Credit), N_("Choose how part marks are given"))
        reader.finish()
        body = MultipleChoiceBody(options=read.options, shuffle=read.shuffle, credit=Credit(credit))
        return body, MultipleChoiceKey(correct=tuple(correct))

    def authoring(self, body: MultipleChoiceBody, key: MultipleChoiceKey) -> Mapping[str, object]:
        """Option rows with the right ones marked."""
        return {**_authoring(body, key.correct), "credit": body.credit.value}

    def searchable(self, body: MultipleChoiceBody) -> tuple[str, ...]:
        """The texts of the options."""
        return tuple(option.text for option in body.options)

    def public_view(self, body: MultipleChoiceBody, seed: int) -> dict[str, Any]:
        """Options in the order of this attempt."""
        return _view(self.key, body, seed)

    def is_blank(self, response: MultipleChoiceResponse) -> bool:
        """Nothing is chosen."""
        return not response.choices

    def response_words(
        self, body: MultipleChoiceBody, response: MultipleChoiceResponse
    ) -> tuple[Message, ...]:
        """The texts of the chosen options, in the author's order."""
        return _texts(body, response.choices)

    def solution_words(self, body: MultipleChoiceBody, key: MultipleChoiceKey) -> tuple[Message, ...]:
        """The texts of the right options, in the author's order."""
        return _texts(body, key.correct)

    def _score_answer(
        self, body: MultipleChoiceBody, key: MultipleChoiceKey, response: MultipleChoiceResponse
    ) -> Score:
        right = len(set(response.choices) & set(key.correct))
        # An id that is not among the options counts as a wrong choice, so inventing ids cannot help.
        wrong = len(response.choices) - right
        counts = Message(
            N_("Right options chosen: {right}. Wrong options chosen: {wrong}."),
            {"right": right, "wrong": wrong},
        )
        if wrong == 0 and right == len(key.correct):
            return Score(FULL_CREDIT, Outcome.CORRECT, (counts,))
        fraction, rule = _PART_MARKS[body.credit](right, wrong, len(key.correct), len(body.options))
        outcome = Outcome.PARTLY if fraction > NO_CREDIT else Outcome.INCORRECT
        return Score(fraction, outcome, (counts, Message(rule)))


def _deduct(right: int, wrong: int, keys: int, _options: int) -> tuple[Decimal, str]:
    return max(NO_CREDIT, Decimal(right - wrong) / keys), N_("Each wrong option takes away one right option")


def _each(right: int, wrong: int, keys: int, options: int) -> tuple[Decimal, str]:
    judged = max(0, options - (keys - right) - wrong)
    return Decimal(judged) / options, N_("Each option counts that was rightly chosen or rightly left")


def _all(_right: int, _wrong: int, _keys: int, _options: int) -> tuple[Decimal, str]:
    return NO_CREDIT, N_("Only exactly the right options count")


_PART_MARKS = {Credit.DEDUCT: _deduct, Credit.EACH: _each, Credit.ALL: _all}


def _authoring(body: ChoiceBody, correct: Sequence[str]) -> dict[str, object]:
    return {
        "options": [{"id": one.id, "text": one.text, "correct": one.id in correct} for one in body.options],
        "shuffle": body.shuffle,
    }


def _read_options(reader: FormReader) -> tuple[ChoiceBody, list[str]]:
    """Read the option rows; returns the body and the ids marked as correct. Rows left empty are ignored."""
    rows = reader.rows("options")
    if len(rows) > MAX_OPTIONS * 2:
        reader.refuse("options", _TOO_MANY)
        rows = []
    options: list[Option] = []
    correct: list[str] = []
    texts: set[str] = set()
    kept_ids = {row["id"] for row in rows if is_id(row.get("id"))}
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
        if not isinstance(option_id, str) or not is_id(option_id) or option_id in taken:
            option_id = new_id(text, taken | kept_ids)
        options.append(Option(id=option_id, text=text))
        if is_ticked(row.get("correct")):
            correct.append(option_id)
    if len(options) < 2:
        reader.refuse("options", _TOO_FEW)
    if len(options) > MAX_OPTIONS:
        reader.refuse("options", _TOO_MANY)
    return ChoiceBody(options=tuple(options), shuffle=reader.flag("shuffle")), correct


def _view(key: str, body: ChoiceBody, seed: int) -> dict[str, Any]:
    options = shuffled(body.options, seed) if body.shuffle else body.options
    return {"type": key, "options": [{"id": option.id, "text": option.text} for option in options]}


def _texts(body: ChoiceBody, ids: Sequence[str]) -> tuple[Message, ...]:
    return tuple(verbatim(option.text) for option in body.options if option.id in ids)
