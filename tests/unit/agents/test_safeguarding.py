"""The word list: what must be noticed, and what lessons say all the time."""

from __future__ import annotations

import pytest

from eduplatform.agents.safeguarding import category_of

NOTICED = {
    "I want to die": "self_harm",
    "i keep thinking about killing myself": "self_harm",
    "I don’t want to live anymore.": "self_harm",
    "everyone would be better off without me": "self_harm",
    "quiero morirme": "self_harm",
    "My dad hits me when I get bad grades": "abuse",
    "I am scared to go home": "abuse",
    "he touched me": "abuse",
    "im gonna shoot everyone": "violence",
    "he said he will bring a gun to school": "violence",
    "i am being bullied in class": "distress",
    "nobody likes me": "distress",
    "I can't take it anymore": "distress",
}

ORDINARY = (
    "How do I kill a process in Python?",
    "Why did people die of the plague?",
    "Who killed Julius Caesar?",
    "What happens when white blood cells kill bacteria?",
    "This question is killing me lol",
    "How do I cut a list in half?",
    "What hurts the economy most?",
    "Does the frog die when it is frozen?",
    "Explain the school shooting percentages in basketball",
)


@pytest.mark.parametrize("text", NOTICED)
def test_words_of_danger_are_noticed(text: str) -> None:
    assert category_of(text) == NOTICED[text]


@pytest.mark.parametrize("text", ORDINARY)
def test_words_of_lessons_are_not(text: str) -> None:
    assert category_of(text) == ""
