"""Working out many grades at once: after a regrade, an extension, or when time ran out for many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import Policies, Rules, policies_for
from eduplatform.domain.assessment.feedback import points_from
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.grading.adjustments import AdjustmentRepository
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.grading.repository import GradeRepository
from eduplatform.domain.grading.service import WorkedOut, change_of, person_types, work_out
from eduplatform.domain.grading.writing import GradeChange, write_grades

Pair = tuple[UUID, UUID]
"""An assessment and a student."""


async def settle_all(
    *,
    work: Work,
    pairs: Sequence[Pair],
    actor_id: UUID | None,
    kind: str,
    reason: str = "",
    now: datetime | None = None,
    policies: Policies | None = None,
) -> list[GradeChange]:
    """Work out the grades of students for assessments from all their attempts; four statements, however many they are,
    one more when some of it is done in groups, and one less when the caller knows the rules.

    An excuse stays. Grades that do not change are left alone. The caller has checked access and written the audit row.

    Args:
        work: The open unit of work; the attempts' changes are sent.
        pairs: Whose grade for what.
        actor_id: Who caused it; None for the platform itself.
        kind: One of the kinds of `service.KINDS`.
        reason: Words of a person, kept in the events.
        now: The server's clock.
        policies: The rules of each pair, when the caller has read them.

    Returns:
        What changed.
    """
    if not pairs:
        return []
    moment, batch = now or utc_now(), new_id()
    grades = GradeRepository(work)
    opened = await grades.opened_all(pairs, person_types())
    worked = await grades.attempts_of(pairs)
    assessments = {context.assessment.id: context.assessment for _row, context in opened}
    students = sorted({user_id for _assessment, user_id in pairs})
    if policies is None:
        policies = await policies_for(work=work, assessments=list(assessments.values()), students=students)
    together = [one.id for one in assessments.values() if one.group_set_id is not None]
    extra = await AdjustmentRepository(work).of_all(together, students) if together else {}
    changes: list[GradeChange] = []
    for row, context in opened:
        key = (row.assessment_id, row.user_id)
        attempts, parts = worked.get(key, ([], []))
        found = work_out(
            row,
            context,
            attempts,
            parts,
            rules=policies[key],
            excused=row.status == GradeStatus.EXCUSED,
            now=moment,
            adjustment=extra.get(key),
        )
        if found.differs(row):
            changes.append(
                change_of(
                    row,
                    found,
                    kind=kind,
                    reason=reason,
                    actor_id=actor_id,
                    attempt_id=found.attempt_id,
                    batch_id=batch,
                )
            )
    await write_grades(work, changes)
    return changes


async def replan(
    *, work: Work, before: Assessment, after: Assessment, rows: Sequence[Grade], rules: Rules
) -> int:
    """Move releases that follow from the dates and the feedback of an assessment when those change.

    A release that a teacher planned is left alone. The caller has written the audit row.

    Args:
        work: The open unit of work.
        before: The assessment as it was, detached.
        after: The assessment as it is.
        rows: The grades with a planned release, locked.
        rules: The rules of their students.

    Returns:
        How many releases moved.
    """
    moment = utc_now()
    old, new = rules.policies([before]), rules.policies([after])
    begun = after.published_at or moment
    changes: list[GradeChange] = []
    for row in rows:
        key = (after.id, row.user_id)
        at = points_from(after, new[key], begun)
        if row.released_at != points_from(before, old[key], begun) or at == row.released_at:
            continue
        found = WorkedOut(
            row.points,
            row.possible,
            row.status,
            row.explanation,
            at if at is None or at > moment else moment,
            None,
        )
        changes.append(
            change_of(row, found, kind="recalculated", reason="", actor_id=work.user_id, attempt_id=None)
        )
    await write_grades(work, changes)
    return len(changes)
