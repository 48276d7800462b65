"""Pairs to find: each statement on the left gets one of the answers on the right."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.types.base import (
    FULL_CREDIT,
    NO_CREDIT,
    Outcome,
    Part,
    QuestionType,
    Score,
)
from eduplatform.domain.assessment.types.choice import Option
from eduplatform.domain.assessment.types.editor import EditorColumn, FlagField, RowsField
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.order import OptionId, new_id, shuffled
from eduplatform.i18n import N_

MAX_PAIRS = 20
MAX_LENGTH = 300

_TOO_LONG = N_("Use at most 300 characters here")


class MatchingBody(Part):
    """What stands on the left, in the author's order, and on the right, by id, so that its order tells nothing."""

    prompts: tuple[Option, ...]
    answers: tuple[Option, ...]
    all_or_nothing: bool


class MatchingKey(Part):
    """The id of the right answer per prompt."""

    pairs: dict[OptionId, OptionId]


class MatchingResponse(Part):
    """The id of the chosen answer per prompt; none is blank."""

    pairs: Annotated[dict[OptionId, OptionId], Field(max_length=MAX_PAIRS)] = {}


class Matching(QuestionType[MatchingBody, MatchingKey, MatchingResponse]):
    """The credit is the share of the prompts with the right answer, or all or nothing. Answers may be left over."""

    key = "matching"
    name = N_("Matching")
    description = N_("Pairs to find; wrong answers may be mixed in.")
    widget = "matching"
    editor = (
        RowsField(
            name="pairs",
            label=N_("Pairs"),
            hint=N_("The answers are shown in another order. A row without a left side adds a wrong answer."),
            columns=(
                EditorColumn(name="left", label=N_("Left"), placeholder=N_("Left side")),
                EditorColumn(name="right", label=N_("Right side"), placeholder=N_("What belongs to it")),
            ),
            add=N_("Add a pair"),
            least=2,
            most=MAX_PAIRS,
            new_rows=3,
        ),
        FlagField(name="all_or_nothing", label=N_("Points only when everything is right")),
    )
    Body = MatchingBody
    Key = MatchingKey
    Response = MatchingResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[MatchingBody, MatchingKey]:
        """Form: ``pairs`` = rows of ``{left, right}``, ``all_or_nothing``. Equal right sides are one answer."""
        reader = FormReader(form)
        rows = reader.rows("pairs")
        if len(rows) > MAX_PAIRS:
            reader.refuse("pairs", N_("Use at most 20 pairs"))
            rows = []
        prompts: dict[str, str] = {}
        answers: dict[str, str] = {}
        pairs: dict[str, str] = {}
        for index, row in enumerate(rows):
            left, right = (
                reader.line_of(row.get(side), f"pairs.{index}.{side}", limit=MAX_LENGTH, too_long=_TOO_LONG)
                for side in ("left", "right")
            )
            if not left and not right:
                continue
            if not right:
                reader.refuse(f"pairs.{index}.right", N_("Write what belongs to this"))
                continue
            answer_id = answers.setdefault(right, new_id(right, set(answers.values())))
            if not left:
                continue
            if left in prompts:
                reader.refuse(f"pairs.{index}.left", N_("This appears twice"))
                continue
            prompts[left] = new_id(left, set(prompts.values()))
            pairs[prompts[left]] = answer_id
        if len(prompts) < 2:
            reader.refuse("pairs", N_("Write at least two pairs"))
        elif len(answers) < 2:
            reader.refuse("pairs", N_("Write at least two different answers"))
        body = MatchingBody(
            prompts=tuple(Option(id=one, text=text) for text, one in prompts.items()),
            answers=tuple(
                sorted((Option(id=one, text=text) for text, one in answers.items()), key=lambda one: one.id)
            ),
            all_or_nothing=reader.flag("all_or_nothing"),
        )
        reader.finish()
        return body, MatchingKey(pairs=pairs)

    def authoring(self, body: MatchingBody, key: MatchingKey) -> Mapping[str, object]:
        """A row per pair, then one per answer that is left over."""
        texts = {answer.id: answer.text for answer in body.answers}
        used = set(key.pairs.values())
        rows = [{"left": one.text, "right": texts[key.pairs[one.id]]} for one in body.prompts]
        rows += [{"left": "", "right": answer.text} for answer in body.answers if answer.id not in used]
        return {"pairs": rows, "all_or_nothing": body.all_or_nothing}

    def searchable(self, body: MatchingBody) -> tuple[str, ...]:
        """Both sides."""
        return tuple(one.text for one in (*body.prompts, *body.answers))

    def public_view(self, body: MatchingBody, seed: int) -> dict[str, Any]:
        """The prompts in the author's order, the answers in the order of this attempt."""
        return {
            "type": self.key,
            "prompts": [{"id": one.id, "text": one.text} for one in body.prompts],
            "answers": [{"id": one.id, "text": one.text} for one in shuffled(body.answers, seed)],
        }

    def is_blank(self, response: MatchingResponse) -> bool:
        """Nothing is chosen."""
        return not response.pairs

    def response_words(self, body: MatchingBody, response: MatchingResponse) -> tuple[Message, ...]:
        """A line per prompt that has an answer."""
        return _lines(body, response.pairs)

    def solution_words(self, body: MatchingBody, key: MatchingKey) -> tuple[Message, ...]:
        """A line per prompt."""
        return _lines(body, key.pairs)

    def _score_answer(self, body: MatchingBody, key: MatchingKey, response: MatchingResponse) -> Score:
        right = sum(response.pairs.get(prompt) == answer for prompt, answer in key.pairs.items())
        counts = Message(N_("Pairs right: {right} of {total}"), {"right": right, "total": len(key.pairs)})
        if right == len(key.pairs):
            return Score(FULL_CREDIT, Outcome.CORRECT, (counts,))
        if right == 0:
            return Score(NO_CREDIT, Outcome.INCORRECT, (counts,))
        if body.all_or_nothing:
            rule = Message(N_("Points are given only when everything is right"))
            return Score(NO_CREDIT, Outcome.INCORRECT, (counts, rule))
        return Score(Decimal(right) / len(key.pairs), Outcome.PARTLY, (counts,))


def _lines(body: MatchingBody, pairs: Mapping[str, str]) -> tuple[Message, ...]:
    texts = {answer.id: answer.text for answer in body.answers}
    return tuple(
        Message("{left} → {right}", {"left": one.text, "right": texts.get(pairs[one.id], "?")})
        for one in body.prompts
        if one.id in pairs
    )
