"""Entering grades into cells of the gradebook: one at a time or a whole file, each against the version it is based on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import EffectivePolicy, policies_for
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, Section
from eduplatform.domain.courses.repository import fetch, taught_by
from eduplatform.domain.grading import policy, service
from eduplatform.domain.grading.calculation import GradeResult, GradeStatus
from eduplatform.domain.grading.entered import Entered, EntryKind, entered_missing, entered_points
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.grading.repository import GradeRepository, GradingContext
from eduplatform.domain.grading.writing import MOST_AT_ONCE, GradeChange, write_grades
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
    """Enter values into cells; seven statements for the first 500 and one for each 500 more. What changed meanwhile stays.

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
    await work.audit("grade.entered", cells=len(entries), assessments=sorted(str(key) for key in columns))
    opened = await _opened(work, entries)
    policies = await policies_for(
        work=work, assessments=list(columns.values()), students=sorted({one.user_id for one in entries})
    )
    moment, batch = now or utc_now(), new_id()
    outcomes: dict[Cell, Entry] = {}
    changes: list[GradeChange] = []
    for one in entries:
        row, context = opened[one.cell]
        if not _is_as_seen(row, one.version):
            outcomes[one.cell] = Entry(EntryOutcome.CONFLICT, row)
            continue
        rules = policies[(one.assessment_id, one.user_id)]
        change = _change(row, context, one, rules, moment)
        if change is None:
            outcomes[one.cell] = Entry(EntryOutcome.SAME, row)
            continue
        change.event.update(actor_id=me.user, reason=reason, batch_id=batch)
        outcomes[one.cell] = Entry(EntryOutcome.SAVED, row)
        changes.append(change)
    await write_grades(work, changes)
    return outcomes


async def _opened(work: Work, entries: Sequence[CellEntry]) -> dict[Cell, tuple[Grade, GradingContext]]:
    """The grades, locked, made now where there are none."""
    found: dict[Cell, tuple[Grade, GradingContext]] = {}
    for start in range(0, len(entries), MOST_AT_ONCE):
        pairs = [(one.assessment_id, one.user_id) for one in entries[start : start + MOST_AT_ONCE]]
        for row, context in await GradeRepository(work).opened_all(pairs, service.person_types()):
            found[(row.user_id, row.assessment_id)] = (row, context)
    return found


def _is_as_seen(row: Grade, version: int) -> bool:
    """Whether a grade is as the person saw it; one that was made a moment ago is as good as none."""
    empty = row.version == 1 and row.status == GradeStatus.NONE
    return row.version == version or (version == NEW and empty)


async def _columns(work: Work, me: Principal, ids: set[UUID]) -> dict[UUID, Assessment]:
    if Role.TEACHER not in me.roles:
        raise NotFound
    rows = await fetch(
        work,
        select(Assessment)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(col(Assessment.tenant_id) == work.tenant_id, col(Assessment.id).in_(ids), taught_by(me.user)),
    )
    found = {assessment.id: assessment for assessment in rows}
    if found.keys() != ids:
        raise NotFound
    return found


async def _require_students(
    work: Work, columns: Mapping[UUID, Assessment], entries: Sequence[CellEntry]
) -> None:
    """Refuse people who do not take the course, now or before."""
    users, courses = {one.user_id for one in entries}, {one.course_id for one in columns.values()}
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
    if any((one.user_id, columns[one.assessment_id].course_id) not in takes for one in entries):
        raise NotFound


_EVENT_KINDS = {
    EntryKind.POINTS: "entered",
    EntryKind.EXCUSED: "excused",
    EntryKind.MISSING: "marked_missing",
}


def _change(
    row: Grade, context: GradingContext, entry: CellEntry, rules: EffectivePolicy, now: datetime
) -> GradeChange | None:
    """What has to be written for an entry; None when the grade says the same already."""
    possible, value = context.assessment.points, entry.value
    points = value.points(possible) if value.kind is EntryKind.POINTS else None
    mark = str(GradeStatus.MISSING) if value.kind is EntryKind.MISSING else ""
    if value.kind is EntryKind.EXCUSED:
        step = Message(N_("Excused: this does not count"))
        result = GradeResult(None, possible, GradeStatus.EXCUSED, explanation=(step,))
    elif points is None:
        result = entered_missing(possible, rules)
    else:
        result = entered_points(points, possible, late=row.status == GradeStatus.LATE)
    found = service.WorkedOut(
        points=result.points,
        possible=result.possible,
        status=result.status,
        steps=[step.to_json() for step in result.explanation],
        released_at=service.released_after(row, result.status, context, rules, now),
        attempt_id=None,
    )
    if not found.differs(row) and (points, mark) == (row.entered_points, row.entered_status):
        return None
    change = service.change_of(
        row, found, kind=_EVENT_KINDS[value.kind], reason="", actor_id=None, attempt_id=None
    )
    change.values.update(entered_points=points, entered_status=mark)
    return change
