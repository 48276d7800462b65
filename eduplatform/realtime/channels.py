"""Whom an event is for. A channel's name carries the tenant, so that no two tenants can ever share one.

Names look like ``private-cache-t.<tenant>.section.<id>``. All of ours are cache channels of the Pusher protocol: whoever subscribes
is given the last event, and sees by its number whether anything was missed between the reading of a page and the subscription.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from eduplatform.errors import NotFound

_NAME = re.compile(r"private-cache-t\.(?P<tenant>[0-9a-f]{32})\.(?P<kind>[a-z_]{1,24})\.(?P<id>[0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Channel:
    """One subject that people follow; which of them may is decided by its kind (`domain.live.access`).

    Attributes:
        kind: What the id is an id of.
        object_id: The subject. Of the channel of a whole tenant it is the tenant's own id.
    """

    kind: str
    object_id: UUID | None

    @classmethod
    def tenant(cls) -> Self:
        """Everybody of the tenant."""
        return cls("tenant", None)

    @classmethod
    def user(cls, user_id: UUID) -> Self:
        """One person alone."""
        return cls("user", user_id)

    @classmethod
    def learner(cls, user_id: UUID) -> Self:
        """What a student learns: the student, and their verified guardians."""
        return cls("learner", user_id)

    @classmethod
    def course(cls, course_id: UUID) -> Self:
        """Who teaches or takes a course."""
        return cls("course", course_id)

    @classmethod
    def staff(cls, course_id: UUID) -> Self:
        """Who teaches a course; students never."""
        return cls("staff", course_id)

    @classmethod
    def section(cls, section_id: UUID) -> Self:
        """Who teaches or is enrolled in a section."""
        return cls("section", section_id)

    @classmethod
    def lesson(cls, lesson_id: UUID) -> Self:
        """Who may open a lesson."""
        return cls("lesson", lesson_id)

    @classmethod
    def assessment(cls, assessment_id: UUID) -> Self:
        """Who teaches or takes the course of an assessment."""
        return cls("assessment", assessment_id)

    @classmethod
    def grading(cls, assessment_id: UUID) -> Self:
        """Who grades an assessment; students never."""
        return cls("grading", assessment_id)

    @classmethod
    def attempt(cls, attempt_id: UUID) -> Self:
        """The student of an attempt, and who teaches the course."""
        return cls("attempt", attempt_id)

    @classmethod
    def monitor(cls, assessment_id: UUID) -> Self:
        """Who teaches the course of an assessment and watches how the class works on it; students never."""
        return cls("monitor", assessment_id)

    @classmethod
    def desk(cls, attempt_id: UUID) -> Self:
        """Who teaches the course of an attempt and looks at the work; students never."""
        return cls("desk", attempt_id)

    @classmethod
    def live_lesson(cls, session_id: UUID) -> Self:
        """Who leads a live lesson, and the students of its section."""
        return cls("live_lesson", session_id)

    @classmethod
    def live_lead(cls, session_id: UUID) -> Self:
        """Who leads a live lesson; students never."""
        return cls("live_lead", session_id)

    @classmethod
    def conversation(cls, conversation_id: UUID) -> Self:
        """Who takes part in a conversation."""
        return cls("conversation", conversation_id)

    @classmethod
    def thread(cls, thread_id: UUID) -> Self:
        """Who may read a thread of a discussion."""
        return cls("thread", thread_id)

    def name(self, tenant_id: UUID) -> str:
        """Its name on the wire, within a tenant; at most 106 characters."""
        return f"private-cache-t.{tenant_id.hex}.{self.kind}.{(self.object_id or tenant_id).hex}"


def parse_channel(name: str) -> tuple[UUID, Channel]:
    """The tenant and the channel of a name.

    Raises:
        NotFound: No channel of ours has such a name.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFound
    tenant_id, object_id = UUID(found["tenant"]), UUID(found["id"])
    of_tenant = found["kind"] == "tenant"
    if of_tenant and object_id != tenant_id:
        raise NotFound
    return tenant_id, Channel(found["kind"], None if of_tenant else object_id)
