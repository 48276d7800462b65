"""The objectives of a course: what its students should be able to do. Questions and rubric criteria refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Question, QuestionObjective
from eduplatform.domain.courses.models import Course, Objective
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.texts import single_line
from eduplatform.errors import FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_OBJECTIVES = 100
MAX_CODE = 20
MAX_STATEMENT = 400

_FILL_IN = N_("Please fill this in.")


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """An objective with the number of questions in the course's banks that ask for it."""

    objective: Objective
    questions: int


class ObjectiveRepository(Repository[Objective]):
    """Objectives."""

    model = Objective

    async def of_course(self, course_id: UUID) -> list[Objective]:
        """In their order."""
        return await self.find(
            col(Objective.course_id) == course_id, order_by=(col(Objective.position), col(Objective.id))
        )

    async def with_questions(self, course_id: UUID) -> list[ObjectiveRow]:
        """In their order, with the number of live questions of each."""
        questions = (
            select(func.count(col(Question.id)))
            .join(QuestionObjective, col(QuestionObjective.question_id) == col(Question.id))
            .where(col(QuestionObjective.objective_id) == col(Objective.id), col(Question.status) == "live")
            .correlate(Objective)
            .scalar_subquery()
        )
        found = await self._session.exec(
            select(Objective, questions)
            .where(col(Objective.tenant_id) == self._work.tenant_id, col(Objective.course_id) == course_id)
            .order_by(col(Objective.position), col(Objective.id))
        )
        return [ObjectiveRow(*row) for row in found.all()]


async def list_objectives(*, work: Work, course_id: UUID) -> list[Objective]:
    """The objectives of a course in their order; one statement. For callers that checked access."""
    return await ObjectiveRepository(work).of_course(course_id)


async def course_objectives(
    *, work: Work, me: Principal, course_id: UUID
) -> tuple[Course, list[ObjectiveRow]]:
    """A course and its objectives, for the page on which its teachers keep them.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    return course, await ObjectiveRepository(work).with_questions(course_id)


async def add_objective(
    *, work: Work, me: Principal, course_id: UUID, code: str, statement: str
) -> Objective:
    """Write a new objective at the end.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
        Invalid: A field is empty or too long, the code is taken, or there are 100 already.
    """
    await require_teacher(work=work, me=me, course_id=course_id, lock=True)
    present = await ObjectiveRepository(work).of_course(course_id)
    if len(present) >= MAX_OBJECTIVES:
        raise Invalid(N_("A course has at most {limit} objectives."), params={"limit": str(MAX_OBJECTIVES)})
    code, statement = _checked(code, statement, present)
    position = present[-1].position + 1 if present else 1
    made = await work.add(Objective(course_id=course_id, code=code, statement=statement, position=position))
    await work.audit("objective.created", objective=str(made.id), course=str(course_id))
    return made


async def save_objective(*, work: Work, me: Principal, objective_id: UUID, code: str, statement: str) -> None:
    """Change the code and the words of an objective.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Invalid: A field is empty or too long, or the code is taken.
    """
    objective = await _own(work, me, objective_id)
    others = [
        one
        for one in await ObjectiveRepository(work).of_course(objective.course_id)
        if one.id != objective_id
    ]
    objective.code, objective.statement = _checked(code, statement, others)
    await work.flush()
    await work.audit("objective.saved", objective=str(objective_id))


async def move_objective(
    *, work: Work, me: Principal, objective_id: UUID, direction: Literal["up", "down"]
) -> None:
    """Exchange an objective with the one before or after it; at the end of the list nothing happens.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    objective = await _own(work, me, objective_id)
    rows = await ObjectiveRepository(work).of_course(objective.course_id)
    place = rows.index(objective)
    other = place + (-1 if direction == "up" else 1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
    await work.flush()


async def delete_objective(*, work: Work, me: Principal, objective_id: UUID) -> None:
    """Remove an objective; questions that asked for it stay, without it.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    objective = await _own(work, me, objective_id)
    await ObjectiveRepository(work).delete(objective)
    await work.audit("objective.deleted", objective=str(objective_id))


async def _own(work: Work, me: Principal, objective_id: UUID) -> Objective:
    """The objective of a course that the person teaches; the course is locked, so that the order stays one line."""
    objective = await ObjectiveRepository(work).get(objective_id)
    await require_teacher(work=work, me=me, course_id=objective.course_id, lock=True)
    return objective


def _checked(code: str, statement: str, others: Sequence[Objective]) -> tuple[str, str]:
    code, statement = single_line(code), single_line(statement)
    problems: dict[str, FieldText] = {}
    for name, text, limit in (("code", code, MAX_CODE), ("statement", statement, MAX_STATEMENT)):
        if not text:
            problems[name] = _FILL_IN
        elif len(text) > limit:
            problems[name] = (N_("This is too long: at most {limit} characters."), {"limit": str(limit)})
    if code.casefold() in {one.code.casefold() for one in others}:
        problems.setdefault("code", N_("Another objective of this course has this code."))
    if problems:
        raise Invalid(fields=problems)
    return code, statement
