"""The rules of a stored assessment, in the form in which availability and grading are worked out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from eduplatform.domain.assessment.availability import (
    AssessmentRules,
    AttemptScoring,
    EffectivePolicy,
    LatePolicy,
    effective_policy,
)
from eduplatform.domain.assessment.models import Assessment
from eduplatform.i18n import N_

GRACE = timedelta(seconds=30)
"""How long after the deadline answers that were on their way are still received."""


class AssessmentKind(StrEnum):
    """What an assessment is called; changes words, not rules."""

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


def rules_of(assessment: Assessment) -> AssessmentRules:
    """The rules of an assessment for a student without any exception."""
    late = assessment.late_percent_per_day
    return AssessmentRules(
        opens_at=assessment.opens_at,
        due_at=assessment.due_at,
        closes_at=assessment.closes_at,
        minutes=assessment.time_limit_minutes or None,
        attempts_allowed=assessment.attempts_allowed or None,
        scoring=AttemptScoring(assessment.scoring),
        late=LatePolicy(percent=Decimal(late)) if late else None,
    )


def policy_of(assessment: Assessment, *, timezone: str) -> EffectivePolicy:
    """The rules of an assessment for one student; ``timezone`` is the tenant's."""
    return effective_policy(assessment=rules_of(assessment), timezone=timezone)
