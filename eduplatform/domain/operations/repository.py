"""Numbers of a whole tenant, and its audit trail; each a constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select

from eduplatform.db.audit import AuditEvent
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import AccountStatus, Invitation, User
from eduplatform.domain.accounts.repository import matches_person
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, PublicationStatus, Section
from eduplatform.domain.tenants.models import Tenant, Term
from eduplatform.security.permissions import Role

ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """Members with an open account; one with several roles counts in each of them."""

    total: int
    active: int
    deactivated: int
    students: int
    teachers: int
    guardians: int
    admins: int


@dataclass(frozen=True, slots=True)
class CourseCounts:
    """What is taught, and how many places in sections are taken."""

    courses: int
    published: int
    sections: int
    enrolments: int
    open_invitations: int


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which events of the audit trail to show; empty values let everything through.

    Attributes:
        action: Beginning of the action's code.
        person: Part of the name or address of who did it.
        since: First moment.
        until: First moment that is not shown any more.
    """

    action: str = ""
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None


async def count_people(work: Work, *, since: datetime) -> PeopleCounts:
    """People by role; ``active`` are those who came since the moment."""
    is_open = col(User.status) == AccountStatus.ACTIVE

    def having(role: Role) -> Any:
        return func.count(col(User.id)).filter(is_open, col(User.roles).contains([role.value]))

    statement = cast(Any, select)(
        func.count(col(User.id)).filter(is_open),
        func.count(col(User.id)).filter(is_open, col(User.last_seen_at) >= since),
        func.count(col(User.id)).filter(~is_open),
        having(Role.STUDENT),
        having(Role.TEACHER),
        having(Role.GUARDIAN),
        having(Role.ADMIN),
    )
    result: Any = await cast(Any, work.session).exec(statement.where(col(User.tenant_id) == work.tenant_id))
    return PeopleCounts(*result.one())


async def count_courses(work: Work, *, now: datetime) -> CourseCounts:
    """Courses, sections, places taken by students, and invitations that wait for an answer."""
    courses = select(func.count(col(Course.id))).where(
        col(Course.tenant_id) == work.tenant_id, col(Course.status) != PublicationStatus.ARCHIVED
    )
    parts = (
        courses,
        courses.where(col(Course.status) == PublicationStatus.PUBLISHED),
        select(func.count(col(Section.id))).where(col(Section.tenant_id) == work.tenant_id),
        select(func.count(col(Enrollment.id))).where(
            col(Enrollment.tenant_id) == work.tenant_id,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        ),
        select(func.count(col(Invitation.id))).where(
            col(Invitation.tenant_id) == work.tenant_id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.revoked_at).is_(None),
            col(Invitation.expires_at) > now,
        ),
    )
    statement = cast(Any, select)(Tenant.id, *(one.scalar_subquery() for one in parts))
    result: Any = await cast(Any, work.session).exec(statement.where(col(Tenant.id) == work.tenant_id))
    return CourseCounts(*result.one()[1:])


async def term_around(work: Work, today: date) -> Term | None:
    """The term of today, else the latest that has begun."""
    rows = await work.session.exec(
        select(Term)
        .where(col(Term.tenant_id) == work.tenant_id, col(Term.starts_on) <= today)
        .order_by((col(Term.ends_on) >= today).desc(), col(Term.starts_on).desc())
        .limit(1)
    )
    return rows.first()


async def submissions_by_week(work: Work, *, since: datetime, until: datetime, zone: str) -> dict[date, int]:
    """How many attempts were handed in per week, by the Monday of the week in the zone."""
    local = func.timezone(zone, col(Attempt.submitted_at))
    monday = func.date_trunc("week", local).label("monday")
    statement = cast(Any, select)(monday, func.count(col(Attempt.id)))
    result: Any = await cast(Any, work.session).exec(
        statement.where(
            col(Attempt.tenant_id) == work.tenant_id,
            col(Attempt.submitted_at) >= since,
            col(Attempt.submitted_at) < until,
        ).group_by(monday)
    )
    return {moment.date(): count for moment, count in result.all()}


async def trail(work: Work, *, wanted: TrailFilter, number: int, size: int) -> tuple[list[AuditEvent], int]:
    """A page of the audit trail, newest first, and how many events match; two statements."""
    conditions: list[ColumnElement[bool]] = [col(AuditEvent.tenant_id) == work.tenant_id]
    if wanted.action:
        conditions.append(col(AuditEvent.action).startswith(wanted.action, autoescape=True))
    if wanted.person:
        people = select(User.id).where(col(User.tenant_id) == work.tenant_id, matches_person(wanted.person))
        conditions.append(col(AuditEvent.actor_id).in_(people))
    if wanted.since is not None:
        conditions.append(col(AuditEvent.created_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(AuditEvent.created_at) < wanted.until)
    total = (await work.session.exec(select(func.count(col(AuditEvent.id))).where(*conditions))).one()
    rows = await work.session.exec(
        select(AuditEvent)
        .where(*conditions)
        .order_by(col(AuditEvent.number).desc())
        .offset((max(number, 1) - 1) * size)
        .limit(size)
    )
    return list(rows.all()), total
