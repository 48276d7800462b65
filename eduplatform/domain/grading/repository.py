"""Rows of grades, their trail and the comment bank, and what a grade is worked out from, within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import literal, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.repository import Repository, given_rows
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    QuestionVersion,
    Response,
)
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.grading.course_models import MANUAL
from eduplatform.domain.grading.models import Grade, GradeEvent, GradingComment
from eduplatform.errors import NotFound


@dataclass(frozen=True, slots=True)
class GradingContext:
    """An assessment as grading sees it.

    Attributes:
        assessment: Its rules.
        read_by_person: Whether at least one of its questions is always scored by a person.
    """

    assessment: Assessment
    read_by_person: bool


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """One response of an attempt, as far as points go; ``manual`` says that a person gave them."""

    attempt_id: UUID
    possible: Decimal
    fraction: Decimal | None
    points: Decimal | None
    manual: bool


RELEASES = ("released", "scheduled", "unscheduled")
"""Events that move the moment from which a student sees a grade, and that can be taken back."""

UNCHANGING = ("highlighted", "undone")
"""Events that are no step of their own: there is nothing behind them to go back to."""

MOST_DUE = 500


def last_standing_event() -> Any:
    """The id of the newest event, of the grade of the statement around it, that changed it and was not taken back."""
    other, undoing = aliased(GradeEvent), aliased(GradeEvent)
    taken_back = (
        select(undoing.id)
        .where(col(undoing.grade_id) == col(Grade.id), col(undoing.undoes_id) == col(other.id))
        .correlate(Grade, other)
        .exists()
    )
    return (
        select(other.id)
        .where(
            col(other.grade_id) == col(Grade.id),
            col(other.kind).notin_(UNCHANGING),
            ~taken_back,
        )
        .order_by(col(other.created_at).desc(), col(other.id).desc())
        .limit(1)
        .correlate(Grade)
        .scalar_subquery()
    )


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
            select_columns(Assessment, read_by_person(person_types)).where(
                col(Assessment.tenant_id) == self._work.tenant_id, col(Assessment.id) == assessment_id
            ),
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
        rows = await self.opened_all([(assessment_id, user_id)], person_types)
        if not rows:
            raise NotFound
        return rows[0]

    async def opened_all(
        self, pairs: Sequence[tuple[UUID, UUID]], person_types: Sequence[str]
    ) -> list[tuple[Grade, GradingContext]]:
        """`opened` for pairs of an assessment and a student, in one statement; those of other tenants are left out.

        Grades are locked in the order of their keys, so that two of these statements never wait for each other.
        """
        columns: Any = Grade.__table__.c  # type: ignore[attr-defined]
        keys = given_rows(
            "wanted",
            [columns["id"], columns["assessment_id"], columns["user_id"]],
            [
                {"id": new_id(), "assessment_id": assessment_id, "user_id": user_id}
                for assessment_id, user_id in pairs
            ],
        )
        moment = utc_now()
        constants: dict[str, Any] = {
            "tenant_id": self._work.tenant_id,
            "created_by": self._work.user_id,
            "status": "none",
            "explanation": [],
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        }
        source = (
            select_columns(
                *[literal(value, Grade.__table__.c[name].type) for name, value in constants.items()],  # type: ignore[attr-defined]
                keys.c.id,
                keys.c.assessment_id,
                keys.c.user_id,
                Assessment.points,
            )
            .select_from(Assessment)
            .join(keys, keys.c.assessment_id == col(Assessment.id))
            .where(col(Assessment.tenant_id) == self._work.tenant_id)
            .order_by(keys.c.assessment_id, keys.c.user_id)
        )
        made: Any = (
            insert(Grade)
            .from_select([*constants, "id", "assessment_id", "user_id", "possible"], source)
            .on_conflict_do_update(
                index_elements=["tenant_id", "assessment_id", "user_id"], set_={"updated_at": moment}
            )
            .returning(Grade)
            .cte("made")
        )
        row: Any = aliased(Grade, made)
        rows = await fetch(
            self._work,
            select_columns(row, Assessment, read_by_person(person_types))
            .select_from(Assessment)
            .join(row, row.assessment_id == col(Assessment.id))
            .where(col(Assessment.tenant_id) == self._work.tenant_id)
            .execution_options(populate_existing=True),
        )
        return [(one[0], GradingContext(*one[1:])) for one in rows]

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

    async def hidden(
        self, assessment_id: UUID, statuses: Sequence[str], user_ids: Sequence[UUID] | None, *, now: datetime
    ) -> list[Grade]:
        """Grades of an assessment that students do not see yet and that have one of the statuses, locked."""
        return await self._locked(
            col(Grade.assessment_id) == assessment_id,
            or_(col(Grade.released_at).is_(None), col(Grade.released_at) > now),
            col(Grade.status).in_(statuses),
            *([] if user_ids is None else [col(Grade.user_id).in_(user_ids)]),
        )

    async def planned(
        self, assessment_id: UUID, user_ids: Sequence[UUID] | None, *, now: datetime
    ) -> list[Grade]:
        """Grades of an assessment that will be released at a time, locked."""
        return await self._locked(
            col(Grade.assessment_id) == assessment_id,
            col(Grade.released_at) > now,
            *([] if user_ids is None else [col(Grade.user_id).in_(user_ids)]),
        )

    async def _locked(self, *conditions: Any) -> list[Grade]:
        found = await self._session.exec(
            self.rows()
            .where(*conditions)
            .order_by(col(Grade.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return list(found.all())

    async def last_changed_by(
        self, assessment_id: UUID, batch_id: UUID, actor_id: UUID, user_ids: Sequence[UUID] | None
    ) -> list[tuple[Grade, GradeEvent]]:
        """Grades, locked, whose last step was this one of a person, with its event."""
        statement = (
            select(Grade, GradeEvent)
            .join(GradeEvent, col(GradeEvent.grade_id) == col(Grade.id))
            .where(
                col(Grade.tenant_id) == self._work.tenant_id,
                col(Grade.assessment_id) == assessment_id,
                col(GradeEvent.batch_id) == batch_id,
                col(GradeEvent.actor_id) == actor_id,
                col(GradeEvent.kind).in_(RELEASES),
                col(GradeEvent.id) == last_standing_event(),
                *([] if user_ids is None else [col(Grade.user_id).in_(user_ids)]),
            )
            .order_by(col(Grade.id))
            .with_for_update(of=Grade)
            .execution_options(populate_existing=True)
        )
        return [(row, event) for row, event in await fetch(self._work, statement)]

    async def due(self, *, now: datetime) -> dict[str, list[Grade]]:
        """Grades whose planned release has come and that nobody was told of, locked, by the assessment's title."""
        rows = await fetch(
            self._work,
            select(Assessment.title, Grade)
            .join(Grade, col(Grade.assessment_id) == col(Assessment.id))
            .join(GradeEvent, col(GradeEvent.grade_id) == col(Grade.id))
            .where(
                col(Grade.tenant_id) == self._work.tenant_id,
                col(Grade.released_at) <= now,
                col(GradeEvent.kind) == "scheduled",
                col(GradeEvent.id) == last_standing_event(),
            )
            .order_by(col(Grade.id))
            .limit(MOST_DUE)
            .with_for_update(of=Grade, skip_locked=True),
        )
        found: dict[str, list[Grade]] = {}
        for title, row in rows:
            found.setdefault(title, []).append(row)
        return found

    async def attempts(self, assessment_id: UUID, user_id: UUID) -> tuple[list[Attempt], list[ScoredPart]]:
        """`attempts_of` of one student."""
        key = (assessment_id, user_id)
        return (await self.attempts_of([key])).get(key, ([], []))

    async def attempts_of(
        self, pairs: Sequence[tuple[UUID, UUID]]
    ) -> dict[tuple[UUID, UUID], tuple[list[Attempt], list[ScoredPart]]]:
        """Students' own attempts and those of their groups, oldest first, and the points of what was handed in."""
        columns: Any = Attempt.__table__.c  # type: ignore[attr-defined]
        wanted = given_rows(
            "wanted",
            [columns["assessment_id"], columns["user_id"]],
            [{"assessment_id": assessment_id, "user_id": user_id} for assessment_id, user_id in pairs],
        )
        points: tuple[Any, ...] = (
            AssessmentItem.points,
            Response.fraction,
            Response.points,
            col(Response.graded_by).is_not(None),
        )
        rows = await fetch(
            self._work,
            select_columns(wanted.c.user_id, Attempt, *points)
            .select_from(Attempt)
            .join(
                wanted,
                (wanted.c.assessment_id == col(Attempt.assessment_id)) & belongs_to(wanted.c.user_id),
            )
            .outerjoin(
                Response,
                (col(Response.attempt_id) == col(Attempt.id))
                & (col(Attempt.state) == AttemptState.SUBMITTED),
            )
            .outerjoin(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
            .where(col(Attempt.tenant_id) == self._work.tenant_id)
            .order_by(col(Attempt.number)),
        )
        found: dict[tuple[UUID, UUID], tuple[list[Attempt], list[ScoredPart]]] = {}
        for user_id, attempt, *part in rows:
            attempts, parts = found.setdefault((attempt.assessment_id, user_id), ([], []))
            if attempt not in attempts:
                attempts.append(attempt)
            if part[0] is not None:
                parts.append(ScoredPart(attempt.id, *part))
        return found


class GradeEventRepository(Repository[GradeEvent]):
    """The trail of grades; rows are only ever added."""

    model = GradeEvent


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
