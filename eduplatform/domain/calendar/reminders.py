"""Reminding students of work that is due soon, by their own due times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import may_be_due, policies_for
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.assessment.rules import student_page
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.messaging import notifications
from eduplatform.domain.messaging.models import Notification
from eduplatform.i18n import N_

SOON = timedelta(hours=24)
"""How long before its due time somebody is reminded."""


async def remind(*, work: Work, now: datetime | None = None) -> int:
    """Tell each student once of each work that they have not handed in and that is due within a day; for the job.

    Returns:
        How many were told.
    """
    moment = now or utc_now()
    waiting = await _waiting(work, moment)
    if not waiting:
        return 0
    assessments = {one.id: one for _, one in waiting}
    students = sorted({user_id for user_id, _ in waiting})
    policies = await policies_for(work=work, assessments=list(assessments.values()), students=students)
    told = await _told(work, students, moment)
    due: defaultdict[tuple[UUID, datetime], list[UUID]] = defaultdict(list)
    for user_id, one in waiting:
        at = policies[one.id, user_id].due_at
        if (
            at is not None
            and moment < at <= moment + SOON
            and (user_id, student_page(one.kind, one.id), at.isoformat()) not in told
        ):
            due[one.id, at].append(user_id)
    for (key, at), recipients in due.items():
        await notifications.send(
            work=work,
            recipients=recipients,
            kind="due.soon",
            text=N_("Due within a day: {title}"),
            params={"title": assessments[key].title, "due": at.isoformat()},
            href=student_page(assessments[key].kind, key),
            now=moment,
        )
    return sum(map(len, due.values()))


async def _waiting(work: Work, now: datetime) -> list[tuple[UUID, Assessment]]:
    """Students and published work that may be due for them within a day and that they have not handed in."""
    handed_in = sa.exists().where(
        col(Attempt.assessment_id) == col(Assessment.id),
        belongs_to(col(Enrollment.user_id)),
        col(Attempt.state) == AttemptState.SUBMITTED,
    )
    rows = await fetch(
        work,
        select_columns(Enrollment.user_id, Assessment)
        .select_from(Assessment)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .join(Section, col(Section.course_id) == col(Course.id))
        .join(Enrollment, col(Enrollment.section_id) == col(Section.id))
        .where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.status) == PublicationStatus.PUBLISHED,
            col(Course.status) == PublicationStatus.PUBLISHED,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
            may_be_due(col(Enrollment.user_id), now, now + SOON),
            ~handed_in,
        ),
    )
    return [(user_id, assessment) for user_id, assessment in rows]


async def _told(work: Work, students: Sequence[UUID], now: datetime) -> set[tuple[UUID, str, str]]:
    """Who was reminded of what, and of which due time: one that was moved deserves a new word."""
    rows = await fetch(
        work,
        select_columns(Notification.recipient_id, Notification.href, Notification.params).where(
            col(Notification.tenant_id) == work.tenant_id,
            col(Notification.kind) == "due.soon",
            col(Notification.recipient_id).in_(students),
            col(Notification.created_at) >= now - SOON * 3,
        ),
    )
    return {(user_id, href, params.get("due", "")) for user_id, href, params in rows}
