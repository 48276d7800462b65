"""Rows of direct messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import GuardianLink, User
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.messaging.models import Conversation, DirectMessage, MessageBlock
from eduplatform.security.permissions import Role

VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation with its two people and its newest words."""

    conversation: Conversation
    first: User
    second: User
    newest: str

    def other(self, user_id: UUID) -> User:
        """The one of the two who is not this person."""
        return self.second if self.first.id == user_id else self.first


class ConversationRepository(Repository[Conversation]):
    """Conversations of two people."""

    model = Conversation

    async def listed(
        self, condition: ColumnElement[bool], *, number: int, size: int
    ) -> tuple[list[ConversationRow], int]:
        """A page of conversations, the liveliest first, and how many there are; two statements."""
        total = await self.count(condition)
        rows = await fetch(
            self._work,
            self._with_people(condition)
            .order_by(col(Conversation.last_message_at).desc(), col(Conversation.id))
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [ConversationRow(*row) for row in rows], total

    async def one(self, conversation_id: UUID) -> ConversationRow | None:
        """A conversation with its people."""
        rows = await fetch(self._work, self._with_people(col(Conversation.id) == conversation_id))
        return ConversationRow(*rows[0]) if rows else None

    def _with_people(self, condition: ColumnElement[bool]) -> Any:
        first, second = aliased(User), aliased(User)
        newest = (
            select(func.left(col(DirectMessage.body), 200))
            .where(col(DirectMessage.conversation_id) == col(Conversation.id))
            .order_by(col(DirectMessage.created_at).desc())
            .limit(1)
            .correlate(Conversation)
            .scalar_subquery()
        )
        return (
            select_columns(Conversation, first, second, func.coalesce(newest, ""))
            .join(first, col(first.id) == col(Conversation.first_id))
            .join(second, col(second.id) == col(Conversation.second_id))
            .where(col(Conversation.tenant_id) == self._work.tenant_id, condition)
        )

    async def wards(self, guardian_id: UUID, people: Sequence[UUID]) -> set[UUID]:
        """Those of these people whose verified guardian somebody is."""
        found = await self._session.exec(
            select(GuardianLink.student_id).where(
                col(GuardianLink.tenant_id) == self._work.tenant_id,
                col(GuardianLink.guardian_id) == guardian_id,
                col(GuardianLink.student_id).in_(people),
                col(GuardianLink.status) == VERIFIED,
            )
        )
        return set(found.all())

    async def between(self, one: UUID, other: UUID) -> Conversation | None:
        """The conversation of two people, locked."""
        first, second = sorted((one, other))
        found = await self._session.exec(
            self.rows()
            .where(col(Conversation.first_id) == first, col(Conversation.second_id) == second)
            .with_for_update()
        )
        return found.one_or_none()


def of_person(user_id: UUID) -> ColumnElement[bool]:
    """The conversations that somebody takes part in."""
    return (col(Conversation.first_id) == user_id) | (col(Conversation.second_id) == user_id)


def of_children(guardian_id: UUID) -> ColumnElement[bool]:
    """The conversations of somebody's verified children with adults."""

    def child_with_adult(child: Any, other: Any) -> ColumnElement[bool]:
        linked = sa.exists().where(
            col(GuardianLink.guardian_id) == guardian_id,
            col(GuardianLink.student_id) == child,
            col(GuardianLink.status) == VERIFIED,
        )
        adult = sa.exists().where(col(User.id) == other, ~col(User.roles).contains([Role.STUDENT.value]))
        return linked & adult & (other != guardian_id)

    first, second = col(Conversation.first_id), col(Conversation.second_id)
    return child_with_adult(first, second) | child_with_adult(second, first)


class DirectMessageRepository(Repository[DirectMessage]):
    """Direct messages."""

    model = DirectMessage

    async def newest(self, conversation_id: UUID, *, size: int) -> list[DirectMessage]:
        """The newest messages of a conversation, oldest of them first."""
        found = await self._session.exec(
            self.rows()
            .where(col(DirectMessage.conversation_id) == conversation_id)
            .order_by(col(DirectMessage.created_at).desc(), col(DirectMessage.id).desc())
            .limit(size)
        )
        return list(reversed(found.all()))


class MessageBlockRepository(Repository[MessageBlock]):
    """Who wants to hear nothing of whom."""

    model = MessageBlock

    async def between(self, one: UUID, other: UUID) -> list[MessageBlock]:
        """The blocks between two people, in both directions."""
        return await self.find(
            (col(MessageBlock.blocker_id) == one) & (col(MessageBlock.blocked_id) == other)
            | (col(MessageBlock.blocker_id) == other) & (col(MessageBlock.blocked_id) == one)
        )
