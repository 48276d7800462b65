"""The audit chain: append-only rows, each sealed with a key over its predecessor.

``h_n = HMAC-SHA256(key, h_(n-1) || canonical_json(row_n))``. Editing, deleting, reordering or inserting a row breaks
every seal after it; a truncated tail shows against the head that is kept beside the chain. The database refuses
UPDATE and DELETE by grant and by trigger.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from eduplatform.config import get_settings
from eduplatform.db.base import TenantKeyed, new_id, utc_now

GENESIS = "0" * 64


class AuditEvent(TenantKeyed, table=True):
    """Who did what, when. ``tenant_id`` has no foreign key: the trail outlives the tenant."""

    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "number"),
        sa.Index("ix_audit_event_tenant_id_created_at", "tenant_id", "created_at"),
    )
    identity_plane: ClassVar[bool] = True

    id: UUID = Field(default_factory=new_id, primary_key=True)
    tenant_id: UUID = Field(nullable=False)
    number: int = Field(sa_type=sa.BigInteger, nullable=False)
    created_at: datetime = Field(default_factory=utc_now, nullable=False)
    actor_id: UUID | None = Field(default=None)
    action: str = Field(max_length=80)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditHead(TenantKeyed, table=True):
    """The newest number and seal of each chain; a shorter chain than its head says has lost its tail."""

    identity_plane: ClassVar[bool] = True

    tenant_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=sa.BigInteger, nullable=False)
    hash: str = Field(max_length=64)


def seal(previous_hash: str, event: Mapping[str, Any]) -> str:
    """The seal of an event after its predecessor, as 64 hexadecimal digits."""
    key = hmac.new(
        get_settings().secret_key.get_secret_value().encode(), b"audit-chain", hashlib.sha256
    ).digest()
    canonical = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hmac.new(key, (previous_hash + canonical).encode(), hashlib.sha256).hexdigest()


def _sealed_fields(row: AuditEvent) -> dict[str, Any]:
    return {
        "tenant_id": str(row.tenant_id),
        "number": row.number,
        "created_at": row.created_at.isoformat(),
        "actor_id": str(row.actor_id) if row.actor_id else None,
        "action": row.action,
        "details": row.details,
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that is to be added to its tenant's chain."""

    tenant_id: UUID
    actor_id: UUID | None
    action: str
    details: Mapping[str, Any]


async def append(
    session: AsyncSession, entries: Sequence[Entry], *, along: Sequence[sa.TextClause] = ()
) -> None:
    """Add events to their tenants' chains, in the caller's transaction; what the caller has changed is flushed first.

    ``along`` are expressions that the last statement evaluates once: the caller's last words cost no statement of their own.

    Writers of one tenant queue on the head's row until the transaction ends; that keeps one chain, not a tree. Two
    statements per chain: the head is read under its lock, then the events and the new head are written together.
    """
    await session.flush()
    chains: dict[UUID, list[Entry]] = {}
    for entry in entries:
        chains.setdefault(entry.tenant_id, []).append(entry)
    *others, last = sorted(chains)
    for tenant_id in others:
        await _extend(session, tenant_id, chains[tenant_id], ())
    await _extend(session, last, chains[last], along)


async def _extend(
    session: AsyncSession, tenant_id: UUID, entries: Sequence[Entry], along: Sequence[sa.TextClause]
) -> None:
    head = (
        await session.exec(
            select(AuditHead.number, AuditHead.hash)
            .where(col(AuditHead.tenant_id) == tenant_id)
            .with_for_update()
        )
    ).one_or_none()
    if head is None:
        session.add(AuditHead(tenant_id=tenant_id, number=0, hash=GENESIS))
        await session.flush()
    number, previous_hash = head or (0, GENESIS)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        number += 1
        row = AuditEvent(
            tenant_id=tenant_id,
            number=number,
            actor_id=entry.actor_id,
            action=entry.action,
            details=json.loads(json.dumps(dict(entry.details), default=str)),
            previous_hash=previous_hash,
            hash="",
        )
        row.hash = previous_hash = seal(previous_hash, _sealed_fields(row))
        rows.append(row.model_dump())
    events = sa.insert(AuditEvent).values(rows).cte("events")
    statement: Any = (
        sa.update(AuditHead)
        .where(col(AuditHead.tenant_id) == tenant_id)
        .values(number=number, hash=previous_hash)
        .add_cte(events)
    )
    if along:
        # Exactly one row is updated, and nobody else can have it: the expressions are evaluated once.
        statement = statement.returning(*along)
    await session.exec(statement, execution_options={"synchronize_session": False})


async def verify(session: AsyncSession, *, tenant_id: UUID) -> list[str]:
    """Check a tenant's whole chain.

    Returns:
        One sentence per broken link; empty when the chain is whole.
    """
    problems: list[str] = []
    previous, expected = GENESIS, 1
    rows = await session.stream_scalars(
        select(AuditEvent).where(col(AuditEvent.tenant_id) == tenant_id).order_by(col(AuditEvent.number))
    )
    async for row in rows:
        if row.number != expected:
            problems.append(f"event {expected} is missing before {row.number}")
        if row.previous_hash != previous or row.hash != seal(row.previous_hash, _sealed_fields(row)):
            problems.append(f"event {row.number} does not match its seal")
        previous, expected = row.hash, row.number + 1
    head = (await session.exec(select(AuditHead).where(col(AuditHead.tenant_id) == tenant_id))).one_or_none()
    if head is not None and (head.number != expected - 1 or head.hash != previous):
        problems.append("the end of the chain is missing")
    return problems
