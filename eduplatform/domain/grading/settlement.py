"""Working out many grades at once: after a regrade, an extension, or when time ran out for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.grading.adjustments import AdjustmentRepository
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.repository import GradeRepository, ScoredPart
from eduplatform.domain.grading.service import change_of, person_types, work_out
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
) -> list[GradeChange]:
    """Work out the grades of students for assessments from all their attempts; four statements, however many they are.

    An excuse stays. Grades that do not change are left alone. The caller has checked access and written the audit row.

    Args:
        work: The open unit of work; the attempts' changes are sent.
        pairs: Whose grade for what.
        actor_id: Who caused it; None for the platform itself.
        kind: One of the kinds of `service.KINDS`.
        reason: Words of a person, kept in the events.
        now: The server's clock.

    Returns:
        What changed.
    """
    if not pairs:
        return []
    moment, batch = now or utc_now(), new_id()
    grades = GradeRepository(work)
    opened = await grades.opened_all(pairs, person_types())
    attempts, parts = _grouped(*await grades.attempts_of(pairs))
    assessments = {context.assessment.id: context.assessment for _row, context in opened}
    policies = await policies_for(
        work=work,
        assessments=list(assessments.values()),
        students=sorted({user_id for _assessment, user_id in pairs}),
    )
    in_groups = [key for key, one in assessments.items() if one.group_set_id is not None]
    extra = await AdjustmentRepository(work).of(in_groups)
    changes: list[GradeChange] = []
    for row, context in opened:
        key = (row.assessment_id, row.user_id)
        found = work_out(
            row,
            context,
            attempts[key],
            parts[key],
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


def _grouped(
    found: Sequence[tuple[UUID, Attempt]], parts: Sequence[ScoredPart]
) -> tuple[defaultdict[Pair, list[Attempt]], defaultdict[Pair, list[ScoredPart]]]:
    by_pair: defaultdict[Pair, list[Attempt]] = defaultdict(list)
    parts_by_pair: defaultdict[Pair, list[ScoredPart]] = defaultdict(list)
    owners: defaultdict[UUID, list[Pair]] = defaultdict(list)
    for user_id, one in found:
        by_pair[(one.assessment_id, user_id)].append(one)
        owners[one.id].append((one.assessment_id, user_id))
    for part in parts:
        for pair in owners[part.attempt_id]:
            parts_by_pair[pair].append(part)
    return by_pair, parts_by_pair
