"""Grades in files: what is exported, and how a file is compared with the gradebook before anything changes.

The first row names the columns. An assessment's is its title with a short key in brackets, so that a renamed or repeated title
still finds its column; a student is found by the id, else by the address, else by a name that only one student has. What is
read, such as totals and averages, is never written back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.repository import fetch
from eduplatform.domain.grading.course_models import GradeImport
from eduplatform.domain.grading.course_rules import Column, CourseRules
from eduplatform.domain.grading.entered import EntryKind, parse_entry
from eduplatform.domain.grading.gradebook import Cell, Row, as_grader_sees, cell_of, rows_of, rules_of
from eduplatform.domain.grading.gradebook_repository import (
    GradebookRepository,
    PeopleFilter,
    StoredCell,
    Student,
)
from eduplatform.domain.grading.sheets import NOT_A_TABLE, Table
from eduplatform.errors import Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MOST_STUDENTS = 10_000
MOST_CHANGES = 20_000
MOST_PROBLEMS = 200
BLOCK = 250
"""Students whose grades are read at once."""

STUDENT_ID, NAME, SECTION, TOTAL, LETTER = "Student ID", "Student", "Section", "Total %", "Letter"
_READ_ONLY = frozenset({NAME, SECTION, TOTAL, LETTER})
_ADDRESS = frozenset({"email", "e-mail"})
_KEY = re.compile(r"\[([0-9a-f]{12})\]$")


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that the file would change; ``before`` and ``text`` as somebody would type them."""

    user_id: UUID
    assessment_id: UUID
    before: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a file would do. Nothing of it is done.

    Attributes:
        rows: Students in the file that were found.
        same: Cells that would stay as they are.
    """

    rows: int
    same: int
    changes: list[Change]
    problems: list[Message]


def column_key(column: Column) -> str:
    """The short key of a column: the random end of its id."""
    return column.id.hex[-12:]


async def read_book(*, work: Work, me: Principal, course_id: UUID) -> tuple[CourseRules, list[Row]]:
    """All students with all columns and totals, for an export; three statements for each block of students, so that a large
    class holds nobody up.

    Raises:
        NotFound: The person does not teach the course.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    rules = await rules_of(work, course_id, me)
    people = await GradebookRepository(work).everybody(PeopleFilter(course_id), limit=MOST_STUDENTS)
    now = utc_now()
    rows: list[Row] = []
    for start in range(0, len(people), BLOCK):
        rows += await rows_of(work, rules, people[start : start + BLOCK], None, rules.columns, now)
    return rules, rows


def book_rows(rules: CourseRules, rows: Sequence[Row]) -> Iterator[list[str | Decimal]]:
    """The rows of an export: a heading, then a student each. Missing work is empty, as long as nobody marked it."""
    heads = [f"{one.assessment.title} [{column_key(one)}]" for one in rules.columns]
    yield [STUDENT_ID, NAME, SECTION, *heads, TOTAL, LETTER]
    for row in rows:
        total: str | Decimal = "" if row.total.percent is None else row.total.percent
        yield [
            str(row.student.user_id),
            row.student.name,
            row.student.section,
            *(_exported(one) for one in row.cells),
            total,
            row.total.letter,
        ]


def _exported(cell: Cell) -> str | Decimal:
    if cell.text and cell.points is None:
        return cell.text
    if cell.text and not cell.text[0].isdigit():
        return cell.text
    return cell.points.normalize() + 0 if cell.points is not None and cell.status != "missing" else ""


def _typed(cell: Cell) -> str:
    """A cell as an export writes it."""
    value = _exported(cell)
    return value if isinstance(value, str) else f"{value:f}"


async def compare(*, work: Work, me: Principal, course_id: UUID, name: str, table: Table) -> GradeImport:
    """Compare a file with the gradebook and keep the result; no grade changes. Seven statements at most.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: It has no heading, or would change too much at once.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    rules = await rules_of(work, course_id, me)
    people = await GradebookRepository(work).everybody(PeopleFilter(course_id), limit=MOST_STUDENTS)
    reading = _Reading.of(table, rules, people, await _addresses(work, people, table))
    users = [one.user_id for one in people if one.user_id in reading.found]
    stored = await GradebookRepository(work).cells(users, [one.id for one in reading.columns])
    found = reading.compare(users, stored)
    if len(found.changes) > MOST_CHANGES:
        raise Invalid(
            N_("This file would change more than {limit} cells. Import some columns at a time."),
            params={"limit": MOST_CHANGES},
        )
    return await work.add(
        GradeImport(
            course_id=course_id,
            name=name[:160],
            rows=found.rows,
            same=found.same,
            changes=[
                [str(one.user_id), str(one.assessment_id), one.text, one.version, one.before]
                for one in found.changes
            ],
            problems=[one.to_json() for one in found.problems[:MOST_PROBLEMS]],
        )
    )


async def _addresses(work: Work, people: Sequence[Student], table: Table) -> Mapping[str, UUID]:
    """Students by address, when the file has a column of addresses."""
    if not table or not any(one.casefold() in _ADDRESS for one in table[0]):
        return {}
    rows = await fetch(
        work,
        select(User.email, User.id).where(
            col(User.tenant_id) == work.tenant_id, col(User.id).in_([one.user_id for one in people])
        ),
    )
    return {email.casefold(): key for email, key in rows}


@dataclass(slots=True)
class _Reading:
    """A file on its way: which of its rows and columns were recognised, and what was wrong."""

    places: dict[int, Column]
    found: dict[UUID, tuple[int, list[str]]]
    problems: list[Message]
    now: datetime

    @property
    def columns(self) -> list[Column]:
        return list(self.places.values())

    @classmethod
    def of(
        cls, table: Table, rules: CourseRules, people: Sequence[Student], addresses: Mapping[str, UUID]
    ) -> _Reading:
        if len(table) < 2:
            raise Invalid(NOT_A_TABLE)
        head = table[0]
        reading = cls({}, {}, [], utc_now())
        reading._find_columns(head, rules)
        reading._find_students(table, people, addresses)
        return reading

    def _find_columns(self, head: Sequence[str], rules: CourseRules) -> None:
        by_key = {column_key(one): one for one in rules.columns}
        titles = Counter(one.assessment.title.casefold() for one in rules.columns)
        by_title = {one.assessment.title.casefold(): one for one in rules.columns}
        for place, text in enumerate(head):
            if not text or text in _READ_ONLY or text == STUDENT_ID or text.casefold() in _ADDRESS:
                continue
            key = _KEY.search(text)
            column = by_key.get(key[1]) if key else None
            if column is None and not key and titles[text.casefold()] == 1:
                column = by_title[text.casefold()]
            if column is None:
                self._say(
                    N_("Column {column}: there is no “{title}” in this course"), column=place, title=text
                )
            elif column in self.places.values():
                self._say(N_("Column {column}: “{title}” is there twice"), column=place, title=text)
            else:
                self.places[place] = column
        if not self.places:
            raise Invalid(N_("No column of this file belongs to this course."))

    def _find_students(self, table: Table, people: Sequence[Student], addresses: Mapping[str, UUID]) -> None:
        head = table[0]
        place_of = {name: head.index(name) for name in (STUDENT_ID, NAME) if name in head}
        address = next((place for place, one in enumerate(head) if one.casefold() in _ADDRESS), None)
        if not place_of and address is None:
            raise Invalid(
                N_(
                    "The first row needs a column named “Student ID”, “Email” or “Student” to find the students."
                )
            )
        known = {str(one.user_id): one.user_id for one in people}
        names = Counter(one.name.casefold() for one in people)
        by_name = {one.name.casefold(): one.user_id for one in people if names[one.name.casefold()] == 1}
        for number, row in enumerate(table[1:], start=2):
            if not any(row):
                continue
            texts = {name: _at(row, place) for name, place in place_of.items()}
            mail = _at(row, address) if address is not None else ""
            user_id = known.get(texts.get(STUDENT_ID, "").casefold()) or addresses.get(mail.casefold())
            if user_id is None and not texts.get(STUDENT_ID):
                user_id = by_name.get(texts.get(NAME, "").casefold())
            if user_id is None:
                who = texts.get(NAME) or mail or texts.get(STUDENT_ID, "")
                self._say(N_("Row {row}: no student “{who}” in this course"), row=number, who=who[:80])
            elif user_id in self.found:
                self._say(N_("Row {row}: this student is there twice"), row=number)
            else:
                self.found[user_id] = (number, row)

    def compare(self, users: Sequence[UUID], stored: Mapping[UUID, Mapping[UUID, StoredCell]]) -> Comparison:
        changes: list[Change] = []
        same = 0
        for user_id in users:
            number, texts = self.found[user_id]
            for place, column in self.places.items():
                cell = as_grader_sees(
                    column, cell_of(column, stored[user_id].get(column.id), {}, user_id, self.now)
                )
                text = _at(texts, place)
                if not text:
                    # An empty cell changes nothing: a file with half of the class must not clear the other half.
                    continue
                try:
                    value = parse_entry(text)
                except Invalid:
                    self._say(
                        N_("Row {row}, column {column}: “{text}” is no grade"),
                        row=number,
                        column=place,
                        text=text[:40],
                    )
                    continue
                wanted = (
                    f"{value.points(column.assessment.points).normalize():f}"
                    if value.kind is EntryKind.POINTS
                    else value.kind.value[:2].upper()
                )
                before = _typed(cell)
                if before == wanted:
                    same += 1
                    continue
                changes.append(Change(user_id, column.id, before, wanted, cell.version))
        return Comparison(len(self.found), same, changes, self.problems)

    def _say(self, key: str, **params: str | int) -> None:
        if "column" in params:
            params["column"] = _letters(int(params["column"]))
        self.problems.append(Message(key, params))


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _letters(place: int) -> str:
    """A column's name in a spreadsheet: A, B, ... Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
