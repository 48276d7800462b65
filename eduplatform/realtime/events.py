"""Every event there is: what changed, in ids and codes, never the content.

Whoever receives one reads again, under their own permissions. An event is a frozen dataclass; its name on the wire is made from
the name of the class (``GradeReleased`` is ``grade-released``), and its fields are ids, numbers, truth values or codes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from typing import ClassVar
from uuid import UUID

EVENTS: dict[str, type[Event]] = {}
"""The catalogue, by name on the wire."""

MAX_DATA_BYTES = 2_000
"""Far below the 10 KB that the protocol allows: an event that is larger carries content."""


class Event:
    """What all events have."""

    name: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        cls.name = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()
        EVENTS[cls.name] = cls

    def data(self) -> dict[str, str | int | bool | None]:
        """The fields as they travel: ids as text.

        Raises:
            ValueError: They are more than an event may carry.
        """
        values = {one.name: getattr(self, one.name) for one in fields(self)}  # pyright: ignore[reportArgumentType]
        data = {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}
        if len(json.dumps(data)) > MAX_DATA_BYTES:
            raise ValueError(f"{self.name} carries more than an event may")
        return data


@dataclass(frozen=True)
class AccessChanged(Event):
    """To a person: what they may do has changed (role, enrolment, session, account). Their sockets are closed as well, and
    each subscription is asked for anew."""


@dataclass(frozen=True)
class TenantSuspended(Event):
    """To a tenant: the operator has closed it; every session in it has ended."""


@dataclass(frozen=True)
class NotificationsChanged(Event):
    """To a person: there are news, or the number of unread ones has changed."""


@dataclass(frozen=True)
class AnnouncementsChanged(Event):
    """To the course or the sections that it is for, and to who teaches them: an announcement was published, changed or taken back."""


@dataclass(frozen=True)
class MessagePosted(Event):
    """To a conversation, and to each of its two people: there is a new message, or they may write no more, or again."""

    conversation_id: UUID


@dataclass(frozen=True)
class Typing(Event):
    """To a conversation: somebody who takes part in it is writing."""

    user_id: UUID


@dataclass(frozen=True)
class DiscussionChanged(Event):
    """To a course and a thread: a post was written, changed, hidden, marked or deleted."""

    thread_id: UUID


@dataclass(frozen=True)
class ReportsChanged(Event):
    """To those who teach a course: a contribution was reported, or a report was decided."""


@dataclass(frozen=True)
class GradeReleased(Event):
    """To a learner: a grade became visible to them, changed, or is hidden again."""

    assessment_id: UUID


@dataclass(frozen=True)
class WorkArrived(Event):
    """To those who grade an assessment and teach its course: something was handed in or taken back, or a grade was changed or released."""

    assessment_id: UUID
