"""What the database holds about the work that a grader marks: read at once, and written at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    Response,
)
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.grading.models import (
    CriterionScore,
    Grade,
    GradeEvent,
    Rubric,
    RubricCriterion,
    RubricLevel,
)
from eduplatform.domain.grading.repository import GradeRepository, GradingContext, ScoredPart, read_by_person
from eduplatform.domain.grading.rubric_repository import CriterionScale, in_order, scales


@dataclass(frozen=True, slots=True)
class Part:
    """A question of the attempt in front of the grader, with its answer and the levels chosen for it."""

    item: AssessmentItem
    response: Response
    scores: list[CriterionScore]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that marking an attempt needs.

    Attributes:
        context: The assessment.
        grade: The student's grade for it.
        attempts: All of the student's attempts at it, oldest first.
        responses: The answers of those that were handed in, with the points of their questions; without their texts.
        parts: The questions of the attempt that is marked, by response.
    """

    context: GradingContext
    grade: Grade
    attempts: list[Attempt]
    responses: list[tuple[Response, Decimal]]
    parts: dict[UUID, Part]

    def scored_parts(self) -> list[ScoredPart]:
        """The points of all responses as they are now, also where they have just been changed."""
        return [
            ScoredPart(
                response.attempt_id,
                possible,
                response.fraction,
                response.points,
                response.graded_by is not None,
            )
            for response, possible in self.responses
        ]


async def read_sheet(work: Work, attempt: Attempt, person_types: Sequence[str]) -> Sheet:
    """Read the sheet of an attempt; one statement.

    The caller has written the audit row: whoever changes a grade waits for its lock, so nothing read here is stale.
    """
    rows = await fetch(
        work,
        select_columns(
            Attempt, AssessmentItem, Response, CriterionScore, Grade, Assessment, read_by_person(person_types)
        )
        .select_from(Attempt)
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .outerjoin(
            Grade,
            (col(Grade.assessment_id) == col(Attempt.assessment_id))
            & (col(Grade.user_id) == col(Attempt.user_id)),
        )
        .outerjoin(
            Response,
            (col(Response.attempt_id) == col(Attempt.id)) & (col(Attempt.state) == AttemptState.SUBMITTED),
        )
        .outerjoin(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
        .outerjoin(
            CriterionScore,
            (col(CriterionScore.response_id) == col(Response.id)) & (col(Response.attempt_id) == attempt.id),
        )
        .where(
            col(Attempt.tenant_id) == work.tenant_id,
            col(Attempt.assessment_id) == attempt.assessment_id,
            col(Attempt.user_id) == attempt.user_id
            if attempt.group_id is None
            else col(Attempt.group_id) == attempt.group_id,
        )
        .order_by(col(Attempt.number), col(AssessmentItem.position), col(AssessmentItem.id))
        .options(defer(Response.answer))  # type: ignore[arg-type]
        .execution_options(populate_existing=True),
    )
    responses: dict[UUID, tuple[Response, Decimal]] = {}
    parts: dict[UUID, Part] = {}
    for _attempt, item, response, score, *_rest in rows:
        if response is None:
            continue
        responses[response.id] = (response, item.points)
        if response.attempt_id == attempt.id:
            part = parts.setdefault(response.id, Part(item, response, []))
            if score is not None:
                part.scores.append(score)
    grade, assessment, by_person = rows[0][4:]
    context = GradingContext(assessment, by_person)
    if grade is None:
        grade, context = await GradeRepository(work).opened(
            attempt.assessment_id, attempt.user_id, person_types
        )
    attempts = list({row[0].id: row[0] for row in rows}.values())
    return Sheet(context, grade, attempts, list(responses.values()), parts)


async def read_scales(
    work: Work, rubric_ids: Sequence[UUID], criterion_ids: Sequence[UUID]
) -> dict[UUID, tuple[UUID, list[CriterionScale]]]:
    """Versions of rubrics, and those that criteria belong to: their families and scales by version; one statement."""
    owners = select(RubricCriterion.rubric_id).where(col(RubricCriterion.id).in_(criterion_ids))
    rows = await fetch(
        work,
        in_order(
            select_columns(Rubric.id, Rubric.family_id, RubricCriterion, RubricLevel)
            .select_from(Rubric)
            .join(RubricCriterion, col(RubricCriterion.rubric_id) == col(Rubric.id))
            .outerjoin(RubricLevel, col(RubricLevel.criterion_id) == col(RubricCriterion.id))
            .where(
                col(Rubric.tenant_id) == work.tenant_id,
                col(Rubric.id).in_(rubric_ids) | col(Rubric.id).in_(owners),
            )
        ),
    )
    families = {row[0]: row[1] for row in rows}
    return {
        key: (family, scales([row[2:] for row in rows if row[0] == key])) for key, family in families.items()
    }


@dataclass(slots=True)
class MarkWrites:
    """What marking changes besides the responses.

    Attributes:
        scores: Levels that were chosen: response, criterion, level and points of each.
        dropped: Ids of scores that go.
        attempt: New values of the attempt.
        grade: New values of the grade.
        event: The event of the grade.
    """

    scores: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    dropped: list[UUID] = field(default_factory=list[UUID])
    attempt: dict[str, Any] = field(default_factory=dict[str, Any])
    grade: dict[str, Any] = field(default_factory=dict[str, Any])
    event: dict[str, Any] = field(default_factory=dict[str, Any])


async def write_marks(work: Work, attempt: Attempt, grade: Grade, writes: MarkWrites) -> None:
    """Write the levels, the attempt, the grade and its event; one statement.

    The flush before it writes the responses. Levels that go and levels that come are never of the same criterion, so
    the parts of the statement do not meet.
    """
    await work.flush()
    moment, tenant = utc_now(), work.tenant_id
    statement: Any = insert(GradeEvent).values(
        id=new_id(),
        tenant_id=tenant,
        created_by=work.user_id,
        created_at=moment,
        updated_at=moment,
        grade_id=grade.id,
        attempt_id=attempt.id,
        **writes.event,
    )
    for row, values in ((attempt, writes.attempt), (grade, writes.grade)):
        model: Any = type(row)
        changed = (
            update(model)
            .where(col(model.tenant_id) == tenant, col(model.id) == row.id)
            .values(**values, updated_at=moment)
        )
        statement = statement.add_cte(changed.cte(f"{model.__tablename__}_changed"))
    if writes.dropped:
        gone = delete(CriterionScore).where(
            col(CriterionScore.tenant_id) == tenant, col(CriterionScore.id).in_(writes.dropped)
        )
        statement = statement.add_cte(gone.cte("scores_dropped"))
    if writes.scores:
        chosen = insert(CriterionScore).values(
            [
                {
                    "id": new_id(),
                    "tenant_id": tenant,
                    "created_by": work.user_id,
                    "created_at": moment,
                    "updated_at": moment,
                    **one,
                }
                for one in writes.scores
            ]
        )
        chosen = chosen.on_conflict_do_update(
            index_elements=["tenant_id", "response_id", "criterion_id"],
            set_={
                "level_id": chosen.excluded.level_id,
                "points": chosen.excluded.points,
                "updated_at": moment,
            },
        )
        statement = statement.add_cte(chosen.cte("scores_chosen"))
    await _run(work, statement)
    for row, values in ((attempt, writes.attempt), (grade, writes.grade)):
        for name, value in values.items():
            set_committed_value(row, name, value)


async def _run(work: Work, statement: Any) -> None:
    """Run an insert whose rows all carry the tenant."""
    session: Any = work.session
    await session.exec(statement, execution_options={CHECKED_INSERT: True})
