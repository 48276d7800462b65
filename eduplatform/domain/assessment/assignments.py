"""Assignments as their teachers make them: an assessment with exactly one question, which asks for handed-in work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import bank, service, settings
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment, AssessmentItem, Question, QuestionVersion
from eduplatform.domain.assessment.policy import require_assessment_author
from eduplatform.domain.assessment.repository import (
    AssessmentRepository,
    AttemptRepository,
    ItemRepository,
    QuestionRepository,
)
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.assessment.schemas import AssessmentDraft, Choice, ItemRow, PublishProblem
from eduplatform.domain.assessment.types.submission import Submission, SubmissionBody, SubmissionKey
from eduplatform.domain.courses import groups
from eduplatform.domain.courses.group_repository import SetRow
from eduplatform.domain.courses.models import Course, PublicationStatus
from eduplatform.errors import FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

QUESTION_STATUS = "assignment"
"""Status of an assignment's question: it belongs to the assignment alone, and no bank lists it."""

_TYPE = Submission()
_LOCKED = N_("This cannot change while the assignment is published.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDraft:
    """An assignment as its author entered it.

    Attributes:
        title: Its name.
        instructions: Markdown.
        module_id: The part of the course that it belongs to.
        points: The most that it brings.
        rubric_id: By what it is judged.
        group_set_id: The set whose groups hand in together; None when everybody works alone.
        opens_at: UTC, as the two times after it.
        due_at: Later work is late.
        closes_at: Nothing is taken after it.
        late_percent_per_day: What each day of lateness costs.
        attempts_allowed: How often it can be handed in; 0 means any number.
        scoring: Which attempt counts.
        parts: What is handed in, see `Submission.parse_authoring`.
    """

    title: str
    instructions: str = ""
    module_id: UUID | None = None
    points: Decimal = Decimal(10)
    rubric_id: UUID | None = None
    group_set_id: UUID | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    late_percent_per_day: int = 0
    attempts_allowed: int = 1
    scoring: str = "last"
    parts: Mapping[str, object] = field(default_factory=lambda: {"text": True})


@dataclass(frozen=True, slots=True)
class BuiltAssignment:
    """An assignment in its builder: what can be chosen, and how many students have begun."""

    assessment: Assessment
    course: Course
    row: ItemRow
    body: SubmissionBody
    key: SubmissionKey
    rubrics: list[Choice]
    modules: list[Choice]
    sets: list[SetRow]
    started: int

    @property
    def item(self) -> AssessmentItem:
        """Its one question, with points and rubric."""
        return self.row.item


async def create_assignment(
    *, work: Work, me: Principal, course_id: UUID, draft: AssignmentDraft
) -> Assessment:
    """Begin an assignment as a draft.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
        Invalid: With a message per field.
    """
    store = await bank.ensure_bank(work=work, me=me, course_id=course_id)
    assessment = Assessment(course_id=course_id, kind=AssessmentKind.ASSIGNMENT, title="")
    body, key = await _apply(work, assessment, draft)
    question = await work.add(Question(bank_id=store.id, type=_TYPE.key, status=QUESTION_STATUS))
    version = await work.add(
        QuestionVersion(
            question_id=question.id,
            number=1,
            type=_TYPE.key,
            stem=assessment.instructions,
            stem_html=assessment.instructions_html,
            body=body.model_dump(mode="json"),
            answer_key=key.model_dump(mode="json"),
            points=draft.points,
        )
    )
    await work.add(assessment)
    await work.add(
        AssessmentItem(
            assessment_id=assessment.id,
            question_id=question.id,
            question_version_id=version.id,
            rubric_id=draft.rubric_id,
            position=1,
            points=draft.points,
        )
    )
    await work.audit("assignment.created", assessment=assessment.id)
    return assessment


async def _apply(
    work: Work, assessment: Assessment, draft: AssignmentDraft
) -> tuple[SubmissionBody, SubmissionKey]:
    """Check everything, put it into the row, and return what is handed in."""
    problems: dict[str, FieldText] = {}
    body, key = SubmissionBody(), SubmissionKey()
    try:
        settings.apply(assessment, _settings(draft))
    except Invalid as error:
        problems.update(error.fields)
    try:
        body, key = _TYPE.parse_authoring(draft.parts)
    except Invalid as error:
        problems.update(error.fields)
    try:
        if bank.checked_points(draft.points) == 0:
            problems["points"] = N_("An assignment has more than 0 points.")
    except Invalid as error:
        problems.update(error.fields)
    problems.update(await _unknown_choices(work, assessment.course_id, draft))
    if problems:
        raise Invalid(fields=problems)
    assessment.points, assessment.group_set_id = draft.points, draft.group_set_id
    return body, key


def _settings(draft: AssignmentDraft) -> AssessmentDraft:
    return AssessmentDraft(
        title=draft.title,
        kind=AssessmentKind.ASSIGNMENT,
        instructions=draft.instructions,
        module_id=draft.module_id,
        opens_at=draft.opens_at,
        due_at=draft.due_at,
        closes_at=draft.closes_at,
        attempts_allowed=draft.attempts_allowed,
        scoring=draft.scoring,
        late_percent_per_day=draft.late_percent_per_day,
    )


async def _unknown_choices(work: Work, course_id: UUID, draft: AssignmentDraft) -> dict[str, FieldText]:
    found = await AssessmentRepository(work).choices(
        course_id, rubric_id=draft.rubric_id, module_id=draft.module_id, group_set_id=draft.group_set_id
    )
    messages: dict[str, FieldText] = {
        "rubric_id": N_("Choose a rubric of this course."),
        "module_id": N_("Choose a module of this course."),
        "group_set_id": N_("Choose a group set of this course."),
    }
    return {name: text for name, text in messages.items() if getattr(draft, name) and name not in found}


async def built_assignment(*, work: Work, me: Principal, assessment_id: UUID) -> BuiltAssignment:
    """An assignment for its builder.

    Raises:
        NotFound: It is not an assignment, or the person does not teach its course.
    """
    assessment, course = await require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    row = await _the_item(work, assessment)
    known = AssessmentRepository(work)
    _course, sets = await groups.list_sets(work=work, me=me, course_id=course.id)
    return BuiltAssignment(
        assessment=assessment,
        course=course,
        row=row,
        body=_TYPE.load_body(row.version.body),
        key=_TYPE.load_key(row.version.answer_key),
        rubrics=await known.rubrics(course.id),
        modules=await known.modules(course.id),
        sets=sets,
        started=await AttemptRepository(work).students(assessment_id),
    )


def publish_problems(built: BuiltAssignment) -> list[PublishProblem]:
    """Everything that stands in the way of publishing; empty when nothing does."""
    problems = service.publish_problems(built.assessment, [built.row])
    chosen = next((one for one in built.sets if one.set.id == built.assessment.group_set_id), None)
    if chosen is not None and chosen.placed == 0:
        problems.append(
            PublishProblem("group_set_id", Message(N_("No student is in a group of the chosen set yet.")))
        )
    return problems


async def _the_item(work: Work, assessment: Assessment) -> ItemRow:
    if assessment.kind != AssessmentKind.ASSIGNMENT:
        raise NotFound
    (row,) = await ItemRepository(work).of_assessment(assessment.id)
    return row


async def save_assignment(
    *, work: Work, me: Principal, assessment_id: UUID, draft: AssignmentDraft, version: int
) -> Assessment:
    """Change an assignment. Once published, what is handed in, points, rubric and groups stay as they are.

    Args:
        work: The open unit of work.
        me: Who asks.
        assessment_id: The assignment.
        draft: All of it.
        version: The version that the author's page had read.

    Raises:
        NotFound: It is not an assignment, or the person does not teach its course.
        Invalid: With a message per field.
        Conflict: Somebody else has saved it since.
    """
    assessment, _course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    row = await _the_item(work, assessment)
    wording = row.version
    if assessment.status == PublicationStatus.PUBLISHED:
        _refuse_locked(assessment, row.item, wording, draft)
    else:
        body, key = await _apply(work, assessment, draft)
        wording.body, wording.answer_key = body.model_dump(mode="json"), key.model_dump(mode="json")
        wording.points = row.item.points = draft.points
        row.item.rubric_id = draft.rubric_id
    saved = await service.store(work=work, assessment=assessment, draft=_settings(draft), version=version)
    wording.stem, wording.stem_html = saved.instructions, saved.instructions_html
    return saved


def _refuse_locked(
    assessment: Assessment, item: AssessmentItem, wording: QuestionVersion, draft: AssignmentDraft
) -> None:
    body, key = _TYPE.parse_authoring(draft.parts)
    locked: dict[str, bool] = {
        "points": item.points != draft.points,
        "rubric_id": item.rubric_id != draft.rubric_id,
        "group_set_id": assessment.group_set_id != draft.group_set_id,
        "parts": wording.body != body.model_dump(mode="json"),
    }
    fields: dict[str, FieldText] = {name: _LOCKED for name, changed in locked.items() if changed}
    if fields:
        raise Invalid(fields=fields)
    wording.answer_key = key.model_dump(mode="json")


async def delete_draft(*, work: Work, me: Principal, assessment_id: UUID) -> UUID:
    """Delete an assignment that nobody has begun; returns the id of its course.

    Raises:
        NotFound: It is not an assignment, or the person does not teach its course.
        Conflict: It is published, so students may know of it.
    """
    assessment, course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    row = await _the_item(work, assessment)
    service.require_draft(assessment)
    await AssessmentRepository(work).delete(assessment)
    questions = QuestionRepository(work)
    await questions.delete(await questions.get(row.item.question_id))
    await work.audit("assignment.deleted", assessment=assessment_id)
    return course.id
