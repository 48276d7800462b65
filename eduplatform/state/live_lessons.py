"""Live lessons for those who lead them: beginning one, leading it, its summary, and the history of a course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.classroom import leading
from eduplatform.domain.classroom.leading import PollResult, Room, Summary
from eduplatform.domain.classroom.live_repository import Participant, PastSession
from eduplatform.domain.classroom.models import ClassView
from eduplatform.domain.courses import document, learning, outline, service
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_duration, format_percent, format_time
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, parse_id, route_argument
from eduplatform.state.blocks import BlockView, block_view
from eduplatform.state.courses import NO_COURSE, CourseHead, PageNumber, course_head, range_text
from eduplatform.state.reading import quiz_views
from eduplatform.state.rows import Option


class PollOption(TypedDict):
    """An option of a poll with its votes."""

    number: int
    label: str
    percent: int
    text: str


class PollLine(TypedDict):
    """A poll; ``status`` is in words."""

    id: str
    question: str
    options: list[PollOption]
    votes_text: str
    open: bool
    shared: bool


class PersonHere(TypedDict):
    """Somebody in a live lesson."""

    id: str
    name: str
    detail: str


class PastLine(TypedDict):
    """A live lesson in the history."""

    id: str
    lesson: str
    section: str
    when: str
    people: int
    polls: int
    running: bool


def poll_line(result: PollResult, me: Principal) -> PollLine:
    """A poll as pages show it."""
    votes = result.votes
    options = [
        PollOption(
            number=number,
            label=label,
            percent=round(100 * count / votes) if votes else 0,
            text=f"{count} · {format_percent(count / votes if votes else 0, me.locale)}",
        )
        for number, (label, count) in enumerate(zip(result.poll.options, result.counts, strict=True))
    ]
    return PollLine(
        id=str(result.poll.id),
        question=result.poll.question,
        options=options,
        votes_text=translate_plural("{count} answer", "{count} answers", votes, me.locale, count=votes),
        open=result.poll.closed_at is None,
        shared=result.poll.shared_at is not None,
    )


class AskForm(Form):
    """A question to the class, and its answers, each on a line."""

    question: Annotated[str, Field(max_length=600)] = ""
    options: Annotated[str, Field(max_length=2_000)] = ""


class LeadState(PageMixin, rx.State):
    """A live lesson that one leads, or the summary of one that is over."""

    session_id: str = ""
    course_id: str = ""
    course_title: str = ""
    title: str = ""
    section: str = ""
    since: str = ""
    length: str = ""
    ended: bool = False
    class_view: str = ClassView.NOTHING
    blocks: list[BlockView] = []
    block_id: str = ""
    position: int = 0
    hands: list[PersonHere] = []
    people: list[PersonHere] = []
    unnamed: int = 0
    here: int = 0
    polls: list[PollLine] = []
    asking: bool = False

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The lesson and the class."""
        self.reset()
        self.session_id = route_argument(self, "session_id")
        async with unit_of_work(me) as work:
            found = await leading.read_session(work=work, me=me, session_id=parse_id(self.session_id))
            led = found.led
            version = await leading.read_version(work=work, led=led)
            heads = await learning.assessments_of(work=work, me=me, course_ids=[led.course.id])
        quizzes = quiz_views(heads, me)
        self.blocks = [
            block_view(document.from_published(one), me.locale, lesson_id=str(led.lesson.id), quizzes=quizzes)
            for one in version.blocks
        ]
        self.course_id, self.course_title = str(led.course.id), led.course.title
        self.title, self.section = version.title, led.section.name
        self._show(found, me)

    @handler(Permission.COURSE_EDIT, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """Who is here, hands and votes."""
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def step(self, me: Principal, by: int) -> None:
        """Show the class the next or the previous block."""
        at = min(max(self.position + (1 if by > 0 else -1), 0), len(self.blocks) - 1)
        if self.blocks and at != self.position:
            await self._go(me, at)

    @handler(Permission.COURSE_EDIT)
    async def show(self, me: Principal, block_id: UUID) -> None:
        """Show the class this block."""
        known = [one["id"] for one in self.blocks]
        if str(block_id) in known:
            await self._go(me, known.index(str(block_id)))

    async def _go(self, me: Principal, position: int) -> None:
        block_id = self.blocks[position]["id"]
        async with unit_of_work(me) as work:
            await leading.go_to(
                work=work, me=me, session_id=parse_id(self.session_id), block_id=parse_id(block_id)
            )
        self.position, self.block_id = position, block_id

    @handler(Permission.COURSE_EDIT)
    async def choose_view(self, me: Principal, class_view: Literal["none", "hands", "names"]) -> None:
        """Decide what students see of each other."""
        async with unit_of_work(me) as work:
            await leading.set_class_view(
                work=work, me=me, session_id=parse_id(self.session_id), class_view=ClassView(class_view)
            )
        self.class_view = class_view

    @handler(Permission.COURSE_EDIT)
    async def lower(self, me: Principal, user_id: Annotated[str, Field(max_length=36)]) -> None:
        """Lower a hand; with an empty id all of them."""
        async with unit_of_work(me) as work:
            await leading.lower_hand(
                work=work,
                me=me,
                session_id=parse_id(self.session_id),
                user_id=parse_id(user_id) if user_id else None,
            )
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def open_asking(self, me: Principal) -> None:
        """Write a poll."""
        self.asking, self.errors = True, {}

    @handler(Permission.COURSE_EDIT)
    async def close_asking(self, me: Principal) -> None:
        """Not now."""
        self.asking = False

    @handler(Permission.COURSE_EDIT)
    async def ask(self, me: Principal, form: AskForm) -> object:
        """Ask the class; without answers of one's own it is yes or no."""
        options = form.options.splitlines() or [
            translate(N_("Yes"), me.locale),
            translate(N_("No"), me.locale),
        ]
        async with unit_of_work(me) as work:
            await leading.ask(
                work=work,
                me=me,
                session_id=parse_id(self.session_id),
                question=form.question,
                options=options,
            )
        self.asking = False
        return LeadState.refresh

    @handler(Permission.COURSE_EDIT)
    async def close_poll(self, me: Principal, poll_id: UUID) -> object:
        """Take no more votes."""
        async with unit_of_work(me) as work:
            await leading.close_poll(work=work, me=me, session_id=parse_id(self.session_id), poll_id=poll_id)
        return LeadState.refresh

    @handler(Permission.COURSE_EDIT)
    async def share(self, me: Principal, poll_id: UUID, shared: bool) -> object:
        """Show the class the result, or hide it."""
        async with unit_of_work(me) as work:
            await leading.share_poll(
                work=work, me=me, session_id=parse_id(self.session_id), poll_id=poll_id, shared=shared
            )
        return LeadState.refresh

    @handler(Permission.COURSE_EDIT)
    async def end(self, me: Principal) -> object:
        """End the live lesson and show its summary."""
        async with unit_of_work(me) as work:
            await leading.end(work=work, me=me, session_id=parse_id(self.session_id))
        return LeadState.refresh

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found = await leading.read_session(work=work, me=me, session_id=parse_id(self.session_id))
        self._show(found, me)

    def _show(self, found: Room | Summary, me: Principal) -> None:
        session = found.led.session
        self.ended, self.class_view = session.ended_at is not None, session.class_view
        self.block_id = str(session.block_id or "")
        known = [one["id"] for one in self.blocks]
        self.position = known.index(self.block_id) if self.block_id in known else 0
        self.polls = [poll_line(one, me) for one in found.polls]
        self.unnamed = found.unnamed
        if isinstance(found, Room):
            self.since = format_time(session.started_at, me.locale, me.timezone)
            self.hands = [_person(one, _since(one, me)) for one in found.hands]
            self.people = [_person(one, "") for one in found.here]
        else:
            self.since = format_datetime(session.started_at, me.locale, me.timezone)
            self.length = format_duration((session.ended_at or utc_now()) - session.started_at, me.locale)
            self.hands = []
            self.people = [_person(one, _hands(one, me)) for one in found.people]
        self.here = len(self.people) + self.unnamed


def _person(one: Participant, detail: str) -> PersonHere:
    return PersonHere(id=str(one.user_id), name=one.name, detail=detail)


def _since(one: Participant, me: Principal) -> str:
    if one.hand_at is None:
        return ""
    return translate(N_("since {time}"), me.locale, time=format_time(one.hand_at, me.locale, me.timezone))


def _hands(one: Participant, me: Principal) -> str:
    if not one.hands:
        return ""
    return translate_plural("hand up once", "hand up {count} times", one.hands, me.locale, count=one.hands)


class StartForm(Form):
    """Which lesson, for which class, and what students see of each other."""

    lesson: Annotated[str, Field(min_length=1, max_length=36)]
    section: Annotated[str, Field(min_length=1, max_length=36)]
    class_view: Literal["none", "hands", "names"] = "none"


class LiveLessonsState(PageMixin, rx.State):
    """The live lessons of a course."""

    course: CourseHead = NO_COURSE
    rows: list[PastLine] = []
    lessons: list[Option] = []
    sections: list[Option] = []
    page: int = 1
    pages: int = 1
    page_text: str = ""
    starting: bool = False

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest live lessons, and what one can be begun with."""
        self.reset()
        await self._read(me)
        async with unit_of_work(me) as work:
            course_id = parse_id(route_argument(self, "course_id"))
            modules = await outline.read_outline(work=work, me=me, course_id=course_id, published_only=True)
            sections = await service.list_sections(work=work, course_id=course_id)
        self.lessons = [
            Option(value=str(one.id), label=one.title) for module in modules for one in module.lessons
        ]
        self.sections = [Option(value=str(one.section.id), label=one.section.name) for one in sections]

    @handler(Permission.COURSE_EDIT, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What has begun or ended since."""
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Another page of the history."""
        self.page = page
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def ask(self, me: Principal) -> None:
        """Ask what to begin."""
        self.starting, self.errors = True, {}

    @handler(Permission.COURSE_EDIT)
    async def stay(self, me: Principal) -> None:
        """Not now."""
        self.starting = False

    @handler(Permission.COURSE_EDIT)
    async def start(self, me: Principal, form: StartForm) -> rx.event.EventSpec:
        """Begin, and lead."""
        async with unit_of_work(me) as work:
            session = await leading.start(
                work=work,
                me=me,
                lesson_id=parse_id(form.lesson),
                section_id=parse_id(form.section),
                class_view=ClassView(form.class_view),
            )
        self.starting = False
        return rx.redirect(f"/teach/live/{session.id}")

    async def _read(self, me: Principal) -> None:
        course_id = parse_id(route_argument(self, "course_id"))
        async with unit_of_work(me) as work:
            course, rows, total = await leading.history(work=work, me=me, course_id=course_id, page=self.page)
        self.course = course_head(course)
        self.rows = _past(rows, me)
        self.pages = max(1, -(-total // leading.HISTORY_PAGE))
        self.page_text = range_text(me, self.page, leading.HISTORY_PAGE, len(rows), total)


def _past(rows: Sequence[PastSession], me: Principal) -> list[PastLine]:
    return [
        PastLine(
            id=str(one.session.id),
            lesson=one.lesson_title,
            section=one.section_name,
            when=format_datetime(one.session.started_at, me.locale, me.timezone),
            people=one.people,
            polls=one.polls,
            running=one.session.ended_at is None,
        )
        for one in rows
    ]


__all__ = ["LeadState", "LiveLessonsState", "PollLine", "poll_line"]
