"""What students see of a lesson: numbered versions that never change, the gate before them, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import document, policy, writing
from eduplatform.domain.courses.document import Content, Finding, Rendered
from eduplatform.domain.courses.lesson_repository import (
    BlockRepository,
    LessonRepository,
    LessonVersionRepository,
    VersionHead,
)
from eduplatform.domain.courses.models import Block, Course, Lesson, LessonVersion, PublicationStatus
from eduplatform.domain.courses.texts import single_line
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

PAGE_SIZE = 20
MAX_NOTE = 300

NOT_FOR_EVERYBODY = N_("Not published: {count} in the list keep some readers out. Put them right first.")
NOTHING_CHANGED = N_("Nothing has changed since the last version.")


class NotPublishable(Invalid):
    """The draft has something that would keep some readers out; ``findings`` says what and where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(NOT_FOR_EVERYBODY, params={"count": len(findings)})
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class History:
    """A page of a lesson's versions."""

    course: Course
    lesson: Lesson
    versions: list[VersionHead]
    total: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One side of a comparison: a version, or the draft with the number 0."""

    number: int
    title: str
    minutes: int
    objectives: list[str]
    blocks: list[Content]
    published_at: datetime | None


async def rendered_draft(blocks: Sequence[Block], published_quizzes: set[UUID]) -> list[Rendered]:
    """The blocks of a draft as readers will see them, made in a thread."""
    contents = [writing.content_of(one) for one in blocks]
    return await asyncio.to_thread(document.render, contents, published_quizzes=published_quizzes)


async def publish(
    *, work: Work, me: Principal, lesson_id: UUID, note: str = "", now: datetime | None = None
) -> LessonVersion:
    """Make the draft the next version; students read it from now on.

    Args:
        work: The open unit of work.
        me: A teacher of its course.
        lesson_id: The lesson.
        note: What changed, in a sentence.
        now: When; the server's clock by default.

    Raises:
        NotFound: The person does not teach its course.
        NotPublishable: Something in it keeps some readers out.
        Conflict: It is published, and nothing has changed since.
        Invalid: The note is too long.
    """
    note = single_line(note)
    if len(note) > MAX_NOTE:
        raise Invalid(
            fields={"note": (N_("This is too long: at most {limit} characters."), {"limit": MAX_NOTE})}
        )
    lesson, last = await _locked(work, me, lesson_id)
    if lesson.status == PublicationStatus.PUBLISHED and not lesson.changed:
        raise Conflict(NOTHING_CHANGED)
    everything = await BlockRepository(work).all_of_lesson(lesson_id)
    quizzes = {one.id for one in await writing.quizzes_of(work, lesson.course_id) if one.published}
    rendered = await rendered_draft([one for one in everything if one.removed_at is None], quizzes)
    findings = document.findings_of(rendered)
    if findings:
        raise NotPublishable(findings)
    number = last + 1
    version = LessonVersion(
        lesson_id=lesson_id,
        number=number,
        title=lesson.draft_title,
        minutes=lesson.draft_minutes,
        objectives=list(lesson.draft_objectives),
        blocks=[document.published_form(one) for one in rendered],
        note=note,
        author_id=me.user,
        created_at=now or utc_now(),
    )
    lesson.title, lesson.minutes = lesson.draft_title, lesson.draft_minutes
    lesson.objectives = list(lesson.draft_objectives)
    lesson.status, lesson.published_number, lesson.changed = PublicationStatus.PUBLISHED, number, False
    for one in everything:
        if one.removed_at is not None:
            await work.session.delete(one)
    await work.add(version)
    await work.audit("lesson.published", lesson_id=lesson_id, course_id=lesson.course_id, number=number)
    return version


async def withdraw(*, work: Work, me: Principal, lesson_id: UUID) -> Lesson:
    """Hide a lesson from its students; its versions stay, and so does what they have read.

    Raises:
        NotFound: The person does not teach its course.
    """
    lesson, _last = await _locked(work, me, lesson_id)
    if lesson.status == PublicationStatus.PUBLISHED:
        lesson.status = PublicationStatus.DRAFT
        await work.flush()
        await work.audit("lesson.unpublished", lesson_id=lesson_id, course_id=lesson.course_id)
    return lesson


async def history(*, work: Work, me: Principal, lesson_id: UUID, page: int = 1) -> History:
    """A page of what was published, newest first; four statements.

    Raises:
        NotFound: The person does not teach its course.
    """
    lesson = await LessonRepository(work).get(lesson_id)
    course = await policy.require_teacher(work=work, me=me, course_id=lesson.course_id)
    versions, total = await LessonVersionRepository(work).of_lesson(lesson_id, number=page, size=PAGE_SIZE)
    return History(course, lesson, versions, total)


async def editions(
    *, work: Work, me: Principal, lesson_id: UUID, numbers: tuple[int, int]
) -> tuple[Lesson, Edition, Edition]:
    """Two versions of a lesson, for comparing; 0 is the draft.

    Raises:
        NotFound: The person does not teach its course, or there is no such version.
    """
    lesson = await LessonRepository(work).get(lesson_id)
    await policy.require_teacher(work=work, me=me, course_id=lesson.course_id)
    return lesson, await _edition(work, lesson, numbers[0]), await _edition(work, lesson, numbers[1])


async def restore(*, work: Work, me: Principal, lesson_id: UUID, number: int) -> Lesson:
    """Make a version the draft again; what students see does not change. The draft's own blocks are replaced.

    Raises:
        NotFound: The person does not teach its course, or there is no such version.
    """
    lesson, _last = await _locked(work, me, lesson_id)
    edition = await _edition(work, lesson, number)
    lesson.draft_title, lesson.draft_minutes = edition.title, edition.minutes
    lesson.draft_objectives = edition.objectives
    lesson.version += 1
    lesson.changed = not (lesson.status == PublicationStatus.PUBLISHED and lesson.published_number == number)
    rows = BlockRepository(work)
    existing = {one.id: one for one in await rows.all_of_lesson(lesson_id)}
    wanted = {one.id for one in edition.blocks}
    for key, row in existing.items():
        if key not in wanted and row.removed_at is None:
            row.removed_at = utc_now()
    fresh: list[Block] = []
    for position, one in enumerate(edition.blocks, start=1):
        row = existing.get(one.id)
        if row is None:
            fresh.append(
                Block(id=one.id, lesson_id=lesson_id, position=position, kind=one.kind, data=dict(one.data))
            )
        else:
            row.position, row.data, row.removed_at = position, dict(one.data), None
            row.version += 1
    work.session.add_all(fresh)
    await work.flush()
    await work.audit("lesson.restored", lesson_id=lesson_id, course_id=lesson.course_id, number=number)
    return lesson


async def _locked(work: Work, me: Principal, lesson_id: UUID) -> tuple[Lesson, int]:
    """A lesson of a course that the person teaches, and the number of its last version."""
    if Role.TEACHER not in me.roles:
        raise NotFound
    return await LessonRepository(work).taught(lesson_id, me.user)


async def _edition(work: Work, lesson: Lesson, number: int) -> Edition:
    if number == 0:
        blocks = await BlockRepository(work).of_lesson(lesson.id)
        return Edition(
            0,
            lesson.draft_title,
            lesson.draft_minutes,
            list(lesson.draft_objectives),
            [writing.content_of(one) for one in blocks],
            None,
        )
    found = await LessonVersionRepository(work).numbered(lesson.id, number)
    return Edition(
        number,
        found.title,
        found.minutes,
        list(found.objectives),
        [document.from_published(one).content for one in found.blocks],
        found.created_at,
    )
