"""More time for attempts that are running, and ending one at once.

Extra minutes come on top of everything that the rules give; they never take time away, they add up in any order, and a
student with double time gets them doubled. What comes after the end of an attempt extends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import pulse
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.extension_models import TimeExtension
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.monitor_repository import MonitorRepository
from eduplatform.domain.assessment.policy import require_assessment_author
from eduplatform.domain.assessment.repository import AttemptRepository
from eduplatform.domain.assessment.rules import GRACE
from eduplatform.domain.grading.service import required_reason
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import DeadlineMoved
from eduplatform.security.principal import Principal

MAX_EXTRA_MINUTES = 240

CLOSE_JOB = "attempts.close"
"""The job that hands in the attempts at an assessment whose time is over."""


class _Extensions(Repository[TimeExtension]):
    model = TimeExtension


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDraft:
    """What a teacher decided.

    Attributes:
        minutes: For a student without extended time.
        reason: For the record and for the student.
        request_id: The decision's own id: the same one that arrives twice counts once.
        attempt_ids: Whose time; None means everybody who is working.
        section_id: Only students of this section.
    """

    minutes: int
    reason: str
    request_id: UUID
    attempt_ids: Sequence[UUID] | None = None
    section_id: UUID | None = None


def granted_minutes(minutes: int, multiplier: Decimal) -> int:
    """What a student gets when the class gets ``minutes``: double time doubles them; begun minutes count in full."""
    return int((minutes * multiplier).to_integral_value(ROUND_CEILING))


async def extend(
    *, work: Work, me: Principal, assessment_id: UUID, draft: ExtensionDraft, now: datetime | None = None
) -> int:
    """Give running attempts more time; eight statements, however many they are.

    Attempts without a deadline and those whose time is over are left alone.

    Returns:
        How many students have more time by this decision, those of an earlier delivery of it included.

    Raises:
        NotFound: The assessment does not exist, or the person does not teach its course.
        Invalid: With a message per field.
        Conflict: Nobody among them is working against a deadline.
    """
    moment = now or utc_now()
    assessment, _course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    if not 1 <= draft.minutes <= MAX_EXTRA_MINUTES:
        limits = {"least": "1", "most": str(MAX_EXTRA_MINUTES)}
        raise Invalid(fields={"minutes": (N_("Enter a number from {least} to {most}."), limits)})
    reason = required_reason(draft.reason)
    found = await MonitorRepository(work).extendable(
        assessment_id,
        attempt_ids=draft.attempt_ids,
        section_id=draft.section_id,
        request_id=draft.request_id,
        now=moment,
    )
    if not found:
        raise Conflict(N_("Nobody of them is working against the clock at the moment."))
    fresh = [attempt for attempt, done in found if not done]
    if fresh:
        await _give(work, me, assessment, fresh, draft, reason)
    return len(found)


async def _give(
    work: Work,
    me: Principal,
    assessment: Assessment,
    attempts: Sequence[Attempt],
    draft: ExtensionDraft,
    reason: str,
) -> None:
    policies = await policies_for(
        work=work, assessments=[assessment], students=sorted({one.user_id for one in attempts})
    )
    granted = {
        one.id: granted_minutes(draft.minutes, policies[(assessment.id, one.user_id)].time_multiplier)
        for one in attempts
    }
    await AttemptRepository(work).update_many(
        [
            {
                "id": one.id,
                "extra_minutes": one.extra_minutes + granted[one.id],
                "deadline_at": one.deadline_at + timedelta(minutes=granted[one.id]),
            }
            for one in attempts
            if one.deadline_at is not None
        ]
    )
    await _Extensions(work).insert_many(
        [
            {
                "attempt_id": one.id,
                "request_id": draft.request_id,
                "minutes": granted[one.id],
                "reason": reason,
                "created_by": me.user,
            }
            for one in attempts
        ]
    )
    await work.audit(
        "attempt.extended",
        assessment=assessment.id,
        minutes=draft.minutes,
        attempts=[one.id for one in attempts],
    )
    for one in attempts:
        work.publish(Channel.attempt(one.id), DeadlineMoved(one.id))
    pulse.moved(work, assessment.id)


async def end(
    *, work: Work, me: Principal, assessment_id: UUID, attempt_id: UUID, now: datetime | None = None
) -> None:
    """End one attempt now: the student's page hands in what is there, and the server does so when the page is gone.

    Ending what is over changes nothing.

    Raises:
        NotFound: The attempt is not one at this assessment, or the person does not teach its course.
    """
    moment = now or utc_now()
    await require_assessment_author(work=work, me=me, assessment_id=assessment_id, lock=True)
    attempt = await AttemptRepository(work).get(attempt_id, lock=True)
    if attempt.assessment_id != assessment_id:
        raise NotFound
    over = attempt.deadline_at is not None and attempt.deadline_at <= moment
    if attempt.state != AttemptState.IN_PROGRESS or over:
        return
    attempt.deadline_at = moment
    await work.flush()
    await work.audit("attempt.ended", assessment=assessment_id, attempt=attempt_id, student=attempt.user_id)
    await work.enqueue(
        CLOSE_JOB, not_before=moment + GRACE + timedelta(seconds=1), assessment_id=str(assessment_id)
    )
    work.publish(Channel.attempt(attempt_id), DeadlineMoved(attempt_id))
    pulse.moved(work, assessment_id)
