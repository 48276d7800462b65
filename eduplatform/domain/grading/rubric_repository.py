"""Rows of rubrics within one tenant. Versions are only ever added, so nobody who scores has to lock them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import Assessment, AssessmentItem
from eduplatform.domain.courses.models import Course, Objective
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.grading.models import CriterionScore, Rubric, RubricCriterion, RubricLevel

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class RubricSummary:
    """A rubric in the list of its course; ``uses`` counts the questions that are judged by it."""

    rubric: Rubric
    criteria: int
    total: Decimal
    uses: int


@dataclass(frozen=True, slots=True)
class RubricElsewhere:
    """A rubric of another course of the same teacher."""

    rubric_id: UUID
    title: str
    course_title: str


@dataclass(frozen=True, slots=True)
class RubricVersion:
    """A version of a rubric: when it was made, by whom, and how many answers were scored with it."""

    rubric_id: UUID
    version: int
    made_at: datetime
    made_by: str
    scored: int
    current: bool


@dataclass(frozen=True, slots=True)
class CriterionScale:
    """A criterion with its levels, best first."""

    criterion: RubricCriterion
    levels: list[RubricLevel]

    @property
    def possible(self) -> Decimal:
        """Points of its best level."""
        return max((level.points for level in self.levels), default=Decimal(0))


class RubricRepository(Repository[Rubric]):
    """Rubrics."""

    model = Rubric

    async def summaries(self, course_id: UUID) -> list[RubricSummary]:
        """The current rubrics of a course by title, at most 200."""
        best = (
            select(RubricCriterion.rubric_id, func.max(RubricLevel.points).label("most"))
            .join(RubricLevel, col(RubricLevel.criterion_id) == col(RubricCriterion.id))
            .group_by(col(RubricCriterion.rubric_id), col(RubricCriterion.id))
            .subquery()
        )
        totals = (
            select(best.c.rubric_id, func.sum(best.c.most).label("total"))
            .group_by(best.c.rubric_id)
            .subquery()
        )
        criteria = (
            select(func.count(col(RubricCriterion.id)))
            .where(col(RubricCriterion.rubric_id) == col(Rubric.id))
            .correlate(Rubric)
            .scalar_subquery()
        )
        uses = (
            select(func.count(col(AssessmentItem.id)))
            .where(col(AssessmentItem.rubric_id) == col(Rubric.id))
            .correlate(Rubric)
            .scalar_subquery()
        )
        rows = await fetch(
            self._work,
            select_columns(Rubric, criteria, func.coalesce(totals.c.total, 0), uses)
            .outerjoin(totals, totals.c.rubric_id == col(Rubric.id))
            .where(
                col(Rubric.tenant_id) == self._work.tenant_id,
                col(Rubric.course_id) == course_id,
                col(Rubric.current).is_(True),
            )
            .order_by(col(Rubric.title), col(Rubric.id))
            .limit(MOST_LISTED),
        )
        return [RubricSummary(*row) for row in rows]

    async def elsewhere(self, course_id: UUID, user_id: UUID) -> list[RubricElsewhere]:
        """The current rubrics of the other courses of a teacher, at most 200."""
        rows = await fetch(
            self._work,
            select_columns(Rubric.id, Rubric.title, Course.title)
            .join(Course, col(Course.id) == col(Rubric.course_id))
            .where(
                col(Rubric.tenant_id) == self._work.tenant_id,
                col(Rubric.course_id) != course_id,
                col(Rubric.current).is_(True),
                taught_by(user_id),
            )
            .order_by(col(Course.title), col(Rubric.title), col(Rubric.id))
            .limit(MOST_LISTED),
        )
        return [RubricElsewhere(*row) for row in rows]

    async def versions(self, family_id: UUID) -> list[RubricVersion]:
        """The versions of a rubric, newest first; at most 200."""
        scored = (
            select(func.count(func.distinct(col(CriterionScore.response_id))))
            .join(RubricCriterion, col(RubricCriterion.id) == col(CriterionScore.criterion_id))
            .where(col(RubricCriterion.rubric_id) == col(Rubric.id))
            .correlate(Rubric)
            .scalar_subquery()
        )
        rows = await fetch(
            self._work,
            select_columns(Rubric, User.given_name, User.family_name, scored)
            .outerjoin(User, col(User.id) == col(Rubric.created_by))
            .where(col(Rubric.tenant_id) == self._work.tenant_id, col(Rubric.family_id) == family_id)
            .order_by(col(Rubric.version).desc())
            .limit(MOST_LISTED),
        )
        return [
            RubricVersion(
                row.id,
                row.version,
                row.created_at,
                f"{given or ''} {family or ''}".strip(),
                count,
                row.current,
            )
            for row, given, family, count in rows
        ]

    async def scale(self, rubric_ids: Sequence[UUID]) -> list[CriterionScale]:
        """The criteria of rubrics with their levels, in their order."""
        rows = await fetch(
            self._work,
            in_order(
                select_columns(RubricCriterion, RubricLevel)
                .outerjoin(RubricLevel, col(RubricLevel.criterion_id) == col(RubricCriterion.id))
                .where(
                    col(RubricCriterion.tenant_id) == self._work.tenant_id,
                    col(RubricCriterion.rubric_id).in_(rubric_ids),
                )
            ),
        )
        return scales(rows)

    async def objective_codes(self, course_id: UUID, rubric_ids: Sequence[UUID]) -> dict[UUID, UUID]:
        """For each objective of the rubrics' criteria, the objective of a course that has the same code."""
        there = select(Objective).where(col(Objective.course_id) == course_id).subquery()
        rows = await fetch(
            self._work,
            select_columns(Objective.id, there.c.id)
            .join(RubricCriterion, col(RubricCriterion.objective_id) == col(Objective.id))
            .join(there, there.c.code == col(Objective.code))
            .where(
                col(Objective.tenant_id) == self._work.tenant_id,
                col(RubricCriterion.rubric_id).in_(rubric_ids),
            ),
        )
        return dict(rows)

    async def uses(self, rubric_id: UUID) -> list[str]:
        """The titles of the assessments that use a rubric."""
        found = await self._session.exec(
            select(Assessment.title)
            .join(AssessmentItem, col(AssessmentItem.assessment_id) == col(Assessment.id))
            .where(
                col(AssessmentItem.tenant_id) == self._work.tenant_id,
                col(AssessmentItem.rubric_id) == rubric_id,
            )
            .distinct()
            .order_by(col(Assessment.title))
        )
        return list(found.all())

    async def is_scored(self, family_id: UUID) -> bool:
        """Whether work was scored with any version of a rubric."""
        found = await self._session.exec(
            select(CriterionScore.id)
            .join(RubricCriterion, col(RubricCriterion.id) == col(CriterionScore.criterion_id))
            .join(Rubric, col(Rubric.id) == col(RubricCriterion.rubric_id))
            .where(col(CriterionScore.tenant_id) == self._work.tenant_id, col(Rubric.family_id) == family_id)
            .limit(1)
        )
        return found.first() is not None


def in_order(statement: Any) -> Any:
    """Criteria and their levels in the order in which people read them."""
    return statement.order_by(
        col(RubricCriterion.rubric_id),
        col(RubricCriterion.position),
        col(RubricCriterion.id),
        col(RubricLevel.position),
        col(RubricLevel.id),
    )


def scales(rows: Sequence[Any]) -> list[CriterionScale]:
    """Pairs of a criterion and a level, either of which may be None, as criteria with their levels."""
    found: dict[UUID, CriterionScale] = {}
    for criterion, level in rows:
        if criterion is None:
            continue
        entry = found.setdefault(criterion.id, CriterionScale(criterion, []))
        if level is not None:
            entry.levels.append(level)
    return list(found.values())


class CriterionRepository(Repository[RubricCriterion]):
    """Criteria of rubrics."""

    model = RubricCriterion


class LevelRepository(Repository[RubricLevel]):
    """Levels of criteria."""

    model = RubricLevel
