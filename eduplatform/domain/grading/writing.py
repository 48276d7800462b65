"""Writing changed grades together with the events that say so: one statement, however many grades there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.repository import as_stored, given_rows
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses.repository import select_columns
from eduplatform.domain.grading.live import publish_change
from eduplatform.domain.grading.models import Grade, GradeEvent

MOST_AT_ONCE = 500

_VALUES = (
    "points",
    "possible",
    "status",
    "entered_points",
    "entered_status",
    "explanation",
    "released_at",
    "seen_at",
    "version",
)
_EVENT = ("kind", "reason", "actor_id", "attempt_id", "batch_id", "before", "after")


@dataclass(frozen=True, slots=True)
class GradeChange:
    """A loaded and locked grade, its new values (what they leave out stays), and the event of the change."""

    row: Grade
    values: dict[str, Any]
    event: dict[str, Any]


async def write_grades(work: Work, changes: Sequence[GradeChange]) -> None:
    """Write changed grades and their events; the caller holds the locks. One statement for each 500 grades."""
    for start in range(0, len(changes), MOST_AT_ONCE):
        await _write(work, changes[start : start + MOST_AT_ONCE])
    for one in changes:
        publish_change(work, one.row, one.event["before"], one.event["after"])


async def _write(work: Work, changes: Sequence[GradeChange]) -> None:
    grades: Any = Grade.__table__.c  # type: ignore[attr-defined]
    events: Any = GradeEvent.__table__.c  # type: ignore[attr-defined]
    rows = [
        {
            "id": new_id(),
            "grade_id": one.row.id,
            **{name: getattr(one.row, name) for name in _VALUES},
            **one.values,
            **one.event,
        }
        for one in changes
    ]
    columns: list[Any] = [events["id"], events["grade_id"]]
    columns += [grades[name] for name in _VALUES] + [events[name] for name in _EVENT]
    given = given_rows("given", columns, rows)
    moment = utc_now()
    changed = (
        update(Grade)
        .where(col(Grade.tenant_id) == work.tenant_id, col(Grade.id) == given.c.grade_id)
        .values({name: given.c[name] for name in _VALUES} | {"updated_at": moment})
        .cte("grades_changed")
    )
    constants: dict[str, Any] = {
        "tenant_id": work.tenant_id,
        "created_by": work.user_id,
        "created_at": moment,
        "updated_at": moment,
    }
    names = ["id", "grade_id", *_EVENT]
    source = select_columns(
        *[given.c[name] for name in names],
        *[literal(value, GradeEvent.__table__.c[name].type) for name, value in constants.items()],  # type: ignore[attr-defined]
    ).select_from(given)
    statement: Any = insert(GradeEvent).from_select([*names, *constants], source).add_cte(changed)
    session: Any = work.session
    await session.exec(statement, execution_options={CHECKED_INSERT: True})
    for one in changes:
        as_stored(one.row, one.values)
