"""The gradebook of a course: a window of students by columns with totals, and how the class does.

A window is what fits on a screen and a little around it. Whatever the size of the class, opening one takes the same number of
statements, and only the grades of the students in it are read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.effective import Policies, policies_for
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.grading import policy
from eduplatform.domain.grading.anonymity import is_hidden
from eduplatform.domain.grading.calculation import GradeStatus, grade
from eduplatform.domain.grading.course_grade import Category, CourseCell, CourseGrade, band_of, course_grade
from eduplatform.domain.grading.course_models import CourseGradeEntry
from eduplatform.domain.grading.course_rules import Column, CourseRules, read_rules
from eduplatform.domain.grading.entered import entry_text
from eduplatform.domain.grading.gradebook_repository import (
    Average,
    CourseGradeEntryRepository,
    Distribution,
    GradebookRepository,
    PeopleFilter,
    StoredCell,
    Student,
    sections_of,
)
from eduplatform.domain.grading.models import Grade
from eduplatform.errors import Conflict, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MOST_ROWS = 60
MOST_WINDOW_COLUMNS = 24
MOST_SORTED_BY_TOTAL = 1000
"""Students whose totals are all worked out to put them in order; of more, one section is chosen first."""

AT_A_TIME = 100
"""Students whose totals are worked out in one go."""

NO_CATEGORY = "none"

ANONYMOUS = "anonymous"
"""Status of a cell whose work is there, of which nothing is said while names are hidden in grading."""


@dataclass(frozen=True, slots=True)
class View:
    """What is asked for; places count from 0.

    Attributes:
        category: Key of a category, `NO_CATEGORY`, or empty for all columns.
        period_id: The period whose columns and totals are shown; None for the whole course.
        sort: ``name``, ``section``, ``total``, or the id of an assessment.
    """

    course_id: UUID
    first_row: int = 0
    rows: int = 40
    first_column: int = 0
    columns: int = 12
    section_id: UUID | None = None
    search: str = ""
    category: str = ""
    period_id: UUID | None = None
    sort: str = "name"
    descending: bool = False

    @property
    def people(self) -> PeopleFilter:
        """Which students."""
        return PeopleFilter(self.course_id, self.section_id, self.search)


class Cell(NamedTuple):
    """What a student has for a column.

    Attributes:
        status: A `GradeStatus`; ``in_progress`` while an attempt is running and nothing was handed in; `ANONYMOUS`.
        released: Whether the student sees it now.
        version: Of the grade; 0 without one.
        text: What a teacher entered; empty when the attempts decide.
        visible_from: When the student will see it; None when that is not planned, or is past.
    """

    status: str
    points: Decimal | None
    released: bool
    version: int
    text: str
    visible_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """A student's total; ``entered`` is a teacher's own, which takes the place of what was worked out."""

    worked_out: CourseGrade
    entered: CourseGradeEntry | None
    percent: Decimal | None
    letter: str


@dataclass(frozen=True, slots=True)
class Row:
    """A student with the cells of the window and the total."""

    student: Student
    cells: list[Cell]
    total: Total


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the gradebook; ``averages`` by column, empty when they were not asked for."""

    rules: CourseRules
    rows: list[Row]
    columns: list[Column]
    total_rows: int
    total_columns: int
    averages: dict[UUID, Average]


async def open_window(
    *, work: Work, me: Principal, view: View, averages: bool = True, now: datetime | None = None
) -> Window:
    """A window of the gradebook; eight statements at most.

    Raises:
        NotFound: The person does not teach the course.
        Conflict: Too many students to order them by total.
    """
    moment = now or utc_now()
    await require_teacher(work=work, me=me, course_id=view.course_id)
    rules = await rules_of(work, view.course_id, me)
    columns = shown_columns(rules, view)
    size = min(view.rows, MOST_ROWS)
    window = columns[view.first_column : view.first_column + min(view.columns, MOST_WINDOW_COLUMNS)]
    people = GradebookRepository(work)
    if view.sort == "total":
        rows, total = await _by_total(work, view, rules, moment, size)
    else:
        students, total = await people.window(
            view.people, first=view.first_row, size=size, by=_order(view, columns), descending=view.descending
        )
        rows = await rows_of(work, rules, students, view.period_id, window, moment)
    found = await people.averages(view.people, [one.id for one in window]) if averages and window else {}
    return Window(rules, rows, window, total, len(columns), found)


async def read_row(
    *, work: Work, me: Principal, view: View, user_id: UUID, now: datetime | None = None
) -> Row:
    """One student of a window; five statements and the question of access.

    Raises:
        NotFound: The person does not teach the course.
    """
    await require_teacher(work=work, me=me, course_id=view.course_id)
    rules = await rules_of(work, view.course_id, me)
    window = shown_columns(rules, view)[view.first_column : view.first_column + MOST_WINDOW_COLUMNS]
    student = Student(user_id, "", "")
    rows = await rows_of(work, rules, [student], view.period_id, window[: view.columns], now or utc_now())
    return rows[0]


async def read_choices(
    *, work: Work, me: Principal, course_id: UUID
) -> tuple[CourseRules, list[tuple[UUID, str]]]:
    """What can be chosen: the rules with categories and periods, and the sections; four statements.

    Raises:
        NotFound: The person does not teach the course.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    return await rules_of(work, course_id, me), await sections_of(work, course_id)


async def column_facts(
    *, work: Work, me: Principal, view: View, assessment_id: UUID
) -> tuple[CourseRules, Column, Distribution]:
    """A column in numbers.

    Raises:
        NotFound: The person does not teach the course, or it has no such column.
    """
    await require_teacher(work=work, me=me, course_id=view.course_id)
    rules = await rules_of(work, view.course_id, me)
    column = next((one for one in rules.columns if one.id == assessment_id), None)
    if column is None:
        raise NotFound
    return rules, column, await GradebookRepository(work).distribution(view.people, assessment_id)


@dataclass(frozen=True, slots=True)
class CellFacts:
    """A cell for its panel.

    Attributes:
        attempt_id: The newest handed-in attempt, the student's own or the group's; None where names are hidden.
        visible_from: When the student will see the grade; None when that is not planned, or is past.
        anonymous: Names are hidden, so that nothing is said of the work.
    """

    assessment: Assessment
    student: str
    status: str
    attempt_id: UUID | None
    visible_from: datetime | None
    anonymous: bool


async def cell_facts(
    *, work: Work, me: Principal, assessment_id: UUID, user_id: UUID, now: datetime | None = None
) -> CellFacts:
    """What there is to say about a cell besides its number; two statements.

    Raises:
        NotFound: The person does not teach the course, or the student does not take it.
    """
    assessment = await policy.require_participant(
        work=work, me=me, assessment_id=assessment_id, user_id=user_id
    )
    newest = (
        select(Attempt.id)
        .where(
            col(Attempt.assessment_id) == assessment_id,
            belongs_to(user_id),
            col(Attempt.state) == AttemptState.SUBMITTED,
        )
        .order_by(col(Attempt.number).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await fetch(
        work,
        select_columns(User, Grade, newest)
        .select_from(User)
        .outerjoin(Grade, (col(Grade.user_id) == col(User.id)) & (col(Grade.assessment_id) == assessment_id))
        .where(col(User.tenant_id) == work.tenant_id, col(User.id) == user_id),
    )
    if not rows:
        raise NotFound
    user, row, attempt_id = rows[0]
    moment = now or utc_now()
    released_at = row.released_at if row is not None else None
    anonymous = attempt_id is not None and is_hidden(assessment, released_at, moment)
    return CellFacts(
        assessment=assessment,
        student=user.name,
        status=row.status if row is not None else GradeStatus.NONE,
        attempt_id=None if anonymous else attempt_id,
        visible_from=released_at if released_at is not None and released_at > moment else None,
        anonymous=anonymous,
    )


async def rules_of(work: Work, course_id: UUID, me: Principal) -> CourseRules:
    """The rules of one course whose access was checked."""
    return (await read_rules(work=work, course_ids=[course_id], timezone=me.timezone))[course_id]


def shown_columns(rules: CourseRules, view: View) -> list[Column]:
    """The columns of the chosen category and period."""
    return [
        one
        for one in period_columns(rules, view.period_id)
        if not view.category or (str(one.category_id) if one.category_id else NO_CATEGORY) == view.category
    ]


def period_columns(rules: CourseRules, period_id: UUID | None) -> list[Column]:
    """The columns that a period's total is made of; all of them for the whole course."""
    return [one for one in rules.columns if period_id is None or one.period_id == period_id]


def _order(view: View, columns: Sequence[Column]) -> str | UUID:
    """The order that was asked for; by name when its column is not shown, or would tell whose work is whose."""
    found = next((one for one in columns if str(one.id) == view.sort), None)
    if found is None:
        return view.sort
    return "name" if found.assessment.anonymous else found.id


async def _by_total(
    work: Work, view: View, rules: CourseRules, now: datetime, size: int
) -> tuple[list[Row], int]:
    """The window when the totals of all students decide the order; those without one come last."""
    people = await GradebookRepository(work).everybody(view.people, limit=MOST_SORTED_BY_TOTAL + 1)
    if len(people) > MOST_SORTED_BY_TOTAL:
        raise Conflict(
            N_("Choose a section first: at most {limit} students can be ordered by their total."),
            params={"limit": MOST_SORTED_BY_TOTAL},
        )
    window = shown_columns(rules, view)[view.first_column : view.first_column + view.columns]
    rows = await rows_of(work, rules, people, view.period_id, window, now)
    known = [one for one in rows if one.total.percent is not None]
    known.sort(key=lambda one: one.total.percent or Decimal(0), reverse=view.descending)
    ordered = [*known, *(one for one in rows if one.total.percent is None)]
    return ordered[view.first_row : view.first_row + size], len(ordered)


async def rows_of(
    work: Work,
    rules: CourseRules,
    students: Sequence[Student],
    period_id: UUID | None,
    window: Sequence[Column],
    now: datetime,
) -> list[Row]:
    """Students with their cells of the window and their totals; three statements."""
    users = [one.user_id for one in students]
    columns = period_columns(rules, period_id)
    stored = await GradebookRepository(work).cells(users, [one.id for one in columns])
    policies = await missing_policies(work, columns, users, stored)
    entries = await CourseGradeEntryRepository(work).holding([rules.course.id], users)
    place = {one.id: number for number, one in enumerate(columns)}
    shown = [place[one.id] for one in window]
    categories = rules.pure_categories()
    rows: list[Row] = []
    for number, student in enumerate(students):
        if number % AT_A_TIME == AT_A_TIME - 1:
            # Totals of a whole class take a while: others are served in between.
            await asyncio.sleep(0)
        mine = stored[student.user_id]
        cells = [
            as_grader_sees(one, cell_of(one, mine.get(one.id), policies, student.user_id, now))
            for one in columns
        ]
        entry = entries.get((rules.course.id, student.user_id, period_id))
        total = total_of(rules, columns, cells, entry, categories=categories)
        rows.append(Row(student, [cells[one] for one in shown], total))
    return rows


async def missing_policies(
    work: Work,
    columns: Sequence[Column],
    users: Sequence[UUID],
    stored: Mapping[UUID, Mapping[UUID, StoredCell]],
) -> Policies:
    """The rules of those students and assessments of which some cell is empty; the others do not need them."""
    empty = [
        (user_id, one)
        for one in columns
        if not one.manual and (one.assessment.due_at is not None or one.assessment.closes_at is not None)
        for user_id in users
        if _is_empty(stored[user_id].get(one.id))
    ]
    assessments = {one.id: one.assessment for _, one in empty}
    return await policies_for(
        work=work, assessments=list(assessments.values()), students=sorted({user_id for user_id, _ in empty})
    )


def _is_empty(stored: StoredCell | None) -> bool:
    return stored is None or stored.status == GradeStatus.NONE


def cell_of(
    column: Column, stored: StoredCell | None, policies: Policies, user_id: UUID, now: datetime
) -> Cell:
    """A cell; where nothing is stored, whether the work is missing by now."""
    version = stored.version if stored is not None else 0
    if stored is not None and not _is_empty(stored):
        text = entry_text(stored.status, stored.entered_points, stored.entered_status)
        released = stored.released_at is not None and stored.released_at <= now
        planned = None if released else stored.released_at
        return Cell(stored.status, stored.points, released, version, text, planned)
    rules = policies.get((column.id, user_id))
    if rules is None:
        return Cell(GradeStatus.NONE, None, False, version, "")
    nothing = grade((), rules, possible=column.assessment.points, now=now)
    return Cell(nothing.status, nothing.points, False, version, "")


def as_grader_sees(column: Column, cell: Cell) -> Cell:
    """A cell without what would tell whose work it is where names are hidden in grading; what was entered by name stays."""
    graded = cell.status in (GradeStatus.GRADED, GradeStatus.LATE, GradeStatus.IN_REVIEW)
    if column.assessment.anonymous and graded and not cell.released and not cell.text:
        return cell._replace(status=ANONYMOUS, points=None)
    return cell


def course_cell(column: Column, cell: Cell) -> CourseCell:
    """A cell as the calculation of totals sees it."""
    return CourseCell(
        column.key,
        column.title,
        column.category,
        cell.points,
        column.possible,
        GradeStatus.NONE if cell.status == ANONYMOUS else cell.status,
        column.extra_credit,
        column.counts,
    )


def total_of(
    rules: CourseRules,
    columns: Sequence[Column],
    cells: Sequence[Cell],
    entry: CourseGradeEntry | None,
    *,
    categories: Sequence[Category] | None = None,
) -> Total:
    """A student's total: worked out from the cells of the columns, or what a teacher entered.

    Args:
        rules: Of the course.
        columns: What counts.
        cells: One for each column.
        entry: The teacher's own total.
        categories: Those of the rules, when the caller has them at hand for many students.
    """
    scheme = rules.scheme
    worked_out = course_grade(
        [course_cell(*one) for one in zip(columns, cells, strict=True)],
        rules.pure_categories() if categories is None else categories,
        scheme,
        weighted=rules.weighted,
        missing_counts=rules.missing_counts,
    )
    if entry is None or entry.percent is None:
        return Total(worked_out, None, worked_out.percent, worked_out.letter)
    band = band_of(entry.percent, scheme)
    return Total(worked_out, entry, entry.percent, band.letter if band is not None else "")
