"""Sentences that are stored and later shown in the reader's language."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.messages import Message, verbatim

params = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    st.text() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False),
)


@given(key=st.text(), values=params)
def test_a_stored_sentence_comes_back_unchanged(key: str, values: dict[str, str | int | Decimal]) -> None:
    message = Message(key, values)
    back = Message.from_json(json.loads(json.dumps(message.to_json())))
    assert back == message
    assert [type(value) for value in back.params.values()] == [type(value) for value in values.values()]


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (Decimal("7.50"), "7.5", "7,5"),
        (Decimal("0.001"), "0.001", "0,001"),
        (1234, "1,234", "1.234"),
        ("1.5", "1.5", "1.5"),
    ],
)
def test_numbers_are_written_the_way_of_the_reader(
    value: str | int | Decimal, english: str, spanish: str
) -> None:
    message = Message("[{value}]", {"value": value})
    assert (message.render("en"), message.render("es")) == (f"[{english}]", f"[{spanish}]")


def test_what_a_person_wrote_is_shown_as_it_is() -> None:
    assert verbatim("{text} {x} True").render("es") == "{text} {x} True"
