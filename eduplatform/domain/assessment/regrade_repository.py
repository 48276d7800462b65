"""Rows that a regrade reads and writes, within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import (
    AssessmentItem,
    Attempt,
    AttemptState,
    Question,
    QuestionVersion,
    Regrade,
    RegradeChange,
    Response,
)
from eduplatform.domain.assessment.schemas import Asked
from eduplatform.domain.courses.repository import fetch, select_columns

MOST_QUESTIONS = 300
MOST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of an assessment that handed-in work answered: the version it asks, and the newest one."""

    item: AssessmentItem
    version: QuestionVersion
    newest: QuestionVersion
    answers: int


@dataclass(frozen=True, slots=True)
class RegradeRow:
    """A regrade in the history, with the question's wording and who did it."""

    regrade: Regrade
    stem: str
    by: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to the question, with its attempt."""

    asked: Asked
    attempt: Attempt


class RegradeRepository(Repository[Regrade]):
    """Regrades."""

    model = Regrade

    async def questions(self, assessment_id: UUID, *, item_id: UUID | None = None) -> list[AskedQuestion]:
        """The questions that handed-in work answered, in their order."""
        newest: Any = aliased(QuestionVersion)
        answers = (
            select(func.count(col(Response.id)))
            .join(Attempt, col(Attempt.id) == col(Response.attempt_id))
            .where(
                col(Response.item_id) == col(AssessmentItem.id), col(Attempt.state) == AttemptState.SUBMITTED
            )
            .correlate(AssessmentItem)
            .scalar_subquery()
        )
        statement = (
            select_columns(AssessmentItem, QuestionVersion, newest, answers)
            .select_from(AssessmentItem)
            .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
            .join(Question, col(Question.id) == col(AssessmentItem.question_id))
            .join(
                newest,
                (newest.question_id == col(Question.id)) & (newest.number == col(Question.current_version)),
            )
            .where(
                col(AssessmentItem.tenant_id) == self._work.tenant_id,
                col(AssessmentItem.assessment_id) == assessment_id,
                answers > 0,
            )
            .order_by(col(AssessmentItem.position), col(AssessmentItem.id))
            .limit(MOST_QUESTIONS)
        )
        if item_id is not None:
            statement = statement.where(col(AssessmentItem.id) == item_id)
        return [AskedQuestion(*row) for row in await fetch(self._work, statement)]

    async def lock_attempts(self, assessment_id: UUID) -> None:
        """Keep everybody from handing in or marking until the end of the transaction."""
        statement = (
            select(Attempt.id)
            .where(
                col(Attempt.tenant_id) == self._work.tenant_id, col(Attempt.assessment_id) == assessment_id
            )
            .order_by(col(Attempt.id))
            .with_for_update(key_share=True)
        )
        await self._session.exec(statement)

    async def answers(self, item_id: UUID) -> list[Answer]:
        """The answers to a question in handed-in work."""
        former: Any = aliased(QuestionVersion)
        rows = await fetch(
            self._work,
            select_columns(AssessmentItem, QuestionVersion, Response, former, Attempt)
            .select_from(Response)
            .join(Attempt, col(Attempt.id) == col(Response.attempt_id))
            .join(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
            .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
            .outerjoin(former, former.id == col(AssessmentItem.former_version_id))
            .where(
                col(Response.tenant_id) == self._work.tenant_id,
                col(Response.item_id) == item_id,
                col(Attempt.state) == AttemptState.SUBMITTED,
            )
            .order_by(col(Response.id))
            .execution_options(populate_existing=True),
        )
        return [Answer(Asked(*row[:4]), row[4]) for row in rows]

    async def history(self, assessment_id: UUID) -> list[RegradeRow]:
        """What was regraded, newest first."""
        name = func.trim(func.concat(col(User.given_name), " ", col(User.family_name)))
        rows = await fetch(
            self._work,
            select_columns(Regrade, QuestionVersion.stem, func.coalesce(name, ""))
            .select_from(Regrade)
            .join(AssessmentItem, col(AssessmentItem.id) == col(Regrade.item_id))
            .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
            .outerjoin(User, col(User.id) == col(Regrade.created_by))
            .where(
                col(Regrade.tenant_id) == self._work.tenant_id,
                col(Regrade.assessment_id) == assessment_id,
            )
            .order_by(col(Regrade.created_at).desc(), col(Regrade.id).desc())
            .limit(MOST_HISTORY),
        )
        return [RegradeRow(*row) for row in rows]

    async def newest_of(self, item_id: UUID) -> Regrade | None:
        """The newest regrade of a question that was not undone."""
        statement = (
            self.rows()
            .where(col(Regrade.item_id) == item_id, col(Regrade.undone_at).is_(None))
            .order_by(col(Regrade.created_at).desc(), col(Regrade.id).desc())
            .limit(1)
        )
        return (await self._session.exec(statement)).first()

    async def names(self, user_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Names of people."""
        rows = await fetch(
            self._work,
            select_columns(User.id, User.given_name, User.family_name).where(
                col(User.tenant_id) == self._work.tenant_id, col(User.id).in_(user_ids)
            ),
        )
        return {key: f"{given} {family}".strip() for key, given, family in rows}


class ChangeRepository(Repository[RegradeChange]):
    """What regrades did to answers."""

    model = RegradeChange

    async def of_regrade(self, regrade_id: UUID) -> dict[UUID, RegradeChange]:
        """The changes of a regrade by answer."""
        rows = await self.find(col(RegradeChange.regrade_id) == regrade_id)
        return {row.response_id: row for row in rows}
