"""Patterns of accepted answers: what fits, and that none of them ever holds the platform up."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplatform.domain.assessment.question_types import Outcome, question_type
from eduplatform.errors import Invalid

ENDLESS = ["(a|aa)+$b", "(.*?,){11}P", "^(([a-z])+.)+[A-Z]([a-z])+$"]
NOTORIOUS = [
    "(a|a)*b",
    "(a+)+b",
    "(x+x+)+y",
    r"(\w+\s?)+#",
    "(.*)*q",
    "([a-z]+)*1",
    "(a?){60}a{60}",
    "((ab)*)*c",
]


def short(patterns: str, **form: Any) -> tuple[Any, Any, Any]:
    kind = question_type("short_text")
    return kind, *kind.parse_authoring({"accepted": "color", "patterns": patterns, **form})


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("colours", Outcome.CORRECT),
        ("COLOUR", Outcome.CORRECT),
        ("  colour ", Outcome.CORRECT),
        ("colour tv", Outcome.INCORRECT),
        ("a colour", Outcome.INCORRECT),
    ],
)
def test_a_pattern_fits_the_whole_answer(answer: str, outcome: Outcome) -> None:
    kind, body, key = short("colou?rs?")
    assert kind.score(body, key, kind.parse_response({"text": answer})).outcome is outcome


def test_case_and_accents_matter_to_a_pattern_as_the_author_says() -> None:
    kind, body, key = short("resume", case_matters="true")
    assert kind.score(body, key, kind.parse_response({"text": "résumé"})).outcome is Outcome.CORRECT
    assert kind.score(body, key, kind.parse_response({"text": "Resume"})).outcome is Outcome.INCORRECT
    kind, body, key = short("resume", accents_matter="true")
    assert kind.score(body, key, kind.parse_response({"text": "résumé"})).outcome is Outcome.INCORRECT


@pytest.mark.parametrize("text", ENDLESS)
def test_a_pattern_that_never_ends_is_refused_by_name_when_saved(text: str) -> None:
    began = time.thread_time()
    with pytest.raises(Invalid) as refused:
        short(f"fine\n{text}")
    assert time.thread_time() - began < 3
    message = refused.value.fields["patterns"]
    assert isinstance(message, tuple)
    assert message[1] == {"pattern": text}


def test_a_pattern_that_never_ends_is_stopped_while_scoring_and_the_answer_waits_for_a_person() -> None:
    kind, body, key = short("fine")
    slow = key.model_copy(update={"patterns": ("fine", "(a|aa)+$b")})
    began = time.thread_time()
    score = kind.score(body, slow, kind.parse_response({"text": "a" * 199}))
    assert time.thread_time() - began < 2
    assert (score.fraction, score.outcome) == (None, Outcome.NEEDS_REVIEW)
    told = score.explanation[0].render("en")
    assert "2" in told
    assert "aa" not in told


@pytest.mark.parametrize("text", ["(", "[a", "(?P<x", "*", "(?<=", r"\L<names>"])
def test_what_is_not_a_pattern_is_refused_by_name(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        short(text)
    assert refused.value.fields["patterns"][1] == {"pattern": text}


def test_there_are_few_patterns_and_short_ones() -> None:
    for patterns in ("\n".join(f"a{number}" for number in range(11)), "a" * 201):
        with pytest.raises(Invalid) as refused:
            short(patterns)
        assert "patterns" in refused.value.fields


@pytest.mark.parametrize("text", NOTORIOUS)
@pytest.mark.parametrize("answer", ["a" * 199, "x" * 199, "ab " * 66, "1" * 198 + "q!"])
def test_a_notorious_pattern_is_refused_or_ends_soon(text: str, answer: str) -> None:
    try:
        kind, body, key = short(text)
    except Invalid:
        return
    began = time.thread_time()
    kind.score(body, key, kind.parse_response({"text": answer}))
    assert time.thread_time() - began < 1


@given(text=st.text(alphabet="abc()[]{}|*+?.\\^$0-9:<>=!P", max_size=25), answer=st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_no_pattern_breaks_saving_or_scoring(text: str, answer: str) -> None:
    began = time.thread_time()
    try:
        kind, body, key = short(text)
    except Invalid:
        return
    score = kind.score(body, key, kind.parse_response({"text": answer}))
    assert score.fraction is None or 0 <= score.fraction <= 1
    assert time.thread_time() - began < 5
