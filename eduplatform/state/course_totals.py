"""Totals of courses, as students and their guardians see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import reflex as rx

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.grading import totals
from eduplatform.domain.grading.totals import CourseTotals, StudentTotal
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date_range
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, parse_id, route_argument
from eduplatform.state.gradebook_rows import percent_of


class TotalLine(TypedDict):
    """A total of a course or of one of its periods, with the steps that led to it."""

    id: str
    name: str
    dates: str
    percent: str
    letter: str
    reason: str
    steps: list[str]


class CourseLine(TypedDict):
    """A course with its totals: the whole course first."""

    id: str
    title: str
    totals: list[TotalLine]


def course_lines(found: Sequence[CourseTotals], me: Principal) -> list[CourseLine]:
    """Courses with their totals in the reader's language."""
    return [
        CourseLine(
            id=str(one.course.id), title=one.course.title, totals=[_line(total, me) for total in one.totals]
        )
        for one in found
    ]


def _line(one: StudentTotal, me: Principal) -> TotalLine:
    period, total = one.period, one.total
    return TotalLine(
        id=str(period.id) if period is not None else "course",
        name=period.name if period is not None else translate(N_("Whole course"), me.locale),
        dates=format_date_range(period.starts_on, period.ends_on, me.locale) if period is not None else "",
        percent=percent_of(total.percent, me.locale),
        letter=total.letter,
        reason=total.entered.reason if total.entered is not None else "",
        steps=[step.render(me.locale) for step in total.worked_out.explanation],
    )


class OwnTotalsState(PageMixin, rx.State):
    """The student's own totals; read again while the page is open."""

    courses: list[CourseLine] = []

    @handler(Permission.GRADE_READ_OWN, loads=True)
    async def load(self, me: Principal) -> None:
        """The totals of all courses."""
        await self._read(me)

    @handler(Permission.GRADE_READ_OWN, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What teachers changed meanwhile."""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            lines = course_lines(await totals.own_totals(work=work, me=me), me)
        if lines != self.courses:
            self.courses = lines


class ChildTotalsState(PageMixin, rx.State):
    """The totals of a child."""

    courses: list[CourseLine] = []

    @handler(Permission.CHILD_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """The totals of all courses of the child."""
        student_id = parse_id(route_argument(self, "student_id"))
        async with unit_of_work(me) as work:
            found = await totals.child_totals(work=work, me=me, student_id=student_id)
        self.courses = course_lines(found, me)
