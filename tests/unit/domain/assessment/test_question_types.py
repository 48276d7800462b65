"""What holds for every question type: safe parsing, no leak of the key, sound scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplatform.domain.assessment.question_types import (
    Outcome,
    QuestionType,
    Score,
    all_types,
    question_type,
    register_type,
)
from eduplatform.domain.assessment.types.order import new_id
from eduplatform.domain.assessment.types.true_false import TrueFalse
from eduplatform.errors import Invalid, Misconfigured

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
fields_of_responses = st.sampled_from(
    ["choice", "choices", "answer", "text", "gaps", "pairs", "order", "files"]
)
FORM_FIELDS = [
    "options",
    "shuffle",
    "answer",
    "value",
    "tolerance",
    "tolerance_kind",
    "significant_figures",
    "unit_rule",
    "unit",
    "other_units",
    "accepted",
    "case_matters",
    "min_words",
    "max_words",
    "notes",
    "credit",
    "patterns",
    "text",
    "gaps",
    "pairs",
    "all_or_nothing",
    "items",
    "accept",
    "max_files",
    "max_megabytes",
    "file_kinds",
    "require_all",
    "link",
    "files",
    "parts",
]
seeds = st.integers(min_value=0, max_value=2**31 - 1)

OPTIONS = [
    {"id": "merc", "text": "Mercury", "correct": True},
    {"id": "mars", "text": "Mars", "correct": False},
    {"id": "vens", "text": "Venus", "correct": False},
]


@dataclass(frozen=True)
class Sample:
    """A question as an author writes it.

    Attributes:
        form: The author's form.
        other_key: Changes to the form that touch nothing but the key.
        secrets: Strings of the key that are no part of what a student may see.
        right, wrong: Raw responses.
    """

    form: dict[str, Any]
    other_key: dict[str, Any]
    secrets: tuple[str, ...]
    right: dict[str, Any]
    wrong: dict[str, Any]


SAMPLES = {
    "single_choice": Sample(
        form={"options": OPTIONS, "shuffle": True},
        other_key={"options": [{**option, "correct": option["id"] == "mars"} for option in OPTIONS]},
        secrets=("correct",),
        right={"choice": "merc"},
        wrong={"choice": "mars"},
    ),
    "multiple_choice": Sample(
        form={"options": OPTIONS, "shuffle": True},
        other_key={"options": [{**option, "correct": True} for option in OPTIONS]},
        secrets=("correct",),
        right={"choices": ["merc"]},
        wrong={"choices": ["mars", "vens"]},
    ),
    "true_false": Sample(
        form={"answer": "true"},
        other_key={"answer": "false"},
        secrets=("answer",),
        right={"answer": True},
        wrong={"answer": False},
    ),
    "numeric": Sample(
        form={"value": "73.25", "tolerance": "0.5", "unit_rule": "optional", "unit": "furlong"},
        other_key={"value": "12", "tolerance": "3", "tolerance_kind": "relative", "unit": "league"},
        secrets=("73.25", "furlong", "0.5", "tolerance"),
        right={"text": "73,25 furlong"},
        wrong={"text": "74"},
    ),
    "short_text": Sample(
        form={"accepted": ["Photosynthesis"]},
        other_key={"accepted": ["Respiration"]},
        secrets=("hotosynthesis", "accepted"),
        right={"text": " photoSynthesis "},
        wrong={"text": "osmosis"},
    ),
    "cloze": Sample(
        form={
            "text": "[[1]] has [[2]] moons; its colour is [[3]].",
            "gaps": [
                {"kind": "text", "right": "Ares|Quirinus"},
                {"kind": "number", "right": "1.75", "tolerance": "0.125"},
                {"kind": "choice", "right": "rust", "wrong": "teal|jade"},
            ],
        },
        other_key={
            "gaps": [
                {"kind": "text", "right": "Bellona"},
                {"kind": "number", "right": "8"},
                {"kind": "choice", "right": "teal", "wrong": "rust|jade"},
            ],
        },
        secrets=("Ares", "Quirinus", "1.75", "0.125", "accepted", "correct", "tolerance"),
        right={"gaps": {"1": "ares", "2": "1,75", "3": new_id("rust", ())}},
        wrong={"gaps": {"1": "zeus", "2": "9", "3": new_id("teal", ())}},
    ),
    "matching": Sample(
        form={
            "pairs": [
                {"left": "Sun", "right": "star"},
                {"left": "Mars", "right": "planet"},
                {"left": "", "right": "comet"},
            ]
        },
        other_key={
            "pairs": [
                {"left": "Sun", "right": "comet"},
                {"left": "Mars", "right": "star"},
                {"left": "", "right": "planet"},
            ]
        },
        secrets=("pairs",),
        right={"pairs": {new_id("Sun", ()): new_id("star", ()), new_id("Mars", ()): new_id("planet", ())}},
        wrong={"pairs": {new_id("Sun", ()): new_id("planet", ())}},
    ),
    "ordering": Sample(
        form={"items": [{"text": one} for one in ("dawn", "noon", "dusk")]},
        other_key={"items": [{"text": one} for one in ("dusk", "dawn", "noon")]},
        secrets=('order"',),
        right={"order": [new_id(one, ()) for one in ("dawn", "noon", "dusk")]},
        wrong={"order": [new_id(one, ()) for one in ("dusk", "noon", "dawn")]},
    ),
    "essay": Sample(
        form={"min_words": "2", "notes": "Names three causes"},
        other_key={"notes": "Names two causes"},
        secrets=("causes", "notes"),
        right={"text": "Because of the harvest."},
        wrong={"text": "No"},
    ),
    "file_upload": Sample(
        form={"accept": "images", "notes": "Shows three causes"},
        other_key={"notes": "Shows two causes"},
        secrets=("causes", "notes"),
        right={"files": [{"id": "0192d3a0-0000-7000-8000-000000000001", "name": "map.png"}]},
        wrong={"files": [{"id": "0192d3a0-0000-7000-8000-000000000002"}]},
    ),
    "submission": Sample(
        form={"text": True, "link": True, "files": True, "notes": "Three causes, each with evidence"},
        other_key={"notes": "Two causes are enough"},
        secrets=("causes", "notes"),
        right={"text": "Because of the harbour.", "link": "https://example.org", "files": []},
        wrong={"text": "No idea"},
    ),
}

every_type = pytest.mark.parametrize("key", list(SAMPLES))


def author(
    key: str, changes: Mapping[str, Any] | None = None
) -> tuple[QuestionType[Any, Any, Any], Any, Any]:
    kind = question_type(key)
    return kind, *kind.parse_authoring({**SAMPLES[key].form, **(changes or {})})


def refused(action: Callable[[], object]) -> Mapping[str, str]:
    with pytest.raises(Invalid) as caught:
        action()
    return caught.value.fields


def read_or_refuse(action: Callable[[], Any], fields: set[str]) -> Any:
    """What was read, or None after a refusal that names some of the fields; anything else is a failure."""
    refusal: Mapping[str, str] = {}
    try:
        return action()
    except Invalid as error:
        refusal = error.fields
    assert {name.split(".")[0] for name in refusal} & fields
    assert {name.split(".")[0] for name in refusal} <= fields
    return None


def test_the_samples_cover_every_installed_type() -> None:
    assert [kind.key for kind in all_types()] == list(SAMPLES)
    assert {kind.key for kind in all_types() if kind.scored_by_person} == {
        "essay",
        "file_upload",
        "submission",
    }
    assert all(kind.name for kind in all_types())


def test_an_unknown_type_is_refused_by_name_of_the_field() -> None:
    assert refused(lambda: question_type("hotspot")) == {"type": "This question type is not installed"}


def test_an_extension_cannot_replace_a_built_in_type() -> None:
    with pytest.raises(Misconfigured, match="share the key"):
        register_type(TrueFalse())


@pytest.mark.parametrize("key", ["", "Upper", "9lives", "a b", "a" * 41, "dotted.key"])
def test_an_extension_with_a_malformed_key_is_refused(key: str) -> None:
    class Misnamed(TrueFalse):
        pass

    Misnamed.key = key
    with pytest.raises(Misconfigured, match="malformed key"):
        register_type(Misnamed())


@every_type
def test_right_and_wrong_answers_get_what_they_deserve(key: str) -> None:
    kind, body, answer_key = author(key)
    right = kind.score(body, answer_key, kind.parse_response(SAMPLES[key].right))
    wrong = kind.score(body, answer_key, kind.parse_response(SAMPLES[key].wrong))
    if kind.scored_by_person:
        assert (right.fraction, right.outcome) == (None, Outcome.NEEDS_REVIEW)
        assert (wrong.fraction, wrong.outcome) == (None, Outcome.NEEDS_REVIEW)
    else:
        assert (right.fraction, right.outcome) == (1, Outcome.CORRECT)
        assert (wrong.fraction, wrong.outcome) == (0, Outcome.INCORRECT)
    assert right.explanation
    assert wrong.explanation


@every_type
def test_a_response_without_content_is_blank_and_never_scores(key: str) -> None:
    kind, body, answer_key = author(key)
    blank = kind.parse_response({})
    score = kind.score(body, answer_key, blank)
    assert kind.is_blank(blank)
    assert (score.fraction, score.outcome) == (0, Outcome.BLANK)
    assert kind.response_words(body, blank) == ()


@pytest.mark.parametrize("key", ["numeric", "short_text", "essay"])
@given(text=st.text(alphabet=" \t\n\r\u00a0\u2003\u200b\u200d\u00ad\ufeff\u202e\x00\x1f", max_size=40))
def test_text_that_shows_nothing_is_blank(key: str, text: str) -> None:
    kind, body, answer_key = author(key)
    assert kind.score(body, answer_key, kind.parse_response({"text": text})).outcome is Outcome.BLANK


@every_type
@given(raw=json_values | st.dictionaries(fields_of_responses, json_values, max_size=2))
def test_parsing_a_response_raises_nothing_but_invalid_and_scores_stay_in_range(
    key: str, raw: object
) -> None:
    kind, body, answer_key = author(key)
    response = read_or_refuse(lambda: kind.parse_response(raw), {"response", *kind.Response.model_fields})
    if response is None:
        return
    score = kind.score(body, answer_key, response)
    assert score.fraction is None or 0 <= score.fraction <= 1
    assert kind.load_response(json.loads(json.dumps(response.model_dump(mode="json")))) == response
    kind.response_words(body, response)


@every_type
@given(
    form=st.dictionaries(
        st.sampled_from(FORM_FIELDS),
        json_values
        | st.just("required")
        | st.lists(
            st.dictionaries(
                st.sampled_from(
                    ["id", "text", "correct", "unit", "factor", "kind", "left", "right", "wrong", "tolerance"]
                ),
                json_values,
                max_size=3,
            )
        ),
    )
)
def test_parsing_an_authors_form_raises_nothing_but_invalid(key: str, form: dict[str, object]) -> None:
    kind = question_type(key)
    question = read_or_refuse(lambda: kind.parse_authoring(form), set(FORM_FIELDS))
    if question is None:
        return
    body, answer_key = question
    assert kind.load_body(json.loads(json.dumps(body.model_dump(mode="json")))) == body
    assert kind.load_key(json.loads(json.dumps(answer_key.model_dump(mode="json")))) == answer_key


@every_type
def test_the_authors_form_of_a_stored_question_makes_the_same_question(key: str) -> None:
    kind, body, answer_key = author(key)
    form = kind.authoring(body, answer_key)
    assert kind.parse_authoring(form) == (body, answer_key)
    assert not kind.in_bank or set(form) <= {field.name for field in kind.editor}


@every_type
def test_stored_questions_and_answers_are_read_back_unchanged(key: str) -> None:
    kind, body, answer_key = author(key)
    response = kind.parse_response(SAMPLES[key].right)
    assert kind.load_body(json.loads(body.model_dump_json())) == body
    assert kind.load_key(json.loads(answer_key.model_dump_json())) == answer_key
    assert kind.load_response(json.loads(response.model_dump_json())) == response


@every_type
@given(seed=seeds)
@settings(max_examples=20)
def test_what_a_student_sees_holds_nothing_of_the_key(key: str, seed: int) -> None:
    kind, body, _ = author(key)
    _, same_body, _ = author(key, SAMPLES[key].other_key)
    view = kind.public_view(body, seed)
    assert view == kind.public_view(same_body, seed)
    assert view["type"] == key
    text = json.dumps(view)
    assert not [secret for secret in SAMPLES[key].secrets if secret in text]


@every_type
def test_explanations_of_a_wrong_answer_do_not_give_the_solution_away(key: str) -> None:
    kind, body, answer_key = author(key)
    score = kind.score(body, answer_key, kind.parse_response(SAMPLES[key].wrong))
    told = " ".join(step.render("en") for step in score.explanation)
    assert not [line for line in kind.solution_words(body, answer_key) if line.render("en") in told]


@every_type
@pytest.mark.parametrize("field", ["choice", "choices", "answer", "text", "gaps", "pairs", "order", "files"])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x" * 1_000_000, id="megabyte"),
        pytest.param(["abc"] * 1_000_000, id="million items"),
        pytest.param([[["a"]]], id="nested"),
        pytest.param(10**5000, id="huge integer"),
        pytest.param("\ud800" * 120_000, id="surrogates"),
    ],
)
def test_oversized_and_misshapen_responses_are_refused(key: str, field: str, value: object) -> None:
    kind = question_type(key)
    fields = refused(lambda: kind.parse_response({field: value}))
    assert set(fields.values()) <= {"This answer is too long", "This answer could not be read"}


@every_type
def test_names_of_unknown_fields_are_not_sent_back(key: str) -> None:
    fields = refused(lambda: question_type(key).parse_response({"<script>": 1, "fraction": 1}))
    assert fields == {"response": "This answer could not be read"}


@every_type
@pytest.mark.parametrize("raw", [None, [], "text", 1, True])
def test_a_response_is_an_object(key: str, raw: object) -> None:
    assert refused(lambda: question_type(key).parse_response(raw)) == {
        "response": "This answer could not be read"
    }


@pytest.mark.parametrize(
    ("fraction", "outcome"),
    [
        (None, Outcome.CORRECT),
        (Decimal("0.5"), Outcome.CORRECT),
        (Decimal(1), Outcome.PARTLY),
        (Decimal(0), Outcome.PARTLY),
        (None, Outcome.PARTLY),
        (Decimal("0.1"), Outcome.INCORRECT),
        (Decimal(1), Outcome.BLANK),
        (Decimal(0), Outcome.NEEDS_REVIEW),
        (Decimal(2), Outcome.PARTLY),
        (Decimal(-1), Outcome.PARTLY),
    ],
)
def test_a_contradictory_score_cannot_exist(fraction: Decimal | None, outcome: Outcome) -> None:
    with pytest.raises(ValueError, match="does not go with"):
        Score(fraction, outcome)
