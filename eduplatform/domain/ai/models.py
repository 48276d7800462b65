"""Providers of models, budgets, and the ledger of every call."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table


class AiMode(StrEnum):
    """The switch of an organisation: models and rules, rules only, or nothing at all."""

    MODELS = "models"
    RULES = "rules"
    OFF = "off"


class CallState(StrEnum):
    """Where a call stands: money is held for it, it was paid, it failed, or there was no budget for it."""

    RESERVED = "reserved"
    SETTLED = "settled"
    FAILED = "failed"
    REFUSED = "refused"


class AiPolicy(TenantRow, table=True):
    """An organisation's rules; without a row the defaults hold.

    Caps are in millionths of a US dollar per day. ``store_content`` keeps what was sent and answered for
    ``retention_days``. ``named_adults`` are ids of the people who are told of a child at risk. ``version`` counts changes
    (optimistic concurrency).
    """

    __table_args__ = tenant_table(sa.UniqueConstraint("tenant_id"))

    mode: str = Field(default=AiMode.MODELS, max_length=10)
    tenant_cap_micros: int = Field(default=5_000_000, sa_type=sa.BigInteger)
    section_cap_micros: int = Field(default=2_000_000, sa_type=sa.BigInteger)
    person_cap_micros: int = Field(default=250_000, sa_type=sa.BigInteger)
    store_content: bool = Field(default=False)
    retention_days: int = Field(default=180)
    named_adults: list[str] = Field(default_factory=list, sa_type=JSONB)
    version: int = Field(default=1)


class AiProvider(TenantRow, table=True):
    """A model that an organisation brought along.

    ``position`` is its place among those that are tried, from 1. ``purposes`` names what it is for; empty means everything.
    ``key_sealed`` is the sealed key, ``key_hint`` its last characters. Prices are in millionths of a US dollar per million
    tokens; null takes those of the price table.
    """

    __table_args__ = tenant_table(sa.Index("ix_ai_provider_tenant_id_position", "tenant_id", "position"))

    label: str = Field(max_length=80)
    kind: str = Field(max_length=20)
    model: str = Field(max_length=120)
    base_url: str = Field(default="", max_length=300)
    purposes: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    position: int = Field(default=1)
    enabled: bool = Field(default=True)
    key_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    key_hint: str = Field(default="", max_length=8)
    input_micros: int | None = Field(default=None, sa_type=sa.BigInteger)
    output_micros: int | None = Field(default=None, sa_type=sa.BigInteger)
    tested_at: datetime | None = Field(default=None)
    test_outcome: str = Field(default="", max_length=40)
    test_ms: int = Field(default=0)
    version: int = Field(default=1)


class AiSpend(TenantRow, table=True):
    """What a scope (``tenant``, ``section``, ``person``) has reserved and paid on one day (UTC), in millionths of a dollar.

    Only the database's functions ``reserve_ai`` and ``settle_ai`` write it.
    """

    __table_args__ = tenant_table(sa.UniqueConstraint("tenant_id", "scope", "scope_id", "day"))

    scope: str = Field(max_length=10)
    scope_id: UUID
    day: date
    reserved_micros: int = Field(default=0, sa_type=sa.BigInteger)
    settled_micros: int = Field(default=0, sa_type=sa.BigInteger)


class AiCall(TenantRow, table=True):
    """One line of the ledger: a call of a model, or one that the budget refused.

    ``provider_id`` is null for the installation's own provider. ``prompt`` names the prompt's file and version.
    ``error`` is a code, never what a provider said. Times are milliseconds; ``first_token_ms`` is 0 when nothing came.
    """

    __table_args__ = tenant_table(
        tenant_fk("user_id", "user", ondelete="SET NULL (user_id)"),
        tenant_fk("section_id", "section", ondelete="SET NULL (section_id)"),
        tenant_fk("provider_id", "ai_provider", ondelete="SET NULL (provider_id)"),
        sa.Index("ix_ai_call_tenant_id_day", "tenant_id", "day"),
        sa.Index("ix_ai_call_tenant_id_state_created_at", "tenant_id", "state", "created_at"),
        sa.Index("ix_ai_call_user_id", "user_id"),
    )

    purpose: str = Field(max_length=20)
    user_id: UUID | None = Field(default=None)
    section_id: UUID | None = Field(default=None)
    provider_id: UUID | None = Field(default=None)
    kind: str = Field(max_length=20)
    model: str = Field(max_length=120)
    prompt: str = Field(default="", max_length=60)
    day: date
    state: str = Field(default=CallState.RESERVED, max_length=10)
    error: str = Field(default="", max_length=40)
    tokens_in: int = Field(default=0)
    tokens_out: int = Field(default=0)
    reserved_micros: int = Field(default=0, sa_type=sa.BigInteger)
    cost_micros: int = Field(default=0, sa_type=sa.BigInteger)
    redactions: int = Field(default=0)
    latency_ms: int = Field(default=0)
    first_token_ms: int = Field(default=0)


class AiContent(TenantRow, table=True):
    """What was sent to a model (after redaction) and what it answered, where the organisation keeps it."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "call_id"),
        tenant_fk("call_id", "ai_call"),
        sa.Index("ix_ai_content_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    call_id: UUID
    sent: str = Field(sa_type=sa.Text)
    answered: str = Field(sa_type=sa.Text)
    expires_at: datetime
