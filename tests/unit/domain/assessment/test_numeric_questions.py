"""Numbers: how they are read, tolerance, units, significant figures."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.question_types import Outcome, Score
from eduplatform.domain.assessment.types.numeric import Numeric
from eduplatform.domain.assessment.types.quantity import normal_unit, read_quantity
from eduplatform.errors import Invalid

NUMERIC = Numeric()
LENGTHS = {
    "unit_rule": "optional",
    "unit": "m",
    "other_units": [
        {"unit": "km", "factor": 1000},
        {"unit": "cm", "factor": "0.01"},
        {"unit": "ft", "factor": "0.3048"},
    ],
}
GRAVITY = {
    "value": "9.81",
    "tolerance": "0.02",
    "unit_rule": "required",
    "unit": "m/s²",
    "other_units": [{"unit": "N/kg", "factor": "1"}],
}


def score(text: str, **form: object) -> Score:
    body, key = NUMERIC.parse_authoring(form)
    return NUMERIC.score(body, key, NUMERIC.parse_response({"text": text}))


def told(result: Score) -> str:
    return "; ".join(step.render("en") for step in result.explanation)


def refused(form: dict[str, object]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        NUMERIC.parse_authoring(form)
    return dict(caught.value.fields)


def values(text: str) -> set[Fraction]:
    return {Fraction(q.numerator) / Fraction(q.denominator) for q in read_quantity(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9.81", "9.81"),
        ("9,81", "9.81"),
        (" +9.81 ", "9.81"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("- 3", "-3"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("5.", "5"),
        ("1.2e3", "1200"),
        ("1,2E-3", "0.0012"),
        ("1.2×10^3", "1200"),
        ("1.2 · 10³", "1200"),
        ("6.63 x 10⁻³⁴", "6.63e-34"),
        ("10^3", "1000"),
        ("-10⁻²", "-0.01"),
        ("1/2", "1/2"),
        ("3 ÷ 4", "3/4"),
        ("½", "1/2"),
        ("1½", "3/2"),
        ("-1 1/2", "-3/2"),
        ("0.5/0.25", "2"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("１２", "12"),
        ("٣٫٥", "3.5"),
        ("1e120", "1e120"),
        ("007", "7"),
        ("0,125", "0.125"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, expected: str) -> None:
    assert values(text) == {Fraction(expected)}


def test_a_comma_before_three_digits_can_mean_two_things() -> None:
    assert values("1,234") == {Fraction("1.234"), Fraction(1234)}
    assert score("1,234", value="1234").outcome is Outcome.CORRECT
    assert score("1,234", value="1.234").outcome is Outcome.CORRECT
    assert values("1.234") == {Fraction("1.234")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1.2.3",
        "1,2,3",
        "1 2",
        "1 2345",
        "12,34.5",
        "1/0",
        "0/0",
        "1e121",
        "1e-121",
        "1e9999",
        "1e99999",
        "--1",
        "1 5/2",
        "e5",
        ".",
        "/",
        "1/",
        "nan",
        "inf",
        "1" * 101,
        "0x10",
        "1_000",
    ],
)
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    assert not [quantity for quantity in read_quantity(text) if not quantity.unit]


@given(st.text(alphabet="0123456789.,+-eE/ x*^½²m%\u00a0", max_size=100))
def test_reading_ends_and_never_fails(text: str) -> None:
    for quantity in read_quantity(text):
        assert quantity.denominator > 0
        assert quantity.least_figures <= quantity.most_figures


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_every_decimal_is_right_in_every_writing(number: Decimal) -> None:
    plain = f"{number:f}"
    for text in (plain, plain.replace(".", ","), f"{number:E}", f"{plain}/1", f"  {plain} "):
        assert score(text, value=plain).outcome is Outcome.CORRECT
    assert score(f"{number + Decimal('0.0001'):f}", value=plain).outcome is Outcome.INCORRECT


@given(metres=st.decimals(min_value=Decimal("0.001"), max_value=10**6, places=3))
def test_the_same_length_in_any_unit_scores_the_same(metres: Decimal) -> None:
    form = {**LENGTHS, "value": str(metres)}
    kilometres = metres.scaleb(-3)
    for text in (
        f"{metres}",
        f"{metres} m",
        f"{kilometres} km",
        f"{kilometres:f}km",
        f"{metres.scaleb(2)} cm",
    ):
        assert score(text, **form).outcome is Outcome.CORRECT
    assert score(f"{metres} km", **form).outcome is Outcome.INCORRECT


def test_a_thousand_metres_are_a_kilometre() -> None:
    assert score("1 km", value="1000", **LENGTHS).fraction == 1
    assert score("1000 m", value="1000", **LENGTHS).fraction == 1
    assert score("1000 km", value="1000", **LENGTHS).fraction == 0
    assert score("1000 ft", value="304.8", **LENGTHS).fraction == 1


def test_fractions_are_exact() -> None:
    assert score("2/6", value="1/3").outcome is Outcome.CORRECT
    assert score("0.3333333333333333333333333333", value="1/3").outcome is Outcome.INCORRECT
    assert score("0.333", value="1/3", tolerance="0.001").outcome is Outcome.CORRECT
    thirds = {"unit_rule": "optional", "unit": "m", "other_units": [{"unit": "third", "factor": "1/3"}]}
    assert score("3 third", value="1", **thirds).outcome is Outcome.CORRECT


@pytest.mark.parametrize("sign", ["", "-"])
def test_no_digit_of_a_long_number_is_lost(sign: str) -> None:
    long = f"{sign}3.1415926535897932384626433832795028841971"
    assert score(long, value=long).outcome is Outcome.CORRECT
    assert score(f"{long[:-1]}2", value=long).outcome is Outcome.INCORRECT
    assert (
        score(f"{long}e20", value=long.replace("3.14159265358979323846", "314159265358979323846.")).fraction
        == 1
    )


@pytest.mark.parametrize(
    ("text", "right"), [("9.9", True), ("10.1", True), ("9.899999", False), ("10.100001", False)]
)
def test_absolute_tolerance_includes_its_edges(text: str, right: bool) -> None:
    assert (score(text, value="10", tolerance="0.1").fraction == 1) is right
    assert (score(f"-{text}", value="-10", tolerance="0.1").fraction == 1) is right


@pytest.mark.parametrize(
    ("text", "right"), [("196", True), ("204", True), ("195.99", False), ("204.01", False)]
)
def test_relative_tolerance_is_percent_of_the_value(text: str, right: bool) -> None:
    form = {"tolerance": "2", "tolerance_kind": "relative"}
    assert (score(text, value="200", **form).fraction == 1) is right
    assert (score(f"-{text}", value="-200", **form).fraction == 1) is right


def test_tolerance_is_meant_in_the_unit_of_the_key() -> None:
    form = {**LENGTHS, "value": "1000", "tolerance": "10"}
    assert score("1.01 km", **form).fraction == 1
    assert score("1.011 km", **form).fraction == 0


@pytest.mark.parametrize(
    "text", ["9.81 m/s^2", "9,81 m/s²", "9.81m/s2", "9.8 m / s^2", "981/100 N/kg", "9.81 N / kg"]
)
def test_units_may_be_spelled_in_many_ways(text: str) -> None:
    assert score(text, **GRAVITY).fraction == 1


def test_a_missing_unit_costs_half_when_it_is_required() -> None:
    result = score("9.81", **GRAVITY)
    assert (result.fraction, result.outcome) == (Decimal("0.5"), Outcome.PARTLY)
    assert told(result) == "The value is right, and the unit is missing"
    assert score("9.81", **{**GRAVITY, "unit_rule": "optional"}).fraction == 1
    assert score("8", **GRAVITY).fraction == 0


@pytest.mark.parametrize(
    ("text", "form", "reason"),
    [
        ("9.81 km", GRAVITY, "This unit does not fit the question"),
        ("9.81 M/S2", GRAVITY, "This unit does not fit the question"),
        ("5 km", {"value": "5"}, "This question expects a number without a unit"),
        ("5 apples", {"value": "5"}, "This question expects a number without a unit"),
        ("about five", {"value": "5"}, "This is not a number that we can read"),
        ("6", {"value": "5"}, "The value is not right"),
    ],
)
def test_a_wrong_answer_says_why(text: str, form: dict[str, object], reason: str) -> None:
    result = score(text, **form)
    assert (result.fraction, told(result)) == (0, reason)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("m/s²", "m / s^2", True),
        ("N·m", "N m", True),
        ("N*m", "N ⋅ m", True),
        ("µm", "μm", True),
        ("m s⁻¹", "m·s^-1", True),
        ("℃", "°C", True),
        ("mW", "MW", False),
        ("m s", "ms", False),
    ],
)
def test_spellings_of_units(one: str, other: str, same: bool) -> None:
    assert (normal_unit(one) == normal_unit(other)) is same


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("9.81", 1),
        ("9,81", 1),
        ("0.981e1", 1),
        ("9.807", "0.5"),
        ("9.8", 0),
        ("9.810", "0.5"),
        ("9.80", 0),
        ("9.82", 0),
        ("981/100", "0.5"),
    ],
)
def test_significant_figures(text: str, fraction: object) -> None:
    result = score(text, value="9.80665", significant_figures="3")
    assert result.fraction == Decimal(str(fraction))
    if fraction == "0.5":
        assert told(result) == "The value is right; significant figures asked for: 3"


def test_zeros_at_the_end_of_a_whole_number_may_or_may_not_count() -> None:
    credit = [
        score("1500", value="1500", significant_figures=figures).fraction for figures in (1, 2, 3, 4, 5)
    ]
    assert credit == [Decimal("0.5"), 1, 1, 1, Decimal("0.5")]
    assert score("1500.", value="1500", significant_figures=2).fraction == Decimal("0.5")
    assert score("0.00", value="0", significant_figures=2).fraction == 1


def test_a_final_five_may_be_rounded_up_or_to_even() -> None:
    assert score("0.13", value="0.125", significant_figures=2).fraction == 1
    assert score("0.12", value="0.125", significant_figures=2).fraction == 1
    assert score("0.14", value="0.125", significant_figures=2).fraction == 0


def test_significant_figures_are_judged_in_the_students_unit() -> None:
    form = {"value": "9.80665", "unit_rule": "required", "unit": "m/s", "significant_figures": 3}
    form["other_units"] = [{"unit": "km/h", "factor": "1/3.6"}]
    assert score("35.3 km/h", **form).fraction == 1
    assert score("35.4 km/h", **form).fraction == 0
    both = score("9.807", **form)
    assert both.fraction == Decimal("0.5")
    assert len(both.explanation) == 2


def test_the_student_sees_the_form_that_is_asked_for() -> None:
    body, _ = NUMERIC.parse_authoring({**GRAVITY, "significant_figures": 3})
    assert NUMERIC.public_view(body, 5) == {
        "type": "numeric",
        "unit": "required",
        "significant_figures": 3,
        "max_length": 100,
    }


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"value": "1200"}, ["1200"]),
        ({"value": "1.2e3"}, ["1200"]),
        ({"value": "2/3", "tolerance": "0.001"}, ["2/3", "Accepted within 0.001"]),
        ({"value": "6.63e-34"}, ["6.63E-34"]),
        (GRAVITY, ["9.81 m/s²", "Accepted within 0.02"]),
        ({"value": "50", "tolerance": "2.5", "tolerance_kind": "relative"}, ["50", "Accepted within 2.5 %"]),
    ],
)
def test_the_solution_in_words(form: dict[str, object], words: list[str]) -> None:
    body, key = NUMERIC.parse_authoring(form)
    assert [m.render("en") for m in NUMERIC.solution_words(body, key)] == words


def test_the_answer_is_kept_as_typed() -> None:
    body, _ = NUMERIC.parse_authoring(GRAVITY)
    response = NUMERIC.parse_response({"text": " about 9.8\x00 "})
    assert [m.render("en") for m in NUMERIC.response_words(body, response)] == [" about 9.8 "]


@pytest.mark.parametrize("value", [9.5, 12, Decimal("0.5"), "9,5", 1e-7])
def test_the_author_may_give_numbers_of_any_kind(value: object) -> None:
    _, key = NUMERIC.parse_authoring({"value": value})
    assert key.value == Decimal(str(value).replace(",", "."))


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({}, {"value": "Enter the right answer as a number"}),
        ({"value": " "}, {"value": "Enter the right answer as a number"}),
        ({"value": True}, {"value": "Enter the right answer as a number"}),
        pytest.param({"value": 10**5000}, {"value": "Enter the right answer as a number"}, id="huge"),
        ({"value": "five"}, {"value": "Enter a number"}),
        ({"value": "5 km"}, {"value": "Enter a number"}),
        ({"value": float("nan")}, {"value": "Enter a number"}),
        ({"value": "5", "tolerance": "-1"}, {"tolerance": "Enter a decimal number that is not negative"}),
        ({"value": "5", "tolerance": "1/3"}, {"tolerance": "Enter a decimal number that is not negative"}),
        ({"value": "5", "tolerance_kind": "loose"}, {"tolerance_kind": "Choose how the tolerance is meant"}),
        (
            {"value": "0", "tolerance": "5", "tolerance_kind": "relative"},
            {"tolerance_kind": "A percentage of 0 is 0: choose an absolute tolerance"},
        ),
        ({"value": "5", "significant_figures": "16"}, {"significant_figures": "Use a number from 1 to 15"}),
        ({"value": "5", "unit_rule": "sometimes"}, {"unit_rule": "Choose whether a unit is asked for"}),
        ({"value": "5", "unit_rule": "required"}, {"unit": "Write the unit of the right answer"}),
        (
            {"value": "5", "unit_rule": "required", "unit": "*"},
            {"unit": "Write the unit of the right answer"},
        ),
        ({"value": "5", "unit_rule": "required", "unit": "2m"}, {"unit": "A unit cannot start with a digit"}),
        (
            {"value": "5", "unit_rule": "required", "unit": "m" * 31},
            {"unit": "Use at most 30 characters for a unit"},
        ),
        (
            {
                "value": "5",
                "unit_rule": "required",
                "unit": "m",
                "other_units": [{"unit": "m", "factor": "2"}],
            },
            {"other_units.0.unit": "This unit appears twice"},
        ),
        (
            {"value": "5", "unit_rule": "required", "unit": "m", "other_units": [{"unit": "km"}]},
            {"other_units.0.factor": "Enter a number above 0"},
        ),
        (
            {
                "value": "5",
                "unit_rule": "required",
                "unit": "m",
                "other_units": [{}, {"unit": "km", "factor": 0}],
            },
            {"other_units.1.factor": "Enter a number above 0"},
        ),
        (
            {"value": "5", "unit_rule": "required", "unit": "m", "other_units": [{"factor": "3"}]},
            {"other_units.0.unit": "Write the name of this unit"},
        ),
        (
            {"value": "5", "unit_rule": "required", "unit": "m", "other_units": [{}] * 21},
            {"other_units": "Use at most 20 other units"},
        ),
    ],
)
def test_what_the_author_got_wrong_is_said_next_to_the_field(
    form: dict[str, object], fields: dict[str, str]
) -> None:
    assert refused(form) == fields
