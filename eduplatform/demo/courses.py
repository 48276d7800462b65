"""The demonstration's lessons as blocks with published versions, and what opens their last modules.

Every lesson is the text of its file. One lesson per course goes on with the blocks of ``blocks.toml``: every kind is used.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import document
from eduplatform.domain.courses.blocks import BlockKind, clean
from eduplatform.domain.courses.document import Content
from eduplatform.domain.courses.models import Block, Lesson, LessonVersion, Module, UnlockKind, UnlockRule
from eduplatform.domain.courses.writing import FILE_PURPOSE
from eduplatform.domain.files import repository as files
from eduplatform.domain.files.models import FileState, StoredFile
from eduplatform.domain.files.uploads import default_limit
from eduplatform.integrations.storage import storage

_TYPES = {".csv": "text/csv", ".webm": "video/webm"}

Table = Mapping[str, Any]


async def publish_lessons(
    *,
    work: Work,
    folder: Path,
    lessons: Mapping[str, tuple[Lesson, str]],
    quizzes: Mapping[str, UUID],
    author_id: UUID,
    published_at: datetime,
) -> None:
    """Make each text the first block of its lesson, add the further blocks of one of them, and publish all.

    Args:
        work: The open unit of work.
        folder: Where the course's files are.
        lessons: The lessons by key, each with its text.
        quizzes: The course's published assessments by key.
        author_id: Who has written them.
        published_at: When version 1 was made.
    """
    facts = tomllib.loads((folder / "blocks.toml").read_text(encoding="utf-8"))
    for key, (lesson, text) in lessons.items():
        blocks = [Content(new_id(), BlockKind.TEXT, clean(BlockKind.TEXT, {"text": text}, {}))]
        if key == facts["lesson"]:
            blocks += [
                await _block(work, folder, one, lesson.id, quizzes, author_id) for one in facts["block"]
            ]
        _publish(work, lesson, blocks, quizzes, author_id, published_at)
    await work.flush()


def _publish(
    work: Work,
    lesson: Lesson,
    blocks: Sequence[Content],
    quizzes: Mapping[str, UUID],
    author_id: UUID,
    published_at: datetime,
) -> None:
    work.session.add_all(
        Block(id=one.id, lesson_id=lesson.id, position=position, kind=one.kind, data=dict(one.data))
        for position, one in enumerate(blocks, start=1)
    )
    rendered = document.render(blocks, published_quizzes=set(quizzes.values()))
    work.session.add(
        LessonVersion(
            lesson_id=lesson.id,
            number=1,
            title=lesson.title,
            minutes=lesson.minutes,
            objectives=list(lesson.objectives),
            blocks=[document.published_form(one) for one in rendered],
            author_id=author_id,
            created_at=published_at,
        )
    )


async def _block(
    work: Work, folder: Path, facts: Table, lesson_id: UUID, quizzes: Mapping[str, UUID], owner_id: UUID
) -> Content:
    kind = BlockKind(facts["kind"])
    values = {name: str(value).strip("\n") for name, value in facts.items()}
    if kind is BlockKind.QUIZ:
        values["assessment_id"] = str(quizzes[facts["assessment"]])
    if kind is BlockKind.VIDEO:
        content = (folder / facts["video"]).read_bytes()
        values |= await _store(work, facts["video"], content, lesson_id, owner_id)
    if kind is BlockKind.FILE:
        content = facts["content"].lstrip("\n").encode()
        values |= await _store(work, facts["file"], content, lesson_id, owner_id)
    return Content(new_id(), kind, clean(kind, values, {}))


async def _store(work: Work, name: str, content: bytes, lesson_id: UUID, owner_id: UUID) -> dict[str, str]:
    """Put a file of the demonstration where uploads are, shown by a lesson; gives the values of its block."""
    await files.account_bytes(work, len(content), default_limit=default_limit())
    file = await work.add(
        StoredFile(
            owner_id=owner_id,
            name=name,
            content_type=_TYPES[Path(name).suffix],
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            purpose=FILE_PURPOSE,
            state=FileState.READY,
        )
    )
    await storage().put(work.tenant_id, str(file.id), content)
    await files.FileUseRepository(work).add_missing(FILE_PURPOSE, [(lesson_id, file.id, 0)])
    return {"file_id": str(file.id), "name": name, "size": str(len(content)), "type": file.content_type}


async def lock_last_module(*, work: Work, modules: Sequence[Module], opens_at: datetime | None) -> None:
    """Open the last module of a course after the one before it is read, and not before a moment when one is given."""
    before, last = modules[-2], modules[-1]
    await work.add(UnlockRule(module_id=last.id, kind=UnlockKind.MODULE, required_module_id=before.id))
    if opens_at is not None:
        await work.add(UnlockRule(module_id=last.id, kind=UnlockKind.DATE, opens_at=opens_at))
