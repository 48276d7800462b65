"""Rows of grades and their trail, and what a grade is worked out from, within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import literal, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.repository import Repository
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    QuestionVersion,
    Response,
)
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.grading.course_models import MANUAL
from eduplatform.domain.grading.models import (
    CriterionScore,
    Grade,
    GradeEvent,
    GradingComment,
    Rubric,
    RubricCriterion,
    RubricLevel,
)
from eduplatform.domain.tenants.models import Tenant
from eduplatform.errors import NotFound


@dataclass(frozen=True, slots=True)
class GradingContext:
    """An assessment as grading sees it.

    Attributes:
        assessment: Its rules.
        timezone: The tenant's, whose wall clock counts days of lateness.
        read_by_person: Whether at least one of its questions is always scored by a person.
    """

    assessment: Assessment
    timezone: str
    read_by_person: bool


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """One response of an attempt, as far as points go; ``manual`` says that a person gave them."""

    attempt_id: UUID
    possible: Decimal
    fraction: Decimal | None
    points: Decimal | None
    manual: bool


@dataclass(frozen=True, slots=True)
class RubricSummary:
    """A rubric in the list of its course; ``uses`` counts the questions that are judged by it."""

    rubric: Rubric
    criteria: int
    total: Decimal
    uses: int


@dataclass(frozen=True, slots=True)
class CriterionScale:
    """A criterion with its levels, best first."""

    criterion: RubricCriterion
    levels: list[RubricLevel]

    @property
    def possible(self) -> Decimal:
        """Points of its best level."""
        return max((level.points for level in self.levels), default=Decimal(0))


def read_by_person(person_types: Sequence[str]) -> Any:
    """Whether a question of the assessment is of one of the types, or it has none and is graded by entry."""
    has_such_question = (
        select(AssessmentItem.id)
        .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
        .where(
            col(AssessmentItem.assessment_id) == col(Assessment.id),
            col(QuestionVersion.type).in_(person_types),
        )
        .correlate(Assessment)
        .exists()
    )
    return or_(col(Assessment.kind) == MANUAL, has_such_question)


class GradeRepository(Repository[Grade]):
    """Grades."""

    model = Grade

    async def context(self, assessment_id: UUID, person_types: Sequence[str]) -> GradingContext:
        """What is needed to grade an assessment.

        Args:
            assessment_id: The assessment.
            person_types: Keys of the question types that a person scores.

        Raises:
            NotFound: It does not exist in this tenant.
        """
        rows = await fetch(
            self._work,
            select_columns(Assessment, Tenant.timezone, read_by_person(person_types))
            .join(Tenant, col(Tenant.id) == col(Assessment.tenant_id))
            .where(col(Assessment.tenant_id) == self._work.tenant_id, col(Assessment.id) == assessment_id),
        )
        if not rows:
            raise NotFound
        return GradingContext(*rows[0])

    async def opened(
        self, assessment_id: UUID, user_id: UUID, person_types: Sequence[str]
    ) -> tuple[Grade, GradingContext]:
        """The locked grade of a student, made now when there is none, and what is needed to grade the assessment.

        One statement; two writers never make two grades.

        Args:
            assessment_id: The assessment.
            user_id: The student.
            person_types: Keys of the question types that a person scores.

        Raises:
            NotFound: The assessment does not exist in this tenant.
        """
        here = (col(Assessment.tenant_id) == self._work.tenant_id, col(Assessment.id) == assessment_id)
        moment = utc_now()
        values: dict[str, Any] = {
            "id": new_id(),
            "tenant_id": self._work.tenant_id,
            "created_by": self._work.user_id,
            "assessment_id": assessment_id,
            "user_id": user_id,
            "status": "none",
            "explanation": [],
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        }
        columns = [literal(value, Grade.__table__.c[name].type) for name, value in values.items()]  # type: ignore[attr-defined]
        made: Any = (
            insert(Grade)
            .from_select([*values, "possible"], select_columns(*columns, Assessment.points).where(*here))
            .on_conflict_do_update(
                index_elements=["tenant_id", "assessment_id", "user_id"], set_={"updated_at": moment}
            )
            .returning(Grade)
            .cte("made")
        )
        row: Any = aliased(Grade, made)
        rows = await fetch(
            self._work,
            select_columns(row, Assessment, Tenant.timezone, read_by_person(person_types))
            .select_from(Assessment)
            .join(row, row.assessment_id == col(Assessment.id))
            .join(Tenant, col(Tenant.id) == col(Assessment.tenant_id))
            .where(*here)
            .execution_options(populate_existing=True),
        )
        if not rows:
            raise NotFound
        return rows[0][0], GradingContext(*rows[0][1:])

    async def locked(self, assessment_id: UUID, user_id: UUID) -> Grade:
        """A student's grade, locked.

        Raises:
            NotFound: There is none.
        """
        found = await self._session.exec(
            self.rows()
            .where(col(Grade.assessment_id) == assessment_id, col(Grade.user_id) == user_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound
        return row

    async def unreleased(
        self, assessment_id: UUID, statuses: Sequence[str], user_ids: Sequence[UUID] | None
    ) -> list[Grade]:
        """Grades of an assessment that students do not see yet and that have one of the statuses, locked."""
        statement = self.rows().where(
            col(Grade.assessment_id) == assessment_id,
            col(Grade.released_at).is_(None),
            col(Grade.status).in_(statuses),
        )
        if user_ids is not None:
            statement = statement.where(col(Grade.user_id).in_(user_ids))
        found = await self._session.exec(
            statement.order_by(col(Grade.id)).with_for_update().execution_options(populate_existing=True)
        )
        return list(found.all())

    async def attempts(self, assessment_id: UUID, user_id: UUID) -> tuple[list[Attempt], list[ScoredPart]]:
        """One student's attempts, oldest first, and the points of the responses of those that were handed in."""
        points: tuple[Any, ...] = (
            AssessmentItem.points,
            Response.fraction,
            Response.points,
            col(Response.graded_by).is_not(None),
        )
        rows = await fetch(
            self._work,
            select_columns(Attempt, *points)
            .select_from(Attempt)
            .outerjoin(
                Response,
                (col(Response.attempt_id) == col(Attempt.id))
                & (col(Attempt.state) == AttemptState.SUBMITTED),
            )
            .outerjoin(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
            .where(
                col(Attempt.tenant_id) == self._work.tenant_id,
                col(Attempt.assessment_id) == assessment_id,
                col(Attempt.user_id) == user_id,
            )
            .order_by(col(Attempt.number)),
        )
        attempts = list({row[0].id: row[0] for row in rows}.values())
        return attempts, [ScoredPart(row[0].id, *row[1:]) for row in rows if row[1] is not None]


class GradeEventRepository(Repository[GradeEvent]):
    """The trail of grades; rows are only ever added."""

    model = GradeEvent


class RubricRepository(Repository[Rubric]):
    """Rubrics."""

    model = Rubric

    async def summaries(self, course_id: UUID) -> list[RubricSummary]:
        """The rubrics of a course by title, at most 200."""
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
            .where(col(Rubric.tenant_id) == self._work.tenant_id, col(Rubric.course_id) == course_id)
            .order_by(col(Rubric.title), col(Rubric.id))
            .limit(200),
        )
        return [RubricSummary(*row) for row in rows]

    async def scale(
        self, rubric_ids: Sequence[UUID], *, lock: Literal["", "share", "update"] = ""
    ) -> list[CriterionScale]:
        """The criteria of rubrics with their levels, in their order.

        Args:
            rubric_ids: The rubrics.
            lock: ``share`` for those who score by them: nobody edits them meanwhile; ``update`` for those who edit.
        """
        statement = (
            select_columns(RubricCriterion, RubricLevel)
            .outerjoin(RubricLevel, col(RubricLevel.criterion_id) == col(RubricCriterion.id))
            .where(
                col(RubricCriterion.tenant_id) == self._work.tenant_id,
                col(RubricCriterion.rubric_id).in_(rubric_ids),
            )
            .order_by(
                col(RubricCriterion.rubric_id),
                col(RubricCriterion.position),
                col(RubricCriterion.id),
                col(RubricLevel.position),
                col(RubricLevel.id),
            )
        )
        if lock:
            statement = statement.with_for_update(of=RubricCriterion, read=lock == "share").execution_options(
                populate_existing=True
            )
        rows = await fetch(self._work, statement)
        found: dict[UUID, CriterionScale] = {}
        for criterion, level in rows:
            entry = found.setdefault(criterion.id, CriterionScale(criterion, []))
            if level is not None:
                entry.levels.append(level)
        return list(found.values())

    async def scored_levels(self, rubric_id: UUID) -> set[UUID]:
        """The levels of a rubric that some student's work has been given."""
        found = await self._session.exec(
            select(CriterionScore.level_id)
            .join(RubricCriterion, col(RubricCriterion.id) == col(CriterionScore.criterion_id))
            .where(
                col(CriterionScore.tenant_id) == self._work.tenant_id,
                col(RubricCriterion.rubric_id) == rubric_id,
            )
            .distinct()
        )
        return set(found.all())

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


class CriterionRepository(Repository[RubricCriterion]):
    """Criteria of rubrics."""

    model = RubricCriterion


class LevelRepository(Repository[RubricLevel]):
    """Levels of criteria."""

    model = RubricLevel


class CommentRepository(Repository[GradingComment]):
    """The comment bank."""

    model = GradingComment

    async def of_course(self, course_id: UUID) -> list[GradingComment]:
        """The remarks of a course by title, at most 100."""
        statement = self.rows().where(col(GradingComment.course_id) == course_id)
        found = await self._session.exec(
            statement.order_by(col(GradingComment.title), col(GradingComment.id)).limit(100)
        )
        return list(found.all())
