"""What a student may see of a finished attempt, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.attempts import sitting
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.question_types import Outcome, question_type
from eduplatform.domain.assessment.repository import AttemptRepository
from eduplatform.domain.assessment.schemas import Asked
from eduplatform.domain.grading.models import Grade
from eduplatform.security.principal import Principal


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question of a finished attempt.

    Attributes:
        stem_html: The question.
        answer: The student's answer in words; empty when blank.
        outcome: What came of it; ``needs_review`` while it waits for a teacher or for the release of the grade.
        points: None while it waits.
        possible: Points of the question.
        explanation: Why, in sentences; never the right answer.
        solution: The right answer, once the assessment is over for everybody; else empty.
        feedback_html: The author's words.
        comment: The teacher's words.
    """

    stem_html: str
    answer: tuple[Message, ...]
    outcome: str
    points: Decimal | None
    possible: Decimal
    explanation: tuple[Message, ...]
    solution: tuple[Message, ...]
    feedback_html: str
    comment: str


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """A finished or running attempt as its student may see it; ``questions`` are empty while it runs.

    Attributes:
        attempt: The attempt.
        assessment: Its assessment.
        questions: In the order of the attempt.
        points: The sum, None while something waits.
        grade: The student's grade for the assessment, once it is released.
    """

    attempt: Attempt
    assessment: Assessment
    questions: list[QuestionResult]
    points: Decimal | None
    grade: Grade | None

    @property
    def waiting(self) -> bool:
        """Whether a teacher has still to score or release something."""
        return any(one.points is None for one in self.questions)


async def result(
    *, work: Work, me: Principal, attempt_id: UUID, now: datetime | None = None
) -> AttemptResult:
    """One's own attempt as one may see it now; an attempt whose time is over is handed in first.

    Questions that need no person are open at once. What a teacher scored appears with the release of the grade.

    Raises:
        NotFound: It does not exist, or it is another student's.
    """
    moment = now or utc_now()
    found = await sitting(work=work, me=me, attempt_id=attempt_id, now=moment)
    attempt, assessment = found.attempt, found.assessment
    if attempt.state != AttemptState.SUBMITTED:
        return AttemptResult(attempt, assessment, [], None, None)
    grade = await AttemptRepository(work).released_grade(assessment.id, me.user)
    open_key = solutions_are_open(assessment, moment)
    questions = [_question(one, released=grade is not None, open_key=open_key) for one in found.questions]
    known = [one.points for one in questions if one.points is not None]
    points = sum(known, Decimal(0)) if len(known) == len(questions) else None
    return AttemptResult(attempt, assessment, questions, points, grade)


def solutions_are_open(assessment: Assessment, now: datetime) -> bool:
    """Whether nobody can be helped by the right answers any more: it is closed for everybody."""
    return assessment.closes_at is not None and now > assessment.closes_at


def _question(asked: Asked, *, released: bool, open_key: bool) -> QuestionResult:
    version, response = asked.version, asked.response
    kind = question_type(version.type)
    body = kind.load_body(version.body)
    hidden = not released and (response.graded_by is not None or response.outcome == Outcome.NEEDS_REVIEW)
    stored: object = {} if response.answer is None else response.answer
    return QuestionResult(
        stem_html=version.stem_html,
        answer=kind.response_words(body, kind.load_response(stored)),
        outcome=Outcome.NEEDS_REVIEW if hidden else response.outcome,
        points=None if hidden else response.points,
        possible=asked.item.points,
        explanation=() if hidden else tuple(Message.from_json(step) for step in response.explanation),
        solution=kind.solution_words(body, kind.load_key(version.answer_key)) if open_key else (),
        feedback_html=version.feedback_html,
        comment="" if hidden else response.comment,
    )
