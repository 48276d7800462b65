"""The tutor beside a lesson."""

from __future__ import annotations

from contextlib import aclosing
from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.agents.guard import sentences_of
from eduplatform.agents.ladder import LADDER
from eduplatform.agents.tutor import Piece
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.tutoring import service, turns
from eduplatform.domain.tutoring.models import Speaker, TutorMessage
from eduplatform.errors import EduError, Invalid, RateLimited
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, field_texts, handler, parse_id, route_argument

BY_RULES = N_("Built from your text by rules (no AI model)")
BY_MODEL = N_("Written by an AI model ({model}), checked by rules")
FLUSH_CHARACTERS = 24


class CitationView(TypedDict):
    """A place in the course that a turn speaks of; ``here`` tells that it is in this lesson."""

    number: str
    title: str
    quote: str
    href: str
    here: bool


class TurnView(TypedDict):
    """Something that was said, as it is shown. ``label`` says where it came from, ``step`` how far the hints are."""

    id: str
    speaker: str
    name: str
    text: str
    when: str
    label: str
    note: str
    step: str
    citations: list[CitationView]


class AskForm(Form):
    """What the student writes; the service says how long it may be."""

    text: Annotated[str, Field(max_length=4000)] = ""


class HandForm(Form):
    """A question for the teachers."""

    question: Annotated[str, Field(max_length=4000)] = ""


def turn_view(message: TutorMessage, me: Principal, *, lesson_id: str) -> TurnView:
    """A message as a page shows it.

    Args:
        message: The message.
        me: The reader.
        lesson_id: The lesson that is on the page; places in it are jumped to.
    """
    facts = message.provenance
    model = str(facts.get("model", ""))
    label = ""
    if message.speaker == Speaker.TUTOR:
        label = translate(BY_MODEL, me.locale, model=model) if model else translate(BY_RULES, me.locale)
    step = ""
    if message.level:
        step = translate(N_("Hint {step} of {steps}"), me.locale, step=message.level, steps=len(LADDER))
    note = str(facts.get("note", ""))
    return TurnView(
        id=str(message.id),
        speaker=message.speaker,
        name=str(facts.get("name", "")),
        text=message.text,
        when=format_datetime(message.created_at, me.locale, me.timezone),
        label=label,
        note=translate(note, me.locale) if note else "",
        step=step,
        citations=[_citation(one, lesson_id) for one in message.citations],
    )


def _citation(one: dict[str, object], lesson_id: str) -> CitationView:
    here = str(one["lesson_id"]) == lesson_id
    anchor = f"#b-{one['block_id']}"
    return CitationView(
        number=str(one["number"]),
        title=str(one["title"]),
        quote=str(one["quote"]),
        href=anchor if here else f"/learn/lessons/{one['lesson_id']}{anchor}",
        here=here,
    )


class TutorState(PageMixin, rx.State):
    """The panel. ``answer`` is what may be shown of the turn that is being written, ``said`` its whole sentences."""

    open: bool = False
    lesson_id: str = ""
    lesson_title: str = ""
    closed: str = ""
    watched: bool = True
    models: bool = False
    days: int = 0
    starters: list[str] = []
    talk: list[TurnView] = []
    busy: bool = False
    asked: str = ""
    answer: str = ""
    said: list[str] = []
    composer: int = 0
    handing: bool = False
    hand_text: str = ""
    handed: bool = False
    _run: int = 0

    @handler(Permission.COURSE_JOIN, loads=True)
    async def show(self, me: Principal) -> None:
        """Open the panel beside the lesson of this page."""
        self.open, self.handing, self.handed = True, False, False
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        if self.lesson_id != str(lesson_id):
            self._clear()
        async with unit_of_work(me) as work:
            panel = await service.open_panel(work=work, me=me, lesson_id=lesson_id)
        lesson, setting = panel.place.lesson, panel.place.setting
        self.lesson_id, self.lesson_title = str(lesson.id), lesson.title
        self.closed = translate(panel.closed.detail, me.locale, **panel.closed.params) if panel.closed else ""
        self.watched, self.models = setting is None or setting.transcripts, panel.models
        self.starters = service.starters(lesson.objectives)
        self.talk = [turn_view(one, me, lesson_id=self.lesson_id) for one in panel.messages]

    @handler(Permission.COURSE_JOIN)
    async def hide(self, me: Principal) -> object:
        """Close the panel."""
        self.open = False
        return rx.set_focus("tutor-open")

    @handler(Permission.COURSE_JOIN, background=True)
    async def ask(self, me: Principal, form: AskForm) -> None:
        """Ask; the answer appears as it is written."""
        await self._turn(me, form.text)

    @handler(Permission.COURSE_JOIN, background=True)
    async def begin(self, me: Principal, text: Annotated[str, Field(max_length=500)]) -> None:
        """Ask one of the questions that are offered."""
        await self._turn(me, text)

    @handler(Permission.COURSE_JOIN)
    async def start_handing(self, me: Principal) -> None:
        """Begin a question for the teachers, with what was asked last."""
        own = [one["text"] for one in self.talk if one["speaker"] == Speaker.STUDENT]
        self.handing, self.handed, self.hand_text = True, False, own[-1] if own else ""

    @handler(Permission.COURSE_JOIN)
    async def stop_handing(self, me: Principal) -> None:
        """Rather not."""
        self.handing = False

    @handler(Permission.COURSE_JOIN)
    async def hand_over(self, me: Principal, form: HandForm) -> None:
        """Send a question to the teachers."""
        self.hand_text = form.question
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        await turns.limit(me=me)
        async with unit_of_work(me) as work:
            await service.hand_over(work=work, me=me, lesson_id=lesson_id, question=form.question)
        self.handing, self.handed = False, True

    @handler(Permission.COURSE_JOIN)
    async def forget(self, me: Principal) -> None:
        """Remove the conversation of this course."""
        async with unit_of_work(me) as work:
            await service.forget(work=work, me=me, lesson_id=parse_id(route_argument(self, "lesson_id")))
        self._clear()

    def _clear(self) -> None:
        self.talk, self.answer, self.asked, self.said = [], "", "", []
        self.busy, self._run = False, self._run + 1

    async def _turn(self, me: Principal, text: str) -> None:
        """One turn, in the background: the lock is held for single writes, never while a model works."""
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        async with self:
            if self.busy:
                return
            self._run += 1
            run = self._run
            self.busy, self.asked, self.answer, self.said = True, text.strip(), "", []
        try:
            await turns.limit(me=me)
            async with unit_of_work(me) as work:
                prepared = await turns.prepare(work=work, me=me, lesson_id=lesson_id, text=text)
            async with self:
                self.composer += 1
            await self._write(me, prepared, run, lesson_id)
        except EduError as error:
            await self._refuse(me, error, run)

    async def _write(self, me: Principal, prepared: turns.Prepared, run: int, lesson_id: UUID) -> None:
        async with aclosing(turns.answer(me=me, turn=prepared)) as pieces:
            async for one in pieces:
                async with self:
                    if self._run != run:
                        return
                    if isinstance(one, Piece):
                        self.answer = one.text if one.restart else self.answer + one.text
                        self._speak(whole=False)
                        continue
                    self.answer = one.out.text
                    self._speak(whole=True)
                    self._finish(me, prepared, one, lesson_id)

    def _speak(self, *, whole: bool) -> None:
        """Give readers who hear the page whole sentences, once each."""
        sentences = sentences_of(self.answer)
        self.said = sentences if whole else sentences[:-1]

    def _finish(self, me: Principal, prepared: turns.Prepared, reply: turns.Reply, lesson_id: UUID) -> None:
        now = utc_now()
        said = TutorMessage(
            conversation_id=prepared.conversation_id,
            speaker=Speaker.STUDENT,
            text=prepared.given.text,
            expires_at=now,
        )
        out = reply.out
        answered = TutorMessage(
            id=reply.id,
            conversation_id=prepared.conversation_id,
            speaker=Speaker.TUTOR,
            text=out.text,
            level=out.level,
            citations=[one.model_dump() for one in out.citations],
            provenance={**out.provenance.model_dump(), "model": reply.model},
            expires_at=now,
        )
        shown = [turn_view(one, me, lesson_id=str(lesson_id)) for one in (said, answered)]
        self.talk = [*self.talk, *shown][-service.SHOWN :]
        self.busy, self.asked, self.answer = False, "", ""

    async def _refuse(self, me: Principal, error: EduError, run: int) -> None:
        """Say why there is no answer; what was typed stays in the field."""
        text = translate(error.detail, me.locale, **error.params)
        async with self:
            if self._run != run:
                return
            self.busy, self.asked, self.answer = False, "", ""
            if isinstance(error, Invalid | RateLimited):
                self.errors = field_texts(error, me.locale) or {"text": text}
            else:
                self.closed = text
