"""Tells teachers who watch an assessment that students have moved, without a statement where answers are saved.

A commit only leaves a note in the memory of its process. At most once in ``EVERY`` seconds and assessment the process looks
whether somebody watches, and publishes one event for all that happened. A note that is lost with its process does no
harm: the monitor reads again by itself now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.classroom.models import Place, Presence
from eduplatform.domain.classroom.repository import PresenceRepository
from eduplatform.errors import EduError
from eduplatform.observability.logs import log_exception
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import AttemptsMoved
from eduplatform.security.principal import PlatformActor

EVERY = 2.5
"""Seconds between two events of one assessment."""

WATCHED_FOR = timedelta(seconds=60)
"""For how long after its last sign a monitor counts as open."""


class _Pulse:
    """The notes of this process; it does nothing until it is started."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._timers: dict[tuple[UUID, UUID], asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def mark(self, tenant_id: UUID, assessment_id: UUID) -> None:
        """Tell of an assessment soon, unless that is planned already."""
        key = (tenant_id, assessment_id)
        if self.loop is not None and key not in self._timers:
            self._timers[key] = self.loop.call_later(EVERY, self._fire, key)

    def _fire(self, key: tuple[UUID, UUID]) -> None:
        del self._timers[key]
        task = asyncio.ensure_future(_tell(*key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Forget what is planned and wait for what is being told."""
        self.loop = None
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        await asyncio.gather(*self._tasks)


_pulse = _Pulse()


def moved(work: Work, assessment_id: UUID) -> None:
    """Note, once this work has committed, that somebody has begun, answered or handed in."""
    work.after_commit(partial(_pulse.mark, work.tenant_id, assessment_id))


async def announce(*, work: Work, assessment_id: UUID) -> bool:
    """Publish that students have moved if a monitor of the assessment is open; the result says whether one is."""
    watchers = await PresenceRepository(work).count(
        col(Presence.place) == Place.MONITOR,
        col(Presence.object_id) == assessment_id,
        col(Presence.seen_at) > utc_now() - WATCHED_FOR,
    )
    if watchers:
        work.publish(Channel.monitor(assessment_id), AttemptsMoved(assessment_id))
    return watchers > 0


async def _tell(tenant_id: UUID, assessment_id: UUID) -> None:
    try:
        async with unit_of_work(PlatformActor(tenant_id)) as work:
            await announce(work=work, assessment_id=assessment_id)
    except EduError as error:
        log_exception("pulse_failed", error)


@asynccontextmanager
async def running() -> AsyncGenerator[None]:
    """Tell of what happens in this process for as long as it serves."""
    _pulse.loop = asyncio.get_running_loop()
    try:
        yield
    finally:
        await _pulse.stop()
