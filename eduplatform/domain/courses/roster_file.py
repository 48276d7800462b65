"""Reading a list of people from a CSV or XLSX file, as schools' systems and spreadsheets write them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from eduplatform.domain.accounts.service import EMAIL
from eduplatform.domain.courses.texts import single_line
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate

MOST_ROWS = 2000
MOST_BYTES = 5_000_000
_MOST_COLUMNS = 60
_LONGEST_CELL = 500

_COLUMN_WORDS: Mapping[str, str] = {
    "email": N_("email, e-mail, mail, email address, address"),
    "given_name": N_("given name, first name, name, forename"),
    "family_name": N_("family name, last name, surname"),
    "role": N_("role, type"),
    "guardian": N_("guardian, parent, guardian email, parent email"),
}
"""What headings call each column, the usual words first; translations list those of their language."""

COLUMNS = tuple(_COLUMN_WORDS)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A row of the file: ``number`` as spreadsheets count, ``values`` by column, trimmed."""

    number: int
    values: Mapping[str, str]


def column_label(column: str, locale: str) -> str:
    """What a column is called in the reader's language."""
    return translate(_COLUMN_WORDS[column], locale).split(",")[0].strip()


@lru_cache(maxsize=32)
def _heading_words(locale: str) -> Mapping[str, str]:
    return {
        _plain(word): column
        for column, words in _COLUMN_WORDS.items()
        for word in f"{translate(words, locale)},{words}".split(",")
    }


def _plain(word: str) -> str:
    return " ".join(word.casefold().replace("_", " ").replace("-", " ").split())


def read_roster(content: bytes, *, spreadsheet: bool, locale: str) -> list[RosterLine]:
    """The rows of a file that hold anything.

    The first row may name the columns, in the reader's language or in English and in any order; without such a row the order
    is e-mail, given name, family name, role, guardian.

    Args:
        content: The file.
        spreadsheet: Whether it is XLSX; otherwise text with commas, semicolons or tabs.
        locale: The reader's language.

    Raises:
        Invalid: It cannot be read, holds nobody, or too many.
    """
    rows = list(_sheet_rows(content) if spreadsheet else _text_rows(content))
    filled = [(number, row) for number, row in rows if any(row)]
    if not filled:
        raise Invalid(N_("This file holds nobody."))
    columns = _columns(filled[0][1], locale)
    if columns is not None:
        filled = filled[1:]
    elif EMAIL.fullmatch(filled[0][1][0]):
        columns = dict(enumerate(COLUMNS))
    else:
        message = N_("The first row must name the columns, among them “{column}”.")
        raise Invalid(message, params={"column": column_label("email", locale)})
    if not filled:
        raise Invalid(N_("This file holds nobody."))
    if len(filled) > MOST_ROWS:
        raise Invalid(N_("At most {limit} people at once."), params={"limit": MOST_ROWS})
    return [
        RosterLine(number, {name: row[place] if place < len(row) else "" for place, name in columns.items()})
        for number, row in filled
    ]


def _columns(headings: Sequence[str], locale: str) -> dict[int, str] | None:
    """Column by place, or None when the row names no e-mail column; columns of other names are passed over."""
    words = _heading_words(locale)
    found: dict[int, str] = {}
    for place, heading in enumerate(headings):
        column = words.get(_plain(heading))
        if column is not None and column not in found.values():
            found[place] = column
    return found if "email" in found.values() else None


def _text_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets in Western Europe and the Americas write when they do not write UTF-8.
        text = content.decode("cp1252", "replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for row in reader:
            # A quoted field may hold line breaks: spreadsheets count rows, and an editor lines; lines are what can be found.
            yield before + 1, [single_line(cell)[:_LONGEST_CELL] for cell in row[:_MOST_COLUMNS]]
            before = reader.line_num
    except csv.Error as error:
        raise Invalid(N_("This file cannot be read as a table.")) from error


def _sheet_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        book = cast(Any, load_workbook(io.BytesIO(content), read_only=True, data_only=True))
        rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 100, max_col=_MOST_COLUMNS, values_only=True)
        for number, row in enumerate(rows, start=1):
            yield number, ["" if cell is None else single_line(str(cell))[:_LONGEST_CELL] for cell in row]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise Invalid(N_("This file cannot be read as a table.")) from error
