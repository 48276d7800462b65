"""What the gradebook shows, made of rows: short texts in the reader's language, as few of them as the window needs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from eduplatform.domain.grading.course_rules import Column
from eduplatform.domain.grading.gradebook import Cell, Row, Total
from eduplatform.domain.grading.gradebook_repository import Average
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import (
    format_date,
    format_datetime,
    format_number,
    format_percent,
    format_points,
)
from eduplatform.security.principal import Principal


class ColumnLine(TypedDict):
    """The head of a column; ``marks`` says in short what is special about it."""

    id: str
    title: str
    points: str
    possible: str
    due: str
    average: str
    marks: str


class CellLine(TypedDict):
    """What a student has for a column.

    ``planned`` says from when on the student will see it, ``text`` is what a teacher entered, ``version`` what a change
    is based on.
    """

    score: str
    status: str
    hidden: bool
    planned: str
    version: int
    text: str


class StudentLine(TypedDict):
    """A student with the cells of the window."""

    id: str
    name: str
    section: str
    total: str
    letter: str
    entered: bool
    cells: list[CellLine]


class Answer(TypedDict):
    """What became of an entry: ``saved``, ``conflict`` or ``invalid``, with the words to show."""

    op: str
    kind: str
    text: str
    version: int


def column_line(column: Column, average: Average | None, me: Principal) -> ColumnLine:
    """The head of a column."""
    moment = column.moment
    marks = [
        translate(text, me.locale)
        for text, applies in (
            (N_("extra credit"), column.extra_credit),
            (N_("does not count"), not column.counts),
        )
        if applies
    ]
    return ColumnLine(
        id=str(column.id),
        title=column.assessment.title,
        points=format_points(column.assessment.points, me.locale),
        possible=format_number(column.assessment.points, me.locale),
        due=format_date(moment, me.locale, me.timezone, "short") if moment is not None else "",
        average=average_text(average, me.locale),
        marks="".join(f" · {one}" for one in marks),
    )


def average_text(average: Average | None, locale: str) -> str:
    """The mean of the class in percent; empty when nobody has a number."""
    return format_percent(average.ratio, locale) if average is not None and average.ratio is not None else ""


def cell_line(cell: Cell, me: Principal) -> CellLine:
    """A cell of the window."""
    score = "" if cell.points is None else format_number(cell.points, me.locale)
    return CellLine(
        score=score,
        status=cell.status,
        hidden=score != "" and not cell.released and cell.visible_from is None,
        planned=visible_from(cell.visible_from, me),
        version=cell.version,
        text=cell.text,
    )


def visible_from(moment: datetime | None, me: Principal) -> str:
    """From when on a student will see a grade, in words; empty when that is not planned."""
    if moment is None:
        return ""
    when = format_datetime(moment, me.locale, me.timezone)
    return translate(N_("Visible from {time}"), me.locale, time=when)


def percent_of(total: Decimal | None, locale: str) -> str:
    """A total for reading: at most two places; empty without one."""
    return "" if total is None else f"{format_number(total, locale)} %"


def student_line(row: Row, me: Principal) -> StudentLine:
    """A row of the window."""
    return StudentLine(
        id=str(row.student.user_id),
        name=row.student.name,
        section=row.student.section,
        **total_part(row.total, me),
        cells=[cell_line(one, me) for one in row.cells],
    )


class TotalPart(TypedDict):
    """What a row says of the total."""

    total: str
    letter: str
    entered: bool


def total_part(total: Total, me: Principal) -> TotalPart:
    """What a row says of the total."""
    return TotalPart(
        total=percent_of(total.percent, me.locale), letter=total.letter, entered=total.entered is not None
    )
