"""The two engines of the application: one connects as the tenant role, one as the system role.

Nothing connects at import time, because the server process is forked after the application was imported. Engines are
made on first use and belong to the running process; ``dispose`` closes them.
"""

from __future__ import annotations

import os
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from eduplatform.config import get_settings

EngineRole = Literal["app", "system"]


_engines: dict[tuple[int, EngineRole], AsyncEngine] = {}


_RUNS_BEFORE_PREPARED = 5


def _connect_arguments(*, prepared: bool) -> dict[str, Any]:
    # statement_timeout keeps one bad query from holding a connection for ever. Parsing and planning cost more than half
    # of most of our statements, since row-level security is planned with them: what runs often is prepared.
    return {
        "options": "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC",
        "prepare_threshold": _RUNS_BEFORE_PREPARED if prepared else None,
    }


def engine(role: EngineRole) -> AsyncEngine:
    """The engine of this process for a role; the first call makes it."""
    key = (os.getpid(), role)
    existing = _engines.get(key)
    if existing is not None:
        return existing
    settings = get_settings()
    url = settings.app_url if role == "app" else settings.system_url
    made = create_async_engine(
        url,
        pool_size=settings.database_pool_size,
        # Connections beyond the pool would be opened and closed for a statement or two each, which costs more than all
        # of them together. The one used last is used next: it knows the prepared statements.
        max_overflow=0,
        pool_use_lifo=True,
        pool_pre_ping=not settings.embedded_database,
        pool_recycle=1800,
        connect_args=_connect_arguments(prepared=settings.database_prepared),
    )
    _engines[key] = made
    return made


async def dispose() -> None:
    """Close every connection of this process."""
    for key in [key for key in _engines if key[0] == os.getpid()]:
        await _engines.pop(key).dispose()
