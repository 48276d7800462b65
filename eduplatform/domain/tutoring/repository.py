"""Rows of the tutor within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import JSON, Text, and_, delete, exists, or_
from sqlalchemy import cast as sa_cast
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    QuestionVersion,
)
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    LessonVersion,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.tutoring.models import (
    SafeguardingCase,
    TutorConversation,
    TutorHandover,
    TutorMessage,
    TutorSetting,
)
from eduplatform.errors import NotFound
from eduplatform.security.permissions import Role

REMEMBERED_TURNS = 8
GUARDED = ("quiz", "exam")
"""Kinds of assessments during which there is no tutor; practice and assignments, which take days, are not among them."""

_MOST_ITEMS = 300
_MOST_NAMES = 400


@dataclass(frozen=True, slots=True)
class Place:
    """Where a student asks, and everything that decides about the answer.

    Attributes:
        lesson: The lesson that is open.
        course: Its course.
        section_id: The student's class.
        setting: What the teachers set, if they did.
        conversation_id: Where the two talk, once they have.
        running: Title of a quiz or exam that the student is in the middle of; empty else.
        history: The last turns, oldest first.
        names: Names of the people of the course.
        numbers: The published number of each published lesson of the course.
        questions: Wordings and keys of the course's published questions: type, stem, body, key.
    """

    lesson: Lesson
    course: Course
    section_id: UUID
    setting: TutorSetting | None
    conversation_id: UUID | None
    running: str
    history: list[dict[str, Any]]
    names: list[str]
    numbers: dict[UUID, int]
    questions: list[dict[str, Any]] | None


class ConversationRepository(Repository[TutorConversation]):
    """Conversations, and what surrounds them."""

    model = TutorConversation

    async def place(self, *, lesson_id: UUID, user_id: UUID, now: datetime, questions: bool) -> Place:
        """Everything that decides about a turn, in one statement.

        Args:
            lesson_id: The lesson.
            user_id: The student.
            now: The server's clock.
            questions: Bring the questions of the course along; callers remember them.

        Raises:
            NotFound: The lesson or its course is not published, or the person does not take the course.
        """
        conversation_id = col(TutorConversation.id)
        statement = (
            select_columns(
                Lesson,
                Course,
                _section(user_id),
                TutorSetting,
                conversation_id,
                _running(user_id, now),
                _history(),
                _names(),
                _numbers(),
                *([_questions()] if questions else []),
            )
            .join(Course, col(Course.id) == col(Lesson.course_id))
            .outerjoin(TutorSetting, col(TutorSetting.course_id) == col(Course.id))
            .outerjoin(
                TutorConversation,
                and_(
                    col(TutorConversation.course_id) == col(Course.id),
                    col(TutorConversation.user_id) == user_id,
                ),
            )
            .where(
                col(Lesson.tenant_id) == self._work.tenant_id,
                col(Lesson.id) == lesson_id,
                col(Lesson.status) == PublicationStatus.PUBLISHED,
                col(Course.status) == PublicationStatus.PUBLISHED,
            )
        )
        rows = await fetch(self._work, statement)
        if not rows or rows[0][2] is None:
            raise NotFound
        lesson, course, section_id, setting, conversation, running, history, names, numbers = rows[0][:9]
        asked = rows[0][9] if questions else None
        return Place(
            lesson,
            course,
            section_id,
            setting,
            conversation,
            running or "",
            list(reversed(history or [])),
            names or [],
            {UUID(key): int(number) for key, number in cast(dict[str, int], numbers or {}).items()},
            (asked or []) if questions else None,
        )

    async def versions(self, keys: Sequence[tuple[UUID, int]]) -> list[LessonVersion]:
        """Published versions by lesson and number; one statement."""
        wanted = or_(
            *(
                and_(col(LessonVersion.lesson_id) == lesson_id, col(LessonVersion.number) == number)
                for lesson_id, number in keys
            )
        )
        found = await self._session.exec(
            select(LessonVersion).where(col(LessonVersion.tenant_id) == self._work.tenant_id, wanted)
        )
        return list(found.all())

    async def of_course(
        self, *, course_id: UUID, number: int, size: int
    ) -> tuple[list[tuple[UUID, UUID, str, str, int, datetime]], int]:
        """A page of a course's conversations, the latest first, and how many there are; two statements.

        Each is: conversation, student, given name, family name, messages, last message.
        """
        total = await self.count(col(TutorConversation.course_id) == course_id, _has_messages())
        last = func.max(col(TutorMessage.created_at))
        rows = await fetch(
            self._work,
            select_columns(
                TutorConversation.id,
                User.id,
                User.given_name,
                User.family_name,
                func.count(col(TutorMessage.id)),
                last,
            )
            .join(User, col(User.id) == col(TutorConversation.user_id))
            .join(TutorMessage, col(TutorMessage.conversation_id) == col(TutorConversation.id))
            .where(
                col(TutorConversation.tenant_id) == self._work.tenant_id,
                col(TutorConversation.course_id) == course_id,
            )
            .group_by(col(TutorConversation.id), col(User.id), col(User.given_name), col(User.family_name))
            .order_by(last.desc())
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [tuple(row) for row in rows], total

    async def with_student(self, conversation_id: UUID) -> tuple[TutorConversation, User]:
        """A conversation and whose it is.

        Raises:
            NotFound: There is none with this id.
        """
        rows = await fetch(
            self._work,
            select_columns(TutorConversation, User)
            .join(User, col(User.id) == col(TutorConversation.user_id))
            .where(
                col(TutorConversation.tenant_id) == self._work.tenant_id,
                col(TutorConversation.id) == conversation_id,
            ),
        )
        if not rows:
            raise NotFound
        return rows[0][0], rows[0][1]


def _has_messages() -> Any:
    return exists().where(col(TutorMessage.conversation_id) == col(TutorConversation.id))


def _section(user_id: UUID) -> Any:
    return (
        select(Enrollment.section_id)
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(Section.course_id) == col(Course.id),
            col(Enrollment.user_id) == user_id,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
        .limit(1)
        .correlate(Course)
        .scalar_subquery()
    )


def _running(user_id: UUID, now: datetime) -> Any:
    """Title of a quiz or exam, of any course, that the person has begun and may still answer."""
    return (
        select(Assessment.title)
        .join(Attempt, col(Attempt.assessment_id) == col(Assessment.id))
        .where(
            col(Assessment.kind).in_(GUARDED),
            col(Attempt.state) == AttemptState.IN_PROGRESS,
            or_(col(Attempt.deadline_at).is_(None), col(Attempt.deadline_at) > now),
            belongs_to(user_id),
        )
        .order_by(col(Attempt.started_at).desc())
        .limit(1)
        .scalar_subquery()
    )


def _history() -> Any:
    last = (
        select_columns(
            func.json_build_object(
                "speaker",
                col(TutorMessage.speaker),
                "text",
                col(TutorMessage.text),
                "topic",
                col(TutorMessage.topic),
                "hints",
                col(TutorMessage.hints),
                type_=JSON,
            ).label("turn"),
            col(TutorMessage.id).label("key"),
        )
        .where(col(TutorMessage.conversation_id) == col(TutorConversation.id))
        .order_by(col(TutorMessage.id).desc())
        .limit(REMEMBERED_TURNS)
        .correlate(TutorConversation)
        .lateral()
    )
    ordered = cast(Any, aggregate_order_by)(last.c.turn, last.c.key.desc())
    return select_columns(func.json_agg(ordered, type_=JSON)).select_from(last).scalar_subquery()


def _names() -> Any:
    people = (
        select_columns((col(User.given_name) + " " + col(User.family_name)).label("name"))
        .join(Enrollment, col(Enrollment.user_id) == col(User.id))
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(col(Section.course_id) == col(Course.id), col(Enrollment.status) == ACTIVE)
        .limit(_MOST_NAMES)
        .correlate(Course)
        .lateral()
    )
    return select_columns(func.json_agg(people.c.name, type_=JSON)).select_from(people).scalar_subquery()


def _numbers() -> Any:
    other = aliased(Lesson)
    return (
        select_columns(
            func.json_object_agg(sa_cast(col(other.id), Text), col(other.published_number), type_=JSON)
        )
        .where(col(other.course_id) == col(Course.id), col(other.status) == PublicationStatus.PUBLISHED)
        .correlate(Course)
        .scalar_subquery()
    )


def _questions() -> Any:
    asked = (
        select_columns(
            func.json_build_object(
                "type",
                col(QuestionVersion.type),
                "stem",
                col(QuestionVersion.stem),
                "body",
                col(QuestionVersion.body),
                "key",
                col(QuestionVersion.answer_key),
                type_=JSON,
            ).label("question")
        )
        .join(AssessmentItem, col(AssessmentItem.question_version_id) == col(QuestionVersion.id))
        .join(Assessment, col(Assessment.id) == col(AssessmentItem.assessment_id))
        .where(
            col(Assessment.course_id) == col(Course.id),
            col(Assessment.status) == PublicationStatus.PUBLISHED,
        )
        .limit(_MOST_ITEMS)
        .correlate(Course)
        .lateral()
    )
    return select_columns(func.json_agg(asked.c.question, type_=JSON)).select_from(asked).scalar_subquery()


class MessageRepository(Repository[TutorMessage]):
    """What was said."""

    model = TutorMessage

    async def newest(self, conversation_id: UUID, *, size: int) -> list[TutorMessage]:
        """The newest messages, oldest first; one statement."""
        found = await self._session.exec(
            self.rows()
            .where(col(TutorMessage.conversation_id) == conversation_id)
            .order_by(col(TutorMessage.id).desc())
            .limit(size)
        )
        return list(reversed(found.all()))

    async def remove(self, conversation_id: UUID) -> None:
        """Remove everything that was said in a conversation; one statement."""
        await self._session.exec(
            delete(TutorMessage)
            .where(
                col(TutorMessage.tenant_id) == self._work.tenant_id,
                col(TutorMessage.conversation_id) == conversation_id,
            )
            .execution_options(synchronize_session=False)
        )

    async def remove_expired(self, now: datetime) -> None:
        """Remove what has been kept long enough; one statement."""
        await self._session.exec(
            delete(TutorMessage)
            .where(col(TutorMessage.tenant_id) == self._work.tenant_id, col(TutorMessage.expires_at) <= now)
            .execution_options(synchronize_session=False)
        )


class SettingRepository(Repository[TutorSetting]):
    """What teachers set."""

    model = TutorSetting


class HandoverRepository(Repository[TutorHandover]):
    """Questions for teachers."""

    model = TutorHandover

    async def of_course(
        self, course_id: UUID, *, limit: int
    ) -> list[tuple[TutorHandover, str, str, str | None]]:
        """The newest questions of a course, open ones first: question, given and family name, title of the lesson."""
        rows = await fetch(
            self._work,
            select_columns(TutorHandover, User.given_name, User.family_name, Lesson.title)
            .join(User, col(User.id) == col(TutorHandover.user_id))
            .outerjoin(Lesson, col(Lesson.id) == col(TutorHandover.lesson_id))
            .where(
                col(TutorHandover.tenant_id) == self._work.tenant_id,
                col(TutorHandover.course_id) == course_id,
            )
            .order_by(col(TutorHandover.state).desc(), col(TutorHandover.created_at).desc())
            .limit(limit),
        )
        return [tuple(row) for row in rows]


class CaseRepository(Repository[SafeguardingCase]):
    """Cases of children at risk."""

    model = SafeguardingCase

    async def listed(
        self, *, number: int, size: int
    ) -> tuple[list[tuple[SafeguardingCase, str, str, str | None]], int]:
        """A page of cases, open ones first: case, given and family name, title of the course; two statements."""
        total = await self.count()
        rows = await fetch(
            self._work,
            select_columns(SafeguardingCase, User.given_name, User.family_name, Course.title)
            .join(User, col(User.id) == col(SafeguardingCase.user_id))
            .outerjoin(Course, col(Course.id) == col(SafeguardingCase.course_id))
            .where(col(SafeguardingCase.tenant_id) == self._work.tenant_id)
            .order_by(col(SafeguardingCase.state).desc(), col(SafeguardingCase.created_at).desc())
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [tuple(row) for row in rows], total


async def administrators(work: Work) -> list[UUID]:
    """The active administrators of the organisation; one statement."""
    roles: Any = col(User.roles)
    rows = await fetch(
        work,
        select_columns(User.id).where(
            col(User.tenant_id) == work.tenant_id,
            roles.contains([Role.ADMIN.value]),
            col(User.status) == AccountStatus.ACTIVE,
        ),
    )
    return list(rows)
