"""Sums of questions and of rubric criteria."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.grading.calculation import (
    CriterionPoints,
    ResponseScore,
    attempt_points,
    rubric_points,
)
from eduplatform.domain.grading.points import PointsTotal, readable, rounded

fractions = st.none() | st.decimals(min_value=0, max_value=1, places=4)
responses = st.builds(
    ResponseScore,
    possible=st.decimals(min_value=0, max_value=50, places=2),
    fraction=fractions,
    manual_points=st.none() | st.decimals(min_value=0, max_value=60, places=2),
)


def told(total: PointsTotal) -> list[str]:
    return [step.render("en") for step in total.explanation]


def test_questions_are_weighted_by_their_points() -> None:
    total = attempt_points(
        [
            ResponseScore(possible=Decimal(2), fraction=Decimal(1)),
            ResponseScore(possible=Decimal(3), fraction=Decimal(1) / 3),
            ResponseScore(possible=Decimal(5), fraction=Decimal(0)),
        ]
    )
    assert rounded(total.earned or Decimal(0)) == 3
    assert (total.possible, total.unscored) == (10, 0)
    assert told(total) == ["Points: 3 of 10"]


def test_a_question_that_waits_keeps_the_sum_open() -> None:
    total = attempt_points(
        [ResponseScore(possible=Decimal(2), fraction=Decimal(1)), ResponseScore(possible=Decimal(8))]
    )
    assert (total.earned, total.possible, total.unscored) == (None, 10, 1)
    assert told(total) == ["Parts that are waiting to be graded: 1"]


def test_a_graders_points_replace_the_automatic_ones_and_may_be_a_bonus() -> None:
    total = attempt_points(
        [
            ResponseScore(possible=Decimal(2), fraction=Decimal(0), manual_points=Decimal("1.5")),
            ResponseScore(possible=Decimal(2), manual_points=Decimal(3)),
            ResponseScore(possible=Decimal(2), fraction=Decimal(1), manual_points=Decimal(0)),
        ]
    )
    assert total.earned == Decimal("4.5")


def test_an_attempt_without_questions_has_nothing_to_earn() -> None:
    total = attempt_points([])
    assert (total.earned, total.possible) == (0, 0)


@given(st.lists(responses, max_size=8))
def test_the_order_of_questions_never_matters(scores: list[ResponseScore]) -> None:
    assert attempt_points(scores) == attempt_points(scores[::-1])


@pytest.mark.parametrize(
    "score",
    [
        ResponseScore(possible=Decimal(-1), fraction=Decimal(1)),
        ResponseScore(possible=Decimal(1), fraction=Decimal("1.01")),
        ResponseScore(possible=Decimal(1), fraction=Decimal("-0.01")),
        ResponseScore(possible=Decimal(1), manual_points=Decimal(-1)),
    ],
)
def test_impossible_points_are_refused(score: ResponseScore) -> None:
    with pytest.raises(ValueError, match=r"not negative|from 0 to 1"):
        attempt_points([score])


def test_a_rubric_is_added_up_criterion_by_criterion() -> None:
    total = rubric_points(
        [
            CriterionPoints(criterion="Argument", points=Decimal("3.50"), possible=Decimal(4)),
            CriterionPoints(criterion="Style {x}", points=Decimal(0), possible=Decimal(10)),
        ]
    )
    assert (total.earned, total.possible, total.unscored) == (Decimal("3.5"), 14, 0)
    assert told(total) == ["Argument: 3.5 of 4", "Style {x}: 0 of 10", "Points: 3.5 of 14"]


def test_a_rubric_with_an_open_criterion_has_no_sum_yet() -> None:
    total = rubric_points(
        [
            CriterionPoints(criterion="Argument", points=Decimal(2), possible=Decimal(4)),
            CriterionPoints(criterion="Style", points=None, possible=Decimal(4)),
        ]
    )
    assert (total.earned, total.unscored) == (None, 1)
    assert told(total) == [
        "Argument: 2 of 4",
        "Style: not scored yet",
        "Parts that are waiting to be graded: 1",
    ]


@pytest.mark.parametrize(("points", "possible"), [(Decimal(-1), Decimal(4)), (Decimal(1), Decimal(-4))])
def test_a_rubric_has_no_negative_points(points: Decimal, possible: Decimal) -> None:
    with pytest.raises(ValueError, match="not negative"):
        rubric_points([CriterionPoints(criterion="Argument", points=points, possible=possible)])


@pytest.mark.parametrize(
    ("exact", "expected"), [("0.125", "0.12"), ("0.135", "0.14"), ("0.1250001", "0.13"), ("9.995", "10.00")]
)
def test_points_are_rounded_half_to_even(exact: str, expected: str) -> None:
    assert str(rounded(Decimal(exact))) == expected


@pytest.mark.parametrize(
    ("points", "shown"), [("10.00", "10"), ("100", "100"), ("7.50", "7.5"), ("0.00", "0")]
)
def test_points_in_sentences_have_no_zeros_at_the_end(points: str, shown: str) -> None:
    assert str(readable(Decimal(points))) == shown
