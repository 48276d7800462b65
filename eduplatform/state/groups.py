"""Groups of a course: the sets, and who is in which group."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.courses import groups
from eduplatform.domain.courses.group_repository import GroupRow, Member, SetRow
from eduplatform.domain.courses.groups import GROUP_PAGE
from eduplatform.domain.courses.service import list_sections
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.assessments import PageNumber
from eduplatform.state.base import Form, PageMixin, SearchText, handler, notify, parse_id, route_argument
from eduplatform.state.rows import Option

NOBODY = "none"
"""The list of those who are in no group, among the lists that a student can be dragged to."""

_Name = Annotated[str, Field(max_length=200)]


class SetLine(TypedDict):
    """A group set in its course's list."""

    id: str
    name: str
    whom: str
    facts: str
    used: bool


class PersonLine(TypedDict):
    """A student."""

    id: str
    name: str
    email: str


class GroupLine(TypedDict):
    """A group; ``begun`` keeps it from being deleted."""

    id: str
    name: str
    begun: bool
    members: list[PersonLine]


class PastedLine(TypedDict):
    """A line of a pasted list, and what is wrong with it."""

    line: int
    student: str
    group: str
    problem: str


class SetForm(Form):
    """A new set."""

    name: _Name
    section_id: Annotated[str, Field(max_length=40)] = ""


class NameForm(Form):
    """A name."""

    name: _Name


class SplitForm(Form):
    """How everybody without a group is divided."""

    size: Annotated[int, Field(ge=2, le=20)]


class PasteForm(Form):
    """A list of students and groups."""

    text: Annotated[str, Field(max_length=200_000)]


class GroupSetsState(PageMixin, rx.State):
    """The group sets of a course."""

    course_id: str = ""
    course_title: str = ""
    rows: list[SetLine] = []
    sections: list[Option] = []
    creating: bool = False

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.course_id, self.creating = route_argument(self, "course_id"), False
        async with unit_of_work(me) as work:
            course, rows = await groups.list_sets(work=work, me=me, course_id=parse_id(self.course_id))
            sections = await list_sections(work=work, course_id=course.id)
        self.course_title = course.title
        self.rows = [_set_line(row, me) for row in rows]
        self.sections = [Option(value=str(one.section.id), label=one.section.name) for one in sections]

    @handler(Permission.COURSE_EDIT)
    async def open_create(self, me: Principal) -> None:
        """Ask for the name of a new set."""
        self.creating = True

    @handler(Permission.COURSE_EDIT)
    async def close_create(self, me: Principal) -> None:
        """Not now."""
        self.creating = False

    @handler(Permission.COURSE_EDIT)
    async def create(self, me: Principal, form: SetForm) -> rx.event.EventSpec:
        """Begin a set and go to its page."""
        async with unit_of_work(me) as work:
            made = await groups.create_set(
                work=work,
                me=me,
                course_id=parse_id(self.course_id),
                name=form.name,
                section_id=parse_id(form.section_id) if form.section_id else None,
            )
        self.creating = False
        return rx.redirect(f"/teach/groups/{made.id}")


def _set_line(row: SetRow, me: Principal) -> SetLine:
    locale = me.locale
    facts = [
        translate_plural("{count} group", "{count} groups", row.groups, locale, count=row.groups),
        translate_plural("{count} student", "{count} students", row.placed, locale, count=row.placed),
    ]
    return SetLine(
        id=str(row.set.id),
        name=row.set.name,
        whom=row.section_name or translate(N_("The whole course"), locale),
        facts=" · ".join(facts),
        used=row.assignments > 0,
    )


class GroupsState(PageMixin, rx.State):
    """One set: its groups, and those who are in none."""

    set_id: str = ""
    course_id: str = ""
    course_title: str = ""
    name: str = ""
    whom: str = ""
    used: bool = False
    rows: list[GroupLine] = []
    page: int = 1
    pages: int = 1
    total: int = 0
    options: list[Option] = []
    unplaced: list[PersonLine] = []
    unplaced_total: int = 0
    search: str = ""
    splitting: bool = False
    pasting: bool = False
    pasted: list[PastedLine] = []
    pasted_good: int = 0

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.reset()
        self.set_id = route_argument(self, "set_id")
        async with unit_of_work(me) as work:
            await self._read(work, me)

    async def _read(self, work: Work, me: Principal) -> None:
        found = await groups.view_set(
            work=work, me=me, set_id=parse_id(self.set_id), page=self.page, search=self.search
        )
        self.course_id, self.course_title = str(found.course.id), found.course.title
        self.name, self.used = found.row.set.name, found.row.assignments > 0
        self.whom = found.row.section_name or translate(N_("The whole course"), me.locale)
        self.rows = [_group_line(one) for one in found.groups]
        self.total, self.pages = found.total, max(1, -(-found.total // GROUP_PAGE))
        self.options = [Option(value=one["id"], label=one["name"]) for one in self.rows]
        self.unplaced = [_person(one) for one in found.unplaced]
        self.unplaced_total = found.unplaced_total

    @handler(Permission.COURSE_EDIT)
    async def refresh(self, me: Principal) -> None:
        """The same page as a change has made it."""
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.COURSE_EDIT)
    async def go(self, me: Principal, page: PageNumber) -> None:
        """Another page of groups."""
        self.page = page
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.COURSE_EDIT)
    async def find(self, me: Principal, text: SearchText) -> None:
        """Look for somebody among those who are in no group."""
        self.search = text.strip()
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.COURSE_EDIT)
    async def move(
        self, me: Principal, user_id: UUID, group_id: Annotated[str, Field(max_length=40)]
    ) -> rx.event.EventSpec:
        """Put a student into a group, or with ``none`` into no group."""
        return await self._place(me, user_id, group_id)

    @handler(Permission.COURSE_EDIT)
    async def drop(
        self,
        me: Principal,
        kind: Annotated[str, Field(max_length=20)],
        user_id: UUID,
        group_id: Annotated[str, Field(max_length=40)],
        before: Annotated[str, Field(max_length=40)],
    ) -> rx.event.EventSpec:
        """As `move`, by dragging; the place within the group means nothing."""
        return await self._place(me, user_id, group_id)

    async def _place(self, me: Principal, user_id: UUID, group_id: str) -> rx.event.EventSpec:
        async with unit_of_work(me) as work:
            await groups.place(
                work=work,
                me=me,
                set_id=parse_id(self.set_id),
                user_id=user_id,
                group_id=None if group_id in ("", NOBODY) else parse_id(group_id),
            )
        return GroupsState.refresh

    @handler(Permission.COURSE_EDIT)
    async def add(self, me: Principal, form: NameForm) -> rx.event.EventSpec:
        """Add an empty group."""
        async with unit_of_work(me) as work:
            await groups.add_group(work=work, me=me, set_id=parse_id(self.set_id), name=form.name)
        self.page = max(1, -(-(self.total + 1) // GROUP_PAGE))
        return GroupsState.refresh

    @handler(Permission.COURSE_EDIT)
    async def rename(self, me: Principal, group_id: UUID, name: _Name) -> rx.event.EventSpec:
        """Give a group another name."""
        async with unit_of_work(me) as work:
            await groups.rename_group(work=work, me=me, group_id=group_id, name=name)
        return GroupsState.refresh

    @handler(Permission.COURSE_EDIT)
    async def delete(self, me: Principal, group_id: UUID) -> rx.event.EventSpec:
        """Delete a group; its members are then in none."""
        async with unit_of_work(me) as work:
            await groups.delete_group(work=work, me=me, group_id=group_id)
        return GroupsState.refresh

    @handler(Permission.COURSE_EDIT)
    async def delete_set(self, me: Principal) -> rx.event.EventSpec:
        """Delete the whole set."""
        async with unit_of_work(me) as work:
            course_id = await groups.delete_set(work=work, me=me, set_id=parse_id(self.set_id))
        return rx.redirect(f"/teach/courses/{course_id}/groups")

    @handler(Permission.COURSE_EDIT)
    async def open_split(self, me: Principal) -> None:
        """Ask how large the groups shall be."""
        self.splitting = True

    @handler(Permission.COURSE_EDIT)
    async def open_paste(self, me: Principal) -> None:
        """Ask for a list."""
        self.pasting, self.pasted, self.pasted_good = True, [], 0

    @handler(Permission.COURSE_EDIT)
    async def close_dialogs(self, me: Principal) -> None:
        """Not now."""
        self.splitting = self.pasting = False

    @handler(Permission.COURSE_EDIT)
    async def split(self, me: Principal, form: SplitForm) -> rx.event.EventSpec:
        """Divide everybody without a group at random."""
        async with unit_of_work(me) as work:
            made = await groups.split(
                work=work,
                me=me,
                set_id=parse_id(self.set_id),
                size=form.size,
                prefix=translate(N_("Group"), me.locale),
            )
        self.splitting = False
        text = translate_plural(
            "{count} group was made.", "{count} groups were made.", made, me.locale, count=made
        )
        await notify(self, "success", text)
        return GroupsState.refresh

    @handler(Permission.COURSE_EDIT)
    async def check(self, me: Principal, form: PasteForm) -> rx.event.EventSpec | None:
        """Place the students of a list, or say for each of its lines what would become of it."""
        set_id = parse_id(self.set_id)
        async with unit_of_work(me) as work:
            found = await groups.place_pasted(work=work, me=me, set_id=set_id, text=form.text)
        self.pasted_good = sum(1 for one in found if not one.problem)
        wrong = [one for one in found if one.problem]
        self.pasted = [
            PastedLine(
                line=one.line,
                student=one.student,
                group=one.group,
                problem=translate(one.problem, me.locale) if one.problem else "",
            )
            for one in [*wrong, *(one for one in found if not one.problem)][:50]
        ]
        if wrong:
            return None
        self.pasting = False
        text = translate_plural(
            "{count} student was placed.",
            "{count} students were placed.",
            len(found),
            me.locale,
            count=len(found),
        )
        await notify(self, "success", text)
        return GroupsState.refresh


def _person(one: Member) -> PersonLine:
    return PersonLine(
        id=str(one.user_id), name=f"{one.given_name} {one.family_name}".strip(), email=one.email
    )


def _group_line(row: GroupRow) -> GroupLine:
    return GroupLine(
        id=str(row.group.id),
        name=row.group.name,
        begun=row.begun,
        members=[_person(one) for one in row.members],
    )
