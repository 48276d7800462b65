"""Who stands in which relation to a question, an assessment or an attempt; everybody else does not know of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import and_, col, or_, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    Question,
    QuestionBank,
    QuestionVersion,
)
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, PublicationStatus, Section
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns, taught_by
from eduplatform.errors import NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal


@dataclass(frozen=True, slots=True)
class AuthoredQuestion:
    """A question in its author's hands; ``course`` is None in a personal bank."""

    question: Question
    version: QuestionVersion
    bank: QuestionBank
    course: Course | None


def _require_role(me: Principal, role: Role) -> None:
    if role not in me.roles:
        raise NotFound


def authored_by(user_id: UUID) -> ColumnElement[bool]:
    """The banks of a person: their own, and those of the courses that they teach; courses are joined from outside."""
    return or_(
        col(QuestionBank.owner_id) == user_id, and_(col(QuestionBank.owner_id).is_(None), taught_by(user_id))
    )


async def require_bank(
    *, work: Work, me: Principal, bank_id: UUID, lock: bool = False
) -> tuple[QuestionBank, Course | None]:
    """A bank and its course, for those who teach the course; or one's own bank, which has none.

    Raises:
        NotFound: It does not exist, or it is not the person's.
    """
    _require_role(me, Role.TEACHER)
    statement = (
        select(QuestionBank, Course)
        .outerjoin(Course, col(Course.id) == col(QuestionBank.course_id))
        .where(
            col(QuestionBank.tenant_id) == work.tenant_id,
            col(QuestionBank.id) == bank_id,
            authored_by(me.user),
        )
    )
    if lock:
        statement = statement.with_for_update(of=QuestionBank).execution_options(populate_existing=True)
    row = (await work.session.exec(statement)).one_or_none()
    if row is None:
        raise NotFound
    return cast(tuple[QuestionBank, Course | None], tuple(row))


async def require_question_author(
    *, work: Work, me: Principal, question_id: UUID, lock: bool = False
) -> AuthoredQuestion:
    """A question with its current version, its bank and its course, for those who teach the course or own the bank.

    Raises:
        NotFound: It does not exist, or it is not the person's.
    """
    _require_role(me, Role.TEACHER)
    statement = (
        select(Question, QuestionVersion, QuestionBank, Course)
        .join(QuestionBank, col(QuestionBank.id) == col(Question.bank_id))
        .outerjoin(Course, col(Course.id) == col(QuestionBank.course_id))
        .join(
            QuestionVersion,
            (col(QuestionVersion.question_id) == col(Question.id))
            & (col(QuestionVersion.number) == col(Question.current_version)),
        )
        .where(
            col(Question.tenant_id) == work.tenant_id, col(Question.id) == question_id, authored_by(me.user)
        )
    )
    if lock:
        statement = statement.with_for_update(of=Question).execution_options(populate_existing=True)
    row = (await work.session.exec(statement)).one_or_none()
    if row is None:
        raise NotFound
    return AuthoredQuestion(*row)


async def require_assessment_author(
    *, work: Work, me: Principal, assessment_id: UUID, lock: bool = False
) -> tuple[Assessment, Course]:
    """An assessment and its course, for those who teach the course.

    Args:
        work: The open unit of work.
        me: Who asks.
        assessment_id: The assessment.
        lock: Keep other authors, and students who want to start, waiting until the end of the transaction.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    _require_role(me, Role.TEACHER)
    statement = (
        select(Assessment, Course)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.id) == assessment_id,
            taught_by(me.user),
        )
    )
    if lock:
        statement = statement.with_for_update(of=Assessment).execution_options(populate_existing=True)
    row = (await work.session.exec(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def require_item_author(
    *, work: Work, me: Principal, item_id: UUID
) -> tuple[AssessmentItem, Assessment]:
    """An item and its locked assessment, for those who teach the course.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    _require_role(me, Role.TEACHER)
    statement = (
        select(AssessmentItem, Assessment)
        .join(Assessment, col(Assessment.id) == col(AssessmentItem.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(AssessmentItem.tenant_id) == work.tenant_id,
            col(AssessmentItem.id) == item_id,
            taught_by(me.user),
        )
        .with_for_update(of=Assessment)
        .execution_options(populate_existing=True)
    )
    row = (await work.session.exec(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def require_taker(
    *, work: Work, me: Principal, assessment_id: UUID
) -> tuple[Assessment, Course, Enrollment]:
    """A published assessment, its published course and the student's enrolment in it.

    Raises:
        NotFound: It does not exist, is not published, or the person is not a student of the course.
    """
    _require_role(me, Role.STUDENT)
    values = {"tenant": work.tenant_id, "assessment": assessment_id, "user": me.user}
    rows = await fetch(work, _taken_whole(), **values)
    if not rows:
        raise NotFound
    return rows[0]


async def require_beginner(*, work: Work, me: Principal, assessment_id: UUID) -> tuple[Assessment, UUID]:
    """A published assessment and the section in which the student takes it, one at a time.

    The same student's other requests wait here until the end of the transaction. Authors take the assessment for
    themselves: nobody can begin what is being changed or withdrawn.

    Raises:
        NotFound: It does not exist, is not published, or the person is not a student of the course.
    """
    _require_role(me, Role.STUDENT)
    await fetch(work, _shared_assessment(), tenant=work.tenant_id, assessment=assessment_id)
    values = {"tenant": work.tenant_id, "assessment": assessment_id, "user": me.user}
    rows = await fetch(work, _begun(), **values)
    if not rows:
        raise NotFound
    return rows[0]


@cache
def _shared_assessment() -> Any:
    return (
        select(Assessment.id)
        .where(
            col(Assessment.tenant_id) == bindparam("tenant"), col(Assessment.id) == bindparam("assessment")
        )
        .with_for_update(read=True, key_share=True)
    )


@cache
def _taken_whole() -> Any:
    return _taken(Assessment, Course, Enrollment)


@cache
def _begun() -> Any:
    return (
        _taken(Assessment, Enrollment.section_id)
        .with_for_update(of=Enrollment, key_share=True)
        .execution_options(populate_existing=True)
    )


def _taken(*columns: Any) -> Any:
    return (
        select_columns(*columns)
        .select_from(Assessment)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .join(Section, col(Section.course_id) == col(Course.id))
        .join(Enrollment, col(Enrollment.section_id) == col(Section.id))
        .where(
            col(Assessment.tenant_id) == bindparam("tenant"),
            col(Assessment.id) == bindparam("assessment"),
            col(Assessment.status) == PublicationStatus.PUBLISHED,
            col(Course.status) == PublicationStatus.PUBLISHED,
            col(Enrollment.user_id) == bindparam("user"),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
        .order_by(col(Enrollment.id))
        .limit(1)
    )


async def require_own_attempt(
    *, work: Work, me: Principal, attempt_id: UUID, lock: bool = False
) -> tuple[Attempt, Assessment]:
    """One's own attempt, or that of one's group, and its assessment; it stays one's own after leaving the course.

    Raises:
        NotFound: It does not exist, or it is another student's.
    """
    _require_role(me, Role.STUDENT)
    rows = await fetch(work, _own_attempt(lock), tenant=work.tenant_id, attempt=attempt_id, user=me.user)
    if not rows:
        raise NotFound
    return rows[0]


@cache
def _own_attempt(lock: bool) -> Any:
    statement = _own(Attempt, Assessment)
    if lock:
        statement = statement.with_for_update(of=Attempt, key_share=True)
    return statement.execution_options(populate_existing=lock)


def _own(*columns: Any) -> Any:
    return (
        select_columns(*columns)
        .select_from(Attempt)
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .where(
            col(Attempt.tenant_id) == bindparam("tenant"),
            col(Attempt.id) == bindparam("attempt"),
            belongs_to(bindparam("user")),
        )
    )


async def require_writable(*, work: Work, me: Principal, attempt_id: UUID) -> tuple[Attempt, str]:
    """One's own attempt, or that of one's group, locked, and the kind of its assessment.

    Raises:
        NotFound: It does not exist, or it is another student's.
    """
    _require_role(me, Role.STUDENT)
    rows = await fetch(work, _writable(), tenant=work.tenant_id, attempt=attempt_id, user=me.user)
    if not rows:
        raise NotFound
    return rows[0]


@cache
def _writable() -> Any:
    return (
        _own(Attempt, Assessment.kind)
        .with_for_update(of=Attempt, key_share=True)
        .execution_options(populate_existing=True)
    )


async def require_taught_attempt(
    *, work: Work, me: Principal, attempt_id: UUID
) -> tuple[Attempt, Assessment]:
    """An attempt of any state and its assessment, for those who teach the course.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    _require_role(me, Role.TEACHER)
    statement = (
        select(Attempt, Assessment)
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(col(Attempt.tenant_id) == work.tenant_id, col(Attempt.id) == attempt_id, taught_by(me.user))
    )
    row = (await work.session.exec(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row
