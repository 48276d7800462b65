"""Who stands in which relation to a course. An object that somebody may not know of does not exist for them."""

from __future__ import annotations

from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses.models import Course, EnrollmentRole, PublicationStatus
from eduplatform.domain.courses.repository import CourseRepository, EnrollmentRepository
from eduplatform.errors import NotFound
from eduplatform.security.principal import Principal


async def require_teacher(*, work: Work, me: Principal, course_id: UUID) -> Course:
    """The course, for its owner or a teacher of one of its sections.

    Raises:
        NotFound: It does not exist, or the person does not teach it.
    """
    courses = CourseRepository(work)
    course = await courses.get(course_id)
    if course.owner_id == me.user or EnrollmentRole.TEACHER in await courses.role_in(course_id, me.user):
        return course
    raise NotFound


async def require_student(*, work: Work, me: Principal, course_id: UUID) -> tuple[Course, UUID]:
    """The published course and the person's section in it.

    Raises:
        NotFound: It does not exist, is not published, or the person is not enrolled.
    """
    course = await CourseRepository(work).get(course_id)
    section_id = await EnrollmentRepository(work).section_of(course_id, me.user)
    if section_id is None or course.status != PublicationStatus.PUBLISHED:
        raise NotFound
    return course, section_id


async def require_member(*, work: Work, me: Principal, course_id: UUID) -> Course:
    """The course, for whoever teaches it or is enrolled in it once it is published.

    Raises:
        NotFound: It does not exist, or the person has nothing to do with it.
    """
    courses = CourseRepository(work)
    course = await courses.get(course_id)
    roles = await courses.role_in(course_id, me.user)
    if course.owner_id == me.user or EnrollmentRole.TEACHER in roles:
        return course
    if EnrollmentRole.STUDENT in roles and course.status == PublicationStatus.PUBLISHED:
        return course
    raise NotFound
