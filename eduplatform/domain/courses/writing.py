"""The draft of a lesson: its heading and its blocks, as teachers write them.

The lesson row is the lock of its blocks' order. Each block carries its own version, so that two people can write in two
blocks of one lesson, and the second one to save the same block is told instead of overwriting.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses import outline, policy
from eduplatform.domain.courses.blocks import MAX_BLOCKS, BlockKind, clean, empty
from eduplatform.domain.courses.document import Content
from eduplatform.domain.courses.lesson_repository import (
    BlockRepository,
    LessonHead,
    LessonRepository,
    ModuleRepository,
)
from eduplatform.domain.courses.models import Block, Course, Lesson, Module
from eduplatform.domain.courses.outline import Direction
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.files import service as files
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

FILE_PURPOSE = "lesson"
PLAYABLE = frozenset({"video/mp4", "video/webm"})
BLOCK_CHANGED = N_("This block was changed somewhere else while you were writing.")
HEADING_CHANGED = N_("The title, the time or the aims were changed somewhere else while you were writing.")
TOO_MANY = N_("A lesson has at most {limit} blocks. Make a second lesson of it.")


class BlockConflict(Conflict):
    """Somebody else saved the block first; ``block`` is what they saved."""

    def __init__(self, block: Block) -> None:
        super().__init__(BLOCK_CHANGED)
        self.block = block


@dataclass(frozen=True, slots=True)
class QuizChoice:
    """An assessment of the course that a quiz block can lead to."""

    id: UUID
    kind: str
    title: str
    published: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A lesson as its editor shows it."""

    course: Course
    module: Module
    lesson: Lesson
    blocks: list[Block]
    quizzes: list[QuizChoice]
    previous: LessonHead | None
    next: LessonHead | None


def content_of(block: Block) -> Content:
    """A block without its row; a value that its kind does not know is left out, one that is missing is empty."""
    kind = BlockKind(block.kind)
    known = empty(kind)
    return Content(block.id, kind, known | {name: block.data[name] for name in block.data if name in known})


async def read_draft(*, work: Work, me: Principal, lesson_id: UUID) -> Draft:
    """A lesson with its blocks, its course and its neighbours; six statements.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    lessons = LessonRepository(work)
    lesson = await lessons.get(lesson_id)
    course = await policy.require_teacher(work=work, me=me, course_id=lesson.course_id)
    module = await ModuleRepository(work).get(lesson.module_id)
    heads = await lessons.heads(course_id=course.id, user_id=me.user, published_only=False)
    blocks = await BlockRepository(work).of_lesson(lesson_id)
    before, after = outline.neighbours(heads, lesson_id)
    return Draft(course, module, lesson, blocks, await quizzes_of(work, course.id), before, after)


async def quizzes_of(work: Work, course_id: UUID) -> list[QuizChoice]:
    """The assessments of a course by title; one statement. For callers that checked access."""
    columns = (Assessment.id, Assessment.kind, Assessment.title, col(Assessment.status) == "published")
    rows = await fetch(
        work,
        select_columns(*columns)
        .where(col(Assessment.tenant_id) == work.tenant_id, col(Assessment.course_id) == course_id)
        .order_by(col(Assessment.title), col(Assessment.id))
        .limit(200),
    )
    return [QuizChoice(*row) for row in rows]


async def save_heading(
    *,
    work: Work,
    me: Principal,
    lesson_id: UUID,
    version: int,
    title: str,
    minutes: int,
    objectives: Sequence[str],
) -> Lesson:
    """Store the draft's title, reading time and aims; students see them once the lesson is published again.

    Args:
        work: The open unit of work.
        me: A teacher of its course.
        lesson_id: The lesson.
        version: The lesson's version that the change is based on.
        title: Its title.
        minutes: Estimated reading time, 1 to 240.
        objectives: What a reader can do afterwards, one sentence each.

    Raises:
        NotFound: The person does not teach its course.
        Conflict: They were saved since that version.
        Invalid: The title is empty, or the time out of range.
    """
    lesson = await _locked(work, me, lesson_id)
    wanted = (outline.title_of(title), outline.minutes_of(minutes), outline.objectives_of(objectives))
    if wanted == (lesson.draft_title, lesson.draft_minutes, lesson.draft_objectives):
        return lesson
    if lesson.version != version:
        raise Conflict(HEADING_CHANGED)
    lesson.draft_title, lesson.draft_minutes, lesson.draft_objectives = wanted
    if not lesson.published_number:
        lesson.title, lesson.minutes, lesson.objectives = wanted
    lesson.version += 1
    lesson.changed = True
    await work.flush()
    return lesson


async def add_block(
    *, work: Work, me: Principal, lesson_id: UUID, kind: BlockKind, before: UUID | None = None
) -> tuple[Block, list[Block]]:
    """Add an empty block in front of another one, or at the end.

    Returns:
        The block, and all blocks of the draft in their order.

    Raises:
        NotFound: The person does not teach the course, or the other block is not of the lesson.
        Conflict: The lesson is full.
    """
    lesson = await _locked(work, me, lesson_id)
    return await _insert(
        work, lesson, Block(lesson_id=lesson_id, position=0, kind=kind, data=empty(kind)), before
    )


async def save_block(
    *, work: Work, me: Principal, block_id: UUID, based_on: Collection[int], values: Mapping[str, str]
) -> tuple[Block, list[Block]]:
    """Store what was written in a block.

    Args:
        work: The open unit of work.
        me: A teacher of the course.
        block_id: The block.
        based_on: Versions of the block that the writer has seen; the present one must be among them.
        values: The values that were given; the others stay.

    Returns:
        The block, and all blocks of the draft in their order.

    Raises:
        NotFound: The block is gone, or the person does not teach its course.
        BlockConflict: It was saved since, and differently.
        Invalid: A value is too long or not understood.
    """
    block, lesson, blocks = await _block(work, me, block_id)
    content = clean(BlockKind(block.kind), values, block.data)
    if content != block.data:
        if block.version not in based_on:
            raise BlockConflict(block)
        block.data = content
        block.version += 1
        lesson.changed = True
        await work.flush()
    return block, blocks


async def set_file(*, work: Work, me: Principal, block_id: UUID, file_id: UUID) -> tuple[Block, list[Block]]:
    """Let a block show a file that the person has uploaded.

    Raises:
        NotFound: The block or the file is gone, or not the person's.
        Invalid: The file is not of the block's kind; ``fields["file"]`` says so.
    """
    block, lesson, blocks = await _block(work, me, block_id)
    stored = await files.attach(
        work=work, me=me, file_ids=[file_id], purpose=FILE_PURPOSE, object_id=lesson.id
    )
    _require_kind(BlockKind(block.kind), stored[0].content_type)
    block.data = {
        **content_of(block).data,
        "file_id": str(file_id),
        "name": stored[0].name,
        "size": str(stored[0].size),
        "type": stored[0].content_type,
        **({"src": ""} if block.kind == BlockKind.IMAGE else {}),
    }
    block.version += 1
    lesson.changed = True
    await work.flush()
    return block, blocks


def _require_kind(kind: BlockKind, content_type: str) -> None:
    if kind is BlockKind.IMAGE and not content_type.startswith("image/"):
        raise Invalid(fields={"file": N_("This is not a picture.")})
    if kind is BlockKind.VIDEO and content_type not in PLAYABLE:
        raise Invalid(fields={"file": N_("Browsers play MP4 and WebM. This file is something else.")})
    if kind not in (BlockKind.IMAGE, BlockKind.VIDEO, BlockKind.FILE):
        raise Invalid


async def move_block(*, work: Work, me: Principal, block_id: UUID, direction: Direction) -> list[Block]:
    """Move a block one place; at the edge nothing happens. Returns the blocks in their new order.

    Raises:
        NotFound: The block is gone, or the person does not teach its course.
    """
    block, lesson, blocks = await _block(work, me, block_id)
    if outline.shift(blocks, block, direction):
        lesson.changed = True
        await work.flush()
    return _ordered(blocks)


async def place_block(*, work: Work, me: Principal, block_id: UUID, before: UUID | None) -> list[Block]:
    """Put a block in front of another one of its lesson, or at the end. Returns the blocks in their new order.

    Raises:
        NotFound: One of them is gone, or the person does not teach the course.
    """
    block, lesson, blocks = await _block(work, me, block_id)
    outline.put_before(blocks, block, before)
    lesson.changed = True
    await work.flush()
    return _ordered(blocks)


async def duplicate_block(*, work: Work, me: Principal, block_id: UUID) -> tuple[Block, list[Block]]:
    """Put a copy of a block behind it.

    Raises:
        NotFound: The block is gone, or the person does not teach its course.
        Conflict: The lesson is full.
    """
    block, lesson, blocks = await _block(work, me, block_id)
    at = [one.id for one in blocks].index(block_id) + 1
    following = blocks[at].id if at < len(blocks) else None
    copy = Block(lesson_id=block.lesson_id, position=0, kind=block.kind, data=dict(block.data))
    return await _insert(work, lesson, copy, following, blocks)


async def remove_block(*, work: Work, me: Principal, block_id: UUID) -> list[Block]:
    """Take a block out of the draft; `bring_back` undoes it until the lesson is published.

    Raises:
        NotFound: The block is gone, or the person does not teach its course.
    """
    block, lesson, blocks = await _block(work, me, block_id)
    block.removed_at = utc_now()
    lesson.changed = True
    await work.flush()
    return [one for one in blocks if one.id != block_id]


async def bring_back(*, work: Work, me: Principal, block_id: UUID) -> list[Block]:
    """Put a removed block back where it was.

    Raises:
        NotFound: It is gone for good, or the person does not teach its course.
        Conflict: The lesson is full.
    """
    rows = BlockRepository(work)
    lesson = await LessonRepository(work).of_block(block_id)
    await policy.require_teacher(work=work, me=me, course_id=lesson.course_id)
    block = await rows.get(block_id)
    blocks = await rows.of_lesson(block.lesson_id)
    _require_room(blocks)
    block.removed_at = None
    # It stands in front of whatever has come to its place since.
    following = next((one.id for one in blocks if one.position >= block.position), None)
    outline.put_before(blocks, block, following)
    lesson.changed = True
    await work.flush()
    return _ordered([*[one for one in blocks if one.id != block_id], block])


async def _insert(
    work: Work, lesson: Lesson, block: Block, before: UUID | None, blocks: list[Block] | None = None
) -> tuple[Block, list[Block]]:
    if blocks is None:
        blocks = await BlockRepository(work).of_lesson(lesson.id)
    _require_room(blocks)
    block.id = new_id()
    outline.put_before(blocks, block, before)
    lesson.changed = True
    await work.add(block)
    return block, _ordered([*blocks, block])


def _require_room(blocks: Sequence[Block]) -> None:
    if len(blocks) >= MAX_BLOCKS:
        raise Conflict(TOO_MANY, params={"limit": MAX_BLOCKS})


def _ordered(blocks: Sequence[Block]) -> list[Block]:
    return sorted(blocks, key=lambda one: one.position)


async def _locked(work: Work, me: Principal, lesson_id: UUID) -> Lesson:
    """A lesson of the person's course that nobody else can change now."""
    lesson = await LessonRepository(work).get(lesson_id, lock=True)
    await policy.require_teacher(work=work, me=me, course_id=lesson.course_id)
    return lesson


async def _block(work: Work, me: Principal, block_id: UUID) -> tuple[Block, Lesson, list[Block]]:
    """A block of the draft, read after its lesson is the person's to change, with all blocks in their order."""
    lesson = await LessonRepository(work).of_block(block_id)
    await policy.require_teacher(work=work, me=me, course_id=lesson.course_id)
    blocks = await BlockRepository(work).of_lesson(lesson.id)
    block = next((one for one in blocks if one.id == block_id), None)
    if block is None:
        raise NotFound
    return block, lesson, blocks
