"""The tutor of a course: its settings, its conversations as students and teachers see them, questions for teachers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.ai import service as ai
from eduplatform.domain.ai.models import AiMode
from eduplatform.domain.courses import policy as course_policy
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.repository import CourseRepository
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.domain.messaging import notifications
from eduplatform.domain.tutoring import turns
from eduplatform.domain.tutoring.models import (
    Speaker,
    TutorConversation,
    TutorHandover,
    TutorMessage,
    TutorSetting,
)
from eduplatform.domain.tutoring.repository import (
    ConversationRepository,
    HandoverRepository,
    MessageRepository,
    Place,
    SettingRepository,
)
from eduplatform.errors import Conflict, EduError, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

SHOWN = 40
PAGE_SIZE = 20
MAX_TOPICS = 20
MAX_TOPIC = 60
MAX_ANSWER = 3000
_HANDOVERS = 50
_STARTERS = 3
_FILL_IN = N_("Please fill this in.")


@dataclass(frozen=True, slots=True)
class Panel:
    """The tutor beside a lesson.

    Attributes:
        place: Where the student is.
        messages: What was said, oldest first.
        closed: Why there is no tutor now; None when there is one.
        models: Whether a model may write here.
    """

    place: Place
    messages: list[TutorMessage]
    closed: EduError | None
    models: bool


async def open_panel(*, work: Work, me: Principal, lesson_id: UUID, now: datetime | None = None) -> Panel:
    """The tutor beside a lesson; three statements.

    Raises:
        NotFound: The student cannot read the lesson.
    """
    rules = await ai.rules(work=work)
    place, _ = await turns.find_place(work=work, me=me, lesson_id=lesson_id, now=now or utc_now())
    closed = turns.closed_because(place, rules)
    messages: list[TutorMessage] = []
    if place.conversation_id is not None:
        messages = await MessageRepository(work).newest(place.conversation_id, size=SHOWN)
    return Panel(place, messages, closed, bool(rules.targets_for(turns.PURPOSE)))


def starters(objectives: Sequence[str]) -> list[str]:
    """What a student could begin with: the lesson's objectives, three at most."""
    return [single_line(one).rstrip(".") for one in objectives if one.strip()][:_STARTERS]


async def forget(*, work: Work, me: Principal, lesson_id: UUID) -> None:
    """Remove all that a student and the tutor said in the course of a lesson, at the student's wish.

    Raises:
        NotFound: The student cannot read the lesson.
    """
    place, _ = await turns.find_place(work=work, me=me, lesson_id=lesson_id, now=utc_now())
    if place.conversation_id is not None:
        await MessageRepository(work).remove(place.conversation_id)
        await work.audit("tutor.forgotten", conversation=place.conversation_id)


async def hand_over(*, work: Work, me: Principal, lesson_id: UUID, question: str) -> TutorHandover:
    """Hand a question to the teachers of the course; eight statements.

    Raises:
        NotFound: The student cannot read the lesson.
        Invalid: The question is empty or too long.
    """
    text = paragraphs(question)
    if not text:
        raise Invalid(fields={"question": _FILL_IN})
    if len(text) > turns.MAX_TEXT:
        raise Invalid(
            fields={
                "question": (N_("This is too long: at most {limit} characters."), {"limit": turns.MAX_TEXT})
            }
        )
    place, _ = await turns.find_place(work=work, me=me, lesson_id=lesson_id, now=utc_now())
    conversation_id = place.conversation_id
    if conversation_id is None:
        row = TutorConversation(user_id=me.user, course_id=place.course.id)
        conversation_id = (await ConversationRepository(work).add(row)).id
    handed = await HandoverRepository(work).add(
        TutorHandover(
            conversation_id=conversation_id,
            course_id=place.course.id,
            user_id=me.user,
            lesson_id=lesson_id,
            question=text,
        )
    )
    teachers = await CourseRepository(work).teacher_ids(place.course.id)
    await notifications.send(
        work=work,
        recipients=sorted(teachers | ({place.course.owner_id} if place.course.owner_id else set())),
        kind="tutor.question",
        text=N_("{name} has a question about “{lesson}”"),
        params={"name": me.name, "lesson": place.lesson.title},
        href=f"/teach/courses/{place.course.id}/tutor",
    )
    return handed


@dataclass(frozen=True, slots=True)
class TutorOfCourse:
    """What teachers see of the tutor: settings, conversations, questions that wait.

    A conversation is: id, student, given name, family name, messages, last message.
    """

    course: Course
    setting: TutorSetting
    conversations: list[tuple[UUID, UUID, str, str, int, datetime]]
    total: int
    handovers: list[tuple[TutorHandover, str, str, str | None]]
    mode: AiMode
    models: bool


async def read_course(*, work: Work, me: Principal, course_id: UUID, page: int = 1) -> TutorOfCourse:
    """The tutor of a course, for its teachers; six statements. Conversations are not listed where they are private.

    Raises:
        NotFound: The person does not teach the course.
    """
    course = await course_policy.require_teacher(work=work, me=me, course_id=course_id)
    setting = await _setting(work, course_id)
    rules = await ai.rules(work=work)
    listed: list[tuple[UUID, UUID, str, str, int, datetime]] = []
    total = 0
    if setting.transcripts:
        listed, total = await ConversationRepository(work).of_course(
            course_id=course_id, number=page, size=PAGE_SIZE
        )
    handed = await HandoverRepository(work).of_course(course_id, limit=_HANDOVERS)
    return TutorOfCourse(
        course,
        setting,
        listed,
        total,
        handed,
        AiMode(rules.policy.mode),
        bool(rules.targets_for(turns.PURPOSE)),
    )


async def save_setting(
    *,
    work: Work,
    me: Principal,
    course_id: UUID,
    version: int,
    enabled: bool,
    hints_only: bool,
    transcripts: bool,
    locked_topics: str,
) -> TutorSetting:
    """Change how the tutor works in a course.

    Args:
        locked_topics: Words or phrases, one a line or separated by commas.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: There are too many topics, or one is too long.
        Conflict: Somebody else saved meanwhile.
    """
    await course_policy.require_teacher(work=work, me=me, course_id=course_id)
    topics = list(
        dict.fromkeys(one for part in re.split(r"[\n,;]", locked_topics) if (one := single_line(part)))
    )
    if len(topics) > MAX_TOPICS:
        raise Invalid(fields={"locked_topics": (N_("Lock at most {limit} topics."), {"limit": MAX_TOPICS})})
    if any(len(one) > MAX_TOPIC for one in topics):
        raise Invalid(
            fields={"locked_topics": (N_("A topic has at most {limit} characters."), {"limit": MAX_TOPIC})}
        )
    setting = await _setting(work, course_id)
    if setting.version != version:
        raise Conflict
    setting.enabled, setting.hints_only, setting.transcripts = enabled, hints_only, transcripts
    setting.locked_topics, setting.version = topics, version + 1
    await SettingRepository(work).add(setting)
    await work.audit(
        "tutor.settings_saved",
        course=course_id,
        enabled=enabled,
        hints_only=hints_only,
        transcripts=transcripts,
        topics=len(topics),
    )
    return setting


async def read_transcript(
    *, work: Work, me: Principal, conversation_id: UUID
) -> tuple[User, list[TutorMessage]]:
    """What a student and the tutor said, for the teachers of the course; that it was read is in the audit trail.

    Raises:
        NotFound: There is no such conversation, or the person may not read it.
    """
    conversation, student = await ConversationRepository(work).with_student(conversation_id)
    await course_policy.require_teacher(work=work, me=me, course_id=conversation.course_id)
    if not (await _setting(work, conversation.course_id)).transcripts:
        raise NotFound
    messages = await MessageRepository(work).newest(conversation_id, size=SHOWN * 2)
    await work.audit("tutor.transcript_read", conversation=conversation_id, student=student.id)
    return student, messages


async def answer_handover(
    *, work: Work, me: Principal, handover_id: UUID, answer: str, now: datetime | None = None
) -> None:
    """Answer a question that a student handed over; the answer appears in the student's conversation.

    Raises:
        NotFound: There is no such question, or the person does not teach its course.
        Invalid: The answer is empty or too long.
        Conflict: Somebody has answered it already.
    """
    text = paragraphs(answer)
    if not text:
        raise Invalid(fields={"answer": _FILL_IN})
    if len(text) > MAX_ANSWER:
        raise Invalid(
            fields={"answer": (N_("This is too long: at most {limit} characters."), {"limit": MAX_ANSWER})}
        )
    moment = now or utc_now()
    row = await HandoverRepository(work).get(handover_id, lock=True)
    await course_policy.require_teacher(work=work, me=me, course_id=row.course_id)
    if row.state != "open":
        raise Conflict(N_("Somebody has answered this already."))
    row.state, row.answer, row.answered_by, row.answered_at = "answered", text, me.user, moment
    rules = await ai.rules(work=work)
    await MessageRepository(work).add(
        TutorMessage(
            conversation_id=row.conversation_id,
            lesson_id=row.lesson_id,
            speaker=Speaker.TEACHER,
            text=text,
            provenance={"engine": "human", "name": me.name, "question": row.question},
            expires_at=moment + timedelta(days=rules.policy.retention_days),
        )
    )
    await notifications.send(
        work=work,
        recipients=[row.user_id],
        kind="tutor.answer",
        text=N_("{name} answered your question"),
        params={"name": me.name},
        href=f"/learn/lessons/{row.lesson_id}" if row.lesson_id else f"/learn/courses/{row.course_id}",
        now=moment,
    )


async def _setting(work: Work, course_id: UUID) -> TutorSetting:
    found = await SettingRepository(work).first(col(TutorSetting.course_id) == course_id)
    return found or TutorSetting(course_id=course_id, version=0)


async def clean(*, work: Work) -> None:
    """Remove conversations whose time is over; for the job."""
    await MessageRepository(work).remove_expired(utc_now())


__all__ = [
    "Panel",
    "TutorOfCourse",
    "answer_handover",
    "clean",
    "forget",
    "hand_over",
    "open_panel",
    "read_course",
    "read_transcript",
    "save_setting",
    "starters",
]
