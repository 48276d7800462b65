"""Telling open pages of changed grades."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.grading.models import Grade
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import GradeReleased, WorkArrived


def publish_change(work: Work, row: Grade, *stands: Mapping[str, Any]) -> None:
    """Tell those who grade; and the student when the grade is, or was until now, to be seen.

    Args:
        work: The open unit of work.
        row: The grade.
        stands: How it stood before and stands after (`grading.service.snapshot`).
    """
    work.publish(Channel.grading(row.assessment_id), WorkArrived(assessment_id=row.assessment_id))
    if any(_seen(one.get("released_at")) for one in stands):
        publish_release(work, row)


def publish_release(work: Work, row: Grade) -> None:
    """Tell the student, and who reads along, that the grade is there."""
    work.publish(Channel.learner(row.user_id), GradeReleased(assessment_id=row.assessment_id))


def _seen(released_at: str | None) -> bool:
    return released_at is not None and datetime.fromisoformat(released_at) <= utc_now()
