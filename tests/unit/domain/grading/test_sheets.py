"""Tables in files: what is written reads back, formulas are texts, and archives that would burst are refused."""

from __future__ import annotations

import io
import struct
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from eduplatform.domain.grading import sheets
from eduplatform.domain.grading.sheets import harmless, read_table, write_csv, write_xlsx
from eduplatform.errors import Invalid

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")']

texts = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=40).filter(
    lambda text: text == text.strip() and not text.startswith("'")
)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text: str) -> None:
    written = b"".join(write_csv([["Student", text]])).decode("utf-8-sig")
    assert harmless(text) in written.replace('""', '"')
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t"))
    book = load_workbook(io.BytesIO(write_xlsx([["Student", text]], title="=x")))
    cell = book.worksheets[0]["B1"]
    assert cell.data_type == "s"
    assert cell.value == harmless(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(texts, min_size=2, max_size=4), min_size=1, max_size=6))
def test_what_is_written_reads_back(rows: list[list[str]]) -> None:
    width = max(len(row) for row in rows)
    square = [row + ["x"] * (width - len(row)) for row in rows]
    # The first line of a CSV file decides what separates: names of columns hold no separators.
    head = [[f"Column {number}" for number in range(width)]]
    assert read_table(b"".join(write_csv([*head, *square]))) == [*head, *square]
    assert read_table(write_xlsx([*head, *square], title="Grades")) == [*head, *square]


def test_numbers_are_numbers() -> None:
    rows = [["Student", "Quiz"], ["Ada", Decimal("7.25")], ["Bo", Decimal(10)]]
    for content in (b"".join(write_csv(rows)), write_xlsx(rows, title="Grades")):
        assert read_table(content) == [["Student", "Quiz"], ["Ada", "7.25"], ["Bo", "10"]]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_encodings(separator: str) -> None:
    text = f"Student{separator}Quiz\r\nJos\u00e9{separator}7,5\r\n"
    assert read_table(text.encode("cp1252")) == [["Student", "Quiz"], ["José", "7,5"]]


def _archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def _workbook(**parts: bytes) -> bytes:
    """A workbook with some of its parts replaced or added; ``sheet`` is the sheet."""
    with zipfile.ZipFile(io.BytesIO(write_xlsx([["a", "b"]], title="x"))) as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    return _archive({**whole, **{names.get(name, name): content for name, content in parts.items()}})


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Invalid, match="too large"):
        read_table(_workbook(sheet=b"<x>" + b" " * 30_000_000 + b"</x>"))


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    honest = _workbook(sheet=b"<x>" + b" " * 3_000_000 + b"</x>")
    size = struct.pack("<I", 3_000_007)
    with pytest.raises(Invalid):
        read_table(honest.replace(size, struct.pack("<I", 10)))


def test_entities_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(Invalid, match="not a CSV"):
        read_table(_workbook(sheet=bomb))


def test_a_sheet_that_claims_a_million_rows_ends_early() -> None:
    far = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Invalid, match="too large"):
        read_table(_workbook(sheet=far))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and then nothing of an archive",
        _archive({"something.txt": b"x"}),
        _archive({"[Content_Types].xml": b"<x", "xl/workbook.xml": b"not xml"}),
        b"a,b\n\x00\x01,2",
        b'a,"b\nc',
        b"\x89PNG\r\n\x1a\n\x00",
    ],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_table(content)


def test_too_many_rows_bytes_and_columns_are_refused() -> None:
    with pytest.raises(Invalid, match="too large"):
        read_table(b"a\n" * (sheets.MOST_ROWS + 1))
    with pytest.raises(Invalid, match="too large"):
        read_table(b"a" * (sheets.MOST_BYTES + 1))
    with pytest.raises(Invalid, match="too large"):
        read_table(b"," * 500)
