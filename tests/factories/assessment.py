"""A course with a bank and a published quiz, made through the real services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, bank, service
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    QuestionVersion,
    Response,
)
from eduplatform.domain.assessment.schemas import AssessmentDraft, Operation, QuestionDraft, Receipt
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, PublicationStatus, Section
from eduplatform.domain.grading.models import Rubric
from eduplatform.security.principal import Principal
from tests.factories.world import World

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)

PLANTED = (
    "keysecret-alpha",
    "keysecret-beta",
    "31337.25",
    "keysecret-notes",
    "furlongsecret",
    "keysecret-gap",
    "27182.75",
    "keysecret-pattern",
)
"""Values that only answer keys hold; none may ever reach a student's browser."""


def drafts() -> dict[str, QuestionDraft]:
    """One complete question of each type."""
    options = [
        {"text": "Mitochondrion", "correct": "on"},
        {"text": "Nucleus"},
        {"text": "Ribosome"},
    ]
    several = [
        {"text": "Cell wall", "correct": True},
        {"text": "Chloroplast", "correct": True},
        {"text": "Mitochondrion"},
    ]
    return {
        "single_choice": QuestionDraft(
            type="single_choice",
            stem="Where is **energy** released?",
            parts={"options": options, "shuffle": "on"},
        ),
        "multiple_choice": QuestionDraft(
            type="multiple_choice",
            stem="What has a *plant* cell?",
            points=Decimal(2),
            parts={"options": several},
        ),
        "true_false": QuestionDraft(type="true_false", stem="Cells respire.", parts={"answer": "true"}),
        "numeric": QuestionDraft(
            type="numeric",
            stem="How long is it?",
            points=Decimal(3),
            feedback="Divide.",
            parts={
                "value": "31337.25",
                "tolerance": "0.5",
                "unit_rule": "optional",
                "unit": "m",
                "other_units": [{"unit": "furlongsecret", "factor": "201.168"}],
            },
        ),
        "short_text": QuestionDraft(
            type="short_text",
            stem="Name it.",
            parts={"accepted": "keysecret-alpha\nkeysecret-beta", "patterns": "keysecret-pattern[0-9]?"},
        ),
        "cloze": QuestionDraft(
            type="cloze",
            stem="Fill in.",
            points=Decimal(3),
            parts={
                "text": "The [[1]] has [[2]] parts and is [[3]].",
                "gaps": [
                    {"kind": "text", "right": "keysecret-gap"},
                    {"kind": "number", "right": "27182.75"},
                    {"kind": "choice", "right": "green", "wrong": "red | blue"},
                ],
            },
        ),
        "matching": QuestionDraft(
            type="matching",
            stem="Match.",
            points=Decimal(2),
            parts={
                "pairs": [
                    {"left": "Leaf", "right": "Light"},
                    {"left": "Root", "right": "Water"},
                    {"left": "", "right": "Sound"},
                ]
            },
        ),
        "ordering": QuestionDraft(
            type="ordering",
            stem="Put in order.",
            points=Decimal(2),
            parts={"items": [{"text": "Seed"}, {"text": "Sprout"}, {"text": "Tree"}]},
        ),
        "essay": QuestionDraft(
            type="essay",
            stem="Explain.",
            points=Decimal(5),
            parts={"min_words": "5", "notes": "keysecret-notes"},
        ),
        "file_upload": QuestionDraft(
            type="file_upload",
            stem="Hand in a drawing.",
            points=Decimal(4),
            parts={"accept": "images", "max_files": "2", "notes": "keysecret-notes"},
        ),
    }


@dataclass
class Quiz:
    """A published quiz of one question per chosen type, its people, and the ids of its items by type."""

    world: World
    teacher: Principal
    student: Principal
    course_id: UUID
    section_id: UUID
    assessment_id: UUID
    items: dict[str, UUID] = field(default_factory=dict)
    questions: dict[str, UUID] = field(default_factory=dict)

    async def start(self, *, now: datetime = NOW, me: Principal | None = None) -> Attempt:
        """Begin (or continue) an attempt."""
        me = me or self.student
        async with unit_of_work(me) as work:
            return await attempts.start(work=work, me=me, assessment_id=self.assessment_id, now=now)

    async def save(
        self,
        attempt: Attempt,
        kind: str,
        answer: Any,
        *,
        base: int = 0,
        writer: str = "tab-1",
        operation_id: UUID | None = None,
        now: datetime = NOW,
    ) -> Receipt:
        """Deliver one answer."""
        one = Operation(
            operation_id=operation_id or uuid4(),
            item_id=self.items[kind],
            base_version=base,
            answer=answer,
            writer=writer,
        )
        async with unit_of_work(self.student) as work:
            return await attempts.save_answers(
                work=work, me=self.student, attempt_id=attempt.id, operations=[one], now=now
            )

    async def submit(self, attempt: Attempt, *, now: datetime = NOW) -> Attempt:
        """Hand in."""
        async with unit_of_work(self.student) as work:
            return await attempts.submit(work=work, me=self.student, attempt_id=attempt.id, now=now)

    async def responses(self, attempt: Attempt) -> dict[str, Response]:
        """The stored answers by question type."""
        async with unit_of_work(self.student) as work:
            rows = await work.session.exec(
                select(QuestionVersion.type, Response)
                .join(AssessmentItem, col(AssessmentItem.question_version_id) == col(QuestionVersion.id))
                .join(Response, col(Response.item_id) == col(AssessmentItem.id))
                .where(col(Response.attempt_id) == attempt.id)
            )
            return dict(rows.all())

    async def option(self, kind: str, text: str) -> str:
        """The id of an option by its text."""
        async with unit_of_work(self.teacher) as work:
            found = await bank.edited_question(work=work, me=self.teacher, question_id=self.questions[kind])
            return next(one["id"] for one in found.version.body["options"] if one["text"] == text)


async def make_course(world: World, *, teacher: Principal, student: Principal) -> tuple[UUID, UUID]:
    """A published course of a teacher with one section and one student: course and section id."""
    async with unit_of_work(teacher) as work:
        course = await work.add(
            Course(
                code=f"C-{uuid4().hex[:8]}",
                title="Biology",
                status=PublicationStatus.PUBLISHED,
                owner_id=teacher.user,
            )
        )
        section = await work.add(Section(course_id=course.id, name="9A", join_code=uuid4().hex[:8]))
        await work.add(Enrollment(section_id=section.id, user_id=student.user, role=EnrollmentRole.STUDENT))
    return course.id, section.id


async def make_quiz(
    world: World, *types: str, draft: AssessmentDraft | None = None, published: bool = True
) -> Quiz:
    """A quiz in a course of its own; all question types when none are named."""
    teacher, student = await world.teacher.principal(), await world.student.principal()
    course_id, section_id = await make_course(world, teacher=teacher, student=student)
    draft = draft or AssessmentDraft(title="Cells", time_limit_minutes=30, attempts_allowed=2)
    async with unit_of_work(teacher) as work:
        assessment: Assessment = await service.create_assessment(
            work=work, me=teacher, course_id=course_id, draft=draft
        )
        quiz = Quiz(world, teacher, student, course_id, section_id, assessment.id)
        for kind in types or drafts():
            question = await bank.create_question(
                work=work, me=teacher, course_id=course_id, draft=drafts()[kind]
            )
            quiz.questions[kind] = question.id
        made = await service.add_questions(
            work=work, me=teacher, assessment_id=assessment.id, question_ids=list(quiz.questions.values())
        )
        quiz.items = dict(zip(quiz.questions, (one.id for one in made), strict=True))
        if published:
            await service.publish(work=work, me=teacher, assessment_id=assessment.id, now=NOW)
    return quiz


async def make_rubric(quiz: Quiz) -> Rubric:
    """A rubric in the quiz's course."""
    async with unit_of_work(quiz.teacher) as work:
        return await work.add(Rubric(course_id=quiz.course_id, title="Explaining"))


def later(**parts: float) -> datetime:
    """A moment after ``NOW``."""
    return NOW + timedelta(**parts)
