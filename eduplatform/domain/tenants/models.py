"""The organisation, its terms, and its place in the directory of tenants."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRoot, TenantRow, tenant_table


class TenantKind(StrEnum):
    """What sort of organisation it is; changes words, not rights."""

    SCHOOL = "school"
    COMPANY = "company"
    TUTOR = "tutor"


class TenantStatus(StrEnum):
    """Whether its people may work."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Tenant(TenantRoot, table=True):
    """An organisation. ``slug`` is its name in addresses; ``accent`` its colour (hex, AA on white).

    ``storage_bytes`` is what its files take; ``storage_limit`` what they may, None meaning the installation's default.
    """

    slug: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    kind: str = Field(default=TenantKind.SCHOOL, max_length=20)
    status: str = Field(default=TenantStatus.ACTIVE, max_length=20)
    locale: str = Field(default="en", max_length=10)
    timezone: str = Field(default="UTC", max_length=60)
    accent: str = Field(default="", max_length=7)
    motto: str = Field(default="", max_length=200)
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    storage_bytes: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    storage_limit: int | None = Field(default=None, sa_type=sa.BigInteger)


class Term(TenantRow, table=True):
    """A period of teaching, with inclusive dates in the tenant's time zone."""

    __table_args__ = tenant_table(sa.UniqueConstraint("tenant_id", "name"))

    name: str = Field(max_length=80)
    starts_on: date
    ends_on: date
