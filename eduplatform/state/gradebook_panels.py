"""What opens over the gradebook: a cell with its history, a column in numbers, a total with its steps."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.charts import bar_chart_svg
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.grading import gradebook as books
from eduplatform.domain.grading import release, service, totals, worklist
from eduplatform.domain.grading.course_rules import Column, CourseRules
from eduplatform.domain.grading.gradebook import View
from eduplatform.domain.grading.gradebook_repository import BUCKETS, Distribution
from eduplatform.domain.grading.letter_schemes import percentage
from eduplatform.domain.grading.totals import TotalFacts
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import (
    format_datetime,
    format_number,
    format_percent,
    format_points,
)
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.grade_events import EventLine, event_lines
from eduplatform.state.gradebook import GradebookState
from eduplatform.state.gradebook_rows import percent_of, visible_from


class CellHead(TypedDict):
    """The cell that is open."""

    user_id: str
    assessment_id: str
    student: str
    title: str
    href: str
    excused: bool
    planned: str
    anonymous: bool


class ColumnHead(TypedDict):
    """The column that is open; ``unreleased`` counts grades that students do not see."""

    id: str
    title: str
    facts: list[list[str]]
    unreleased: int
    desk: str


class TotalHead(TypedDict):
    """The total that is open; ``number`` is what a change is based on."""

    user_id: str
    student: str
    period: str
    total: str
    worked_out: str
    entered: bool
    percent: str
    number: int


class EntryLine(TypedDict):
    """An entered total."""

    id: str
    what: str
    who: str
    when: str
    reason: str


NO_CELL = CellHead(
    user_id="", assessment_id="", student="", title="", href="", excused=False, planned="", anonymous=False
)
NO_COLUMN = ColumnHead(id="", title="", facts=[], unreleased=0, desk="")
NO_TOTAL = TotalHead(
    user_id="", student="", period="", total="", worked_out="", entered=False, percent="", number=0
)


class ExcuseForm(Form):
    """Why a student is excused, or no longer."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class TotalForm(Form):
    """A teacher's own total and why."""

    percent: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=2000)] = ""


class GradebookPanelState(PageMixin, rx.State):
    """The panel that is open over the gradebook: ``cell``, ``column``, ``total`` or none."""

    panel: str = ""
    cell: CellHead = NO_CELL
    events: list[EventLine] = []
    column: ColumnHead = NO_COLUMN
    chart: str = ""
    chart_rows: list[list[str]] = []
    chart_heads: list[str] = []
    total: TotalHead = NO_TOTAL
    steps: list[str] = []
    trail: list[EntryLine] = []

    @handler(Permission.GRADE_WRITE)
    async def close(self, me: Principal) -> None:
        """Close it without doing anything."""
        self.panel = ""

    @handler(Permission.GRADE_WRITE)
    async def open_cell(self, me: Principal, user_id: UUID, assessment_id: UUID) -> None:
        """Show what happened to a student's grade, and what can be done."""
        async with unit_of_work(me) as work:
            found = await books.cell_facts(work=work, me=me, assessment_id=assessment_id, user_id=user_id)
            happened = await worklist.history(work=work, assessment_id=assessment_id, user_id=user_id)
        self.events = [] if found.anonymous else event_lines(happened, me)
        self.cell = CellHead(
            user_id=str(user_id),
            assessment_id=str(assessment_id),
            student=found.student,
            title=found.assessment.title,
            href=f"/teach/grading/{assessment_id}?attempt={found.attempt_id}" if found.attempt_id else "",
            excused=found.status == "excused",
            planned=visible_from(found.visible_from, me),
            anonymous=found.anonymous,
        )
        self.panel = "cell"

    @handler(Permission.GRADE_WRITE)
    async def excuse(self, me: Principal, form: ExcuseForm) -> object:
        """Excuse the student from the assessment, or take the excuse back."""
        user_id = parse_id(self.cell["user_id"])
        async with unit_of_work(me) as work:
            await service.excuse(
                work=work,
                me=me,
                assessment_id=parse_id(self.cell["assessment_id"]),
                user_id=user_id,
                reason=form.reason,
                excused=not self.cell["excused"],
            )
        self.panel = ""
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return GradebookState.refresh_row(str(user_id))

    @handler(Permission.GRADE_WRITE)
    async def open_column(self, me: Principal, assessment_id: UUID) -> None:
        """Show a column in numbers."""
        view = await self._view()
        async with unit_of_work(me) as work:
            rules, column, spread = await books.column_facts(
                work=work, me=me, view=view, assessment_id=assessment_id
            )
        self.column = _column_head(rules, column, spread, me)
        self._draw(column, spread, me)
        self.panel = "column"

    @handler(Permission.GRADE_WRITE)
    async def release_column(self, me: Principal) -> object:
        """Let all students see their grades of the open column."""
        async with unit_of_work(me) as work:
            done = await release.release(work=work, me=me, assessment_id=parse_id(self.column["id"]))
        self.panel = ""
        text = translate_plural("{count} grade released.", "{count} grades released.", done.count, me.locale)
        await notify(self, "success", text)
        return GradebookState.refresh

    @handler(Permission.GRADE_WRITE)
    async def order_by_column(self, me: Principal) -> object:
        """Order the students by the open column."""
        self.panel = ""
        return GradebookState.order_by(self.column["id"])

    @handler(Permission.GRADE_WRITE)
    async def open_total(self, me: Principal, user_id: UUID) -> None:
        """Show how a student's total came about."""
        view = await self._view()
        async with unit_of_work(me) as work:
            found = await totals.read_total(
                work=work, me=me, course_id=view.course_id, user_id=user_id, period_id=view.period_id
            )
        self._show_total(found, me)
        self.panel = "total"

    @handler(Permission.GRADE_WRITE)
    async def enter_total(self, me: Principal, form: TotalForm) -> object:
        """Put the teacher's own total in place of the one that was worked out."""
        percent = percentage(form.percent)
        if percent is None:
            raise Invalid(fields={"percent": N_("Enter a percentage from 0 to 200.")})
        return await self._enter(me, percent, form.reason)

    @handler(Permission.GRADE_WRITE)
    async def take_back_total(self, me: Principal, form: TotalForm) -> object:
        """Let the worked-out total hold again."""
        return await self._enter(me, None, form.reason)

    async def _enter(self, me: Principal, percent: Decimal | None, reason: str) -> object:
        view = await self._view()
        user_id = parse_id(self.total["user_id"])
        async with unit_of_work(me) as work:
            await totals.enter_total(
                work=work,
                me=me,
                course_id=view.course_id,
                user_id=user_id,
                period_id=view.period_id,
                percent=percent,
                reason=reason,
                number=self.total["number"],
            )
        self.panel = ""
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return GradebookState.refresh_row(str(user_id))

    async def _view(self) -> View:
        """What the grid shows, which the panels speak of."""
        grid = await self.get_state(GradebookState)
        return View(
            parse_id(route_argument(self, "course_id")),
            section_id=parse_id(grid.section_id) if grid.section_id else None,
            search=grid.search,
            period_id=parse_id(grid.period_id) if grid.period_id else None,
        )

    def _draw(self, column: Column, spread: Distribution, me: Principal) -> None:
        names = [f"{place * 10}–{place * 10 + 10} %" for place in range(BUCKETS - 1)] + ["≥ 90 %"]
        title = translate(N_("Students by percent of the points"), me.locale)
        self.chart_heads = [translate(name, me.locale) for name in (N_("Points reached"), N_("Students"))]
        self.chart_rows = [
            [name, format_number(number, me.locale)]
            for name, number in zip(names, spread.counts, strict=True)
        ]
        short = [f"{place * 10}" for place in range(BUCKETS)]
        bars = list(zip(short, (float(one) for one in spread.counts), strict=True))
        self.chart = bar_chart_svg(bars, title=title, height=200) if spread.average.graded else ""

    def _show_total(self, found: TotalFacts, me: Principal) -> None:
        total = found.total
        self.total = TotalHead(
            user_id=str(found.student.user_id),
            student=found.student.name,
            period=found.period.name if found.period else translate(N_("Whole course"), me.locale),
            total=" · ".join(one for one in (percent_of(total.percent, me.locale), total.letter) if one),
            worked_out=percent_of(total.worked_out.percent, me.locale),
            entered=total.entered is not None,
            percent="" if total.percent is None else f"{total.percent.normalize():f}",
            number=found.number,
        )
        self.steps = [step.render(me.locale) for step in total.worked_out.explanation]
        self.trail = [
            EntryLine(
                id=str(row.id),
                what=percent_of(row.percent, me.locale)
                or translate(N_("Taken back: the worked-out total holds"), me.locale),
                who=author,
                when=format_datetime(row.created_at, me.locale, me.timezone, "short"),
                reason=row.reason,
            )
            for row, author in found.trail
        ]


def _column_head(rules: CourseRules, column: Column, spread: Distribution, me: Principal) -> ColumnHead:
    def name(text: str) -> str:
        return translate(text, me.locale)

    def percent(ratio: Decimal | None) -> str:
        return "–" if ratio is None else format_percent(ratio, me.locale)

    category = next((one.name for one in rules.categories if one.id == column.category_id), "–")
    period = next((one.name for one in rules.periods if one.id == column.period_id), "–")
    moment = column.moment
    facts = [
        [name(N_("Points")), format_points(column.assessment.points, me.locale)],
        [name(N_("Date")), format_datetime(moment, me.locale, me.timezone) if moment else "–"],
        [name(N_("Category")), category],
        [name(N_("Grading period")), period],
        [name(N_("Graded")), format_number(spread.average.graded, me.locale)],
        [name(N_("Average")), percent(spread.average.ratio)],
        [name(N_("Median")), percent(spread.median)],
    ]
    return ColumnHead(
        id=str(column.id),
        title=column.assessment.title,
        facts=facts,
        unreleased=spread.unreleased,
        desk="" if column.manual else f"/teach/grading/{column.id}",
    )
