"""The ties between people, read from courses, classes and families; what they allow is in ``contact_policy``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import AccountStatus, GuardianLink, User
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns, taught_by
from eduplatform.domain.messaging.contact_policy import Tie
from eduplatform.domain.messaging.models import MessageBlock
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody with the ties to the person who asks, and whether one of the two has blocked the other."""

    user: User
    ties: frozenset[Tie]
    blocked: bool


async def contacts(
    *,
    work: Work,
    me: Principal,
    ties: frozenset[Tie] | None = None,
    only: UUID | None = None,
    search: str = "",
    limit: int = 20,
) -> list[Contact]:
    """People with a tie to the person, by name; one statement.

    Args:
        work: The open unit of work.
        me: Whose ties.
        ties: Only people with one of these.
        only: Only this person.
        search: Part of the name.
        limit: Most people.
    """
    found = sa.union_all(*_ties(me, work.tenant_id)).subquery()
    statement = (
        select_columns(User, func.array_agg(func.distinct(found.c.tie)), _blocked(me.user))
        .join(found, found.c.user_id == col(User.id))
        .where(
            col(User.tenant_id) == work.tenant_id,
            col(User.status) == AccountStatus.ACTIVE,
            col(User.id) != me.user,
        )
        .group_by(col(User.id))
        .order_by(col(User.given_name), col(User.family_name), col(User.id))
        .limit(limit)
    )
    if ties is not None:
        statement = statement.where(found.c.tie.in_(sorted(ties)))
    if only is not None:
        statement = statement.where(col(User.id) == only)
    if search:
        name = col(User.given_name).concat(" ").concat(col(User.family_name))
        statement = statement.where(name.icontains(search, autoescape=True))
    return [
        Contact(user, frozenset(map(Tie, names)), blocked)
        for user, names, blocked in await fetch(work, statement)
    ]


def _blocked(me: UUID) -> Any:
    one, other = col(MessageBlock.blocker_id), col(MessageBlock.blocked_id)
    return (
        select(MessageBlock.id)
        .where((one == me) & (other == col(User.id)) | (one == col(User.id)) & (other == me))
        .correlate(User)
        .exists()
    )


def _ties(me: Principal, tenant_id: UUID) -> list[Any]:
    """One statement per tie: the ids of the people who have it."""
    parts: list[Any] = [_nobody()]
    if Role.TEACHER in me.roles:
        parts += _of_teacher(me.user, tenant_id)
    if Role.STUDENT in me.roles:
        parts += _of_student(me.user)
    if Role.GUARDIAN in me.roles:
        parts += _of_guardian(me.user, tenant_id)
    return parts


def _tie(column: Any, tie: Tie) -> Any:
    return select_columns(column.label("user_id"), sa.literal(tie.value).label("tie"))


def _nobody() -> Any:
    return _tie(col(User.id), Tie.COLLEAGUE).where(sa.false())


def _students_of(teacher: UUID) -> Any:
    """Active enrolments of students in the courses that somebody teaches."""
    return (
        col(Enrollment.role) == EnrollmentRole.STUDENT,
        col(Enrollment.status) == ACTIVE,
        taught_by(teacher),
    )


def _of_teacher(me: UUID, tenant_id: UUID) -> list[Any]:
    def joined(statement: Any) -> Any:
        return statement.join(Section, col(Section.id) == col(Enrollment.section_id)).join(
            Course, col(Course.id) == col(Section.course_id)
        )

    students = joined(_tie(col(Enrollment.user_id), Tie.MY_STUDENT).select_from(Enrollment)).where(
        *_students_of(me)
    )
    guardians = joined(
        _tie(col(GuardianLink.guardian_id), Tie.GUARDIAN_OF_MY_STUDENT)
        .select_from(GuardianLink)
        .join(Enrollment, col(Enrollment.user_id) == col(GuardianLink.student_id))
    ).where(col(GuardianLink.status) == VERIFIED, *_students_of(me))
    colleagues = _tie(col(User.id), Tie.COLLEAGUE).where(
        col(User.tenant_id) == tenant_id, col(User.roles).contains([Role.TEACHER.value])
    )
    return [students, guardians, colleagues]


def _courses_of(students: Any) -> Any:
    """The published courses that these students are in now."""
    return (
        select(Section.course_id)
        .join(Enrollment, col(Enrollment.section_id) == col(Section.id))
        .join(Course, col(Course.id) == col(Section.course_id))
        .where(
            students,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
            col(Course.status) == PublicationStatus.PUBLISHED,
        )
    )


def _teachers_of(courses: Any, tie: Tie) -> list[Any]:
    """Those who teach a class of one of the courses or own it, and still are teachers."""
    teacher = col(User.roles).contains([Role.TEACHER.value])
    owners = (
        _tie(col(User.id), tie)
        .select_from(User)
        .join(Course, col(Course.owner_id) == col(User.id))
        .where(teacher, col(Course.id).in_(courses))
    )
    teachers = (
        _tie(col(User.id), tie)
        .select_from(User)
        .join(Enrollment, col(Enrollment.user_id) == col(User.id))
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            teacher,
            col(Enrollment.role) == EnrollmentRole.TEACHER,
            col(Enrollment.status) == ACTIVE,
            col(Section.course_id).in_(courses),
        )
    )
    return [owners, teachers]


def _of_student(me: UUID) -> list[Any]:
    mine = aliased(Enrollment)

    def mates(tie: Tie, *conditions: Any) -> Any:
        return (
            _tie(col(Enrollment.user_id), tie)
            .select_from(Enrollment)
            .join(mine, col(mine.section_id) == col(Enrollment.section_id))
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .join(Course, col(Course.id) == col(Section.course_id))
            .where(
                col(mine.user_id) == me,
                col(mine.role) == EnrollmentRole.STUDENT,
                col(mine.status) == ACTIVE,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
                col(Enrollment.status) == ACTIVE,
                col(Course.status) == PublicationStatus.PUBLISHED,
                *conditions,
            )
        )

    return [
        *_teachers_of(_courses_of(col(Enrollment.user_id) == me), Tie.MY_TEACHER),
        mates(Tie.CLASSMATE),
        mates(Tie.OPEN_CLASSMATE, col(Course.classmate_messages)),
    ]


def _of_guardian(me: UUID, tenant_id: UUID) -> list[Any]:
    children = select(GuardianLink.student_id).where(
        col(GuardianLink.tenant_id) == tenant_id,
        col(GuardianLink.guardian_id) == me,
        col(GuardianLink.status) == VERIFIED,
    )
    return _teachers_of(_courses_of(col(Enrollment.user_id).in_(children)), Tie.TEACHER_OF_MY_CHILD)
