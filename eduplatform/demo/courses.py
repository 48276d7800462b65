"""The demonstration's lessons as blocks with published versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import document, writing
from eduplatform.domain.courses.blocks import BlockKind, clean
from eduplatform.domain.courses.models import Block, Lesson, LessonVersion


async def publish_texts(
    *, work: Work, lessons: Sequence[tuple[Lesson, str]], author_id: UUID, published_at: datetime
) -> None:
    """Make each text the one block of its lesson, and that the lesson's first version."""
    for lesson, text in lessons:
        block = Block(
            lesson_id=lesson.id,
            position=1,
            kind=BlockKind.TEXT,
            data=clean(BlockKind.TEXT, {"text": text}, {}),
        )
        rendered = document.render([writing.content_of(block)])
        work.session.add(block)
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
    await work.flush()
