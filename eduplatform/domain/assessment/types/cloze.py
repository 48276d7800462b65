"""A text with gaps: words, numbers and choices, all in one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

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
from eduplatform.domain.assessment.types.editor import EditorColumn, FlagField, RowsField, TextField
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.order import OptionId, new_id, shuffled
from eduplatform.domain.assessment.types.quantity import EXACT, read_quantity
from eduplatform.domain.assessment.types.text import capped, clean_line, fold, is_invisible
from eduplatform.i18n import N_

MAX_GAPS = 30
MAX_TEXT = 5_000
MAX_ANSWER_LENGTH = 200
MAX_LINE = 1_000
SEPARATOR = "|"

_GAP = re.compile(r"\[\[(\d{1,2})\]\]")

_TEXT_TOO_LONG = N_("Use at most 5,000 characters for the text")
_LINE_TOO_LONG = N_("Use at most 1,000 characters here")
_ANSWER_TOO_LONG = N_("Use at most 200 characters for an answer")
_NO_ANSWER = N_("Write the right answer of this gap")


class GapKind(StrEnum):
    """How a gap is filled."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"


GapId = Annotated[str, Field(pattern=r"^[1-9][0-9]?$")]
GapText = Annotated[
    str, BeforeValidator(capped(MAX_ANSWER_LENGTH, clean_line)), Field(max_length=MAX_ANSWER_LENGTH)
]


class Gap(Part):
    """A gap, as a student may see it. The options of a choice are stored by id, so that their order tells nothing."""

    id: GapId
    kind: GapKind
    options: tuple[Option, ...] = ()


class ClozeBody(Part):
    """The text with its gaps as ``[[1]]``, and how exactly words have to be written."""

    text: str
    gaps: tuple[Gap, ...]
    case_matters: bool
    accents_matter: bool


class GapKey(Part):
    """What is right in a gap: words, or a number with its tolerance, or an option."""

    id: GapId
    accepted: tuple[str, ...] = ()
    value: Decimal = Decimal(0)
    divisor: Decimal = Decimal(1)
    tolerance: Decimal = Decimal(0)
    correct: OptionId | None = None


class ClozeKey(Part):
    """The key of each gap, in the order of the body."""

    gaps: tuple[GapKey, ...]


class ClozeResponse(Part):
    """What stands in each gap: words, a number as typed, or the id of an option."""

    gaps: Annotated[dict[GapId, GapText], Field(max_length=MAX_GAPS)] = {}


class Cloze(QuestionType[ClozeBody, ClozeKey, ClozeResponse]):
    """Every gap counts the same; the credit is the share of the gaps that are right."""

    key = "cloze"
    name = N_("Text with gaps")
    description = N_("Words, numbers and choices to fill into one text.")
    widget = "cloze"
    editor = (
        TextField(
            name="text",
            label=N_("Text with gaps"),
            hint=N_("Write [[1]], [[2]] and so on where the gaps are."),
            lines=6,
            required=True,
        ),
        RowsField(
            name="gaps",
            label=N_("Gaps"),
            hint=N_("Row 1 is for [[1]]. Put | between several right answers, or several wrong choices."),
            columns=(
                EditorColumn(
                    name="kind",
                    label=N_("Kind of gap"),
                    kind="select",
                    choices=(
                        (GapKind.TEXT, N_("Words")),
                        (GapKind.NUMBER, N_("Number")),
                        (GapKind.CHOICE, N_("Choice")),
                    ),
                ),
                EditorColumn(name="right", label=N_("Right answer"), placeholder=N_("Right answer")),
                EditorColumn(
                    name="wrong",
                    label=N_("Wrong choices"),
                    placeholder=N_("Wrong choices"),
                    shown_when=("kind", (GapKind.CHOICE.value,)),
                ),
                EditorColumn(
                    name="tolerance",
                    label=N_("Tolerance"),
                    placeholder=N_("Tolerance"),
                    shown_when=("kind", (GapKind.NUMBER.value,)),
                ),
            ),
            add=N_("Add a gap"),
            least=1,
            most=MAX_GAPS,
            new_rows=2,
        ),
        FlagField(name="case_matters", label=N_("Capital and small letters matter")),
        FlagField(name="accents_matter", label=N_("Accents matter")),
    )
    Body = ClozeBody
    Key = ClozeKey
    Response = ClozeResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[ClozeBody, ClozeKey]:
        """Form: ``text``; ``gaps`` = rows of ``{kind, right, wrong, tolerance}`` where row 1 is gap ``[[1]]``;
        ``case_matters``, ``accents_matter``.
        """
        reader = FormReader(form)
        text = reader.text("text", limit=MAX_TEXT, too_long=_TEXT_TOO_LONG)
        rows = reader.rows("gaps")
        if len(rows) > MAX_GAPS:
            reader.refuse("gaps", N_("Use at most 30 gaps"))
            rows = []
        gaps = [_read_gap(reader, row, index) for index, row in enumerate(rows)]
        used = _GAP.findall(text)
        if not used:
            reader.refuse("text", N_("Write [[1]] where the first gap is"))
        if len(used) != len(set(used)):
            reader.refuse("text", N_("Each gap can stand in the text only once"))
        if sorted(map(int, used)) != list(range(1, len(gaps) + 1)):
            reader.refuse("gaps", N_("The text and the list have to have the same gaps, from 1 on"))
        body = ClozeBody(
            text=text,
            gaps=tuple(gap for gap, _ in gaps),
            case_matters=reader.flag("case_matters"),
            accents_matter=reader.flag("accents_matter"),
        )
        reader.finish()
        return body, ClozeKey(gaps=tuple(key for _, key in gaps))

    def authoring(self, body: ClozeBody, key: ClozeKey) -> Mapping[str, object]:
        """The text, and a row per gap."""
        return {
            "text": body.text,
            "gaps": [_gap_row(gap, right) for gap, right in zip(body.gaps, key.gaps, strict=True)],
            "case_matters": body.case_matters,
            "accents_matter": body.accents_matter,
        }

    def searchable(self, body: ClozeBody) -> tuple[str, ...]:
        """The text without its gaps, and the options."""
        options = (option.text for gap in body.gaps for option in gap.options)
        return (_GAP.sub("…", body.text), *options)

    def public_view(self, body: ClozeBody, seed: int) -> dict[str, Any]:
        """The text in pieces: ``{text}`` and ``{gap, kind, options}`` by turns."""
        gaps = {gap.id: gap for gap in body.gaps}
        parts: list[dict[str, Any]] = []
        # Splitting at a pattern with one group gives text and gap ids by turns.
        for index, piece in enumerate(_GAP.split(body.text)):
            if index % 2 == 0:
                parts.append({"text": piece})
                continue
            gap = gaps[str(int(piece))]
            options = [{"id": one.id, "text": one.text} for one in shuffled(gap.options, seed)]
            parts.append({"gap": gap.id, "kind": gap.kind.value, "options": options})
        return {"type": self.key, "parts": parts, "max_length": MAX_ANSWER_LENGTH}

    def is_blank(self, response: ClozeResponse) -> bool:
        """No gap holds anything visible."""
        return all(is_invisible(text) for text in response.gaps.values())

    def response_words(self, body: ClozeBody, response: ClozeResponse) -> tuple[Message, ...]:
        """A line per filled gap."""
        return tuple(
            _line(gap, _shown(gap, response.gaps[gap.id]))
            for gap in body.gaps
            if not is_invisible(response.gaps.get(gap.id, ""))
        )

    def solution_words(self, body: ClozeBody, key: ClozeKey) -> tuple[Message, ...]:
        """A line per gap."""
        return tuple(
            _line(gap, _right_text(gap, right, " / ")) for gap, right in zip(body.gaps, key.gaps, strict=True)
        )

    def _score_answer(self, body: ClozeBody, key: ClozeKey, response: ClozeResponse) -> Score:
        right = sum(
            _fits(body, gap, wanted, response.gaps.get(gap.id, ""))
            for gap, wanted in zip(body.gaps, key.gaps, strict=True)
        )
        counts = Message(N_("Gaps right: {right} of {total}"), {"right": right, "total": len(body.gaps)})
        if right == len(body.gaps):
            return Score(FULL_CREDIT, Outcome.CORRECT, (counts,))
        outcome = Outcome.PARTLY if right else Outcome.INCORRECT
        return Score(Decimal(right) / len(body.gaps), outcome, (counts,))


def _read_gap(reader: FormReader, row: Mapping[str, object], index: int) -> tuple[Gap, GapKey]:
    field, gap_id = f"gaps.{index}", str(index + 1)
    given = row.get("kind") or GapKind.TEXT.value
    if given not in tuple(GapKind):
        reader.refuse(f"{field}.kind", N_("Choose how this gap is filled"))
        given = GapKind.TEXT.value
    kind = GapKind(str(given))
    if kind is GapKind.NUMBER:
        return Gap(id=gap_id, kind=kind), _read_number(reader, row, field, gap_id)
    right = _answers(reader, row.get("right"), f"{field}.right")
    if not right:
        reader.refuse(f"{field}.right", _NO_ANSWER)
    if kind is GapKind.TEXT:
        return Gap(id=gap_id, kind=kind), GapKey(id=gap_id, accepted=right)
    wrong = _answers(reader, row.get("wrong"), f"{field}.wrong")
    if len(right) > 1:
        reader.refuse(f"{field}.right", N_("A choice has one right answer"))
    if not wrong:
        reader.refuse(f"{field}.wrong", N_("Write at least one wrong choice"))
    if len({*right, *wrong}) != len(right) + len(wrong):
        reader.refuse(f"{field}.wrong", N_("This option appears twice"))
    options: list[Option] = []
    for text in (*right, *wrong):
        options.append(Option(id=new_id(text, {one.id for one in options}), text=text))
    correct = options[0].id if options else None
    stored = tuple(sorted(options, key=lambda one: one.id))
    return Gap(id=gap_id, kind=kind, options=stored), GapKey(id=gap_id, correct=correct)


def _read_number(reader: FormReader, row: Mapping[str, object], field: str, gap_id: str) -> GapKey:
    value = reader.quantity_of(row.get("right"), f"{field}.right")
    tolerance = reader.quantity_of(row.get("tolerance"), f"{field}.tolerance")
    if value is None:
        reader.refuse(f"{field}.right", N_("Enter the right answer as a number"))
        return GapKey(id=gap_id)
    if tolerance is not None and (tolerance.numerator < 0 or tolerance.denominator != 1):
        reader.refuse(f"{field}.tolerance", N_("Enter a decimal number that is not negative"))
    return GapKey(
        id=gap_id,
        value=value.numerator,
        divisor=value.denominator,
        tolerance=NO_CREDIT if tolerance is None else tolerance.numerator,
    )


def _answers(reader: FormReader, value: object, field: str) -> tuple[str, ...]:
    line = reader.line_of(value, field, limit=MAX_LINE, too_long=_LINE_TOO_LONG)
    answers = [part.strip() for part in line.split(SEPARATOR)]
    if any(len(answer) > MAX_ANSWER_LENGTH for answer in answers):
        reader.refuse(field, _ANSWER_TOO_LONG)
    return tuple(dict.fromkeys(answer for answer in answers if not is_invisible(answer)))


def _gap_row(gap: Gap, key: GapKey) -> dict[str, str]:
    wrong = [option.text for option in gap.options if option.id != key.correct]
    return {
        "kind": gap.kind.value,
        "right": _right_text(gap, key, f" {SEPARATOR} "),
        "wrong": f" {SEPARATOR} ".join(wrong),
        "tolerance": str(key.tolerance) if gap.kind is GapKind.NUMBER and key.tolerance else "",
    }


def _right_text(gap: Gap, key: GapKey, between: str) -> str:
    if gap.kind is GapKind.CHOICE:
        return _shown(gap, key.correct or "")
    if gap.kind is GapKind.NUMBER:
        return f"{key.value:f}" if key.divisor == 1 else f"{key.value:f}/{key.divisor:f}"
    return between.join(key.accepted)


def _shown(gap: Gap, text: str) -> str:
    """What a person reads for the content of a gap: the text of an option rather than its id."""
    if gap.kind is not GapKind.CHOICE:
        return text
    return next((option.text for option in gap.options if option.id == text), "?")


def _line(gap: Gap, text: str) -> Message:
    return Message(N_("Gap {number}: {answer}"), {"number": int(gap.id), "answer": text})


def _fits(body: ClozeBody, gap: Gap, key: GapKey, text: str) -> bool:
    if gap.kind is GapKind.CHOICE:
        return text == key.correct
    if gap.kind is GapKind.NUMBER:
        return any(_near(key, one.numerator, one.denominator) for one in read_quantity(text) if not one.unit)

    def folded(answer: str) -> str:
        return fold(answer, case_matters=body.case_matters, accents_matter=body.accents_matter)

    given = folded(text)
    return bool(given) and any(given == folded(answer) for answer in key.accepted)


def _near(key: GapKey, numerator: Decimal, denominator: Decimal) -> bool:
    """|given - value| <= tolerance, multiplied out so that nothing is rounded."""
    with localcontext(EXACT):
        difference = abs(numerator * key.divisor - key.value * denominator)
        return difference <= key.tolerance * key.divisor * denominator
