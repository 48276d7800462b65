"""Assessments and their life: settings, questions, publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import pools
from eduplatform.domain.assessment.availability import attempt_deadline
from eduplatform.domain.assessment.bank import checked_points
from eduplatform.domain.assessment.effective import rules_for
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment, AssessmentItem
from eduplatform.domain.assessment.policy import require_assessment_author, require_item_author
from eduplatform.domain.assessment.pool_repository import PoolRepository
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.repository import (
    AssessmentRepository,
    AttemptRepository,
    ItemRepository,
    QuestionRepository,
    QuestionVersionRepository,
)
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.assessment.schemas import (
    AssessmentDraft,
    AssessmentRow,
    BuiltAssessment,
    Candidate,
    ItemRow,
    PoolRow,
    PublishProblem,
)
from eduplatform.domain.assessment.settings import apply, hashed, refuse_locked
from eduplatform.domain.courses.models import Course, PublicationStatus
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.grading import settlement
from eduplatform.domain.grading.repository import GradeRepository
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

PAGE_SIZE = 20
MAX_ITEMS = pools.MAX_QUESTIONS


async def create_assessment(
    *, work: Work, me: Principal, course_id: UUID, draft: AssessmentDraft
) -> Assessment:
    """Begin an assessment as a draft.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
        Invalid: With a message per field.
    """
    password_hash = await hashed(draft)
    await require_teacher(work=work, me=me, course_id=course_id)
    await _check_module(work, course_id, draft.module_id)
    assessment = Assessment(course_id=course_id, title="", password_hash=password_hash or "")
    apply(assessment, draft)
    await work.add(assessment)
    await work.audit("assessment.created", assessment=str(assessment.id))
    return assessment


async def list_assessments(
    *, work: Work, me: Principal, course_id: UUID, page: int = 1, size: int = PAGE_SIZE
) -> tuple[Course, list[AssessmentRow], int]:
    """A page of a course's assessments, newest first: the course, the rows, and how many there are.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    rows, total = await AssessmentRepository(work).in_course(course_id, number=page, size=min(size, 50))
    return course, rows, total


async def built_assessment(*, work: Work, me: Principal, assessment_id: UUID) -> BuiltAssessment:
    """An assessment for its builder.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    assessment, course = await require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    assessments = AssessmentRepository(work)
    items = await ItemRepository(work).of_assessment(assessment_id)
    rows, hands = await _pools(work, assessment)
    return BuiltAssessment(
        assessment=assessment,
        course_title=course.title,
        items=items,
        pools=rows,
        available={key: len(hand) for key, hand in hands.items()},
        problems=[*publish_problems(assessment, items, pools=len(rows)), *pools.problems(rows, hands)],
        rubrics=await assessments.rubrics(course.id),
        modules=await assessments.modules(course.id),
        started=await AttemptRepository(work).students(assessment_id),
    )


async def _pools(work: Work, assessment: Assessment) -> tuple[list[PoolRow], dict[UUID, list[Candidate]]]:
    """The pools of an assessment, and the questions that each would hold if it were published now."""
    repository = PoolRepository(work)
    rows = await repository.of_assessment(assessment.id)
    found = await repository.candidates(assessment.id, assessment.course_id) if rows else []
    return rows, pools.dealt(rows, found)


async def save_assessment(
    *, work: Work, me: Principal, assessment_id: UUID, draft: AssessmentDraft, version: int
) -> Assessment:
    """Change the settings. Once published, those that decide how work is done or graded stay as they are.

    A later closing time also reaches attempts that are running; an earlier one does not cut them off.

    Args:
        work: The open unit of work.
        me: Who asks.
        assessment_id: The assessment.
        draft: All settings.
        version: The version that the author's page had read.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Invalid: With a message per field.
        Conflict: Somebody else has saved it since.
    """
    password_hash = await hashed(draft)
    assessment, _course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    return await store(work=work, assessment=assessment, draft=draft, version=version, password=password_hash)


async def store(
    *, work: Work, assessment: Assessment, draft: AssessmentDraft, version: int, password: str | None = None
) -> Assessment:
    """As `save_assessment`, for an assessment that the caller has locked; ``password`` is a new one's hash."""
    if version != assessment.version:
        raise Conflict(N_("Somebody else has changed this assessment. Reload the page to see their version."))
    if draft.module_id != assessment.module_id:
        await _check_module(work, assessment.course_id, draft.module_id)
    published = assessment.status == PublicationStatus.PUBLISHED
    if published:
        refuse_locked(assessment, draft)
    before = Assessment(**assessment.model_dump())
    apply(assessment, draft)
    if password is not None:
        assessment.password_hash = password
    assessment.version += 1
    if published and problems_of_times(assessment):
        raise Invalid(fields={one.field: one.message.key for one in problems_of_times(assessment)})
    if published:
        await _follow(work, before, assessment)
    await work.audit("assessment.saved", assessment=str(assessment.id), version=assessment.version)
    return assessment


async def _check_module(work: Work, course_id: UUID, module_id: UUID | None) -> None:
    if module_id is not None and module_id not in {
        one.id for one in await AssessmentRepository(work).modules(course_id)
    }:
        raise Invalid(fields={"module_id": N_("Choose a module of this course.")})


_SHOWN = ("due_at", "closes_at", "feedback_submitted", "feedback_due", "feedback_closed")
"""What a planned release follows."""


async def _follow(work: Work, before: Assessment, assessment: Assessment) -> None:
    """Let running attempts and planned releases have the dates that a published assessment has now."""
    if all(getattr(before, name) == getattr(assessment, name) for name in _SHOWN):
        return
    extended = assessment.closes_at != before.closes_at
    running = await AttemptRepository(work).running(assessment.id) if extended else []
    planned = await GradeRepository(work).planned(assessment.id, None, now=utc_now())
    students = sorted({one.user_id for one in running} | {one.user_id for one in planned})
    if not students:
        return
    rules = await rules_for(work=work, assessments=[assessment], students=students)
    policies = rules.policies([assessment])
    for attempt in running:
        policy = policies[(assessment.id, attempt.user_id)]
        deadline = attempt_deadline(policy, attempt.started_at, extra_minutes=attempt.extra_minutes)
        if attempt.deadline_at is not None and (deadline is None or deadline > attempt.deadline_at):
            attempt.deadline_at = deadline
    await work.flush()
    await settlement.replan(work=work, before=before, after=assessment, rows=planned, rules=rules)


# Questions of an assessment


async def _draft_for_items(work: Work, me: Principal, assessment_id: UUID) -> Assessment:
    assessment, _course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    require_draft(assessment)
    _require_own_questions(assessment)
    return assessment


def _require_own_questions(assessment: Assessment) -> None:
    if assessment.kind == AssessmentKind.ASSIGNMENT:
        raise NotFound


def require_draft(assessment: Assessment) -> None:
    """Let only what is not published be changed.

    Raises:
        Conflict: It is published.
    """
    if assessment.status != PublicationStatus.DRAFT:
        raise Conflict(N_("The questions of a published assessment cannot change. Withdraw it first."))


async def add_questions(
    *, work: Work, me: Principal, assessment_id: UUID, question_ids: Sequence[UUID]
) -> list[AssessmentItem]:
    """Put questions of the course's bank at the end, in the order given; those already there are left alone.

    Raises:
        NotFound: The assessment or one of the questions is not the person's.
        Conflict: The assessment is published.
        Invalid: It would have more than 100 questions.
    """
    assessment = await _draft_for_items(work, me, assessment_id)
    rows = await ItemRepository(work).of_assessment(assessment_id)
    present = {row.item.question_id for row in rows}
    wanted = [one for one in dict.fromkeys(question_ids) if one not in present]
    versions = await QuestionRepository(work).current_versions(
        course_id=assessment.course_id, question_ids=wanted
    )
    if set(wanted) - versions.keys():
        raise NotFound
    last = max((row.item.position for row in rows), default=0)
    items = [
        AssessmentItem(
            assessment_id=assessment.id,
            question_id=question_id,
            question_version_id=versions[question_id].id,
            position=last + index,
            points=versions[question_id].points,
        )
        for index, question_id in enumerate(wanted, start=1)
    ]
    work.session.add_all(items)
    await work.flush()
    await pools.settle_points(work=work, assessment=assessment)
    return items


async def move_item(*, work: Work, me: Principal, item_id: UUID, direction: Literal["up", "down"]) -> None:
    """Exchange a question with the one before or after it; at the end of the list nothing happens.

    Raises:
        NotFound: There is no such question, or the person does not teach its course.
        Conflict: The assessment is published.
    """
    item, assessment = await require_item_author(work=work, me=me, item_id=item_id)
    require_draft(assessment)
    _require_own_questions(assessment)
    rows = [row.item for row in await ItemRepository(work).of_assessment(assessment.id)]
    place = rows.index(item)
    other = place + (-1 if direction == "up" else 1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
    await work.flush()


async def remove_item(*, work: Work, me: Principal, item_id: UUID) -> None:
    """Take a question out of an assessment; it stays in the bank.

    Raises:
        NotFound: There is no such question, or the person does not teach its course.
        Conflict: The assessment is published, or students have begun it.
    """
    item, assessment = await require_item_author(work=work, me=me, item_id=item_id)
    require_draft(assessment)
    _require_own_questions(assessment)
    await ItemRepository(work).delete(item)
    await pools.settle_points(work=work, assessment=assessment)


async def set_item(
    *, work: Work, me: Principal, item_id: UUID, points: Decimal, rubric_id: UUID | None
) -> None:
    """Set a question's points in this assessment, and the rubric by which a person scores it.

    Raises:
        NotFound: There is no such question, or the person does not teach its course.
        Conflict: The assessment is published.
        Invalid: The points are out of range, or the rubric is not one of the course.
    """
    item, assessment = await require_item_author(work=work, me=me, item_id=item_id)
    require_draft(assessment)
    _require_own_questions(assessment)
    if rubric_id is not None and rubric_id != item.rubric_id:
        rubrics = {one.id for one in await AssessmentRepository(work).rubrics(assessment.course_id)}
        version = await QuestionVersionRepository(work).get(item.question_version_id)
        if rubric_id not in rubrics or not question_type(version.type).scored_by_person:
            raise Invalid(fields={"rubric_id": N_("Choose a rubric of this course for an essay.")})
    item.points, item.rubric_id = checked_points(points), rubric_id
    await work.flush()
    await pools.settle_points(work=work, assessment=assessment)


# Publication


def problems_of_times(assessment: Assessment) -> list[PublishProblem]:
    """What is wrong with the dates."""
    opens, due, closes = assessment.opens_at, assessment.due_at, assessment.closes_at
    problems: list[PublishProblem] = []
    if opens and due and due <= opens:
        problems.append(PublishProblem("due_at", Message(N_("The due time is before the opening time."))))
    if opens and closes and closes <= opens:
        problems.append(PublishProblem("closes_at", Message(N_("It closes before it opens."))))
    if due and closes and closes < due:
        problems.append(PublishProblem("closes_at", Message(N_("It closes before it is due."))))
    return problems


def publish_problems(
    assessment: Assessment, items: Sequence[ItemRow], *, pools: int = 0, now: datetime | None = None
) -> list[PublishProblem]:
    """Everything that stands in the way of publishing; empty when nothing does."""
    problems = problems_of_times(assessment)
    if not items and not pools:
        problems.append(PublishProblem("questions", Message(N_("There are no questions yet."))))
    for number, row in enumerate(items, start=1):
        if row.item.points > 0:
            continue
        essay = question_type(row.version.type).scored_by_person
        text = N_("Essay {number} has no points.") if essay else N_("Question {number} has no points.")
        problems.append(PublishProblem("points", Message(text, {"number": number})))
    end = assessment.closes_at
    if end and end <= (now or utc_now()) + timedelta(minutes=1):
        problems.append(PublishProblem("closes_at", Message(N_("The closing time is in the past."))))
    return problems


async def publish(
    *, work: Work, me: Principal, assessment_id: UUID, now: datetime | None = None
) -> Assessment:
    """Let students see and, from the opening time on, begin it. Publishing twice changes nothing.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Invalid: Something stands in the way, see `publish_problems`; one message per part.
    """
    assessment, _course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    if assessment.status == PublicationStatus.PUBLISHED:
        return assessment
    items = await ItemRepository(work).of_assessment(assessment_id)
    rows, hands = await _pools(work, assessment)
    problems = [
        *publish_problems(assessment, items, pools=len(rows), now=now),
        *pools.problems(rows, hands),
    ]
    if problems:
        first = problems[0].message
        raise Invalid(
            first.key,
            params={name: str(value) for name, value in first.params.items()},
            fields={
                one.field: (one.message.key, {name: str(value) for name, value in one.message.params.items()})
                for one in reversed(problems)
            },
        )
    await pools.fill(work=work, assessment=assessment, hands=hands, pools=rows)
    assessment.status, assessment.published_at = PublicationStatus.PUBLISHED, now or utc_now()
    assessment.version += 1
    await work.flush()
    await work.audit("assessment.published", assessment=str(assessment.id))
    return assessment


async def unpublish(*, work: Work, me: Principal, assessment_id: UUID) -> Assessment:
    """Take it back to a draft, as long as nobody has begun.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Conflict: A student has begun.
    """
    assessment, _course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    if await AttemptRepository(work).students(assessment_id):
        raise Conflict(N_("Students have begun, so it can no longer be withdrawn. You can close it earlier."))
    await PoolRepository(work).clear(assessment_id)
    assessment.status, assessment.published_at = PublicationStatus.DRAFT, None
    assessment.version += 1
    await work.flush()
    await work.audit("assessment.withdrawn", assessment=str(assessment.id))
    return assessment
