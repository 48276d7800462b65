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
    "ai.adults_named": N_("{who} named the adults who are told of a child at risk"),
    "ai.limits_saved": N_("{who} changed the AI budgets"),
    "ai.mode_changed": N_("{who} changed what AI may do here"),
    "ai.provider_disabled": N_("{who} switched an AI provider off"),
    "ai.provider_enabled": N_("{who} switched an AI provider on"),
    "ai.provider_moved": N_("{who} changed the order of the AI providers"),
    "ai.provider_removed": N_("{who} removed an AI provider"),
    "ai.provider_saved": N_("{who} saved an AI provider"),
    "announcement.changed": N_("{who} changed an announcement"),
    "announcement.created": N_("{who} wrote an announcement"),
    "announcement.deleted": N_("{who} deleted an announcement"),
    "assessment.created": N_("{who} created an assessment"),
    "assessment.override": N_("{who} gave somebody other dates or attempts"),
    "assessment.override_removed": N_("{who} took other dates or attempts back"),
    "assessment.published": N_("{who} published an assessment"),
    "assessment.regrade_undone": N_("{who} undid a regrade"),
    "assessment.regraded": N_("{who} regraded an assessment"),
    "assessment.saved": N_("{who} changed an assessment"),
    "assessment.withdrawn": N_("{who} withdrew an assessment"),
    "assignment.created": N_("{who} created an assignment"),
    "assignment.deleted": N_("{who} deleted an assignment"),
    "assignment.reminded": N_("{who} reminded students of an assignment"),
    "attempt.ended": N_("{who} ended an attempt of {whom}"),
    "attempt.extended": N_("{who} gave running attempts more time"),
    "attempt.started": N_("{who} started an attempt"),
    "attempt.submitted": N_("{who} handed in an attempt"),
    "audit.verified": N_("{who} verified the audit trail"),
    "bank.created": N_("{who} created a question bank"),
    "bank.deleted": N_("{who} deleted a question bank"),
    "bank.renamed": N_("{who} renamed a question bank"),
    "calendar_feed.renewed": N_("{who} made a new address for their calendar"),
    "calendar_feed.revoked": N_("{who} switched the address of their calendar off"),
    "contribution.hidden": N_("{who} hid a contribution to a discussion"),
    "contribution.shown": N_("{who} showed a hidden contribution again"),
    "course.classmate_messages": N_("{who} changed whether classmates may write to each other"),
    "course.copied": N_("{who} copied a course"),
    "course.created": N_("{who} created a course"),
    "course.published": N_("{who} published a course"),
    "course.unpublished": N_("{who} took a course back to draft"),
    "demonstration.added": N_("{who} added the demonstration data"),
    "event.created": N_("{who} added an event to the calendar"),
    "event.deleted": N_("{who} deleted an event from the calendar"),
    "file.infected": N_("The virus scanner found something harmful in an upload of {who}"),
    "file.removed_unused": N_("Uploads that nothing used were removed"),
    "folder.created": N_("{who} created a folder of questions"),
    "folder.deleted": N_("{who} deleted a folder of questions"),
    "folder.moved": N_("{who} moved a folder of questions"),
    "folder.renamed": N_("{who} renamed a folder of questions"),
    "grade.adjusted": N_("{who} changed the grade of one member of a group"),
    "grade.categories_ordered": N_("{who} changed the order of the grade categories"),
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
    "groups.created": N_("{who} created groups"),
    "groups.deleted": N_("{who} deleted groups"),
    "groups.pasted": N_("{who} placed students in groups from a list"),
    "groups.split": N_("{who} split a class into groups"),
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
    "lesson.restored": N_("{who} brought an older version of a lesson back"),
    "lesson.unpublished": N_("{who} took a lesson back to draft"),
    "live.ended": N_("{who} ended a live lesson"),
    "live.started": N_("{who} began a live lesson"),
    "message.blocked": N_("{who} blocked somebody"),
    "message.deleted": N_("{who} deleted a message of their own"),
    "message.edited": N_("{who} corrected a message of their own"),
    "message.kept": N_("{who} left a reported direct message as it is"),
    "message.removed": N_("{who} removed a reported direct message"),
    "message.reported": N_("{who} reported a direct message"),
    "message.unblocked": N_("{who} unblocked somebody"),
    "module.deleted": N_("{who} deleted a module"),
    "module.unlocking_changed": N_("{who} changed what opens a module"),
    "objective.created": N_("{who} created a learning objective"),
    "objective.deleted": N_("{who} deleted a learning objective"),
    "objective.saved": N_("{who} changed a learning objective"),
    "password.changed": N_("{who} changed their password"),
    "password.reset": N_("{who} set a new password by mail"),
    "post.deleted": N_("{who} deleted a contribution to a discussion"),
    "presence.chosen": N_("{who} chose whether to be shown as online"),
    "question.archived": N_("{who} archived a question"),
    "question.created": N_("{who} created a question"),
    "question.saved": N_("{who} changed a question"),
    "questions.archived": N_("{who} archived questions"),
    "questions.copied": N_("{who} copied questions"),
    "questions.moved": N_("{who} moved questions"),
    "questions.objectives_set": N_("{who} set the objectives of questions"),
    "questions.tagged": N_("{who} changed the tags of questions"),
    "report.dismissed": N_("{who} dismissed a report"),
    "response.highlighted": N_("{who} highlighted a passage of an answer"),
    "response.scored": N_("{who} scored an answer"),
    "rubric.created": N_("{who} created a rubric"),
    "rubric.deleted": N_("{who} deleted a rubric"),
    "rubric.saved": N_("{who} changed a rubric"),
    "safeguarding.closed": N_("{who} closed a case of a child at risk"),
    "safeguarding.opened": N_("The tutor opened a case of a child at risk"),
    "section.code_renewed": N_("{who} renewed the joining code of a section"),
    "section.created": N_("{who} created a section"),
    "section.imported": N_("{who} imported people into a section"),
    "section.joined": N_("{who} joined a section"),
    "section.place_withdrawn": N_("{who} withdrew a place in a section"),
    "section.student_moved": N_("{who} moved {whom} to another section"),
    "section.student_removed": N_("{who} took {whom} off a section"),
    "section.student_restored": N_("{who} brought {whom} back into a section"),
    "section.waiting_joined": N_("{whom} got the place in a section that waited for them"),
    "session.opened": N_("{who} signed in"),
    "session.revoked": N_("{who} ended one of their sessions"),
    "student.accommodation": N_("{who} saved a support of a student"),
    "student.accommodation_removed": N_("{who} removed a support of a student"),
    "tenant.created": N_("The organisation was created"),
    "tenant.reactivated": N_("The operator reactivated the organisation"),
    "tenant.saved": N_("{who} changed the organisation’s settings"),
    "tenant.suspended": N_("The operator suspended the organisation"),
    "term.created": N_("{who} added a term"),
    "term.saved": N_("{who} changed a term"),
    "thread.deleted": N_("{who} deleted a discussion"),
    "thread.locked": N_("{who} locked a discussion"),
    "thread.unlocked": N_("{who} opened a locked discussion again"),
    "tutor.forgotten": N_("{who} deleted their conversation with the tutor"),
    "tutor.settings_saved": N_("{who} changed how the tutor works in a course"),
    "tutor.transcript_read": N_("{who} read a student's conversation with the tutor"),
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
    "assignment.": N_("Assignments"),
    "attempt.": N_("Attempts"),
    "grade.": N_("Grades"),
    "rubric.": N_("Rubrics"),
    "announcement.": N_("Announcements"),
    "thread.": N_("Discussions"),
    "message.": N_("Messages"),
    "file.": N_("Files"),
    "post.": N_("Contributions"),
    "ai.": N_("AI"),
    "tutor.": N_("Tutor"),
    "safeguarding.": N_("Cases"),
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
