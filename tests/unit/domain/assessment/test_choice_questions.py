"""Single and multiple choice: options, ids, shuffling, partial credit, and the solution in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.question_types import Outcome
from eduplatform.domain.assessment.types.choice import MultipleChoice, SingleChoice
from eduplatform.errors import Invalid

SINGLE = SingleChoice()
MULTIPLE = MultipleChoice()
LETTERS = "abcdefghijklmnopqrst"


def rows(right: str, wrong: str = "") -> list[dict[str, object]]:
    return [{"id": c, "text": f"Option {c}", "correct": c in right} for c in sorted(right + wrong)]


def multiple_score(right: str, wrong: str, chosen: str) -> Any:
    body, key = MULTIPLE.parse_authoring({"options": rows(right, wrong)})
    return MULTIPLE.score(body, key, MULTIPLE.parse_response({"choices": list(chosen)}))


def refused(form: dict[str, object], kind: SingleChoice | MultipleChoice = SINGLE) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        kind.parse_authoring(form)
    return dict(caught.value.fields)


@pytest.mark.parametrize(
    ("chosen", "fraction", "outcome"),
    [
        ("abc", Decimal(1), Outcome.CORRECT),
        ("a", Decimal(1) / 3, Outcome.PARTLY),
        ("ab", Decimal(2) / 3, Outcome.PARTLY),
        ("abd", Decimal(1) / 3, Outcome.PARTLY),
        ("ad", Decimal(0), Outcome.INCORRECT),
        ("de", Decimal(0), Outcome.INCORRECT),
        ("abcde", Decimal(1) / 3, Outcome.PARTLY),
        ("aaa", Decimal(1) / 3, Outcome.PARTLY),
        ("", Decimal(0), Outcome.BLANK),
    ],
)
def test_partial_credit_is_right_minus_wrong(chosen: str, fraction: Decimal, outcome: Outcome) -> None:
    score = multiple_score("abc", "de", chosen)
    assert (score.fraction, score.outcome) == (fraction, outcome)


def test_the_explanation_counts_and_says_what_a_wrong_option_costs() -> None:
    texts = [step.render("en") for step in multiple_score("abc", "de", "abd").explanation]
    assert texts == [
        "Right options chosen: 2. Wrong options chosen: 1.",
        "Each wrong option takes away one right option",
    ]


@given(
    right=st.sets(st.sampled_from(LETTERS[:10]), min_size=1),
    wrong=st.sets(st.sampled_from(LETTERS[10:]), min_size=1),
    chosen=st.lists(st.sampled_from(LETTERS + "uvwxyz"), max_size=20),
)
def test_multiple_choice_is_fair(right: set[str], wrong: set[str], chosen: list[str]) -> None:
    """Order and repetition never count; one more wrong option never helps; one more right one never harms."""
    score = multiple_score("".join(right), "".join(wrong), "".join(chosen))
    assert 0 <= score.fraction <= 1
    assert (
        score.fraction == multiple_score("".join(right), "".join(wrong), "".join(reversed(chosen))).fraction
    )
    assert (score.fraction == 1) == (set(chosen) == right)
    room = len(set(chosen)) < 20
    for extra in sorted(wrong - set(chosen))[:1] if room else []:
        more = multiple_score("".join(right), "".join(wrong), "".join([*chosen[:19], extra]))
        assert more.fraction <= multiple_score("".join(right), "".join(wrong), "".join(chosen[:19])).fraction
    for extra in sorted(right - set(chosen))[:1] if room else []:
        more = multiple_score("".join(right), "".join(wrong), "".join([*chosen[:19], extra]))
        assert more.fraction >= multiple_score("".join(right), "".join(wrong), "".join(chosen[:19])).fraction


@given(
    seed=st.integers(),
    count=st.integers(min_value=2, max_value=20),
    chosen=st.integers(min_value=0, max_value=19),
)
def test_shuffling_keeps_every_option_and_never_changes_a_score(seed: int, count: int, chosen: int) -> None:
    options = rows("a", LETTERS[1:count])
    plain_body, key = SINGLE.parse_authoring({"options": options})
    body, _ = SINGLE.parse_authoring({"options": options, "shuffle": "on"})
    shown = SINGLE.public_view(body, seed)["options"]
    assert sorted(shown, key=lambda o: o["id"]) == SINGLE.public_view(plain_body, seed)["options"]
    assert shown == SINGLE.public_view(body, seed)["options"]
    response = SINGLE.parse_response({"choice": shown[chosen % count]["id"]})
    assert SINGLE.score(body, key, response) == SINGLE.score(plain_body, key, response)


def test_the_order_of_an_attempt_is_the_same_on_every_machine() -> None:
    body, _ = SINGLE.parse_authoring({"options": rows("a", "bcde"), "shuffle": True})
    orders = {seed: "".join(o["id"] for o in SINGLE.public_view(body, seed)["options"]) for seed in (1, 2, 3)}
    assert orders == {1: "daebc", 2: "cedab", 3: "aebcd"}
    assert len({SINGLE.public_view(body, seed)["options"][0]["id"] for seed in range(60)}) == 5


def test_an_option_keeps_its_id_when_its_text_or_place_changes() -> None:
    first, _ = SINGLE.parse_authoring({"options": [{"text": "Yes", "correct": True}, {"text": "No"}]})
    yes, no = first.options
    edited = [
        {"id": no.id, "text": "No, never"},
        {"text": "Maybe"},
        {"id": yes.id, "text": "Yes", "correct": "on"},
    ]
    second, key = SINGLE.parse_authoring({"options": edited})
    assert [o.id for o in second.options if o.text in ("Yes", "No, never")] == [no.id, yes.id]
    assert key.correct == yes.id
    assert len({o.id for o in second.options}) == 3


def test_a_new_option_never_takes_the_id_of_another() -> None:
    first, _ = SINGLE.parse_authoring({"options": [{"text": "Yes", "correct": True}, {"text": "No"}]})
    yes = first.options[0]
    swapped = [
        {"text": "Yes"},
        {"id": yes.id, "text": "Certainly", "correct": True},
        {"id": yes.id, "text": "No"},
    ]
    second, key = SINGLE.parse_authoring({"options": swapped})
    assert len({o.id for o in second.options}) == 3
    assert key.correct == yes.id
    assert second.options[1].id == yes.id


@pytest.mark.parametrize("bad_id", ["", "UPPER", "a b", "x" * 13, 7, None, ["a"], "é"])
def test_an_id_that_is_none_is_replaced(bad_id: object) -> None:
    body, _ = SINGLE.parse_authoring(
        {"options": [{"id": bad_id, "text": "A", "correct": True}, {"text": "B"}]}
    )
    assert body.options[0].id.isalnum()
    assert len(body.options[0].id) == 8


def test_an_option_that_was_never_offered_is_wrong() -> None:
    body, key = SINGLE.parse_authoring({"options": rows("a", "b")})
    score = SINGLE.score(body, key, SINGLE.parse_response({"choice": "zz"}))
    assert score.outcome is Outcome.INCORRECT
    assert multiple_score("a", "b", "az").fraction == 0


def test_empty_rows_are_ignored_and_text_is_cleaned() -> None:
    form = {
        "options": [
            {"text": " A\x00\u202e "},
            {"text": " \u200b"},
            "nonsense",
            {"text": "B", "correct": True},
        ]
    }
    body, key = SINGLE.parse_authoring(form)
    assert [o.text for o in body.options] == ["A", "B"]
    assert key.correct == body.options[1].id


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ([], {"options": "Write at least two options"}),
        ("A\nB", {"options": "Write at least two options"}),
        ([{"text": "A", "correct": True}], {"options": "Write at least two options"}),
        ([{"text": "A"}, {"text": "B"}], {"options": "Mark exactly one option as correct"}),
        (rows("ab", "c"), {"options": "Mark exactly one option as correct"}),
        (
            [{"text": "A", "correct": True}, {"text": "B"}, {"text": " A "}],
            {"options.2.text": "This option appears twice"},
        ),
        (
            [{"text": "A"}, {"text": "B"}, {"text": "", "correct": True}],
            {
                "options": "Mark exactly one option as correct",
                "options.2.text": "Write the text of this option",
            },
        ),
        (
            [{"text": "A", "correct": True}, {"text": "B"}, {"text": "x" * 1001}],
            {"options.2.text": "Use at most 1,000 characters for an option"},
        ),
        ([{"text": str(n), "correct": n == 0} for n in range(21)], {"options": "Use at most 20 options"}),
        ([{"text": str(n)} for n in range(10_000)], {"options": "Use at most 20 options"}),
    ],
)
def test_what_the_author_got_wrong_is_said_next_to_the_field(options: object, fields: dict[str, str]) -> None:
    assert refused({"options": options}) == fields


def test_multiple_choice_needs_a_right_option() -> None:
    assert refused({"options": rows("", "ab")}, MULTIPLE) == {
        "options": "Mark at least one option as correct"
    }


def test_twenty_options_of_a_thousand_characters_are_fine() -> None:
    body, _ = SINGLE.parse_authoring(
        {"options": [{"text": f"{n:01000}", "correct": n == 0} for n in range(20)]}
    )
    assert len(body.options) == 20


def test_answers_and_solutions_in_words() -> None:
    body, key = MULTIPLE.parse_authoring({"options": rows("ab", "c")})
    response = MULTIPLE.parse_response({"choices": ["c", "a"]})
    assert [m.render("es") for m in MULTIPLE.response_words(body, response)] == ["Option a", "Option c"]
    assert [m.render("es") for m in MULTIPLE.solution_words(body, key)] == ["Option a", "Option b"]
    body1, key1 = SINGLE.parse_authoring({"options": rows("b", "ac")})
    chosen = SINGLE.response_words(body1, SINGLE.parse_response({"choice": "c"}))
    assert [m.render("en") for m in chosen] == ["Option c"]
    assert [m.render("en") for m in SINGLE.solution_words(body1, key1)] == ["Option b"]
