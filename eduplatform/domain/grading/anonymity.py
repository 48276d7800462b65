"""Grading without names: who a student is stays on the server until the grade is released."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from eduplatform.config import get_settings
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.grading import policy
from eduplatform.security.principal import Principal

LENGTH = 6


def pseudonym(assessment_id: UUID, user_id: UUID) -> str:
    """Six letters and digits that stand for a student in one assessment, always the same.

    They are sealed with the installation's key: whoever knows the ids of users cannot find out which is which.
    """
    key = hmac.new(
        get_settings().secret_key.get_secret_value().encode(), b"anonymous-grading", hashlib.sha256
    ).digest()
    digest = hmac.new(key, assessment_id.bytes + user_id.bytes, hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:LENGTH]


def is_hidden(assessment: Assessment, released_at: datetime | None, now: datetime) -> bool:
    """Whether graders may not know whose work it is."""
    return assessment.anonymous and (released_at is None or released_at > now)


async def set_anonymous(*, work: Work, me: Principal, assessment_id: UUID, on: bool) -> Assessment:
    """Hide the names of students from all graders of an assessment until their grades are released, or show them.

    Raises:
        NotFound: The person does not teach the course.
    """
    assessment, _course = await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
    if assessment.anonymous != on:
        assessment.anonymous = on
        await work.audit("grade.names_hidden" if on else "grade.names_shown", assessment=assessment_id)
    return assessment
