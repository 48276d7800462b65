"""Handed-in work of chosen students, and a rubric, for the tests of grading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import GuardianLink
from eduplatform.domain.assessment import attempts
from eduplatform.domain.assessment.models import Assessment, AssessmentItem, Attempt, Response
from eduplatform.domain.assessment.schemas import AssessmentDraft, Operation
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole
from eduplatform.domain.grading.models import Grade, GradeEvent, Rubric, RubricCriterion, RubricLevel
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from tests.factories.assessment import NOW, Quiz, make_quiz
from tests.factories.world import World

LEVELS = ((Decimal(3), "Complete"), (Decimal(1), "Partly"), (Decimal(0), "Missing"))


@dataclass
class Desk:
    """A published quiz with an essay that is judged by a rubric, and what its people do."""

    quiz: Quiz
    rubric: Rubric | None = None
    criteria: list[RubricCriterion] = field(default_factory=list)
    levels: dict[UUID, list[RubricLevel]] = field(default_factory=dict)

    @property
    def teacher(self) -> Principal:
        """The owner of the course."""
        return self.quiz.teacher

    @property
    def assessment_id(self) -> UUID:
        """The quiz."""
        return self.quiz.assessment_id

    async def add_student(self, key: str) -> Principal:
        """One more student of the section."""
        person = await self.quiz.world.add_person(key, Role.STUDENT)
        principal = await person.principal()
        async with unit_of_work(self.teacher) as work:
            await work.add(
                Enrollment(
                    section_id=self.quiz.section_id, user_id=principal.user, role=EnrollmentRole.STUDENT
                )
            )
        return principal

    async def add_teacher(self, key: str) -> Principal:
        """One more teacher of the section."""
        person = await self.quiz.world.add_person(key, Role.TEACHER)
        principal = await person.principal()
        async with unit_of_work(self.teacher) as work:
            await work.add(
                Enrollment(
                    section_id=self.quiz.section_id, user_id=principal.user, role=EnrollmentRole.TEACHER
                )
            )
        return principal

    async def hand_in(
        self, me: Principal, answers: dict[str, Any] | None = None, *, now: datetime = NOW
    ) -> Attempt:
        """A student's attempt from beginning to end; ``answers`` by question type."""
        attempt = await self.quiz.start(now=now, me=me)
        operations = [
            Operation(
                operation_id=UUID(int=attempt.id.int ^ number),
                item_id=self.quiz.items[kind],
                base_version=0,
                answer=answer,
                writer="tab-1",
            )
            for number, (kind, answer) in enumerate((answers or {}).items(), start=1)
        ]
        async with unit_of_work(me) as work:
            if operations:
                await attempts.save_answers(
                    work=work, me=me, attempt_id=attempt.id, operations=operations, now=now
                )
        async with unit_of_work(me) as work:
            return await attempts.submit(work=work, me=me, attempt_id=attempt.id, now=now)

    async def grade(self, me: Principal) -> Grade | None:
        """A student's grade as it is stored."""
        async with unit_of_work(self.teacher) as work:
            rows = await work.session.exec(
                select(Grade).where(
                    col(Grade.assessment_id) == self.assessment_id, col(Grade.user_id) == me.user
                )
            )
            return rows.one_or_none()

    async def events(self, me: Principal) -> list[GradeEvent]:
        """What happened to a student's grade, oldest first."""
        async with unit_of_work(self.teacher) as work:
            rows = await work.session.exec(
                select(GradeEvent)
                .join(Grade, col(Grade.id) == col(GradeEvent.grade_id))
                .where(col(Grade.assessment_id) == self.assessment_id, col(Grade.user_id) == me.user)
                .order_by(col(GradeEvent.created_at), col(GradeEvent.id))
            )
            return list(rows.all())

    async def response(self, attempt_id: UUID, kind: str = "essay") -> Response:
        """The stored answer of an attempt to the question of a type."""
        async with unit_of_work(self.teacher) as work:
            rows = await work.session.exec(
                select(Response).where(
                    col(Response.attempt_id) == attempt_id, col(Response.item_id) == self.quiz.items[kind]
                )
            )
            return rows.one()

    async def reload(self, attempt_id: UUID) -> Attempt:
        """An attempt as it is stored."""
        async with unit_of_work(self.teacher) as work:
            rows = await work.session.exec(select(Attempt).where(col(Attempt.id) == attempt_id))
            return rows.one()


async def make_desk(
    world: World, *types: str, draft: AssessmentDraft | None = None, rubric: bool = True
) -> Desk:
    """A published quiz with the named question types (a true-or-false and an essay by default)."""
    chosen = types or ("true_false", "essay")
    quiz = await make_quiz(
        world, *chosen, draft=draft or AssessmentDraft(title="Cells", attempts_allowed=3, scoring="best")
    )
    desk = Desk(quiz)
    if rubric and "essay" in chosen:
        await add_rubric(desk)
    return desk


async def add_rubric(desk: Desk) -> None:
    """Judge the essay by two criteria with three levels each (3, 1 and 0 points)."""
    quiz = desk.quiz
    async with unit_of_work(quiz.teacher) as work:
        desk.rubric = await work.add(Rubric(course_id=quiz.course_id, title="Explaining"))
        for position, title in enumerate(("Facts", "Reasons"), start=1):
            criterion = await work.add(
                RubricCriterion(rubric_id=desk.rubric.id, position=position, title=title)
            )
            desk.criteria.append(criterion)
            desk.levels[criterion.id] = [
                await work.add(
                    RubricLevel(criterion_id=criterion.id, position=place, points=points, title=name)
                )
                for place, (points, name) in enumerate(LEVELS, start=1)
            ]
        item = (
            await work.session.exec(
                select(AssessmentItem).where(col(AssessmentItem.id) == quiz.items["essay"])
            )
        ).one()
        assessment = (
            await work.session.exec(select(Assessment).where(col(Assessment.id) == quiz.assessment_id))
        ).one()
        item.rubric_id = desk.rubric.id
        assessment.points += Decimal(6) - item.points
        item.points = Decimal(6)


async def link_guardian(desk: Desk, student: Principal, **columns: Any) -> Principal:
    """Make the world's guardian responsible for a student."""
    guardian = await desk.quiz.world.guardian.principal()
    async with unit_of_work(desk.teacher) as work:
        await work.add(GuardianLink(guardian_id=guardian.user, student_id=student.user, **columns))
    return guardian


def marks_form(
    desk: Desk, attempt: Attempt, response: Response, *places: int, **texts: str
) -> dict[str, Any]:
    """What the desk's form sends: a level of each criterion by its place (0 is the best), and texts by field."""
    form: dict[str, Any] = {"attempt_id": str(attempt.id), "version": str(attempt.version)}
    for criterion, place in zip(desk.criteria, places, strict=False):
        form[f"level-{response.id}-{criterion.id}"] = str(desk.levels[criterion.id][place].id)
    for name in ("points", "reason", "comment"):
        form[f"{name}-{response.id}"] = texts.get(name, "")
    return form


def chosen(desk: Desk, *places: int) -> dict[UUID, UUID]:
    """A level of each criterion by its place; 0 is the best."""
    return {
        criterion.id: desk.levels[criterion.id][place].id
        for criterion, place in zip(desk.criteria, places, strict=False)
    }
