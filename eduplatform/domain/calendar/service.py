"""A person's calendar: what is due by their own dates, what was announced, and the events of their classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.rules import student_page
from eduplatform.domain.calendar.models import CalendarEvent
from eduplatform.domain.calendar.repository import CalendarRepository, Place, Reader
from eduplatform.domain.courses import policy as courses
from eduplatform.domain.courses import service as course_service
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.domain.grading import policy as family
from eduplatform.errors import Conflict, FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal

LONGEST_RANGE = timedelta(days=420)
LONGEST_EVENT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a calendar.

    Attributes:
        kind: Where it comes from; a due time has no end.
        id: Of the assessment, announcement or event.
        title: Its name.
        course: Title of its course, with the class where it is for one.
        starts_at: When it begins, appears, or is due.
        ends_at: When it ends; equal to the beginning where it is a moment.
        all_day: Only the days count.
        href: Path of the page with more about it; empty when there is none.
        child: Given name of the child whose it is, in a guardian's calendar.
        child_id: Id of that child.
        place: Where.
        note: More words.
        changed_at: When it was last changed.
        editable: The reader may change it.
    """

    kind: Literal["due", "announcement", "event"]
    id: UUID
    title: str
    course: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    all_day: bool = False
    href: str = ""
    child: str = ""
    child_id: UUID | None = None
    place: str = ""
    note: str = ""
    editable: bool = False


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event as it is written; without ``section_id`` it is for all classes of the course."""

    course_id: UUID
    section_id: UUID | None
    title: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool = False
    place: str = ""
    note: str = ""


async def entries(*, work: Work, me: Principal, start: datetime, end: datetime) -> list[Entry]:
    """What stands in the person's calendar between two moments, in order of time; seven statements at most.

    Work is due when it is due for the reader: overrides and accommodations are in it. A teacher sees the due
    time of the class; a guardian those of each child.
    """
    me.require(Permission.CALENDAR)
    end = min(end, start + LONGEST_RANGE)
    children = (
        {one.id: one.given_name for one in await family.children_of(work=work, me=me)}
        if Role.GUARDIAN in me.roles
        else {}
    )
    students = (*((me.user,) if Role.STUDENT in me.roles else ()), *children)
    reader = Reader(students, me.user if Role.TEACHER in me.roles else None)
    repository = CalendarRepository(work)
    found: list[Entry] = []
    if students:
        found += await _due(work, repository, reader, children, start, end)
    if reader.teacher is not None:
        found += [
            Entry(
                kind="due",
                id=one.id,
                title=one.title,
                course=title,
                starts_at=one.due_at,
                ends_at=one.due_at,
                changed_at=one.updated_at,
                href=f"/teach/courses/{one.course_id}/assessments",
            )
            for one, title in await repository.taught_work(reader.teacher, start, end)
            if one.due_at is not None
        ]
    page = "/family/announcements" if students == tuple(children) and reader.teacher is None else ""
    found += [
        Entry(
            kind="announcement",
            id=one.id,
            title=one.title,
            course=title,
            starts_at=one.publish_at,
            ends_at=one.publish_at,
            changed_at=one.updated_at,
            href=page or f"/courses/{one.course_id}/announcements",
        )
        for one, title in await repository.announcements(reader, start, end)
    ]
    found += [
        Entry(
            kind="event",
            id=one.id,
            title=one.title,
            course=f"{title} · {section}" if section else title,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            changed_at=one.updated_at,
            all_day=one.all_day,
            place=one.place,
            note=one.note,
            editable=reader.teacher is not None and one.author_id == me.user,
        )
        for one, title, section in await repository.events(reader, start, end)
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.kind, str(one.id), one.child))


async def _due(
    work: Work,
    repository: CalendarRepository,
    reader: Reader,
    children: dict[UUID, str],
    start: datetime,
    end: datetime,
) -> list[Entry]:
    taken = await repository.taken_work(reader.students, start, end)
    assessments = list({one.id: one for _, one, _ in taken}.values())
    policies = await policies_for(work=work, assessments=assessments, students=reader.students)
    found: list[Entry] = []
    for user_id, one, title in taken:
        due = policies[one.id, user_id].due_at
        if due is None or not start <= due <= end:
            continue
        child = children.get(user_id, "")
        found.append(
            Entry(
                kind="due",
                id=one.id,
                title=one.title,
                course=title,
                starts_at=due,
                ends_at=due,
                changed_at=one.updated_at,
                href=f"/family/{user_id}" if child else student_page(one.kind, one.id),
                child=child,
                child_id=user_id if child else None,
            )
        )
    return found


async def places(*, work: Work, me: Principal) -> list[Place]:
    """The courses and classes into whose calendar the person may write; one statement."""
    me.require(Permission.COURSE_EDIT)
    return await CalendarRepository(work).places(me.user)


async def read_event(*, work: Work, me: Principal, event_id: UUID) -> CalendarEvent:
    """An event that the person wrote, to change it.

    Raises:
        NotFound: It does not exist, somebody else wrote it, or the person no longer teaches the course.
    """
    return await _own(work, me, event_id)


async def save_event(
    *, work: Work, me: Principal, event_id: UUID | None, version: str, draft: EventDraft
) -> CalendarEvent:
    """Put an event into a calendar, or change one.

    Raises:
        NotFound: The person does not teach the course, or the class is not of it, or the event is not theirs.
        Invalid: The title is missing, or the times are the wrong way round or too far apart.
        Conflict: Somebody changed it since ``version`` (`version_of`).
    """
    title = single_line(draft.title)
    fields: dict[str, FieldText] = {}
    if not title:
        fields["title"] = course_service.FILL_IN
    if draft.ends_at < draft.starts_at:
        fields["ends_at"] = N_("The end cannot be before the beginning.")
    elif draft.ends_at - draft.starts_at > LONGEST_EVENT:
        fields["ends_at"] = (N_("An event is at most {limit} days long."), {"limit": LONGEST_EVENT.days})
    if fields:
        raise Invalid(fields=fields)
    known = await places(work=work, me=me)
    if not any(
        one.course_id == draft.course_id and draft.section_id in (None, one.section_id) for one in known
    ):
        raise NotFound
    repository = CalendarRepository(work)
    values: dict[str, Any] = {
        "course_id": draft.course_id,
        "section_id": draft.section_id,
        "title": title[:160],
        "place": single_line(draft.place)[:160],
        "note": paragraphs(draft.note)[:2000],
        "starts_at": draft.starts_at,
        "ends_at": draft.ends_at,
        "all_day": draft.all_day,
    }
    if event_id is None:
        event = await repository.add(CalendarEvent(author_id=me.user, **values))
        await work.audit("event.created", event_id=event.id, course_id=event.course_id)
        return event
    event = await _own(work, me, event_id)
    if version_of(event) != version:
        raise Conflict
    for name, value in values.items():
        setattr(event, name, value)
    await work.flush()
    return event


async def delete_event(*, work: Work, me: Principal, event_id: UUID) -> None:
    """Take an event out of the calendar.

    Raises:
        NotFound: It does not exist, or is not theirs.
    """
    event = await _own(work, me, event_id)
    await CalendarRepository(work).delete(event)
    await work.audit("event.deleted", event_id=event_id, course_id=event.course_id)


def version_of(event: CalendarEvent) -> str:
    """What a form remembers to notice that somebody else saved first."""
    return event.updated_at.isoformat()


async def _own(work: Work, me: Principal, event_id: UUID) -> CalendarEvent:
    event = await CalendarRepository(work).get(event_id, lock=True)
    if event.author_id != me.user:
        raise NotFound
    await courses.require_teacher(work=work, me=me, course_id=event.course_id)
    return event
