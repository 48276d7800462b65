"""Passages of handed-in texts with a grader's words about them. Students read them with their released grade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col

from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState, QuestionVersion, Response
from eduplatform.domain.assessment.models import AssessmentItem as Item
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.types.text import clean_text, is_invisible
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.grading.models import AnswerHighlight, Grade, visible_grade
from eduplatform.domain.grading.service import record, snapshot
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

MAX_COMMENT = 2000
MOST = 200
"""Highlights of one answer."""


@dataclass(frozen=True, slots=True)
class HighlightRow:
    """A highlight with the name of who made it."""

    highlight: AnswerHighlight
    author: str


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """The plain text of an answer, and its highlights in the order of the text."""

    text: str
    highlights: list[HighlightRow]


class HighlightRepository(Repository[AnswerHighlight]):
    """Highlights."""

    model = AnswerHighlight

    async def of_response(self, response_id: UUID) -> list[HighlightRow]:
        """In the order of the text."""
        rows = await fetch(
            self._work,
            select_columns(AnswerHighlight, User.given_name, User.family_name)
            .outerjoin(User, col(User.id) == col(AnswerHighlight.created_by))
            .where(
                col(AnswerHighlight.tenant_id) == self._work.tenant_id,
                col(AnswerHighlight.response_id) == response_id,
            )
            .order_by(col(AnswerHighlight.begins), col(AnswerHighlight.ends), col(AnswerHighlight.id))
            .limit(MOST + 1),
        )
        return [HighlightRow(row, f"{given or ''} {family or ''}".strip()) for row, given, family in rows]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A handed-in answer with its question and the student's grade."""

    response: Response
    version: QuestionVersion
    attempt: Attempt
    grade: Grade | None

    @property
    def text(self) -> str:
        """Its plain text."""
        kind = question_type(self.version.type)
        stored: object = {} if self.response.answer is None else self.response.answer
        return kind.written_text(kind.load_response(stored))


def _answers() -> Any:
    return (
        select_columns(Response, QuestionVersion, Attempt, Grade)
        .select_from(Response)
        .join(Attempt, col(Attempt.id) == col(Response.attempt_id))
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .join(Item, col(Item.id) == col(Response.item_id))
        .join(QuestionVersion, col(QuestionVersion.id) == col(Item.question_version_id))
        .outerjoin(
            Grade,
            (col(Grade.assessment_id) == col(Attempt.assessment_id))
            & (col(Grade.user_id) == col(Attempt.user_id)),
        )
        .where(col(Attempt.state) == AttemptState.SUBMITTED)
    )


async def _one(work: Work, statement: Any) -> _Answer:
    rows = await fetch(work, statement.where(col(Response.tenant_id) == work.tenant_id))
    if not rows:
        raise NotFound
    return _Answer(*rows[0])


async def _graded_by(work: Work, me: Principal, response_id: UUID) -> _Answer:
    if Role.TEACHER not in me.roles:
        raise NotFound
    return await _one(work, _answers().where(col(Response.id) == response_id, taught_by(me.user)))


async def annotated(*, work: Work, me: Principal, response_id: UUID) -> AnnotatedText:
    """The text of an answer for its graders; two statements.

    Raises:
        NotFound: It does not exist, is not handed in, or the person does not teach the course.
    """
    found = await _graded_by(work, me, response_id)
    return AnnotatedText(found.text, await HighlightRepository(work).of_response(response_id))


async def own_annotated(*, work: Work, me: Principal, response_id: UUID) -> AnnotatedText:
    """The text of one's own answer with what graders say about it, once the grade is released; two statements.

    Raises:
        NotFound: It does not exist, is another student's, or the grade is not released.
    """
    if Role.STUDENT not in me.roles:
        raise NotFound
    statement = _answers().where(col(Response.id) == response_id, belongs_to(me.user), visible_grade())
    found = await _one(work, statement)
    return AnnotatedText(found.text, await HighlightRepository(work).of_response(response_id))


async def add(
    *, work: Work, me: Principal, response_id: UUID, begins: int, ends: int, quote: str, comment: str
) -> AnnotatedText:
    """Highlight a passage; returns all of the answer.

    Args:
        work: The open unit of work.
        me: The grader.
        response_id: The answer.
        begins: The first character of the passage, counted in code points from 0.
        ends: The character after it.
        quote: What the grader saw there.
        comment: What the student will read about it.

    Raises:
        NotFound: It does not exist, is not handed in, or the person does not teach the course.
        Conflict: Something else stands there, or there are too many highlights.
        Invalid: The comment is empty or too long; ``fields["comment"]``.
    """
    words = _checked(comment)
    found = await _graded_by(work, me, response_id)
    if not 0 <= begins < ends or found.text[begins:ends] != quote or is_invisible(quote):
        raise Conflict(N_("This passage is not in the answer. Load the page again."))
    await work.audit("response.highlighted", response=response_id)
    row = AnswerHighlight(response_id=response_id, begins=begins, ends=ends, quote=quote, comment=words)
    work.session.add(row)
    await _trail(work, me, found, before=None, after=row)
    rows = await HighlightRepository(work).of_response(response_id)
    if len(rows) > MOST:
        raise Conflict(N_("An answer can have at most {limit} highlights."), params={"limit": MOST})
    return AnnotatedText(found.text, rows)


async def change(
    *, work: Work, me: Principal, highlight_id: UUID, version: int, comment: str
) -> AnnotatedText:
    """Say something else about a passage; returns all of the answer.

    Raises:
        NotFound: It does not exist, or the person does not teach the course.
        Conflict: Somebody else changed it since ``version`` was read.
        Invalid: The comment is empty or too long; ``fields["comment"]``.
    """
    words = _checked(comment)
    row, found = await _standing(work, me, highlight_id, version)
    before = AnswerHighlight(**row.model_dump())
    row.comment, row.version = words, row.version + 1
    await _trail(work, me, found, before=before, after=row)
    return AnnotatedText(found.text, await HighlightRepository(work).of_response(found.response.id))


async def remove(*, work: Work, me: Principal, highlight_id: UUID, version: int) -> AnnotatedText:
    """Take a highlight away; returns all of the answer.

    Raises:
        NotFound: It does not exist, or the person does not teach the course.
        Conflict: Somebody else changed it since ``version`` was read.
    """
    row, found = await _standing(work, me, highlight_id, version)
    await work.session.delete(row)
    await _trail(work, me, found, before=row, after=None)
    return AnnotatedText(found.text, await HighlightRepository(work).of_response(found.response.id))


async def _standing(
    work: Work, me: Principal, highlight_id: UUID, version: int
) -> tuple[AnswerHighlight, _Answer]:
    answer = _answers().join(AnswerHighlight, col(AnswerHighlight.response_id) == col(Response.id))
    if Role.TEACHER not in me.roles:
        raise NotFound
    found = await _one(work, answer.where(col(AnswerHighlight.id) == highlight_id, taught_by(me.user)))
    await work.audit("response.highlighted", response=found.response.id)
    row = await HighlightRepository(work).get(highlight_id, lock=True)
    if row.version != version:
        raise Conflict(N_("Somebody else changed this highlight meanwhile. Load the page again."))
    return row, found


def _checked(comment: str) -> str:
    words = clean_text(comment).strip()
    if is_invisible(words):
        raise Invalid(fields={"comment": N_("Please fill this in.")})
    if len(words) > MAX_COMMENT:
        raise Invalid(fields={"comment": (N_("Use at most {limit} characters."), {"limit": MAX_COMMENT})})
    return words


async def _trail(
    work: Work,
    me: Principal,
    found: _Answer,
    *,
    before: AnswerHighlight | None,
    after: AnswerHighlight | None,
) -> None:
    """Leave an event; a student who sees the grade already sees the change as new."""
    if found.grade is None:
        return
    stand = snapshot(found.grade)
    await record(
        work=work,
        row=found.grade,
        before={**stand, "highlight": _kept(before)},
        after={**stand, "highlight": _kept(after)},
        kind="highlighted",
        reason="",
        actor_id=me.user,
        attempt_id=found.attempt.id,
    )


def _kept(row: AnswerHighlight | None) -> dict[str, Any] | None:
    return None if row is None else {"quote": row.quote[:200], "comment": row.comment}
