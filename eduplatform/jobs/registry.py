"""What a job is: a name, a function that works inside one tenant, and perhaps a schedule.

``@job("messaging.digests", every="*/15 * * * *")`` registers ``async def digests(work)``. A job gets the unit of work of its
tenant and the arguments it was enqueued with; it commits when it returns and is tried again when it raises.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.observability.logs import Operation, log_context
from eduplatform.observability.reference import new_reference
from eduplatform.security.principal import PlatformActor

JobFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of job.

    Attributes:
        name: By which `Work.enqueue` asks for it.
        function: Takes the unit of work and the job's arguments, which are strings.
        every: Five fields of cron in UTC when it is also done regularly, in every tenant; else empty.
    """

    name: str
    function: JobFunction
    every: str


JOBS: dict[str, Job] = {}


def job(name: str, *, every: str = "") -> Callable[[JobFunction], JobFunction]:
    """Register a job.

    Raises:
        ValueError: The name is taken.
    """

    def register(function: JobFunction) -> JobFunction:
        if name in JOBS:
            raise ValueError(f"two jobs are called {name}")
        JOBS[name] = Job(name, function, every)
        return function

    return register


async def run_job(name: str, *, tenant_id: str, attempt: int = 1, **arguments: Any) -> None:
    """Do a job in its tenant, with one line in the log.

    Raises:
        KeyError: There is no such job.
        Exception: Whatever the job raised; its changes are rolled back.
    """
    with (
        log_context(reference_id=new_reference(), tenant_id=tenant_id),
        Operation("job", job=name, attempt=attempt),
    ):
        async with unit_of_work(PlatformActor(UUID(tenant_id))) as work:
            await JOBS[name].function(work, **arguments)
