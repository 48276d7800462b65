"""One turn of a student with the tutor: what it may know, the answer as it comes, and what is kept of it."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from eduplatform.agents import tutor
from eduplatform.agents.tutor import Ask, Library, Piece
from eduplatform.agents.tutor_contract import Keyed, Turn, TutorIn, TutorOut
from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.ai import calls
from eduplatform.domain.ai import service as ai
from eduplatform.domain.ai.models import AiMode
from eduplatform.domain.ai.service import Rules
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.courses import unlocking
from eduplatform.domain.courses.lesson_repository import LessonRepository
from eduplatform.domain.courses.texts import paragraphs
from eduplatform.domain.tutoring import cases, passages
from eduplatform.domain.tutoring.models import Speaker, TutorConversation, TutorSetting
from eduplatform.domain.tutoring.repository import ConversationRepository, MessageRepository, Place
from eduplatform.errors import EduError, Forbidden, Invalid, RateLimited
from eduplatform.i18n import N_
from eduplatform.integrations.llm import CallReport, Message
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate
from eduplatform.security.rich_text import plain_text

PURPOSE = "tutor"
MAX_TEXT = 1000
RATE = Rate(per_second=1 / 8, burst=12)
"""Turns of one student: twelve at once, then one every eight seconds."""

IN_EXAM = N_("The tutor is away while you are in “{title}”. It is back when you have handed it in.")
SWITCHED_OFF = N_("Your teacher has switched the tutor off in this course.")
AI_OFF = N_("Your organisation has switched AI off.")
LESSON_CLOSED = N_("This lesson is not open to you yet.")

_KEYS_SECONDS = 30.0
_MOST_LESSONS = 1024
_keyed: dict[tuple[UUID, UUID], tuple[float, tuple[Keyed, ...]]] = {}
"""By tenant and lesson: the questions of the course with their keys, and until when they are remembered."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A turn before its answer: everything was read, nothing is held."""

    given: TutorIn
    library: Library
    rules: Rules
    conversation_id: UUID
    lesson_id: UUID
    section_id: UUID
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a turn, as it was kept; ``model`` names the model when one wrote it."""

    id: UUID
    out: TutorOut
    model: str


async def limit(*, me: Principal) -> None:
    """Count one turn; call it before the transaction.

    Raises:
        RateLimited: The student asks too fast.
    """
    wait = await rate_limits.take(f"tutor:{me.tenant_id}:{me.user}", RATE)
    if wait > 0:
        message = N_("You are asking very fast. Please wait {seconds} seconds.")
        raise RateLimited(message, retry_after=math.ceil(wait))


async def find_place(
    *, work: Work, me: Principal, lesson_id: UUID, now: datetime
) -> tuple[Place, tuple[Keyed, ...]]:
    """Where a student asks, and the questions whose answers must not be said there; one statement.

    Raises:
        NotFound: The student cannot read the lesson.
    """
    me.require(Permission.COURSE_JOIN)
    known = _keyed.get((work.tenant_id, lesson_id))
    keyed = known[1] if known is not None and time.monotonic() < known[0] else None
    place = await ConversationRepository(work).place(
        lesson_id=lesson_id, user_id=me.user, now=now, questions=keyed is None
    )
    if keyed is None:
        keyed = tuple(one for question in place.questions or () if (one := _with_key(question, me.locale)))
        if len(_keyed) >= _MOST_LESSONS:
            _keyed.clear()
        _keyed[(work.tenant_id, lesson_id)] = (time.monotonic() + _KEYS_SECONDS, keyed)
    return place, keyed


def _with_key(question: dict[str, Any], locale: str) -> Keyed | None:
    """A question with what must not be said of its answer; None for those whose answer is open."""
    kind = question_type(question["type"])
    try:
        body, key = kind.load_body(question["body"]), kind.load_key(question["key"])
    except (EduError, ValueError):
        return None
    keys = tuple(text for one in kind.solution_words(body, key) if (text := one.render(locale).strip()))
    return Keyed(question=plain_text(question["stem"]), keys=keys) if keys else None


def closed_because(place: Place, rules: Rules) -> EduError | None:
    """Why there is no tutor here now, if there is none."""
    if rules.policy.mode == AiMode.OFF:
        return Forbidden(AI_OFF)
    if place.setting is not None and not place.setting.enabled:
        return Forbidden(SWITCHED_OFF)
    if place.running:
        return Forbidden(IN_EXAM, params={"title": place.running})
    return None


async def prepare(
    *, work: Work, me: Principal, lesson_id: UUID, text: str, now: datetime | None = None
) -> Prepared:
    """Read what a turn needs, and open the first conversation of a course; four statements, six at the first turn.

    Words of danger are written down here, before anything can fail: what an adult must know does not wait for an answer.

    Args:
        work: The open unit of work.
        me: The student.
        lesson_id: The lesson that is open.
        text: What the student wrote.
        now: The server's clock by default.

    Raises:
        NotFound: The student cannot read the lesson.
        Forbidden: The lesson is locked, the tutor is off, or the student is in the middle of a quiz or exam.
        Invalid: The text is empty or too long.
    """
    clean = paragraphs(text)
    if not clean:
        raise Invalid(fields={"text": N_("Write your question first.")})
    if len(clean) > MAX_TEXT:
        raise Invalid(
            fields={"text": (N_("This is too long: at most {limit} characters."), {"limit": MAX_TEXT})}
        )
    moment = now or utc_now()
    rules = await ai.rules(work=work)
    place, keyed = await find_place(work=work, me=me, lesson_id=lesson_id, now=moment)
    if closed := closed_because(place, rules):
        raise closed
    library = await _library(work, me, place, moment)
    conversation_id = place.conversation_id
    if conversation_id is None:
        conversation = TutorConversation(user_id=me.user, course_id=place.course.id)
        conversation_id = (await ConversationRepository(work).add(conversation)).id
    await cases.watch(work=work, me=me, text=clean, course_id=place.course.id, policy=rules.policy)
    return Prepared(
        given=_given(place, me, clean, keyed),
        library=library,
        rules=rules,
        conversation_id=conversation_id,
        lesson_id=lesson_id,
        section_id=place.section_id,
        names=[*place.names, me.name],
    )


async def _library(work: Work, me: Principal, place: Place, now: datetime) -> Library:
    """The passages that this student may read: published lessons of open modules."""
    heads = await LessonRepository(work).heads(
        course_id=place.course.id, user_id=me.user, published_only=True
    )
    closed = await unlocking.locks_of(work=work, me=me, course_id=place.course.id, heads=heads, now=now)
    if place.lesson.module_id in closed:
        raise Forbidden(LESSON_CLOSED)
    keys = [
        (work.tenant_id, one.id, place.numbers[one.id])
        for one in heads
        if one.module_id not in closed and one.id in place.numbers
    ]
    if missing := passages.unknown(keys):
        wanted = [(lesson_id, number) for _, lesson_id, number in missing]
        for version in await ConversationRepository(work).versions(wanted):
            passages.learn(version)
    return await passages.library(keys)


def _given(place: Place, me: Principal, text: str, keyed: tuple[Keyed, ...]) -> TutorIn:
    setting = place.setting or TutorSetting(course_id=place.course.id)
    last = next((one for one in reversed(place.history) if one["speaker"] == Speaker.TUTOR), None)
    return TutorIn(
        text=text,
        course=place.course.title,
        lesson_id=str(place.lesson.id),
        locale=me.locale,
        history=tuple(Turn(speaker=one["speaker"], text=one["text"]) for one in place.history),
        topic=last["topic"] if last else "",
        hints=last["hints"] if last else 0,
        hints_only=setting.hints_only,
        locked_topics=tuple(setting.locked_topics),
        keyed=keyed,
    )


async def answer(
    *, me: Principal, turn: Prepared, now: datetime | None = None
) -> AsyncGenerator[Piece | Reply]:
    """The answer piece by piece, each of them checked, then the whole as it was kept.

    No transaction is open while a model works.

    Args:
        me: The student.
        turn: What `prepare` gave.
        now: The moment of the turn; the server's clock by default.
    """
    report = CallReport()
    ask: Ask | None = None
    if turn.rules.targets_for(PURPOSE):

        def ask_model(messages: Sequence[Message]) -> AsyncGenerator[str]:
            request = calls.Request(
                purpose=PURPOSE,
                prompt=tutor.prompt(PURPOSE).id,
                messages=messages,
                names=turn.names,
                user_id=me.user,
                section_id=turn.section_id,
            )
            return calls.stream(me, turn.rules, request, report)

        ask = ask_model
    async with aclosing(tutor.respond(turn.given, turn.library, ask)) as pieces:
        async for one in pieces:
            if isinstance(one, Piece):
                yield one
                continue
            model = report.target.name if report.target and one.provenance.engine == "model" else ""
            yield Reply(await _keep(me, turn, one, model, now or utc_now()), one, model)


async def _keep(me: Principal, turn: Prepared, out: TutorOut, model: str, now: datetime) -> UUID:
    """Write both turns; one statement."""
    asked_key, key = new_id(), new_id()
    common: dict[str, Any] = {
        "conversation_id": turn.conversation_id,
        "lesson_id": turn.lesson_id,
        "expires_at": now + timedelta(days=turn.rules.policy.retention_days),
        "created_by": me.user,
        "updated_at": now,
    }
    asked: dict[str, Any] = {
        **common,
        "id": asked_key,
        "created_at": now,
        "speaker": Speaker.STUDENT,
        "text": turn.given.text,
        "move": "",
        "level": 0,
        "topic": "",
        "hints": 0,
        "citations": [],
        "provenance": {},
    }
    answered: dict[str, Any] = {
        **common,
        "id": key,
        "created_at": now + timedelta(microseconds=1),
        "speaker": Speaker.TUTOR,
        "text": out.text,
        "move": out.move.value,
        "level": out.level,
        "topic": out.topic,
        "hints": out.hints,
        "citations": [one.model_dump() for one in out.citations],
        "provenance": {**out.provenance.model_dump(), "model": model},
    }
    async with unit_of_work(me) as work:
        await MessageRepository(work).insert_many([asked, answered])
    return key


__all__ = [
    "MAX_TEXT",
    "Prepared",
    "Reply",
    "answer",
    "closed_because",
    "find_place",
    "limit",
    "prepare",
]
