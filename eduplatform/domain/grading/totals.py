"""Totals of courses: what a teacher enters in their place, and what students and guardians see of them.

A student's own total is made of what they may know: released grades, and work that is missing by its due time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, PublicationStatus, Section
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.repository import ACTIVE, fetch
from eduplatform.domain.grading import policy
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.course_models import CourseGradeEntry
from eduplatform.domain.grading.course_rules import Column, CourseRules, Period, read_rules
from eduplatform.domain.grading.gradebook import (
    Cell,
    Total,
    cell_of,
    missing_policies,
    period_columns,
    rows_of,
    rules_of,
    total_of,
)
from eduplatform.domain.grading.gradebook_repository import (
    CourseGradeEntryRepository,
    GradebookRepository,
    Student,
)
from eduplatform.domain.grading.service import required_reason
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal

HIGHEST_TOTAL = Decimal(200)


@dataclass(frozen=True, slots=True)
class StudentTotal:
    """A total as its student sees it; ``period`` is None for the whole course."""

    period: Period | None
    total: Total


@dataclass(frozen=True, slots=True)
class CourseTotals:
    """A course that a student takes, with the totals that there are: the whole course first, then its periods."""

    course: Course
    totals: list[StudentTotal]


@dataclass(frozen=True, slots=True)
class TotalFacts:
    """A student's total for the teacher: how it came about, and every entry with its author, newest first."""

    student: Student
    period: Period | None
    total: Total
    trail: list[tuple[CourseGradeEntry, str]]

    @property
    def number(self) -> int:
        """Of the newest entry; 0 without one. What a change is based on."""
        return self.trail[0][0].number if self.trail else 0


async def read_total(
    *,
    work: Work,
    me: Principal,
    course_id: UUID,
    user_id: UUID,
    period_id: UUID | None = None,
    now: datetime | None = None,
) -> TotalFacts:
    """A student's total with its steps and its trail; eight statements.

    Raises:
        NotFound: The person does not teach the course, the student does not take it, or it has no such period.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    rules = await rules_of(work, course_id, me)
    period = _period(rules, period_id)
    student = await _student(work, course_id, user_id)
    rows = await rows_of(work, rules, [student], period_id, [], now or utc_now())
    trail = await CourseGradeEntryRepository(work).trail(course_id, user_id, period_id)
    return TotalFacts(student, period, rows[0].total, trail)


def _period(rules: CourseRules, period_id: UUID | None) -> Period | None:
    if period_id is None:
        return None
    found = next((one for one in rules.periods if one.id == period_id), None)
    if found is None:
        raise NotFound
    return found


async def _student(work: Work, course_id: UUID, user_id: UUID) -> Student:
    rows = await fetch(
        work,
        select(User, Section.name)
        .join(Enrollment, col(Enrollment.user_id) == col(User.id))
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(Enrollment.tenant_id) == work.tenant_id,
            col(User.id) == user_id,
            col(Section.course_id) == course_id,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
        )
        .limit(1),
    )
    if not rows:
        raise NotFound
    return Student(user_id, rows[0][0].name, rows[0][1])


async def enter_total(
    *,
    work: Work,
    me: Principal,
    course_id: UUID,
    user_id: UUID,
    period_id: UUID | None,
    percent: Decimal | None,
    reason: str,
    number: int,
) -> CourseGradeEntry:
    """Put one's own total in place of the one that is worked out, or with ``percent`` of None take it back.

    Args:
        work: The open unit of work.
        me: The teacher.
        course_id: The course.
        user_id: The student.
        period_id: The period; None for the whole course.
        percent: The total.
        reason: Why; the student reads it.
        number: Of the entry that the teacher saw; 0 when there was none.

    Raises:
        NotFound: The person does not teach the course, the student does not take it, or it has no such period.
        Invalid: ``fields["percent"]`` or ``fields["reason"]``.
        Conflict: Somebody entered another total meanwhile.
    """
    words = required_reason(reason)
    if percent is not None and not 0 <= percent <= HIGHEST_TOTAL:
        raise Invalid(fields={"percent": N_("Enter a percentage from 0 to 200.")})
    await require_teacher(work=work, me=me, course_id=course_id)
    _period(await rules_of(work, course_id, me), period_id)
    await _student(work, course_id, user_id)
    entries = CourseGradeEntryRepository(work)
    known = (await entries.holding([course_id], [user_id])).get((course_id, user_id, period_id))
    if (known.number if known is not None else 0) != number:
        raise Conflict(N_("Somebody entered another total meanwhile."))
    action = "grade.total_entered" if percent is not None else "grade.total_taken_back"
    await work.audit(action, course=course_id, student=user_id, period=period_id)
    return await entries.add(
        CourseGradeEntry(
            course_id=course_id,
            user_id=user_id,
            period_id=period_id,
            number=number + 1,
            percent=percent,
            reason=words,
        )
    )


async def own_totals(*, work: Work, me: Principal, now: datetime | None = None) -> list[CourseTotals]:
    """One's own totals by course; six statements."""
    me.require(Permission.GRADE_READ_OWN)
    return await _totals(work, me, me.user, now or utc_now())


async def child_totals(
    *, work: Work, me: Principal, student_id: UUID, now: datetime | None = None
) -> list[CourseTotals]:
    """The totals of a child, as the child sees them; seven statements.

    Raises:
        NotFound: There is no verified link that lets the person see grades.
    """
    me.require(Permission.CHILD_READ)
    found = await policy.require_guardian(work=work, me=me, student_id=student_id)
    return await _totals(work, me, found.id, now or utc_now())


async def _totals(work: Work, me: Principal, user_id: UUID, now: datetime) -> list[CourseTotals]:
    course_ids = await _courses(work, user_id)
    if not course_ids:
        return []
    rules = await read_rules(work=work, course_ids=course_ids, timezone=me.timezone)
    columns = [one for mine in rules.values() for one in mine.columns]
    stored = await GradebookRepository(work).cells([user_id], [one.id for one in columns])
    policies = await missing_policies(work, columns, [user_id], stored)
    entries = await CourseGradeEntryRepository(work).holding(course_ids, [user_id])
    cells = {
        one.id: as_student_sees(cell_of(one, stored[user_id].get(one.id), policies, user_id, now))
        for one in columns
    }
    found: list[CourseTotals] = []
    for mine in sorted(rules.values(), key=lambda one: (one.course.title, one.course.id)):
        totals: list[StudentTotal] = []
        for period in (None, *mine.periods):
            period_id = period.id if period is not None else None
            chosen: Sequence[Column] = period_columns(mine, period_id)
            entry = entries.get((mine.course.id, user_id, period_id))
            total = total_of(mine, chosen, [cells[one.id] for one in chosen], entry)
            if total.percent is not None:
                totals.append(StudentTotal(period, total))
        if totals:
            found.append(CourseTotals(mine.course, totals))
    return found


def as_student_sees(cell: Cell) -> Cell:
    """A cell without what is not released; that work is missing is no secret, that it is being graded neither."""
    if cell.released or cell.status in (GradeStatus.MISSING, GradeStatus.NONE, "in_progress"):
        return cell
    return cell._replace(status=GradeStatus.IN_REVIEW, points=None)


async def _courses(work: Work, user_id: UUID) -> list[UUID]:
    rows = await fetch(
        work,
        select(Course.id)
        .join(Section, col(Section.course_id) == col(Course.id))
        .join(Enrollment, col(Enrollment.section_id) == col(Section.id))
        .where(
            col(Enrollment.tenant_id) == work.tenant_id,
            col(Enrollment.user_id) == user_id,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
            col(Course.status) == PublicationStatus.PUBLISHED,
        )
        .distinct()
        .limit(40),
    )
    return list(rows)
