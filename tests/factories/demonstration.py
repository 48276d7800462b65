"""The demonstration data in the tests: its people at its pages, and a small copy of an organisation to compare with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work, identity_work, unit_of_work
from eduplatform.demo import seed
from eduplatform.demo.content import CourseContent, TenantContent, read_tenants
from eduplatform.domain.accounts.models import GuardianLink, Identity, User
from eduplatform.domain.ai.models import AiPolicy
from eduplatform.domain.ai.repository import PolicyRepository
from eduplatform.domain.assessment.models import Assessment, AssessmentItem, Attempt, Question, QuestionBank
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.classroom.models import LiveSession
from eduplatform.domain.courses.group_models import GroupSet
from eduplatform.domain.courses.models import Course, Lesson, LessonVersion, Section
from eduplatform.domain.grading.models import Grade, Rubric
from eduplatform.domain.messaging.models import Conversation, Thread
from eduplatform.domain.tenants import service as tenants
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from tests.factories.world import Person

LARGE, SMALL = "riverside", "brookside"
_STUDENTS = 8  # work of the sixth and later students still waits for a teacher
_MODULES = 2
_THREADS = 2


@dataclass(frozen=True)
class Demonstration:
    """One organisation of the demonstration data.

    Attributes:
        people: The demonstration account of each role.
        examples: For each role the value of every dynamic part of an address that the role may open.
    """

    people: Mapping[Role, Person]
    examples: Mapping[Role, Mapping[str, str]]

    def address(self, route: str, role: Role) -> str:
        """A page's address with an object that really is there for this role.

        Raises:
            KeyError: The route has a dynamic part for which there is no example yet; add one below.
        """
        examples = self.examples[role]
        if "/assignments/" in route:
            examples = {**examples, "assessment_id": examples["assignment_id"]}
        return re.sub(r"\[+(?:\.\.\.)?(\w+)\]+", lambda found: examples[found[1]], route)


async def seed_large_and_small() -> tuple[Demonstration, Demonstration]:
    """A school as everybody gets it, and the same school with few people and little to do."""
    large = next(one for one in read_tenants() if one.tenant["slug"] == LARGE)
    await _seed([large, _reduced(large)])
    return await demonstration(LARGE), await demonstration(SMALL)


async def _seed(contents: list[TenantContent]) -> None:
    original = seed.read_tenants
    seed.read_tenants = lambda: contents
    try:
        await seed.seed()
    finally:
        seed.read_tenants = original


def _reduced(content: TenantContent) -> TenantContent:
    students = content.people["student"][:_STUDENTS]
    kept = {one["key"] for one in students}
    guardians = [
        {**one, "children": [child for child in one["children"] if child in kept] or sorted(kept)[:1]}
        for one in content.people["guardian"][:1]
    ]
    people = {
        "admin": content.people["admin"][:1],
        "teacher": content.people["teacher"],
        "student": students,
        "guardian": guardians,
    }
    return TenantContent(
        {**content.tenant, "slug": SMALL, "name": "Brookside"},
        people,
        [_reduced_course(one) for one in content.courses[:2]],
    )


def _reduced_course(content: CourseContent) -> CourseContent:
    modules = content.course["module"][:_MODULES]
    kept = {one["key"] for one in modules}
    questions = [one for one in content.questions if one["module"] in kept]
    there = {one["key"] for one in questions}
    course = {**content.course, "module": modules, "thread": content.course.get("thread", ())[:_THREADS]}
    return replace(
        content,
        course=course,
        questions=questions,
        assessments=[one for one in content.assessments if there.issuperset(one["questions"])],
    )


async def demonstration(slug: str) -> Demonstration:
    """The people and examples of an organisation that was seeded."""
    async with identity_work() as work:
        tenant = await tenants.find_tenant(work=work, slug=slug)
        assert tenant is not None
        operator = (
            await work.session.exec(select(Identity).where(col(Identity.email) == seed.OPERATOR))
        ).one()
    people = {Role.OPERATOR: Person(operator.email, operator.id, None, None)}
    async with unit_of_work(PlatformActor(tenant.id)) as work:
        for key, role in seed.ROLES.items():
            user = (
                await work.session.exec(select(User).where(col(User.email) == f"{key}@{slug}.test"))
            ).one()
            people[role] = Person(user.email, user.identity_id, user.id, tenant.id)
        shared = await _examples(work, people)
        adults = [str(people[role].user_id) for role in (Role.TEACHER, Role.ADMIN)]
        policies = PolicyRepository(work)
        if await policies.first() is None:  # other modules of a run ask for the same organisation
            await policies.add(AiPolicy(named_adults=adults))
    shared["tenant_id"] = str(tenant.id)
    waiting = {"attempt_id": shared.pop("waiting_attempt_id")}
    return Demonstration(
        people, {role: {**shared, **(waiting if role is Role.TEACHER else {})} for role in people}
    )


async def _first(work: Work, statement: Any) -> Any:
    return (await work.session.exec(statement.limit(1))).one()


async def _examples(work: Work, people: Mapping[Role, Person]) -> dict[str, str]:
    """Objects with much on them: what is measured there holds for the others.

    Every choice ends at one row: two organisations that are compared show the same course and the same quiz.
    """
    student, guardian = people[Role.STUDENT], people[Role.GUARDIAN]
    lesson = await _first(
        work,
        select(Lesson)
        .join(LessonVersion, col(LessonVersion.lesson_id) == col(Lesson.id))
        .join(Course, col(Course.id) == col(Lesson.course_id))
        .order_by(
            col(Course.title),
            sa.func.octet_length(sa.cast(col(LessonVersion.blocks), sa.Text)).desc(),
            col(Lesson.title),
        ),
    )
    attempt, assessment = await _first(
        work,
        select(Attempt, Assessment)
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .join(AssessmentItem, col(AssessmentItem.assessment_id) == col(Assessment.id))
        .where(col(Attempt.user_id) == student.user_id, col(Assessment.course_id) == lesson.course_id)
        .group_by(col(Attempt.id), col(Assessment.id))
        .order_by(
            sa.func.count(col(AssessmentItem.id)).desc(), col(Assessment.title), col(Attempt.number).desc()
        ),
    )
    waiting = await _first(
        work, select(Attempt.id).where(col(Attempt.needs_grading)).order_by(col(Attempt.id))
    )
    question = await _first(
        work,
        select(Question.id)
        .join(QuestionBank, col(QuestionBank.id) == col(Question.bank_id))
        .where(col(QuestionBank.course_id) == lesson.course_id)
        .order_by(col(Question.id)),
    )
    in_course = {
        name: await _first(
            work, select(model.id).where(col(model.course_id) == lesson.course_id).order_by(col(model.id))
        )
        for name, model in (("section_id", Section), ("thread_id", Thread), ("rubric_id", Rubric))
    }
    child = await _first(
        work,
        select(GuardianLink.student_id)
        .where(col(GuardianLink.guardian_id) == guardian.user_id)
        .order_by(col(GuardianLink.id)),
    )
    conversation = await _first(
        work,
        select(Conversation.id)
        .where(
            (col(Conversation.first_id) == student.user_id) | (col(Conversation.second_id) == student.user_id)
        )
        .order_by(col(Conversation.id)),
    )
    grade = await _first(
        work, select(Grade.id).where(col(Grade.user_id) == student.user_id).order_by(col(Grade.id))
    )
    course: UUID = await _first(work, select(Course.id).where(col(Course.id) == lesson.course_id))
    assignment = await _first(
        work,
        select(Assessment.id)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(col(Assessment.kind) == AssessmentKind.ASSIGNMENT)
        .order_by(col(Course.title), col(Assessment.title)),
    )
    groups = await _first(work, select(GroupSet.id).order_by(col(GroupSet.id)))
    live = await _first(work, select(LiveSession.id).order_by(col(LiveSession.id)))
    found: dict[str, UUID | None] = {
        **in_course,
        "course_id": course,
        "lesson_id": lesson.id,
        "assessment_id": assessment.id,
        "assignment_id": assignment,
        "set_id": groups,
        "session_id": live,
        "attempt_id": attempt.id,
        "waiting_attempt_id": waiting,
        "question_id": question,
        "grade_id": grade,
        "conversation_id": conversation,
        "child_id": child,
        "student_id": student.user_id,
        "user_id": student.user_id,
        "person_id": student.user_id,
    }
    # Links of mails are kept as digests only: their pages are opened with one that nobody has.
    return {**{name: str(value) for name, value in found.items()}, "token": uuid4().hex}


def roles_of(roles: tuple[Role, ...]) -> Iterator[Role]:
    """Who opens a page: those it is for, or everybody."""
    yield from roles or tuple(Role)
