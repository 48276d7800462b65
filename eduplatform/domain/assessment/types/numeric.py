"""A number, with a tolerance and, if the author wants, a unit and significant figures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
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
from eduplatform.domain.assessment.types.editor import (
    ChoiceField,
    EditorColumn,
    LineField,
    NumberField,
    RowsField,
)
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.quantity import (
    EXACT,
    MAX_LENGTH,
    Quantity,
    normal_unit,
    read_quantity,
)
from eduplatform.domain.assessment.types.text import capped, clean_line, is_invisible
from eduplatform.i18n import N_

FORM_CREDIT = Decimal("0.5")
"""Credit for the right value in the wrong form: without its unit, or not to the asked significant figures."""

MAX_FIGURES = 15
MAX_UNITS = 20
MAX_UNIT_LENGTH = 30

_EVERYDAY_MAGNITUDE = 9

_UNIT_TOO_LONG = N_("Use at most 30 characters for a unit")
_UNIT_STARTS_WITH_DIGIT = N_("A unit cannot start with a digit")


class UnitRule(StrEnum):
    """Whether the student writes a unit."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class ToleranceKind(StrEnum):
    """How the tolerance is meant."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


_WITH_UNIT = ("unit_rule", (UnitRule.OPTIONAL.value, UnitRule.REQUIRED.value))


class NumericBody(Part):
    """What the student may see: whether a unit and how many significant figures are asked for."""

    unit: UnitRule
    significant_figures: Annotated[int, Field(ge=1, le=MAX_FIGURES)] | None


class Unit(Part):
    """An accepted unit: one of it is ``factor`` of the unit of the value."""

    name: str
    factor: Decimal
    divisor: Decimal


class NumericKey(Part):
    """The value is ``value / divisor`` (so that thirds are exact), in the first unit if there are any.

    A relative tolerance is in percent of the value.
    """

    value: Decimal
    divisor: Decimal
    tolerance_kind: ToleranceKind
    tolerance: Decimal
    units: tuple[Unit, ...]


class NumericResponse(Part):
    """The text as typed, so that the student finds it again; nothing visible is blank."""

    text: Annotated[str, BeforeValidator(capped(MAX_LENGTH, clean_line)), Field(max_length=MAX_LENGTH)] = ""


class Numeric(QuestionType[NumericBody, NumericKey, NumericResponse]):
    """The student writes a number. The rules of reading are in ``types/quantity.py``.

    Without a unit where one is optional, the number is taken in the unit of the key. Where no unit is asked for, a
    unit is not accepted: 5 km must not pass for 5. With significant figures, a value that rounds to the rounded key
    is right even outside the tolerance.
    """

    key = "numeric"
    name = N_("Number")
    description = N_("A number with tolerance, and a unit if you like.")
    widget = "line"
    editor = (
        LineField(
            name="value",
            label=N_("Right answer"),
            hint=N_("A decimal, a fraction, or 6.63e-34."),
            required=True,
            half=True,
        ),
        LineField(
            name="tolerance",
            label=N_("Tolerance"),
            hint=N_("Empty means exactly this value."),
            optional=True,
            half=True,
        ),
        ChoiceField(
            name="tolerance_kind",
            label=N_("Tolerance is"),
            hint=N_("Absolute: in the unit of the answer."),
            choices=(
                (ToleranceKind.ABSOLUTE, N_("absolute")),
                (ToleranceKind.RELATIVE, N_("a percentage of the answer")),
            ),
            start=ToleranceKind.ABSOLUTE,
            half=True,
        ),
        NumberField(
            name="significant_figures",
            label=N_("Significant figures"),
            hint=N_("Empty when they do not matter."),
            least=1,
            most=MAX_FIGURES,
            half=True,
        ),
        ChoiceField(
            name="unit_rule",
            label=N_("Unit"),
            choices=(
                (UnitRule.NONE, N_("A number without a unit")),
                (UnitRule.OPTIONAL, N_("A unit may be given")),
                (UnitRule.REQUIRED, N_("A unit has to be given")),
            ),
            start=UnitRule.NONE,
            half=True,
        ),
        LineField(
            name="unit",
            label=N_("Unit of the right answer"),
            required=True,
            half=True,
            shown_when=_WITH_UNIT,
        ),
        RowsField(
            name="other_units",
            label=N_("Other units that count"),
            hint=N_(
                "The factor says how many units of the right answer one of them is: for m, one mm is 0.001."
            ),
            columns=(
                EditorColumn(name="unit", label=N_("Other unit"), example="mm"),
                EditorColumn(name="factor", label=N_("Factor"), example="0.001"),
            ),
            add=N_("Add a unit"),
            most=MAX_UNITS,
            shown_when=_WITH_UNIT,
        ),
    )
    Body = NumericBody
    Key = NumericKey
    Response = NumericResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[NumericBody, NumericKey]:
        """Form: ``value``; ``tolerance_kind`` absolute or relative, ``tolerance`` (relative: percent; default 0);
        ``significant_figures``; ``unit_rule`` none, optional or required; ``unit`` of the value; ``other_units`` = rows
        of ``{unit, factor}``, where one such unit is ``factor`` of the unit of the value.
        """
        reader = FormReader(form)
        value = reader.quantity("value")
        if value is None:
            reader.refuse("value", N_("Enter the right answer as a number"))
        kind = reader.choice("tolerance_kind", tuple(ToleranceKind), N_("Choose how the tolerance is meant"))
        tolerance = _read_tolerance(reader)
        if kind == ToleranceKind.RELATIVE and tolerance and value is not None and value.numerator == 0:
            reader.refuse("tolerance_kind", N_("A percentage of 0 is 0: choose an absolute tolerance"))
        figures = reader.whole(
            "significant_figures", least=1, most=MAX_FIGURES, out_of_range=N_("Use a number from 1 to 15")
        )
        rule = UnitRule(reader.choice("unit_rule", tuple(UnitRule), N_("Choose whether a unit is asked for")))
        units = () if rule is UnitRule.NONE else _read_units(reader)
        reader.finish()
        assert value is not None
        body = NumericBody(unit=rule, significant_figures=figures)
        return body, NumericKey(
            value=value.numerator,
            divisor=value.denominator,
            tolerance_kind=ToleranceKind(kind),
            tolerance=tolerance,
            units=units,
        )

    def authoring(self, body: NumericBody, key: NumericKey) -> Mapping[str, object]:
        """Numbers as the author wrote them, thirds as fractions."""
        return {
            "value": _quotient(key.value, key.divisor),
            "tolerance_kind": key.tolerance_kind.value,
            "tolerance": str(key.tolerance),
            "significant_figures": body.significant_figures or "",
            "unit_rule": body.unit.value,
            "unit": key.units[0].name if key.units else "",
            "other_units": [
                {"unit": unit.name, "factor": _quotient(unit.factor, unit.divisor)} for unit in key.units[1:]
            ],
        }

    def public_view(self, body: NumericBody, seed: int) -> dict[str, Any]:
        """What form is asked for; never the accepted units, which may be part of the answer."""
        return {"type": self.key, **body.model_dump(mode="json"), "max_length": MAX_LENGTH}

    def is_blank(self, response: NumericResponse) -> bool:
        """Nothing visible is written."""
        return is_invisible(response.text)

    def response_words(self, body: NumericBody, response: NumericResponse) -> tuple[Message, ...]:
        """The text as typed."""
        return () if self.is_blank(response) else (verbatim(response.text),)

    def solution_words(self, body: NumericBody, key: NumericKey) -> tuple[Message, ...]:
        """The value with its unit, and the tolerance if there is one."""
        number = _written(key.value) if key.divisor == 1 else f"{_written(key.value)}/{_written(key.divisor)}"
        answer = verbatim(f"{number} {key.units[0].name}" if key.units else number)
        if not key.tolerance:
            return (answer,)
        if key.tolerance_kind is ToleranceKind.RELATIVE:
            return (answer, Message(N_("Accepted within {percent} %"), {"percent": key.tolerance}))
        return (answer, Message(N_("Accepted within {tolerance}"), {"tolerance": key.tolerance}))

    def _score_answer(self, body: NumericBody, key: NumericKey, response: NumericResponse) -> Score:
        readings = read_quantity(response.text)
        if not readings:
            return _wrong(N_("This is not a number that we can read"))
        scores = [_judge(body, key, reading) for reading in readings]
        return max(scores, key=lambda score: score.fraction or NO_CREDIT)


def _judge(body: NumericBody, key: NumericKey, given: Quantity) -> Score:
    if given.unit and body.unit is UnitRule.NONE:
        return _wrong(N_("This question expects a number without a unit"))
    unit = _unit_of(key, given)
    if unit is None:
        return _wrong(N_("This unit does not fit the question"))
    figures = body.significant_figures
    if not (_within_tolerance(key, given, unit) or (figures and _rounds_to_key(key, given, unit, figures))):
        return _wrong(N_("The value is not right"))
    lacking: list[Message] = []
    if body.unit is UnitRule.REQUIRED and not given.unit:
        lacking.append(Message(N_("The value is right, and the unit is missing")))
    if figures and not given.least_figures <= figures <= given.most_figures:
        asked = N_("The value is right; significant figures asked for: {figures}")
        lacking.append(Message(asked, {"figures": figures}))
    if lacking:
        return Score(FORM_CREDIT, Outcome.PARTLY, tuple(lacking))
    return Score(FULL_CREDIT, Outcome.CORRECT, (Message(N_("The value is right")),))


def _quotient(number: Decimal, divisor: Decimal) -> str:
    return str(number) if divisor == 1 else f"{number}/{divisor}"


def _written(number: Decimal) -> str:
    """Plain digits for everyday numbers, 6.63E-34 for the others."""
    return f"{number:f}" if abs(number.adjusted()) < _EVERYDAY_MAGNITUDE else str(number)


def _wrong(reason: str) -> Score:
    return Score(NO_CREDIT, Outcome.INCORRECT, (Message(reason),))


_SAME_UNIT = Unit(name="", factor=Decimal(1), divisor=Decimal(1))


def _unit_of(key: NumericKey, given: Quantity) -> Unit | None:
    if not given.unit:
        return _SAME_UNIT
    return next((unit for unit in key.units if normal_unit(unit.name) == given.unit), None)


def _within_tolerance(key: NumericKey, given: Quantity, unit: Unit) -> bool:
    """|given - value| <= tolerance, multiplied out so that nothing is divided and nothing is rounded."""
    with localcontext(EXACT):
        given_divisor = given.denominator * unit.divisor
        difference = abs(given.numerator * unit.factor * key.divisor - key.value * given_divisor)
        if key.tolerance_kind is ToleranceKind.RELATIVE:
            return difference * 100 <= key.tolerance * abs(key.value) * given_divisor
        return difference <= key.tolerance * key.divisor * given_divisor


def _rounds_to_key(key: NumericKey, given: Quantity, unit: Unit, figures: int) -> bool:
    """Whether both round to the same number in the student's unit; a final 5 may be rounded up or to even."""
    with localcontext(EXACT):
        expected = key.value * unit.divisor / (key.divisor * unit.factor)
        number = given.numerator / given.denominator
    half_even = Context(prec=figures, rounding=ROUND_HALF_EVEN)
    half_up = Context(prec=figures, rounding=ROUND_HALF_UP)
    return half_even.plus(number) in (half_even.plus(expected), half_up.plus(expected))


def _read_tolerance(reader: FormReader) -> Decimal:
    read = reader.quantity("tolerance")
    if read is None:
        return NO_CREDIT
    if read.numerator < 0 or read.denominator != 1:
        reader.refuse("tolerance", N_("Enter a decimal number that is not negative"))
    return read.numerator


def _read_units(reader: FormReader) -> tuple[Unit, ...]:
    base = _unit_name(reader, reader.line("unit", limit=MAX_UNIT_LENGTH, too_long=_UNIT_TOO_LONG), "unit")
    if not base:
        reader.refuse("unit", N_("Write the unit of the right answer"))
    units = [Unit(name=base, factor=Decimal(1), divisor=Decimal(1))]
    seen = {normal_unit(base)}
    rows = reader.rows("other_units")
    if len(rows) > MAX_UNITS:
        reader.refuse("other_units", N_("Use at most 20 other units"))
        rows = []
    for index, row in enumerate(rows):
        field = f"other_units.{index}"
        line = reader.line_of(
            row.get("unit"), f"{field}.unit", limit=MAX_UNIT_LENGTH, too_long=_UNIT_TOO_LONG
        )
        name = _unit_name(reader, line, f"{field}.unit")
        factor = reader.quantity_of(row.get("factor"), f"{field}.factor")
        if not name and factor is None:
            continue
        if not name:
            reader.refuse(f"{field}.unit", N_("Write the name of this unit"))
        if normal_unit(name) in seen:
            reader.refuse(f"{field}.unit", N_("This unit appears twice"))
        if factor is None or factor.numerator <= 0:
            reader.refuse(f"{field}.factor", N_("Enter a number above 0"))
            continue
        seen.add(normal_unit(name))
        units.append(Unit(name=name, factor=factor.numerator, divisor=factor.denominator))
    return tuple(units)


def _unit_name(reader: FormReader, name: str, field: str) -> str:
    if name and not normal_unit(name):
        return ""
    if normal_unit(name)[:1].isdigit():
        reader.refuse(field, _UNIT_STARTS_WITH_DIGIT)
    return name
