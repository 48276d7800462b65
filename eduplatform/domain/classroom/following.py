"""A student in a live lesson: being there, a hand, a vote, and what may be seen of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.classroom import presence
from eduplatform.domain.classroom.leading import PollResult, result_of
from eduplatform.domain.classroom.live_repository import (
    LiveSessionRepository,
    ParticipantRepository,
    PollRepository,
    SectionNow,
)
from eduplatform.domain.classroom.models import ClassView, LivePoll, LiveSession
from eduplatform.errors import Conflict, NotFound
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import LiveClassChanged
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal


@dataclass(frozen=True, slots=True)
class Seat:
    """A live lesson from a student's place.

    Attributes:
        session: The live lesson.
        hand_up: Whether the student's own hand is up.
        poll: The question that can be answered now.
        vote: The student's own answer to it: the number of the option.
        result: The newest result that the teacher shows.
        hands: How many hands are up; None where students may not know.
        names: Who has a hand up, in order, and may be named; empty where students may not know.
        here: How many are here; None where students may not know.
    """

    session: LiveSession
    hand_up: bool
    poll: LivePoll | None
    vote: int | None
    result: PollResult | None
    hands: int | None
    names: tuple[str, ...]
    here: int | None


async def live_now(
    *, work: Work, me: Principal, course_id: UUID | None = None, lesson_id: UUID | None = None
) -> list[SectionNow]:
    """The student's sections of a course (or of a lesson's course) with what is live there; one statement.

    Whoever does not take the course gets nothing.
    """
    if Role.STUDENT not in me.roles:
        return []
    return await LiveSessionRepository(work).of_student(me.user, course_id=course_id, lesson_id=lesson_id)


async def require_seat(*, work: Work, me: Principal, session_id: UUID) -> LiveSession:
    """A live lesson of a section that the student is in.

    Raises:
        NotFound: It does not exist, or the person is not in its section.
    """
    if Role.STUDENT not in me.roles:
        raise NotFound
    found = await LiveSessionRepository(work).of_student(me.user, session_id=session_id)
    session = next((one.session for one in found if one.session is not None), None)
    if session is None:
        raise NotFound
    return session


async def attend(*, work: Work, me: Principal, session: LiveSession, now: datetime | None = None) -> Seat:
    """Note that the student is here, and show what they may see; at most six statements and one for news.

    The caller has the session from `live_now` or `require_seat`.
    """
    moment = now or utc_now()
    people = ParticipantRepository(work)
    own = await people.own(session.id, me.user)
    if session.ended_at is None:
        shown = (await presence.visibility(work=work, me=me)).shown
        await people.attend(session.id, me.user, shown=shown, now=moment)
        if own is None or not presence.is_here(own.seen_at, moment):
            work.publish(Channel.live_lead(session.id), LiveClassChanged(session.id))
    polls = PollRepository(work)
    found = await polls.of_session(session.id, me.user)
    opened = next((one for one in found if one[0].closed_at is None), None)
    shared = max(
        (one for one, _own in found if one.shared_at is not None),
        key=lambda one: one.shared_at or one.opened_at,
        default=None,
    )
    counts = await polls.counts([shared.id]) if shared is not None else {}
    hands, names, here = await _class(work, me, session, moment)
    return Seat(
        session=session,
        hand_up=own is not None and own.hand_at is not None,
        poll=opened[0] if opened else None,
        vote=opened[1] if opened else None,
        result=None if shared is None else result_of(shared, counts.get(shared.id, {})),
        hands=hands,
        names=names,
        here=here,
    )


async def _class(
    work: Work, me: Principal, session: LiveSession, now: datetime
) -> tuple[int | None, tuple[str, ...], int | None]:
    """As much of the others as the teacher allows."""
    if session.class_view == ClassView.NOTHING:
        return None, (), None
    people = await ParticipantRepository(work).people(session.id)
    raised = [one for one in people if one.hand_at is not None]
    if session.class_view == ClassView.HANDS:
        return len(raised), (), None
    return (
        len(raised),
        tuple(one.name for one in raised if one.shown),
        sum(presence.is_here(one.seen_at, now) for one in people),
    )


async def raise_hand(
    *, work: Work, me: Principal, session_id: UUID, up: bool, now: datetime | None = None
) -> None:
    """Raise or lower one's own hand; raising it again keeps its place in the queue.

    Raises:
        NotFound: It does not exist, or the person is not in its section.
        Conflict: It is over.
    """
    moment = now or utc_now()
    session = await _running(work, me, session_id)
    people = ParticipantRepository(work)
    own = await people.own(session_id, me.user, lock=True)
    if own is None:
        shown = (await presence.visibility(work=work, me=me)).shown
        await people.attend(session_id, me.user, shown=shown, now=moment)
        own = await people.own(session_id, me.user, lock=True)
    if own is None:
        raise NotFound
    if up and own.hand_at is None:
        own.hand_at, own.hands = moment, own.hands + 1
    elif not up:
        own.hand_at = None
    work.publish(Channel.live_lead(session_id), LiveClassChanged(session_id))
    if session.class_view != ClassView.NOTHING:
        work.publish(Channel.live_lesson(session_id), LiveClassChanged(session_id))


async def vote(
    *,
    work: Work,
    me: Principal,
    session_id: UUID,
    poll_id: UUID,
    choice: int,
    now: datetime | None = None,
) -> None:
    """Answer a poll, or answer it otherwise while it is open.

    Raises:
        NotFound: There is no such poll or option, or the person is not in the section.
        Conflict: The poll is closed, or the live lesson over.
    """
    await _running(work, me, session_id)
    polls = PollRepository(work)
    poll = await polls.get(poll_id, lock=True)
    if poll.session_id != session_id or not 0 <= choice < len(poll.options):
        raise NotFound
    if poll.closed_at is not None:
        raise Conflict(N_("This poll is closed."))
    await polls.vote(poll_id, me.user, choice, now or utc_now())
    work.publish(Channel.live_lead(session_id), LiveClassChanged(session_id))


async def _running(work: Work, me: Principal, session_id: UUID) -> LiveSession:
    session = await require_seat(work=work, me=me, session_id=session_id)
    if session.ended_at is not None:
        raise Conflict(N_("This live lesson is over."))
    return session
