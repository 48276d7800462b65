"""What waits in the outbox, and a push service that remembers what it was given."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.live.models import LiveEvent
from eduplatform.domain.live.relay import BATCH, Relay
from eduplatform.integrations.push import Message, PushRefused, PushUnavailable
from eduplatform.realtime.channels import Channel


async def waiting(tenant_id: UUID, channel: Channel | None = None) -> list[tuple[str, int, dict[str, Any]]]:
    """The events of a tenant that have not left, or those of one channel: name, number and fields, in their order."""
    async with identity_work() as work:
        found = await work.session.exec(
            select(LiveEvent)
            .where(col(LiveEvent.tenant_id) == tenant_id)
            .order_by(col(LiveEvent.created_at), col(LiveEvent.channel), col(LiveEvent.number))
        )
        name = channel.name(tenant_id) if channel else None
        return [(one.event, one.number, one.data) for one in found.all() if name in (None, one.channel)]


@dataclass
class RecordingPush:
    """Keeps what it is given; refuses messages of an event, or does not answer a number of times.

    Attributes:
        seen: All messages that were taken.
        ended: Users whose sockets were ended.
        taken: Set once there are messages.
    """

    refuses: str = ""
    fails: int = 0
    seen: list[Message] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Nothing to end."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Take messages, all or none."""
        if self.fails:
            self.fails -= 1
            raise PushUnavailable
        if any(one.event == self.refuses for one in messages):
            raise PushRefused
        self.seen += messages
        if messages:
            self.taken.set()

    async def terminate_user(self, user_id: str) -> None:
        """Remember whom."""
        self.ended.append(user_id)

    async def channel_users(self, channel: str) -> list[str]:
        """Nobody."""
        return []

    def of(self, tenant_id: UUID, channel: Channel) -> list[tuple[str, int]]:
        """Event and number of what came on a channel, in order."""
        name = channel.name(tenant_id)
        return [(one.event, json.loads(one.data)["n"]) for one in self.seen if one.channel == name]


async def relay_all(push: RecordingPush) -> None:
    """Relay until nothing is left."""
    relay = Relay(push)
    while await relay.relay() == BATCH:
        pass
