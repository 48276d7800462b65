"""The rules of a stored assessment, in the form in which availability and grading are worked out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from eduplatform.domain.assessment.availability import (
    AssessmentRules,
    AttemptScoring,
    LatePolicy,
)
from eduplatform.domain.assessment.models import Assessment
from eduplatform.i18n import N_

GRACE = timedelta(seconds=30)
"""How long after the deadline answers that were on their way are still received."""


class AssessmentKind(StrEnum):
    """What an assessment is; practice has no limit of attempts and never counts."""

    QUIZ = "quiz"
    ASSIGNMENT = "assignment"
    EXAM = "exam"
    PRACTICE = "practice"


KIND_NAMES: dict[str, str] = {
    AssessmentKind.QUIZ: N_("Quiz"),
    AssessmentKind.ASSIGNMENT: N_("Assignment"),
    AssessmentKind.EXAM: N_("Exam"),
    AssessmentKind.PRACTICE: N_("Practice"),
}


KIND_DEFAULTS: dict[str, dict[str, Any]] = {
    AssessmentKind.QUIZ: {},
    AssessmentKind.ASSIGNMENT: {},
    AssessmentKind.EXAM: {
        "attempts_allowed": 1,
        "feedback_submitted": "nothing",
        "feedback_due": "nothing",
        "feedback_closed": "solutions",
    },
    AssessmentKind.PRACTICE: {
        "attempts_allowed": 0,
        "feedback_submitted": "solutions",
        "feedback_due": "solutions",
        "feedback_closed": "solutions",
    },
}
"""The settings with which an assessment of a kind begins; its author may change them."""


def rules_of(assessment: Assessment) -> AssessmentRules:
    """The rules of an assessment for a student without any exception; practice has no limit and costs nothing."""
    counts = assessment.kind != AssessmentKind.PRACTICE
    return AssessmentRules(
        opens_at=assessment.opens_at,
        due_at=assessment.due_at,
        closes_at=assessment.closes_at,
        minutes=assessment.time_limit_minutes or None,
        attempts_allowed=(assessment.attempts_allowed or None) if counts else None,
        scoring=AttemptScoring(assessment.scoring),
        late=_late(assessment) if counts else None,
        counts=counts,
    )


def _late(assessment: Assessment) -> LatePolicy | None:
    missing = assessment.missing_percent
    if not assessment.late_percent_per_day and missing is None and not assessment.late_grace_minutes:
        return None
    return LatePolicy(
        percent=Decimal(assessment.late_percent_per_day),
        period="hour" if assessment.late_period == "hour" else "day",
        max_percent=Decimal(assessment.late_max_percent),
        grace_minutes=assessment.late_grace_minutes,
        missing_percent=None if missing is None else Decimal(missing),
    )


def student_page(kind: str, assessment_id: UUID) -> str:
    """Where a student works on an assessment."""
    room = "assignments" if kind == AssessmentKind.ASSIGNMENT else "assessments"
    return f"/learn/{room}/{assessment_id}"
