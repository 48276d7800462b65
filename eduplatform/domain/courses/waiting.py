"""People who were invited to a section and have no account yet, and guardians whose student has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, or_
from sqlmodel import col, func, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.accounts.models import GuardianLink, User
from eduplatform.domain.accounts.repository import GuardianLinkRepository
from eduplatform.domain.courses import policy
from eduplatform.domain.courses.models import Enrollment, Section, WaitingEnrollment, WaitingGuardian
from eduplatform.domain.courses.repository import ACTIVE, EnrollmentRepository, SectionRepository
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor, Principal


@dataclass(frozen=True, slots=True)
class GuardianPair:
    """A guardian and a student; ``status`` is ``verified`` when an administrator vouched for it, else ``pending``."""

    guardian_id: UUID
    student_id: UUID
    status: str


class WaitingEnrollmentRepository(Repository[WaitingEnrollment]):
    """Places that wait for their people."""

    model = WaitingEnrollment

    async def of_course(self, course_id: UUID, *, limit: int) -> list[tuple[WaitingEnrollment, str, int]]:
        """The first places in a course by name, each with the name of its section and how many there are in all."""
        rows = await self._session.exec(
            select(WaitingEnrollment, Section.name, func.count().over())
            .join(Section, col(Section.id) == col(WaitingEnrollment.section_id))
            .where(
                col(WaitingEnrollment.tenant_id) == self._work.tenant_id, col(Section.course_id) == course_id
            )
            .order_by(col(WaitingEnrollment.family_name), col(WaitingEnrollment.email))
            .limit(limit)
        )
        return list(rows.all())

    async def in_course(self, course_id: UUID, emails: Sequence[str]) -> list[WaitingEnrollment]:
        """The places of these addresses in any section of a course."""
        rows = await self._session.exec(
            self.rows()
            .join(Section, col(Section.id) == col(WaitingEnrollment.section_id))
            .where(col(Section.course_id) == course_id, col(WaitingEnrollment.email).in_(emails))
        )
        return list(rows.all())

    async def remove(self, ids: Sequence[UUID]) -> None:
        """Delete places."""
        await self._session.exec(
            delete(WaitingEnrollment).where(
                col(WaitingEnrollment.tenant_id) == self._work.tenant_id, col(WaitingEnrollment.id).in_(ids)
            )
        )


class WaitingGuardianRepository(Repository[WaitingGuardian]):
    """Relations that wait for one of their two people."""

    model = WaitingGuardian

    async def between(self, emails: Sequence[str]) -> list[WaitingGuardian]:
        """Those that name one of the addresses on either side."""
        return await self.find(
            or_(
                col(WaitingGuardian.guardian_email).in_(emails),
                col(WaitingGuardian.student_email).in_(emails),
            )
        )

    async def remove(self, ids: Sequence[UUID]) -> None:
        """Delete relations that wait no longer."""
        await self._session.exec(
            delete(WaitingGuardian).where(
                col(WaitingGuardian.tenant_id) == self._work.tenant_id, col(WaitingGuardian.id).in_(ids)
            )
        )


async def list_places(*, work: Work, course_id: UUID) -> tuple[list[tuple[WaitingEnrollment, str]], int]:
    """The first 20 who were invited to a course and have not joined yet, with their sections, and how many there are.

    The caller has checked that the person teaches the course.
    """
    rows = await WaitingEnrollmentRepository(work).of_course(course_id, limit=20)
    return [(place, section) for place, section, _total in rows], rows[0][2] if rows else 0


async def withdraw(*, work: Work, me: Principal, waiting_id: UUID) -> None:
    """Give up a place that waits; the invitation to the organisation stays as it is.

    Raises:
        NotFound: There is no such place, or the person does not teach the course.
    """
    places = WaitingEnrollmentRepository(work)
    place = await places.get(waiting_id, lock=True)
    section = await SectionRepository(work).get(place.section_id)
    await policy.require_teacher(work=work, me=me, course_id=section.course_id)
    await places.remove([place.id])
    await work.audit("section.place_withdrawn", section_id=section.id, place=place.id)


async def settle(user: User) -> None:
    """Give somebody who has just joined the places and relations that waited for them; harmless to repeat.

    Roles decide: a place for a student is given to a student only, and a relation only to a guardian.
    """
    async with unit_of_work(PlatformActor(user.tenant_id)) as work:
        await _settle_places(work, user)
        await _settle_guardians(work, user)


async def _settle_places(work: Work, user: User) -> None:
    places = WaitingEnrollmentRepository(work)
    waiting = await places.find(col(WaitingEnrollment.email) == user.email)
    if not waiting:
        return
    now = utc_now()
    enrollments = EnrollmentRepository(work)
    inside = {one.section_id for one in await enrollments.find(col(Enrollment.user_id) == user.id)}
    given = [one for one in waiting if one.role in user.roles and one.section_id not in inside]
    await enrollments.insert_many(
        [
            {
                "id": new_id(),
                "section_id": one.section_id,
                "user_id": user.id,
                "role": one.role,
                "status": ACTIVE,
                "created_at": now,
                "updated_at": now,
                "created_by": one.created_by,
            }
            for one in given
        ]
    )
    await places.remove([one.id for one in waiting])
    await work.audit(
        "section.waiting_joined", user_id=user.id, sections=[str(one.section_id) for one in given]
    )


async def _settle_guardians(work: Work, user: User) -> None:
    relations = WaitingGuardianRepository(work)
    waiting = await relations.between([user.email])
    if not waiting:
        return
    emails = {one.guardian_email for one in waiting} | {one.student_email for one in waiting}
    members = (await work.session.exec(select(User).where(col(User.email).in_(emails)))).all()
    people = {one.email: one for one in members}
    done: list[UUID] = []
    pairs: list[GuardianPair] = []
    for one in waiting:
        guardian, student = people.get(one.guardian_email), people.get(one.student_email)
        if guardian is None or student is None:
            continue
        done.append(one.id)
        if Role.GUARDIAN in guardian.roles and Role.STUDENT in student.roles:
            pairs.append(GuardianPair(guardian.id, student.id, one.status))
    await link_guardians(work=work, pairs=pairs)
    await relations.remove(done)


async def link_guardians(*, work: Work, pairs: Sequence[GuardianPair]) -> None:
    """Note who is guardian of whom; relations that are there stay as they are. At most three statements."""
    if not pairs:
        return
    links = GuardianLinkRepository(work)
    students = [one.student_id for one in pairs]
    known = {
        (one.guardian_id, one.student_id)
        for one in await links.find(col(GuardianLink.student_id).in_(students))
    }
    missing = {
        (one.guardian_id, one.student_id): one.status
        for one in pairs
        if (one.guardian_id, one.student_id) not in known
    }
    now = utc_now()
    await links.insert_many(
        [
            {
                "id": new_id(),
                "guardian_id": guardian_id,
                "student_id": student_id,
                "relation": "guardian",
                "status": status,
                "can_view_grades": True,
                "created_at": now,
                "updated_at": now,
                "created_by": work.user_id,
            }
            for (guardian_id, student_id), status in missing.items()
        ]
    )
    if missing:
        await work.audit("guardian.imported", count=len(missing))
