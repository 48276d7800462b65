"""Doing what the plan of an import showed, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts import service as accounts
from eduplatform.domain.accounts.models import User
from eduplatform.domain.accounts.people import PENDING, VERIFIED
from eduplatform.domain.accounts.repository import UserRepository
from eduplatform.domain.accounts.service import Invitee
from eduplatform.domain.courses import enrolment
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole, Section
from eduplatform.domain.courses.repository import ACTIVE, CourseRepository, EnrollmentRepository
from eduplatform.domain.courses.roster_plan import OUTCOMES, Plan, PlannedRow, plan
from eduplatform.domain.courses.waiting import (
    GuardianPair,
    WaitingEnrollmentRepository,
    WaitingGuardianRepository,
    link_guardians,
)
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal


async def apply(*, work: Work, me: Principal, section_id: UUID, file_id: UUID, fingerprint: str) -> Plan:
    """Import the usable rows of a file, exactly as `plan` showed them; a constant number of statements.

    Args:
        work: The open unit of work.
        me: Who imports.
        section_id: Where to.
        file_id: The file.
        fingerprint: That of the plan which the person has seen.

    Raises:
        NotFound: The section or the file is not this person's.
        Conflict: The plan would be another one by now; nothing was changed.
        Invalid: No row can be used.
    """
    found = await plan(work=work, me=me, section_id=section_id, file_id=file_id, lock=True)
    if found.fingerprint != fingerprint:
        raise Conflict(N_("The class changed in the meantime. Please look at the list again."))
    rows = [one for one in found.rows if one.outcome not in ("bad", "same")]
    if not rows:
        raise Invalid(N_("There is nothing to import."))
    await _enrol(work, found.section, rows)
    invited = [one for one in rows if one.outcome == "invite"]
    await _invite(work, me, found.section, invited, await _guardians(work, me, rows))
    placed = [
        one.user_id for one in rows if one.user_id and one.role == Role.STUDENT and one.outcome != "change"
    ]
    course = await CourseRepository(work).get(found.section.course_id)
    await enrolment.tell_placed(work=work, course=course, section=found.section, user_ids=placed)
    await work.audit(
        "section.imported",
        section_id=found.section.id,
        **{name: found.counts.get(name, 0) for name in OUTCOMES},
    )
    return found


async def _enrol(work: Work, section: Section, rows: Sequence[PlannedRow]) -> None:
    now = utc_now()
    enrollments = EnrollmentRepository(work)
    await enrollments.insert_many(
        [
            {
                "id": new_id(),
                "section_id": section.id,
                "user_id": one.user_id,
                "role": one.role,
                "status": ACTIVE,
                "created_at": now,
                "updated_at": now,
                "created_by": work.user_id,
            }
            for one in rows
            if one.outcome == "add"
        ]
    )
    for role in EnrollmentRole:
        back = [one.enrollment_id for one in rows if one.outcome == "return" and one.role == role]
        if back:
            await work.session.exec(
                update(Enrollment)
                .where(col(Enrollment.tenant_id) == work.tenant_id, col(Enrollment.id).in_(back))
                .values(status=ACTIVE, role=role.value, updated_at=now)
                .execution_options(synchronize_session=False)
            )


async def _guardians(work: Work, me: Principal, rows: Sequence[PlannedRow]) -> list[str]:
    """Note the guardians of the rows; returns the addresses that have no account and must be invited."""
    wanted = [one for one in rows if one.guardian]
    if not wanted:
        return []
    status = VERIFIED if me.may(Permission.PEOPLE_EDIT) else PENDING
    emails = [one.guardian for one in wanted]
    members = {one.email: one.id for one in await UserRepository(work).find(col(User.email).in_(emails))}
    pairs: list[GuardianPair] = []
    now = utc_now()
    later: list[dict[str, object]] = []
    for one in wanted:
        guardian_id = members.get(one.guardian)
        if guardian_id is not None and one.user_id is not None:
            pairs.append(GuardianPair(guardian_id, one.user_id, status))
            continue
        later.append(
            {
                "id": new_id(),
                "guardian_email": one.guardian,
                "student_email": one.email,
                "status": status,
                "created_at": now,
                "updated_at": now,
                "created_by": work.user_id,
            }
        )
    await link_guardians(work=work, pairs=pairs)
    await WaitingGuardianRepository(work).insert_many(later)
    return sorted({one for one in emails if one not in members})


async def _invite(
    work: Work, me: Principal, section: Section, rows: Sequence[PlannedRow], guardians: Sequence[str]
) -> None:
    students = {one.email for one in rows}
    people = [
        Invitee(one.email, one.given_name, one.family_name, _invited_roles(one, guardians)) for one in rows
    ]
    people += [Invitee(one, "", "", (Role.GUARDIAN,)) for one in guardians if one not in students]
    if people:
        await accounts.invite_all(work=work, me=me, people=people)
    now = utc_now()
    await WaitingEnrollmentRepository(work).insert_many(
        [
            {
                "id": new_id(),
                "section_id": section.id,
                "email": one.email,
                "given_name": one.given_name,
                "family_name": one.family_name,
                "role": one.role,
                "created_at": now,
                "updated_at": now,
                "created_by": work.user_id,
            }
            for one in rows
        ]
    )


def _invited_roles(row: PlannedRow, guardians: Sequence[str]) -> tuple[Role, ...]:
    """Somebody may be a teacher of the class and the guardian of one of its students."""
    return (Role(row.role), Role.GUARDIAN) if row.email in guardians else (Role(row.role),)
