"""Rows of a course's discussions, with the names of those who wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import User
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.messaging.models import Post, Report, Revision, Thread
from eduplatform.errors import NotFound

OPEN = "open"


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A discussion and who began it."""

    thread: Thread
    author: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report with what it is about; without a post it is the beginning of the discussion."""

    report: Report
    thread: Thread
    post: Post | None
    author: str
    reporter: str


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

    async def of_course(
        self, course_id: UUID, *, reader: UUID | None, number: int, size: int
    ) -> tuple[list[ThreadRow], int]:
        """A page of a course's discussions, the one with the newest post first, and how many there are.

        Args:
            course_id: The course.
            reader: Who sees only their own of the hidden ones; None sees all.
            number: The page, from 1.
            size: Its rows.
        """
        conditions = [col(Thread.course_id) == course_id]
        if reader is not None:
            conditions.append(col(Thread.hidden_at).is_(None) | (col(Thread.author_id) == reader))
        total = await self.count(*conditions)
        found = await self._session.exec(
            select(Thread, User.given_name, User.family_name)
            .join(User, col(User.id) == col(Thread.author_id))
            .where(col(Thread.tenant_id) == self._work.tenant_id, *conditions)
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

    async def taught(self, thread_id: UUID, user_id: UUID) -> Thread:
        """A discussion of a course that a person teaches, locked.

        Raises:
            NotFound: It does not exist, or they do not teach its course.
        """
        rows = await fetch(
            self._work,
            select_columns(Thread)
            .join(Course, col(Course.id) == col(Thread.course_id))
            .where(
                col(Thread.tenant_id) == self._work.tenant_id, col(Thread.id) == thread_id, taught_by(user_id)
            )
            .with_for_update(of=Thread)
            .execution_options(populate_existing=True),
        )
        if not rows:
            raise NotFound
        return rows[0]


class PostRepository(Repository[Post]):
    """Answers."""

    model = Post

    async def of_thread(self, thread_id: UUID, *, number: int, size: int) -> list[PostRow]:
        """A page of the answers of a discussion: each followed by the answers to it, oldest first."""
        found = await self._session.exec(
            select(Post, User.given_name, User.family_name)
            .join(User, col(User.id) == col(Post.author_id))
            .where(col(Post.tenant_id) == self._work.tenant_id, col(Post.thread_id) == thread_id)
            .order_by(col(Post.path))
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

    async def taught(self, thread_id: UUID, post_id: UUID, user_id: UUID) -> tuple[Post, Thread]:
        """An answer in a discussion of a course that a person teaches, and the discussion; both locked.

        Raises:
            NotFound: It does not exist, or they do not teach the course.
        """
        rows = await fetch(
            self._work,
            select_columns(Post, Thread)
            .join(Thread, col(Thread.id) == col(Post.thread_id))
            .join(Course, col(Course.id) == col(Thread.course_id))
            .where(
                col(Post.tenant_id) == self._work.tenant_id,
                col(Post.id) == post_id,
                col(Thread.id) == thread_id,
                taught_by(user_id),
            )
            .with_for_update(of=[Post, Thread])
            .execution_options(populate_existing=True),
        )
        if not rows:
            raise NotFound
        return rows[0][0], rows[0][1]

    async def extent(self, thread_id: UUID) -> tuple[int, datetime | None]:
        """How many answers a discussion has, and when the newest was written."""
        found = await self._session.exec(
            select(func.count(col(Post.id)), func.max(col(Post.created_at))).where(
                col(Post.tenant_id) == self._work.tenant_id, col(Post.thread_id) == thread_id
            )
        )
        return found.one()

    async def place_of(self, post: Post) -> int:
        """Which answer of its discussion it is, counted from 1 in the order in which they stand."""
        return await self.count(col(Post.thread_id) == post.thread_id, col(Post.path) <= post.path)

    async def is_answered(self, post: Post) -> bool:
        """Whether somebody has answered this answer."""
        return await self.first(col(Post.parent_id) == post.id) is not None


class RevisionRepository(Repository[Revision]):
    """What contributions said before."""

    model = Revision

    async def of(self, thread_id: UUID, post_id: UUID | None) -> list[Revision]:
        """The former wordings of a contribution, newest first; at most fifty."""
        same = col(Revision.post_id).is_(None) if post_id is None else col(Revision.post_id) == post_id
        found = await self._session.exec(
            self.rows()
            .where(col(Revision.thread_id) == thread_id, same)
            .order_by(col(Revision.created_at).desc())
            .limit(50)
        )
        return list(found.all())


class ReportRepository(Repository[Report]):
    """What people found wrong."""

    model = Report

    async def open_of(self, course_id: UUID, *, number: int, size: int) -> tuple[list[ReportRow], int]:
        """A page of what waits for a teacher's decision, oldest first, and how much there is; two statements."""
        conditions = (col(Report.course_id) == course_id, col(Report.state) == OPEN)
        total = await self.count(*conditions)
        author, reporter = aliased(User), aliased(User)
        columns: tuple[Any, ...] = (
            Report,
            Thread,
            Post,
            author.given_name,
            author.family_name,
            reporter.given_name,
            reporter.family_name,
        )
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .select_from(Report)
            .join(Thread, col(Thread.id) == col(Report.thread_id))
            .outerjoin(Post, col(Post.id) == col(Report.post_id))
            .join(author, col(author.id) == func.coalesce(col(Post.author_id), col(Thread.author_id)))
            .join(reporter, col(reporter.id) == col(Report.reporter_id))
            .where(col(Report.tenant_id) == self._work.tenant_id, *conditions)
            .order_by(col(Report.created_at), col(Report.id))
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [
            ReportRow(report, thread, post, _name(given, family), _name(by_given, by_family))
            for report, thread, post, given, family, by_given, by_family in rows
        ], total

    async def resolve(
        self, thread_id: UUID, post_id: UUID | None, *, state: str, by: UUID, moment: datetime
    ) -> None:
        """Close all open reports of a contribution; one statement."""
        same = col(Report.post_id).is_(None) if post_id is None else col(Report.post_id) == post_id
        await self._session.exec(
            sa.update(Report)
            .where(
                col(Report.tenant_id) == self._work.tenant_id,
                col(Report.thread_id) == thread_id,
                col(Report.state) == OPEN,
                same,
            )
            .values(state=state, resolved_by=by, resolved_at=moment),
            execution_options={"synchronize_session": False},
        )
