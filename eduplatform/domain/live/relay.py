"""Takes events out of the outbox and hands them to the push service, at least once.

Each serving process has one. Rows are deleted in the transaction that publishes them: who dies between leaves them to the next one,
and browsers drop what they have seen. Several relays share the work by skipping rows that another one holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, identity_work
from eduplatform.domain.accounts.models import Session
from eduplatform.domain.live.models import LiveEvent
from eduplatform.errors import NotFound, Unavailable
from eduplatform.integrations.push import Message, Push, PushRefused, PushUnavailable
from eduplatform.observability.logs import Operation
from eduplatform.observability.metrics import count
from eduplatform.realtime import wake
from eduplatform.realtime.channels import parse_channel
from eduplatform.realtime.events import AccessChanged, TenantSuspended

BATCH = 100
"""Events that one transaction publishes."""

LOOK_SECONDS = 0.5
"""How often a relay looks for events of other processes; those of its own wake it."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
"""Pauses while the service does not answer; each is twice as long as the one before."""

KEPT = timedelta(hours=1)
"""An event that could not be published for so long is dropped: pages read again anyway when they are connected again."""


class Relay:
    """The way from the outbox to the service.

    Args:
        push: The service.
    """

    def __init__(self, push: Push) -> None:
        self._push = push
        self._woken = asyncio.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Relay for as long as the context lasts."""
        stop_listening = wake.listen(self._woken.set)
        task = asyncio.create_task(self._run(), name="relay")
        try:
            yield
        finally:
            stop_listening()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            self._woken.clear()
            try:
                with Operation("job", level=logging.DEBUG, job="live.relay") as operation:
                    relayed = await self.relay()
                    operation.note(count=relayed)
                pause = FIRST_PAUSE_SECONDS
            except (Unavailable, PushUnavailable):
                count("live_relay_failures_total")
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                continue
            if relayed < BATCH:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)

    async def relay(self) -> int:
        """Publish what is there, oldest first; at most one batch.

        Returns:
            How many events have left.

        Raises:
            PushUnavailable: The service did not answer; all of the batch stays.
            Unavailable: The database did not answer.
        """
        async with identity_work() as work:
            oldest = (
                select(LiveEvent.id)
                .order_by(col(LiveEvent.created_at), col(LiveEvent.channel), col(LiveEvent.number))
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            taken = await work.session.exec(
                delete(LiveEvent).where(col(LiveEvent.id).in_(oldest)).returning(LiveEvent)
            )
            events = sorted(taken.scalars().all(), key=lambda one: (one.created_at, one.channel, one.number))
            if not events:
                return 0
            edge = utc_now() - KEPT
            await self._publish([message_of(one) for one in events if one.created_at > edge])
            for one in events:
                for user_id in await _people_to_send_away(work, one):
                    await self._push.terminate_user(str(user_id))
        return len(events)

    async def _publish(self, messages: Sequence[Message]) -> None:
        try:
            await self._push.publish(messages)
        except PushRefused:
            if len(messages) > 1:
                for one in messages:
                    await self._publish([one])
                return
            # It would be refused for ever, and hold up all that come after it.
            count("live_events_refused_total", event=messages[0].event)


def message_of(event: LiveEvent) -> Message:
    """An event as browsers get it: ``n`` is its number in the channel, ``d`` its fields."""
    data = json.dumps({"n": event.number, "d": event.data}, separators=(",", ":"))
    return Message(event.channel, event.event, data)


async def _people_to_send_away(work: Work, event: LiveEvent) -> Sequence[UUID]:
    """Whose sockets an event ends: they may follow something that they must not any more. Who may still, comes back at once."""
    if event.event not in (AccessChanged.name, TenantSuspended.name):
        return []
    try:
        tenant_id, channel = parse_channel(event.channel)
    except NotFound:
        return []
    if event.event == AccessChanged.name:
        return [channel.object_id] if channel.object_id else []
    found = await work.session.exec(
        select(Session.user_id)
        .where(
            col(Session.tenant_id) == tenant_id,
            col(Session.user_id).is_not(None),
            col(Session.expires_at) > utc_now(),
        )
        .distinct()
    )
    return [one for one in found.all() if one is not None]
