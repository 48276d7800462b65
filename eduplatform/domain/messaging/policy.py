"""Who may read and write which discussion: the people of its course."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import policy as courses
from eduplatform.domain.courses.models import Course
from eduplatform.domain.messaging.models import Thread
from eduplatform.domain.messaging.repository import ThreadRepository
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal


@dataclass(frozen=True, slots=True)
class ThreadAccess:
    """A discussion, its course, and whether the person teaches that course."""

    thread: Thread
    course: Course
    teaches: bool


async def require_thread(*, work: Work, me: Principal, thread_id: UUID, lock: bool = False) -> ThreadAccess:
    """A discussion of a course that the person teaches or takes.

    Args:
        work: The open unit of work.
        me: Who asks.
        thread_id: The discussion.
        lock: Keep others from answering until the end of the transaction.

    Raises:
        NotFound: It does not exist, is hidden from the person, or they have nothing to do with its course.
    """
    me.require(Permission.DISCUSSION)
    thread = await ThreadRepository(work).get(thread_id, lock=lock)
    standing = await courses.require_standing(work=work, me=me, course_id=thread.course_id)
    if thread.hidden_at is not None and not standing.teaches and thread.author_id != me.user:
        raise NotFound
    return ThreadAccess(thread, standing.course, standing.teaches)


def may_delete(*, me: Principal, author_id: UUID, teaches: bool) -> bool:
    """Whether the person may delete what somebody wrote: their own words, or any as a teacher of the course."""
    return teaches or author_id == me.user


def require_delete(*, me: Principal, author_id: UUID, teaches: bool) -> None:
    """Stop unless `may_delete`.

    Raises:
        NotFound: Neither the author nor a teacher asks; there is nothing for them to delete.
    """
    if not may_delete(me=me, author_id=author_id, teaches=teaches):
        raise NotFound


def require_open(access: ThreadAccess) -> None:
    """Stop who wants to write where a teacher has ended the discussion; teachers may.

    Raises:
        Invalid: The discussion is locked or hidden.
    """
    if (access.thread.locked or access.thread.hidden_at is not None) and not access.teaches:
        raise Invalid(N_("A teacher has closed this discussion. Nothing can be added."))
