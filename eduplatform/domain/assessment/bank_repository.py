"""Rows of question banks within one tenant: the list with its filters, folders, history and use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import and_, col, func, or_, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    Question,
    QuestionBank,
    QuestionFolder,
    QuestionObjective,
    QuestionVersion,
    Response,
)
from eduplatform.domain.assessment.policy import authored_by
from eduplatform.domain.assessment.schemas import BankRow
from eduplatform.domain.courses.models import Course, Objective
from eduplatform.domain.courses.repository import fetch, select_columns

LIVE = "live"
MAX_PLACES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilter:
    """Which questions of a person's banks are listed; every part that is empty lets all through.

    Attributes:
        course_id: Banks of this course; with ``personal`` also the person's own. None: only the person's own.
        personal: The person's own banks too.
        bank_id: Only this bank.
        folder_id: Only this folder of it.
        search: Words that all have to be in the question.
        type: Key of a question type.
        tag: A tag.
        objective_id: An objective.
        unused: Only what no assessment contains.
        excluded: Leave out what this assessment contains.
    """

    course_id: UUID | None = None
    personal: bool = True
    bank_id: UUID | None = None
    folder_id: UUID | None = None
    search: str = ""
    type: str = ""
    tag: str = ""
    objective_id: UUID | None = None
    unused: bool = False
    excluded: UUID | None = None


@dataclass(frozen=True, slots=True)
class BankLine:
    """A bank with the number of its live questions."""

    bank: QuestionBank
    questions: int


@dataclass(frozen=True, slots=True)
class FolderLine:
    """A folder with the number of live questions directly in it."""

    folder: QuestionFolder
    questions: int


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in a question's history: its author, and how many assessments ask it."""

    version: QuestionVersion
    author: str
    uses: int


@dataclass(frozen=True, slots=True)
class UseLine:
    """An assessment that asks a question.

    Attributes:
        assessment: It.
        course_title: Its course.
        version: Number of the version that it asks.
        answers: Handed-in answers that are not blank.
        right: Those that are fully right.
        scored: Those that have a score.
        mean: Mean share of the points of the scored ones, 0 to 1; None without one.
    """

    assessment: Assessment
    course_title: str
    version: int
    answers: int
    right: int
    scored: int
    mean: float | None


def is_current() -> ColumnElement[bool]:
    """The version of a question that is asked from now on."""
    return (col(QuestionVersion.question_id) == col(Question.id)) & (
        col(QuestionVersion.number) == col(Question.current_version)
    )


class BankRepository(Repository[QuestionBank]):
    """Question banks."""

    model = QuestionBank

    async def of_course(self, course_id: UUID) -> QuestionBank | None:
        """The course's first bank."""
        statement = self.rows().where(col(QuestionBank.course_id) == course_id)
        return (await self._session.exec(statement.order_by(col(QuestionBank.id)).limit(1))).first()

    async def of_owner(self, user_id: UUID) -> QuestionBank | None:
        """The person's first bank of their own."""
        statement = self.rows().where(col(QuestionBank.owner_id) == user_id)
        return (await self._session.exec(statement.order_by(col(QuestionBank.id)).limit(1))).first()

    async def siblings(self, bank: QuestionBank) -> list[QuestionBank]:
        """The other banks of the same course or person, oldest first."""
        same = (
            col(QuestionBank.course_id) == bank.course_id
            if bank.course_id is not None
            else col(QuestionBank.owner_id) == bank.owner_id
        )
        return await self.find(same, col(QuestionBank.id) != bank.id, order_by=(col(QuestionBank.id),))

    async def lines(self, *, course_id: UUID | None, user_id: UUID) -> list[BankLine]:
        """The banks of a course, if one is given, then the person's own; each kind by name."""
        questions = (
            select(func.count(col(Question.id)))
            .where(col(Question.bank_id) == col(QuestionBank.id), col(Question.status) == LIVE)
            .correlate(QuestionBank)
            .scalar_subquery()
        )
        found = await self._session.exec(
            select(QuestionBank, questions)
            .where(
                col(QuestionBank.tenant_id) == self._work.tenant_id,
                or_(col(QuestionBank.course_id) == course_id, col(QuestionBank.owner_id) == user_id),
            )
            .order_by(col(QuestionBank.owner_id).nulls_first(), func.lower(col(QuestionBank.name)))
        )
        return [BankLine(*row) for row in found.all()]


class FolderRepository(Repository[QuestionFolder]):
    """Folders of banks."""

    model = QuestionFolder

    async def lines(self, bank_ids: Sequence[UUID]) -> list[FolderLine]:
        """The folders of banks by name, with the number of their live questions."""
        questions = (
            select(func.count(col(Question.id)))
            .where(col(Question.folder_id) == col(QuestionFolder.id), col(Question.status) == LIVE)
            .correlate(QuestionFolder)
            .scalar_subquery()
        )
        found = await self._session.exec(
            select(QuestionFolder, questions)
            .where(
                col(QuestionFolder.tenant_id) == self._work.tenant_id,
                col(QuestionFolder.bank_id).in_(bank_ids),
            )
            .order_by(func.lower(col(QuestionFolder.name)), col(QuestionFolder.id))
        )
        return [FolderLine(*row) for row in found.all()]


class QuestionObjectiveRepository(Repository[QuestionObjective]):
    """What questions ask for."""

    model = QuestionObjective

    async def of_questions(self, question_ids: Sequence[UUID]) -> dict[UUID, list[Objective]]:
        """The objectives per question, in the course's order."""
        found = await self._session.exec(
            select(QuestionObjective.question_id, Objective)
            .join(Objective, col(Objective.id) == col(QuestionObjective.objective_id))
            .where(
                col(QuestionObjective.tenant_id) == self._work.tenant_id,
                col(QuestionObjective.question_id).in_(question_ids),
            )
            .order_by(col(Objective.position), col(Objective.id))
        )
        grouped: dict[UUID, list[Objective]] = {}
        for question_id, objective in found.all():
            grouped.setdefault(question_id, []).append(objective)
        return grouped

    async def remove(self, question_ids: Sequence[UUID]) -> None:
        """Forget the objectives of questions."""
        session: Any = self._session
        await session.exec(
            delete(QuestionObjective)
            .where(
                col(QuestionObjective.tenant_id) == self._work.tenant_id,
                col(QuestionObjective.question_id).in_(question_ids),
            )
            .execution_options(synchronize_session=False)
        )


class QuestionListRepository(Repository[Question]):
    """Questions as their authors look for them, file them and follow their history."""

    model = Question

    async def matching(
        self, wanted: QuestionFilter, *, user_id: UUID, number: int, size: int
    ) -> tuple[list[BankRow], int]:
        """A page of questions, newest first, and their number in all; pages count from 1."""
        conditions = self._conditions(wanted, user_id)
        uses = (
            select(func.count(col(AssessmentItem.id)))
            .where(col(AssessmentItem.question_id) == col(Question.id))
            .correlate(Question)
            .scalar_subquery()
        )
        total = (
            await self._session.exec(
                select(func.count(col(Question.id)))
                .join(QuestionBank, col(QuestionBank.id) == col(Question.bank_id))
                .where(*conditions)
            )
        ).one()
        found = await self._session.exec(
            select(Question, QuestionVersion, uses)
            .join(QuestionBank, col(QuestionBank.id) == col(Question.bank_id))
            .join(QuestionVersion, is_current())
            .where(*conditions)
            .order_by(col(Question.id).desc())
            .offset((max(number, 1) - 1) * size)
            .limit(size)
        )
        return [BankRow(*row) for row in found.all()], total

    def _conditions(self, wanted: QuestionFilter, user_id: UUID) -> list[ColumnElement[bool]]:
        own, of_course = (
            col(QuestionBank.owner_id) == user_id,
            col(QuestionBank.course_id) == wanted.course_id,
        )
        banks = own if wanted.course_id is None else or_(of_course, own) if wanted.personal else of_course
        conditions: list[ColumnElement[bool]] = [
            col(Question.tenant_id) == self._work.tenant_id,
            col(Question.status) == LIVE,
            banks,
        ]
        # Words in any order; each has to be somewhere in the question.
        conditions += [
            col(Question.words).icontains(word, autoescape=True) for word in wanted.search.split()[:10]
        ]
        if wanted.bank_id is not None:
            conditions.append(col(Question.bank_id) == wanted.bank_id)
        if wanted.folder_id is not None:
            conditions.append(col(Question.folder_id) == wanted.folder_id)
        if wanted.type:
            conditions.append(col(Question.type) == wanted.type)
        if wanted.tag:
            conditions.append(col(Question.tags).contains([wanted.tag]))
        if wanted.objective_id is not None:
            asking = select(QuestionObjective.question_id).where(
                col(QuestionObjective.objective_id) == wanted.objective_id
            )
            conditions.append(col(Question.id).in_(asking))
        if wanted.unused:
            conditions.append(col(Question.id).not_in(select(AssessmentItem.question_id)))
        if wanted.excluded is not None:
            contained = select(AssessmentItem.question_id).where(
                col(AssessmentItem.assessment_id) == wanted.excluded
            )
            conditions.append(col(Question.id).not_in(contained))
        return conditions

    async def tags(self, *, course_id: UUID | None, user_id: UUID) -> list[str]:
        """The tags of the live questions of a course's banks and the person's own, by name; at most 300."""
        each = func.unnest(col(Question.tags))
        found = await self._session.exec(
            select(each)
            .select_from(Question)
            .join(QuestionBank, col(QuestionBank.id) == col(Question.bank_id))
            .where(
                col(Question.tenant_id) == self._work.tenant_id,
                col(Question.status) == LIVE,
                or_(col(QuestionBank.course_id) == course_id, col(QuestionBank.owner_id) == user_id),
            )
            .distinct()
            .order_by(each)
            .limit(300)
        )
        return list(found.all())

    async def authored(
        self, question_ids: Sequence[UUID], *, user_id: UUID
    ) -> list[tuple[Question, QuestionVersion, QuestionBank]]:
        """Those of the live questions that are the person's to change, locked, with their current versions."""
        rows = await fetch(
            self._work,
            select_columns(Question, QuestionVersion, QuestionBank)
            .select_from(Question)
            .join(QuestionBank, col(QuestionBank.id) == col(Question.bank_id))
            .outerjoin(Course, col(Course.id) == col(QuestionBank.course_id))
            .join(QuestionVersion, is_current())
            .where(
                col(Question.tenant_id) == self._work.tenant_id,
                col(Question.id).in_(question_ids),
                col(Question.status) == LIVE,
                authored_by(user_id),
            )
            .order_by(col(Question.id))
            .with_for_update(of=Question),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    async def move_all(self, bank_id: UUID, to_bank_id: UUID) -> None:
        """Move every question of a bank, archived ones included, to another one."""
        for question in await self.find(col(Question.bank_id) == bank_id):
            question.bank_id, question.folder_id = to_bank_id, None

    async def history(self, question_id: UUID) -> list[VersionLine]:
        """The versions of a question, newest first; at most 200."""
        uses = (
            select(func.count(col(AssessmentItem.id)))
            .where(col(AssessmentItem.question_version_id) == col(QuestionVersion.id))
            .correlate(QuestionVersion)
            .scalar_subquery()
        )
        columns: tuple[Any, ...] = (
            QuestionVersion,
            func.concat_ws(" ", col(User.given_name), col(User.family_name)),
            uses,
        )
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .select_from(QuestionVersion)
            .outerjoin(User, col(User.id) == col(QuestionVersion.created_by))
            .where(
                col(QuestionVersion.tenant_id) == self._work.tenant_id,
                col(QuestionVersion.question_id) == question_id,
            )
            .order_by(col(QuestionVersion.number).desc())
            .limit(200),
        )
        return [VersionLine(*row) for row in rows]

    async def places(self, question_id: UUID) -> list[UseLine]:
        """The assessments that ask a question, newest first, with what came of the handed-in answers; at most 100."""
        handed_in = and_(
            col(Attempt.state) == AttemptState.SUBMITTED, col(Response.outcome).not_in(("", "blank"))
        )
        fraction = col(Response.fraction)
        columns: tuple[Any, ...] = (
            Assessment,
            Course.title,
            QuestionVersion.number,
            func.count(col(Response.id)).filter(handed_in),
            func.count(fraction).filter(and_(handed_in, fraction == 1)),
            func.count(fraction).filter(handed_in),
            func.avg(fraction).filter(handed_in),
        )
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .select_from(AssessmentItem)
            .join(Assessment, col(Assessment.id) == col(AssessmentItem.assessment_id))
            .join(Course, col(Course.id) == col(Assessment.course_id))
            .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
            .outerjoin(Response, col(Response.item_id) == col(AssessmentItem.id))
            .outerjoin(Attempt, col(Attempt.id) == col(Response.attempt_id))
            .where(
                col(AssessmentItem.tenant_id) == self._work.tenant_id,
                col(AssessmentItem.question_id) == question_id,
            )
            .group_by(col(Assessment.id), col(Course.title), col(QuestionVersion.number))
            .order_by(col(Assessment.id).desc())
            .limit(MAX_PLACES),
        )
        return [UseLine(*row[:6], mean=None if row[6] is None else float(row[6])) for row in rows]


__all__ = [
    "BankLine",
    "BankRepository",
    "FolderLine",
    "FolderRepository",
    "QuestionFilter",
    "QuestionListRepository",
    "QuestionObjectiveRepository",
    "UseLine",
    "VersionLine",
]
