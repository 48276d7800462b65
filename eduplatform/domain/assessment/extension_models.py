"""More time for attempts that are running."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table


class TimeExtension(TenantRow, table=True):
    """Minutes that an attempt was given while it ran; ``Attempt.extra_minutes`` is their sum.

    ``minutes`` is what this student got: with double time twice of what the teacher gave. ``request_id`` is the
    teacher's one decision, so that the same decision that arrives twice counts once.
    """

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "attempt_id", "request_id"), tenant_fk("attempt_id", "attempt")
    )

    attempt_id: UUID
    request_id: UUID
    minutes: int
    reason: str = Field(max_length=500)
