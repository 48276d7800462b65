"""What a student may see of handed-in work, and from when on: pure, from the assessment and the student's own dates."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from eduplatform.domain.assessment.availability import EffectivePolicy
from eduplatform.domain.assessment.models import Assessment


class Feedback(StrEnum):
    """How much is shown; each level contains the ones before it.

    ``nothing``: that it was handed in. ``points``: how many. ``outcomes``: what was right, question by question.
    ``solutions``: the right answers and the author's explanations.
    """

    NOTHING = "nothing"
    POINTS = "points"
    OUTCOMES = "outcomes"
    SOLUTIONS = "solutions"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return _ORDER.index(self)

    def shows(self, other: Feedback) -> bool:
        """Whether this level contains another one."""
        return self.rank >= other.rank


_ORDER = (Feedback.NOTHING, Feedback.POINTS, Feedback.OUTCOMES, Feedback.SOLUTIONS)


def feedback_at(
    assessment: Assessment, policy: EffectivePolicy, now: datetime, *, others_work: bool
) -> Feedback:
    """What a student may see now of what they have handed in.

    Args:
        assessment: What is shown when.
        policy: The student's own dates.
        now: The server's clock.
        others_work: Whether somebody may still be working on it. Then the right answers that dates would open stay
            closed, whatever the student's own dates say.
    """
    level = Feedback(assessment.feedback_submitted)
    later = Feedback.NOTHING
    if policy.due_at is not None and now > policy.due_at:
        later = max(later, Feedback(assessment.feedback_due), key=_ORDER.index)
    if policy.closes_at is not None and now > policy.closes_at:
        later = max(later, Feedback(assessment.feedback_closed), key=_ORDER.index)
    if others_work and later is Feedback.SOLUTIONS:
        later = Feedback.OUTCOMES
    return max(level, later, key=_ORDER.index)


def points_from(assessment: Assessment, policy: EffectivePolicy, submitted_at: datetime) -> datetime | None:
    """From when on the points of work that needs no person are shown; None: only when a teacher releases them."""
    moments = (
        (assessment.feedback_submitted, submitted_at),
        (assessment.feedback_due, policy.due_at),
        (assessment.feedback_closed, policy.closes_at),
    )
    return min(
        (
            max(moment, submitted_at)
            for level, moment in moments
            if moment and Feedback(level).shows(Feedback.POINTS)
        ),
        default=None,
    )
