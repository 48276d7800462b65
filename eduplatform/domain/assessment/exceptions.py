"""Exceptions: other dates of one assessment for a student or a class, and supports that a student has everywhere.

Whoever changes one also lets running attempts have the time that they now have, and works out the grades of what was
handed in already. Nothing here takes time from an attempt that is running.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.availability import (
    EffectivePolicy,
    attempt_deadline,
    late_seconds,
)
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.exception_repository import (
    AccommodationRepository,
    ExcusedRow,
    OverrideRepository,
    OverrideRow,
    Student,
)
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentOverride,
    Attempt,
    AttemptState,
    StudentAccommodation,
)
from eduplatform.domain.assessment.policy import require_assessment_author
from eduplatform.domain.assessment.repository import AttemptRepository
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.assessment.settings import MAX_ATTEMPTS, MAX_MINUTES
from eduplatform.domain.courses.models import Course
from eduplatform.domain.grading import settlement
from eduplatform.domain.grading.service import required_reason
from eduplatform.errors import FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal

MAX_MULTIPLIER = Decimal(10)
MAX_SHIFT_DAYS = 60
MAX_SHIFT_HOURS = 23
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideDraft:
    """Other rules for one target; None keeps the rule of the assessment. ``reason`` is for teachers and the student."""

    user_id: UUID | None = None
    section_id: UUID | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    minutes: int | None = None
    attempts_allowed: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccommodationDraft:
    """A support as it is entered; it applies to what is open between ``starts_at`` and ``ends_at``."""

    time_multiplier: Decimal = Decimal(1)
    extra_attempts: int = 0
    due_shift_days: int = 0
    due_shift_hours: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OwnRules:
    """A student whose rules differ from those of the class, and why: reasons of overrides and of supports."""

    student: Student
    policy: EffectivePolicy
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Everything that is different for somebody in one assessment.

    Attributes:
        assessment: The rules for everybody.
        course: Its course.
        overrides: Own dates of students and classes.
        students: Everybody who takes the course, by name.
        sections: The classes of the course: id and name.
        own_rules: The students whose rules differ in the end.
        excused: Students who need not do it, and why.
    """

    assessment: Assessment
    course: Course
    overrides: list[OverrideRow]
    students: list[Student]
    sections: list[tuple[UUID, str]]
    own_rules: list[OwnRules]
    excused: list[ExcusedRow]


async def exceptions_of(*, work: Work, me: Principal, assessment_id: UUID) -> Exceptions:
    """Who has other rules in an assessment, and why; seven statements.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    assessment, course = await require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    overrides = OverrideRepository(work)
    rows = await overrides.of_assessment(assessment_id)
    students = await overrides.students(course.id)
    ids = list({one.user_id for one in students})
    policies = await policies_for(work=work, assessments=[assessment], students=ids)
    reasons = await AccommodationRepository(work).reasons(ids)
    own: dict[UUID, OwnRules] = {}
    for student in students:
        policy = policies[(assessment_id, student.user_id)]
        if not policy.adjustments or student.user_id in own:
            continue
        why = [
            row.override.reason
            for row in rows
            if row.override.user_id == student.user_id or row.override.section_id == student.section_id
        ]
        why += reasons.get(student.user_id, [])
        own[student.user_id] = OwnRules(student, policy, tuple(dict.fromkeys(why)))
    return Exceptions(
        assessment=assessment,
        course=course,
        overrides=rows,
        students=students,
        sections=await overrides.sections(course.id),
        own_rules=list(own.values())[:MOST_SHOWN],
        excused=await overrides.excused(assessment_id),
    )


async def save_override(
    *, work: Work, me: Principal, assessment_id: UUID, draft: OverrideDraft
) -> AssessmentOverride:
    """Give a student or a class other rules; what they had before is replaced.

    Raises:
        NotFound: The assessment is not the person's, or the target does not take its course.
        Invalid: With a message per field.
    """
    assessment, course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    _check_override(assessment, draft)
    reason = required_reason(draft.reason)
    overrides = OverrideRepository(work)
    reached = await overrides.reached(course.id, user_id=draft.user_id, section_id=draft.section_id)
    await work.audit(
        "assessment.override",
        assessment=assessment_id,
        student=draft.user_id,
        section=draft.section_id,
    )
    row = await overrides.of_target(assessment_id, draft.user_id, draft.section_id)
    if row is None:
        row = AssessmentOverride(
            assessment_id=assessment_id, user_id=draft.user_id, section_id=draft.section_id
        )
        work.session.add(row)
    row.opens_at, row.due_at, row.closes_at = draft.opens_at, draft.due_at, draft.closes_at
    row.minutes, row.attempts_allowed, row.reason = draft.minutes, draft.attempts_allowed, reason
    await work.flush()
    await _carry_out(work, me, assessment_id=assessment_id, users=reached, reason=reason)
    return row


async def remove_override(*, work: Work, me: Principal, assessment_id: UUID, override_id: UUID) -> None:
    """Let the rules of the assessment hold again. A running attempt keeps the time that it has.

    Raises:
        NotFound: The assessment is not the person's, or there is no such override in it.
    """
    _assessment, course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    overrides = OverrideRepository(work)
    row = await overrides.get(override_id)
    if row.assessment_id != assessment_id:
        raise NotFound
    reached = await overrides.reached(course.id, user_id=row.user_id, section_id=row.section_id)
    await work.audit("assessment.override_removed", assessment=assessment_id, override=override_id)
    await overrides.delete(row)
    await _carry_out(work, me, assessment_id=assessment_id, users=reached, reason=row.reason)


def _check_override(assessment: Assessment, draft: OverrideDraft) -> None:
    problems: dict[str, FieldText] = {}
    if (draft.user_id is None) == (draft.section_id is None):
        problems["target"] = N_("Choose a student or a class.")
    limits = (("minutes", MAX_MINUTES), ("attempts_allowed", MAX_ATTEMPTS))
    for name, most in limits:
        value = getattr(draft, name)
        if value is not None and not 1 <= value <= most:
            problems[name] = (N_("Enter a number from {least} to {most}."), {"least": "1", "most": str(most)})
    if draft.minutes is not None and not assessment.time_limit_minutes:
        problems["minutes"] = N_("This assessment has no time limit.")
    opens = draft.opens_at or assessment.opens_at
    due, closes = draft.due_at or assessment.due_at, draft.closes_at or assessment.closes_at
    if opens and due and due <= opens:
        problems["due_at"] = N_("The due time is before the opening time.")
    if draft.due_at and draft.closes_at and draft.closes_at < draft.due_at:
        problems["closes_at"] = N_("It closes before it is due.")
    elif opens and closes and closes <= opens:
        problems["closes_at"] = N_("It closes before it opens.")
    changed = (draft.opens_at, draft.due_at, draft.closes_at, draft.minutes, draft.attempts_allowed)
    if not problems and all(value is None for value in changed):
        problems["due_at"] = N_("Enter at least one thing that is different.")
    if problems:
        raise Invalid(fields=problems)


# Supports


async def require_supporter(*, work: Work, me: Principal, user_id: UUID) -> User:
    """A student, for the administration and for those who teach them.

    Raises:
        NotFound: There is no such student, or the person has nothing to do with them.
    """
    me.require(Permission.SUPPORT_EDIT)
    found = await AccommodationRepository(work).student(
        user_id, taught_by_user=None if Role.ADMIN in me.roles else me.user
    )
    if found is None or Role.STUDENT not in found.roles:
        raise NotFound
    return found


async def accommodations_of(
    *, work: Work, me: Principal, user_id: UUID
) -> tuple[User, list[StudentAccommodation]]:
    """A student and the supports that they have, newest period first.

    Raises:
        NotFound: There is no such student, or the person has nothing to do with them.
    """
    user = await require_supporter(work=work, me=me, user_id=user_id)
    return user, await AccommodationRepository(work).of_student(user_id)


async def save_accommodation(
    *,
    work: Work,
    me: Principal,
    user_id: UUID,
    draft: AccommodationDraft,
    accommodation_id: UUID | None = None,
) -> StudentAccommodation:
    """Give a student a support, or change one. It applies everywhere at once, also to what is running.

    Raises:
        NotFound: There is no such student or support, or the person has nothing to do with them.
        Invalid: With a message per field.
    """
    await require_supporter(work=work, me=me, user_id=user_id)
    _check_accommodation(draft)
    reason = required_reason(draft.reason)
    rows = AccommodationRepository(work)
    row = StudentAccommodation(user_id=user_id)
    if accommodation_id is not None:
        row = await rows.get(accommodation_id)
        if row.user_id != user_id:
            raise NotFound
    await work.audit("student.accommodation", student=user_id)
    work.session.add(row)
    row.time_multiplier, row.extra_attempts = draft.time_multiplier, draft.extra_attempts
    row.due_shift_days, row.due_shift_hours = draft.due_shift_days, draft.due_shift_hours
    row.starts_at, row.ends_at, row.reason = draft.starts_at, draft.ends_at, reason
    await work.flush()
    await _carry_out(work, me, users=[user_id], reason=N_("Support changed"))
    return row


async def remove_accommodation(*, work: Work, me: Principal, user_id: UUID, accommodation_id: UUID) -> None:
    """Take a support away, as if it had never been. A running attempt keeps the time that it has.

    Raises:
        NotFound: There is no such student or support, or the person has nothing to do with them.
    """
    await require_supporter(work=work, me=me, user_id=user_id)
    rows = AccommodationRepository(work)
    row = await rows.get(accommodation_id)
    if row.user_id != user_id:
        raise NotFound
    await work.audit("student.accommodation_removed", student=user_id)
    await rows.delete(row)
    await _carry_out(work, me, users=[user_id], reason=N_("Support changed"))


def _check_accommodation(draft: AccommodationDraft) -> None:
    problems: dict[str, FieldText] = {}
    if not (draft.time_multiplier.is_finite() and 1 <= draft.time_multiplier <= MAX_MULTIPLIER):
        limits = {"least": "1", "most": str(MAX_MULTIPLIER)}
        problems["time_multiplier"] = (N_("Enter a number from {least} to {most}."), limits)
    most = (
        ("extra_attempts", MAX_ATTEMPTS),
        ("due_shift_days", MAX_SHIFT_DAYS),
        ("due_shift_hours", MAX_SHIFT_HOURS),
    )
    for name, limit in most:
        if not 0 <= getattr(draft, name) <= limit:
            problems[name] = (N_("Enter a number from 0 to {limit}."), {"limit": str(limit)})
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        problems["ends_at"] = N_("It ends before it begins.")
    if not problems and draft.time_multiplier == 1 and not any(getattr(draft, name) for name, _limit in most):
        problems["time_multiplier"] = N_("Enter at least one thing that is different.")
    if problems:
        raise Invalid(fields=problems)


# What a change does to attempts and grades


async def _carry_out(
    work: Work,
    me: Principal,
    *,
    users: Sequence[UUID],
    reason: str,
    assessment_id: UUID | None = None,
) -> None:
    """Give running attempts their new time, and judge the lateness of what was handed in anew."""
    attempts = AttemptRepository(work)
    found = await attempts.touched(user_ids=users, assessment_id=assessment_id)
    if not found:
        return
    policies = await policies_for(
        work=work,
        assessments=list({one.id: one for _, one in found}.values()),
        students=sorted({attempt.user_id for attempt, _ in found}),
    )
    changes: list[dict[str, Any]] = []
    for attempt, assessment in found:
        values = _times(attempt, policies[(assessment.id, attempt.user_id)])
        if values != (attempt.deadline_at, attempt.late_seconds):
            changes.append({"id": attempt.id, "deadline_at": values[0], "late_seconds": values[1]})
    await attempts.update_many(changes)
    await settlement.settle_all(
        work=work,
        pairs=sorted(
            {
                (assessment.id, attempt.user_id)
                for attempt, assessment in found
                if attempt.state == AttemptState.SUBMITTED and assessment.kind != AssessmentKind.PRACTICE
            }
        ),
        actor_id=me.user,
        kind="recalculated",
        reason=reason,
        policies=policies,
    )


def _times(attempt: Attempt, policy: EffectivePolicy) -> tuple[datetime | None, int]:
    """The deadline of a running attempt, never earlier than it was; the lateness of one that was handed in."""
    if attempt.state == AttemptState.IN_PROGRESS:
        deadline = attempt_deadline(policy, attempt.started_at, extra_minutes=attempt.extra_minutes)
        later = attempt.deadline_at is not None and (deadline is None or deadline > attempt.deadline_at)
        return (deadline if later else attempt.deadline_at), attempt.late_seconds
    if attempt.submitted_at is None:
        return attempt.deadline_at, attempt.late_seconds
    late = late_seconds(
        policy,
        submitted_at=attempt.submitted_at,
        started_at=attempt.started_at,
        extra_minutes=attempt.extra_minutes,
    )
    return attempt.deadline_at, late
