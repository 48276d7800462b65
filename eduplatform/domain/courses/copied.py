"""What an area says of a table that goes along when a course is copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eduplatform.db.base import TenantRow


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table whose rows belong to something that is copied.

    Attributes:
        model: The table.
        column: Its reference to the parent.
        parent: The parent's table, which is copied before.
        only: Makes a condition that leaves rows out.
    """

    model: type[TenantRow]
    column: str
    parent: type[TenantRow]
    only: Callable[[], Any] | None = None
