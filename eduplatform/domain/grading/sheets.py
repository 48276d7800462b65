"""Tables in files: CSV and XLSX, read within limits and written so that no program takes a text for a formula.

An XLSX file is a ZIP archive. Before anything of it is unpacked its directory is judged: number and names of the parts, their
unpacked size, and how much smaller they were packed. No more than the stated sizes are ever unpacked.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from eduplatform.errors import Invalid
from eduplatform.i18n import N_

MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000
MOST_PARTS = 200
MOST_RATIO = 150
MOST_ROWS = 10_001
MOST_COLUMNS = 220
MOST_CHARACTERS = 300

Table = list[list[str]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_ZIP = b"PK\x03\x04"
_XLSX_PARTS = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")

TOO_LARGE = N_("This file is too large to be a table of grades.")
NOT_A_TABLE = N_("This is not a CSV or XLSX file that can be read.")


def harmless(text: str) -> str:
    """A text that no spreadsheet runs: one that begins like a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_typed(text: str) -> str:
    """What `harmless` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def write_csv(rows: Iterable[Sequence[str | Decimal]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8, with the mark by which spreadsheets know the encoding; a block of rows at a time."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for number, row in enumerate(rows, start=1):
        writer.writerow([harmless(one) if isinstance(one, str) else f"{one:f}" for one in row])
        if number % 200 == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_xlsx(rows: Iterable[Sequence[str | Decimal]], *, title: str) -> bytes:
    """The rows as the one sheet of a workbook; texts are texts, whatever they begin with."""
    book: Any = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title=_sheet_name(title))
    sheet.freeze_panes = "B2"
    for row in rows:
        cells: list[Any] = []
        for one in row:
            value: Any = harmless(one) if isinstance(one, str) else one
            cell: Any = WriteOnlyCell(sheet, value=value)
            if isinstance(one, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:31].strip() or "Grades"


def read_table(content: bytes) -> Table:
    """The rows of a CSV or XLSX file as texts, without empty ends; what the file is called does not matter.

    Raises:
        Invalid: It is neither, it is too large, or it unpacks to too much.
    """
    if len(content) > MOST_BYTES:
        raise Invalid(TOO_LARGE)
    rows = _read_xlsx(content) if content.startswith(_ZIP) else _read_csv(content)
    table: Table = []
    for row in rows:
        if len(table) >= MOST_ROWS:
            raise Invalid(TOO_LARGE)
        texts = [as_typed(one.strip()) for one in row]
        while texts and not texts[-1]:
            texts.pop()
        table.append(texts)
    while table and not table[-1]:
        table.pop()
    return table


def _read_csv(content: bytes) -> Iterator[list[str]]:
    if b"\x00" in content:
        raise Invalid(NOT_A_TABLE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise Invalid(NOT_A_TABLE) from None
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(row) > MOST_COLUMNS or any(len(one) > MOST_CHARACTERS for one in row):
                raise Invalid(TOO_LARGE)
            yield row
    except csv.Error:
        raise Invalid(NOT_A_TABLE) from None


def _read_xlsx(content: bytes) -> Iterator[list[str]]:
    try:
        _judge(content)
        book: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What the file says of its own size is not believed.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)):
            if number >= MOST_ROWS:
                raise Invalid(TOO_LARGE)
            yield [_text(one) for one in row]
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        NotImplementedError,
    ):
        # The library lets through whatever its own parts raise on a file that is not what it says.
        raise Invalid(NOT_A_TABLE) from None


def _judge(content: bytes) -> None:
    """Refuse an archive that is no workbook or unpacks to too much, before it is unpacked.

    Raises:
        Invalid: It does.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if not names >= _XLSX_PARTS or len(names) != len(parts):
            raise Invalid(NOT_A_TABLE)
        unpacked = sum(part.file_size for part in parts)
        bomb = any(part.file_size > MOST_RATIO * max(part.compress_size, 1_000) for part in parts)
        if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or bomb:
            raise Invalid(TOO_LARGE)
        if any(part.flag_bits & 1 for part in parts):
            raise Invalid(NOT_A_TABLE)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    if any(mark in stream.read(4_096) for mark in _FORBIDDEN):
                        raise Invalid(NOT_A_TABLE)


def _text(value: Any) -> str:
    """A cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    text = str(value)
    if len(text) > MOST_CHARACTERS:
        raise Invalid(TOO_LARGE)
    return text
