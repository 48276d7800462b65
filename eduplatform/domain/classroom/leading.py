"""Leading a live lesson: where the class is, hands, polls, what students see of each other, and the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.classroom.live_repository import (
    MOST_POLLS,
    LedSession,
    LiveSessionRepository,
    Participant,
    ParticipantRepository,
    PastSession,
    PollRepository,
)
from eduplatform.domain.classroom.models import ClassView, LivePoll, LiveSession
from eduplatform.domain.classroom.presence import is_here
from eduplatform.domain.courses.models import Course, LessonVersion
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.texts import single_line
from eduplatform.errors import Conflict, FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import LiveClassChanged, LiveLessonMoved, LiveLessonStarted
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

LEAST_OPTIONS, MOST_OPTIONS = 2, 6
OPTION_LENGTH = 120
QUESTION_LENGTH = 300
HISTORY_PAGE = 20


@dataclass(frozen=True, slots=True)
class PollResult:
    """A poll and how many chose each option, in the order of the options."""

    poll: LivePoll
    counts: tuple[int, ...]

    @property
    def votes(self) -> int:
        """How many took part."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Room:
    """A live lesson as its teacher sees it now.

    Attributes:
        led: The live lesson and what it is about.
        hands: Who has a hand up, the first first.
        here: Who is here and may be named, by name.
        unnamed: How many more are here.
        polls: The polls, newest first.
    """

    led: LedSession
    hands: list[Participant]
    here: list[Participant]
    unnamed: int
    polls: list[PollResult]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was, once a live lesson is over: who took part and may be named, how many others, and the polls."""

    led: LedSession
    people: list[Participant]
    unnamed: int
    polls: list[PollResult]


async def require_lead(
    *, work: Work, me: Principal, session_id: UUID, lock: bool = False, running: bool = False
) -> LedSession:
    """A live lesson of a course that the person teaches.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Conflict: It is over, and ``running`` asks for one that is not.
    """
    if Role.TEACHER not in me.roles:
        raise NotFound
    led = await LiveSessionRepository(work).led(session_id, me.user, lock=lock)
    if led is None:
        raise NotFound
    if running and led.session.ended_at is not None:
        raise Conflict(N_("This live lesson is over."))
    return led


async def start(
    *,
    work: Work,
    me: Principal,
    lesson_id: UUID,
    section_id: UUID,
    class_view: ClassView = ClassView.NOTHING,
    now: datetime | None = None,
) -> LiveSession:
    """Begin a live lesson for a section; one that runs already with this lesson is returned.

    Raises:
        NotFound: The lesson is not published, the section is not of its course, or the person does not teach it.
        Conflict: Another lesson is live in this section.
    """
    if Role.TEACHER not in me.roles:
        raise NotFound
    sessions = LiveSessionRepository(work)
    found = await sessions.lesson_to_lead(lesson_id, section_id, me.user)
    if found is None:
        raise NotFound
    lesson, section = found
    running = await sessions.running(section.id)
    if running is not None and running.lesson_id == lesson.id:
        return running
    if running is not None:
        raise Conflict(N_("Another lesson is live in this class. End it first."))
    session = LiveSession(
        section_id=section.id,
        lesson_id=lesson.id,
        lesson_number=lesson.published_number,
        class_view=class_view,
        started_at=now or utc_now(),
        created_by=me.user,
    )
    version = await sessions.version(session)
    if version is None:
        raise NotFound
    session.block_id = _first_block(version)
    await sessions.add(session)
    await work.audit("live.started", session=session.id, lesson=lesson.id, section=section.id)
    work.publish(Channel.section(section.id), LiveLessonStarted(session.id))
    return session


def _first_block(version: LessonVersion) -> UUID | None:
    return UUID(str(version.blocks[0]["id"])) if version.blocks else None


async def read_version(*, work: Work, led: LedSession) -> LessonVersion:
    """What is shown in a live lesson; the caller has checked access.

    Raises:
        NotFound: It is not there any more.
    """
    version = await LiveSessionRepository(work).version(led.session)
    if version is None:
        raise NotFound
    return version


async def read_session(
    *, work: Work, me: Principal, session_id: UUID, now: datetime | None = None
) -> Room | Summary:
    """A live lesson as its teacher sees it while it runs, or its summary once it is over; four statements.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    led = await require_lead(work=work, me=me, session_id=session_id)
    if led.session.ended_at is not None:
        return await _summary(work, me, led)
    return await _room(work, me, led, now or utc_now())


async def _room(work: Work, me: Principal, led: LedSession, moment: datetime) -> Room:
    people = await ParticipantRepository(work).people(led.session.id)
    present = [one for one in people if is_here(one.seen_at, moment)]
    return Room(
        led=led,
        hands=[one for one in people if one.hand_at is not None],
        here=sorted((one for one in present if one.name), key=lambda one: one.name.casefold()),
        unnamed=sum(not one.name for one in present),
        polls=await _results(work, me, led.session.id),
    )


async def _summary(work: Work, me: Principal, led: LedSession) -> Summary:
    people = await ParticipantRepository(work).people(led.session.id)
    named = sorted((one for one in people if one.name), key=lambda one: one.name.casefold())
    return Summary(led, named, len(people) - len(named), await _results(work, me, led.session.id))


async def history(
    *, work: Work, me: Principal, course_id: UUID, page: int = 1
) -> tuple[Course, list[PastSession], int]:
    """The live lessons of a course, newest first, 20 at a time, and how many there are.

    Raises:
        NotFound: The person does not teach the course.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    rows, total = await LiveSessionRepository(work).past(course_id, number=page, size=HISTORY_PAGE)
    return course, rows, total


async def _results(work: Work, me: Principal, session_id: UUID) -> list[PollResult]:
    polls = PollRepository(work)
    found = [poll for poll, _own in await polls.of_session(session_id, me.user)]
    counts = await polls.counts([one.id for one in found])
    return [result_of(one, counts.get(one.id, {})) for one in found]


def result_of(poll: LivePoll, counts: dict[int, int]) -> PollResult:
    """A poll with its counts in the order of the options."""
    return PollResult(poll, tuple(counts.get(number, 0) for number in range(len(poll.options))))


async def go_to(*, work: Work, me: Principal, session_id: UUID, block_id: UUID) -> None:
    """Show the class another block.

    Raises:
        NotFound: The block is not in the lesson, or the live lesson is not the person's.
        Conflict: It is over.
    """
    led = await require_lead(work=work, me=me, session_id=session_id, lock=True, running=True)
    version = await read_version(work=work, led=led)
    if str(block_id) not in {str(one["id"]) for one in version.blocks}:
        raise NotFound
    if led.session.block_id != block_id:
        led.session.block_id = block_id
        work.publish(Channel.live_lesson(session_id), LiveLessonMoved(session_id))


async def set_class_view(*, work: Work, me: Principal, session_id: UUID, class_view: ClassView) -> None:
    """Decide what students see of each other.

    Raises:
        NotFound: The live lesson is not the person's.
        Conflict: It is over.
    """
    led = await require_lead(work=work, me=me, session_id=session_id, lock=True, running=True)
    led.session.class_view = class_view
    work.publish(Channel.live_lesson(session_id), LiveLessonMoved(session_id))


async def lower_hand(*, work: Work, me: Principal, session_id: UUID, user_id: UUID | None = None) -> None:
    """Lower a student's hand, or all hands.

    Raises:
        NotFound: The live lesson is not the person's.
    """
    await require_lead(work=work, me=me, session_id=session_id)
    await ParticipantRepository(work).lower(session_id, user_id)
    work.publish(Channel.live_lesson(session_id), LiveLessonMoved(session_id))
    work.publish(Channel.live_lead(session_id), LiveClassChanged(session_id))


# Polls


async def ask(
    *,
    work: Work,
    me: Principal,
    session_id: UUID,
    question: str,
    options: Sequence[str],
    now: datetime | None = None,
) -> LivePoll:
    """Ask the class a question; a poll that is open is closed by that.

    Raises:
        NotFound: The live lesson is not the person's.
        Invalid: With a message per field.
        Conflict: The live lesson is over, or has as many polls as there may be.
    """
    moment = now or utc_now()
    await require_lead(work=work, me=me, session_id=session_id, lock=True, running=True)
    text, answers = single_line(question), [single_line(one) for one in options if one.strip()]
    problems: dict[str, FieldText] = {}
    if not text:
        problems["question"] = N_("Please fill this in.")
    elif len(text) > QUESTION_LENGTH:
        problems["question"] = (
            N_("This is too long: at most {limit} characters."),
            {"limit": str(QUESTION_LENGTH)},
        )
    if not LEAST_OPTIONS <= len(answers) <= MOST_OPTIONS:
        problems["options"] = N_("Write two to six answers, each on a line of its own.")
    elif len(set(answers)) < len(answers):
        problems["options"] = N_("Two answers are the same.")
    elif any(len(one) > OPTION_LENGTH for one in answers):
        problems["options"] = N_("An answer is too long.")
    if problems:
        raise Invalid(fields=problems)
    polls = PollRepository(work)
    known = await polls.find(col(LivePoll.session_id) == session_id)
    if len(known) >= MOST_POLLS:
        raise Conflict(N_("This live lesson has as many polls as there may be."))
    _close_open(known, moment)
    poll = await polls.add(
        LivePoll(session_id=session_id, question=text, options=answers, opened_at=moment, created_by=me.user)
    )
    _tell_of_poll(work, session_id)
    return poll


async def close_poll(
    *, work: Work, me: Principal, session_id: UUID, poll_id: UUID, now: datetime | None = None
) -> None:
    """Take no more votes.

    Raises:
        NotFound: The poll is not one of a live lesson of the person.
    """
    poll = await _poll(work, me, session_id, poll_id)
    poll.closed_at = poll.closed_at or now or utc_now()
    _tell_of_poll(work, session_id)


async def share_poll(
    *,
    work: Work,
    me: Principal,
    session_id: UUID,
    poll_id: UUID,
    shared: bool = True,
    now: datetime | None = None,
) -> None:
    """Show the class the result of a poll, or hide it again.

    Raises:
        NotFound: The poll is not one of a live lesson of the person.
    """
    poll = await _poll(work, me, session_id, poll_id)
    poll.shared_at = (poll.shared_at or now or utc_now()) if shared else None
    _tell_of_poll(work, session_id)


async def _poll(work: Work, me: Principal, session_id: UUID, poll_id: UUID) -> LivePoll:
    await require_lead(work=work, me=me, session_id=session_id)
    poll = await PollRepository(work).get(poll_id, lock=True)
    if poll.session_id != session_id:
        raise NotFound
    return poll


def _close_open(polls: Sequence[LivePoll], moment: datetime) -> None:
    for one in polls:
        one.closed_at = one.closed_at or moment


def _tell_of_poll(work: Work, session_id: UUID) -> None:
    work.publish(Channel.live_lesson(session_id), LiveLessonMoved(session_id))
    work.publish(Channel.live_lead(session_id), LiveClassChanged(session_id))


async def end(*, work: Work, me: Principal, session_id: UUID, now: datetime | None = None) -> None:
    """End a live lesson: hands go down and polls close. Ending it again changes nothing.

    Raises:
        NotFound: It is not the person's.
    """
    moment = now or utc_now()
    led = await require_lead(work=work, me=me, session_id=session_id, lock=True)
    if led.session.ended_at is not None:
        return
    led.session.ended_at = moment
    _close_open(await PollRepository(work).find(col(LivePoll.session_id) == session_id), moment)
    await ParticipantRepository(work).lower(session_id, None)
    await work.audit("live.ended", session=session_id)
    work.publish(Channel.live_lesson(session_id), LiveLessonMoved(session_id))
    work.publish(Channel.section(led.section.id), LiveLessonStarted(session_id))
