"""The rules of an assessment as they hold for one student, and the grade that follows: the one place everybody asks.

``effective_policy`` and ``grade`` are pure. ``policies_for`` reads what they need for many assessments and students in
one statement. Nothing else may show or judge a due time, a window, a time limit, a number of attempts or a penalty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, bindparam, column, true
from sqlmodel import col, func

from eduplatform.db.repository import several
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.availability import (
    Accommodation,
    EffectivePolicy,
    Override,
    OverrideTarget,
    with_exceptions,
)
from eduplatform.domain.assessment.models import Assessment, AssessmentOverride, StudentAccommodation
from eduplatform.domain.assessment.rules import rules_of
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.grading.calculation import AttemptScore, GradeResult, GradeStatus, grade
from eduplatform.domain.tenants.models import Tenant

__all__ = [
    "AttemptScore",
    "EffectivePolicy",
    "GradeResult",
    "GradeStatus",
    "Policies",
    "Rules",
    "Student",
    "effective_policy",
    "grade",
    "policies_for",
    "rules_for",
]

_OVERRIDE, _ACCOMMODATION = 1, 2

Policies = Mapping[tuple[UUID, UUID], EffectivePolicy]
"""The rules by assessment and student."""


@dataclass(frozen=True, slots=True)
class Student:
    """A student as far as rules go: the sections that they are in now, and the time zone of their school."""

    user_id: UUID
    timezone: str
    section_ids: frozenset[UUID] = frozenset()


def effective_policy(
    assessment: Assessment,
    student: Student,
    overrides: Iterable[AssessmentOverride] = (),
    accommodations: Iterable[StudentAccommodation] = (),
) -> EffectivePolicy:
    """The rules of an assessment for one student.

    Args:
        assessment: The rules for everybody.
        student: Whose rules are asked for.
        overrides: Any; those of other assessments, students and sections are left out.
        accommodations: Any; those of other students, and those whose period the assessment does not meet, are left out.
    """
    return with_exceptions(
        assessment=rules_of(assessment),
        overrides=[
            _override(one)
            for one in overrides
            if one.assessment_id == assessment.id
            and (one.user_id == student.user_id or one.section_id in student.section_ids)
        ],
        accommodations=[_accommodation(one) for one in accommodations if one.user_id == student.user_id],
        timezone=student.timezone,
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides the rules of some students beside the assessments themselves."""

    timezone: str
    students: tuple[UUID, ...]
    overrides: Mapping[UUID, Sequence[AssessmentOverride]]
    accommodations: Mapping[UUID, Sequence[StudentAccommodation]]

    def policies(self, assessments: Sequence[Assessment]) -> Policies:
        """The rules of assessments that were asked for, as these objects now say them."""
        # Nobody in particular: most students have no exception, and share one answer.
        for_everybody = {one.id: effective_policy(one, Student(one.id, self.timezone)) for one in assessments}
        return {
            (assessment.id, user_id): effective_policy(
                assessment,
                Student(user_id, self.timezone, _sections(self.overrides.get(user_id, ()))),
                self.overrides.get(user_id, ()),
                self.accommodations.get(user_id, ()),
            )
            if user_id in self.overrides or user_id in self.accommodations
            else for_everybody[assessment.id]
            for user_id in self.students
            for assessment in assessments
        }


async def rules_for(*, work: Work, assessments: Sequence[Assessment], students: Sequence[UUID]) -> Rules:
    """What `policies_for` reads, for who needs the rules before and after a change."""
    overrides: defaultdict[UUID, list[AssessmentOverride]] = defaultdict(list)
    accommodations: defaultdict[UUID, list[StudentAccommodation]] = defaultdict(list)
    timezone = ""
    if assessments and students:
        for found, override, reached, accommodation in await _exceptions(
            work, [one.id for one in assessments], students
        ):
            timezone = found
            if override is not None:
                overrides[reached].append(override)
            if accommodation is not None:
                accommodations[accommodation.user_id].append(accommodation)
    return Rules(timezone, tuple(students), overrides, accommodations)


async def policies_for(
    *, work: Work, assessments: Sequence[Assessment], students: Sequence[UUID]
) -> Policies:
    """The rules of each of the assessments for each of the students; one statement, however many there are.

    Access is the caller's to check. A student needs no enrolment: whoever has left a class keeps what is their own.
    """
    return (await rules_for(work=work, assessments=assessments, students=students)).policies(assessments)


def _sections(overrides: Iterable[AssessmentOverride]) -> frozenset[UUID]:
    return frozenset(one.section_id for one in overrides if one.section_id is not None)


async def _exceptions(work: Work, assessments: Sequence[UUID], students: Sequence[UUID]) -> list[Any]:
    """The tenant's time zone on every row, with an override and the student whom it reaches, or an accommodation."""
    return await fetch(
        work,
        _exceptions_of_students(),
        tenant=work.tenant_id,
        assessments=list(assessments),
        students=list(students),
    )


@cache
def _exceptions_of_students() -> Any:
    assessments, students = several("assessments"), several("students")
    kind = (
        func.generate_series(_OVERRIDE, _ACCOMMODATION)
        .table_valued(column("number", Integer), name="kind")
        .render_derived()
    )
    reached: Any = func.coalesce(col(AssessmentOverride.user_id), col(Enrollment.user_id))
    in_section = (
        (col(Enrollment.section_id) == col(AssessmentOverride.section_id))
        & (col(Enrollment.role) == EnrollmentRole.STUDENT)
        & (col(Enrollment.status) == ACTIVE)
        & col(Enrollment.user_id).in_(students)
    )
    return (
        select_columns(Tenant.timezone, AssessmentOverride, reached, StudentAccommodation)
        .select_from(Tenant)
        .join(kind, true())
        .outerjoin(
            AssessmentOverride,
            (kind.c.number == _OVERRIDE)
            & (col(AssessmentOverride.tenant_id) == col(Tenant.id))
            & col(AssessmentOverride.assessment_id).in_(assessments)
            & (col(AssessmentOverride.user_id).is_(None) | col(AssessmentOverride.user_id).in_(students)),
        )
        .outerjoin(Enrollment, in_section)
        .outerjoin(
            StudentAccommodation,
            (kind.c.number == _ACCOMMODATION)
            & (col(StudentAccommodation.tenant_id) == col(Tenant.id))
            & col(StudentAccommodation.user_id).in_(students),
        )
        .where(col(Tenant.id) == bindparam("tenant"))
    )


def _override(row: AssessmentOverride) -> Override:
    return Override(
        target=OverrideTarget.SECTION if row.user_id is None else OverrideTarget.STUDENT,
        opens_at=row.opens_at,
        due_at=row.due_at,
        closes_at=row.closes_at,
        minutes=row.minutes,
        attempts_allowed=row.attempts_allowed,
    )


def _accommodation(row: StudentAccommodation) -> Accommodation:
    return Accommodation(
        time_multiplier=row.time_multiplier,
        extra_attempts=row.extra_attempts,
        due_shift_days=row.due_shift_days,
        due_shift_hours=row.due_shift_hours,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
