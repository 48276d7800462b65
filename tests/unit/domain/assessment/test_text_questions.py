"""True or false, short text and essay."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.question_types import Outcome
from eduplatform.domain.assessment.types.essay import Essay, count_words
from eduplatform.domain.assessment.types.short_text import ShortText
from eduplatform.domain.assessment.types.text import clean_line, clean_text, is_invisible
from eduplatform.domain.assessment.types.true_false import TrueFalse
from eduplatform.errors import Invalid

TRUE_FALSE = TrueFalse()
SHORT = ShortText()
ESSAY = Essay()


def accepts(answer: str, given_text: str, **flags: object) -> bool:
    body, key = SHORT.parse_authoring({"accepted": [answer], **flags})
    return SHORT.score(body, key, SHORT.parse_response({"text": given_text})).outcome is Outcome.CORRECT


def refused(kind: TrueFalse | ShortText | Essay, form: dict[str, object]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        kind.parse_authoring(form)
    return dict(caught.value.fields)


@pytest.mark.parametrize(("word", "answer"), [("true", True), ("False", False), (True, True), (False, False)])
def test_true_false_is_read_from_pages_and_forms(word: object, answer: bool) -> None:
    body, key = TRUE_FALSE.parse_authoring({"answer": word})
    assert key.answer is answer
    response = TRUE_FALSE.parse_response({"answer": answer})
    assert TRUE_FALSE.score(body, key, response).outcome is Outcome.CORRECT
    assert [m.key for m in TRUE_FALSE.solution_words(body, key)] == [str(answer)]
    assert TRUE_FALSE.response_words(body, response) == TRUE_FALSE.solution_words(body, key)


@pytest.mark.parametrize("word", [None, "", "maybe", 1, 0, ["true"]])
def test_true_false_has_no_default_answer(word: object) -> None:
    assert refused(TRUE_FALSE, {"answer": word}) == {
        "answer": "Choose whether the statement is true or false"
    }


@pytest.mark.parametrize(
    ("answer", "given_text"),
    [
        ("São Paulo", "sao paulo"),
        ("niño", "NIN\u0303O"),
        ("Straße", "STRASSE"),
        ("the water cycle", "  The\u00a0Water   cycle "),
        ("H₂O", "h2o"),
        ("x²", "X^2"),
        ("rock 'n' roll", "Rock ’n‘ Roll"),
        ("soft", "so\u00adft"),
        ("ﬁre", "fire"),
    ],
)
def test_short_text_forgives_how_things_are_typed(answer: str, given_text: str) -> None:
    assert accepts(answer, given_text)
    assert accepts(given_text, answer)


@pytest.mark.parametrize(
    ("answer", "given_text", "flags"),
    [
        ("Paris", "paris", {"case_matters": True}),
        ("año", "ano", {"accents_matter": "on"}),
        ("10²", "102", {}),
        ("ice cream", "icecream", {}),
        ("कि", "क", {}),
        ("one", "One or two", {}),
    ],
)
def test_short_text_tells_different_answers_apart(
    answer: str, given_text: str, flags: dict[str, object]
) -> None:
    assert not accepts(answer, given_text, **flags)
    assert accepts(answer, answer, **flags)


@given(text=st.text(min_size=1, max_size=60), case=st.booleans(), accents=st.booleans())
def test_an_accepted_answer_is_always_accepted_as_it_was_written(
    text: str, case: bool, accents: bool
) -> None:
    try:
        body, key = SHORT.parse_authoring(
            {"accepted": [text], "case_matters": case, "accents_matter": accents}
        )
    except Invalid:
        return
    for variant in (text, f"  {text}\t", unicodedata.normalize("NFD", text)[:200]):
        assert SHORT.score(body, key, SHORT.parse_response({"text": variant})).outcome is Outcome.CORRECT


def test_accepted_answers_come_one_per_line_or_as_a_list_and_double_ones_count_once() -> None:
    body, key = SHORT.parse_authoring({"accepted": "Mars\n\n  mars \nThe red planet\n"})
    assert key.accepted == ("Mars", "The red planet")
    assert [m.render("en") for m in SHORT.solution_words(body, key)] == ["Mars", "The red planet"]
    assert SHORT.parse_authoring({"accepted": [42, None, {"a": 1}]})[1].accepted == ("42",)


@pytest.mark.parametrize(
    ("accepted", "message"),
    [
        (None, "Write at least one accepted answer"),
        ([" ", "\u200b"], "Write at least one accepted answer"),
        (["\u0301"], "Write at least one accepted answer"),
        (["x" * 201], "Use at most 200 characters for an answer"),
        ([f"answer {n}" for n in range(51)], "Use at most 50 accepted answers"),
        (["same"] * 5000, "Use at most 50 accepted answers"),
    ],
)
def test_short_text_says_what_is_wrong_with_the_answers(accepted: object, message: str) -> None:
    assert refused(SHORT, {"accepted": accepted}) == {"accepted": message}


def test_fifty_answers_of_two_hundred_characters_are_fine() -> None:
    assert len(SHORT.parse_authoring({"accepted": [f"{n:0200}" for n in range(50)]})[1].accepted) == 50


def test_a_student_may_know_what_matters_in_writing() -> None:
    body, _ = SHORT.parse_authoring({"accepted": "x", "case_matters": "on"})
    assert SHORT.public_view(body, 1) == {
        "type": "short_text",
        "case_matters": True,
        "accents_matter": False,
        "max_length": 200,
    }


def test_a_students_text_is_kept_as_typed_apart_from_control_characters() -> None:
    response = SHORT.parse_response({"text": " a\x00b\ud800\u202e\tc "})
    assert response.text == " ab c "
    body, _ = SHORT.parse_authoring({"accepted": "x"})
    assert [m.render("en") for m in SHORT.response_words(body, response)] == [" ab c "]


def test_an_essay_waits_for_a_person_and_says_how_long_it_is() -> None:
    body, key = ESSAY.parse_authoring({"min_words": 3, "max_words": "4", "notes": " look\r\nfor causes "})
    assert key.notes == "look\nfor causes"
    assert ESSAY.solution_words(body, key) == ()

    def told(text: str) -> list[str]:
        score = ESSAY.score(body, key, ESSAY.parse_response({"text": text}))
        assert score.outcome is Outcome.NEEDS_REVIEW
        return [step.render("en") for step in score.explanation]

    last = "A person reads and scores this answer"
    assert told("one two") == ["Words: 2", "At least 3 words were asked for", last]
    assert told("one two three") == ["Words: 3", last]
    assert told("one two three four") == ["Words: 4", last]
    assert told("1 2 3 4 5") == ["Words: 5", "At most 4 words were asked for", last]


def test_an_essay_keeps_its_lines_and_its_trailing_space_while_it_is_written() -> None:
    body, _ = ESSAY.parse_authoring({})
    response = ESSAY.parse_response({"text": "First\r\nsecond\x07\t\rthird "})
    assert response.text == "First\nsecond\t\nthird "
    assert [m.render("en") for m in ESSAY.response_words(body, response)] == [response.text]
    assert ESSAY.public_view(body, 0)["min_words"] is None


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (
            {"min_words": "5", "max_words": "4"},
            {"max_words": "The maximum number of words cannot be below the minimum"},
        ),
        ({"min_words": "0"}, {"min_words": "Use a number from 1 to 10,000"}),
        ({"max_words": "10001"}, {"max_words": "Use a number from 1 to 10,000"}),
        ({"max_words": "many"}, {"max_words": "Enter a whole number"}),
        ({"max_words": "-3"}, {"max_words": "Enter a whole number"}),
        ({"max_words": "1.5"}, {"max_words": "Enter a whole number"}),
        ({"max_words": "9" * 400}, {"max_words": "Enter a whole number"}),
        ({"notes": "n" * 5001}, {"notes": "Use at most 5,000 characters for the notes"}),
    ],
)
def test_an_essay_says_what_is_wrong_with_its_settings(
    form: dict[str, object], fields: dict[str, str]
) -> None:
    assert refused(ESSAY, form) == fields


def test_the_longest_essay_fits_and_one_more_character_does_not() -> None:
    assert len(ESSAY.parse_response({"text": "x" * 50_000}).text) == 50_000
    with pytest.raises(Invalid) as caught:
        ESSAY.parse_response({"text": "x" * 50_001})
    assert caught.value.fields == {"text": "This answer is too long"}
    with pytest.raises(Invalid) as caught:
        ESSAY.parse_response({"text": "\u0958" * 50_000})
    assert caught.value.fields == {"text": "This answer is too long"}


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("- – !", 0), ("don't stop", 2), ("well-known fact", 2), ("a\n\tb  c", 3)]
)
def test_words_are_counted_as_a_reader_would(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.text(alphabet=st.characters(), max_size=200))
def test_cleaning_is_done_once_and_for_all(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in cleaned)
    assert not set(clean_line(text)) & set("\n\t\r\x00")
    cleaned.encode("utf-8")


def test_invisible_text_is_recognised() -> None:
    assert is_invisible("")
    assert is_invisible(" \u200b\u00a0")
    assert not is_invisible("\u200b.")
