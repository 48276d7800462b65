"""Who stands in which relation to rubrics, handed-in work and grades; everybody else does not know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import GuardianLink, User
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, Objective, Section
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.grading.models import (
    Grade,
    GradingComment,
    Rubric,
    RubricCriterion,
    RubricLevel,
    visible_grade,
)
from eduplatform.domain.grading.rubric_repository import CriterionScale, in_order, scales
from eduplatform.errors import NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

VERIFIED = "verified"


async def _one(work: Work, statement: Any) -> Any:
    rows = await fetch(work, statement)
    if not rows:
        raise NotFound
    return rows[0]


def _require(me: Principal, role: Role) -> None:
    if role not in me.roles:
        raise NotFound


async def require_grader(*, work: Work, me: Principal, assessment_id: UUID) -> tuple[Assessment, Course]:
    """An assessment and its course, for those who teach the course.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    _require(me, Role.TEACHER)
    return await _one(
        work,
        select(Assessment, Course)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.id) == assessment_id,
            taught_by(me.user),
        ),
    )


async def require_handed_in(*, work: Work, me: Principal, attempt_id: UUID) -> Attempt:
    """A handed-in attempt, locked, for those who teach the course; a second grader waits here.

    Raises:
        NotFound: It does not exist, is not handed in, or the person does not teach its course.
    """
    _require(me, Role.TEACHER)
    statement = (
        select(Attempt)
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(Attempt.tenant_id) == work.tenant_id,
            col(Attempt.id) == attempt_id,
            col(Attempt.state) == AttemptState.SUBMITTED,
            taught_by(me.user),
        )
        .with_for_update(of=Attempt, key_share=True)
        .execution_options(populate_existing=True)
    )
    return await _one(work, statement)


async def require_participant(*, work: Work, me: Principal, assessment_id: UUID, user_id: UUID) -> Assessment:
    """An assessment that the person teaches and the student takes, now or before.

    Raises:
        NotFound: Either is not so.
    """
    _require(me, Role.TEACHER)
    takes = (
        select(Enrollment.id)
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(Section.course_id) == col(Assessment.course_id),
            col(Enrollment.user_id) == user_id,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
        )
        .correlate(Assessment)
        .exists()
    )
    return await _one(
        work,
        select(Assessment)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.id) == assessment_id,
            taught_by(me.user),
            takes,
        ),
    )


@dataclass(frozen=True, slots=True)
class AuthoredRubric:
    """A version of a rubric with its course, its criteria, and the objectives that the course has."""

    rubric: Rubric
    course: Course
    scale: list[CriterionScale]
    objectives: frozenset[UUID]


async def require_rubric_author(
    *, work: Work, me: Principal, rubric_id: UUID, version: int | None = None, lock: bool = False
) -> AuthoredRubric:
    """A rubric and its course, for those who teach the course; one statement.

    Args:
        work: The open unit of work.
        me: Who asks.
        rubric_id: Id of its family, or of a version.
        version: Number of the version, current or not; None is the current one.
        lock: Keep other authors waiting until the end of the transaction.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    _require(me, Role.TEACHER)
    objectives = (
        select(func.array_agg(col(Objective.id)))
        .where(col(Objective.course_id) == col(Rubric.course_id))
        .correlate(Rubric)
        .scalar_subquery()
    )
    statement: Any = in_order(
        select_columns(Rubric, Course, objectives, RubricCriterion, RubricLevel)
        .select_from(Rubric)
        .join(Course, col(Course.id) == col(Rubric.course_id))
        .outerjoin(RubricCriterion, col(RubricCriterion.rubric_id) == col(Rubric.id))
        .outerjoin(RubricLevel, col(RubricLevel.criterion_id) == col(RubricCriterion.id))
        .where(
            col(Rubric.tenant_id) == work.tenant_id,
            (col(Rubric.family_id) == rubric_id) | (col(Rubric.id) == rubric_id),
            col(Rubric.current).is_(True) if version is None else col(Rubric.version) == version,
            taught_by(me.user),
        )
    )
    if lock:
        statement = statement.with_for_update(of=Rubric).execution_options(populate_existing=True)
    rows = await fetch(work, statement)
    if not rows:
        raise NotFound
    rubric, course, known = rows[0][:3]
    return AuthoredRubric(rubric, course, scales([row[3:] for row in rows]), frozenset(known or ()))


async def require_comment_author(*, work: Work, me: Principal, comment_id: UUID) -> GradingComment:
    """A comment of the bank of a course that the person teaches.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    _require(me, Role.TEACHER)
    return await _one(
        work,
        select(GradingComment)
        .join(Course, col(Course.id) == col(GradingComment.course_id))
        .where(
            col(GradingComment.tenant_id) == work.tenant_id,
            col(GradingComment.id) == comment_id,
            taught_by(me.user),
        ),
    )


async def require_own_grade(*, work: Work, me: Principal, grade_id: UUID) -> tuple[Grade, Assessment, Course]:
    """One's own released grade, its assessment and course.

    Raises:
        NotFound: It does not exist, is not released, or is another student's.
    """
    _require(me, Role.STUDENT)
    return await _one(
        work,
        select_columns(Grade, Assessment, Course)
        .join(Assessment, col(Assessment.id) == col(Grade.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(Grade.tenant_id) == work.tenant_id,
            col(Grade.id) == grade_id,
            col(Grade.user_id) == me.user,
            visible_grade(),
        ),
    )


async def children_of(*, work: Work, me: Principal) -> list[User]:
    """The students whose learning a guardian may see, by name."""
    _require(me, Role.GUARDIAN)
    rows = await fetch(
        work,
        select(User)
        .join(GuardianLink, col(GuardianLink.student_id) == col(User.id))
        .where(*_guards(work, me))
        .order_by(col(User.given_name), col(User.family_name), col(User.id))
        .limit(20),
    )
    return list(rows)


async def require_guardian(*, work: Work, me: Principal, student_id: UUID) -> User:
    """A student whose learning a guardian may see.

    Raises:
        NotFound: There is no verified link that lets the person see grades.
    """
    _require(me, Role.GUARDIAN)
    return await _one(
        work,
        select(User)
        .join(GuardianLink, col(GuardianLink.student_id) == col(User.id))
        .where(*_guards(work, me), col(User.id) == student_id),
    )


def _guards(work: Work, me: Principal) -> tuple[Any, ...]:
    return (
        col(GuardianLink.tenant_id) == work.tenant_id,
        col(GuardianLink.guardian_id) == me.user,
        col(GuardianLink.status) == VERIFIED,
        col(GuardianLink.can_view_grades).is_(True),
    )
