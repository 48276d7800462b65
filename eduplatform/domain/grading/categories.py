"""Editing the grading rules of a course: method, letters, categories, periods, columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.repository import Repository
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.grading.course_grade import Scheme
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
from eduplatform.domain.grading.course_rules import MOST_COLUMNS, CourseRules, read_rules
from eduplatform.domain.grading.letter_schemes import stored_scheme
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.tenants.models import Term
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

MOST_CATEGORIES = 20
MOST_PERIODS = 20
MOST_DROPPED = 20
HIGHEST_WEIGHT = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDraft:
    """A category as a teacher enters it."""

    name: str
    weight: Decimal
    drop_lowest: int = 0
    drop_highest: int = 0
    extra_credit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualDraft:
    """A column that is graded by entry only; ``on`` is when the work took place."""

    title: str
    points: Decimal
    on: datetime | None = None
    category_id: UUID | None = None


class GradingRepository(Repository[CourseGrading]):
    """Grading rules of courses."""

    model = CourseGrading


class CategoryRepository(Repository[GradeCategory]):
    """Categories."""

    model = GradeCategory


class PeriodRepository(Repository[GradingPeriod]):
    """Grading periods."""

    model = GradingPeriod


class ColumnRepository(Repository[GradeColumn]):
    """What assessments are in the gradebook."""

    model = GradeColumn

    async def put(self, assessment_id: UUID, values: Mapping[str, Any]) -> None:
        """Set what a column is, whether or not it had a row."""
        moment = utc_now()
        row = {
            "id": new_id(),
            "tenant_id": self._work.tenant_id,
            "created_by": self._work.user_id,
            "created_at": moment,
            "updated_at": moment,
            "assessment_id": assessment_id,
            "extra_credit": False,
            "counts": True,
            **values,
        }
        statement = (
            insert(GradeColumn)
            .values(row)
            .on_conflict_do_update(
                index_elements=["tenant_id", "assessment_id"], set_={**values, "updated_at": moment}
            )
        )
        session: Any = self._session
        await session.exec(statement, execution_options={CHECKED_INSERT: True})


async def rules_for_editing(*, work: Work, me: Principal, course_id: UUID) -> CourseRules:
    """The rules of a course that the person teaches; three statements.

    Raises:
        NotFound: The person does not teach the course.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    return (await read_rules(work=work, course_ids=[course_id], timezone=me.timezone))[course_id]


async def terms(*, work: Work) -> list[Term]:
    """The newest terms of the organisation."""
    rows = await work.session.exec(
        select(Term)
        .where(col(Term.tenant_id) == work.tenant_id)
        .order_by(col(Term.starts_on).desc(), col(Term.id))
        .limit(20)
    )
    return list(rows.all())


async def save_method(
    *, work: Work, me: Principal, course_id: UUID, method: Method, missing: MissingRule
) -> None:
    """Choose how totals are made.

    Raises:
        NotFound: The person does not teach the course.
    """
    row = await _grading(work, me, course_id)
    row.method, row.missing = method, missing
    await _changed(work, row, "method", method=method.value, missing=missing.value)


async def save_scheme(*, work: Work, me: Principal, course_id: UUID, scheme: Scheme, preset: str) -> None:
    """Choose the letters; ``preset`` says where they came from, empty for none.

    Raises:
        NotFound: The person does not teach the course.
    """
    row = await _grading(work, me, course_id)
    row.bands, row.scheme = stored_scheme(scheme), preset
    await _changed(work, row, "letters", letters=len(scheme))


async def _grading(work: Work, me: Principal, course_id: UUID) -> CourseGrading:
    await require_teacher(work=work, me=me, course_id=course_id)
    found = await GradingRepository(work).first(col(CourseGrading.course_id) == course_id)
    return found or CourseGrading(course_id=course_id, version=0)


async def _changed(work: Work, row: CourseGrading, what: str, **details: Any) -> None:
    row.version += 1
    work.session.add(row)
    await work.audit(f"grade.rules_{what}", course=row.course_id, **details)


async def save_category(
    *, work: Work, me: Principal, course_id: UUID, draft: CategoryDraft, category_id: UUID | None = None
) -> GradeCategory:
    """Add a category, or change one.

    Raises:
        NotFound: The person does not teach the course, or it has no such category.
        Invalid: A value is out of range, or the name is taken; with a message per field.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    known = await CategoryRepository(work).find(
        col(GradeCategory.course_id) == course_id, order_by=(col(GradeCategory.position),)
    )
    row = next((one for one in known if one.id == category_id), None)
    if category_id is not None and row is None:
        raise NotFound
    others = [one for one in known if one is not row]
    name = _checked_category(draft, others)
    if row is None:
        if len(known) >= MOST_CATEGORIES:
            raise Invalid(
                fields={"name": (N_("There can be at most {limit} categories."), {"limit": MOST_CATEGORIES})}
            )
        position = max((one.position for one in known), default=0) + 1
        row = GradeCategory(course_id=course_id, position=position, name=name)
        work.session.add(row)
    row.name, row.weight, row.extra_credit = name, draft.weight, draft.extra_credit
    row.drop_lowest, row.drop_highest = draft.drop_lowest, draft.drop_highest
    await work.audit("grade.category_saved", course=course_id, category=row.id, weight=str(draft.weight))
    return row


def _checked_category(draft: CategoryDraft, others: Sequence[GradeCategory]) -> str:
    problems: dict[str, Any] = {}
    name = " ".join(draft.name.split())
    if not name:
        problems["name"] = N_("Please fill this in.")
    elif any(one.name.casefold() == name.casefold() for one in others):
        problems["name"] = N_("There is a category of this name already.")
    if not 0 <= draft.weight <= HIGHEST_WEIGHT:
        problems["weight"] = N_("Enter a weight from 0 to 100.")
    for field in ("drop_lowest", "drop_highest"):
        if not 0 <= getattr(draft, field) <= MOST_DROPPED:
            problems[field] = (N_("Please enter at most {limit}."), {"limit": MOST_DROPPED})
    if problems:
        raise Invalid(fields=problems)
    return name


async def place_category(
    *, work: Work, me: Principal, course_id: UUID, category_id: UUID, before: UUID | None
) -> None:
    """Put a category before another one, or at the end.

    Raises:
        NotFound: The person does not teach the course, or it has no such category.
    """
    await require_teacher(work=work, me=me, course_id=course_id, lock=True)
    known = await CategoryRepository(work).find(
        col(GradeCategory.course_id) == course_id, order_by=(col(GradeCategory.position),)
    )
    row = next((one for one in known if one.id == category_id), None)
    if row is None or (before is not None and before not in {one.id for one in known}):
        raise NotFound
    if before == category_id:
        return
    others = [one for one in known if one is not row]
    place = next((index for index, one in enumerate(others) if one.id == before), len(others))
    others.insert(place, row)
    if others == list(known):
        return
    await CategoryRepository(work).update_many(
        [{"id": one.id, "position": position} for position, one in enumerate(others, start=1)]
    )
    await work.audit("grade.categories_ordered", course=course_id, category=category_id)


async def remove_category(*, work: Work, me: Principal, course_id: UUID, category_id: UUID) -> None:
    """Remove a category; its columns stay, without one.

    Raises:
        NotFound: The person does not teach the course, or it has no such category.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    row = await CategoryRepository(work).get(category_id)
    if row.course_id != course_id:
        raise NotFound
    await work.audit("grade.category_removed", course=course_id, category=category_id)
    await CategoryRepository(work).delete(row)


async def add_period(
    *,
    work: Work,
    me: Principal,
    course_id: UUID,
    name: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    term_id: UUID | None = None,
) -> GradingPeriod:
    """Add a period: a term of the organisation, or one with a name and dates of its own.

    Raises:
        NotFound: The person does not teach the course, or there is no such term.
        Invalid: With a message per field.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    known = await PeriodRepository(work).find(col(GradingPeriod.course_id) == course_id)
    if term_id is not None:
        name, starts_on, ends_on = await _term(work, term_id)
    name = " ".join(name.split())
    problems: dict[str, Any] = {}
    if not name:
        problems["name"] = N_("Please fill this in.")
    elif any(one.name.casefold() == name.casefold() for one in known):
        problems["term" if term_id else "name"] = N_("There is a period of this name already.")
    if starts_on is None:
        problems["starts_on"] = N_("Please enter a day.")
    if ends_on is None:
        problems["ends_on"] = N_("Please enter a day.")
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        problems["ends_on"] = N_("The last day is before the first.")
    if len(known) >= MOST_PERIODS:
        problems["name"] = (N_("There can be at most {limit} periods."), {"limit": MOST_PERIODS})
    if problems or starts_on is None or ends_on is None:
        raise Invalid(fields=problems)
    row = GradingPeriod(course_id=course_id, term_id=term_id, name=name, starts_on=starts_on, ends_on=ends_on)
    work.session.add(row)
    await work.audit("grade.period_added", course=course_id, period=row.id)
    return row


async def _term(work: Work, term_id: UUID) -> tuple[str, date, date]:
    rows = await work.session.exec(
        select(Term).where(col(Term.tenant_id) == work.tenant_id, col(Term.id) == term_id)
    )
    term = rows.one_or_none()
    if term is None:
        raise NotFound
    return term.name, term.starts_on, term.ends_on


async def remove_period(*, work: Work, me: Principal, course_id: UUID, period_id: UUID) -> None:
    """Remove a period; totals that were entered for it go with it.

    Raises:
        NotFound: The person does not teach the course, or it has no such period.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    row = await PeriodRepository(work).get(period_id)
    if row.course_id != course_id:
        raise NotFound
    await work.audit("grade.period_removed", course=course_id, period=period_id)
    await PeriodRepository(work).delete(row)


async def set_column(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    category_id: UUID | None,
    period_id: UUID | None,
    extra_credit: bool,
    counts: bool,
) -> None:
    """Say what an assessment is in the gradebook; five statements.

    Raises:
        NotFound: The person does not teach the course, or the category or period is not one of the course.
    """
    assessment = await _taught(work, me, assessment_id, category_id, period_id)
    await work.audit("grade.column_set", assessment=assessment.id, category=category_id, period=period_id)
    await ColumnRepository(work).put(
        assessment_id,
        {
            "category_id": category_id,
            "period_id": period_id,
            "extra_credit": extra_credit,
            "counts": counts,
        },
    )


async def _taught(
    work: Work, me: Principal, assessment_id: UUID, category_id: UUID | None, period_id: UUID | None
) -> Assessment:
    """An assessment that the person teaches, whose course has the category and the period."""
    if Role.TEACHER not in me.roles:
        raise NotFound
    statement = (
        select_columns(Assessment, GradeCategory.id, GradingPeriod.id)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .outerjoin(
            GradeCategory,
            (col(GradeCategory.course_id) == col(Course.id)) & (col(GradeCategory.id) == category_id),
        )
        .outerjoin(
            GradingPeriod,
            (col(GradingPeriod.course_id) == col(Course.id)) & (col(GradingPeriod.id) == period_id),
        )
        .where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.id) == assessment_id,
            taught_by(me.user),
        )
    )
    rows = await fetch(work, statement)
    if not rows or (rows[0][1], rows[0][2]) != (category_id, period_id):
        raise NotFound
    return rows[0][0]


async def save_manual(
    *,
    work: Work,
    me: Principal,
    course_id: UUID,
    draft: ManualDraft,
    assessment_id: UUID | None = None,
) -> Assessment:
    """Add a column for something done outside, or change one. Grades keep their points when the possible points change.

    Raises:
        NotFound: The person does not teach the course, or it has no such column or category.
        Invalid: With a message per field.
    """
    rules = await rules_for_editing(work=work, me=me, course_id=course_id)
    column = next((one for one in rules.columns if one.id == assessment_id and one.manual), None)
    if assessment_id is not None and column is None:
        raise NotFound
    if draft.category_id is not None and all(one.id != draft.category_id for one in rules.categories):
        raise NotFound
    title = " ".join(draft.title.split())
    problems: dict[str, Any] = {}
    if not title:
        problems["title"] = N_("Please fill this in.")
    elif len(rules.columns) >= MOST_COLUMNS and column is None:
        problems["title"] = (N_("There can be at most {limit} columns."), {"limit": MOST_COLUMNS})
    if not 0 <= draft.points <= 10_000:
        problems["points"] = N_("Enter points from 0 to 10,000.")
    if problems:
        raise Invalid(fields=problems)
    row = column.assessment if column is not None else _new_manual(course_id, title)
    row.title, row.points, row.opens_at = title, draft.points, draft.on
    row.version += 1
    work.session.add(row)
    await work.audit("grade.column_saved", course=course_id, assessment=row.id)
    await ColumnRepository(work).put(row.id, {"category_id": draft.category_id})
    return row


def _new_manual(course_id: UUID, title: str) -> Assessment:
    return Assessment(
        course_id=course_id,
        kind=MANUAL,
        status=IN_GRADEBOOK,
        title=title,
        published_at=utc_now(),
        version=0,
    )


async def remove_manual(*, work: Work, me: Principal, course_id: UUID, assessment_id: UUID) -> None:
    """Remove a column that is graded by entry only and has no grades.

    Raises:
        NotFound: The person does not teach the course, or it has no such column.
        Conflict: It has grades.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    grades = (
        select(func.count(col(Grade.id)))
        .where(col(Grade.assessment_id) == col(Assessment.id), col(Grade.status) != "none")
        .correlate(Assessment)
        .scalar_subquery()
    )
    rows = await fetch(
        work,
        select_columns(Assessment, grades).where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.id) == assessment_id,
            col(Assessment.course_id) == course_id,
            col(Assessment.kind) == MANUAL,
        ),
    )
    if not rows:
        raise NotFound
    if rows[0][1]:
        raise Conflict(
            N_("This column has grades. Let it not count, or take back its grades before you remove it.")
        )
    await work.audit("grade.column_removed", course=course_id, assessment=assessment_id)
    await work.session.delete(rows[0][0])
    await work.flush()
