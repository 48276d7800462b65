"""Entering grades into cells of the gradebook: one at a time or a whole file, each against the version it is based on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import Policies, policies_for
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, Section
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.grading import policy, service
from eduplatform.domain.grading.calculation import GradeResult, GradeStatus
from eduplatform.domain.grading.entered import Entered, EntryKind, entered_missing, entered_points
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.grading.repository import (
    GradeEventRepository,
    GradeRepository,
    GradingContext,
    read_by_person,
)
from eduplatform.errors import Conflict, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

REASON_LENGTH = 500

NEW = 0
"""Version of a cell that has no grade yet."""

Cell = tuple[UUID, UUID]
"""A student and an assessment."""


class EntryOutcome(StrEnum):
    """What became of an entry."""

    SAVED = "saved"
    SAME = "same"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEntry:
    """A value for one cell, and the version of the grade that the person saw; `NEW` when there was none."""

    user_id: UUID
    assessment_id: UUID
    value: Entered
    version: int

    @property
    def cell(self) -> Cell:
        """Student and assessment."""
        return self.user_id, self.assessment_id


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one entry; ``grade`` is as it stands now, None when there is none."""

    outcome: EntryOutcome
    grade: Grade | None


async def enter_one(*, work: Work, me: Principal, entry: CellEntry, reason: str = "") -> Entry:
    """Enter a value into one cell, or with `EntryKind.NOTHING` take back what was entered.

    Raises:
        NotFound: The person does not teach the course, or the student does not take it.
    """
    if entry.value.kind is not EntryKind.NOTHING:
        found = await enter(work=work, me=me, entries=[entry], reason=reason)
        return found[entry.cell]
    await policy.require_participant(
        work=work, me=me, assessment_id=entry.assessment_id, user_id=entry.user_id
    )
    if entry.version == NEW:
        known = await GradeRepository(work).first(
            col(Grade.assessment_id) == entry.assessment_id, col(Grade.user_id) == entry.user_id
        )
        return Entry(EntryOutcome.SAME if known is None else EntryOutcome.CONFLICT, known)
    await work.audit("grade.entry_cleared", assessment=entry.assessment_id, student=entry.user_id)
    try:
        row = await service.settle(
            work=work,
            assessment_id=entry.assessment_id,
            user_id=entry.user_id,
            actor_id=me.user,
            kind="entry_cleared",
            reason=reason,
            excused=False,
            forget_entry=True,
            expected_version=entry.version,
        )
    except Conflict:
        row = await GradeRepository(work).locked(entry.assessment_id, entry.user_id)
        return Entry(EntryOutcome.CONFLICT, row)
    return Entry(EntryOutcome.SAVED, row)


async def enter(
    *,
    work: Work,
    me: Principal,
    entries: Sequence[CellEntry],
    reason: str = "",
    now: datetime | None = None,
) -> dict[Cell, Entry]:
    """Enter values into cells; eight statements, however many there are. What changed meanwhile is left alone.

    A cell keeps its number, excuse or mark whatever the attempts bring, until the entry is taken back.

    Args:
        work: The open unit of work.
        me: The teacher.
        entries: At most one per cell, none of them `EntryKind.NOTHING`.
        reason: Kept in the events.
        now: The server's clock.

    Raises:
        NotFound: The person does not teach a course of the assessments, or a student does not take it.
    """
    columns = await _columns(work, me, {one.assessment_id for one in entries})
    await _require_students(work, columns, entries)
    await work.audit(
        "grade.entered",
        cells=len(entries),
        assessments=sorted({str(one.assessment_id) for one in entries}),
    )
    rows = await _locked(work, entries)
    policies = await _policies(work, columns, entries)
    moment = now or utc_now()
    outcomes: dict[Cell, Entry] = {}
    made: list[Grade] = []
    events: list[dict[str, Any]] = []
    for one in entries:
        row = rows.get(one.cell)
        if (row.version if row is not None else NEW) != one.version:
            outcomes[one.cell] = Entry(EntryOutcome.CONFLICT, row)
            continue
        if row is None:
            column = columns[one.assessment_id]
            row = Grade(
                id=new_id(),
                assessment_id=one.assessment_id,
                user_id=one.user_id,
                possible=column.assessment.points,
                version=NEW,
            )
            made.append(row)
        before, old = service.snapshot(row), (row.entered_points, row.entered_status)
        _put(row, one, columns[one.assessment_id], policies, moment)
        same = service.snapshot(row) == before and (row.entered_points, row.entered_status) == old
        if row.version != NEW and same:
            outcomes[one.cell] = Entry(EntryOutcome.SAME, row)
            continue
        row.version += 1
        row.seen_at = None if row.released_at is not None else row.seen_at
        outcomes[one.cell] = Entry(EntryOutcome.SAVED, row)
        events.append(_event(row, before, one, me, reason))
    work.session.add_all(made)
    await work.flush()
    await GradeEventRepository(work).insert_many(events)
    return outcomes


async def _columns(work: Work, me: Principal, ids: set[UUID]) -> dict[UUID, GradingContext]:
    if Role.TEACHER not in me.roles:
        raise NotFound
    rows = await fetch(
        work,
        select_columns(Assessment, read_by_person(service.person_types()))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(col(Assessment.tenant_id) == work.tenant_id, col(Assessment.id).in_(ids), taught_by(me.user)),
    )
    found = {assessment.id: GradingContext(assessment, by_person) for assessment, by_person in rows}
    if found.keys() != ids:
        raise NotFound
    return found


async def _require_students(
    work: Work, columns: Mapping[UUID, GradingContext], entries: Sequence[CellEntry]
) -> None:
    """Refuse people who do not take the course, now or before."""
    users, courses = {one.user_id for one in entries}, {one.assessment.course_id for one in columns.values()}
    rows = await fetch(
        work,
        select(Enrollment.user_id, Section.course_id)
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(Enrollment.tenant_id) == work.tenant_id,
            col(Section.course_id).in_(courses),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.user_id).in_(users),
        )
        .distinct(),
    )
    takes = {(user_id, course_id) for user_id, course_id in rows}
    if any((one.user_id, columns[one.assessment_id].assessment.course_id) not in takes for one in entries):
        raise NotFound


async def _locked(work: Work, entries: Sequence[CellEntry]) -> dict[Cell, Grade]:
    """The grades that there are, locked in one order."""
    grades = GradeRepository(work)
    found = await work.session.exec(
        grades.rows()
        .where(
            col(Grade.user_id).in_({one.user_id for one in entries}),
            col(Grade.assessment_id).in_({one.assessment_id for one in entries}),
        )
        .order_by(col(Grade.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(row.user_id, row.assessment_id): row for row in found}


async def _policies(
    work: Work, columns: Mapping[UUID, GradingContext], entries: Sequence[CellEntry]
) -> Policies:
    """The rules of each cell: what missing work counts, and when points may be seen."""
    assessments = [columns[key].assessment for key in {one.assessment_id for one in entries}]
    return await policies_for(
        work=work, assessments=assessments, students=sorted({one.user_id for one in entries})
    )


def _put(row: Grade, entry: CellEntry, column: GradingContext, policies: Policies, now: datetime) -> None:
    old_status, possible = row.status, column.assessment.points
    value, rules = entry.value, policies[(entry.assessment_id, entry.user_id)]
    row.entered_points, row.entered_status = None, ""
    if value.kind is EntryKind.EXCUSED:
        step = Message(N_("Excused: this does not count"))
        result = GradeResult(None, possible, GradeStatus.EXCUSED, explanation=(step,))
    elif value.kind is EntryKind.MISSING:
        row.entered_status = GradeStatus.MISSING
        result = entered_missing(possible, rules)
    else:
        row.entered_points = points = value.points(possible)
        result = entered_points(points, possible, late=old_status == GradeStatus.LATE)
    row.released_at = service.released_at(row, result.status, column, rules, now)
    row.points, row.possible, row.status = result.points, result.possible, result.status
    row.explanation = [step.to_json() for step in result.explanation]


_EVENT_KINDS = {
    EntryKind.POINTS: "entered",
    EntryKind.EXCUSED: "excused",
    EntryKind.MISSING: "marked_missing",
}


def _event(
    row: Grade, before: dict[str, Any], entry: CellEntry, me: Principal, reason: str
) -> dict[str, Any]:
    return {
        "grade_id": row.id,
        "actor_id": me.user,
        "created_by": me.user,
        "kind": _EVENT_KINDS[entry.value.kind],
        "before": before,
        "after": service.snapshot(row),
        "reason": reason,
    }
