"""The outbox of events. `Work.publish` writes it through ``publish_events``, the relay empties it."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_table


class LiveChannel(TenantRow, table=True):
    """How many events a channel has had; ``updated_at`` is the moment of the last one."""

    __table_args__ = tenant_table(sa.UniqueConstraint("tenant_id", "name"))
    identity_plane: ClassVar[bool] = True

    name: str = Field(max_length=164)
    last_number: int = Field(default=0, sa_type=sa.BigInteger)


class LiveEvent(TenantRow, table=True):
    """An event that has not left yet; it is deleted in the transaction that publishes it.

    ``number`` counts up by one within its channel, in the order of the commits.
    """

    __table_args__ = tenant_table(sa.Index("ix_live_event_created_at", "created_at"))
    identity_plane: ClassVar[bool] = True

    channel: str = Field(max_length=164)
    number: int = Field(sa_type=sa.BigInteger)
    event: str = Field(max_length=60)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
