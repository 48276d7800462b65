"""A lesson or a whole course on paper: what the person may read anyway, in its order, without any answer of a quiz."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import document, policy, unlocking, writing
from eduplatform.domain.courses.document import Rendered
from eduplatform.domain.courses.lesson_repository import (
    BlockRepository,
    LessonHead,
    LessonRepository,
    LessonVersionRepository,
    ModuleRepository,
)
from eduplatform.domain.courses.models import Block, Course, Lesson, LessonVersion, Module
from eduplatform.errors import Forbidden, NotFound
from eduplatform.security.principal import Principal


@dataclass(frozen=True, slots=True)
class PrintedLesson:
    """A lesson on paper."""

    title: str
    minutes: int
    objectives: list[str]
    blocks: list[Rendered]


@dataclass(frozen=True, slots=True)
class PrintedModule:
    """A module on paper; of a closed one there is only the title."""

    title: str
    closed: bool
    lessons: list[PrintedLesson] = field(default_factory=list[PrintedLesson])


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed, with the titles of the assessments that blocks lead to."""

    course: Course
    modules: list[PrintedModule]
    quizzes: Mapping[UUID, str]


async def print_lesson(*, work: Work, me: Principal, lesson_id: UUID) -> Printed:
    """One lesson: the draft for its teachers, what is published and open for students; at most seven statements.

    Raises:
        NotFound: It does not exist for this person.
        Forbidden: Its module is locked.
    """
    lesson, module = await LessonRepository(work).with_module(lesson_id)
    printed = await _print(work, me, lesson.course_id, [module], only=lesson_id)
    if printed.modules and printed.modules[0].closed:
        raise Forbidden
    if not printed.modules or not printed.modules[0].lessons:
        raise NotFound
    return printed


async def print_course(*, work: Work, me: Principal, course_id: UUID) -> Printed:
    """A whole course in its order; at most six statements.

    Raises:
        NotFound: It does not exist for this person.
    """
    return await _print(work, me, course_id, None, only=None)


async def _print(
    work: Work, me: Principal, course_id: UUID, modules: Sequence[Module] | None, *, only: UUID | None
) -> Printed:
    standing = await policy.require_standing(work=work, me=me, course_id=course_id)
    if modules is None:
        modules = await ModuleRepository(work).of_course(course_id)
    heads = await LessonRepository(work).heads(
        course_id=course_id, user_id=me.user, published_only=not standing.teaches
    )
    closed: set[UUID] = set()
    if not standing.teaches:
        found = await unlocking.locks_of(work=work, me=me, course_id=course_id, heads=heads)
        closed = set(found)
    wanted = [one for one in heads if one.module_id not in closed and only in (None, one.id)]
    lessons = await (_drafts(work, wanted) if standing.teaches else _versions(work, wanted))
    quizzes = {one.id: one.title for one in await writing.quizzes_of(work, course_id)}
    shown = {one.module_id for one in heads}
    return Printed(
        standing.course,
        [
            PrintedModule(
                one.title,
                one.id in closed,
                [lessons[head.id] for head in wanted if head.module_id == one.id and head.id in lessons],
            )
            for one in modules
            if one.id in shown
        ],
        quizzes,
    )


async def _versions(work: Work, heads: Sequence[LessonHead]) -> dict[UUID, PrintedLesson]:
    rows = await LessonVersionRepository(work).published([one.id for one in heads])
    return {one.lesson_id: _of_version(one) for one in rows}


def _of_version(version: LessonVersion) -> PrintedLesson:
    blocks = [document.from_published(one) for one in version.blocks]
    return PrintedLesson(version.title, version.minutes, version.objectives, blocks)


async def _drafts(work: Work, heads: Sequence[LessonHead]) -> dict[UUID, PrintedLesson]:
    ids = [one.id for one in heads]
    lessons = await LessonRepository(work).find(col(Lesson.id).in_(ids))
    blocks = await BlockRepository(work).find(
        col(Block.lesson_id).in_(ids),
        col(Block.removed_at).is_(None),
        order_by=(col(Block.position), col(Block.id)),
    )
    by_lesson: dict[UUID, list[document.Content]] = {}
    for block in blocks:
        by_lesson.setdefault(block.lesson_id, []).append(writing.content_of(block))

    def rendered() -> dict[UUID, PrintedLesson]:
        return {
            one.id: PrintedLesson(
                one.draft_title,
                one.draft_minutes,
                one.draft_objectives,
                document.render(by_lesson.get(one.id, [])),
            )
            for one in lessons
        }

    return await asyncio.to_thread(rendered)
