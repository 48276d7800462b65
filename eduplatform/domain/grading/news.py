"""Telling students that a grade they knew has changed, and guardians what there is to see; a while after the fact.

Graders correct themselves. What is changed and changed back within some minutes is no news, and ten corrections are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import GuardianLink, User
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.grading.models import Grade, GradeEvent, GradeNews
from eduplatform.domain.grading.policy import VERIFIED
from eduplatform.domain.grading.service import RELEASABLE, snapshot
from eduplatform.domain.messaging import notifications
from eduplatform.domain.messaging.notifications import Note
from eduplatform.i18n import N_

REST = timedelta(minutes=2)
"""How long a change rests before anybody is told, so that it can be taken back."""

MOST_EVENTS = 5_000
"""Events that one run looks at; the next one goes on where it stopped."""

_SHOWN = ("points", "possible", "status")


@dataclass(frozen=True, slots=True)
class News:
    """A grade that became visible, or one that was visible and changed.

    ``known`` says that the student was told already: by the correction of a question.
    """

    grade: Grade
    title: str
    changed: bool
    known: bool


class GradeNewsRepository(Repository[GradeNews]):
    """Up to when people were told."""

    model = GradeNews


async def tell(*, work: Work, now: datetime | None = None) -> int:
    """Tell people of what happened to grades since the last time; for the job. Seven statements.

    A student is told of changes only: of a release the release itself tells. Verified guardians who may see grades
    are told of both.

    Returns:
        How many grades there was news of.
    """
    moment = now or utc_now()
    repository = GradeNewsRepository(work)
    row = (await work.session.exec(repository.rows().with_for_update())).one_or_none()
    if row is None:
        await repository.add(GradeNews(told_until=moment - REST))
        return 0
    until = max(moment - REST, row.told_until)
    happened = await _happened(work, row.told_until, until)
    row.told_until = happened[-1][0].created_at if len(happened) == MOST_EVENTS else until
    await work.flush()
    found = _news(happened, moment)
    guardians = await _guardians(work, {one.grade.user_id for one in found})
    notes = [note for one in found for note in _notes(one, guardians.get(one.grade.user_id, ("", [])))]
    await notifications.send_each(work=work, notes=notes, now=moment)
    return len(found)


async def _happened(work: Work, after: datetime, until: datetime) -> list[tuple[GradeEvent, Grade, str]]:
    rows = await fetch(
        work,
        select_columns(GradeEvent, Grade, Assessment.title)
        .join(Grade, col(Grade.id) == col(GradeEvent.grade_id))
        .join(Assessment, col(Assessment.id) == col(Grade.assessment_id))
        .where(
            col(GradeEvent.tenant_id) == work.tenant_id,
            col(GradeEvent.created_at) > after,
            col(GradeEvent.created_at) <= until,
        )
        .order_by(col(GradeEvent.created_at), col(GradeEvent.id))
        .limit(MOST_EVENTS),
    )
    return [(event, grade, title) for event, grade, title in rows]


def _news(happened: Sequence[tuple[GradeEvent, Grade, str]], now: datetime) -> list[News]:
    """What is new to those who may see a grade, compared with how it stood before the first of these events."""
    events: dict[UUID, list[GradeEvent]] = {}
    grades: dict[UUID, tuple[Grade, str]] = {}
    for event, grade, title in happened:
        events.setdefault(grade.id, []).append(event)
        grades[grade.id] = grade, title
    found: list[News] = []
    for key, (grade, title) in grades.items():
        if not grade.is_visible(now) or grade.status not in RELEASABLE:
            continue
        first = events[key][0]
        was_visible = first.kind != "released" and _visible(first.before, first.created_at)
        changed = any(first.before.get(name) != snapshot(grade)[name] for name in _SHOWN)
        if changed or not was_visible:
            known = all(one.kind == "regraded" for one in events[key] if _differs(one))
            found.append(News(grade, title, changed=was_visible, known=known))
    return found


def _visible(stand: dict[str, Any], at: datetime) -> bool:
    released = stand.get("released_at")
    return released is not None and datetime.fromisoformat(released) <= at


def _differs(event: GradeEvent) -> bool:
    return any(event.before.get(name) != event.after.get(name) for name in _SHOWN)


async def _guardians(work: Work, students: set[UUID]) -> dict[UUID, tuple[str, list[UUID]]]:
    """Given name and the guardians who may see grades, by student."""
    if not students:
        return {}
    columns: tuple[Any, ...] = (User.id, User.given_name, GuardianLink.guardian_id)
    rows = await fetch(
        work,
        select_columns(*columns)
        .join(User, col(User.id) == col(GuardianLink.student_id))
        .where(
            col(GuardianLink.tenant_id) == work.tenant_id,
            col(GuardianLink.student_id).in_(students),
            col(GuardianLink.status) == VERIFIED,
            col(GuardianLink.can_view_grades).is_(True),
        ),
    )
    found: dict[UUID, tuple[str, list[UUID]]] = {}
    for student_id, name, guardian_id in rows:
        found.setdefault(student_id, (name, []))[1].append(guardian_id)
    return found


def _notes(one: News, family: tuple[str, list[UUID]]) -> list[Note]:
    child, guardians = family
    notes: list[Note] = []
    if one.changed and not one.known:
        notes.append(
            Note(
                recipients=[one.grade.user_id],
                kind="grade.changed",
                text=N_("Your grade for {title} changed."),
                params={"title": one.title},
                href=f"/learn/grades/{one.grade.id}",
            )
        )
    if guardians:
        text = N_("{child}: the grade for {title} changed.")
        notes.append(
            Note(
                recipients=guardians,
                kind="grade.changed" if one.changed else "grade.released",
                text=text if one.changed else N_("{child}: the grade for {title} is there."),
                params={"title": one.title, "child": child},
                href=f"/family/{one.grade.user_id}",
            )
        )
    return notes
