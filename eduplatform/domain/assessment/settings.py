"""The settings of an assessment: what they may be, and which of them stay once it is published."""

from __future__ import annotations

from eduplatform.domain.assessment.availability import AttemptScoring
from eduplatform.domain.assessment.feedback import Feedback
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.domain.assessment.types.text import clean_line, clean_text, is_invisible
from eduplatform.errors import FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.security.passwords import hash_password
from eduplatform.security.rich_text import render_markdown

MAX_TITLE = 160
MAX_INSTRUCTIONS = 20_000
MAX_MINUTES = 1_440
MAX_ATTEMPTS = 20
MIN_PASSWORD = 4
MAX_PASSWORD = 64
MAX_GRACE = 10_080

LOCKED_WHEN_PUBLISHED = (
    "kind",
    "time_limit_minutes",
    "scoring",
    "late_percent_per_day",
    "late_period",
    "late_grace_minutes",
    "late_max_percent",
    "missing_percent",
    "shuffle",
    "shuffle_options",
)
"""Settings that decide how work is done or graded; beside them the questions, their order, points and rubrics."""

_LIMITS = (
    ("time_limit_minutes", MAX_MINUTES),
    ("attempts_allowed", MAX_ATTEMPTS),
    ("late_percent_per_day", 100),
    ("late_grace_minutes", MAX_GRACE),
    ("late_max_percent", 100),
    ("missing_percent", 100),
)
_WORDS = (
    ("kind", AssessmentKind),
    ("scoring", AttemptScoring),
    ("late_period", ("day", "hour")),
    ("feedback_submitted", Feedback),
    ("feedback_due", Feedback),
    ("feedback_closed", Feedback),
)
_COPIED = (
    "kind",
    "module_id",
    "opens_at",
    "due_at",
    "closes_at",
    "time_limit_minutes",
    "attempts_allowed",
    "scoring",
    "late_percent_per_day",
    "late_period",
    "late_grace_minutes",
    "late_max_percent",
    "missing_percent",
    "shuffle",
    "shuffle_options",
    "feedback_submitted",
    "feedback_due",
    "feedback_closed",
)


async def hashed(draft: AssessmentDraft) -> str | None:
    """The stored form of a new password: empty for none, None when it stays as it is.

    Raises:
        Invalid: It is too short or too long; ``fields["password"]``.
    """
    if not draft.password:
        return draft.password
    if not MIN_PASSWORD <= len(draft.password) <= MAX_PASSWORD:
        limits = {"least": str(MIN_PASSWORD), "most": str(MAX_PASSWORD)}
        raise Invalid(fields={"password": (N_("Use {least} to {most} characters."), limits)})
    return await hash_password(draft.password)


def refuse_locked(assessment: Assessment, draft: AssessmentDraft) -> None:
    """Refuse changes that a published assessment does not allow.

    Raises:
        Invalid: With a message per field.
    """
    message = N_("This cannot change while the assessment is published.")
    fields: dict[str, FieldText] = {
        name: message for name in LOCKED_WHEN_PUBLISHED if getattr(assessment, name) != getattr(draft, name)
    }
    before, after = assessment.attempts_allowed, draft.attempts_allowed
    if before != after and after != 0 and (before == 0 or after < before):
        fields["attempts_allowed"] = N_("Attempts can be added, not taken away, while it is published.")
    if fields:
        raise Invalid(fields=fields)


def apply(assessment: Assessment, draft: AssessmentDraft) -> None:
    """Put checked settings into an assessment; the password aside.

    Raises:
        Invalid: With a message per field.
    """
    title = " ".join(clean_line(draft.title).split())
    instructions = clean_text(draft.instructions).strip()
    problems: dict[str, FieldText] = {}
    if is_invisible(title):
        problems["title"] = N_("Please fill this in.")
    elif len(title) > MAX_TITLE:
        problems["title"] = (N_("This is too long: at most {limit} characters."), {"limit": str(MAX_TITLE)})
    for name, most in _LIMITS:
        if not 0 <= (getattr(draft, name) or 0) <= most:
            problems[name] = (N_("Enter a number from 0 to {limit}."), {"limit": str(most)})
    for name, words in _WORDS:
        if getattr(draft, name) not in set(words):
            problems[name] = N_("Please check this.")
    problems |= _feedback_problems(draft)
    if any(moment and moment.tzinfo is None for moment in (draft.opens_at, draft.due_at, draft.closes_at)):
        raise ValueError("times carry a zone")
    html = ""
    try:
        if len(instructions) > MAX_INSTRUCTIONS:
            raise Invalid(N_("This text is too long."))
        html = render_markdown(instructions)
    except Invalid as error:
        problems["instructions"] = error.detail
    if (draft.kind == AssessmentKind.ASSIGNMENT) != (assessment.kind == AssessmentKind.ASSIGNMENT):
        # An assignment has its own builder, and exactly one question.
        problems["kind"] = N_("Please check this.")
    if problems:
        raise Invalid(fields=problems)
    assessment.title, assessment.instructions, assessment.instructions_html = title, instructions, html
    for name in _COPIED:
        setattr(assessment, name, getattr(draft, name))


def _feedback_problems(draft: AssessmentDraft) -> dict[str, FieldText]:
    """What was shown once cannot be hidden later."""
    stages = ("feedback_submitted", "feedback_due", "feedback_closed")
    words = [getattr(draft, name) for name in stages]
    if not all(word in set(Feedback) for word in words):
        return {}
    return {
        name: N_("Later, students see at least what they saw before.")
        for name, earlier, later in zip(stages[1:], words, words[1:], strict=False)
        if not Feedback(later).shows(Feedback(earlier))
    }
