"""The queue's worker: procrastinate on our own PostgreSQL, in the server's process or in one of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Any

import procrastinate
from procrastinate import JobContext, RetryStrategy
from procrastinate.types import JSONDict
from sqlmodel import col, select

from eduplatform.config import get_settings
from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.tenants.models import Tenant, TenantStatus
from eduplatform.jobs import ai as _ai
from eduplatform.jobs import files as _files
from eduplatform.jobs import grading as _grading
from eduplatform.jobs import messaging as _messaging
from eduplatform.jobs.registry import JOBS, Job, run_job
from eduplatform.observability.logs import Operation

assert _files, _messaging  # they register their jobs by being imported
assert _grading
assert _ai

STOP_SECONDS = 8.0
"""For which a stopping worker waits for its jobs; what is not done then is done by the next one."""

_RETRY = RetryStrategy(max_attempts=5, wait=10, exponential_wait=5)
_RESCUE = "*/2 * * * *"


def build() -> procrastinate.App:
    """The queue with all jobs, not yet connected."""
    # Its own lines name arguments of jobs; ours say what is needed.
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    settings = get_settings()
    queue = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            conninfo=settings.system_url.replace("postgresql+psycopg://", "postgresql://", 1),
            kwargs={"options": "-c search_path=jobs -c timezone=UTC", "prepare_threshold": None},
            min_size=1,
            max_size=settings.jobs_at_once + 2,
        ),
        worker_defaults={
            "concurrency": settings.jobs_at_once,
            "delete_jobs": "successful",
            "shutdown_graceful_timeout": STOP_SECONDS,
        },
    )
    for one in JOBS.values():
        _add(queue, one)
    _add_rescue(queue)
    return queue


def _add(queue: procrastinate.App, one: Job) -> None:
    @queue.task(name=one.name, pass_context=True, retry=_RETRY)
    async def task(context: JobContext, **arguments: Any) -> None:
        await run_job(one.name, attempt=context.job.attempts + 1, **arguments)

    if one.every:
        name = f"{one.name}.everywhere"

        @queue.periodic(cron=one.every)
        @queue.task(name=name, queueing_lock=name, retry=_RETRY)
        async def everywhere(timestamp: int) -> None:
            await enqueue_everywhere(queue, one.name)


def _add_rescue(queue: procrastinate.App) -> None:
    @queue.periodic(cron=_RESCUE)
    @queue.task(name="jobs.rescue", queueing_lock="jobs.rescue")
    async def rescue(timestamp: int) -> None:
        """Give the jobs of a worker that died to the others."""
        with Operation("job", level=logging.DEBUG, job="jobs.rescue") as operation:
            stalled = list(await queue.job_manager.get_stalled_jobs())
            operation.note(count=len(stalled))
            for one in stalled:
                await queue.job_manager.retry_job(one)


async def enqueue_everywhere(queue: procrastinate.App, name: str) -> None:
    """Enqueue a job in every tenant whose people may work; one statement for all of them."""
    with Operation("job", level=logging.DEBUG, job=f"{name}.everywhere") as operation:
        async with identity_work() as work:
            found = await work.session.exec(
                select(Tenant.id).where(col(Tenant.status) == TenantStatus.ACTIVE)
            )
            tenants = list(found.all())
        arguments: list[JSONDict] = [{"tenant_id": str(one)} for one in tenants]
        await queue.tasks[name].batch_defer_async(*arguments)
        operation.note(count=len(tenants))


async def run() -> None:
    """Work until a signal asks to stop; running jobs are finished first."""
    queue = build()
    async with queue.open_async():
        await queue.run_worker_async(install_signal_handlers=True)


@contextlib.asynccontextmanager
async def in_process() -> AsyncGenerator[None]:
    """Work beside the server, for as long as the context lasts."""
    queue = build()
    async with queue.open_async():
        worker = asyncio.create_task(queue.run_worker_async(install_signal_handlers=False), name="jobs")
        try:
            yield
        finally:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
