"""Captions are read as WebVTT and SubRip write them; anything else is refused with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.courses.captions import Cue, as_webvtt, parse_captions, transcript_of
from eduplatform.errors import Invalid

TIMES = st.integers(0, 35_999_000)
TEXT = st.text(alphabet="abc éñ,.!", min_size=1, max_size=30).map(str.strip).filter(bool)


@st.composite
def cues(draw: st.DrawFn) -> Cue:
    start = draw(TIMES)
    return Cue(start / 1000, (start + draw(st.integers(1, 9000))) / 1000, draw(TEXT))


@given(st.lists(cues(), max_size=6))
def test_what_is_written_is_read_again(given_cues: list[Cue]) -> None:
    read = parse_captions(as_webvtt(given_cues))
    assert [one.text for one in read] == [one.text for one in given_cues]
    for one, other in zip(read, given_cues, strict=True):
        assert abs(one.start - other.start) < 0.0011
        assert abs(one.end - other.end) < 0.0011


def test_subrip_and_notes_are_understood_and_markup_is_not_shown() -> None:
    source = "\ufeffWEBVTT - Title\r\n\r\nNOTE\r\nfor us\r\n\r\n1\r\n00:00:01,000 --> 00:00:02,500 align:start\r\n<v Ana>Hi <b>you</b>\r\nthere\r\n\r\n00:06.000 --> 00:07.000\nBye"
    found = parse_captions(source)
    assert found == [Cue(1.0, 2.5, "Hi you\nthere"), Cue(6.0, 7.0, "Bye")]
    assert transcript_of(found) == "Hi you there\n\nBye"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("Hello", 1),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nHi", 3),
        ("00:05.000 --> 00:04.000\nBack", 1),
        ("00:61.000 --> 00:62.000\nBeyond", 1),
    ],
)
def test_the_line_that_is_wrong_is_named(source: str, line: int) -> None:
    with pytest.raises(Invalid) as caught:
        parse_captions(source)
    assert caught.value.params["line"] == line


def test_markup_of_others_cannot_come_back() -> None:
    assert "<" not in as_webvtt([Cue(0, 1, "a < b & c")]).replace("-->", "")
