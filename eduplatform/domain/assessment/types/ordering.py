"""Things to put in order."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

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
from eduplatform.domain.assessment.types.editor import ChoiceField, EditorColumn, RowsField
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.order import OptionId, new_id, shuffled
from eduplatform.domain.assessment.types.text import as_tuple
from eduplatform.i18n import N_

MAX_ITEMS = 20
MAX_LENGTH = 300


class Credit(StrEnum):
    """What a partly right order is worth.

    ``NEIGHBOURS``: of the n - 1 places where one thing follows another, the share at which the right one follows; moving one
    thing to a wrong place costs its neighbours only, and the reverse order gets nothing. ``PLACES``: the share of things
    in exactly their place. ``ALL``: all or nothing.
    """

    NEIGHBOURS = "neighbours"
    PLACES = "places"
    ALL = "all"


def _distinct(ids: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(ids)) != len(ids):
        raise ValueError("a thing stands twice in the order")
    return ids


Order = Annotated[
    tuple[OptionId, ...], BeforeValidator(as_tuple), Field(max_length=MAX_ITEMS), AfterValidator(_distinct)
]


class OrderingBody(Part):
    """The things, by id, so that their stored order tells nothing; and how part marks are given."""

    items: tuple[Option, ...]
    credit: Credit


class OrderingKey(Part):
    """The ids in the right order."""

    order: Order


class OrderingResponse(Part):
    """The ids in the student's order; none is blank: the student has not touched them."""

    order: Order = ()


class Ordering(QuestionType[OrderingBody, OrderingKey, OrderingResponse]):
    """The student puts things in order; `Credit` says what a partly right order is worth."""

    key = "ordering"
    name = N_("Ordering")
    description = N_("Steps, events or sizes to put in order.")
    widget = "ordering"
    editor = (
        RowsField(
            name="items",
            label=N_("In the right order"),
            hint=N_("Students get them in another order."),
            columns=(EditorColumn(name="text", label=N_("Step"), placeholder=N_("What comes here")),),
            add=N_("Add a step"),
            least=2,
            most=MAX_ITEMS,
            new_rows=4,
        ),
        ChoiceField(
            name="credit",
            label=N_("Part marks"),
            choices=(
                (Credit.NEIGHBOURS, N_("For each step that follows the right one")),
                (Credit.PLACES, N_("For each step in its place")),
                (Credit.ALL, N_("None: everything has to be right")),
            ),
            start=Credit.NEIGHBOURS,
        ),
    )
    Body = OrderingBody
    Key = OrderingKey
    Response = OrderingResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[OrderingBody, OrderingKey]:
        """Form: ``items`` = rows of ``{text}`` in the right order, ``credit``. Rows left empty are ignored."""
        reader = FormReader(form)
        rows = reader.rows("items")
        if len(rows) > MAX_ITEMS * 2:
            rows = []
            reader.refuse("items", N_("Use at most 20 steps"))
        items: dict[str, Option] = {}
        for index, row in enumerate(rows):
            field = f"items.{index}.text"
            text = reader.line_of(
                row.get("text"), field, limit=MAX_LENGTH, too_long=N_("Use at most 300 characters here")
            )
            if text in items:
                reader.refuse(field, N_("This appears twice"))
            elif text:
                items[text] = Option(id=new_id(text, {one.id for one in items.values()}), text=text)
        if len(items) < 2:
            reader.refuse("items", N_("Write at least two steps"))
        if len(items) > MAX_ITEMS:
            reader.refuse("items", N_("Use at most 20 steps"))
        credit = reader.choice("credit", tuple(Credit), N_("Choose how part marks are given"))
        reader.finish()
        order = tuple(one.id for one in items.values())
        body = OrderingBody(
            items=tuple(sorted(items.values(), key=lambda one: one.id)), credit=Credit(credit)
        )
        return body, OrderingKey(order=order)

    def authoring(self, body: OrderingBody, key: OrderingKey) -> Mapping[str, object]:
        """A row per step in the right order."""
        return {
            "items": [{"text": text} for text in _texts(body, key.order)],
            "credit": body.credit.value,
        }

    def searchable(self, body: OrderingBody) -> tuple[str, ...]:
        """The texts of the steps."""
        return tuple(one.text for one in body.items)

    def public_view(self, body: OrderingBody, seed: int) -> dict[str, Any]:
        """The steps in the order of this attempt, which by chance may be the right one."""
        return {
            "type": self.key,
            "items": [{"id": one.id, "text": one.text} for one in shuffled(body.items, seed)],
        }

    def is_blank(self, response: OrderingResponse) -> bool:
        """The student has not said what the order is."""
        return not response.order

    def response_words(self, body: OrderingBody, response: OrderingResponse) -> tuple[Message, ...]:
        """The steps in the student's order."""
        return _numbered(_texts(body, response.order))

    def solution_words(self, body: OrderingBody, key: OrderingKey) -> tuple[Message, ...]:
        """The steps in the right order."""
        return _numbered(_texts(body, key.order))

    def _score_answer(self, body: OrderingBody, key: OrderingKey, response: OrderingResponse) -> Score:
        given = tuple(one for one in response.order if one in key.order)
        if given == key.order:
            return Score(FULL_CREDIT, Outcome.CORRECT, (Message(N_("The order is right")),))
        right, total, words = _COUNTS[body.credit](key.order, given)
        outcome = Outcome.PARTLY if right else Outcome.INCORRECT
        counts = Message(words, {"right": right, "total": total})
        return Score(Decimal(right) / total if right else NO_CREDIT, outcome, (counts,))


def _neighbours(order: Sequence[str], given: Sequence[str]) -> tuple[int, int, str]:
    wanted = set(itertools.pairwise(order))
    right = sum(pair in wanted for pair in itertools.pairwise(given))
    return right, len(wanted), N_("Steps that follow the right one: {right} of {total}")


def _places(order: Sequence[str], given: Sequence[str]) -> tuple[int, int, str]:
    right = sum(one == other for one, other in zip(order, given, strict=False))
    return right, len(order), N_("Steps in their place: {right} of {total}")


def _all(order: Sequence[str], _given: Sequence[str]) -> tuple[int, int, str]:
    return 0, len(order), N_("Points are given only when everything is right")


_COUNTS = {Credit.NEIGHBOURS: _neighbours, Credit.PLACES: _places, Credit.ALL: _all}


def _texts(body: OrderingBody, ids: Sequence[str]) -> list[str]:
    texts = {one.id: one.text for one in body.items}
    return [texts.get(one, "?") for one in ids]


def _numbered(texts: Sequence[str]) -> tuple[Message, ...]:
    return tuple(
        Message("{number}. {text}", {"number": number, "text": text})
        for number, text in enumerate(texts, start=1)
    )
