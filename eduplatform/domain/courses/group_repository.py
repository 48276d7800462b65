"""Rows of group sets, groups and their members within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.courses.group_models import GroupMember, GroupSet, StudentGroup
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, Section
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns, taught_by
from eduplatform.errors import NotFound


@dataclass(frozen=True, slots=True)
class SetRow:
    """A group set in its course's list; ``assignments`` counts those that are handed in by its groups."""

    set: GroupSet
    section_name: str
    groups: int
    placed: int
    assignments: int


@dataclass(frozen=True, slots=True)
class Member:
    """A student in a group."""

    user_id: UUID
    given_name: str
    family_name: str
    email: str = ""


@dataclass(slots=True)
class GroupRow:
    """A group with its members by name; ``begun`` means that it has begun work on an assignment."""

    group: StudentGroup
    begun: bool
    members: list[Member] = field(default_factory=list[Member])


class GroupSetRepository(Repository[GroupSet]):
    """Group sets."""

    model = GroupSet

    async def in_course(self, course_id: UUID, *, set_id: UUID | None = None) -> list[SetRow]:
        """The sets of a course by name, at most 50; or one of them."""

        def count(model: Any, *conditions: ColumnElement[bool]) -> Any:
            return select(func.count(col(model.id))).where(*conditions).correlate(GroupSet).scalar_subquery()

        statement = (
            select_columns(
                GroupSet,
                func.coalesce(col(Section.name), ""),
                count(StudentGroup, col(StudentGroup.set_id) == col(GroupSet.id)),
                count(GroupMember, col(GroupMember.set_id) == col(GroupSet.id)),
                count(Assessment, col(Assessment.group_set_id) == col(GroupSet.id)),
            )
            .outerjoin(Section, col(Section.id) == col(GroupSet.section_id))
            .where(col(GroupSet.tenant_id) == self._work.tenant_id, col(GroupSet.course_id) == course_id)
            .order_by(col(GroupSet.name), col(GroupSet.id))
            .limit(50)
        )
        if set_id is not None:
            statement = statement.where(col(GroupSet.id) == set_id)
        return [SetRow(*row) for row in await fetch(self._work, statement)]

    async def taught(self, set_id: UUID, user_id: UUID, *, lock: bool = False) -> tuple[GroupSet, Course]:
        """A set of a course that a person teaches, with the course.

        Raises:
            NotFound: It does not exist, or they do not teach its course.
        """
        statement = (
            select_columns(GroupSet, Course)
            .join(Course, col(Course.id) == col(GroupSet.course_id))
            .where(
                col(GroupSet.tenant_id) == self._work.tenant_id,
                col(GroupSet.id) == set_id,
                taught_by(user_id),
            )
        )
        if lock:
            statement = statement.with_for_update(of=GroupSet).execution_options(populate_existing=True)
        rows = await fetch(self._work, statement)
        if not rows:
            raise NotFound
        return rows[0][0], rows[0][1]

    def students(self, chosen: GroupSet) -> Any:
        """Statement for the ids of the students whom a set divides."""
        statement = (
            select(Enrollment.user_id)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == chosen.course_id,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
                col(Enrollment.status) == ACTIVE,
            )
        )
        return (
            statement if chosen.section_id is None else statement.where(col(Section.id) == chosen.section_id)
        )

    async def unplaced(
        self, chosen: GroupSet, *, search: str = "", limit: int | None = None
    ) -> tuple[list[Member], int]:
        """Students without a group by name, and how many there are."""
        placed = select(GroupMember.user_id).where(col(GroupMember.set_id) == chosen.id)
        conditions: list[ColumnElement[bool]] = [
            col(User.tenant_id) == self._work.tenant_id,
            col(User.id).in_(self.students(chosen)),
            col(User.id).not_in(placed),
        ]
        if search:
            conditions.append(_name_or_email(search))
        listed = (
            select_columns(*_PERSON, func.count().over())
            .where(*conditions)
            .order_by(col(User.family_name), col(User.given_name), col(User.id))
            .limit(limit)
        )
        rows = await fetch(self._work, listed)
        return [Member(*row[:-1]) for row in rows], (rows[0][-1] if rows else 0)

    async def people(self, chosen: GroupSet) -> list[tuple[Member, UUID | None]]:
        """Every student whom the set divides, with the group that they are in."""
        rows = await fetch(
            self._work,
            select_columns(*_PERSON, GroupMember.group_id)
            .select_from(User)
            .outerjoin(
                GroupMember,
                (col(GroupMember.user_id) == col(User.id)) & (col(GroupMember.set_id) == chosen.id),
            )
            .where(col(User.tenant_id) == self._work.tenant_id, col(User.id).in_(self.students(chosen))),
        )
        return [(Member(*row[:-1]), row[-1]) for row in rows]


_PERSON: tuple[Any, ...] = (User.id, User.given_name, User.family_name, User.email)


def _name_or_email(search: str) -> ColumnElement[bool]:
    full_name = col(User.given_name).concat(" ").concat(col(User.family_name))
    return or_(
        full_name.icontains(search, autoescape=True), col(User.email).icontains(search, autoescape=True)
    )


class StudentGroupRepository(Repository[StudentGroup]):
    """Groups."""

    model = StudentGroup

    async def in_set(self, set_id: UUID, *, number: int, size: int) -> tuple[list[GroupRow], int]:
        """A page of the groups of a set with their members, in the order of their making, and their number in all."""
        begun = (
            select(Attempt.id)
            .where(col(Attempt.group_id) == col(StudentGroup.id))
            .correlate(StudentGroup)
            .exists()
        )
        rows = await fetch(
            self._work,
            select_columns(StudentGroup, begun, func.count().over())
            .where(col(StudentGroup.tenant_id) == self._work.tenant_id, col(StudentGroup.set_id) == set_id)
            .order_by(col(StudentGroup.id))
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        found = {group.id: GroupRow(group, begun) for group, begun, _total in rows}
        for group_id, members in (await self.members([*found])).items():
            found[group_id].members = members
        return list(found.values()), (rows[0][-1] if rows else 0)

    async def members(self, group_ids: Sequence[UUID]) -> dict[UUID, list[Member]]:
        """The members of groups by name."""
        rows = await fetch(
            self._work,
            select_columns(GroupMember.group_id, *_PERSON)
            .join(User, col(User.id) == col(GroupMember.user_id))
            .where(
                col(GroupMember.tenant_id) == self._work.tenant_id, col(GroupMember.group_id).in_(group_ids)
            )
            .order_by(col(User.family_name), col(User.given_name), col(User.id)),
        )
        found: dict[UUID, list[Member]] = {}
        for group_id, *person in rows:
            found.setdefault(group_id, []).append(Member(*person))
        return found

    async def of_student(self, set_id: UUID, user_id: UUID, *, lock: bool = False) -> StudentGroup | None:
        """The group of a set that a student is in."""
        statement = (
            select(StudentGroup)
            .join(GroupMember, col(GroupMember.group_id) == col(StudentGroup.id))
            .where(
                col(GroupMember.tenant_id) == self._work.tenant_id,
                col(GroupMember.set_id) == set_id,
                col(GroupMember.user_id) == user_id,
            )
        )
        if lock:
            statement = statement.with_for_update(of=StudentGroup, key_share=True)
        rows = await fetch(self._work, statement)
        return rows[0] if rows else None

    async def with_members(self, set_id: UUID, user_id: UUID) -> tuple[StudentGroup | None, list[Member]]:
        """The group of a set that a student is in, and everybody in it by name."""
        theirs = select(GroupMember.group_id).where(
            col(GroupMember.tenant_id) == self._work.tenant_id,
            col(GroupMember.set_id) == set_id,
            col(GroupMember.user_id) == user_id,
        )
        rows = await fetch(
            self._work,
            select_columns(StudentGroup, *_PERSON)
            .join(GroupMember, col(GroupMember.group_id) == col(StudentGroup.id))
            .join(User, col(User.id) == col(GroupMember.user_id))
            .where(col(StudentGroup.tenant_id) == self._work.tenant_id, col(StudentGroup.id).in_(theirs))
            .order_by(col(User.family_name), col(User.given_name), col(User.id)),
        )
        return (rows[0][0] if rows else None), [Member(*row[1:]) for row in rows]

    async def attempts(self, group_ids: Sequence[UUID]) -> list[Attempt]:
        """The attempts of groups, locked, in the order of their beginning."""
        found = await self._session.exec(
            select(Attempt)
            .where(col(Attempt.tenant_id) == self._work.tenant_id, col(Attempt.group_id).in_(group_ids))
            .order_by(col(Attempt.id))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return list(found.all())


class GroupMemberRepository(Repository[GroupMember]):
    """Who is in which group."""

    model = GroupMember


def handed_in(attempts: Sequence[Attempt]) -> bool:
    """Whether one of the attempts has been handed in."""
    return any(one.state == AttemptState.SUBMITTED for one in attempts)
