"""Reading a pasted list of students and the groups they go into: one line each, ``student, group``."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from eduplatform.domain.courses.group_repository import Member
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.errors import Invalid
from eduplatform.i18n import N_

MAX_LINES = 1_000
MAX_LENGTH = 200_000
MAX_GROUP_NAME = 80

UNKNOWN = N_("No student of this set is called that.")
SEVERAL = N_("Several students are called that; use the email address.")
TWICE = N_("This student is in the list twice.")
PLACED = N_("This student is in a group already.")
NO_GROUP = N_("A line needs a student and a group, with a comma, a semicolon or a tab between them.")
LONG_NAME = N_("The name of the group is too long.")

_HEADINGS = frozenset({"student", "email", "e-mail", "name", "estudiante", "correo", "nombre"})


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One line; ``problem`` is a message key, and empty when the line can be used.

    Attributes:
        line: Number of the line, from 1.
        student: What the line says.
        group: The group's name.
        user_id: The student who is meant.
        problem: Why the line cannot be used.
    """

    line: int
    student: str
    group: str
    user_id: UUID | None
    problem: str = ""


def read_pasted(text: str, people: Sequence[tuple[Member, UUID | None]]) -> list[PastedRow]:
    """Understand a list.

    Args:
        text: Lines of an email address or a full name, and the name of a group; a line of headings is passed over.
        people: Every student of the set with the group that they are in now.

    Raises:
        Invalid: There is no line, or there are too many; ``fields["text"]``.
    """
    if len(text) > MAX_LENGTH:
        raise Invalid(fields={"text": N_("This list is too long.")})
    body = paragraphs(text)
    lines = [(number, row) for number, row in enumerate(_cells(body), start=1) if any(row)]
    if lines and lines[0][1][0].casefold() in _HEADINGS:
        lines = lines[1:]
    if not lines:
        raise Invalid(fields={"text": N_("Please fill this in.")})
    if len(lines) > MAX_LINES:
        raise Invalid(fields={"text": N_("This list is too long.")})
    by_word = _by_word(people)
    placed = {member.user_id for member, group in people if group is not None}
    rows: list[PastedRow] = []
    seen: set[UUID] = set()
    for number, cells in lines:
        row = _row(number, cells, by_word, placed, seen)
        if row.user_id is not None:
            seen.add(row.user_id)
        rows.append(row)
    return rows


def _cells(body: str) -> list[list[str]]:
    head = body.split("\n", 1)[0]
    delimiter = next((one for one in ("\t", ";") if one in head), ",")
    try:
        rows = list(csv.reader(io.StringIO(body), delimiter=delimiter, strict=True))
    except csv.Error:
        rows = [line.split(delimiter) for line in body.split("\n")]
    return [[single_line(cell) for cell in row] or [""] for row in rows]


def _by_word(people: Sequence[tuple[Member, UUID | None]]) -> dict[str, set[UUID]]:
    words: dict[str, set[UUID]] = {}
    for member, _group in people:
        forms = {
            member.email,
            f"{member.given_name} {member.family_name}",
            f"{member.family_name} {member.given_name}",
        }
        for form in forms:
            words.setdefault(single_line(form).casefold(), set()).add(member.user_id)
    return words


def _row(
    number: int, cells: list[str], by_word: dict[str, set[UUID]], placed: set[UUID], seen: set[UUID]
) -> PastedRow:
    student, group = cells[0], cells[1] if len(cells) == 2 else ""
    if not student or not group:
        return PastedRow(number, ", ".join(cells)[:120], group, None, NO_GROUP)
    if len(group) > MAX_GROUP_NAME:
        return PastedRow(number, student, group[:MAX_GROUP_NAME], None, LONG_NAME)
    found = by_word.get(student.casefold(), set())
    if len(found) != 1:
        return PastedRow(number, student, group, None, SEVERAL if found else UNKNOWN)
    (user_id,) = found
    problem = TWICE if user_id in seen else PLACED if user_id in placed else ""
    return PastedRow(number, student, group, user_id, problem)
