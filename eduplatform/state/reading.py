"""A lesson being read."""

from __future__ import annotations

from typing import TypedDict

import reflex as rx

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import learning
from eduplatform.domain.courses.learning import LessonForReading
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, parse_id, route_argument


class ReadLesson(TypedDict):
    """The lesson on the page; neighbours are ids, or empty at the ends."""

    id: str
    title: str
    body_html: str
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
    body_html="",
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
    """A lesson being read."""

    lesson: ReadLesson = NO_READING
    read_count: int = 0
    progress_text: str = ""

    @handler(Permission.COURSE_JOIN, loads=True)
    async def load(self, me: Principal) -> None:
        """The lesson; that it was opened is recorded."""
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        async with unit_of_work(me) as work:
            found = await learning.open_lesson(work=work, me=me, lesson_id=lesson_id)
        self.lesson = _reading(found, me)
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


def _reading(found: LessonForReading, me: Principal) -> ReadLesson:
    lesson = found.lesson
    return ReadLesson(
        id=str(lesson.id),
        title=lesson.title,
        body_html=lesson.body_html,
        minutes=lesson.minutes,
        objectives=lesson.objectives,
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
        updated=format_date(lesson.updated_at, me.locale, me.timezone),
    )
