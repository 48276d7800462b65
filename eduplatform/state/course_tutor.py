"""The tutor of a course, for its teachers: settings, conversations, questions that were handed over."""

from __future__ import annotations

from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.tutoring import service
from eduplatform.domain.tutoring.service import TutorOfCourse
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import NO_COURSE, CourseHead, PageNumber, course_head
from eduplatform.state.tutor import TurnView, turn_view

Key = Annotated[str, Field(max_length=40)]


class TalkLine(TypedDict):
    """A conversation in the list."""

    id: str
    name: str
    count: str
    when: str


class HandedLine(TypedDict):
    """A question that waits for a teacher, or was answered."""

    id: str
    name: str
    lesson: str
    question: str
    answer: str
    when: str
    open: bool


class SettingForm(Form):
    """How the tutor works; boxes that are not ticked are not sent."""

    enabled: bool = False
    hints_only: bool = False
    transcripts: bool = False
    locked_topics: Annotated[str, Field(max_length=2000)] = ""


class ReplyForm(Form):
    """A teacher's answer."""

    answer: Annotated[str, Field(max_length=6000)] = ""


class CourseTutorState(PageMixin, rx.State):
    """The page. ``reading`` is the student whose conversation is open, ``answering`` the question that is answered."""

    course: CourseHead = NO_COURSE
    enabled: bool = True
    hints_only: bool = False
    transcripts: bool = True
    topics: str = ""
    version: int = 0
    mode: str = "models"
    models: bool = False
    rows: list[TalkLine] = []
    page: int = 1
    pages: int = 1
    handed: list[HandedLine] = []
    reading: str = ""
    talk: list[TurnView] = []
    answering: str = ""
    answering_question: str = ""

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Everything of the page."""
        self.page, self.reading, self.talk, self.answering = 1, "", [], ""
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page of conversations."""
        self.page = page
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def save(self, me: Principal, form: SettingForm) -> None:
        """Keep the settings; they hold from the next question on."""
        async with unit_of_work(me) as work:
            await service.save_setting(
                work=work,
                me=me,
                course_id=parse_id(route_argument(self, "course_id")),
                version=self.version,
                enabled=form.enabled,
                hints_only=form.hints_only,
                transcripts=form.transcripts,
                locked_topics=form.locked_topics,
            )
        await self._read(me)
        await notify(self, "success", translate(N_("Saved. It holds from the next question on."), me.locale))

    @handler(Permission.COURSE_EDIT)
    async def read(self, me: Principal, key: Key) -> None:
        """Open a conversation; that it was read is recorded."""
        async with unit_of_work(me) as work:
            student, messages = await service.read_transcript(work=work, me=me, conversation_id=parse_id(key))
        self.reading = student.name
        self.talk = [turn_view(one, me, lesson_id="") for one in messages]

    @handler(Permission.COURSE_EDIT)
    async def close(self, me: Principal) -> None:
        """Close the conversation."""
        self.reading, self.talk = "", []

    @handler(Permission.COURSE_EDIT)
    async def start_answer(self, me: Principal, key: Key) -> None:
        """Begin to answer a question."""
        self.answering = key
        self.answering_question = next((one["question"] for one in self.handed if one["id"] == key), "")

    @handler(Permission.COURSE_EDIT)
    async def stop_answer(self, me: Principal) -> None:
        """Rather not."""
        self.answering = ""

    @handler(Permission.COURSE_EDIT)
    async def answer(self, me: Principal, form: ReplyForm) -> None:
        """Send an answer; the student is told."""
        async with unit_of_work(me) as work:
            await service.answer_handover(
                work=work, me=me, handover_id=parse_id(self.answering), answer=form.answer
            )
        self.answering = ""
        await self._read(me)
        await notify(self, "success", translate(N_("Sent. The student finds it in the tutor."), me.locale))

    async def _read(self, me: Principal) -> None:
        course_id = parse_id(route_argument(self, "course_id"))
        async with unit_of_work(me) as work:
            found = await service.read_course(work=work, me=me, course_id=course_id, page=self.page)
        self.course = course_head(found.course)
        setting = found.setting
        self.enabled, self.hints_only, self.transcripts = (
            setting.enabled,
            setting.hints_only,
            setting.transcripts,
        )
        self.topics, self.version = "\n".join(setting.locked_topics), setting.version
        self.mode, self.models = found.mode.value, found.models
        self.rows, self.handed = _talks(found, me), _handed(found, me)
        self.pages = max(1, -(-found.total // service.PAGE_SIZE))


def _talks(found: TutorOfCourse, me: Principal) -> list[TalkLine]:
    now = utc_now()
    return [
        TalkLine(
            id=str(key),
            name=f"{given} {family}".strip(),
            count=translate_plural("{count} message", "{count} messages", count, me.locale),
            when=format_relative(last, now, me.locale),
        )
        for key, _student, given, family, count, last in found.conversations
    ]


def _handed(found: TutorOfCourse, me: Principal) -> list[HandedLine]:
    now = utc_now()
    return [
        HandedLine(
            id=str(row.id),
            name=f"{given} {family}".strip(),
            lesson=lesson or "",
            question=row.question,
            answer=row.answer,
            when=format_relative(row.created_at, now, me.locale),
            open=row.state == "open",
        )
        for row, given, family, lesson in found.handovers
    ]
