"""Modules and lessons, as a teacher writes and orders them.

The course row is the lock of its outline: whoever adds, moves or deletes holds it, so that positions stay in one line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import policy
from eduplatform.domain.courses.lesson_repository import LessonHead, LessonRepository, ModuleRepository
from eduplatform.domain.courses.models import Course, Lesson, Module, PublicationStatus
from eduplatform.domain.courses.service import FILL_IN
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import Problem, accessibility_problems, render_markdown

Direction = Literal["up", "down"]
Positioned = TypeVar("Positioned", Module, Lesson)

MAX_OBJECTIVES = 12
MAX_BODY = 100_000
"""Longest lesson in characters: about fifty pages, and safely below what one event may carry."""

LESSON_CHANGED = N_(
    "This lesson was saved somewhere else after you opened it. Your text is still here: copy it, reload the page, and add your changes again."
)
NOTHING_TO_PUBLISH = N_("Write the lesson first: there is nothing to publish.")
NOT_FOR_EVERYBODY = N_("This text keeps some readers out ({count} in the list). Put it right, then publish.")


@dataclass(frozen=True, slots=True)
class SavedLesson:
    """A stored lesson and what in it would keep some readers out."""

    lesson: Lesson
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    """A module and its lessons in reading order."""

    module: Module
    lessons: list[LessonHead]


@dataclass(frozen=True, slots=True)
class LessonForEdit:
    """A lesson with what its editor shows around it."""

    course: Course
    module: Module
    lesson: Lesson
    previous: LessonHead | None
    next: LessonHead | None


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
            course_id=course_id, position=position, title=_title(title), summary=single_line(summary)[:500]
        )
    )


async def rename_module(*, work: Work, me: Principal, module_id: UUID, title: str) -> Module:
    """Give a module another title.

    Raises:
        NotFound: The person does not teach its course.
        Invalid: The title is empty.
    """
    module = await _module(work, me, module_id)
    module.title = _title(title)
    await work.flush()
    return module


async def move_module(*, work: Work, me: Principal, module_id: UUID, direction: Direction) -> None:
    """Move a module one place; at the edge nothing happens.

    Raises:
        NotFound: The person does not teach its course.
    """
    module = await _module(work, me, module_id)
    modules = await ModuleRepository(work).of_course(module.course_id)
    _shift(modules, module, direction)
    await work.flush()


async def delete_module(*, work: Work, me: Principal, module_id: UUID) -> None:
    """Delete a module with its lessons and what students have read of them.

    Raises:
        NotFound: The person does not teach its course.
    """
    module = await _module(work, me, module_id)
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
    """Add a draft lesson at the end of a module.

    Raises:
        NotFound: The person does not teach its course.
        Invalid: The title is empty, or the text too long.
    """
    module = await _module(work, me, module_id)
    siblings = await LessonRepository(work).of_module(module_id)
    text = _body(body)
    return await work.add(
        Lesson(
            course_id=module.course_id,
            module_id=module_id,
            position=siblings[-1].position + 1 if siblings else 1,
            title=_title(title),
            minutes=_minutes(minutes),
            objectives=_objectives(objectives),
            body=text,
            body_html=await asyncio.to_thread(render_markdown, text),
        )
    )


async def read_lesson_for_edit(*, work: Work, me: Principal, lesson_id: UUID) -> LessonForEdit:
    """A lesson, its course, and its neighbours.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    lessons = LessonRepository(work)
    lesson = await lessons.get(lesson_id)
    course = await policy.require_teacher(work=work, me=me, course_id=lesson.course_id)
    module = await ModuleRepository(work).get(lesson.module_id)
    heads = await lessons.heads(course_id=course.id, user_id=me.user, published_only=False)
    before, after = neighbours(heads, lesson_id)
    return LessonForEdit(course, module, lesson, before, after)


async def save_lesson(
    *,
    work: Work,
    me: Principal,
    lesson_id: UUID,
    version: int,
    title: str,
    minutes: int,
    objectives: Sequence[str],
    body: str,
    publish: bool = False,
) -> SavedLesson:
    """Store a lesson, and publish it when asked to and nothing in it keeps readers out.

    Args:
        work: The open unit of work.
        me: A teacher of its course.
        lesson_id: The lesson.
        version: The version that the text is based on.
        title: Its title.
        minutes: Estimated reading time, 1 to 240.
        objectives: What a reader can do afterwards, one sentence each.
        body: Markdown.
        publish: Show it to students. With problems it is stored, stays a draft, and the problems are returned.

    Raises:
        NotFound: The person does not teach its course.
        Conflict: It was saved since that version.
        Invalid: The title is empty, the text too long, or the text of a published lesson has problems.
    """
    lesson = await _lesson(work, me, lesson_id)
    if lesson.version != version:
        raise Conflict(LESSON_CHANGED)
    text = _body(body)
    problems = await problems_of(text)
    was_published = lesson.status == PublicationStatus.PUBLISHED
    if was_published:
        _require_publishable(text, problems)
    lesson.title, lesson.minutes = _title(title), _minutes(minutes)
    lesson.objectives = _objectives(objectives)
    lesson.body = text
    lesson.body_html = await asyncio.to_thread(render_markdown, text)
    lesson.version += 1
    if publish and text and not problems:
        lesson.status = PublicationStatus.PUBLISHED
    await work.flush()
    if lesson.status == PublicationStatus.PUBLISHED and not was_published:
        await work.audit("lesson.published", lesson_id=lesson.id, course_id=lesson.course_id)
    return SavedLesson(lesson, problems)


async def set_lesson_published(
    *, work: Work, me: Principal, lesson_id: UUID, version: int, published: bool
) -> Lesson:
    """Show a lesson to students, or take it back into draft.

    Raises:
        NotFound: The person does not teach its course.
        Conflict: It was saved since that version.
        Invalid: It is empty, or something in it keeps some readers out; ``fields["body"]`` says how much.
    """
    lesson = await _lesson(work, me, lesson_id)
    if lesson.version != version:
        raise Conflict(LESSON_CHANGED)
    if published:
        _require_publishable(lesson.body, await problems_of(lesson.body))
    status = PublicationStatus.PUBLISHED if published else PublicationStatus.DRAFT
    if lesson.status != status:
        lesson.status = status
        lesson.version += 1
        await work.flush()
        action = "lesson.published" if published else "lesson.unpublished"
        await work.audit(action, lesson_id=lesson.id, course_id=lesson.course_id)
    return lesson


async def move_lesson(*, work: Work, me: Principal, lesson_id: UUID, direction: Direction) -> None:
    """Move a lesson one place; beyond the edge of its module it goes to the neighbouring module.

    Raises:
        NotFound: The person does not teach its course.
    """
    lesson = await _placed_lesson(work, me, lesson_id)
    lessons = LessonRepository(work)
    siblings = await lessons.of_module(lesson.module_id)
    if not _shift(siblings, lesson, direction):
        modules = await ModuleRepository(work).of_course(lesson.course_id)
        at = [one.id for one in modules].index(lesson.module_id) + (-1 if direction == "up" else 1)
        if not 0 <= at < len(modules):
            return
        target = modules[at].id
        others = await lessons.of_module(target)
        lesson.module_id = target
        _number([*others, lesson] if direction == "up" else [lesson, *others])
    await work.flush()


async def delete_lesson(*, work: Work, me: Principal, lesson_id: UUID) -> UUID:
    """Delete a lesson and what students have read of it.

    Returns:
        The id of its course.

    Raises:
        NotFound: The person does not teach its course.
    """
    lesson = await _placed_lesson(work, me, lesson_id)
    await LessonRepository(work).delete(lesson)
    await work.audit("lesson.deleted", lesson_id=lesson_id, course_id=lesson.course_id)
    return lesson.course_id


async def problems_of(body: str) -> list[Problem]:
    """What would keep some readers from a text (`accessibility_problems`), found in a thread."""
    return await asyncio.to_thread(accessibility_problems, body)


def refusal(body: str, problems: Sequence[Problem]) -> Invalid:
    """Why a text cannot be published: it is empty, or it has these problems."""
    if not body.strip():
        return Invalid(fields={"body": NOTHING_TO_PUBLISH})
    return Invalid(fields={"body": (NOT_FOR_EVERYBODY, {"count": len(problems)})})


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


async def _lesson(work: Work, me: Principal, lesson_id: UUID) -> Lesson:
    """A lesson of the person's course, whose text nobody else can change now."""
    lesson = await LessonRepository(work).get(lesson_id, lock=True)
    await policy.require_teacher(work=work, me=me, course_id=lesson.course_id)
    return lesson


def _require_publishable(body: str, problems: Sequence[Problem]) -> None:
    if not body.strip() or problems:
        raise refusal(body, problems)


def _number(rows: Sequence[Positioned]) -> None:
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position


def _shift(rows: list[Positioned], row: Positioned, direction: Direction) -> bool:
    """Swap a row with its neighbour and number all from 1; False at the edge."""
    at = [one.id for one in rows].index(row.id)
    to = at - 1 if direction == "up" else at + 1
    if not 0 <= to < len(rows):
        return False
    ordered = list(rows)
    ordered[at], ordered[to] = ordered[to], ordered[at]
    _number(ordered)
    return True


def _title(title: str) -> str:
    title = single_line(title)
    if not title:
        raise Invalid(fields={"title": FILL_IN})
    if len(title) > 160:
        raise Invalid(fields={"title": (N_("This is too long: at most {limit} characters."), {"limit": 160})})
    return title


def _minutes(minutes: int) -> int:
    if not 1 <= minutes <= 240:
        raise Invalid(fields={"minutes": N_("Give between 1 and 240 minutes.")})
    return minutes


def _objectives(objectives: Sequence[str]) -> list[str]:
    lines = [single_line(one)[:300] for one in objectives]
    return [one for one in lines if one][:MAX_OBJECTIVES]


def _body(body: str) -> str:
    text = paragraphs(body)
    if len(text) > MAX_BODY:
        raise Invalid(
            fields={"body": (N_("This is too long: at most {limit} characters."), {"limit": MAX_BODY})}
        )
    return text
