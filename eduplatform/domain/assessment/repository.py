"""Rows of banks, questions, assessments, attempts and responses within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, column, insert, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from eduplatform.db.base import new_id
from eduplatform.db.repository import Repository, several
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import (
    AnswerOperation,
    Assessment,
    AssessmentItem,
    AssessmentOverride,
    AssessmentPool,
    Attempt,
    AttemptState,
    DraftRevision,
    Question,
    QuestionBank,
    QuestionVersion,
    Response,
    StudentAccommodation,
)
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.assessment.schemas import Asked, AssessmentRow, Choice, ItemRow, StudentRow
from eduplatform.domain.courses.group_models import GroupSet
from eduplatform.domain.courses.models import Enrollment, Module, PublicationStatus, Section
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.grading.course_models import MANUAL
from eduplatform.domain.grading.models import Grade, Rubric, visible_grade


async def _run(session: AsyncSession, statement: Any) -> None:
    """A bulk update, which ``exec`` of this library version has no type for."""
    await cast(Any, session).exec(statement)


class QuestionRepository(Repository[Question]):
    """Questions and their versions."""

    model = Question

    async def current_versions(
        self, *, course_id: UUID, question_ids: Sequence[UUID]
    ) -> dict[UUID, QuestionVersion]:
        """The current versions of those of the questions that are in a bank of the course, or in one's own."""
        found = await self._session.exec(
            select(QuestionVersion)
            .join(Question, col(Question.id) == col(QuestionVersion.question_id))
            .join(QuestionBank, col(QuestionBank.id) == col(Question.bank_id))
            .where(
                col(QuestionVersion.tenant_id) == self._work.tenant_id,
                or_(
                    col(QuestionBank.course_id) == course_id,
                    col(QuestionBank.owner_id) == self._work.user_id,
                ),
                col(Question.status) == "live",
                col(Question.id).in_(question_ids),
                col(QuestionVersion.number) == col(Question.current_version),
            )
        )
        return {version.question_id: version for version in found.all()}

    async def is_seen(self, version_id: UUID) -> bool:
        """Whether a published assessment holds this version."""
        found = await self._session.exec(
            select(Assessment.id)
            .join(AssessmentItem, col(AssessmentItem.assessment_id) == col(Assessment.id))
            .where(
                col(Assessment.tenant_id) == self._work.tenant_id,
                col(AssessmentItem.question_version_id) == version_id,
                col(Assessment.status) != PublicationStatus.DRAFT,
            )
            .limit(1)
        )
        return found.first() is not None

    async def move_drafts(self, question_id: UUID, version_id: UUID) -> None:
        """Let every draft ask the newest version."""
        drafts = select(Assessment.id).where(
            col(Assessment.tenant_id) == self._work.tenant_id,
            col(Assessment.status) == PublicationStatus.DRAFT,
        )
        await _run(
            self._session,
            update(AssessmentItem)
            .where(
                col(AssessmentItem.tenant_id) == self._work.tenant_id,
                col(AssessmentItem.question_id) == question_id,
                col(AssessmentItem.assessment_id).in_(drafts),
            )
            .values(question_version_id=version_id)
            .execution_options(synchronize_session=False),
        )


class QuestionVersionRepository(Repository[QuestionVersion]):
    """The wordings of questions."""

    model = QuestionVersion


class AssessmentRepository(Repository[Assessment]):
    """Assessments."""

    model = Assessment

    async def in_course(self, course_id: UUID, *, number: int, size: int) -> tuple[list[AssessmentRow], int]:
        """A page of a course's assessments for its teacher, newest first, and their number in all."""

        def attempts(*conditions: ColumnElement[bool]) -> Any:
            return (
                select(func.count(func.distinct(col(Attempt.user_id))))
                .where(col(Attempt.assessment_id) == col(Assessment.id), *conditions)
                .correlate(Assessment)
                .scalar_subquery()
            )

        submitted = col(Attempt.state) == AttemptState.SUBMITTED
        columns: tuple[Any, ...] = (
            Assessment,
            question_count(),
            attempts(),
            attempts(submitted),
            attempts(submitted, col(Attempt.needs_grading).is_(True)),
        )
        condition = (
            col(Assessment.tenant_id) == self._work.tenant_id,
            col(Assessment.course_id) == course_id,
            col(Assessment.kind) != MANUAL,
        )
        total = (await self._session.exec(select(func.count(col(Assessment.id))).where(*condition))).one()
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .where(*condition)
            .order_by(col(Assessment.id).desc())
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [AssessmentRow(*row) for row in rows], total

    async def published_for(self, course_id: UUID, user_id: UUID) -> list[StudentRow]:
        """The published assessments of a course with one student's attempts, by due time; at most 100."""
        chosen = (
            select(Assessment.id)
            .where(
                col(Assessment.tenant_id) == self._work.tenant_id,
                col(Assessment.course_id) == course_id,
                col(Assessment.status) == PublicationStatus.PUBLISHED,
            )
            .order_by(col(Assessment.due_at).asc().nulls_last(), col(Assessment.id))
            .limit(100)
        )
        columns: tuple[Any, ...] = (Assessment, question_count(), Attempt)
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .select_from(Assessment)
            .outerjoin(
                Attempt,
                (col(Attempt.assessment_id) == col(Assessment.id)) & belongs_to(user_id),
            )
            .where(col(Assessment.id).in_(chosen))
            .order_by(col(Assessment.due_at).asc().nulls_last(), col(Assessment.id), col(Attempt.number)),
        )
        grouped: dict[UUID, tuple[Assessment, int, list[Attempt]]] = {}
        for assessment, questions, attempt in rows:
            entry = grouped.setdefault(assessment.id, (assessment, questions, []))
            if attempt is not None:
                entry[2].append(attempt)
        return [StudentRow(one, count, tuple(attempts)) for one, count, attempts in grouped.values()]

    async def question_count(self, assessment_id: UUID) -> int:
        """How many questions an attempt has: those that everybody gets, and those that are drawn."""
        rows = await fetch(self._work, _questions(), tenant=self._work.tenant_id, assessment=assessment_id)
        return rows[0]

    async def rubrics(self, course_id: UUID) -> list[Choice]:
        """The rubrics of a course, by title."""
        found = await self._session.exec(
            select(Rubric.id, Rubric.title)
            .where(
                col(Rubric.tenant_id) == self._work.tenant_id,
                col(Rubric.course_id) == course_id,
                col(Rubric.current).is_(True),
            )
            .order_by(col(Rubric.title))
            .limit(200)
        )
        return [Choice(*row) for row in found.all()]

    async def choices(
        self, course_id: UUID, *, rubric_id: UUID | None, module_id: UUID | None, group_set_id: UUID | None
    ) -> set[str]:
        """Which of the rubric, the module and the group set are of the course, by the names of the arguments."""
        wanted: tuple[tuple[str, Any, UUID | None], ...] = (
            ("rubric_id", Rubric, rubric_id),
            ("module_id", Module, module_id),
            ("group_set_id", GroupSet, group_set_id),
        )
        given = [(name, model, key) for name, model, key in wanted if key is not None]
        if not given:
            return set()
        found = await fetch(
            self._work,
            select_columns(
                *(
                    select(model.id)
                    .where(
                        col(model.tenant_id) == self._work.tenant_id,
                        col(model.course_id) == course_id,
                        col(model.id) == key,
                        *([col(Rubric.current).is_(True)] if model is Rubric else []),
                    )
                    .exists()
                    for _name, model, key in given
                )
            ),
        )
        answers = found[0] if len(given) > 1 else found
        return {name for (name, _model, _key), there in zip(given, answers, strict=True) if there}

    async def modules(self, course_id: UUID) -> list[Choice]:
        """The modules of a course in their order."""
        found = await self._session.exec(
            select(Module.id, Module.title)
            .where(col(Module.tenant_id) == self._work.tenant_id, col(Module.course_id) == course_id)
            .order_by(col(Module.position), col(Module.id))
        )
        return [Choice(*row) for row in found.all()]


@cache
def _questions() -> Any:
    return select(question_count()).where(
        col(Assessment.tenant_id) == bindparam("tenant"), col(Assessment.id) == bindparam("assessment")
    )


def question_count() -> Any:
    """How many questions an attempt at the assessment of the statement around it has."""
    fixed = (
        select(func.count(col(AssessmentItem.id)))
        .where(
            col(AssessmentItem.assessment_id) == col(Assessment.id),
            col(AssessmentItem.pool_id).is_(None),
        )
        .correlate(Assessment)
        .scalar_subquery()
    )
    drawn = (
        select(func.coalesce(func.sum(col(AssessmentPool.draw)), 0))
        .where(col(AssessmentPool.assessment_id) == col(Assessment.id))
        .correlate(Assessment)
        .scalar_subquery()
    )
    return fixed + drawn


class ItemRepository(Repository[AssessmentItem]):
    """The questions of assessments."""

    model = AssessmentItem

    async def of_assessment(self, assessment_id: UUID) -> list[ItemRow]:
        """The items of an assessment that everybody gets, in their order; those of pools are left out."""
        columns: tuple[Any, ...] = (
            AssessmentItem,
            QuestionVersion,
            Question.current_version,
            func.coalesce(col(Rubric.title), ""),
        )
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .select_from(AssessmentItem)
            .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
            .join(Question, col(Question.id) == col(AssessmentItem.question_id))
            .outerjoin(Rubric, col(Rubric.id) == col(AssessmentItem.rubric_id))
            .where(
                col(AssessmentItem.tenant_id) == self._work.tenant_id,
                col(AssessmentItem.assessment_id) == assessment_id,
                col(AssessmentItem.pool_id).is_(None),
            )
            .order_by(col(AssessmentItem.position), col(AssessmentItem.id)),
        )
        return [ItemRow(*row) for row in rows]


class AttemptRepository(Repository[Attempt]):
    """Attempts."""

    model = Attempt

    async def of_student(self, assessment_id: UUID, user_id: UUID) -> list[Attempt]:
        """One student's attempts, those of their group included, oldest first."""
        return await fetch(
            self._work,
            _of_student(),
            tenant=self._work.tenant_id,
            assessment=assessment_id,
            user=user_id,
        )

    async def students(self, assessment_id: UUID) -> int:
        """How many students have begun."""
        found = await self._session.exec(
            select(func.count(func.distinct(col(Attempt.user_id)))).where(
                col(Attempt.tenant_id) == self._work.tenant_id, col(Attempt.assessment_id) == assessment_id
            )
        )
        return found.one()

    async def running(self, assessment_id: UUID) -> list[Attempt]:
        """Attempts that are being worked on, locked; at most one per student."""
        statement = self.rows().where(
            col(Attempt.assessment_id) == assessment_id, col(Attempt.state) == AttemptState.IN_PROGRESS
        )
        return list((await self._session.exec(statement.with_for_update(key_share=True))).all())

    async def touched(
        self, *, user_ids: Sequence[UUID], assessment_id: UUID | None
    ) -> list[tuple[Attempt, Assessment]]:
        """Students' attempts at one assessment or at all of them, locked, with their assessments."""
        statement = (
            select(Attempt, Assessment)
            .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
            .where(col(Attempt.tenant_id) == self._work.tenant_id, col(Attempt.user_id).in_(user_ids))
            .order_by(col(Attempt.id))
            .with_for_update(of=Attempt, key_share=True)
            .execution_options(populate_existing=True)
        )
        if assessment_id is not None:
            statement = statement.where(col(Attempt.assessment_id) == assessment_id)
        return list((await self._session.exec(statement)).all())

    async def released_grade(self, assessment_id: UUID, user_id: UUID) -> Grade | None:
        """The student's grade, once a student may see it."""
        found = await self._session.exec(
            select(Grade).where(
                col(Grade.tenant_id) == self._work.tenant_id,
                col(Grade.assessment_id) == assessment_id,
                col(Grade.user_id) == user_id,
                visible_grade(),
            )
        )
        return found.one_or_none()

    async def open_until(self, assessment: Assessment) -> datetime | None:
        """Until when somebody may work on an assessment by a running attempt or an exception; None when nobody is known.

        An attempt without a deadline counts as open for ever.
        """
        running = select(
            func.max(func.coalesce(col(Attempt.deadline_at), datetime.max.replace(tzinfo=UTC)))
        ).where(
            col(Attempt.tenant_id) == self._work.tenant_id,
            col(Attempt.assessment_id) == assessment.id,
            col(Attempt.state) == AttemptState.IN_PROGRESS,
        )
        ends = func.greatest(col(AssessmentOverride.closes_at), col(AssessmentOverride.due_at))
        excepted = select(func.max(ends)).where(
            col(AssessmentOverride.tenant_id) == self._work.tenant_id,
            col(AssessmentOverride.assessment_id) == assessment.id,
        )
        hours = col(StudentAccommodation.due_shift_days) * 24 + col(StudentAccommodation.due_shift_hours)
        shift = (
            select(func.max(hours))
            .join(Enrollment, col(Enrollment.user_id) == col(StudentAccommodation.user_id))
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(StudentAccommodation.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == assessment.course_id,
                col(Enrollment.status) == ACTIVE,
            )
        )
        row = (
            await fetch(
                self._work,
                select_columns(
                    running.scalar_subquery(), excepted.scalar_subquery(), shift.scalar_subquery()
                ),
            )
        )[0]
        last, by_override, extra = row
        end = assessment.closes_at
        shifted = end + timedelta(hours=extra + 1) if end is not None and extra else None
        return max((one for one in (last, by_override, shifted) if one is not None), default=None)

    async def expired(
        self,
        *,
        before: datetime,
        assessment_id: UUID | None,
        course_id: UUID | None,
        user_id: UUID | None,
        limit: int,
    ) -> list[tuple[Attempt, Assessment]]:
        """Locked attempts whose deadline passed before a moment; those that somebody else is closing are skipped."""
        chosen = {"assessment": assessment_id, "course": course_id, "user": user_id}
        given = {name: value for name, value in chosen.items() if value is not None}
        return await fetch(
            self._work,
            _expired(frozenset(given)),
            tenant=self._work.tenant_id,
            before=before,
            most=limit,
            **given,
        )


@cache
def _of_student() -> Any:
    return (
        select(Attempt)
        .where(
            col(Attempt.tenant_id) == bindparam("tenant"),
            col(Attempt.assessment_id) == bindparam("assessment"),
            belongs_to(bindparam("user")),
        )
        .order_by(col(Attempt.number))
    )


@cache
def _expired(given: frozenset[str]) -> Any:
    statement = (
        select(Attempt, Assessment)
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .where(
            col(Attempt.tenant_id) == bindparam("tenant"),
            col(Attempt.state) == AttemptState.IN_PROGRESS,
            col(Attempt.deadline_at) < bindparam("before"),
        )
    )
    if "assessment" in given:
        statement = statement.where(col(Attempt.assessment_id) == bindparam("assessment"))
    if "course" in given:
        statement = statement.where(col(Assessment.course_id) == bindparam("course"))
    if "user" in given:
        statement = statement.where(belongs_to(bindparam("user")))
    return (
        statement.order_by(col(Attempt.id))
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=Attempt, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )


class ResponseRepository(Repository[Response]):
    """Answers."""

    model = Response

    async def begin(self, *, attempt_id: UUID, item_ids: Sequence[UUID], user_id: UUID) -> None:
        """Insert the empty answers of a new attempt: one statement, however many there are."""
        rows = [{"id": str(new_id()), "item_id": str(item_id)} for item_id in item_ids]
        await cast(Any, self._session).exec(
            _begin(),
            params={"tenant": self._work.tenant_id, "attempt": attempt_id, "user": user_id, "rows": rows},
            execution_options={CHECKED_INSERT: True, "dml_strategy": "raw"},
        )

    async def written(self, attempt_id: UUID, item_ids: Sequence[UUID]) -> dict[UUID, tuple[Response, str]]:
        """The answers of an attempt to some of its items, with the questions' types, by item."""
        rows = await fetch(
            self._work,
            _written(),
            tenant=self._work.tenant_id,
            attempt=attempt_id,
            items=list(item_ids),
        )
        return {response.item_id: (response, kind) for response, kind in rows}

    async def asked(
        self, attempt_ids: Sequence[UUID], *, item_ids: Sequence[UUID] | None = None
    ) -> list[Asked]:
        """The questions of attempts with their answers, in the author's order."""
        values: dict[str, Any] = {"tenant": self._work.tenant_id, "attempts": list(attempt_ids)}
        if item_ids is not None:
            values["items"] = list(item_ids)
        rows = await fetch(self._work, _asked(chosen=item_ids is not None), **values)
        return [Asked(*row) for row in rows]


@cache
def _written() -> Any:
    return (
        select_columns(Response, QuestionVersion.type)
        .select_from(Response)
        .join(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
        .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
        .where(
            col(Response.tenant_id) == bindparam("tenant"),
            col(Response.attempt_id) == bindparam("attempt"),
            col(Response.item_id).in_(several("items")),
        )
        .execution_options(populate_existing=True)
    )


@cache
def _begin() -> Any:
    given: Any = (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(column("id", Uuid), column("item_id", Uuid), name="given")
        .render_derived(name="given", with_types=True)
    )
    return insert(Response).from_select(
        ["id", "tenant_id", "created_by", "attempt_id", "item_id"],
        select_columns(
            given.c.id,
            bindparam("tenant", type_=Uuid),
            bindparam("user", type_=Uuid),
            bindparam("attempt", type_=Uuid),
            given.c.item_id,
        ),
    )


@cache
def _asked(*, chosen: bool) -> Any:
    former: Any = aliased(QuestionVersion)
    statement = (
        select_columns(AssessmentItem, QuestionVersion, Response, former)
        .select_from(Response)
        .join(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
        .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
        .outerjoin(former, former.id == col(AssessmentItem.former_version_id))
        .where(
            col(Response.tenant_id) == bindparam("tenant"),
            col(Response.attempt_id).in_(several("attempts")),
        )
        .order_by(col(AssessmentItem.position), col(AssessmentItem.id))
    )
    if chosen:
        statement = statement.where(col(Response.item_id).in_(several("items")))
    return statement.execution_options(populate_existing=True)


class OperationRepository(Repository[AnswerOperation]):
    """Accepted writes."""

    model = AnswerOperation

    async def known(self, attempt_id: UUID, operation_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Those of the operations that were accepted before, with the version that each made."""
        rows = await fetch(
            self._work,
            _known(),
            tenant=self._work.tenant_id,
            attempt=attempt_id,
            operations=list(operation_ids),
        )
        return {row[0]: row[1] for row in rows}


@cache
def _known() -> Any:
    return select(AnswerOperation.operation_id, AnswerOperation.response_version).where(
        col(AnswerOperation.tenant_id) == bindparam("tenant"),
        col(AnswerOperation.attempt_id) == bindparam("attempt"),
        col(AnswerOperation.operation_id).in_(several("operations")),
    )


class DraftRepository(Repository[DraftRevision]):
    """The history of drafts."""

    model = DraftRevision

    async def newest(self, attempt_id: UUID) -> tuple[DraftRevision | None, int]:
        """The newest revision of an attempt, and how many there are."""
        rows = await fetch(
            self._work,
            select_columns(DraftRevision, func.count().over())
            .where(
                col(DraftRevision.tenant_id) == self._work.tenant_id,
                col(DraftRevision.attempt_id) == attempt_id,
            )
            .order_by(col(DraftRevision.saved_at).desc(), col(DraftRevision.id).desc())
            .limit(1),
        )
        return (rows[0][0], rows[0][1]) if rows else (None, 0)

    async def of_attempt(self, attempt_id: UUID) -> list[tuple[DraftRevision, User]]:
        """All revisions of an attempt with who wrote them, newest first."""
        rows = await fetch(
            self._work,
            select_columns(DraftRevision, User)
            .join(User, col(User.id) == col(DraftRevision.user_id))
            .where(
                col(DraftRevision.tenant_id) == self._work.tenant_id,
                col(DraftRevision.attempt_id) == attempt_id,
            )
            .order_by(col(DraftRevision.saved_at).desc(), col(DraftRevision.id).desc()),
        )
        return [(row[0], row[1]) for row in rows]
