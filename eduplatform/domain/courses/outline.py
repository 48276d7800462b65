"""Modules and lessons, as a teacher names and orders them; what is in a lesson is in ``writing``.

The course row is the lock of its outline: whoever adds, moves or deletes holds it, so that positions stay in one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import policy
from eduplatform.domain.courses.blocks import BlockKind, clean
from eduplatform.domain.courses.lesson_repository import LessonHead, LessonRepository, ModuleRepository
from eduplatform.domain.courses.models import Block, Lesson, Module
from eduplatform.domain.courses.service import FILL_IN
from eduplatform.domain.courses.texts import single_line
from eduplatform.domain.files import service as files
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

Direction = Literal["up", "down"]
Positioned = TypeVar("Positioned", Module, Lesson, Block)

MAX_OBJECTIVES = 12


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    """A module and its lessons in reading order."""

    module: Module
    lessons: list[LessonHead]


async def read_outline(
    *, work: Work, me: Principal, course_id: UUID, published_only: bool = False
) -> list[ModuleOutline]:
    """The modules of a course with their lessons; two statements. For callers that checked access.

    Args:
        work: The open unit of work.
        me: Whose progress is read along.
        course_id: The course.
        published_only: Leave out drafts, and modules in which nothing is left.
    """
    modules = await ModuleRepository(work).of_course(course_id)
    heads = await LessonRepository(work).heads(
        course_id=course_id, user_id=me.user, published_only=published_only
    )
    by_module: dict[UUID, list[LessonHead]] = {one.id: [] for one in modules}
    for head in heads:
        by_module[head.module_id].append(head)
    return [
        ModuleOutline(one, by_module[one.id]) for one in modules if by_module[one.id] or not published_only
    ]


async def add_module(*, work: Work, me: Principal, course_id: UUID, title: str, summary: str = "") -> Module:
    """Add a module at the end of a course.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: The title is empty.
    """
    await policy.require_teacher(work=work, me=me, course_id=course_id, lock=True)
    modules = await ModuleRepository(work).of_course(course_id)
    position = modules[-1].position + 1 if modules else 1
    return await work.add(
        Module(
            course_id=course_id, position=position, title=title_of(title), summary=single_line(summary)[:500]
        )
    )


async def rename_module(*, work: Work, me: Principal, module_id: UUID, title: str) -> Module:
    """Give a module another title.

    Raises:
        NotFound: The person does not teach its course.
        Invalid: The title is empty.
    """
    module = await _module(work, me, module_id)
    module.title = title_of(title)
    await work.flush()
    return module


async def move_module(*, work: Work, me: Principal, module_id: UUID, direction: Direction) -> None:
    """Move a module one place; at the edge nothing happens.

    Raises:
        NotFound: The person does not teach its course.
    """
    module = await _module(work, me, module_id)
    modules = await ModuleRepository(work).of_course(module.course_id)
    shift(modules, module, direction)
    await work.flush()


async def place_module(*, work: Work, me: Principal, module_id: UUID, before: UUID | None) -> None:
    """Put a module in front of another one of its course, or at the end.

    Raises:
        NotFound: The person does not teach its course, or the other module is not of it.
    """
    module = await _module(work, me, module_id)
    put_before(await ModuleRepository(work).of_course(module.course_id), module, before)
    await work.flush()


async def delete_module(*, work: Work, me: Principal, module_id: UUID) -> None:
    """Delete a module with its lessons and what students have read of them.

    Raises:
        NotFound: The person does not teach its course.
    """
    module = await _module(work, me, module_id)
    lessons = await LessonRepository(work).of_module(module_id)
    await files.detach(work=work, purpose="lesson", object_ids=[one.id for one in lessons])
    await ModuleRepository(work).delete(module)
    await work.audit("module.deleted", module_id=module_id, course_id=module.course_id)


async def add_lesson(
    *,
    work: Work,
    me: Principal,
    module_id: UUID,
    title: str,
    minutes: int = 10,
    objectives: Sequence[str] = (),
    body: str = "",
) -> Lesson:
    """Add a draft lesson at the end of a module; a text becomes its first block.

    Raises:
        NotFound: The person does not teach its course.
        Invalid: The title is empty, or the text too long.
    """
    module = await _module(work, me, module_id)
    siblings = await LessonRepository(work).of_module(module_id)
    name, time, aims = title_of(title), minutes_of(minutes), objectives_of(objectives)
    content = clean(BlockKind.TEXT, {"text": body}, {})
    lesson = await work.add(
        Lesson(
            course_id=module.course_id,
            module_id=module_id,
            position=siblings[-1].position + 1 if siblings else 1,
            title=name,
            minutes=time,
            objectives=aims,
            draft_title=name,
            draft_minutes=time,
            draft_objectives=aims,
        )
    )
    if content["text"]:
        await work.add(Block(lesson_id=lesson.id, position=1, kind=BlockKind.TEXT, data=content))
    return lesson


async def move_lesson(*, work: Work, me: Principal, lesson_id: UUID, direction: Direction) -> None:
    """Move a lesson one place; beyond the edge of its module it goes to the neighbouring module.

    Raises:
        NotFound: The person does not teach its course.
    """
    lesson = await _placed_lesson(work, me, lesson_id)
    lessons = LessonRepository(work)
    siblings = await lessons.of_module(lesson.module_id)
    if not shift(siblings, lesson, direction):
        modules = await ModuleRepository(work).of_course(lesson.course_id)
        at = [one.id for one in modules].index(lesson.module_id) + (-1 if direction == "up" else 1)
        if not 0 <= at < len(modules):
            return
        target = modules[at].id
        others = await lessons.of_module(target)
        lesson.module_id = target
        number([*others, lesson] if direction == "up" else [lesson, *others])
    await work.flush()


async def place_lesson(
    *, work: Work, me: Principal, lesson_id: UUID, module_id: UUID, before: UUID | None
) -> None:
    """Put a lesson into a module of its course, in front of another lesson of it or at the end.

    Raises:
        NotFound: The person does not teach its course, or the module or the other lesson is not of it.
    """
    lesson = await _placed_lesson(work, me, lesson_id)
    target = await ModuleRepository(work).get(module_id)
    if target.course_id != lesson.course_id:
        raise NotFound
    siblings = await LessonRepository(work).of_module(module_id)
    lesson.module_id = module_id
    put_before(siblings, lesson, before)
    await work.flush()


async def delete_lesson(*, work: Work, me: Principal, lesson_id: UUID) -> UUID:
    """Delete a lesson and what students have read of it.

    Returns:
        The id of its course.

    Raises:
        NotFound: The person does not teach its course.
    """
    lesson = await _placed_lesson(work, me, lesson_id)
    await files.detach(work=work, purpose="lesson", object_ids=[lesson_id])
    await LessonRepository(work).delete(lesson)
    await work.audit("lesson.deleted", lesson_id=lesson_id, course_id=lesson.course_id)
    return lesson.course_id


def neighbours(heads: Sequence[LessonHead], lesson_id: UUID) -> tuple[LessonHead | None, LessonHead | None]:
    """The lessons before and after one, in the order given."""
    at = next((number for number, one in enumerate(heads) if one.id == lesson_id), None)
    if at is None:
        return None, None
    return (heads[at - 1] if at > 0 else None), (heads[at + 1] if at + 1 < len(heads) else None)


async def _module(work: Work, me: Principal, module_id: UUID) -> Module:
    """A module of the person's course, read after the course's outline is theirs to change."""
    modules = ModuleRepository(work)
    await policy.require_teacher(work=work, me=me, course_id=await modules.course_of(module_id), lock=True)
    return await modules.get(module_id)


async def _placed_lesson(work: Work, me: Principal, lesson_id: UUID) -> Lesson:
    """A lesson of the person's course, read after the course's outline is theirs to change."""
    lessons = LessonRepository(work)
    await policy.require_teacher(work=work, me=me, course_id=await lessons.course_of(lesson_id), lock=True)
    return await lessons.get(lesson_id)


def number(rows: Sequence[Positioned]) -> None:
    """Number rows from 1 in the order given."""
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position


def shift(rows: list[Positioned], row: Positioned, direction: Direction) -> bool:
    """Swap a row with its neighbour and number all from 1; False at the edge."""
    at = [one.id for one in rows].index(row.id)
    to = at - 1 if direction == "up" else at + 1
    if not 0 <= to < len(rows):
        return False
    ordered = list(rows)
    ordered[at], ordered[to] = ordered[to], ordered[at]
    number(ordered)
    return True


def put_before(rows: Sequence[Positioned], row: Positioned, before: UUID | None) -> None:
    """Number rows from 1 with one of them, or a new one, in front of another or at the end.

    Raises:
        NotFound: The other one is not among them.
    """
    ordered = [one for one in rows if one.id != row.id]
    at = (
        len(ordered) if before is None else next((n for n, one in enumerate(ordered) if one.id == before), -1)
    )
    if before == row.id:
        return
    if at < 0:
        raise NotFound
    number([*ordered[:at], row, *ordered[at:]])


def title_of(title: str) -> str:
    """A title that can be stored.

    Raises:
        Invalid: It is empty or too long.
    """
    title = single_line(title)
    if not title:
        raise Invalid(fields={"title": FILL_IN})
    if len(title) > 160:
        raise Invalid(fields={"title": (N_("This is too long: at most {limit} characters."), {"limit": 160})})
    return title


def minutes_of(minutes: int) -> int:
    """A reading time in minutes.

    Raises:
        Invalid: It is not between 1 and 240.
    """
    if not 1 <= minutes <= 240:
        raise Invalid(fields={"minutes": N_("Give between 1 and 240 minutes.")})
    return minutes


def objectives_of(objectives: Sequence[str]) -> list[str]:
    """The first `MAX_OBJECTIVES` lines that are not empty."""
    lines = [single_line(one)[:300] for one in objectives]
    return [one for one in lines if one][:MAX_OBJECTIVES]
