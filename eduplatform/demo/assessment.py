"""Exceptions, random questions and a corrected key for the demonstration, made through the real services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.demo.seed import SeededCourse
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment import exceptions, pools, regrade, service
from eduplatform.domain.assessment.exceptions import AccommodationDraft, OverrideDraft
from eduplatform.domain.assessment.rules import KIND_DEFAULTS
from eduplatform.domain.assessment.schemas import AssessmentDraft, PoolDraft
from eduplatform.domain.tenants.models import Tenant
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

EXAM_PASSWORD = "demo-exam"  # noqa: S105 - a demonstration account's, printed in the guide


async def add_exceptions(*, tenant: Tenant, courses: Sequence[SeededCourse]) -> None:
    """In the first course of a tenant: an exam with a password and random questions, practice, a student with double
    time, an extension, and a question that was corrected.
    """
    seeded = courses[0]
    me = _principal(tenant, seeded.teachers[0])
    async with unit_of_work(me) as work:
        await _practice(work, me, seeded)
        exam_id = await _exam(work, me, seeded)
        double, other = seeded.students[1], seeded.students[2]
        now = utc_now()
        await exceptions.save_accommodation(
            work=work,
            me=me,
            user_id=double.id,
            draft=AccommodationDraft(
                time_multiplier=Decimal(2),
                due_shift_days=2,
                starts_at=now - timedelta(days=1),
                reason="Support plan 2026-04, agreed with the family",
            ),
        )
        await exceptions.save_override(
            work=work,
            me=me,
            assessment_id=exam_id,
            draft=OverrideDraft(
                user_id=other.id,
                due_at=now + timedelta(days=10),
                closes_at=now + timedelta(days=10),
                reason="Away with the orchestra",
            ),
        )
        await _corrected(work, me, seeded)


async def _practice(work: Work, me: Principal, seeded: SeededCourse) -> None:
    draft = AssessmentDraft(
        title="Practice: a few questions to warm up",
        kind="practice",
        instructions="Try as often as you like. Each time you get other questions, and you see the right answers at once.",
        shuffle_options=True,
        **KIND_DEFAULTS["practice"],
    )
    one = await service.create_assessment(work=work, me=me, course_id=seeded.course.id, draft=draft)
    await pools.save_pool(work=work, me=me, assessment_id=one.id, draft=PoolDraft(draw=5, points=Decimal(1)))
    await service.publish(work=work, me=me, assessment_id=one.id)


async def _exam(work: Work, me: Principal, seeded: SeededCourse) -> UUID:
    now = utc_now()
    draft = AssessmentDraft(
        title="End of unit exam",
        kind="exam",
        instructions="You get the password at the beginning of the lesson. Everybody gets other questions.",
        opens_at=now - timedelta(hours=1),
        due_at=now + timedelta(days=5),
        closes_at=now + timedelta(days=5),
        time_limit_minutes=30,
        shuffle=True,
        password=EXAM_PASSWORD,
        **KIND_DEFAULTS["exam"],
    )
    one = await service.create_assessment(work=work, me=me, course_id=seeded.course.id, draft=draft)
    await pools.save_pool(work=work, me=me, assessment_id=one.id, draft=PoolDraft(draw=6, points=Decimal(2)))
    await service.publish(work=work, me=me, assessment_id=one.id)
    return one.id


async def _corrected(work: Work, me: Principal, seeded: SeededCourse) -> None:
    """The first question of the first quiz that somebody has answered: everybody got full marks."""
    for _facts, assessment in seeded.assessments:
        found = await regrade.regradable(work=work, me=me, assessment_id=assessment.id)
        if not found.questions:
            continue
        await regrade.apply(
            work=work,
            me=me,
            assessment_id=assessment.id,
            item_id=found.questions[0].item.id,
            mode="full",
            reason="Two of the choices could be read as right",
        )
        return


def _principal(tenant: Tenant, teacher: User) -> Principal:
    return Principal(
        session_id=new_id(),
        identity_id=teacher.identity_id or new_id(),
        tenant_id=tenant.id,
        user_id=teacher.id,
        roles=frozenset({Role.TEACHER}),
        name=f"{teacher.given_name} {teacher.family_name}",
        email=teacher.email,
        locale="en",
        timezone=tenant.timezone,
    )
