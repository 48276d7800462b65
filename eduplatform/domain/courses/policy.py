"""Who stands in which relation to a course. An object that somebody may not know of does not exist for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses.models import Course, EnrollmentRole, PublicationStatus
from eduplatform.domain.courses.repository import CourseRepository
from eduplatform.errors import NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal


@dataclass(frozen=True, slots=True)
class Standing:
    """A course and whether the person teaches it; otherwise they take it."""

    course: Course
    teaches: bool


def _teaches(me: Principal, course: Course, roles: set[str]) -> bool:
    # Whoever has lost the role of teacher in the tenant keeps the courses in name, not in deed.
    return Role.TEACHER in me.roles and (course.owner_id == me.user or EnrollmentRole.TEACHER in roles)


async def require_teacher(*, work: Work, me: Principal, course_id: UUID, lock: bool = False) -> Course:
    """The course, for its owner or a teacher of one of its sections.

    Args:
        work: The open unit of work.
        me: Who asks.
        course_id: The course.
        lock: Keep others from changing the course and its outline until the end of the transaction.

    Raises:
        NotFound: It does not exist, or the person does not teach it.
    """
    course, roles = await CourseRepository(work).with_roles(course_id, me.user, lock=lock)
    if not _teaches(me, course, roles):
        raise NotFound
    return course


async def require_student(*, work: Work, me: Principal, course_id: UUID) -> tuple[Course, UUID]:
    """The published course and the person's section in it.

    Raises:
        NotFound: It does not exist, is not published, or the person is not enrolled.
    """
    course, section_id = await CourseRepository(work).as_student(course_id, me.user)
    if section_id is None or course.status != PublicationStatus.PUBLISHED:
        raise NotFound
    return course, section_id


async def require_standing(*, work: Work, me: Principal, course_id: UUID) -> Standing:
    """The course and whether the person teaches it, for whoever teaches it or is enrolled in it once it is published.

    Raises:
        NotFound: It does not exist, or the person has nothing to do with it.
    """
    course, roles = await CourseRepository(work).with_roles(course_id, me.user)
    if _teaches(me, course, roles):
        return Standing(course, True)
    if EnrollmentRole.STUDENT in roles and course.status == PublicationStatus.PUBLISHED:
        return Standing(course, False)
    raise NotFound


async def require_member(*, work: Work, me: Principal, course_id: UUID) -> Course:
    """The course, for whoever teaches it or is enrolled in it once it is published.

    Raises:
        NotFound: It does not exist, or the person has nothing to do with it.
    """
    return (await require_standing(work=work, me=me, course_id=course_id)).course
