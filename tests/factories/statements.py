"""Counts what is sent to the database, to prove that a page's cost does not grow with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from eduplatform.db.engine import engine

# What every transaction of a tenant begins with; it is the price of the walls and not the handler's choice.
_OPENING = "select set_config('app.tenant_id'"

# Who it is, remembered for a minute, and the once-a-second question of what changed: whichever event happens to ask.
_CHECKS = (".revoked_at > ", ".updated_at > ", "session.token_hash = ")


def counted(statement: str) -> bool:
    """Whether a statement is the handler's own."""
    return not statement.startswith(_OPENING) and not any(one in statement for one in _CHECKS)


class Statements(list[str]):
    """The SQL texts of one block, in order, without the transactions' own opening and the sessions' check."""


@contextmanager
def count_statements(*, identity: bool = False) -> Iterator[Statements]:
    """Record the statements that the tenant's engine runs inside the block.

    Args:
        identity: Count those of the system engine too (sessions, sign-in, work across tenants).

    Yields:
        The list of statements; ``len()`` of it is their number.
    """
    seen = Statements()

    def record(
        _connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
    ) -> None:
        if counted(statement):
            seen.append(statement)

    engines = [engine("app").sync_engine, *([engine("system").sync_engine] if identity else [])]
    for one in engines:
        event.listen(one, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        for one in engines:
            event.remove(one, "before_cursor_execute", record)
