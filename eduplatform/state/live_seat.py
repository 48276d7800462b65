"""Live lessons for students: what is live now, and one's own place in it."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

import reflex as rx

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.classroom import following
from eduplatform.domain.classroom.following import Seat
from eduplatform.domain.classroom.leading import result_of
from eduplatform.domain.classroom.live_repository import SectionNow
from eduplatform.i18n import translate_plural
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import handler, parse_id, route_argument
from eduplatform.state.live_lessons import PollLine, poll_line

NO_POLL = PollLine(id="", question="", options=[], votes_text="", open=False, shared=False)


class LiveNow(TypedDict):
    """A lesson that is live; empty when none is."""

    session_id: str
    lesson_id: str
    title: str


NOTHING_LIVE = LiveNow(session_id="", lesson_id="", title="")


class LiveNowState(rx.State):
    """What is live in a course, on its page."""

    section_id: str = ""
    now: LiveNow = NOTHING_LIVE

    @handler(Permission.COURSE_JOIN, quiet=True)
    async def load(self, me: Principal) -> None:
        """What is live in the course of the page."""
        async with unit_of_work(me) as work:
            found = await following.live_now(
                work=work, me=me, course_id=parse_id(route_argument(self, "course_id"))
            )
        self.section_id = str(found[0].section_id) if found else ""
        self.now = _live(found)


def _live(found: list[SectionNow]) -> LiveNow:
    one = found[0] if found else None
    if one is None or one.session is None:
        return NOTHING_LIVE
    return LiveNow(
        session_id=str(one.session.id), lesson_id=str(one.session.lesson_id), title=one.lesson_title or ""
    )


class LiveSeatState(rx.State):
    """A student's place in the live lesson of the page's lesson; ``elsewhere`` is another lesson that is live.

    ``follow`` is the student's own choice: whether the page goes where the teacher is.
    """

    lesson_id: str = ""
    section_id: str = ""
    session_id: str = ""
    elsewhere: LiveNow = NOTHING_LIVE
    block_id: str = ""
    follow: bool = True
    hand_up: bool = False
    hands_text: str = ""
    here_text: str = ""
    names: list[str] = []
    poll: PollLine = NO_POLL
    vote: int = -1
    result: PollLine = NO_POLL
    over: bool = False

    @handler(Permission.COURSE_JOIN, quiet=True)
    async def load(self, me: Principal) -> None:
        """Take one's place if the lesson of the page is live."""
        lesson_id = route_argument(self, "lesson_id")
        if lesson_id != self.lesson_id:
            self.reset()
            self.lesson_id = lesson_id
        async with unit_of_work(me) as work:
            found = await following.live_now(work=work, me=me, lesson_id=parse_id(lesson_id))
            running = found[0].session if found else None
            mine = running is not None and str(running.lesson_id) == lesson_id
            seat = await following.attend(work=work, me=me, session=running) if running and mine else None
        self.section_id = str(found[0].section_id) if found else ""
        self.elsewhere = NOTHING_LIVE if mine else _live(found)
        if seat is not None:
            self._sit(seat, me)
        elif self.session_id:
            self.session_id, self.over = "", True
            self.poll = self.result = NO_POLL
            self.block_id = ""

    def _sit(self, seat: Seat, me: Principal) -> None:
        session = seat.session
        self.session_id, self.over = str(session.id), False
        self.block_id = str(session.block_id or "")
        self.hand_up = seat.hand_up
        self.hands_text = (
            translate_plural("{count} hand up", "{count} hands up", seat.hands, me.locale, count=seat.hands)
            if seat.hands
            else ""
        )
        self.here_text = (
            translate_plural("{count} here", "{count} here", seat.here, me.locale, count=seat.here)
            if seat.here
            else ""
        )
        self.names = list(seat.names)
        self.poll = poll_line(result_of(seat.poll, {}), me) if seat.poll else NO_POLL
        self.vote = -1 if seat.vote is None else seat.vote
        self.result = poll_line(seat.result, me) if seat.result else NO_POLL

    @handler(Permission.COURSE_JOIN)
    async def choose_follow(self, me: Principal, follow: bool) -> None:
        """Go where the teacher is, or read freely."""
        self.follow = follow

    @handler(Permission.COURSE_JOIN)
    async def raise_hand(self, me: Principal, up: bool) -> None:
        """Raise or lower one's own hand."""
        async with unit_of_work(me) as work:
            await following.raise_hand(work=work, me=me, session_id=parse_id(self.session_id), up=up)
        self.hand_up = up

    @handler(Permission.COURSE_JOIN)
    async def answer(self, me: Principal, poll_id: UUID, choice: int) -> None:
        """Answer the poll, or answer otherwise."""
        async with unit_of_work(me) as work:
            await following.vote(
                work=work,
                me=me,
                session_id=parse_id(self.session_id),
                poll_id=poll_id,
                choice=choice,
            )
        self.vote = choice


__all__ = ["LiveNowState", "LiveSeatState"]
