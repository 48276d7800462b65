"""The gradebook of a course."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.charts import bar_chart_svg
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.grading import gradebook as books
from eduplatform.domain.grading import policy, service, worklist
from eduplatform.domain.grading.gradebook import Cell, Gradebook
from eduplatform.errors import NotFound
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date, format_number, format_percent, format_points
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.desk_rows import EventLine, event_lines


class ColumnLine(TypedDict):
    """An assessment, the head of a column."""

    id: str
    title: str
    points: str
    due: str


class CellLine(TypedDict):
    """What a student has for an assessment, in the order of the columns; ``attempt`` is empty without work."""

    score: str
    status: str
    attempt: str
    hidden: bool


class StudentLine(TypedDict):
    """A student with one cell per column."""

    id: str
    name: str
    section: str
    cells: list[CellLine]


class CellHead(TypedDict):
    """The cell that is open."""

    user_id: str
    assessment_id: str
    student: str
    title: str
    href: str
    excused: bool


NO_CELL = CellHead(user_id="", assessment_id="", student="", title="", href="", excused=False)


class ExcuseForm(Form):
    """Why a student is excused, or no longer."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class GradebookState(PageMixin, rx.State):
    """Students by assessments."""

    course_id: str = ""
    course_title: str = ""
    columns: list[ColumnLine] = []
    rows: list[StudentLine] = []
    page: int = 1
    total: int = 0
    has_next: bool = False
    chart: str = ""
    chart_rows: list[list[str]] = []
    chart_heads: list[str] = []
    cell: CellHead = NO_CELL
    cell_open: bool = False
    events: list[EventLine] = []

    @handler(Permission.GRADE_WRITE, loads=True)
    async def load(self, me: Principal) -> None:
        """The first page of students."""
        self.page, self.cell_open = 1, False
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=10_000)]) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def refresh(self, me: Principal) -> None:
        """Read the page again."""
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def open_cell(self, me: Principal, user_id: UUID, assessment_id: UUID) -> None:
        """Show what happened to a student's grade, and what can be done."""
        row = next((one for one in self.rows if one["id"] == str(user_id)), None)
        column = next((one for one in self.columns if one["id"] == str(assessment_id)), None)
        if row is None or column is None:
            raise NotFound
        found = row["cells"][self.columns.index(column)]
        async with unit_of_work(me) as work:
            await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
            happened = await worklist.history(work=work, assessment_id=assessment_id, user_id=user_id)
        self.events = event_lines(happened, me)
        self.cell = CellHead(
            user_id=row["id"],
            assessment_id=column["id"],
            student=row["name"],
            title=column["title"],
            href=f"/teach/grading/{column['id']}?attempt={found['attempt']}" if found["attempt"] else "",
            excused=found["status"] == "excused",
        )
        self.cell_open = True

    @handler(Permission.GRADE_WRITE)
    async def close_cell(self, me: Principal) -> None:
        """Close it without doing anything."""
        self.cell_open = False

    @handler(Permission.GRADE_WRITE)
    async def excuse(self, me: Principal, form: ExcuseForm) -> object:
        """Excuse the student from the assessment, or take the excuse back."""
        async with unit_of_work(me) as work:
            await service.excuse(
                work=work,
                me=me,
                assessment_id=parse_id(self.cell["assessment_id"]),
                user_id=parse_id(self.cell["user_id"]),
                reason=form.reason,
                excused=not self.cell["excused"],
            )
        self.cell_open = False
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return GradebookState.refresh

    async def _read(self, me: Principal) -> None:
        course_id = parse_id(route_argument(self, "course_id"))
        async with unit_of_work(me) as work:
            book = await books.read_gradebook(work=work, me=me, course_id=course_id, page=self.page)
        self.course_id, self.course_title = str(book.course.id), book.course.title
        self.total, self.has_next = book.total, self.page * book.page_size < book.total
        self.columns = [
            ColumnLine(
                id=str(one.id),
                title=one.title,
                points=format_points(one.points, me.locale),
                due=format_date(one.due_at, me.locale, me.timezone, "short") if one.due_at else "",
            )
            for one in book.assessments
        ]
        self.rows = [
            StudentLine(
                id=str(one.user_id),
                name=one.name,
                section=one.section,
                cells=[_cell(book.cells[one.user_id, column.id], me) for column in book.assessments],
            )
            for one in book.students
        ]
        self._draw(book, me)

    def _draw(self, book: Gradebook, me: Principal) -> None:
        """The averages of the class as a chart and as a table."""
        shown = [
            (one.title, book.averages[one.id])
            for one in book.assessments
            if one.id in book.averages and book.averages[one.id].ratio is not None
        ]
        self.chart_heads = [
            translate(name, me.locale) for name in (N_("Assessment"), N_("Average"), N_("Graded"))
        ]
        self.chart_rows = [
            [title, format_percent(one.ratio or 0, me.locale), format_number(one.graded, me.locale)]
            for title, one in shown
        ]
        self.chart = (
            bar_chart_svg(
                [(title, round((one.ratio or 0) * 100, 1)) for title, one in shown],
                title=translate(N_("Average of the class, in percent of the points"), me.locale),
                unit="%",
                top=100,
                height=200,
            )
            if shown
            else ""
        )


def _cell(cell: Cell, me: Principal) -> CellLine:
    score = "" if cell.points is None else format_number(cell.points, me.locale)
    return CellLine(
        score=score,
        status=cell.status,
        attempt=str(cell.attempt_id or ""),
        hidden=score != "" and not cell.released,
    )
