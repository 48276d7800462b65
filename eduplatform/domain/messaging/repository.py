"""Rows of a course's discussions, with the names of those who wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import User
from eduplatform.domain.messaging.models import Post, Thread
from eduplatform.errors import NotFound


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A discussion and who began it."""

    thread: Thread
    author: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """An answer and who wrote it."""

    post: Post
    author: str


def _name(given: str, family: str) -> str:
    return f"{given} {family}".strip()


class ThreadRepository(Repository[Thread]):
    """Discussions."""

    model = Thread

    async def of_course(self, course_id: UUID, *, number: int, size: int) -> tuple[list[ThreadRow], int]:
        """A page of a course's discussions, the one with the newest post first, and how many there are."""
        total = await self.count(col(Thread.course_id) == course_id)
        found = await self._session.exec(
            select(Thread, User.given_name, User.family_name)
            .join(User, col(User.id) == col(Thread.author_id))
            .where(col(Thread.tenant_id) == self._work.tenant_id, col(Thread.course_id) == course_id)
            .order_by(col(Thread.last_post_at).desc(), col(Thread.id).desc())
            .offset((max(number, 1) - 1) * size)
            .limit(size)
        )
        return [ThreadRow(thread, _name(given, family)) for thread, given, family in found.all()], total

    async def author_of(self, thread: Thread) -> str:
        """The name of whoever began a discussion."""
        found = await self._session.exec(
            select(User.given_name, User.family_name).where(
                col(User.tenant_id) == self._work.tenant_id, col(User.id) == thread.author_id
            )
        )
        given, family = found.one()
        return _name(given, family)


class PostRepository(Repository[Post]):
    """Answers."""

    model = Post

    async def of_thread(self, thread_id: UUID, *, number: int, size: int) -> list[PostRow]:
        """A page of the answers of a discussion, oldest first."""
        found = await self._session.exec(
            select(Post, User.given_name, User.family_name)
            .join(User, col(User.id) == col(Post.author_id))
            .where(col(Post.tenant_id) == self._work.tenant_id, col(Post.thread_id) == thread_id)
            .order_by(col(Post.created_at), col(Post.id))
            .offset((max(number, 1) - 1) * size)
            .limit(size)
        )
        return [PostRow(post, _name(given, family)) for post, given, family in found.all()]

    async def with_thread(self, post_id: UUID) -> tuple[Post, Thread]:
        """An answer and its discussion, which nobody else can change until the end of the transaction.

        Raises:
            NotFound: It does not exist in this tenant.
        """
        found = await self._session.exec(
            select(Post, Thread)
            .join(Thread, col(Thread.id) == col(Post.thread_id))
            .where(col(Post.tenant_id) == self._work.tenant_id, col(Post.id) == post_id)
            .with_for_update()
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound
        return row

    async def extent(self, thread_id: UUID) -> tuple[int, datetime | None]:
        """How many answers a discussion has, and when the newest was written."""
        found = await self._session.exec(
            select(func.count(col(Post.id)), func.max(col(Post.created_at))).where(
                col(Post.tenant_id) == self._work.tenant_id, col(Post.thread_id) == thread_id
            )
        )
        return found.one()
