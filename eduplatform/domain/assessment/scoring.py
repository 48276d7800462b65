"""Scoring answers: what the rows of a response and of a finished attempt become. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from eduplatform.domain.assessment.availability import EffectivePolicy, late_seconds
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Attempt, AttemptState, QuestionVersion
from eduplatform.domain.assessment.question_types import Outcome, Score, question_type
from eduplatform.domain.assessment.rules import GRACE
from eduplatform.domain.assessment.schemas import Asked
from eduplatform.domain.grading.points import ResponseScore, attempt_points, rounded
from eduplatform.i18n import N_

FULL_MARKS = Message(N_("Everybody got full marks for this question"))


def score(version: QuestionVersion, answer: Any) -> Score:
    """The score of an answer by the key of a version."""
    kind = question_type(version.type)
    stored: object = {} if answer is None else answer
    return kind.score(
        kind.load_body(version.body), kind.load_key(version.answer_key), kind.load_response(stored)
    )


def better(one: Score, other: Score) -> Score:
    """The better of two scores; one that waits for a person wins, because nothing else is known of it."""
    if one.fraction is None or other.fraction is None:
        return one if one.fraction is None else other
    return other if other.fraction > one.fraction else one


def judged(asked: Asked) -> Score:
    """The score of a response, as its question is judged in this assessment."""
    item, answer = asked.item, asked.response.answer
    if item.scoring == "full":
        return Score(Decimal(1), Outcome.CORRECT, (FULL_MARKS,))
    found = score(asked.version, answer)
    if item.scoring == "both" and asked.former is not None:
        return better(found, score(asked.former, answer))
    return found


def response_values(asked: Asked) -> dict[str, Any]:
    """The columns of a response that scoring fills."""
    found = judged(asked)
    return {
        "outcome": str(found.outcome),
        "fraction": found.fraction,
        "explanation": [step.to_json() for step in found.explanation],
        "points": None if found.fraction is None else rounded(found.fraction * asked.item.points),
    }


def attempt_values(
    attempt: Attempt,
    asked: Sequence[Asked],
    scores: Sequence[Mapping[str, Any]],
    *,
    policy: EffectivePolicy,
    moment: datetime,
) -> dict[str, Any]:
    """The columns of an attempt that handing in fills.

    Work that is in at its deadline counts as handed in at that moment, however late it is read.
    """
    over = attempt.deadline_at is not None and moment > attempt.deadline_at
    submitted_at = attempt.deadline_at if over and attempt.deadline_at is not None else moment
    total = attempt_points(
        ResponseScore(possible=one.item.points, fraction=values["fraction"])
        for one, values in zip(asked, scores, strict=True)
    )
    return {
        "submitted_at": submitted_at,
        "late_seconds": late_seconds(
            policy,
            submitted_at=submitted_at,
            started_at=attempt.started_at,
            extra_minutes=attempt.extra_minutes,
        ),
        "auto_submitted": attempt.deadline_at is not None and moment > attempt.deadline_at + GRACE,
        "points": None if total.earned is None else rounded(total.earned),
        "needs_grading": total.unscored > 0,
        "state": str(AttemptState.SUBMITTED),
        "version": attempt.version + 1,
    }
