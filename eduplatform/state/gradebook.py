"""The gradebook of a course: the window on the screen, and what is entered into its cells."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.grading import entry as entries
from eduplatform.domain.grading import gradebook as books
from eduplatform.domain.grading.entered import parse_entry
from eduplatform.domain.grading.entry import CellEntry, Entry, EntryOutcome
from eduplatform.domain.grading.gradebook import MOST_ROWS, MOST_WINDOW_COLUMNS, View, Window
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_number
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, SearchText, handler, parse_id, route_argument
from eduplatform.state.gradebook_rows import (
    Answer,
    ColumnLine,
    StudentLine,
    column_line,
    student_line,
)
from eduplatform.state.rows import Option

FIRST_ROWS = 36
FIRST_COLUMNS = 12
MOST_ANSWERS = 12
PLACES = 1_000_000

Key = Annotated[str, Field(max_length=40)]


class GradebookState(PageMixin, rx.State):
    """A window of students by columns; ``view`` grows when another choice begins at the top."""

    course_id: str = ""
    course_title: str = ""
    columns: list[ColumnLine] = []
    rows: list[StudentLine] = []
    first_row: int = 0
    first_column: int = 0
    total_rows: int = 0
    total_columns: int = 0
    all_columns: int = 0
    section_id: str = ""
    search: str = ""
    category: str = ""
    period_id: str = ""
    sort: str = "name"
    descending: bool = False
    view: int = 0
    sections: list[Option] = []
    categories: list[Option] = []
    periods: list[Option] = []
    answers: list[Answer] = []
    _row_count: int = FIRST_ROWS
    _column_count: int = FIRST_COLUMNS

    @handler(Permission.GRADE_WRITE, loads=True)
    async def load(self, me: Principal) -> None:
        """The beginning of the gradebook, with every student and column."""
        self._begin()
        self.section_id = self.search = self.category = self.period_id = ""
        self.sort, self.descending, self.answers = "name", False, []
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def read_choices(self, me: Principal) -> None:
        """What can be chosen above the grid."""
        async with unit_of_work(me) as work:
            course_id = parse_id(route_argument(self, "course_id"))
            rules, sections = await books.read_choices(work=work, me=me, course_id=course_id)
        self.sections = [Option(value=str(key), label=name) for key, name in sections]
        self.categories = [Option(value=str(one.id), label=one.name) for one in rules.categories]
        self.periods = [Option(value=str(one.id), label=one.name) for one in rules.periods]

    @handler(Permission.GRADE_WRITE)
    async def refresh(self, me: Principal) -> None:
        """Read the window again."""
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def window(self, me: Principal, first_row: int, rows: int, first_column: int, columns: int) -> None:
        """Show another part, as somebody scrolls."""
        # Also a client that sends nonsense gets a window, and no more than one.
        wanted = _within(first_column, 0, PLACES), _within(columns, 1, MOST_WINDOW_COLUMNS)
        moved = wanted != (self.first_column, self._column_count)
        self.first_row, self._row_count = _within(first_row, 0, PLACES), _within(rows, 1, MOST_ROWS)
        self.first_column, self._column_count = wanted
        await self._read(me, averages=moved)

    @handler(Permission.GRADE_WRITE)
    async def choose_section(self, me: Principal, section_id: Key) -> None:
        """Show one section, or with an empty id all of them."""
        await self._choose(me, section_id=section_id)

    @handler(Permission.GRADE_WRITE)
    async def choose_category(self, me: Principal, category: Key) -> None:
        """Show the columns of one category, or of all."""
        await self._choose(me, category=category)

    @handler(Permission.GRADE_WRITE)
    async def choose_period(self, me: Principal, period_id: Key) -> None:
        """Show the columns and totals of one period, or of the whole course."""
        await self._choose(me, period_id=period_id)

    @handler(Permission.GRADE_WRITE)
    async def search_for(self, me: Principal, text: SearchText) -> None:
        """Show the students whose name holds the text."""
        await self._choose(me, search=text)

    @handler(Permission.GRADE_WRITE)
    async def order_by(self, me: Principal, key: Key) -> None:
        """Order the students by name, total or a column; asked for again, the other way round."""
        begins_descending = key not in ("name", "section")
        descending = not self.descending if key == self.sort else begins_descending
        await self._choose(me, sort=key, descending=descending)

    @handler(Permission.GRADE_WRITE)
    async def enter(
        self,
        me: Principal,
        op: Key,
        user_id: UUID,
        assessment_id: UUID,
        text: Annotated[str, Field(max_length=40)],
        version: int,
    ) -> object:
        """Enter a value into a cell; what somebody else entered meanwhile stays, and is shown."""
        try:
            value = parse_entry(text)
        except Invalid as error:
            self._answer(op, "invalid", translate(error.detail, me.locale, **error.params), version)
            return None
        asked = CellEntry(user_id=user_id, assessment_id=assessment_id, value=value, version=version)
        try:
            async with unit_of_work(me) as work:
                found = await entries.enter_one(work=work, me=me, entry=asked)
        except Conflict:
            found = Entry(EntryOutcome.CONFLICT, None)
        except NotFound as error:
            self._answer(op, "invalid", translate(error.detail, me.locale), version)
            return None
        now = found.grade.version if found.grade is not None else entries.NEW
        if found.outcome is EntryOutcome.CONFLICT:
            self._answer(op, "conflict", _conflict_text(found, me), now)
        else:
            self._answer(op, "saved", "", now)
        return GradebookState.refresh_row(str(user_id))

    @handler(Permission.GRADE_WRITE)
    async def refresh_row(self, me: Principal, user_id: UUID) -> None:
        """Read a student of the window again, with the total."""
        place = next((number for number, row in enumerate(self.rows) if row["id"] == str(user_id)), None)
        if place is None:
            return
        old = self.rows[place]
        async with unit_of_work(me) as work:
            row = await books.read_row(work=work, me=me, view=self._asked(), user_id=user_id)
        line = StudentLine({**student_line(row, me), "name": old["name"], "section": old["section"]})
        self.rows = [*self.rows[:place], line, *self.rows[place + 1 :]]

    def _answer(self, op: str, kind: str, text: str, version: int) -> None:
        answer = Answer(op=op, kind=kind, text=text, version=version)
        self.answers = [*self.answers, answer][-MOST_ANSWERS:]

    def _begin(self) -> None:
        self.first_row = self.first_column = 0
        self._row_count, self._column_count = FIRST_ROWS, FIRST_COLUMNS

    async def _choose(self, me: Principal, **chosen: str | bool) -> None:
        """Take another choice and begin at the top; without success everything stays."""
        names = ("section_id", "category", "period_id", "search", "sort", "descending")
        before = {name: getattr(self, name) for name in names}
        place = self.first_row, self.first_column
        for name, value in chosen.items():
            setattr(self, name, value)
        self.first_row = 0
        if not {"sort", "descending"} & chosen.keys():
            self.first_column = 0
        try:
            await self._read(me)
        except (Conflict, NotFound):
            for name, value in before.items():
                setattr(self, name, value)
            self.first_row, self.first_column = place
            raise
        self.view += 1

    def _asked(self) -> View:
        return View(
            parse_id(route_argument(self, "course_id")),
            first_row=self.first_row,
            rows=self._row_count,
            first_column=self.first_column,
            columns=self._column_count,
            section_id=parse_id(self.section_id) if self.section_id else None,
            search=self.search,
            category=self.category,
            period_id=parse_id(self.period_id) if self.period_id else None,
            sort=self.sort,
            descending=self.descending,
        )

    async def _read(self, me: Principal, *, averages: bool = True) -> None:
        async with unit_of_work(me) as work:
            window = await books.open_window(work=work, me=me, view=self._asked(), averages=averages)
        self._show(window, me, averages)

    def _show(self, window: Window, me: Principal, averages: bool) -> None:
        known = {one["id"]: one["average"] for one in self.columns}
        course = window.rules.course
        self.course_id, self.course_title = str(course.id), course.title
        self.total_rows, self.total_columns = window.total_rows, window.total_columns
        self.all_columns = len(window.rules.columns)
        columns = [column_line(one, window.averages.get(one.id), me) for one in window.columns]
        if not averages:
            columns = [{**one, "average": known.get(one["id"], "")} for one in columns]
        if columns != self.columns:
            self.columns = columns
        self.rows = [student_line(one, me) for one in window.rows]


def _within(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


def _conflict_text(found: Entry, me: Principal) -> str:
    row = found.grade
    if row is None or row.points is None:
        return translate(
            N_("Somebody else changed this cell meanwhile. What you typed was not saved."), me.locale
        )
    return translate(
        N_("Somebody else changed this cell to {value} meanwhile. What you typed was not saved."),
        me.locale,
        value=format_number(row.points, me.locale),
    )


__all__ = ["GradebookState"]
