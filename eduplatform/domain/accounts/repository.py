"""Rows of people within one tenant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import AccountStatus, GuardianLink, Invitation, User
from eduplatform.domain.courses.models import Course, Enrollment, Section
from eduplatform.security.permissions import Role

PersonSort = Literal["name", "email", "last_seen", "created"]
InvitationStatus = Literal["open", "accepted", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class PersonEnrollment:
    """A section that a person is in."""

    enrollment_id: UUID
    course_id: UUID
    course_title: str
    section_name: str
    role: str
    status: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A guardian link, with the person at its other end."""

    link_id: UUID
    user_id: UUID
    name: str
    email: str
    relation: str
    status: str
    is_guardian: bool


def matches_person(search: str) -> ColumnElement[bool]:
    """Whose name or e-mail address holds the text; ``%`` and ``_`` of the text mean themselves."""
    full_name = col(User.given_name).concat(" ").concat(col(User.family_name))
    return or_(
        full_name.icontains(search, autoescape=True), col(User.email).icontains(search, autoescape=True)
    )


class UserRepository(Repository[User]):
    """Members."""

    model = User

    async def search(
        self,
        *,
        text: str,
        role: str,
        status: str,
        sort: PersonSort,
        descending: bool,
        number: int,
        size: int,
    ) -> tuple[list[User], int]:
        """A page of members and how many there are; empty filters let everybody through."""
        conditions: list[ColumnElement[bool]] = []
        if text:
            conditions.append(matches_person(text))
        if role:
            conditions.append(col(User.roles).contains([role]))
        if status:
            conditions.append(col(User.status) == status)
        columns: dict[PersonSort, tuple[Any, ...]] = {
            "name": (func.lower(col(User.family_name)), func.lower(col(User.given_name))),
            "email": (col(User.email),),
            "last_seen": (col(User.last_seen_at),),
            "created": (col(User.created_at),),
        }
        # Somebody who never came is the last when the newest visit comes first, and the first in the other order.
        order = [one.desc().nulls_last() if descending else one.asc().nulls_first() for one in columns[sort]]
        return await self.page(
            self.rows().where(*conditions), number=number, size=size, order_by=[*order, col(User.id)]
        )

    async def lock_admins(self) -> list[User]:
        """The active administrators, kept from changing until the transaction ends."""
        rows = await self._session.exec(
            self.rows()
            .where(col(User.roles).contains([Role.ADMIN.value]), col(User.status) == AccountStatus.ACTIVE)
            .order_by(col(User.id))
            .with_for_update()
        )
        return list(rows.all())

    async def emails_of_members(self, emails: Collection[str]) -> set[str]:
        """Which of the addresses belong to members."""
        rows = await self._session.exec(
            select(User.email).where(
                col(User.tenant_id) == self._work.tenant_id, col(User.email).in_(list(emails))
            )
        )
        return set(rows.all())

    async def names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """The names of some members."""
        if not ids:
            return {}
        rows = await self._session.exec(
            select(User.id, User.given_name, User.family_name).where(
                col(User.tenant_id) == self._work.tenant_id, col(User.id).in_(list(ids))
            )
        )
        return {key: f"{given} {family}".strip() for key, given, family in rows.all()}

    async def enrollments(self, user_id: UUID) -> list[PersonEnrollment]:
        """The sections of a person, by course; at most 100."""
        statement = cast(Any, select)(
            Enrollment.id, Course.id, Course.title, Section.name, Enrollment.role, Enrollment.status
        )
        result: Any = await cast(Any, self._session).exec(
            statement.join(Section, col(Section.id) == col(Enrollment.section_id))
            .join(Course, col(Course.id) == col(Section.course_id))
            .where(col(Enrollment.tenant_id) == self._work.tenant_id, col(Enrollment.user_id) == user_id)
            .order_by(col(Course.title), col(Section.name))
            .limit(100)
        )
        return [PersonEnrollment(*row) for row in result.all()]


class GuardianLinkRepository(Repository[GuardianLink]):
    """Who may follow whom."""

    model = GuardianLink

    async def of_person(self, user_id: UUID) -> list[Relation]:
        """A person's guardians, and the students whose guardian they are, by name."""
        other = aliased(User)
        rows = await self._session.exec(
            select(GuardianLink, other)
            .join(
                other,
                or_(
                    and_(
                        col(GuardianLink.student_id) == user_id,
                        col(other.id) == col(GuardianLink.guardian_id),
                    ),
                    and_(
                        col(GuardianLink.guardian_id) == user_id,
                        col(other.id) == col(GuardianLink.student_id),
                    ),
                ),
            )
            .where(col(GuardianLink.tenant_id) == self._work.tenant_id)
            .order_by(col(other.family_name), col(other.given_name))
            .limit(100)
        )
        return [
            Relation(
                link_id=link.id,
                user_id=person.id,
                name=person.name,
                email=person.email,
                relation=link.relation,
                status=link.status,
                is_guardian=link.student_id == user_id,
            )
            for link, person in rows.all()
        ]


class InvitationRepository(Repository[Invitation]):
    """Invitations that were sent."""

    model = Invitation

    async def listed(
        self, *, status: InvitationStatus | Literal[""], now: datetime, number: int, size: int
    ) -> tuple[list[Invitation], int]:
        """A page of invitations, newest first, and how many there are."""
        waiting = (col(Invitation.accepted_at).is_(None), col(Invitation.revoked_at).is_(None))
        conditions: dict[str, tuple[ColumnElement[bool], ...]] = {
            "open": (*waiting, col(Invitation.expires_at) > now),
            "accepted": (col(Invitation.accepted_at).is_not(None),),
            "expired": (*waiting, col(Invitation.expires_at) <= now),
            "revoked": (col(Invitation.accepted_at).is_(None), col(Invitation.revoked_at).is_not(None)),
        }
        return await self.page(
            self.rows().where(*conditions.get(status, ())),
            number=number,
            size=size,
            order_by=[col(Invitation.created_at).desc(), col(Invitation.id)],
        )

    async def waiting_for(self, emails: Collection[str]) -> list[Invitation]:
        """Invitations of these addresses that were neither accepted nor revoked."""
        return await self.find(
            col(Invitation.email).in_(list(emails)),
            col(Invitation.accepted_at).is_(None),
            col(Invitation.revoked_at).is_(None),
        )
