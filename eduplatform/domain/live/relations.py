"""Who may follow the channels of what there is: each kind asks the policy of its area."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists
from sqlmodel import col, or_, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import policy as assessments
from eduplatform.domain.courses import learning
from eduplatform.domain.courses import policy as courses
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import ACTIVE, taught_by
from eduplatform.domain.grading import policy as grading
from eduplatform.domain.live.access import register_channel
from eduplatform.domain.messaging import conversations
from eduplatform.domain.messaging import policy as discussions
from eduplatform.errors import NotFound
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal


async def _tenant(_work: Work, me: Principal, tenant_id: UUID) -> bool:
    return me.tenant_id == tenant_id


async def _user(_work: Work, me: Principal, user_id: UUID) -> bool:
    return me.user == user_id


async def _learner(work: Work, me: Principal, student_id: UUID) -> bool:
    if me.user == student_id:
        return Role.STUDENT in me.roles
    await grading.require_guardian(work=work, me=me, student_id=student_id)
    return True


async def _grading(work: Work, me: Principal, assessment_id: UUID) -> bool:
    await grading.require_grader(work=work, me=me, assessment_id=assessment_id)
    return True


async def _course(work: Work, me: Principal, course_id: UUID) -> bool:
    await courses.require_member(work=work, me=me, course_id=course_id)
    return True


async def _staff(work: Work, me: Principal, course_id: UUID) -> bool:
    await courses.require_teacher(work=work, me=me, course_id=course_id)
    return True


async def _section(work: Work, me: Principal, section_id: UUID) -> bool:
    enrolled = exists().where(
        col(Enrollment.section_id) == section_id,
        col(Enrollment.user_id) == me.user,
        col(Enrollment.role) == EnrollmentRole.STUDENT,
        col(Enrollment.status) == ACTIVE,
        col(Course.status) == PublicationStatus.PUBLISHED,
    )
    allowed = or_(enrolled, taught_by(me.user)) if Role.TEACHER in me.roles else enrolled
    found = await work.session.exec(
        select(Section.id)
        .join(Course, col(Course.id) == col(Section.course_id))
        .where(col(Section.tenant_id) == work.tenant_id, col(Section.id) == section_id, allowed)
    )
    return found.one_or_none() is not None


async def _lesson(work: Work, me: Principal, lesson_id: UUID) -> bool:
    lesson = (
        await work.session.exec(
            select(Lesson).where(col(Lesson.tenant_id) == work.tenant_id, col(Lesson.id) == lesson_id)
        )
    ).one_or_none()
    if lesson is None:
        return False
    if (await courses.require_standing(work=work, me=me, course_id=lesson.course_id)).teaches:
        return True
    await learning.require_open(work=work, me=me, lesson_id=lesson_id)
    return True


async def _assessment(work: Work, me: Principal, assessment_id: UUID) -> bool:
    if Role.TEACHER in me.roles:
        try:
            await assessments.require_assessment_author(work=work, me=me, assessment_id=assessment_id)
        except NotFound:
            pass
        else:
            return True
    await assessments.require_taker(work=work, me=me, assessment_id=assessment_id)
    return True


async def _attempt(work: Work, me: Principal, attempt_id: UUID) -> bool:
    try:
        await assessments.require_own_attempt(work=work, me=me, attempt_id=attempt_id)
    except NotFound:
        await assessments.require_taught_attempt(work=work, me=me, attempt_id=attempt_id)
    return True


async def _conversation(work: Work, me: Principal, conversation_id: UUID) -> bool:
    me.require(Permission.MESSAGE)
    await conversations.require_reader(work=work, me=me, conversation_id=conversation_id)
    return True


async def _thread(work: Work, me: Principal, thread_id: UUID) -> bool:
    me.require(Permission.DISCUSSION)
    await discussions.require_thread(work=work, me=me, thread_id=thread_id)
    return True


def register() -> None:
    """Register the checks of these kinds; the server does it once, before it answers."""
    register_channel("tenant", _tenant)
    register_channel("user", _user)
    register_channel("learner", _learner)
    register_channel("course", _course)
    register_channel("staff", _staff)
    register_channel("section", _section)
    register_channel("lesson", _lesson)
    register_channel("assessment", _assessment)
    register_channel("grading", _grading)
    register_channel("attempt", _attempt)
    register_channel("conversation", _conversation)
    register_channel("thread", _thread)
