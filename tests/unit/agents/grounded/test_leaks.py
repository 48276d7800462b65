"""Turns that say the answer are found, however it is written; turns that guide are let through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.agents.grounded.leaks import find_leak
from eduplatform.agents.grounded.numbers import numbers

PENCILS = "Ana has 3 boxes with 8 pencils each and gives away 4. How many pencils are left?"


@pytest.mark.parametrize(
    ("question", "key", "turn"),
    [
        (PENCILS, "3 * 8 = 24\n24 - 4 = 20\n20", "So 24 - 4 leaves her with 20."),
        (PENCILS, "20", "She has twenty pencils left."),
        (PENCILS, "20", "So the total is 18 pencils."),
        ("What is 500 + 20.5?", "520.5", "Add them: 520.50"),
        ("A rope is cut in two.", "1,250", "It is 1250 cm long."),
        ("How many?", "125", "It is one hundred and twenty-five."),
        ("What part is it?", "0.5", "One half of it."),
        ("What part is it?", "3/4", "It is 0.75 of the cake."),
        ("Where does the Calvin cycle take place?", "in the stroma", "Think of the stroma!"),
        (
            "Why are leaves green?",
            "They reflect green light",
            "Green light is thrown back: leaves reflect it.",
        ),
        ("Which option is right?", "C", "The answer is C."),
        ("Which option is right?", "(b) B", "I would choose option B."),
    ],
)
def test_finds_the_answer(question: str, key: str, turn: str) -> None:
    leak = find_leak(question=question, key=key, turn=turn)
    assert leak is not None
    assert turn[leak.start : leak.end] == leak.text


@pytest.mark.parametrize(
    ("question", "key", "turn"),
    [
        (PENCILS, "20", "How many pencils are in the 3 boxes together?"),
        (PENCILS, "4", "You wrote that 4 pencils went away; where do you use that?"),
        ("Where does the Calvin cycle take place?", "in the stroma", "Which parts does a chloroplast have?"),
        ("Why are leaves green?", "They reflect green light", "What happens to light that falls on a leaf?"),
        ("Which option is right?", "C", "Can you rule one of them out?"),
        (PENCILS, "20", "Was it in 2020 or on page 200?"),
        ("What?", "", "Anything at all."),
    ],
)
def test_lets_guidance_through(question: str, key: str, turn: str) -> None:
    assert find_leak(question=question, key=key, turn=turn) is None


@given(st.integers(min_value=101, max_value=9_999_999))
def test_a_number_is_found_in_any_writing(value: int) -> None:
    for written in (str(value), f"{value:,}", f"{value}.0"):
        assert (
            find_leak(question="How many?", key=str(value), turn=f"That is {written}, I think.") is not None
        )


@given(st.text(max_size=80))
def test_numbers_know_their_place(text: str) -> None:
    for number in numbers(text):
        assert text[number.start : number.end].strip()
