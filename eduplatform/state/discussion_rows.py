"""Rows of discussions: what each reader sees of a contribution, and what they may do to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from pydantic import Field

from eduplatform.domain.messaging import policy, service
from eduplatform.domain.messaging.models import Post, Thread
from eduplatform.domain.messaging.repository import PostRow
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, parse_id

Body = Annotated[str, Field(min_length=1, max_length=service.MAX_BODY)]


class ReasonForm(Form):
    """Why something is reported or hidden."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class ThreadLine(TypedDict):
    """A discussion in the list."""

    id: str
    title: str
    author: str
    teacher: bool
    answers: int
    active: str
    locked: bool
    solved: bool
    hidden: bool


class PostLine(TypedDict):
    """A contribution; the first of a discussion is its beginning, whose ``id`` is empty.

    ``concealed`` says why the words are not shown: ``deleted`` or ``hidden``; ``reason`` is for those who see them still.
    """

    id: str
    author: str
    teacher: bool
    own: bool
    html: str
    when: str
    moment: str
    depth: int
    accepted: bool
    endorsed: bool
    edited: bool
    hidden: bool
    reason: str
    concealed: str
    deletable: bool
    editable: bool
    acceptable: bool
    answerable: bool
    reportable: bool


class RevisionLine(TypedDict):
    """What a contribution said until a moment."""

    id: str
    title: str
    html: str
    until: str


NO_POST = PostLine(
    id="",
    author="",
    teacher=False,
    own=False,
    html="",
    when="",
    moment="",
    depth=0,
    accepted=False,
    endorsed=False,
    edited=False,
    hidden=False,
    reason="",
    concealed="",
    deletable=False,
    editable=False,
    acceptable=False,
    answerable=False,
    reportable=False,
)
OPENING = "thread"
"""Stands for the beginning of a discussion where an answer would have its id."""

Target = Annotated[str, Field(max_length=36)]


def post_key(what: str) -> UUID | None:
    """The answer that a target means; None for the beginning of the discussion."""
    return None if what == OPENING else parse_id(what)


def _common(
    one: Thread | Post, author: str, found: service.ThreadView, me: Principal, now: datetime
) -> PostLine:
    """What beginning and answers have in common."""
    own, deleted = one.author_id == me.user, isinstance(one, Post) and one.deleted_at is not None
    hidden = one.hidden_at is not None
    concealed = "deleted" if deleted else "hidden" if hidden and not (own or found.teaches) else ""
    open_ = not found.thread.locked or found.teaches
    return {
        **NO_POST,
        "author": "" if deleted else author,
        "teacher": one.author_id in found.teachers and not deleted,
        "own": own,
        "html": "" if concealed else one.body_html,
        "when": format_relative(one.created_at, now, me.locale),
        "moment": format_datetime(one.created_at, me.locale, me.timezone),
        "edited": one.edited_at is not None and not concealed,
        "hidden": hidden and not deleted,
        "reason": one.hidden_reason if not concealed else "",
        "concealed": concealed,
        "editable": own and open_ and not deleted and not hidden,
        "reportable": not own and not found.teaches and not deleted and not hidden,
    }


def opening_line(found: service.ThreadView, me: Principal, now: datetime) -> PostLine:
    """The beginning of a discussion as this person sees it."""
    thread = found.thread
    begins = found.teaches or (thread.author_id == me.user and not thread.post_count)
    return {**_common(thread, found.author, found, me, now), "deletable": begins}


def post_line(one: PostRow, found: service.ThreadView, me: Principal, now: datetime) -> PostLine:
    """An answer as this person sees it, with what they may do to it."""
    post, line = one.post, _common(one.post, one.author, found, me, now)
    seen = not line["concealed"]
    asked = found.teaches or found.thread.author_id == me.user
    line["id"], line["depth"] = str(post.id), post.depth
    line["accepted"] = found.thread.accepted_post_id == post.id
    line["endorsed"] = post.endorsed_by is not None and seen
    line["deletable"] = post.deleted_at is None and policy.may_delete(
        me=me, author_id=post.author_id, teaches=found.teaches
    )
    line["acceptable"] = asked and seen and not line["hidden"]
    line["answerable"] = seen and not line["hidden"] and (not found.thread.locked or found.teaches)
    return line
