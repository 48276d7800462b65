"""A teacher's courses: start page, list, outline with sections, people."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import overview, service
from eduplatform.domain.courses.models import Course, PublicationStatus
from eduplatform.domain.courses.repository import TaughtCourse
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, SearchText, handler, notify

Title = Annotated[str, Field(min_length=1, max_length=160)]
PageNumber = Annotated[int, Field(ge=1, le=100_000)]

KINDS: dict[str, str] = {
    "quiz": N_("Quiz"),
    "exam": N_("Exam"),
    "assignment": N_("Assignment"),
    "practice": N_("Practice"),
}


class CourseForm(Form):
    """A course's names and summary."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    title: Title
    subject: Annotated[str, Field(max_length=80)] = ""
    level: Annotated[str, Field(max_length=80)] = ""
    summary: Annotated[str, Field(max_length=4000)] = ""


class CourseCard(TypedDict):
    """A course in a list."""

    id: str
    code: str
    title: str
    subject: str
    published: bool
    sections: list[str]
    students: int
    lessons: int
    to_grade: int


class DueRow(TypedDict):
    """Something that is due soon."""

    id: str
    title: str
    kind: str
    course: str
    course_id: str
    due: str
    distance: str
    handed_in: int
    students: int


class CourseHead(TypedDict):
    """The course of a page."""

    id: str
    code: str
    title: str
    subject: str
    level: str
    summary: str
    summary_html: str
    published: bool
    version: int


NO_COURSE = CourseHead(
    id="", code="", title="", subject="", level="", summary="", summary_html="", published=False, version=0
)


def _card(row: TaughtCourse, sections: dict[UUID, list[str]]) -> CourseCard:
    return CourseCard(
        id=str(row.course.id),
        code=row.course.code,
        title=row.course.title,
        subject=row.course.subject,
        published=row.course.status == PublicationStatus.PUBLISHED,
        sections=sections.get(row.course.id, [])[:3],
        students=row.students,
        lessons=row.lessons,
        to_grade=row.to_grade,
    )


def course_head(course: Course) -> CourseHead:
    """A course as its pages show it."""
    return CourseHead(
        id=str(course.id),
        code=course.code,
        title=course.title,
        subject=course.subject,
        level=course.level,
        summary=course.summary,
        summary_html=course.summary_html,
        published=course.status == PublicationStatus.PUBLISHED,
        version=course.version,
    )


class TeachHomeState(PageMixin, rx.State):
    """A teacher's start page."""

    courses: list[CourseCard] = []
    due: list[DueRow] = []
    total: int = 0
    to_grade: int = 0

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Courses, what waits, and what is due."""
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def refresh(self, me: Principal) -> None:
        """What has come in since."""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        now = utc_now()
        async with unit_of_work(me) as work:
            found = await overview.teacher_overview(work=work, me=me, now=now)
        sections: dict[UUID, list[str]] = {}
        for one in found.sections:
            sections.setdefault(one.section.course_id, []).append(one.section.name)
        cards = [_card(one, sections) for one in found.courses]
        due = [
            DueRow(
                id=str(one.id),
                title=one.title,
                kind=translate(KINDS.get(one.kind, one.kind), me.locale),
                course=one.course_title,
                course_id=str(one.course_id),
                due=format_datetime(one.due_at, me.locale, me.timezone),
                distance=format_relative(one.due_at, now, me.locale),
                handed_in=one.handed_in,
                students=one.students,
            )
            for one in found.due
        ]
        if (cards, due) != (self.courses, self.due):
            self.courses, self.due = cards, due
        if (found.total, found.to_grade) != (self.total, self.to_grade):
            self.total, self.to_grade = found.total, found.to_grade


class CourseListState(PageMixin, rx.State):
    """A teacher's courses, searchable, and the dialog that makes a new one."""

    rows: list[CourseCard] = []
    query: str = ""
    page: int = 1
    pages: int = 1
    total: int = 0
    page_text: str = ""
    creating: bool = False

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The first page; ``?new=1`` opens the dialog."""
        self.query, self.page = "", 1
        self.creating = self.router.url.query_parameters.get("new") == "1"
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def search(self, me: Principal, text: SearchText) -> None:
        """Show what matches."""
        self.query, self.page = text, 1
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def open_create(self, me: Principal) -> None:
        """Open the dialog."""
        self.creating = True

    @handler(Permission.COURSE_EDIT)
    async def close_create(self, me: Principal) -> None:
        """Close the dialog."""
        self.creating = False

    @handler(Permission.COURSE_EDIT)
    async def create(self, me: Principal, form: CourseForm) -> rx.event.EventSpec:
        """Make the course and open it."""
        async with unit_of_work(me) as work:
            course = await service.create_course(
                work=work,
                me=me,
                code=form.code,
                title=form.title,
                subject=form.subject,
                level=form.level,
                summary=form.summary,
                language=me.locale,
            )
        self.creating = False
        await notify(
            self, "success", translate(N_("The course is there. Now add a first module."), me.locale)
        )
        return rx.redirect(f"/teach/courses/{course.id}")

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            rows, total = await service.list_taught(work=work, me=me, search=self.query, page=self.page)
        self.rows = [_card(one, {}) for one in rows]
        self.total = total
        self.pages = max(1, -(-total // service.PAGE_SIZE))
        self.page_text = range_text(me, self.page, service.PAGE_SIZE, len(rows), total)


def range_text(me: Principal, page: int, size: int, shown: int, total: int) -> str:
    """``21–40 of 136`` in the reader's language."""
    first = (page - 1) * size + 1 if shown else 0
    return translate(
        N_("{first}–{last} of {total}"),
        me.locale,
        first=first,
        last=first + shown - 1 if shown else 0,
        total=total,
    )
