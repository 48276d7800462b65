"""Scores of questions with several parts: bounds, what a full key gives, and what must not matter."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.question_types import Outcome, question_type
from eduplatform.domain.assessment.types import ordering
from eduplatform.domain.assessment.types.choice import Credit
from eduplatform.domain.assessment.types.order import new_id

OPTIONS = st.integers(min_value=2, max_value=8)


def several(options: int, right: int, credit: str) -> tuple[Any, Any, Any]:
    rows = [
        {"id": f"o{place}", "text": f"Option {place}", "correct": place < right} for place in range(options)
    ]
    kind = question_type("multiple_choice")
    return kind, *kind.parse_authoring({"options": rows, "credit": credit})


def fraction_of(kind: Any, body: Any, key: Any, raw: dict[str, Any]) -> Decimal:
    score = kind.score(body, key, kind.parse_response(raw))
    assert score.fraction is not None
    return score.fraction


@given(data=st.data(), credit=st.sampled_from(list(Credit)))
def test_choices_score_between_nothing_and_everything_in_any_order(
    data: st.DataObject, credit: Credit
) -> None:
    options = data.draw(OPTIONS)
    right = data.draw(st.integers(min_value=1, max_value=options))
    kind, body, key = several(options, right, credit)
    chosen = data.draw(st.lists(st.sampled_from([f"o{place}" for place in range(options)]), unique=True))
    shuffled = data.draw(st.permutations(chosen))
    fraction = fraction_of(kind, body, key, {"choices": chosen})
    assert 0 <= fraction <= 1
    assert fraction == fraction_of(kind, body, key, {"choices": list(shuffled)})
    assert (fraction == 1) == (set(chosen) == {f"o{place}" for place in range(right)})


@given(data=st.data())
def test_a_further_wrong_choice_never_helps(data: st.DataObject) -> None:
    options = data.draw(st.integers(min_value=3, max_value=8))
    right = data.draw(st.integers(min_value=1, max_value=options - 1))
    chosen = data.draw(
        st.lists(st.sampled_from([f"o{place}" for place in range(options - 1)]), min_size=1, unique=True)
    )
    for credit in Credit:
        kind, body, key = several(options, right, credit)
        before = fraction_of(kind, body, key, {"choices": chosen})
        assert fraction_of(kind, body, key, {"choices": [*chosen, f"o{options - 1}"]}) <= before


@pytest.mark.parametrize(
    ("credit", "chosen", "fraction"),
    [
        ("deduct", ["o0"], "0.5"),
        ("deduct", ["o0", "o2"], "0"),
        ("deduct", ["o2", "o3"], "0"),
        ("each", ["o0"], "0.75"),
        ("each", ["o0", "o2"], "0.5"),
        ("each", ["o2", "o3"], "0"),
        ("each", ["o0", "o1", "o2", "o3"], "0.5"),
        ("all", ["o0"], "0"),
        ("all", ["o0", "o1"], "1"),
    ],
)
def test_each_rule_for_part_marks(credit: str, chosen: list[str], fraction: str) -> None:
    kind, body, key = several(4, 2, credit)
    assert fraction_of(kind, body, key, {"choices": chosen}) == Decimal(fraction)


def test_invented_options_do_not_help() -> None:
    for credit in Credit:
        kind, body, key = several(4, 2, credit)
        invented = [f"x{place}" for place in range(12)]
        assert fraction_of(kind, body, key, {"choices": [*invented, "o0"]}) < Decimal("0.5")


def in_order(texts: Sequence[str], credit: str) -> tuple[Any, Any, Any]:
    kind = question_type("ordering")
    return kind, *kind.parse_authoring({"items": [{"text": text} for text in texts], "credit": credit})


STEPS = st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=6), min_size=2, max_size=8, unique=True)


@given(texts=STEPS, data=st.data(), credit=st.sampled_from(list(ordering.Credit)))
def test_an_order_scores_between_nothing_and_everything(
    texts: list[str], data: st.DataObject, credit: ordering.Credit
) -> None:
    kind, body, key = in_order(texts, credit)
    given_order = data.draw(st.permutations(key.order))
    fraction = fraction_of(kind, body, key, {"order": list(given_order)})
    assert 0 <= fraction <= 1
    assert (fraction == 1) == (tuple(given_order) == key.order)


@given(texts=STEPS)
def test_the_reverse_order_gets_nothing_for_neighbours(texts: list[str]) -> None:
    kind, body, key = in_order(texts, "neighbours")
    assert fraction_of(kind, body, key, {"order": list(reversed(key.order))}) == 0


@given(texts=STEPS, data=st.data())
def test_neighbours_are_counted_one_by_one(texts: list[str], data: st.DataObject) -> None:
    kind, body, key = in_order(texts, "neighbours")
    order = list(data.draw(st.permutations(key.order)))
    right = len(set(pairwise(order)) & set(pairwise(key.order)))
    assert fraction_of(kind, body, key, {"order": order}) == Decimal(right) / (len(texts) - 1)


def test_an_order_with_something_twice_is_not_an_order() -> None:
    kind = question_type("ordering")
    with pytest.raises(Exception, match="invalid"):
        kind.parse_response({"order": ["a", "a"]})


PAIRS = st.dictionaries(
    st.text(alphabet="lmnopq", min_size=1, max_size=5),
    st.text(alphabet="rstuvw", min_size=1, max_size=5),
    min_size=2,
    max_size=8,
).filter(lambda pairs: len(set(pairs.values())) > 1)


@given(pairs=PAIRS, data=st.data())
def test_matching_counts_pairs_in_any_order(pairs: dict[str, str], data: st.DataObject) -> None:
    kind = question_type("matching")
    body, key = kind.parse_authoring(
        {"pairs": [{"left": left, "right": right} for left, right in pairs.items()]}
    )
    answers = [one.id for one in body.answers]
    chosen = {one.id: data.draw(st.sampled_from(answers)) for one in body.prompts if data.draw(st.booleans())}
    right = sum(key.pairs[prompt] == answer for prompt, answer in chosen.items())
    fraction = fraction_of(kind, body, key, {"pairs": chosen})
    assert fraction == Decimal(right) / len(pairs)
    assert fraction == fraction_of(kind, body, key, {"pairs": dict(reversed(list(chosen.items())))})
    assert fraction_of(kind, body, key, {"pairs": dict(key.pairs)}) == 1


def test_matching_can_be_all_or_nothing() -> None:
    kind = question_type("matching")
    rows = [{"left": "a", "right": "x"}, {"left": "b", "right": "y"}]
    body, key = kind.parse_authoring({"pairs": rows, "all_or_nothing": "true"})
    half = {new_id("a", ()): new_id("x", ())}
    assert fraction_of(kind, body, key, {"pairs": half}) == 0
    assert fraction_of(kind, body, key, {"pairs": dict(key.pairs)}) == 1


@given(right=st.lists(st.booleans(), min_size=1, max_size=10))
def test_each_gap_counts_the_same(right: list[bool]) -> None:
    kind = question_type("cloze")
    body, key = kind.parse_authoring(
        {
            "text": " ".join(f"[[{place}]]" for place in range(1, len(right) + 1)),
            "gaps": [{"kind": "text", "right": f"word{place}"} for place in range(1, len(right) + 1)],
        }
    )
    answers = {str(place): f"WORD{place}" if fits else "no" for place, fits in enumerate(right, start=1)}
    assert fraction_of(kind, body, key, {"gaps": answers}) == Decimal(sum(right)) / len(right)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"text": "No gap", "gaps": []}, "text"),
        ({"text": "[[1]] [[1]]", "gaps": [{"right": "a"}]}, "text"),
        ({"text": "[[1]]", "gaps": [{"right": "a"}, {"right": "b"}]}, "gaps"),
        ({"text": "[[2]]", "gaps": [{"right": "a"}]}, "gaps"),
        ({"text": "[[1]]", "gaps": [{"right": " "}]}, "gaps.0.right"),
        ({"text": "[[1]]", "gaps": [{"kind": "number", "right": "many"}]}, "gaps.0.right"),
        ({"text": "[[1]]", "gaps": [{"kind": "choice", "right": "a"}]}, "gaps.0.wrong"),
        ({"text": "[[1]]", "gaps": [{"kind": "choice", "right": "a|b", "wrong": "c"}]}, "gaps.0.right"),
        ({"text": "[[1]]", "gaps": [{"kind": "choice", "right": "a", "wrong": "a"}]}, "gaps.0.wrong"),
        ({"text": "[[1]]", "gaps": [{"kind": "magic", "right": "a"}]}, "gaps.0.kind"),
    ],
)
def test_gaps_that_do_not_fit_the_text_are_refused_where_they_are(form: dict[str, Any], field: str) -> None:
    with pytest.raises(Exception, match="invalid") as refused:
        question_type("cloze").parse_authoring(form)
    assert field in refused.value.fields  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("9.8", Outcome.CORRECT),
        ("9,85", Outcome.CORRECT),
        ("10", Outcome.INCORRECT),
        ("9.8 m", Outcome.INCORRECT),
    ],
)
def test_numbers_in_gaps_have_a_tolerance_and_no_unit(text: str, outcome: Outcome) -> None:
    kind = question_type("cloze")
    body, key = kind.parse_authoring(
        {"text": "[[1]]", "gaps": [{"kind": "number", "right": "9.81", "tolerance": "0.05"}]}
    )
    assert kind.score(body, key, kind.parse_response({"gaps": {"1": text}})).outcome is outcome
