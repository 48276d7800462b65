"""Who may read what a lesson shows besides its text: uploaded files and captions."""

from __future__ import annotations

from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import document, learning, policy, writing
from eduplatform.domain.courses.captions import as_webvtt, parse_captions
from eduplatform.domain.courses.document import Content
from eduplatform.domain.courses.lesson_repository import (
    BlockRepository,
    LessonRepository,
    LessonVersionRepository,
)
from eduplatform.domain.files.policy import UsedFile, register_reader
from eduplatform.errors import NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal


async def may_read(work: Work, me: Principal, file: UsedFile) -> bool:
    """Teachers of the course; students while the lesson is published, open to them, and shows the file.

    Raises:
        NotFound: The lesson does not exist for this person.
        Forbidden: Its module is locked.
    """
    lesson = await LessonRepository(work).get(file.object_id)
    if Role.TEACHER in me.roles:
        standing = await policy.require_standing(work=work, me=me, course_id=lesson.course_id)
        if standing.teaches:
            return True
    shown = await _published(work, me, file.object_id)
    return file.id in document.file_ids(shown)


register_reader(writing.FILE_PURPOSE, may_read)


async def captions(*, work: Work, me: Principal, lesson_id: UUID, block_id: UUID) -> str:
    """The captions of a video as WebVTT: of the draft for teachers, of what is published for students.

    Raises:
        NotFound: There are none for this person.
        Forbidden: The module is locked.
    """
    lesson = await LessonRepository(work).get(lesson_id)
    standing = await policy.require_standing(work=work, me=me, course_id=lesson.course_id)
    if standing.teaches:
        blocks = [writing.content_of(one) for one in await BlockRepository(work).of_lesson(lesson_id)]
    else:
        blocks = await _published(work, me, lesson_id)
    text = next((one.data.get("captions", "") for one in blocks if one.id == block_id), "")
    if not text:
        raise NotFound
    return as_webvtt(parse_captions(text))


async def _published(work: Work, me: Principal, lesson_id: UUID) -> list[Content]:
    lesson = await learning.require_open(work=work, me=me, lesson_id=lesson_id)
    version = await LessonVersionRepository(work).numbered(lesson_id, lesson.published_number)
    return [document.from_published(one).content for one in version.blocks]
