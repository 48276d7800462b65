"""A lesson being read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

import reflex as rx

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import document, learning
from eduplatform.domain.courses.learning import AssessmentHead, LessonForReading
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, parse_id, route_argument
from eduplatform.state.blocks import BlockView, QuizView, block_view
from eduplatform.state.learning import assessment_line
from eduplatform.state.locks import lock_texts


class ReadLesson(TypedDict):
    """The lesson on the page; neighbours are ids, or empty at the ends."""

    id: str
    title: str
    minutes: int
    objectives: list[str]
    read: bool
    number: int
    total: int
    module: str
    course: str
    course_id: str
    previous: str
    previous_title: str
    next: str
    next_title: str
    updated: str


NO_READING = ReadLesson(
    id="",
    title="",
    minutes=0,
    objectives=[],
    read=False,
    number=0,
    total=0,
    module="",
    course="",
    course_id="",
    previous="",
    previous_title="",
    next="",
    next_title="",
    updated="",
)


class LessonState(PageMixin, rx.State):
    """A lesson being read. ``locks`` says why it is closed; ``place`` is the block where the reader stopped last."""

    lesson: ReadLesson = NO_READING
    blocks: list[BlockView] = []
    locks: list[str] = []
    place: str = ""
    read_count: int = 0
    progress_text: str = ""

    @handler(Permission.COURSE_JOIN, loads=True)
    async def load(self, me: Principal) -> None:
        """The lesson; that it was opened is recorded."""
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        async with unit_of_work(me) as work:
            found = await learning.open_lesson(work=work, me=me, lesson_id=lesson_id)
        self.lesson = _reading(found, me)
        self.blocks = _views(found, me)
        self.locks = lock_texts(found.locks, me)
        known = {one["id"] for one in self.blocks[1:]}
        self.place = str(found.place) if not found.read and str(found.place) in known else ""
        self.read_count = found.read_count
        self.progress_text = translate(
            N_("{read} of {total} lessons read"), me.locale, read=found.read_count, total=found.total
        )

    @handler(Permission.COURSE_JOIN)
    async def mark(self, me: Principal, read: bool) -> object:
        """Mark the lesson as read, or take the mark back."""
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        async with unit_of_work(me) as work:
            await learning.mark_lesson(work=work, me=me, lesson_id=lesson_id, read=read)
        return LessonState.load

    @handler(Permission.COURSE_JOIN, quiet=True)
    async def reach(self, me: Principal, lesson_id: UUID, block_id: UUID) -> None:
        """Remember where the reader is."""
        async with unit_of_work(me) as work:
            await learning.reach(work=work, me=me, lesson_id=lesson_id, block_id=block_id)


def quiz_views(quizzes: Sequence[AssessmentHead], me: Principal) -> dict[str, QuizView]:
    """The assessments of a course as blocks show them to a student."""
    now = utc_now()
    lines = [assessment_line(one, me, now) for one in quizzes]
    return {
        one["id"]: QuizView(
            title=one["title"],
            detail=f"{one['kind']} · {one['when']}",
            href=f"/learn/assessments/{one['id']}",
        )
        for one in lines
    }


def _views(found: LessonForReading, me: Principal) -> list[BlockView]:
    if found.version is None:
        return []
    quizzes = quiz_views(list(found.quizzes.values()), me)
    return [
        block_view(document.from_published(one), me.locale, lesson_id=str(found.lesson.id), quizzes=quizzes)
        for one in found.version.blocks
    ]


def _reading(found: LessonForReading, me: Principal) -> ReadLesson:
    lesson = found.lesson
    return ReadLesson(
        id=str(lesson.id),
        title=lesson.title,
        minutes=lesson.minutes,
        objectives=[] if found.locks else lesson.objectives,
        read=found.read,
        number=found.number,
        total=found.total,
        module=found.module.title,
        course=found.course.title,
        course_id=str(found.course.id),
        previous=str(found.previous.id) if found.previous else "",
        previous_title=found.previous.title if found.previous else "",
        next=str(found.next.id) if found.next else "",
        next_title=found.next.title if found.next else "",
        updated=format_date(found.version.created_at, me.locale, me.timezone) if found.version else "",
    )
