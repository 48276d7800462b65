"""One real PostgreSQL for the whole run. Each test makes its own tenant, so nothing has to be cleaned up between tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

# Settings are read when modules are imported: the test run's own must be there first.
_DATA = Path(tempfile.mkdtemp(prefix="edu-test-"))
os.environ.update(
    {
        "EDU_ENVIRONMENT": "test",
        "EDU_DATA_DIR": str(_DATA),
        "EDU_DEMO": "false",
        "EDU_ARGON2_MEMORY_KIB": "64",
        "EDU_ARGON2_TIME_COST": "1",
        "EDU_RATE_SIGN_IN_PER_ADDRESS": "100000",
        "EDU_RATE_EVENTS_PER_SECOND": "100000",
        "EDU_RATE_EVENTS_BURST": "100000",
    }
)
pytest_plugins = ["tests.budget", "tests.served"]

for name in ("DATABASE_URL", "REDIS_URL", "PORT"):
    os.environ.pop(name, None)

from eduplatform.config import get_settings  # noqa: E402
from eduplatform.db import engine, migrate  # noqa: E402
from eduplatform.db.embedded import EmbeddedPostgres  # noqa: E402
from eduplatform.domain import models as _models  # noqa: E402, F401
from tests.factories.world import World, make_world  # noqa: E402


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def migrated() -> Iterator[None]:
    """A migrated database of this run alone, without fsync."""
    server = EmbeddedPostgres(_DATA, durable=False)
    server.attach_or_start()
    migrate.upgrade()
    yield
    server.stop()


@pytest.fixture(scope="session")
async def database(anyio_backend: str, migrated: None) -> AsyncIterator[None]:
    """The application's engines, on the one event loop of the run."""
    assert get_settings().environment == "test"
    yield
    await engine.dispose()


@pytest.fixture
async def world(database: None) -> World:
    """A tenant of its own with one person of each role."""
    return await make_world()


@pytest.fixture
def new_world(database: None) -> Callable[[], Awaitable[World]]:
    """Makes further tenants, for tests that try to cross between them."""
    return make_world
