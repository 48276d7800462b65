"""Questions: writing them, trying them, and keeping each wording that students have seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.bank_repository import (
    BankRepository,
    FolderRepository,
    QuestionFilter,
    QuestionListRepository,
)
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Question, QuestionBank, QuestionVersion
from eduplatform.domain.assessment.policy import require_bank, require_question_author
from eduplatform.domain.assessment.question_types import AnyQuestionType, Score, question_type
from eduplatform.domain.assessment.repository import QuestionRepository
from eduplatform.domain.assessment.schemas import BankRow, EditedQuestion, QuestionDraft
from eduplatform.domain.assessment.types.text import clean_text, is_invisible
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.errors import Conflict, FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import plain_text, render_markdown

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
    words: str


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
    texts: tuple[str, ...] = ()
    try:
        checked_points(draft.points)
    except Invalid as error:
        problems.update(error.fields)
    try:
        parsed = kind.parse_authoring(draft.parts)
        body, key = (part.model_dump(mode="json") for part in parsed)
        texts = kind.searchable(parsed[0])
    except Invalid as error:
        problems.update(error.fields)
    if problems:
        raise Invalid(fields=problems)
    words = "\n".join((plain_text(stem), *texts))
    return kind, Wording(stem, stem_html, body, key, feedback, feedback_html, round(draft.points, 2), words)


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that its author tries: what a student's browser gets, and what only the server knows."""

    shown: dict[str, Any]
    type: str
    body: dict[str, Any]
    answer_key: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of a try: the score, and the right answer."""

    score: Score
    solution: tuple[Message, ...]


def preview(draft: QuestionDraft, *, seed: int = 0) -> Trial:
    """A draft as a student would see it, without storing anything.

    Raises:
        Invalid: The draft is not complete.
    """
    kind, wording = check_draft(draft)
    return _trial(kind, wording.stem_html, wording.points, wording.body, wording.answer_key, seed)


async def stored_preview(*, work: Work, me: Principal, question_id: UUID, seed: int = 0) -> Trial:
    """The current version of a question as a student would see it.

    Raises:
        NotFound: It does not exist, or it is not the person's.
    """
    version = (await require_question_author(work=work, me=me, question_id=question_id)).version
    kind = question_type(version.type)
    return _trial(kind, version.stem_html, version.points, version.body, version.answer_key, seed)


def _trial(
    kind: AnyQuestionType,
    stem_html: str,
    points: Decimal,
    body: dict[str, Any],
    key: dict[str, Any],
    seed: int,
) -> Trial:
    view = kind.public_view(kind.load_body(body), seed)
    return Trial({"stem_html": stem_html, "points": str(points), "view": view}, kind.key, body, key)


def score_trial(trial: Trial, answer: object) -> TrialResult:
    """Score a try exactly as an attempt is scored.

    Raises:
        Invalid: This is not an answer to such a question.
    """
    kind = question_type(trial.type)
    body, key = kind.load_body(trial.body), kind.load_key(trial.answer_key)
    return TrialResult(kind.score(body, key, kind.parse_response(answer)), kind.solution_words(body, key))


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
    """A page of what can be asked in a course, newest first: its banks' questions, and one's own.

    Args:
        work: The open unit of work.
        me: Who asks.
        course_id: The course.
        search: Words that all have to be in the question.
        type: Key of a question type; empty for all.
        excluded: Leave out the questions of this assessment.
        page: From 1.
        size: Rows per page, at most 50.

    Returns:
        The course, the rows, and how many questions match.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    wanted = QuestionFilter(
        course_id=course_id, search=clean_text(search[:200]).strip(), type=type, excluded=excluded
    )
    rows, total = await QuestionListRepository(work).matching(
        wanted, user_id=me.user, number=page, size=min(size, 50)
    )
    return course, rows, total


async def create_question(
    *,
    work: Work,
    me: Principal,
    course_id: UUID | None = None,
    bank_id: UUID | None = None,
    folder_id: UUID | None = None,
    draft: QuestionDraft,
) -> Question:
    """Write a new question into a bank.

    Args:
        work: The open unit of work.
        me: Who asks.
        course_id: Its first bank is taken when no bank is named.
        bank_id: A bank of a course that the person teaches, or one of their own.
        folder_id: A folder of that bank.
        draft: The question.

    Raises:
        NotFound: The course, bank or folder is not the person's.
        Invalid: With a message per field.
    """
    if bank_id is not None:
        bank, _course = await require_bank(work=work, me=me, bank_id=bank_id)
    elif course_id is not None:
        bank = await ensure_bank(work=work, me=me, course_id=course_id)
    else:
        raise NotFound
    if folder_id is not None and (await FolderRepository(work).get(folder_id)).bank_id != bank.id:
        raise NotFound
    kind, wording = check_draft(draft)
    question = await work.add(
        Question(bank_id=bank.id, folder_id=folder_id, type=kind.key, words=wording.words)
    )
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
        NotFound: It does not exist, or it is not the person's.
    """
    found = await require_question_author(work=work, me=me, question_id=question_id)
    seen = await QuestionRepository(work).is_seen(found.version.id)
    return EditedQuestion(found.question, found.version, found.bank, found.course, seen)


async def save_question(
    *, work: Work, me: Principal, question_id: UUID, draft: QuestionDraft, version: int
) -> QuestionVersion:
    """Change a question: every change is a new version, and those before it stay as they are.

    Drafts of assessments follow to the new version; published ones and their attempts keep what they have.

    Args:
        work: The open unit of work.
        me: Who asks.
        question_id: The question.
        draft: The whole new content; its type must be the stored one.
        version: The number that the author's page had read.

    Returns:
        The version that is current now; the old one when nothing has changed.

    Raises:
        NotFound: It does not exist, or it is not the person's.
        Invalid: With a message per field.
        Conflict: Somebody else has saved it since.
    """
    found = await require_question_author(work=work, me=me, question_id=question_id, lock=True)
    if draft.type != found.question.type:
        raise Invalid(fields={"type": N_("The type of a question cannot change: write a new one.")})
    _kind, wording = check_draft(draft)
    if version != found.question.current_version:
        raise Conflict(N_("Somebody else has changed this question. Reload the page to see their version."))
    return await renew(work=work, question=found.question, current=found.version, wording=wording)


async def renew(
    *,
    work: Work,
    question: Question,
    current: QuestionVersion,
    wording: Wording,
    restored_from: int = 0,
) -> QuestionVersion:
    """Make a wording the newest version of a locked question, unless it says what the current one says."""
    same = all(
        getattr(wording, name) == getattr(current, name)
        for name in ("stem", "body", "answer_key", "feedback", "points")
    )
    if same:
        return current
    question.current_version += 1
    question.words = wording.words
    made = _version(question, question.current_version, wording)
    made.restored_from = restored_from
    await work.add(made)
    await QuestionRepository(work).move_drafts(question.id, made.id)
    await work.audit("question.saved", question=str(question.id), version=made.number)
    return made


async def delete_question(*, work: Work, me: Principal, question_id: UUID) -> None:
    """Take a question out of the bank; assessments that contain it keep it.

    Raises:
        NotFound: It does not exist, or it is not the person's.
    """
    found = await require_question_author(work=work, me=me, question_id=question_id, lock=True)
    found.question.status = "archived"
    await work.flush()
    await work.audit("question.archived", question=str(question_id))


def authoring_form(version: QuestionVersion) -> Mapping[str, object]:
    """A stored question's own parts as its editor shows them: the reverse of ``parse_authoring``."""
    kind = question_type(version.type)
    return kind.authoring(kind.load_body(version.body), kind.load_key(version.answer_key))
