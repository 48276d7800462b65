"""Who is here now, and live lessons with their hands and polls."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table


class Place(StrEnum):
    """Where somebody is; the object is of the kind that the name says."""

    PLATFORM = "platform"
    ATTEMPT = "attempt"
    DESK = "desk"
    MONITOR = "monitor"


class Presence(TenantRow, table=True):
    """That a person was somewhere, and when last; whoever does not want to be seen has no rows here.

    ``object_id`` is the attempt in ``attempt`` and ``desk``, the assessment in ``monitor``, and the person in ``platform``.
    ``since`` is when this stay began: a longer silence ends it. Rows are forgotten after a day.
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "place", "object_id", "user_id"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_presence_seen_at", "seen_at"),
        sa.Index("ix_presence_user_id", "user_id"),
    )

    user_id: UUID
    place: str = Field(max_length=12)
    object_id: UUID
    since: datetime
    seen_at: datetime


class PresenceChoice(TenantRow, table=True):
    """Whether a person is shown as being online; somebody without a row never chose, and is shown."""

    __table_args__ = tenant_table(sa.UniqueConstraint("tenant_id", "user_id"), tenant_fk("user_id", "user"))

    user_id: UUID
    shown: bool = Field(default=True)


class ClassView(StrEnum):
    """What students of a live lesson see of each other."""

    NOTHING = "none"
    HANDS = "hands"
    NAMES = "names"


class LiveSession(TenantRow, table=True):
    """A lesson that a teacher leads for a section; at most one at a time for each section.

    ``lesson_number`` is the published version that is shown, whatever is published meanwhile. ``block_id`` is where the
    class is. ``class_view`` is what students see of each other.
    """

    __table_args__ = tenant_table(
        tenant_fk("section_id", "section"),
        tenant_fk("lesson_id", "lesson"),
        sa.Index("ix_live_session_lesson_id", "lesson_id"),
        sa.Index("ix_live_session_section_id_started_at", "section_id", "started_at"),
        sa.Index(
            "uq_live_session_running",
            "tenant_id",
            "section_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    section_id: UUID
    lesson_id: UUID
    lesson_number: int
    block_id: UUID | None = Field(default=None)
    class_view: str = Field(default=ClassView.NOTHING, max_length=10)
    started_at: datetime
    ended_at: datetime | None = Field(default=None)


class LiveParticipant(TenantRow, table=True):
    """A student in a live lesson. ``hand_at`` is since when their hand is up; ``hands`` counts how often it was.

    ``shown`` says whether the student wanted to be seen; others are counted and not named.
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "session_id", "user_id"),
        tenant_fk("session_id", "live_session"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_live_participant_user_id", "user_id"),
    )

    session_id: UUID
    user_id: UUID
    joined_at: datetime
    seen_at: datetime
    shown: bool = Field(default=True)
    hand_at: datetime | None = Field(default=None)
    hands: int = Field(default=0)


class LivePoll(TenantRow, table=True):
    """A question to the class with two to six options. Students see its result from ``shared_at`` on."""

    __table_args__ = tenant_table(
        tenant_fk("session_id", "live_session"), sa.Index("ix_live_poll_session_id", "session_id")
    )

    session_id: UUID
    question: str = Field(max_length=300)
    options: list[str] = Field(default_factory=list, sa_type=JSONB)
    opened_at: datetime
    closed_at: datetime | None = Field(default=None)
    shared_at: datetime | None = Field(default=None)


class LiveVote(TenantRow, table=True):
    """A student's answer to a poll: the number of the option, from 0. Nobody but the student is shown whose it is."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "poll_id", "user_id"),
        tenant_fk("poll_id", "live_poll"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_live_vote_user_id", "user_id"),
    )

    poll_id: UUID
    user_id: UUID
    choice: int
