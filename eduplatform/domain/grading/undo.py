"""Taking back one's last marking of somebody's work; releases are taken back in `release`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment, Attempt
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.grading.marks import TOO_LATE, apply_marks, stored_marks
from eduplatform.domain.grading.models import Grade, GradeEvent
from eduplatform.domain.grading.repository import last_standing_event
from eduplatform.errors import Conflict, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal


async def undo_marks(*, work: Work, me: Principal, event_id: UUID, now: datetime | None = None) -> Attempt:
    """Give an answer the scores and the comment that it had before one's own last marking; eight statements.

    Args:
        work: The open unit of work.
        me: The teacher.
        event_id: The event of the marking, as the history names it.
        now: The server's clock.

    Raises:
        NotFound: There is no such marking by this person, or they do not teach the course.
        Conflict: Something else happened to the grade since.
    """
    if Role.TEACHER not in me.roles:
        raise NotFound
    rows = await fetch(
        work,
        select_columns(GradeEvent, Attempt, last_standing_event())
        .select_from(GradeEvent)
        .join(Grade, col(Grade.id) == col(GradeEvent.grade_id))
        .join(Attempt, col(Attempt.id) == col(GradeEvent.attempt_id))
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(GradeEvent.tenant_id) == work.tenant_id,
            col(GradeEvent.id) == event_id,
            col(GradeEvent.actor_id) == me.user,
            col(GradeEvent.kind).in_(("scored", "commented")),
            taught_by(me.user),
        )
        .with_for_update(of=Attempt, key_share=True)
        .execution_options(populate_existing=True),
    )
    if not rows or "marks" not in rows[0][0].before:
        raise NotFound
    event, attempt, last = rows[0]
    if last != event.id:
        raise Conflict(TOO_LATE)
    marks = [stored_marks(UUID(key), stored) for key, stored in event.before["marks"].items()]
    return await apply_marks(
        work=work, attempt=attempt, marks=marks, grader_id=me.user, now=now, undoes=event
    )
