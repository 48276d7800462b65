"""Rules of files that hold for every input: names, ranges, and archives however they are damaged."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.api.files import _span
from eduplatform.config import Settings
from eduplatform.domain.files.inspection import inspect_now
from eduplatform.domain.files.names import LONGEST, FileRefused, checked_name, ending_of, fitting_name
from eduplatform.domain.files.policy import EVERYTHING
from eduplatform.domain.files.signatures import KNOWN_ENDINGS
from eduplatform.errors import Misconfigured
from tests.factories import files


@given(st.text(max_size=250))
def test_an_accepted_name_is_one_name_and_nothing_else(given_name: str) -> None:
    try:
        name = checked_name(given_name)
    except FileRefused:
        return
    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('/\\<>:"|?*')
    assert all(unicodedata.category(one) != "Cc" for one in name)
    assert Path(name).name == name
    assert checked_name(name) == name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Lab report.pdf", "Lab report.pdf"),
        ("v1..final.pdf", "v1..final.pdf"),
        ("what?.txt", "what_.txt"),
        ("CON.txt", "_CON.txt"),
        ("  spaced   out .txt", "spaced out .txt"),
        (".gitignore", ".gitignore"),
    ],
)
def test_names_that_people_use_stay_as_they_are(name: str, kept: str) -> None:
    assert checked_name(name) == kept


@pytest.mark.parametrize(
    "name", ["..", "../x", "a/b", "a\\b", "x.EXE", "x.exe.", "x.Bat ", "\u202ex", "a\0b", " ", "..."]
)
def test_names_that_lead_elsewhere_or_run_are_refused(name: str) -> None:
    with pytest.raises(FileRefused):
        checked_name(name)


@given(st.text(alphabet="ab.", min_size=1, max_size=210), st.sampled_from([("png",), ("jpg", "jpeg"), ()]))
def test_a_name_ends_as_its_content(stem: str, endings: tuple[str, ...]) -> None:
    name = fitting_name(stem, endings, KNOWN_ENDINGS)
    assert not endings or ending_of(name) in endings
    assert len(name) <= max(LONGEST, len(stem))


@given(st.text(max_size=30) | st.from_regex(r"bytes=\d{0,4}-\d{0,4}", fullmatch=True), st.integers(1, 5000))
def test_a_range_lies_within_the_file(wanted: str, total: int) -> None:
    span = _span(wanted, total)
    assert span is None or 0 <= span[0] < span[1] <= total


@given(
    st.sampled_from(
        [files.png(), files.jpeg(), files.document(), files.archive({"a.txt": b"a" * 500}), files.PDF]
    ),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6),
    st.integers(0, 2000),
)
def test_whatever_is_damaged_is_read_or_refused_in_words(
    content: bytes, changes: list[tuple[int, int]], cut: int
) -> None:
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    damaged = damaged[: max(1, cut)] if cut < len(damaged) else damaged
    with NamedTemporaryFile() as spool:
        spool.write(damaged)
        spool.flush()
        try:
            found = inspect_now(Path(spool.name), len(damaged), "some.file", EVERYTHING)
        except FileRefused:
            return
    assert found.type.kind in EVERYTHING


def test_an_archive_in_an_archive_in_an_archive_is_refused() -> None:
    content = files.archive({"a.txt": b"deep"})
    for _ in range(3):
        content = files.archive({"in.zip": content})
    with NamedTemporaryFile() as spool:
        spool.write(content)
        spool.flush()
        with pytest.raises(FileRefused, match="archives within archives"):
            inspect_now(Path(spool.name), len(content), "a.zip", EVERYTHING)


def test_entries_that_share_bytes_are_refused() -> None:
    """Fifield's bomb: many entries of the directory point at one and the same packed content."""
    plain = files.archive({"aaaa": b"x" * 100_000, "bbbb": b"y"})
    first = plain.index(b"PK\x01\x02")
    second = plain.index(b"PK\x01\x02", first + 4)
    same = bytearray(plain)
    same[second + 42 : second + 46] = same[first + 42 : first + 46]
    with NamedTemporaryFile() as spool:
        spool.write(same)
        spool.flush()
        with pytest.raises(FileRefused):
            inspect_now(Path(spool.name), len(same), "a.zip", EVERYTHING)


@pytest.mark.parametrize(
    "values",
    [
        {"storage_access_key": "key"},
        {"storage_endpoint": "ftp://host"},
        {"clamd_address": "localhost"},
        {"environment": "production", "storage_endpoint": "http://storage.example"},
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(values: dict[str, str]) -> None:
    with pytest.raises((Misconfigured, ValueError)):
        Settings(**values)  # pyright: ignore[reportArgumentType]
