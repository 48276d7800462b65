"""Released grades, as students and their guardians read them. Nothing that is not released ever leaves this module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import case, col, func, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.effective import may_be_due, policies_for
from eduplatform.domain.assessment.feedback import Feedback
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.assessment.results import feedback_now
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    LessonProgress,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.grading import policy, worklist
from eduplatform.domain.grading.models import Grade, visible_grade
from eduplatform.domain.grading.repository import GradeRepository
from eduplatform.domain.grading.rubric_repository import CriterionScale, RubricRepository
from eduplatform.domain.grading.service import person_types, result_of
from eduplatform.domain.grading.worklist import Marked
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal

PAGE_SIZE = 50
NEWEST = 5
UPCOMING = 5


@dataclass(frozen=True, slots=True)
class ReleasedGrade:
    """A grade that its student sees."""

    grade: Grade
    assessment_id: UUID
    title: str
    kind: str
    course_title: str


@dataclass(frozen=True, slots=True)
class ExplainedGrade:
    """A released grade with the work behind it.

    Attributes:
        attempt: The attempt that counts, else the newest; None without work.
        marked: Its questions and answers; holds keys, so show chosen parts only.
        scale: The criteria of each rubric.
        chosen: The level chosen per response and criterion.
        feedback: How much of the work the student may see.
    """

    grade: Grade
    assessment: Assessment
    course: Course
    attempt: Attempt | None
    marked: list[Marked]
    scale: dict[UUID, list[CriterionScale]]
    chosen: dict[UUID, dict[UUID, UUID]]
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class DueWork:
    """Published work that a student has not handed in and that is due in the future."""

    user_id: UUID
    assessment_id: UUID
    title: str
    kind: str
    course_title: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a student has read a course."""

    user_id: UUID
    course_id: UUID
    course_title: str
    lessons: int
    read: int


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child and what a guardian may know."""

    child: User
    grades: list[ReleasedGrade]
    due: list[DueWork]
    reading: list[Reading]


async def own_grades(*, work: Work, me: Principal, page: int = 1) -> tuple[list[ReleasedGrade], int]:
    """A page of one's released grades, newest first, and how many there are."""
    me.require(Permission.GRADE_READ_OWN)
    return await _released(work, [me.user], page=page)


async def _released(work: Work, user_ids: Sequence[UUID], *, page: int) -> tuple[list[ReleasedGrade], int]:
    visible = (
        col(Grade.tenant_id) == work.tenant_id,
        col(Grade.user_id).in_(user_ids),
        visible_grade(),
    )
    total = (await work.session.exec(select(func.count(col(Grade.id))).where(*visible))).one()
    rows = await fetch(
        work,
        _with_titles()
        .where(*visible)
        .order_by(col(Grade.released_at).desc(), col(Grade.id))
        .offset((max(page, 1) - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE),
    )
    return [ReleasedGrade(*row) for row in rows], total


def _with_titles() -> Any:
    columns: tuple[Any, ...] = (Grade, Assessment.id, Assessment.title, Assessment.kind, Course.title)
    return (
        select_columns(*columns)
        .select_from(Grade)
        .join(Assessment, col(Assessment.id) == col(Grade.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
    )


async def explain_own(*, work: Work, me: Principal, grade_id: UUID) -> ExplainedGrade:
    """One's released grade with the work behind it; six statements.

    Raises:
        NotFound: It does not exist, is not released, or is another student's.
    """
    found, assessment, course = await policy.require_own_grade(work=work, me=me, grade_id=grade_id)
    grades = GradeRepository(work)
    context = await grades.context(assessment.id, person_types())
    attempts, parts = await grades.attempts(assessment.id, me.user)
    handed_in = [one for one in attempts if one.state == AttemptState.SUBMITTED]
    rules = (await policies_for(work=work, assessments=[assessment], students=[me.user]))[
        (assessment.id, me.user)
    ]
    moment = utc_now()
    number = result_of(context, attempts, parts, rules=rules, excused=False, now=moment).attempt_number
    counting = next((one for one in handed_in if one.number == number), handed_in[-1] if handed_in else None)
    marked = await worklist.marked(work=work, attempt_ids=[counting.id] if counting is not None else [])
    rubric_ids = {one.rubric_id for one in marked if one.rubric_id is not None}
    scale = await RubricRepository(work).scale(sorted(rubric_ids))
    return ExplainedGrade(
        grade=found,
        assessment=assessment,
        course=course,
        attempt=counting,
        marked=marked,
        scale={key: [one for one in scale if one.criterion.rubric_id == key] for key in rubric_ids},
        chosen={
            one.response.id: {score.criterion_id: score.level_id for score in one.scores} for one in marked
        },
        feedback=await feedback_now(work=work, assessment=assessment, policy=rules, now=moment),
    )


async def mark_seen(*, work: Work, me: Principal, grade_id: UUID) -> None:
    """Remember that the student has opened a released grade."""
    session: Any = work.session
    await session.exec(
        update(Grade)
        .where(
            col(Grade.tenant_id) == work.tenant_id,
            col(Grade.id) == grade_id,
            col(Grade.user_id) == me.user,
            visible_grade(),
            col(Grade.seen_at).is_(None),
        )
        .values(seen_at=utc_now())
        .execution_options(synchronize_session=False)
    )


async def own_grade_version(*, work: Work, me: Principal, grade_id: UUID) -> int:
    """A number that changes with the grade; one statement, for pages that ask again and again.

    Raises:
        NotFound: It does not exist, is no longer released, or is another student's.
    """
    found, _assessment, _course = await policy.require_own_grade(work=work, me=me, grade_id=grade_id)
    return found.version


async def family(*, work: Work, me: Principal) -> list[ChildView]:
    """A guardian's children, each with the newest grades, the next work that is due, and the reading; five statements."""
    me.require(Permission.CHILD_READ)
    children = await policy.children_of(work=work, me=me)
    ids = [one.id for one in children]
    grades = await _newest(work, ids)
    due, reading = await _due(work, ids, each=UPCOMING), await _reading(work, ids)
    return [
        ChildView(
            child=one,
            grades=[row for row in grades if row.grade.user_id == one.id],
            due=[row for row in due if row.user_id == one.id],
            reading=[row for row in reading if row.user_id == one.id],
        )
        for one in children
    ]


async def child(*, work: Work, me: Principal, student_id: UUID, page: int = 1) -> tuple[ChildView, int]:
    """One child of a guardian with a page of all released grades, and how many there are; six statements.

    Raises:
        NotFound: There is no verified link that lets the person see grades.
    """
    me.require(Permission.CHILD_READ)
    found = await policy.require_guardian(work=work, me=me, student_id=student_id)
    grades, total = await _released(work, [found.id], page=page)
    due = await _due(work, [found.id], each=20)
    return ChildView(found, grades, due, await _reading(work, [found.id])), total


async def _newest(work: Work, user_ids: Sequence[UUID]) -> list[ReleasedGrade]:
    place = func.row_number().over(partition_by=col(Grade.user_id), order_by=col(Grade.released_at).desc())
    ranked = (
        select_columns(col(Grade.id).label("id"), place.label("place"))
        .where(
            col(Grade.tenant_id) == work.tenant_id,
            col(Grade.user_id).in_(user_ids),
            visible_grade(),
        )
        .subquery()
    )
    rows = await fetch(
        work,
        _with_titles()
        .join(ranked, ranked.c.id == col(Grade.id))
        .where(col(Grade.tenant_id) == work.tenant_id, ranked.c.place <= NEWEST)
        .order_by(col(Grade.released_at).desc(), col(Grade.id)),
    )
    return [ReleasedGrade(*row) for row in rows]


async def _due(work: Work, user_ids: Sequence[UUID], *, each: int) -> list[DueWork]:
    """What each of the students has to hand in next, by their own due times; two statements."""
    now = utc_now()
    handed_in = (
        select(Attempt.id)
        .where(
            col(Attempt.assessment_id) == col(Assessment.id),
            belongs_to(col(Enrollment.user_id)),
            col(Attempt.state) == AttemptState.SUBMITTED,
        )
        .correlate(Assessment, Enrollment)
        .exists()
    )
    excused = (
        select(Grade.id)
        .where(
            col(Grade.assessment_id) == col(Assessment.id),
            col(Grade.user_id) == col(Enrollment.user_id),
            col(Grade.status) == "excused",
        )
        .correlate(Assessment, Enrollment)
        .exists()
    )
    columns: tuple[Any, ...] = (
        Enrollment.user_id,
        Assessment,
        Course.title,
    )
    rows = await fetch(
        work,
        select_columns(*columns)
        .select_from(Enrollment)
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .join(Course, col(Course.id) == col(Section.course_id))
        .join(Assessment, col(Assessment.course_id) == col(Course.id))
        .where(
            *_takes(work, user_ids),
            col(Assessment.status) == PublicationStatus.PUBLISHED,
            may_be_due(col(Enrollment.user_id), now),
            ~handed_in,
            ~excused,
        )
        .order_by(col(Assessment.due_at), col(Assessment.id))
        .limit(100),
    )
    policies = await policies_for(
        work=work,
        assessments=list({one.id: one for _user, one, _course in rows}.values()),
        students=sorted({row[0] for row in rows}),
    )
    ahead = {
        (user_id, one.id): DueWork(user_id, one.id, one.title, one.kind, course, due)
        for user_id, one, course in rows
        if (due := policies[one.id, user_id].due_at) is not None and due > now
    }
    shown: dict[UUID, list[DueWork]] = {}
    for found in sorted(ahead.values(), key=lambda one: (one.due_at, one.title)):
        shown.setdefault(found.user_id, []).append(found)
    return [one for found in shown.values() for one in found[:each]]


async def _reading(work: Work, user_ids: Sequence[UUID]) -> list[Reading]:
    lessons, read = func.count(col(Lesson.id)), func.count(case((_is_read(), col(Lesson.id))))
    rows = await fetch(
        work,
        select_columns(Enrollment.user_id, Course.id, Course.title, lessons, read)
        .select_from(Enrollment)
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .join(Course, col(Course.id) == col(Section.course_id))
        .join(Lesson, col(Lesson.course_id) == col(Course.id))
        .outerjoin(
            LessonProgress,
            (col(LessonProgress.lesson_id) == col(Lesson.id))
            & (col(LessonProgress.user_id) == col(Enrollment.user_id)),
        )
        .where(*_takes(work, user_ids), col(Lesson.status) == PublicationStatus.PUBLISHED)
        .group_by(col(Enrollment.user_id), col(Course.id), col(Course.title))
        .order_by(col(Course.title), col(Course.id)),
    )
    return [Reading(*row) for row in rows]


def _is_read() -> Any:
    return col(LessonProgress.completed_at).is_not(None)


def _takes(work: Work, user_ids: Sequence[UUID]) -> tuple[Any, ...]:
    return (
        col(Enrollment.tenant_id) == work.tenant_id,
        col(Enrollment.user_id).in_(user_ids),
        col(Enrollment.role) == EnrollmentRole.STUDENT,
        col(Enrollment.status) == ACTIVE,
        col(Course.status) == PublicationStatus.PUBLISHED,
    )
