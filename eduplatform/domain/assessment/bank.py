"""The question bank of a course: writing questions, and keeping the wording that students have seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Question, QuestionBank, QuestionVersion
from eduplatform.domain.assessment.policy import require_question_author
from eduplatform.domain.assessment.question_types import AnyQuestionType, question_type
from eduplatform.domain.assessment.repository import (
    BankRepository,
    QuestionRepository,
)
from eduplatform.domain.assessment.schemas import BankRow, EditedQuestion, QuestionDraft
from eduplatform.domain.assessment.types.text import clean_text, is_invisible
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.errors import Conflict, FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown

PAGE_SIZE = 20
MAX_STEM = 20_000
MAX_FEEDBACK = 10_000
MAX_POINTS = Decimal(1000)
BANK_NAME = "Questions"


@dataclass(frozen=True, slots=True)
class Wording:
    """A draft after all checks, ready to be stored."""

    stem: str
    stem_html: str
    body: dict[str, Any]
    answer_key: dict[str, Any]
    feedback: str
    feedback_html: str
    points: Decimal


def _rich(source: str, field: str, limit: int, problems: dict[str, FieldText]) -> tuple[str, str]:
    text = clean_text(source).strip()
    if len(text) > limit:
        problems[field] = (N_("This is too long: at most {limit} characters."), {"limit": str(limit)})
        return "", ""
    try:
        return text, render_markdown(text)
    except Invalid as error:
        problems[field] = error.detail
        return "", ""


def checked_points(points: Decimal) -> Decimal:
    """Points with two places at most.

    Raises:
        Invalid: Negative, above 1000, finer than a hundredth, or not a number.
    """
    if not points.is_finite() or not 0 <= points <= MAX_POINTS or points != round(points, 2):
        raise Invalid(fields={"points": N_("Enter points from 0 to 1,000 with at most two decimals.")})
    return round(points, 2)


def check_draft(draft: QuestionDraft) -> tuple[AnyQuestionType, Wording]:
    """Check what an author entered.

    Raises:
        Invalid: With a message for each field that has to change, also for those of the question type.
    """
    kind = question_type(draft.type)
    if not kind.in_bank:
        raise Invalid(fields={"type": N_("This question type is not for banks")})
    problems: dict[str, FieldText] = {}
    stem, stem_html = _rich(draft.stem, "stem", MAX_STEM, problems)
    if is_invisible(stem) and "stem" not in problems:
        problems["stem"] = N_("Write the question.")
    feedback, feedback_html = _rich(draft.feedback, "feedback", MAX_FEEDBACK, problems)
    body: dict[str, Any] = {}
    key: dict[str, Any] = {}
    try:
        checked_points(draft.points)
    except Invalid as error:
        problems.update(error.fields)
    try:
        parsed = kind.parse_authoring(draft.parts)
        body, key = (part.model_dump(mode="json") for part in parsed)
    except Invalid as error:
        problems.update(error.fields)
    if problems:
        raise Invalid(fields=problems)
    return kind, Wording(stem, stem_html, body, key, feedback, feedback_html, round(draft.points, 2))


def preview(draft: QuestionDraft, *, seed: int = 0) -> dict[str, Any]:
    """A draft as a student would see it, without storing anything.

    Raises:
        Invalid: The draft is not complete.
    """
    kind, wording = check_draft(draft)
    view = kind.public_view(kind.load_body(wording.body), seed)
    return {"stem_html": wording.stem_html, "points": str(wording.points), "view": view}


async def ensure_bank(*, work: Work, me: Principal, course_id: UUID) -> QuestionBank:
    """The bank of a course, made when it is new.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
    """
    # The lock lets two authors who write the first question at once end up in one bank.
    await require_teacher(work=work, me=me, course_id=course_id, lock=True)
    banks = BankRepository(work)
    found = await banks.of_course(course_id)
    return found or await banks.add(QuestionBank(course_id=course_id, name=BANK_NAME))


async def list_questions(
    *,
    work: Work,
    me: Principal,
    course_id: UUID,
    search: str = "",
    type: str = "",
    excluded: UUID | None = None,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> tuple[Course, list[BankRow], int]:
    """A page of the bank, newest first: the course, the rows, and how many questions match.

    Args:
        work: The open unit of work.
        me: Who asks.
        course_id: The course.
        search: Part of the wording; empty for all.
        type: Key of a question type; empty for all.
        excluded: Leave out the questions of this assessment.
        page: From 1.
        size: Rows per page, at most 50.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    rows, total = await QuestionRepository(work).in_bank(
        course_id=course_id,
        search=clean_text(search[:200]).strip(),
        type=type,
        excluded=excluded,
        number=page,
        size=min(size, 50),
    )
    return course, rows, total


async def create_question(*, work: Work, me: Principal, course_id: UUID, draft: QuestionDraft) -> Question:
    """Write a new question into the bank of a course.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
        Invalid: With a message per field.
    """
    bank = await ensure_bank(work=work, me=me, course_id=course_id)
    kind, wording = check_draft(draft)
    question = await work.add(Question(bank_id=bank.id, type=kind.key))
    await work.add(_version(question, 1, wording))
    await work.audit("question.created", question=str(question.id), type=kind.key)
    return question


def _version(question: Question, number: int, wording: Wording) -> QuestionVersion:
    return QuestionVersion(
        question_id=question.id,
        number=number,
        type=question.type,
        stem=wording.stem,
        stem_html=wording.stem_html,
        body=wording.body,
        answer_key=wording.answer_key,
        feedback=wording.feedback,
        feedback_html=wording.feedback_html,
        points=wording.points,
    )


async def edited_question(*, work: Work, me: Principal, question_id: UUID) -> EditedQuestion:
    """A question for its editor, with its key.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    question, version, course = await require_question_author(work=work, me=me, question_id=question_id)
    seen = await QuestionRepository(work).is_seen(version.id)
    return EditedQuestion(question, version, course.id, course.title, seen)


async def save_question(
    *, work: Work, me: Principal, question_id: UUID, draft: QuestionDraft, version: int
) -> QuestionVersion:
    """Change a question. A wording that students can have seen is kept, and the change becomes a new version.

    Drafts of assessments that nobody has begun follow to the new version; the others keep what they have.

    Args:
        work: The open unit of work.
        me: Who asks.
        question_id: The question.
        draft: The whole new content; its type must be the stored one.
        version: The number that the author's page had read.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Invalid: With a message per field.
        Conflict: Somebody else has saved it since.
    """
    question, current, _course = await require_question_author(
        work=work, me=me, question_id=question_id, lock=True
    )
    if draft.type != question.type:
        raise Invalid(fields={"type": N_("The type of a question cannot change: write a new one.")})
    _kind, wording = check_draft(draft)
    if version != question.current_version:
        raise Conflict(N_("Somebody else has changed this question. Reload the page to see their version."))
    questions = QuestionRepository(work)
    seen = await questions.is_seen(current.id, lock=True)
    # The number counts saves, so it also tells authors apart who edit at the same time.
    number = question.current_version + 1
    question.current_version = number
    if seen:
        current = await work.add(_version(question, number, wording))
        await questions.move_drafts(question.id, current.id)
    else:
        current.number = number
        _overwrite(current, wording)
    await work.flush()
    await work.audit("question.saved", question=str(question.id), version=number, new_version=seen)
    return current


def _overwrite(version: QuestionVersion, wording: Wording) -> None:
    version.stem, version.stem_html = wording.stem, wording.stem_html
    version.body, version.answer_key = wording.body, wording.answer_key
    version.feedback, version.feedback_html = wording.feedback, wording.feedback_html
    version.points = wording.points


async def delete_question(*, work: Work, me: Principal, question_id: UUID) -> None:
    """Take a question out of the bank; assessments that contain it keep it.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    question, _current, _course = await require_question_author(
        work=work, me=me, question_id=question_id, lock=True
    )
    question.status = "archived"
    await work.flush()
    await work.audit("question.archived", question=str(question.id))


def authoring_form(version: QuestionVersion) -> Mapping[str, object]:
    """A stored question's own parts as its editor shows them: the reverse of ``parse_authoring``."""
    kind = question_type(version.type)
    return kind.authoring(kind.load_body(version.body), kind.load_key(version.answer_key))
