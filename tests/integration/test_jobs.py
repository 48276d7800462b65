"""The queue: in the caller's transaction, in the caller's tenant, tried again, and nothing to see for tenants."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from eduplatform.db import engine
from eduplatform.db.unit_of_work import Work, identity_work, unit_of_work
from eduplatform.errors import TenantScopeViolation
from eduplatform.jobs import registry, worker
from eduplatform.runtime import check
from eduplatform.security.principal import PlatformActor
from tests.factories.world import World

pytestmark = pytest.mark.anyio

DONE: list[tuple[UUID, str]] = []


@pytest.fixture
def name() -> Iterator[str]:
    """A job of this test alone."""
    own = f"test.{uuid4().hex}"

    async def note(work: Work, mark: str) -> None:
        DONE.append((work.tenant_id, mark))
        if mark == "fails":
            raise RuntimeError("no")

    registry.job(own)(note)
    DONE.clear()
    yield own
    del registry.JOBS[own]


async def _rows(statement: str, **values: object) -> list[tuple[object, ...]]:
    async with engine.engine("system").connect() as connection:
        return [tuple(row) for row in await connection.execute(sa.text(statement), values)]


async def _work_off() -> None:
    queue = worker.build()
    # What is due by the clock belongs to every tenant that other tests have made.
    queue.periodic_registry.periodic_tasks.clear()
    async with queue.open_async():
        await queue.run_worker_async(wait=False, install_signal_handlers=False)


async def test_a_job_is_done_in_the_tenant_that_enqueued_it(world: World, name: str) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.enqueue(name, mark="one")
    await _work_off()
    assert [(world.tenant_id, "one")] == DONE
    assert await _rows("select 1 from jobs.procrastinate_jobs where task_name = :name", name=name) == []


async def test_what_is_rolled_back_is_never_done(world: World, name: str) -> None:
    with pytest.raises(RuntimeError):
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            await work.enqueue(name, mark="one")
            raise RuntimeError
    await _work_off()
    assert DONE == []


async def test_a_failed_job_waits_to_be_tried_again(world: World, name: str) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.enqueue(name, mark="fails")
    await _work_off()
    assert [(world.tenant_id, "fails")] == DONE
    rows = await _rows(
        "select status::text, attempts, scheduled_at > now() from jobs.procrastinate_jobs where task_name = :name",
        name=name,
    )
    assert rows == [("todo", 1, True)]


async def test_a_job_for_every_tenant(world: World, name: str) -> None:
    queue = worker.build()
    async with queue.open_async():
        await worker.enqueue_everywhere(queue, name)
    rows = await _rows(
        "select args->>'tenant_id' from jobs.procrastinate_jobs where task_name = :name", name=name
    )
    assert (str(world.tenant_id),) in rows
    assert len(rows) == len(set(rows))
    async with engine.engine("system").begin() as connection:
        await connection.execute(sa.text("set local search_path = jobs"))
        await connection.execute(
            sa.text("delete from jobs.procrastinate_jobs where task_name = :name"), {"name": name}
        )


async def test_the_sign_in_desk_enqueues_nothing() -> None:
    with pytest.raises(TenantScopeViolation):
        async with identity_work() as work:
            await work.enqueue("messaging.mail")


@pytest.mark.parametrize(
    "statement",
    [
        "select 1 from jobs.procrastinate_jobs",
        "delete from jobs.procrastinate_jobs",
        "insert into jobs.procrastinate_jobs (queue_name, task_name, args) values ('default', 'x', '{}')",
        "select jobs.procrastinate_retry_job_v1(1, now(), 1, 'default', null)",
    ],
)
async def test_a_tenant_can_neither_see_nor_forge_jobs(world: World, statement: str) -> None:
    async with engine.engine("app").connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(sa.text(statement))


async def test_a_tenant_cannot_write_another_tenant_into_a_job(world: World, name: str) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.enqueue(name, tenant_id=str(uuid4()), mark="forged")
    await _work_off()
    assert [(world.tenant_id, "forged")] == DONE


def test_every_job_that_code_asks_for_exists() -> None:
    assert check.check_jobs() == []
