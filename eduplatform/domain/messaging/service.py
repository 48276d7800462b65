"""Discussions of a course: threads and the answers to them."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import policy as courses
from eduplatform.domain.courses import service as course_service
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.domain.messaging import notifications, policy
from eduplatform.domain.messaging.models import Post, Revision, Thread
from eduplatform.domain.messaging.repository import (
    PostRepository,
    PostRow,
    RevisionRepository,
    ThreadRepository,
    ThreadRow,
)
from eduplatform.errors import Invalid, NotFound, RateLimited
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import DiscussionChanged
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate
from eduplatform.security.rich_text import render_markdown

PAGE_SIZE = 20
MAX_DEPTH = 2
"""How deep answers to answers stand; deeper ones would be too narrow to read on a phone."""

MAX_BODY = 20_000
"""Longest contribution in characters."""

WRITE_RATE = Rate(per_second=1 / 15, burst=10)
"""Contributions of one person: ten at once, then one every 15 seconds."""


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A page of a course's discussions."""

    course: Course
    teaches: bool
    rows: list[ThreadRow]
    total: int
    teachers: set[UUID]


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A discussion with one page of its answers; ``page`` is the one that is shown, of ``pages``."""

    course: Course
    teaches: bool
    thread: Thread
    author: str
    posts: list[PostRow]
    page: int
    pages: int
    teachers: set[UUID]


def pages_of(total: int, size: int = PAGE_SIZE) -> int:
    """How many pages a list has; an empty one has one."""
    return max(1, math.ceil(total / size))


async def limit_writing(*, me: Principal) -> None:
    """Count one contribution; call it before the transaction.

    Raises:
        RateLimited: The person writes too fast.
    """
    wait = await rate_limits.take(f"discussion:{me.tenant_id}:{me.user}", WRITE_RATE)
    if wait > 0:
        message = N_("You are writing very fast. Please wait {seconds} seconds.")
        raise RateLimited(message, retry_after=math.ceil(wait))


async def list_threads(*, work: Work, me: Principal, course_id: UUID, page: int = 1) -> ThreadPage:
    """A page of a course's discussions, newest activity first; five statements.

    Raises:
        NotFound: The person has nothing to do with the course.
    """
    me.require(Permission.DISCUSSION)
    standing = await courses.require_standing(work=work, me=me, course_id=course_id)
    rows, total = await ThreadRepository(work).of_course(
        course_id, reader=None if standing.teaches else me.user, number=page, size=PAGE_SIZE
    )
    teachers = await course_service.teachers_of(work=work, course=standing.course)
    return ThreadPage(standing.course, standing.teaches, rows, total, teachers)


async def create_thread(
    *, work: Work, me: Principal, course_id: UUID, title: str, body: str, now: datetime | None = None
) -> Thread:
    """Begin a discussion.

    Args:
        work: The open unit of work.
        me: Its author.
        course_id: The course.
        title: What it is about.
        body: Markdown.
        now: When; the server's clock by default.

    Raises:
        NotFound: The person has nothing to do with the course.
        Invalid: Title or body is empty or too long.
    """
    me.require(Permission.DISCUSSION)
    await courses.require_standing(work=work, me=me, course_id=course_id)
    title = single_line(title)
    if not title:
        raise Invalid(fields={"title": course_service.FILL_IN})
    text, html = await _render(body)
    moment = now or utc_now()
    thread = await work.add(
        Thread(
            course_id=course_id,
            author_id=me.user,
            title=title[:160],
            body=text,
            body_html=html,
            last_post_at=moment,
            created_at=moment,
        )
    )
    publish_change(work, thread)
    return thread


def publish_change(work: Work, thread: Thread) -> None:
    """Tell open pages of a discussion and of the list of discussions that something in it is different."""
    for one in (Channel.thread(thread.id), Channel.course(thread.course_id)):
        work.publish(one, DiscussionChanged(thread_id=thread.id))


async def read_thread(*, work: Work, me: Principal, thread_id: UUID, page: int = 1) -> ThreadView:
    """A discussion with a page of its answers; six statements.

    Args:
        work: The open unit of work.
        me: The reader.
        thread_id: The discussion.
        page: From 1; beyond the last, or 0, means the last.

    Raises:
        NotFound: It does not exist for this person.
    """
    access = await policy.require_thread(work=work, me=me, thread_id=thread_id)
    pages = pages_of(access.thread.post_count)
    shown = page if 1 <= page <= pages else pages
    posts = await PostRepository(work).of_thread(thread_id, number=shown, size=PAGE_SIZE)
    return ThreadView(
        course=access.course,
        teaches=access.teaches,
        thread=access.thread,
        author=await ThreadRepository(work).author_of(access.thread),
        posts=posts,
        page=shown,
        pages=pages,
        teachers=await course_service.teachers_of(work=work, course=access.course),
    )


async def reply(
    *,
    work: Work,
    me: Principal,
    thread_id: UUID,
    body: str,
    parent_id: UUID | None = None,
    now: datetime | None = None,
) -> Post:
    """Answer in a discussion, and tell those who are answered.

    Args:
        work: The open unit of work.
        me: The author.
        thread_id: The discussion.
        body: Markdown.
        parent_id: The answer that is answered; beyond `MAX_DEPTH` the new one stands beside it.
        now: When; the server's clock by default.

    Raises:
        NotFound: The discussion, or the answer in it, does not exist for this person.
        Invalid: The body is empty or too long, or the discussion is closed.
    """
    access = await policy.require_thread(work=work, me=me, thread_id=thread_id, lock=True)
    policy.require_open(access)
    text, html = await _render(body)
    posts, thread, moment = PostRepository(work), access.thread, now or utc_now()
    parent = await posts.get(parent_id) if parent_id is not None else None
    if parent is not None and (parent.thread_id != thread.id or parent.deleted_at or parent.hidden_at):
        raise NotFound
    thread.post_serial += 1
    thread.post_count += 1
    thread.last_post_at = max(thread.last_post_at, moment)
    above, depth = _place_below(parent)
    post = await work.add(
        Post(
            thread_id=thread_id,
            author_id=me.user,
            parent_id=parent.parent_id if parent and parent.depth == MAX_DEPTH else parent_id,
            path=f"{above}{thread.post_serial:06}",
            depth=depth,
            body=text,
            body_html=html,
            created_at=moment,
        )
    )
    publish_change(work, thread)
    answered = {thread.author_id, *([parent.author_id] if parent else [])}
    await notifications.send(
        work=work,
        recipients=sorted(answered),
        kind="reply",
        text=N_("{name} answered in “{title}”"),
        params={"name": me.name, "title": thread.title},
        href=f"/courses/{thread.course_id}/discussions/{thread.id}",
        now=moment,
    )
    return post


def _place_below(parent: Post | None) -> tuple[str, int]:
    """Where the path of an answer begins, and how deep it stands."""
    if parent is None:
        return "", 0
    if parent.depth < MAX_DEPTH:
        return f"{parent.path}.", parent.depth + 1
    return f"{parent.path.rpartition('.')[0]}.", MAX_DEPTH


async def page_of_post(*, work: Work, post: Post) -> int:
    """The page of its discussion on which an answer stands."""
    return pages_of(await PostRepository(work).place_of(post))


async def edit_thread(*, work: Work, me: Principal, thread_id: UUID, title: str, body: str) -> Thread:
    """Change the beginning of one's own discussion; the former wording is kept.

    Raises:
        NotFound: It does not exist for this person, or somebody else began it.
        Invalid: Title or body is empty or too long, or the discussion is closed.
    """
    access = await policy.require_thread(work=work, me=me, thread_id=thread_id, lock=True)
    thread = access.thread
    if thread.author_id != me.user:
        raise NotFound
    policy.require_open(access)
    title = single_line(title)[:160]
    if not title:
        raise Invalid(fields={"title": course_service.FILL_IN})
    text, html = await _render(body)
    if (title, text) != (thread.title, thread.body):
        await work.add(Revision(thread_id=thread.id, title=thread.title, body=thread.body))
        thread.title, thread.body, thread.body_html, thread.edited_at = title, text, html, utc_now()
        await work.flush()
        publish_change(work, thread)
    return thread


async def edit_post(*, work: Work, me: Principal, post_id: UUID, body: str) -> Post:
    """Change one's own answer; the former wording is kept.

    Raises:
        NotFound: It does not exist for this person, or somebody else wrote it, or it was deleted or hidden.
        Invalid: The body is empty or too long, or the discussion is closed.
    """
    post, thread = await PostRepository(work).with_thread(post_id)
    access = await policy.require_thread(work=work, me=me, thread_id=thread.id)
    if post.author_id != me.user or post.deleted_at or post.hidden_at:
        raise NotFound
    policy.require_open(access)
    text, html = await _render(body)
    if text != post.body:
        await work.add(Revision(thread_id=thread.id, post_id=post.id, body=post.body))
        post.body, post.body_html, post.edited_at = text, html, utc_now()
        await work.flush()
        publish_change(work, thread)
    return post


async def own_words(*, work: Work, me: Principal, thread_id: UUID, post_id: UUID | None) -> tuple[str, str]:
    """Title and markdown of one's own contribution, to change it; an answer has no title.

    Raises:
        NotFound: It does not exist for this person, or is not theirs.
    """
    access = await policy.require_thread(work=work, me=me, thread_id=thread_id)
    if post_id is None:
        if access.thread.author_id != me.user:
            raise NotFound
        return access.thread.title, access.thread.body
    post = await PostRepository(work).get(post_id)
    if post.thread_id != thread_id or post.author_id != me.user or post.deleted_at:
        raise NotFound
    return "", post.body


async def history(*, work: Work, me: Principal, thread_id: UUID, post_id: UUID | None) -> list[Revision]:
    """What a contribution said before, newest first; for its author and the teachers.

    Raises:
        NotFound: It does not exist for this person.
    """
    access = await policy.require_thread(work=work, me=me, thread_id=thread_id)
    author = access.thread.author_id
    if post_id is not None:
        post = await PostRepository(work).get(post_id)
        if post.thread_id != thread_id:
            raise NotFound
        author = post.author_id
    policy.require_delete(me=me, author_id=author, teaches=access.teaches)
    return await RevisionRepository(work).of(thread_id, post_id)


async def delete_post(*, work: Work, me: Principal, post_id: UUID) -> None:
    """Delete an answer: its author, or a teacher of the course. One that was answered keeps its place, without its words.

    Raises:
        NotFound: It does not exist for this person, or is not theirs to delete.
    """
    posts = PostRepository(work)
    post, thread = await posts.with_thread(post_id)
    standing = await courses.require_standing(work=work, me=me, course_id=thread.course_id)
    policy.require_delete(me=me, author_id=post.author_id, teaches=standing.teaches)
    if thread.accepted_post_id == post.id:
        thread.accepted_post_id = None
    if await posts.is_answered(post):
        post.body = post.body_html = ""
        post.deleted_at, post.endorsed_by = utc_now(), None
    else:
        await posts.delete(post)
        thread.post_count, newest = await posts.extent(thread.id)
        thread.last_post_at = newest or thread.created_at
    await work.flush()
    publish_change(work, thread)
    if post.author_id != me.user:
        await work.audit("post.deleted", post_id=post_id, thread_id=thread.id)


async def delete_thread(*, work: Work, me: Principal, thread_id: UUID) -> UUID:
    """Delete a discussion with its answers: a teacher of the course, or the author while nobody has answered.

    Returns:
        The id of its course.

    Raises:
        NotFound: It does not exist for this person, or is not theirs to delete.
    """
    access = await policy.require_thread(work=work, me=me, thread_id=thread_id, lock=True)
    policy.require_delete(me=me, author_id=access.thread.author_id, teaches=access.teaches)
    if not access.teaches and access.thread.post_count:
        raise NotFound
    await ThreadRepository(work).delete(access.thread)
    publish_change(work, access.thread)
    if access.thread.author_id != me.user:
        await work.audit("thread.deleted", thread_id=thread_id, course_id=access.course.id)
    return access.course.id


async def _render(body: str) -> tuple[str, str]:
    text = paragraphs(body)
    if not text:
        raise Invalid(fields={"body": course_service.FILL_IN})
    if len(text) > MAX_BODY:
        raise Invalid(
            fields={"body": (N_("This is too long: at most {limit} characters."), {"limit": MAX_BODY})}
        )
    return text, await asyncio.to_thread(render_markdown, text)
