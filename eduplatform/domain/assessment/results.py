"""What a student may see of a finished attempt, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.attempts import as_of, asked_of
from eduplatform.domain.assessment.effective import EffectivePolicy, policies_for
from eduplatform.domain.assessment.feedback import Feedback, feedback_at
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.question_types import Outcome, question_type
from eduplatform.domain.assessment.repository import AttemptRepository
from eduplatform.domain.assessment.schemas import Asked
from eduplatform.domain.grading.models import Grade
from eduplatform.security.principal import Principal

WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question of a finished attempt.

    Attributes:
        stem_html: The question.
        answer: The student's answer in words; empty when blank.
        outcome: What came of it; ``needs_review`` while it waits for a teacher or for the release of the grade, and
            ``withheld`` while the feedback policy shows no outcomes.
        points: None while it waits or is withheld.
        possible: Points of the question.
        explanation: Why, in sentences; never the right answer.
        solution: The right answer, once the feedback policy shows it; else empty.
        feedback_html: The author's words, with the right answer.
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
        points: The sum, None while something waits or is withheld.
        grade: The student's grade for the assessment, once it is released.
        feedback: What the student sees now.
        counts: Whether it makes a grade; practice does not.
    """

    attempt: Attempt
    assessment: Assessment
    questions: list[QuestionResult]
    points: Decimal | None
    grade: Grade | None
    feedback: Feedback = Feedback.NOTHING
    counts: bool = True

    @property
    def waiting(self) -> bool:
        """Whether a teacher has still to score or release something."""
        return any(one.outcome == Outcome.NEEDS_REVIEW and one.points is None for one in self.questions)


async def result(
    *, work: Work, me: Principal, attempt_id: UUID, now: datetime | None = None
) -> AttemptResult:
    """One's own attempt as one may see it now; an attempt whose time is over is handed in first.

    The feedback policy decides what is open. What a teacher scored appears with the release of the grade, in practice
    at once.

    Raises:
        NotFound: It does not exist, or it is another student's.
    """
    moment = now or utc_now()
    attempt, assessment = await as_of(work=work, me=me, attempt_id=attempt_id, now=moment)
    if attempt.state != AttemptState.SUBMITTED:
        return AttemptResult(attempt, assessment, [], None, None)
    asked = await asked_of(work=work, attempt=attempt, assessment=assessment)
    attempts = AttemptRepository(work)
    grade = await attempts.released_grade(assessment.id, me.user)
    policy = (await policies_for(work=work, assessments=[assessment], students=[me.user]))[
        (assessment.id, me.user)
    ]
    level = await feedback_now(work=work, assessment=assessment, policy=policy, now=moment)
    released = grade is not None or not policy.counts
    questions = [_question(one, released=released, level=level) for one in asked]
    scored = [_points(one, released=released) for one in asked]
    known = [points for points in scored if points is not None]
    visible = len(known) == len(scored) and level.shows(Feedback.POINTS)
    points = sum(known, Decimal(0)) if visible else None
    return AttemptResult(attempt, assessment, questions, points, grade, level, policy.counts)


async def feedback_now(
    *, work: Work, assessment: Assessment, policy: EffectivePolicy, now: datetime
) -> Feedback:
    """What a student with these rules may see now; asks whether somebody still works only when that matters."""
    level = feedback_at(assessment, policy, now, others_work=False)
    if level is not Feedback.SOLUTIONS or Feedback(assessment.feedback_submitted) is level:
        return level
    end = await AttemptRepository(work).open_until(assessment)
    return feedback_at(assessment, policy, now, others_work=end is not None and end > now)


def _points(asked: Asked, *, released: bool) -> Decimal | None:
    """The points of a question as far as its student may know of them."""
    hidden = not released and (
        asked.response.graded_by is not None or asked.response.outcome == Outcome.NEEDS_REVIEW
    )
    return None if hidden else asked.response.points


def _question(asked: Asked, *, released: bool, level: Feedback) -> QuestionResult:
    version, response = asked.version, asked.response
    kind = question_type(version.type)
    body = kind.load_body(version.body)
    points = _points(asked, released=released)
    hidden = points is None
    outcomes, solutions = level.shows(Feedback.OUTCOMES), level.shows(Feedback.SOLUTIONS)
    stored: object = {} if response.answer is None else response.answer
    outcome = Outcome.NEEDS_REVIEW if hidden else response.outcome
    return QuestionResult(
        stem_html=version.stem_html,
        answer=kind.response_words(body, kind.load_response(stored)),
        outcome=outcome if outcomes else WITHHELD,
        points=points if outcomes else None,
        possible=asked.item.points,
        explanation=tuple(Message.from_json(step) for step in response.explanation)
        if outcomes and not hidden
        else (),
        solution=kind.solution_words(body, kind.load_key(version.answer_key)) if solutions else (),
        feedback_html=version.feedback_html if solutions else "",
        comment="" if hidden or not outcomes else response.comment,
    )
