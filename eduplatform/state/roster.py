"""The people of a course."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.classroom import presence
from eduplatform.domain.courses import enrolment, service, waiting
from eduplatform.domain.courses.models import EnrollmentRole
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_date
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import (
    NO_COURSE,
    CourseHead,
    PageNumber,
    SearchText,
    course_head,
    range_text,
)
from eduplatform.state.rows import Option


class PersonLine(TypedDict):
    """Somebody on the roster."""

    id: str
    user_id: str
    name: str
    email: str
    section: str
    section_id: str
    teacher: bool
    joined: str
    read: int
    online: bool


class WaitingLine(TypedDict):
    """Somebody who was invited to a class and has not joined yet."""

    id: str
    name: str
    email: str
    section: str
    since: str


class MoveForm(Form):
    """Where a student goes, and why."""

    section: Annotated[str, Field(min_length=1, max_length=36)]
    reason: Annotated[str, Field(min_length=1, max_length=20)]


class RosterState(PageMixin, rx.State):
    """The people of a course; ``removed`` shows those who were taken off."""

    course: CourseHead = NO_COURSE
    rows: list[PersonLine] = []
    sections: list[Option] = []
    section: str = ""
    query: str = ""
    page: int = 1
    pages: int = 1
    total: int = 0
    page_text: str = ""
    removed: bool = False
    removing: str = ""
    removing_name: str = ""
    moving: str = ""
    moving_name: str = ""
    targets: list[Option] = []
    waiting: list[WaitingLine] = []
    waiting_more: int = 0

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The first page of everybody; ``?section=`` chooses a section."""
        self.query, self.page, self.removing, self.moving, self.removed = "", 1, "", "", False
        self.section = str(self.router.url.query_parameters.get("section", ""))
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def search(self, me: Principal, text: SearchText) -> None:
        """Show who matches."""
        self.query, self.page = text, 1
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def choose_section(self, me: Principal, section: Annotated[str, Field(max_length=36)]) -> None:
        """Show one section; empty shows all."""
        self.section, self.page = section, 1
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def ask_remove(self, me: Principal, enrollment_id: UUID) -> None:
        """Ask before a student is taken off."""
        self.removing = str(enrollment_id)
        self.removing_name = next((one["name"] for one in self.rows if one["id"] == self.removing), "")

    @handler(Permission.COURSE_EDIT)
    async def keep(self, me: Principal) -> None:
        """Close the question."""
        self.removing = ""

    @handler(Permission.COURSE_EDIT)
    async def remove(self, me: Principal) -> object:
        """Take the student off the section."""
        enrollment_id, self.removing = parse_id(self.removing), ""
        async with unit_of_work(me) as work:
            await enrolment.remove(work=work, me=me, enrollment_id=enrollment_id)
        await notify(self, "success", translate(N_("The student is off the class."), me.locale))
        return RosterState.refresh

    @handler(Permission.COURSE_EDIT)
    async def show_removed(self, me: Principal, shown: bool) -> None:
        """Show those who were taken off, or those who are there."""
        self.removed, self.page = shown, 1
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def restore(self, me: Principal, enrollment_id: UUID) -> object:
        """Bring a student back."""
        async with unit_of_work(me) as work:
            await enrolment.restore(work=work, me=me, enrollment_id=enrollment_id)
        await notify(self, "success", translate(N_("The student is back in the class."), me.locale))
        return RosterState.refresh

    @handler(Permission.COURSE_EDIT)
    async def ask_move(self, me: Principal, enrollment_id: UUID) -> None:
        """Ask where a student goes."""
        row = next((one for one in self.rows if one["id"] == str(enrollment_id)), None)
        if row is None:
            return
        self.moving, self.moving_name = row["id"], row["name"]
        self.targets = [one for one in self.sections if one["value"] != row["section_id"]]

    @handler(Permission.COURSE_EDIT)
    async def stay(self, me: Principal) -> None:
        """Close the question."""
        self.moving = ""

    @handler(Permission.COURSE_EDIT)
    async def move(self, me: Principal, form: MoveForm) -> object:
        """Move the student to another class of the course."""
        async with unit_of_work(me) as work:
            section = await enrolment.transfer(
                work=work,
                me=me,
                enrollment_id=parse_id(self.moving),
                section_id=parse_id(form.section),
                reason=form.reason,
            )
        self.moving = ""
        text = translate(
            N_("{name} is in {section} now. All work and grades came along."),
            me.locale,
            name=self.moving_name,
            section=section.name,
        )
        await notify(self, "success", text)
        return RosterState.refresh

    @handler(Permission.COURSE_EDIT)
    async def withdraw(self, me: Principal, waiting_id: UUID) -> object:
        """Give up the place of somebody who was invited."""
        async with unit_of_work(me) as work:
            await waiting.withdraw(work=work, me=me, waiting_id=waiting_id)
        await notify(self, "success", translate(N_("The place is withdrawn."), me.locale))
        return RosterState.refresh

    @handler(Permission.COURSE_EDIT, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """Read the page again."""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        course_id = parse_id(route_argument(self, "course_id"))
        async with unit_of_work(me) as work:
            course, rows, total = await enrolment.roster(
                work=work,
                me=me,
                course_id=course_id,
                section_id=parse_id(self.section) if self.section else None,
                search=self.query,
                page=self.page,
                removed=self.removed,
            )
            online = await presence.online(work=work, user_ids=[one.user_id for one in rows])
            places, waiting_total = await waiting.list_places(work=work, course_id=course_id)
            sections = await service.list_sections(work=work, course_id=course_id)
        self.course = course_head(course)
        self.sections = [
            Option(
                value=str(one.section.id),
                label=translate_plural(
                    "{name} ({count} student)",
                    "{name} ({count} students)",
                    one.students,
                    me.locale,
                    name=one.section.name,
                ),
            )
            for one in sections
        ]
        self.rows = [
            PersonLine(
                id=str(one.enrollment_id),
                user_id=str(one.user_id),
                name=f"{one.given_name} {one.family_name}".strip(),
                email=one.email,
                section=one.section_name,
                section_id=str(one.section_id),
                teacher=one.role == EnrollmentRole.TEACHER,
                joined=format_date(one.joined_at, me.locale, me.timezone),
                read=one.lessons_read,
                online=one.user_id in online,
            )
            for one in rows
        ]
        self.waiting = [
            WaitingLine(
                id=str(one.id),
                name=f"{one.given_name} {one.family_name}".strip(),
                email=one.email,
                section=name,
                since=format_date(one.created_at, me.locale, me.timezone),
            )
            for one, name in places
        ]
        self.waiting_more = waiting_total - len(places)
        self.total = total
        self.pages = max(1, -(-total // enrolment.ROSTER_PAGE))
        self.page_text = range_text(me, self.page, enrolment.ROSTER_PAGE, len(rows), total)
