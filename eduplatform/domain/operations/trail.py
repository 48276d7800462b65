"""The audit trail in words: who did what to whom, and whether the chain is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db import audit
from eduplatform.db.audit import AuditEvent, AuditHead
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.repository import UserRepository
from eduplatform.domain.courses.texts import single_line
from eduplatform.domain.operations import repository
from eduplatform.domain.operations.repository import TrailFilter
from eduplatform.i18n import N_

PAGE = 25

ACTIONS: Mapping[str, str] = {
    "assessment.created": N_("{who} created an assessment"),
    "assessment.published": N_("{who} published an assessment"),
    "assessment.saved": N_("{who} changed an assessment"),
    "assessment.withdrawn": N_("{who} withdrew an assessment"),
    "attempt.ended": N_("{who} ended an attempt of {whom}"),
    "attempt.extended": N_("{who} gave running attempts more time"),
    "attempt.started": N_("{who} started an attempt"),
    "attempt.submitted": N_("{who} handed in an attempt"),
    "audit.verified": N_("{who} verified the audit trail"),
    "course.created": N_("{who} created a course"),
    "course.published": N_("{who} published a course"),
    "course.unpublished": N_("{who} took a course back to draft"),
    "demonstration.added": N_("{who} added the demonstration data"),
    "file.infected": N_("The virus scanner found something harmful in an upload of {who}"),
    "file.removed_unused": N_("Uploads that nothing used were removed"),
    "grade.category_removed": N_("{who} removed a grade category"),
    "grade.category_saved": N_("{who} saved a grade category"),
    "grade.column_removed": N_("{who} removed a column of a gradebook"),
    "grade.column_saved": N_("{who} saved a column of a gradebook"),
    "grade.column_set": N_("{who} changed how a column counts"),
    "grade.entered": N_("{who} entered grades in a gradebook"),
    "grade.entry_cleared": N_("{who} took back an entry of a gradebook"),
    "grade.excused": N_("{who} excused a student from an assessment"),
    "grade.exported": N_("{who} exported a gradebook"),
    "grade.imported": N_("{who} imported grades"),
    "grade.names_hidden": N_("{who} hid the names of students while grading"),
    "grade.names_shown": N_("{who} showed the names of students while grading"),
    "grade.period_added": N_("{who} added a grading period"),
    "grade.period_removed": N_("{who} removed a grading period"),
    "grade.released": N_("{who} released grades"),
    "grade.rules_letters": N_("{who} changed the letters of a course"),
    "grade.rules_method": N_("{who} changed how totals are made"),
    "grade.scheduled": N_("{who} planned the release of grades"),
    "grade.total_entered": N_("{who} entered a total of a course"),
    "grade.total_taken_back": N_("{who} took back an entered total of a course"),
    "grade.undone": N_("{who} took back their last change of a grade"),
    "grade.unexcused": N_("{who} took back the excuse of a student"),
    "grade.unreleased": N_("{who} took a grade back"),
    "grade.unscheduled": N_("{who} gave up a planned release of grades"),
    "guardian.added": N_("{who} named {whom} as a guardian"),
    "guardian.imported": N_("{who} imported guardians"),
    "guardian.revoked": N_("{who} ended the guardianship of {whom}"),
    "guardian.verified": N_("{who} verified {whom} as a guardian"),
    "invitation.accepted": N_("Somebody accepted an invitation"),
    "invitation.resent": N_("{who} sent an invitation again"),
    "invitation.revoked": N_("{who} revoked an invitation"),
    "invitation.sent": N_("{who} sent invitations"),
    "lesson.deleted": N_("{who} deleted a lesson"),
    "lesson.published": N_("{who} published a lesson"),
    "lesson.unpublished": N_("{who} took a lesson back to draft"),
    "live.ended": N_("{who} ended a live lesson"),
    "live.started": N_("{who} began a live lesson"),
    "module.deleted": N_("{who} deleted a module"),
    "password.changed": N_("{who} changed their password"),
    "post.deleted": N_("{who} deleted a contribution to a discussion"),
    "message.reported": N_("{who} reported a direct message"),
    "message.removed": N_("{who} removed a reported direct message"),
    "message.kept": N_("{who} left a reported direct message as it is"),
    "presence.chosen": N_("{who} chose whether to be shown as online"),
    "question.archived": N_("{who} archived a question"),
    "question.created": N_("{who} created a question"),
    "question.saved": N_("{who} changed a question"),
    "response.highlighted": N_("{who} highlighted a passage of an answer"),
    "response.scored": N_("{who} scored an answer"),
    "rubric.created": N_("{who} created a rubric"),
    "rubric.deleted": N_("{who} deleted a rubric"),
    "rubric.saved": N_("{who} changed a rubric"),
    "section.code_renewed": N_("{who} renewed the joining code of a section"),
    "section.created": N_("{who} created a section"),
    "section.imported": N_("{who} imported people into a section"),
    "section.joined": N_("{who} joined a section"),
    "section.place_withdrawn": N_("{who} withdrew a place in a section"),
    "section.student_moved": N_("{who} moved {whom} to another section"),
    "section.student_restored": N_("{who} brought {whom} back into a section"),
    "section.student_removed": N_("{who} took {whom} off a section"),
    "section.waiting_joined": N_("{whom} got the place in a section that waited for them"),
    "session.opened": N_("{who} signed in"),
    "session.revoked": N_("{who} ended one of their sessions"),
    "tenant.created": N_("The organisation was created"),
    "tenant.reactivated": N_("The operator reactivated the organisation"),
    "tenant.saved": N_("{who} changed the organisation’s settings"),
    "tenant.suspended": N_("The operator suspended the organisation"),
    "term.created": N_("{who} added a term"),
    "term.saved": N_("{who} changed a term"),
    "thread.deleted": N_("{who} deleted a discussion"),
    "user.created": N_("{whom} became a member"),
    "user.deactivated": N_("{who} deactivated the account of {whom}"),
    "user.reactivated": N_("{who} reactivated the account of {whom}"),
    "user.roles_changed": N_("{who} changed the roles of {whom}"),
}
"""Message key per action; an action that is not here shows its code."""

AREAS: Mapping[str, str] = {
    "session.": N_("Signing in"),
    "password.": N_("Passwords"),
    "user.": N_("People"),
    "invitation.": N_("Invitations"),
    "guardian.": N_("Guardians"),
    "tenant.": N_("Organisation"),
    "term.": N_("Terms"),
    "course.": N_("Courses"),
    "section.": N_("Sections"),
    "module.": N_("Modules"),
    "lesson.": N_("Lessons"),
    "live.": N_("Live lessons"),
    "question.": N_("Questions"),
    "assessment.": N_("Assessments"),
    "attempt.": N_("Attempts"),
    "grade.": N_("Grades"),
    "rubric.": N_("Rubrics"),
    "thread.": N_("Discussions"),
    "file.": N_("Files"),
    "post.": N_("Contributions"),
    "audit.": N_("Audit trail"),
}
"""What an action can begin with, for the filter."""

_PERSON_KEYS = ("user", "user_id", "guardian", "student")


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """An event with the names of its people; ``who`` and ``whom`` are empty when they are no members."""

    event: AuditEvent
    who: str
    whom: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the chain found; ``problems`` are technical English sentences."""

    events: int
    problems: list[str]


def _person_of(details: Mapping[str, Any]) -> UUID | None:
    for key in _PERSON_KEYS:
        try:
            return UUID(str(details[key]))
        except (KeyError, ValueError):
            continue
    return None


async def _named(work: Work, events: Iterable[AuditEvent]) -> list[TrailEntry]:
    found = [(event, _person_of(event.details)) for event in events]
    ids = {one for event, whom in found for one in (event.actor_id, whom) if one is not None}
    names = await UserRepository(work).names(ids)
    return [
        TrailEntry(
            event=event,
            who=names.get(event.actor_id, "") if event.actor_id else "",
            whom=names.get(whom, "") if whom else "",
        )
        for event, whom in found
    ]


async def list_trail(*, work: Work, wanted: TrailFilter, page: int = 1) -> tuple[list[TrailEntry], int]:
    """A page of 25 events, newest first, and how many match; three statements."""
    clean = TrailFilter(
        action=single_line(wanted.action),
        person=single_line(wanted.person),
        since=wanted.since,
        until=wanted.until,
    )
    events, total = await repository.trail(work, wanted=clean, number=page, size=PAGE)
    return await _named(work, events), total


async def recent(*, work: Work, count: int) -> list[TrailEntry]:
    """The newest events."""
    rows = await work.session.exec(
        select(AuditEvent)
        .where(col(AuditEvent.tenant_id) == work.tenant_id)
        .order_by(col(AuditEvent.number).desc())
        .limit(count)
    )
    return await _named(work, rows.all())


async def verify(*, work: Work) -> Verification:
    """Check every seal of the tenant's chain, and write down that it was done."""
    # Holding the head keeps new events out: one between the two readings would look like a lost end.
    head = (
        await work.session.exec(
            select(AuditHead).where(col(AuditHead.tenant_id) == work.tenant_id).with_for_update()
        )
    ).one_or_none()
    events = head.number if head else 0
    problems = await audit.verify(work.session, tenant_id=work.tenant_id)
    if head is None:
        # Without its head the chain takes no further event, not even this one.
        problems.append("the head of the chain is missing")
    else:
        await work.audit("audit.verified", problems=len(problems))
    return Verification(events=events, problems=problems)
