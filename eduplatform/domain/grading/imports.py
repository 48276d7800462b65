"""Imports of grades that were compared: shown, then applied once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.grading import entry as entries
from eduplatform.domain.grading.course_models import GradeImport
from eduplatform.domain.grading.entered import parse_entry
from eduplatform.domain.grading.entry import CellEntry, EntryOutcome
from eduplatform.errors import Conflict, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A cell that would change, with names."""

    student: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """An import with a page of its changes."""

    stored: GradeImport
    changes: list[ShownChange]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import did: cells that changed, and cells that somebody else had changed since the comparison."""

    changed: int
    conflicts: list[tuple[UUID, UUID]]


class ImportRepository(Repository[GradeImport]):
    """Imports that wait for a yes, or had one."""

    model = GradeImport


async def require_import(*, work: Work, me: Principal, import_id: UUID, lock: bool = False) -> GradeImport:
    """One's own import of a course that one teaches.

    Raises:
        NotFound: It is another's, or does not exist.
    """
    row = await ImportRepository(work).get(import_id, lock=lock)
    if row.created_by != me.user:
        raise NotFound
    await require_teacher(work=work, me=me, course_id=row.course_id)
    return row


async def preview(*, work: Work, me: Principal, import_id: UUID, page: int = 1) -> Preview:
    """One's own import with a page of its changes; four statements.

    Raises:
        NotFound: It is another's, or does not exist.
    """
    row = await require_import(work=work, me=me, import_id=import_id)
    chosen = row.changes[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    cells = [(UUID(user_id), UUID(assessment_id)) for user_id, assessment_id, *_ in chosen]
    names, titles = await names_of(work, cells)
    return Preview(
        row,
        [
            ShownChange(names.get(user_id, ""), titles.get(assessment_id, ""), before, text)
            for (user_id, assessment_id), (_user, _assessment, text, _version, before) in zip(
                cells, chosen, strict=True
            )
        ],
    )


async def names_of(work: Work, cells: list[tuple[UUID, UUID]]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """Names of students and titles of assessments; two statements."""
    people = await fetch(
        work,
        select(User).where(
            col(User.tenant_id) == work.tenant_id, col(User.id).in_({user_id for user_id, _ in cells})
        ),
    )
    columns = await fetch(
        work,
        select_columns(Assessment.id, Assessment.title).where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.id).in_({assessment_id for _, assessment_id in cells}),
        ),
    )
    return {one.id: one.name for one in people}, dict(tuple(one) for one in columns)


async def apply(*, work: Work, me: Principal, import_id: UUID) -> Applied:
    """Do what a comparison showed, once. Cells that somebody changed since then are left alone and named.

    Raises:
        NotFound: It is another's, or does not exist.
        Conflict: It was applied already.
    """
    row = await require_import(work=work, me=me, import_id=import_id, lock=True)
    if row.applied_at is not None:
        raise Conflict(N_("This import was applied already."))
    row.applied_at = utc_now()
    wanted = [
        CellEntry(
            user_id=UUID(user_id),
            assessment_id=UUID(assessment_id),
            value=parse_entry(text),
            version=version,
        )
        for user_id, assessment_id, text, version, _before in row.changes
    ]
    if not wanted:
        return Applied(0, [])
    await work.audit("grade.imported", course=row.course_id, file=row.id, cells=len(wanted))
    done = await entries.enter(work=work, me=me, entries=wanted, reason=row.name[: entries.REASON_LENGTH])
    conflicts = [cell for cell, one in done.items() if one.outcome is EntryOutcome.CONFLICT]
    return Applied(sum(one.outcome is EntryOutcome.SAVED for one in done.values()), conflicts)
