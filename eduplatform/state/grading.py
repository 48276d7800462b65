"""The grading queue: what waits for a teacher, across their courses."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.rules import KIND_NAMES
from eduplatform.domain.grading import worklist
from eduplatform.i18n import translate
from eduplatform.i18n.formatting import format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, parse_id
from eduplatform.state.rows import Option

QUEUE_PAGE = 50


class WaitingLine(TypedDict):
    """A line of the queue."""

    key: str
    href: str
    title: str
    kind: str
    course: str
    section: str
    ungraded: int
    late: int
    oldest: str
    unreleased: int


class GradingQueueState(PageMixin, rx.State):
    """What waits for the teacher, across their courses."""

    rows: list[WaitingLine] = []
    courses: list[Option] = []
    course: str = ""
    section: str = ""
    sections: list[Option] = []
    show_only: str = "all"
    late_only: bool = False
    page: int = 1
    total: int = 0
    has_next: bool = False
    waiting: int = 0

    @handler(Permission.GRADE_WRITE, loads=True)
    async def load(self, me: Principal) -> None:
        """Everything that waits."""
        self.course, self.section, self.show_only = "", "", "all"
        self.late_only, self.page = False, 1
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def choose_course(self, me: Principal, course: Annotated[str, Field(max_length=36)]) -> None:
        """Show one course; empty shows all."""
        self.course, self.section, self.page = course, "", 1
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def choose_section(self, me: Principal, section: Annotated[str, Field(max_length=36)]) -> None:
        """Show one section of the chosen course; empty shows all."""
        self.section, self.page = section, 1
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def choose_show(self, me: Principal, show: Literal["all", "ungraded", "unreleased"]) -> None:
        """Show what is to be graded, what is to be released, or both."""
        self.show_only, self.page = show, 1
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def choose_late(self, me: Principal, late: bool) -> None:
        """Show only what was late."""
        self.late_only, self.page = late, 1
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=1000)]) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def refresh(self, me: Principal) -> None:
        """Read again what students may have handed in meanwhile."""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            rows, total = await worklist.queue(
                work=work,
                user_id=me.user,
                course_id=parse_id(self.course) if self.course else None,
                late_only=self.late_only,
                show=self.show_only,
                section_id=parse_id(self.section) if self.section else None,
                number=self.page,
                size=QUEUE_PAGE,
            )
            courses = await worklist.courses(work=work, user_id=me.user)
            chosen = parse_id(self.course) if self.course in {str(key) for key, _title in courses} else None
            sections = await worklist.sections(work=work, course_id=chosen) if chosen is not None else []
        now = utc_now()
        self.courses = [Option(value=str(key), label=title) for key, title in courses]
        self.sections = [Option(value=str(key), label=name) for key, name in sections]
        self.total, self.has_next = total, self.page * QUEUE_PAGE < total
        self.waiting = sum(one.ungraded for one in rows)
        self.rows = [
            WaitingLine(
                key=f"{one.assessment_id}{one.section}",
                href=f"/teach/grading/{one.assessment_id}"
                + (f"?section={one.section_id}" if one.section_id is not None else ""),
                title=one.title,
                kind=translate(KIND_NAMES.get(one.kind, one.kind), me.locale),
                course=one.course_title,
                section=one.section,
                ungraded=one.ungraded,
                late=one.late,
                oldest=format_relative(one.oldest, now, me.locale) if one.oldest else "",
                unreleased=one.unreleased,
            )
            for one in rows
        ]
