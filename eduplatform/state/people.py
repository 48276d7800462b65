"""The people of the organisation: the list, and one person."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import people, service
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.accounts.repository import PersonSort, Relation
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_date, format_relative
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.state.audit import SearchText, range_text
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument

PageNumber = Annotated[int, Field(ge=1, le=100_000)]
Email = Annotated[str, Field(min_length=1, max_length=254)]
Name = Annotated[str, Field(max_length=80)]
Choice = Annotated[str, Field(max_length=20)]


class RolesForm(Form):
    """Four boxes to tick. ``shown`` are the roles that were there before, with commas between them."""

    student: bool = False
    teacher: bool = False
    guardian: bool = False
    admin: bool = False

    def roles(self) -> list[Role]:
        """The ticked ones."""
        return [role for role in service.TENANT_ROLES if getattr(self, role.value)]


class ChangeRolesForm(RolesForm):
    """The roles on a person's page."""

    shown: Annotated[str, Field(max_length=80)]


class GuardianForm(Form):
    """A guardian to add to a student."""

    email: Email
    relation: Choice


class PersonRow(TypedDict):
    """Somebody in the list; ``roles`` are codes."""

    id: str
    name: str
    email: str
    roles: list[str]
    active: bool
    seen: str
    joined: str


class PersonHead(TypedDict):
    """The person of a page. ``own``: it is the administrator's own account."""

    id: str
    name: str
    email: str
    active: bool
    own: bool
    student: bool
    roles: list[str]
    shown: str
    seen: str
    joined: str
    sessions: str


class EnrollmentRow(TypedDict):
    """A section of a person."""

    id: str
    course: str
    section: str
    role: str
    active: bool


class RelationRow(TypedDict):
    """A guardian of a person, or a student whose guardian they are."""

    id: str
    user_id: str
    name: str
    email: str
    relation: str
    status: str


NOBODY = PersonHead(
    id="",
    name="",
    email="",
    active=True,
    own=False,
    student=False,
    roles=[],
    shown="",
    seen="",
    joined="",
    sessions="",
)


def _seen(user: User, me: Principal) -> str:
    if user.last_seen_at is None:
        return translate(N_("Never"), me.locale)
    return format_relative(user.last_seen_at, utc_now(), me.locale)


def roles_in_order(roles: list[str]) -> list[str]:
    """The codes of roles, in the order in which they are always shown."""
    return [role.value for role in service.TENANT_ROLES if role in roles]


class PeopleState(PageMixin, rx.State):
    """The list of members."""

    rows: list[PersonRow] = []
    query: str = ""
    role: str = ""
    status: str = ""
    sort: PersonSort = "name"
    direction: str = "asc"
    page: int = 1
    pages: int = 1
    total: int = 0
    page_text: str = ""
    filtered: bool = False
    resets: int = 0

    @handler(Permission.PEOPLE_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """The first page of everybody."""
        self._clear()
        self.sort, self.direction = "name", "asc"
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def search(self, me: Principal, text: SearchText) -> None:
        """Show who matches."""
        self.query, self.page = text, 1
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def choose_role(self, me: Principal, role: Choice) -> None:
        """Only people with a role; empty shows all."""
        self.role, self.page = role, 1
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def choose_status(self, me: Principal, status: Choice) -> None:
        """Only open or closed accounts; empty shows all."""
        self.status, self.page = status, 1
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def sort_by(self, me: Principal, column: PersonSort) -> None:
        """Sort by a column; the same one again turns the order round."""
        turned = self.sort == column and self.direction == "asc"
        self.sort, self.direction, self.page = column, "desc" if turned else "asc", 1
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def clear(self, me: Principal) -> None:
        """Show everybody again."""
        self._clear()
        await self._read(me)

    def _clear(self) -> None:
        self.query = self.role = self.status = ""
        self.page, self.resets = 1, self.resets + 1

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found, total = await people.list_people(
                work=work,
                text=self.query,
                role=self.role,
                status=self.status,
                sort=self.sort,
                descending=self.direction == "desc",
                page=self.page,
            )
        self.rows = [
            PersonRow(
                id=str(user.id),
                name=user.name,
                email=user.email,
                roles=roles_in_order(user.roles),
                active=user.status == AccountStatus.ACTIVE,
                seen=_seen(user, me),
                joined=format_date(user.created_at, me.locale, me.timezone),
            )
            for user in found
        ]
        self.filtered = bool(self.query or self.role or self.status)
        self.total, self.pages = total, max(1, -(-total // people.PAGE))
        self.page_text = range_text(me, self.page, people.PAGE, len(found), total)


class PersonState(PageMixin, rx.State):
    """One member. ``guardians`` look after this person, ``students`` are looked after by them."""

    person: PersonHead = NOBODY
    enrollments: list[EnrollmentRow] = []
    guardians: list[RelationRow] = []
    students: list[RelationRow] = []
    saved: int = 0
    added: int = 0

    @handler(Permission.PEOPLE_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """Who it is and what they do here."""
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def refresh(self, me: Principal) -> None:
        """What a change has made of it."""
        await self._read(me)

    @handler(Permission.PEOPLE_EDIT)
    async def save_roles(self, me: Principal, form: ChangeRolesForm) -> rx.event.EventSpec:
        """Give the ticked roles."""
        async with unit_of_work(me) as work:
            await people.set_roles(
                work=work,
                me=me,
                user_id=self._user_id(),
                roles=form.roles(),
                shown=[one for one in form.shown.split(",") if one],
            )
        return await self._done(me, N_("The roles are saved."))

    @handler(Permission.PEOPLE_EDIT)
    async def deactivate(self, me: Principal) -> rx.event.EventSpec:
        """Close the account."""
        async with unit_of_work(me) as work:
            await service.deactivate(work=work, me=me, user_id=self._user_id(), active=False)
        return await self._done(me, N_("The account is deactivated. Open sessions have ended."))

    @handler(Permission.PEOPLE_EDIT)
    async def reactivate(self, me: Principal) -> rx.event.EventSpec:
        """Open the account again."""
        async with unit_of_work(me) as work:
            await service.deactivate(work=work, me=me, user_id=self._user_id(), active=True)
        return await self._done(me, N_("The account is open again."))

    @handler(Permission.PEOPLE_EDIT)
    async def add_guardian(self, me: Principal, form: GuardianForm) -> rx.event.EventSpec:
        """Name a guardian, to be verified."""
        async with unit_of_work(me) as work:
            await people.add_guardian(
                work=work, student_id=self._user_id(), email=form.email, relation=form.relation
            )
        self.added += 1
        return await self._done(
            me, N_("The guardian is on the list. Verify them once you have checked who they are.")
        )

    @handler(Permission.PEOPLE_EDIT)
    async def verify_guardian(self, me: Principal, link_id: UUID) -> rx.event.EventSpec:
        """Let a guardian see the student's learning."""
        async with unit_of_work(me) as work:
            await people.verify_guardian(work=work, link_id=link_id, student_id=self._user_id())
        return await self._done(me, N_("The guardian is verified."))

    @handler(Permission.PEOPLE_EDIT)
    async def revoke_guardian(self, me: Principal, link_id: UUID) -> rx.event.EventSpec:
        """Take a guardian's view away."""
        async with unit_of_work(me) as work:
            await people.revoke_guardian(work=work, link_id=link_id, student_id=self._user_id())
        return await self._done(me, N_("The guardian does not see this student any more."))

    def _user_id(self) -> UUID:
        return parse_id(route_argument(self, "user_id"))

    async def _done(self, me: Principal, message: str) -> rx.event.EventSpec:
        self.saved += 1
        await notify(self, "success", translate(message, me.locale))
        return PersonState.refresh

    async def _read(self, me: Principal) -> None:
        user_id = self._user_id()
        async with unit_of_work(me) as work:
            profile = await people.read_profile(work=work, user_id=user_id)
        count = await people.count_sessions(me=me, user_id=user_id)
        user = profile.user
        roles = roles_in_order(user.roles)
        self.person = PersonHead(
            id=str(user.id),
            name=user.name,
            email=user.email,
            active=user.status == AccountStatus.ACTIVE,
            own=user.id == me.user_id,
            student=Role.STUDENT in user.roles,
            roles=roles,
            shown=",".join(roles),
            seen=_seen(user, me),
            joined=format_date(user.created_at, me.locale, me.timezone),
            sessions=translate_plural(
                "Signed in with {count} browser", "Signed in with {count} browsers", count, me.locale
            ),
        )
        self.enrollments = [
            EnrollmentRow(
                id=str(one.enrollment_id),
                course=one.course_title,
                section=one.section_name,
                role=one.role,
                active=one.status == "active",
            )
            for one in profile.enrollments
        ]
        self.guardians = [_relation(one) for one in profile.relations if one.is_guardian]
        self.students = [_relation(one) for one in profile.relations if not one.is_guardian]


def _relation(one: Relation) -> RelationRow:
    return RelationRow(
        id=str(one.link_id),
        user_id=str(one.user_id),
        name=one.name,
        email=one.email,
        relation=one.relation,
        status=one.status,
    )
