"""What teachers tell their courses: now or later, to all classes or some, on top of the list or in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import policy as courses
from eduplatform.domain.courses import service as course_service
from eduplatform.domain.courses.models import Course, PublicationStatus
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.domain.grading import policy as family
from eduplatform.domain.messaging import notifications
from eduplatform.domain.messaging.announcement_repository import (
    AnnouncementHead,
    AnnouncementReadRepository,
    AnnouncementRepository,
    AnnouncementRow,
    meant_for,
    sections_of,
)
from eduplatform.domain.messaging.models import Announcement
from eduplatform.errors import Conflict, FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown

PAGE_SIZE = 20
STRIP_SIZE = 3
MAX_BODY = 20_000


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement as it is written. ``publish_at`` None: at once. No ``section_ids``: the whole course."""

    title: str
    body: str
    publish_at: datetime | None = None
    pinned: bool = False
    section_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnouncementPage:
    """A page of a course's announcements, with its classes for those who teach it."""

    course: Course
    teaches: bool
    rows: list[AnnouncementRow]
    total: int
    sections: list[tuple[UUID, str]]


async def list_of_course(
    *, work: Work, me: Principal, course_id: UUID, page: int = 1, now: datetime | None = None
) -> AnnouncementPage:
    """A page of the announcements that the person may see, read state included; four statements.

    Raises:
        NotFound: The person has nothing to do with the course.
    """
    standing = await courses.require_standing(work=work, me=me, course_id=course_id)
    conditions = [col(Announcement.course_id) == course_id]
    if not standing.teaches:
        conditions += [col(Announcement.publish_at) <= (now or utc_now()), meant_for([me.user])]
    rows, total = await AnnouncementRepository(work).listed(
        *conditions, reader=me.user, counted=standing.teaches, number=page, size=PAGE_SIZE
    )
    sections = await sections_of(work, course_id) if standing.teaches else []
    return AnnouncementPage(standing.course, standing.teaches, rows, total, sections)


async def read_one(*, work: Work, me: Principal, announcement_id: UUID) -> AnnouncementRow:
    """An announcement for whoever teaches its course, to change it; four statements.

    Raises:
        NotFound: It does not exist for this person.
    """
    row = await _own(work, me, announcement_id)
    found, _ = await AnnouncementRepository(work).listed(
        col(Announcement.id) == row.id, reader=me.user, counted=False, number=1, size=1
    )
    return found[0]


async def list_own(
    *, work: Work, me: Principal, page: int = 1, now: datetime | None = None
) -> tuple[list[AnnouncementRow], int]:
    """A page of what is meant for a student, or for the children of a guardian, in all courses; three statements."""
    return await AnnouncementRepository(work).listed(
        col(Announcement.publish_at) <= (now or utc_now()),
        col(Course.status) == PublicationStatus.PUBLISHED,
        meant_for(await _students(work, me)),
        reader=me.user,
        counted=False,
        number=page,
        size=PAGE_SIZE,
    )


async def list_new(
    *, work: Work, me: Principal, course_id: UUID | None = None, now: datetime | None = None
) -> list[AnnouncementHead]:
    """The few that stand above other pages: not read yet, and of one course also what is pinned there.

    One statement for a student, two for a guardian.
    """
    return await AnnouncementRepository(work).new_to(
        reader=me.user,
        students=await _students(work, me),
        course_id=course_id,
        size=STRIP_SIZE,
        now=now or utc_now(),
    )


async def _students(work: Work, me: Principal) -> list[UUID]:
    """For whom somebody reads announcements: oneself, and one's children."""
    me.require(Permission.NOTIFICATION)
    children = await family.children_of(work=work, me=me) if me.may(Permission.CHILD_READ) else []
    return [me.user, *(one.id for one in children)]


async def mark_read(
    *, work: Work, me: Principal, rows: Sequence[AnnouncementRow], now: datetime | None = None
) -> None:
    """Remember that the person has these before their eyes; two statements at most, none when they knew all."""
    new = [one.announcement.id for one in rows if not one.read]
    if new:
        await AnnouncementReadRepository(work).mark(me.user, new, now)


async def create(
    *, work: Work, me: Principal, course_id: UUID, draft: Draft, now: datetime | None = None
) -> Announcement:
    """Announce something; people are told by a job, at once or when its time has come.

    Raises:
        NotFound: The person does not teach the course, or one of the classes is not of it.
        Invalid: Title or text is missing or too long.
    """
    await courses.require_teacher(work=work, me=me, course_id=course_id)
    title, body, html = await _checked(draft)
    await _require_sections(work, course_id, draft.section_ids)
    repository = AnnouncementRepository(work)
    row = await repository.add(
        Announcement(
            course_id=course_id,
            author_id=me.user,
            title=title,
            body=body,
            body_html=html,
            publish_at=draft.publish_at or now or utc_now(),
            pinned=draft.pinned,
            whole_course=not draft.section_ids,
        )
    )
    if draft.section_ids:
        await repository.set_sections(row, draft.section_ids)
    await work.enqueue("messaging.announce", not_before=draft.publish_at, announcement_id=str(row.id))
    await work.audit("announcement.created", announcement_id=row.id, course_id=course_id)
    return row


async def update(
    *,
    work: Work,
    me: Principal,
    announcement_id: UUID,
    version: str,
    draft: Draft,
    now: datetime | None = None,
) -> Announcement:
    """Change an announcement; those who were told already are not told again.

    Raises:
        NotFound: It does not exist for this person, or one of the classes is not of its course.
        Invalid: Title or text is missing or too long.
        Conflict: Somebody else changed it since ``version`` (`version_of`).
    """
    row = await _own(work, me, announcement_id)
    if version_of(row) != version:
        raise Conflict
    title, body, html = await _checked(draft)
    await _require_sections(work, row.course_id, draft.section_ids)
    moment = now or utc_now()
    row.title, row.body, row.body_html, row.pinned = title, body, html, draft.pinned
    row.whole_course, row.edited_at = not draft.section_ids, moment
    if row.told_at is None:
        row.publish_at = draft.publish_at or moment
        await work.enqueue("messaging.announce", not_before=draft.publish_at, announcement_id=str(row.id))
    await AnnouncementRepository(work).set_sections(row, draft.section_ids)
    await work.audit("announcement.changed", announcement_id=row.id)
    return row


async def pin(*, work: Work, me: Principal, announcement_id: UUID, pinned: bool) -> None:
    """Keep an announcement on top of the list, or no longer.

    Raises:
        NotFound: It does not exist for this person.
    """
    row = await _own(work, me, announcement_id)
    row.pinned = pinned
    await work.flush()


async def delete(*, work: Work, me: Principal, announcement_id: UUID) -> None:
    """Take an announcement back; who has read it has read it.

    Raises:
        NotFound: It does not exist for this person.
    """
    row = await _own(work, me, announcement_id)
    await AnnouncementRepository(work).delete(row)
    await work.audit("announcement.deleted", announcement_id=announcement_id, course_id=row.course_id)


async def tell(*, work: Work, announcement_id: UUID, now: datetime | None = None) -> int:
    """Notify the people of an announcement whose time has come, once; for the job.

    Returns:
        How many students it is for; 0 when it is gone, not due yet, or its people know.
    """
    repository = AnnouncementRepository(work)
    moment = now or utc_now()
    try:
        row = await repository.get(announcement_id, lock=True)
    except NotFound:
        return 0
    if row.told_at is not None or row.publish_at > moment:
        return 0
    students = await repository.audience(row)
    params = {"title": row.title}
    text = N_("Announcement: {title}")
    await notifications.send(
        work=work,
        recipients=[one for one in students if one != row.author_id],
        kind="announcement",
        text=text,
        params=params,
        href=f"/courses/{row.course_id}/announcements",
        now=moment,
    )
    guardians = set(await repository.guardians_of(students)) - set(students) - {row.author_id}
    await notifications.send(
        work=work,
        recipients=sorted(guardians),
        kind="announcement",
        text=text,
        params=params,
        href="/family/announcements",
        now=moment,
    )
    row.told_at = moment
    await work.flush()
    return len(students)


def version_of(row: Announcement) -> str:
    """What a form remembers to notice that somebody else saved first."""
    return row.updated_at.isoformat()


async def _own(work: Work, me: Principal, announcement_id: UUID) -> Announcement:
    row = await AnnouncementRepository(work).get(announcement_id, lock=True)
    await courses.require_teacher(work=work, me=me, course_id=row.course_id)
    return row


async def _require_sections(work: Work, course_id: UUID, section_ids: Sequence[UUID]) -> None:
    if section_ids and not set(section_ids) <= {key for key, _ in await sections_of(work, course_id)}:
        raise NotFound


async def _checked(draft: Draft) -> tuple[str, str, str]:
    title, body = single_line(draft.title), paragraphs(draft.body)
    fields: dict[str, FieldText] = {}
    if not title:
        fields["title"] = course_service.FILL_IN
    if not body:
        fields["body"] = course_service.FILL_IN
    if len(body) > MAX_BODY:
        fields["body"] = (N_("This is too long: at most {limit} characters."), {"limit": MAX_BODY})
    if fields:
        raise Invalid(fields=fields)
    return title[:160], body, await asyncio.to_thread(render_markdown, body)
