"""The guard of the whole run: no handler and no route sends more than `BUDGET` statements, whichever test called it.

Whatever a test does through the events of a page (`tests.harness.Tab`) or through HTTP is counted and named after its
handler or its route; a test in which one of them was too dear fails when it ends. Not counted is what `counted` leaves out: the
transactions' own opening and the look-up of the session.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from eduplatform.state import base
from tests.factories.statements import counted

BUDGET = 8

CEILINGS: dict[str, int] = {
    "AssignmentBuilderState.save": 11,
    "BuilderState.save": 10,
    "CourseCopyState.copy": 48,
    "ExceptionsState.remove": 12,
    "ExceptionsState.save": 13,
    "InvitationState.accept": 18,
    "POST /api/attempts/{id}/answers": 12,
    "RegradeState.apply": 22,
    "RegradeState.show": 22,
    "RegradeState.undo": 22,
    "RosterImportState.confirm": 18,
    "RubricEditorState.restore": 9,
    "SupportState.remove": 12,
    "SupportState.save": 13,
}
"""Handlers that may cost more; each has its reason in docs/decisions/0010."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{32,}")
_running: ContextVar[list[str] | None] = ContextVar("statements of the running handler", default=None)
_called: list[tuple[str, list[str]]] = []


@contextmanager
def measured(name: str) -> Iterator[None]:
    """Count what the block sends; a handler that another one calls counts for both."""
    outer = _running.get()
    seen: list[str] = [] if outer is None else outer
    before = len(seen)
    token = _running.set(seen)
    try:
        yield
    finally:
        _running.reset(token)
        _called.append((name, seen[before:]))


def too_dear() -> dict[str, list[str]]:
    """The calls since the last question that cost more than they may, with their statements."""
    called = _called[:]
    _called.clear()
    return {name: seen for name, seen in called if len(seen) > CEILINGS.get(name, BUDGET)}


def _record(
    _connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    seen = _running.get()
    if seen is not None and counted(statement):
        seen.append(statement)


@pytest.fixture(scope="session", autouse=True)
def measured_handlers() -> Iterator[None]:
    """Measure every event and every request of this run."""
    patches = pytest.MonkeyPatch()
    run, request = base._run, httpx.ASGITransport.handle_async_request

    @functools.wraps(run)
    async def event_run(self: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
        with measured(f"{type(self).__name__}.{fn.__name__}"):
            return await run(self, fn, *args, **kwargs)

    @functools.wraps(request)
    async def http_request(self: httpx.ASGITransport, asked: httpx.Request) -> httpx.Response:
        with measured(f"{asked.method} {_ID.sub('{id}', asked.url.path)}"):
            return await request(self, asked)

    patches.setattr(base, "_run", event_run)
    patches.setattr(httpx.ASGITransport, "handle_async_request", http_request)
    event.listen(Engine, "before_cursor_execute", _record)
    yield
    event.remove(Engine, "before_cursor_execute", _record)
    patches.undo()


@pytest.fixture(autouse=True)
def within_budget(measured_handlers: None) -> Iterator[None]:
    """Fail a test in which a handler or a route sent too many statements."""
    yield
    dear = too_dear()
    for name, seen in dear.items():
        listed = "\n".join(f"  {' '.join(one.split())[:150]}" for one in seen)
        pytest.fail(f"{name} sent {len(seen)} statements:\n{listed}")
