"""Nothing leaves a guarded stream before it was checked, however the words are cut into pieces."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplatform.agents.guard import MAX_WORDS, GuardedStream, Rules, sentences_of

WORDS = [
    "read",
    "the",
    "part",
    "about",
    "membranes",
    "again",
    "stroma",
    "fluid",
    "chloroplast",
    "why",
    "calvin",
    "[1]",
]
RULES = Rules("Where does the Calvin cycle take place?", ("in the stroma of the chloroplast",))


def cut(text: str, places: list[int]) -> list[str]:
    ends = sorted({one % (len(text) + 1) for one in places} | {0, len(text)})
    return [text[start:end] for start, end in itertools.pairwise(ends)]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*WORDS, "stroma of the chloroplast."]), min_size=1, max_size=30),
    st.lists(st.integers(0, 400), max_size=40),
    st.lists(st.floats(0, 0.3), min_size=1, max_size=8),
)
def test_what_is_shown_is_a_checked_beginning(
    words: list[str], places: list[int], waits: list[float]
) -> None:
    text, now = " ".join(words), [0.0]
    stream = GuardedStream(RULES, clock=lambda: now[0])
    shown = ""
    for number, piece in enumerate(cut(text, places)):
        now[0] += waits[number % len(waits)]
        shown += stream.feed(piece)
        assert not RULES.problems(shown)
    shown += stream.finish()
    assert text.startswith(shown)
    assert not RULES.problems(shown)
    assert shown == text or stream.problems


def test_the_first_words_are_shown_soon() -> None:
    now = [0.0]
    stream = GuardedStream(Rules(), clock=lambda: now[0])
    assert stream.feed("Think ") == ""
    now[0] = 0.2
    assert stream.feed("about mem") == "Think about "


def test_a_whole_sentence_is_shown_at_once() -> None:
    stream = GuardedStream(Rules(), clock=lambda: 0.0)
    assert stream.feed("Read it again. And") == "Read it again. "
    assert stream.finish() == "And"


def test_after_a_problem_nothing_is_shown() -> None:
    stream = GuardedStream(RULES)
    assert stream.feed("It is in the stroma of the chloroplast. ") == ""
    assert stream.problems == ["leak"]
    assert stream.feed("Read it. ") == stream.finish() == ""


@pytest.mark.parametrize(
    "text",
    [
        "It happens in the stroma of the chloroplast.",
        "The chloroplast's STROMA, of course.",
        "s t r o m a of the c-h-l-o-r-o-p-l-a-s-t",
        "stro\u200bma and chloro\u00adplast",
    ],
)
def test_an_answer_in_other_clothes_is_noticed(text: str) -> None:
    assert "leak" in RULES.problems(text)


@pytest.mark.parametrize(
    "text",
    [
        "See http://evil.example/x",
        "![x](https://evil.example/p.png?q=1)",
        "[click](here)",
        "<img src=x onerror=alert(1)>",
        "<script>1</script>",
        "visit www.evil.example",
        "go to evil.com now",
        "javascript:alert(1)",
        "data:text/html;base64,AAA",
    ],
)
def test_links_pictures_and_markup_are_refused(text: str) -> None:
    assert "link" in Rules().problems(text)


def test_one_question_and_few_words() -> None:
    assert "questions" in Rules().problems("Why? And how?")
    assert "length" in Rules().problems("word " * (MAX_WORDS + 1))
    assert Rules().problems("Which membrane is named in [1]?") == []


def test_sentences() -> None:
    assert sentences_of("Read it. Why does it change?") == ["Read it.", "Why does it change?"]
    assert sentences_of("") == []
