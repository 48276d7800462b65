"""People in sections: joining with a code, the roster, adding and removing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import policy, service
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, PublicationStatus, Section
from eduplatform.domain.courses.repository import (
    ACTIVE,
    CourseRepository,
    EnrollmentRepository,
    RosterRow,
    SectionRepository,
)
from eduplatform.domain.courses.texts import single_line
from eduplatform.domain.messaging import notifications
from eduplatform.errors import Conflict, Invalid, NotFound, RateLimited
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import AccessChanged
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate

REMOVED = "removed"
JOIN_RATE = Rate(per_second=1 / 30, burst=10)
"""Codes that one person may try: ten at once, then one every 30 seconds."""

ROSTER_PAGE = 25
TRANSFER_REASONS = ("timetable", "level", "request", "mistake", "other")


@dataclass(frozen=True, slots=True)
class Joined:
    """A section that somebody has just joined; the course may not be published yet."""

    course: Course
    section: Section

    @property
    def visible(self) -> bool:
        """Whether the student can open the course now."""
        return self.course.status == PublicationStatus.PUBLISHED


def normalise_code(code: str) -> str:
    """A join code as it is stored, however it was typed: ``bcdf 2345`` is ``BCDF2345``."""
    return "".join(one for one in single_line(code).upper() if one.isalnum())


async def limit_joining(*, me: Principal) -> None:
    """Count one try of a code; call it before the database is asked.

    Raises:
        RateLimited: The person has tried too many codes.
    """
    wait = await rate_limits.take(f"join:{me.tenant_id}:{me.user}", JOIN_RATE)
    if wait > 0:
        message = N_("You have tried many codes. Please wait {seconds} seconds before the next one.")
        raise RateLimited(message, retry_after=math.ceil(wait))


async def join(*, work: Work, me: Principal, code: str) -> Joined:
    """Become a student of the section that has this code.

    Raises:
        Invalid: No section has it, the section takes nobody, or the person is in the course already; ``fields["code"]``.
        Forbidden: The person may not join courses.
    """
    me.require(Permission.COURSE_JOIN)
    wanted = normalise_code(code)
    if not wanted:
        raise Invalid(fields={"code": service.FILL_IN})
    section = (
        await SectionRepository(work).first(col(Section.join_code) == wanted[:12])
        if len(wanted) <= 12
        else None
    )
    if section is None:
        raise Invalid(fields={"code": N_("No class has this code. Please check it with your teacher.")})
    enrollments = EnrollmentRepository(work)
    own = await enrollments.of_person(section.course_id, me.user)
    if any(one.section_id == section.id and one.status == ACTIVE for one in own):
        raise Invalid(fields={"code": N_("You are in this class already.")})
    if any(one.status == ACTIVE for one in own):
        raise Invalid(fields={"code": N_("You take this course in another class already.")})
    if not section.join_open:
        raise Invalid(fields={"code": N_("This class takes nobody at the moment. Please ask your teacher.")})
    course = await CourseRepository(work).get(section.course_id)
    former = next((one for one in own if one.section_id == section.id), None)
    if former is None:
        await enrollments.add(Enrollment(section_id=section.id, user_id=me.user, role=EnrollmentRole.STUDENT))
    else:
        former.status, former.role = ACTIVE, EnrollmentRole.STUDENT
        await work.flush()
    await work.audit("section.joined", section_id=section.id, course_id=course.id)
    return Joined(course, section)


async def enrol_people(
    *, work: Work, section_id: UUID, user_ids: Sequence[UUID], role: EnrollmentRole = EnrollmentRole.STUDENT
) -> None:
    """Put people into a section without a code, in one statement; for the platform's own work (seeding, imports).

    Raises:
        NotFound: There is no such section.
    """
    section = await SectionRepository(work).get(section_id)
    now = utc_now()
    await EnrollmentRepository(work).insert_many(
        [
            {
                "id": new_id(),
                "section_id": section.id,
                "user_id": one,
                "role": role.value,
                "status": ACTIVE,
                "created_at": now,
                "updated_at": now,
                "created_by": work.user_id,
            }
            for one in user_ids
        ]
    )


async def roster(
    *,
    work: Work,
    me: Principal,
    course_id: UUID,
    section_id: UUID | None = None,
    search: str = "",
    page: int = 1,
    size: int = ROSTER_PAGE,
    removed: bool = False,
) -> tuple[Course, list[RosterRow], int]:
    """A page of the people of a course or of one of its sections, and how many match.

    Args:
        work: The open unit of work.
        me: Who asks.
        course_id: The course.
        section_id: Only this section.
        search: Part of a name or an address.
        page: From 1.
        size: Rows per page.
        removed: Those who were taken off instead of those who are there.

    Raises:
        NotFound: The person does not teach the course.
    """
    course = await policy.require_teacher(work=work, me=me, course_id=course_id)
    rows, total = await EnrollmentRepository(work).roster(
        course_id=course_id,
        section_id=section_id,
        search=single_line(search)[:100],
        number=page,
        size=size,
        status=REMOVED if removed else ACTIVE,
    )
    return course, rows, total


async def remove(*, work: Work, me: Principal, enrollment_id: UUID) -> None:
    """Take a student off a section; what they did stays. With an open code they can come back.

    Raises:
        NotFound: There is no such active student, or the person does not teach the course.
    """
    enrollments = EnrollmentRepository(work)
    enrollment = await enrollments.get(enrollment_id, lock=True)
    section = await SectionRepository(work).get(enrollment.section_id)
    await policy.require_teacher(work=work, me=me, course_id=section.course_id)
    if enrollment.status != ACTIVE or enrollment.role != EnrollmentRole.STUDENT:
        raise NotFound
    enrollment.status = REMOVED
    await work.flush()
    await work.audit("section.student_removed", section_id=section.id, user_id=enrollment.user_id)
    work.publish(Channel.user(enrollment.user_id), AccessChanged())


async def restore(*, work: Work, me: Principal, enrollment_id: UUID) -> None:
    """Bring a student back into the section that they were taken off; their work and grades are still there.

    Raises:
        NotFound: There is no such former student, or the person does not teach the course.
        Conflict: They are in another section of the course by now.
    """
    enrollments = EnrollmentRepository(work)
    enrollment = await enrollments.get(enrollment_id, lock=True)
    section = await SectionRepository(work).get(enrollment.section_id)
    await policy.require_teacher(work=work, me=me, course_id=section.course_id)
    if enrollment.status != REMOVED or enrollment.role != EnrollmentRole.STUDENT:
        raise NotFound
    own = await enrollments.of_person(section.course_id, enrollment.user_id)
    if any(one.status == ACTIVE for one in own):
        raise Conflict(N_("This student is in another class of the course by now."))
    enrollment.status = ACTIVE
    await work.flush()
    await work.audit("section.student_restored", section_id=section.id, user_id=enrollment.user_id)


async def transfer(
    *, work: Work, me: Principal, enrollment_id: UUID, section_id: UUID, reason: str
) -> Section:
    """Move a student to another section of the same course.

    Attempts and grades belong to the course's assessments and to the student, so that all of them stay. The student
    is told.

    Args:
        work: The open unit of work.
        me: Who moves them.
        enrollment_id: The student's present place.
        section_id: Where to.
        reason: One of ``TRANSFER_REASONS``; kept in the audit trail.

    Returns:
        The new section.

    Raises:
        NotFound: There is no such active student or section, or the person does not teach the course.
        Invalid: The section is of another course or the present one, or there is no reason; a message per field.
    """
    if reason not in TRANSFER_REASONS:
        raise Invalid(fields={"reason": N_("Please choose a reason.")})
    enrollments, sections = EnrollmentRepository(work), SectionRepository(work)
    enrollment = await enrollments.get(enrollment_id, lock=True)
    here = await sections.get(enrollment.section_id)
    course = await policy.require_teacher(work=work, me=me, course_id=here.course_id)
    if enrollment.status != ACTIVE or enrollment.role != EnrollmentRole.STUDENT:
        raise NotFound
    there = await sections.get(section_id)
    if there.course_id != here.course_id or there.id == here.id:
        raise Invalid(fields={"section": N_("Choose another class of this course.")})
    own = await enrollments.of_person(here.course_id, enrollment.user_id)
    former = next((one for one in own if one.section_id == there.id), None)
    if former is None:
        enrollment.section_id = there.id
    elif former.status == ACTIVE:
        raise Invalid(fields={"section": N_("This person is in that class already.")})
    else:
        # The place of an earlier time there: a person has one place in a section.
        former.status, former.role = ACTIVE, EnrollmentRole.STUDENT
        enrollment.status = REMOVED
    await work.flush()
    await work.audit(
        "section.student_moved",
        user_id=enrollment.user_id,
        from_section=here.id,
        to_section=there.id,
        reason=reason,
    )
    await tell_placed(work=work, course=course, section=there, user_ids=[enrollment.user_id])
    work.publish(Channel.user(enrollment.user_id), AccessChanged())
    return there


async def tell_placed(*, work: Work, course: Course, section: Section, user_ids: Sequence[UUID]) -> None:
    """Tell students of a published course in which section they are now."""
    if course.status == PublicationStatus.PUBLISHED:
        await notifications.send(
            work=work,
            recipients=user_ids,
            kind="roster",
            text=N_("You are in {section} of {course} now."),
            params={"section": section.name, "course": course.title},
            href=f"/learn/courses/{course.id}",
        )
