"""What guardians see of their children's learning."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.rules import KIND_NAMES
from eduplatform.domain.grading import results
from eduplatform.domain.grading.results import ChildView, DueWork, Reading
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.announcements import show_strip
from eduplatform.state.base import PageMixin, handler, parse_id, route_argument
from eduplatform.state.grades import GradeLine, grade_line


class DueLine(TypedDict):
    """Work that a child has still to do."""

    id: str
    title: str
    kind: str
    course: str
    due: str
    when: str


class ReadingLine(TypedDict):
    """How far a child has read a course."""

    id: str
    dom: str
    course: str
    read: int
    lessons: int
    text: str


class ChildLine(TypedDict):
    """A child with the newest grades in plain words, the next work and the reading."""

    id: str
    name: str
    given_name: str
    grades: list[GradeLine]
    due: list[DueLine]
    reading: list[ReadingLine]


NO_CHILD = ChildLine(id="", name="", given_name="", grades=[], due=[], reading=[])


def _child_line(view: ChildView, me: Principal, now: datetime) -> ChildLine:
    return ChildLine(
        id=str(view.child.id),
        name=view.child.name,
        given_name=view.child.given_name,
        grades=[grade_line(one, me, now) for one in view.grades],
        due=[_due_line(one, me, now) for one in view.due],
        reading=[_reading_line(one, me) for one in view.reading],
    )


def _due_line(one: DueWork, me: Principal, now: datetime) -> DueLine:
    return DueLine(
        id=str(one.assessment_id),
        title=one.title,
        kind=translate(KIND_NAMES.get(one.kind, one.kind), me.locale),
        course=one.course_title,
        due=format_datetime(one.due_at, me.locale, me.timezone),
        when=format_relative(one.due_at, now, me.locale),
    )


def _reading_line(one: Reading, me: Principal) -> ReadingLine:
    text = translate(N_("{read} of {all} lessons read"), me.locale, read=one.read, all=one.lessons)
    return ReadingLine(
        id=str(one.course_id),
        dom=f"reading-{one.user_id}-{one.course_id}",
        course=one.course_title,
        read=one.read,
        lessons=one.lessons,
        text=text,
    )


class FamilyState(PageMixin, rx.State):
    """All children of a guardian."""

    children: list[ChildLine] = []

    @handler(Permission.CHILD_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """Each child with the newest of everything."""
        await self._read(me)

    @handler(Permission.CHILD_READ)
    async def refresh(self, me: Principal) -> None:
        """Read again what teachers may have released meanwhile."""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found = await results.family(work=work, me=me)
            await show_strip(self, work, me)
        now = utc_now()
        self.children = [_child_line(one, me, now) for one in found]


class ChildState(PageMixin, rx.State):
    """One child of a guardian."""

    child: ChildLine = NO_CHILD
    page: int = 1
    total: int = 0
    has_next: bool = False

    @handler(Permission.CHILD_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """Everything that is released."""
        self.page, self.loaded = 1, False
        await self._read(me)

    @handler(Permission.CHILD_READ, loads=True)
    async def refresh(self, me: Principal) -> None:
        """Read again; when the link to the child has ended, the page says that it is not there."""
        await self._read(me)

    @handler(Permission.CHILD_READ, loads=True)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=1000)]) -> None:
        """Show another page of grades."""
        self.page = page
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        student_id = parse_id(route_argument(self, "student_id"))
        async with unit_of_work(me) as work:
            found, total = await results.child(work=work, me=me, student_id=student_id, page=self.page)
        self.child = _child_line(found, me, utc_now())
        self.total, self.has_next = total, self.page * results.PAGE_SIZE < total
