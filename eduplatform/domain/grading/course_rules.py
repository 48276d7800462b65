"""The grading rules of a course as they are read: method, letters, categories, periods, and what each column is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, func

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.models import Course, PublicationStatus
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.grading.course_grade import Category, Scheme
from eduplatform.domain.grading.course_models import (
    IN_GRADEBOOK,
    MANUAL,
    CourseGrading,
    GradeCategory,
    GradeColumn,
    GradingPeriod,
    Method,
    MissingRule,
)
from eduplatform.domain.grading.letter_schemes import scheme_of
from eduplatform.domain.tenants.models import Term
from eduplatform.i18n.formatting import time_zone

MOST_COLUMNS = 200
"""Columns of one course that are read; more are refused when they are made."""

PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Period:
    """A grading period with the name and the inclusive dates that hold, its own or those of its term."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date
    term_id: UUID | None


@dataclass(frozen=True, slots=True)
class Column:
    """An assessment as a column.

    Attributes:
        period_id: The period it was put into, else the one of its date; None without.
        fixed_period_id: The period it was put into by hand.
        id: The assessment's id.
        key: The same as text, as `course_grade` knows the column.
        category: Key of its category; empty without one.
    """

    assessment: Assessment
    category_id: UUID | None
    period_id: UUID | None
    fixed_period_id: UUID | None
    extra_credit: bool
    counts: bool
    # Taken out of the row once: a large class asks for them hundreds of thousands of times.
    id: UUID = field(init=False)
    key: str = field(init=False)
    title: str = field(init=False)
    possible: Decimal = field(init=False)
    category: str = field(init=False)

    def __post_init__(self) -> None:
        """Read what the assessment says."""
        one = self.assessment
        category = str(self.category_id or "")
        facts = {"id": one.id, "key": str(one.id), "title": one.title, "possible": one.points}
        for name, value in {**facts, "category": category}.items():
            object.__setattr__(self, name, value)

    @property
    def manual(self) -> bool:
        """Whether it is graded by entry only."""
        return self.assessment.kind == MANUAL

    @property
    def moment(self) -> datetime | None:
        """When it is due, or took place."""
        return moment_of(self.assessment)


@dataclass(frozen=True, slots=True)
class CourseRules:
    """Everything that a total of the course depends on, grades aside."""

    course: Course
    grading: CourseGrading
    categories: list[GradeCategory]
    periods: list[Period]
    columns: list[Column]

    @property
    def weighted(self) -> bool:
        """Whether categories count by weight."""
        return self.grading.method == Method.WEIGHTED

    @property
    def missing_counts(self) -> bool:
        """Whether missing work counts zero."""
        return self.grading.missing == MissingRule.ZERO

    @property
    def scheme(self) -> Scheme:
        """The letters."""
        return scheme_of(self.grading.bands)

    def pure_categories(self) -> list[Category]:
        """The categories as the calculation sees them."""
        return [
            Category(
                key=str(one.id),
                name=one.name,
                weight=Decimal(one.weight),
                drop_lowest=one.drop_lowest,
                drop_highest=one.drop_highest,
                extra_credit=one.extra_credit,
            )
            for one in self.categories
        ]

    def period_at(self, day: date) -> Period | None:
        """The period of a day; of several, the one that began last."""
        return period_of(self.periods, day)


def moment_of(assessment: Assessment) -> datetime | None:
    """When an assessment is due; of a column without attempts, when it took place."""
    return assessment.due_at or (assessment.opens_at if assessment.kind == MANUAL else None)


def period_of(periods: Sequence[Period], day: date) -> Period | None:
    """The period of a day; of several, the one that began last."""
    found = [one for one in periods if one.starts_on <= day <= one.ends_on]
    return max(found, key=lambda one: (one.starts_on, one.id), default=None)


async def read_rules(*, work: Work, course_ids: Sequence[UUID], timezone: str) -> dict[UUID, CourseRules]:
    """The rules of courses whose access the caller has checked; two statements.

    Args:
        work: The open unit of work.
        course_ids: The courses.
        timezone: The zone in which a due time belongs to a day.
    """
    name = func.coalesce(col(Term.name), col(GradingPeriod.name))
    begin = func.coalesce(col(Term.starts_on), col(GradingPeriod.starts_on))
    end = func.coalesce(col(Term.ends_on), col(GradingPeriod.ends_on))
    rows = await fetch(
        work,
        select_columns(
            Course, CourseGrading, GradeCategory, GradingPeriod.id, name, begin, end, GradingPeriod.term_id
        )
        .select_from(Course)
        .outerjoin(CourseGrading, col(CourseGrading.course_id) == col(Course.id))
        .outerjoin(GradeCategory, col(GradeCategory.course_id) == col(Course.id))
        .outerjoin(GradingPeriod, col(GradingPeriod.course_id) == col(Course.id))
        .outerjoin(Term, col(Term.id) == col(GradingPeriod.term_id))
        .where(col(Course.tenant_id) == work.tenant_id, col(Course.id).in_(course_ids))
        .order_by(col(GradeCategory.position), col(GradeCategory.id), begin, col(GradingPeriod.id)),
    )
    found: dict[UUID, CourseRules] = {}
    for course, grading, category, period_id, *period in rows:
        rules = found.get(course.id)
        if rules is None:
            rules = CourseRules(course, grading or CourseGrading(course_id=course.id), [], [], [])
            found[course.id] = rules
        if category is not None and all(one.id != category.id for one in rules.categories):
            rules.categories.append(category)
        if period_id is not None and all(one.id != period_id for one in rules.periods):
            rules.periods.append(Period(period_id, *period))
    for rules in found.values():
        rules.periods.sort(key=lambda one: (one.starts_on, one.id))
    await _add_columns(work, found, timezone)
    return found


async def _add_columns(work: Work, rules: dict[UUID, CourseRules], timezone: str) -> None:
    columns: tuple[Any, ...] = (
        Assessment,
        GradeColumn.category_id,
        GradeColumn.period_id,
        func.coalesce(col(GradeColumn.extra_credit), False),
        func.coalesce(col(GradeColumn.counts), True),
    )
    moment = func.coalesce(col(Assessment.due_at), col(Assessment.opens_at))
    rows = await fetch(
        work,
        select_columns(*columns)
        .select_from(Assessment)
        .outerjoin(GradeColumn, col(GradeColumn.assessment_id) == col(Assessment.id))
        .where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.course_id).in_(list(rules)),
            col(Assessment.status).in_((PublicationStatus.PUBLISHED, IN_GRADEBOOK)),
            col(Assessment.kind) != PRACTICE,
        )
        .order_by(moment.asc().nulls_last(), col(Assessment.id))
        .limit(MOST_COLUMNS * max(1, len(rules))),
    )
    zone = time_zone(timezone)
    for assessment, category_id, fixed, extra_credit, counts in rows:
        mine = rules[assessment.course_id]
        when = moment_of(assessment)
        by_date = mine.period_at(when.astimezone(zone).date()) if when is not None else None
        period_id = fixed or (by_date.id if by_date is not None else None)
        mine.columns.append(Column(assessment, category_id, period_id, fixed, extra_credit, counts))
