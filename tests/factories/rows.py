"""A row for any table, made from its columns: so that a new table is in the isolation tests by existing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

from eduplatform.db.audit import AuditEvent, AuditHead
from eduplatform.db.base import TenantKeyed, TenantRoot
from eduplatform.db.unit_of_work import Work, unscoped
from eduplatform.domain.assessment.models import AssessmentOverride, QuestionBank

CANARY = "cnry"
"""Begins every text of a made-up row, so that a leak can be found in whatever reaches a browser."""


def tenant_classes() -> list[type[SQLModel]]:
    """Every mapped class whose rows belong to a tenant, parents before children."""
    order = {table: number for number, table in enumerate(SQLModel.metadata.sorted_tables)}
    mapped = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]
    owned = [cls for cls in mapped if issubclass(cls, TenantKeyed | TenantRoot)]
    return sorted(owned, key=lambda cls: order[cls.__table__])


def _value(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.Uuid):
        return uuid4()
    if isinstance(kind, postgresql.ARRAY):
        return []
    if isinstance(kind, postgresql.JSONB):
        return {}
    if isinstance(kind, sa.LargeBinary):
        return uuid4().bytes
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Numeric):
        return Decimal(1)
    if isinstance(kind, sa.Integer):
        return 1
    if isinstance(kind, sa.Date):
        return date(2026, 1, 1)
    if isinstance(kind, sa.DateTime) or isinstance(getattr(kind, "impl", None), sa.DateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    return (CANARY + uuid4().hex)[: min(getattr(kind, "length", None) or 12, 12)]


def build_row(cls: type[SQLModel], tenant_id: UUID, parents: dict[str, UUID]) -> SQLModel:
    """An unsaved row of a table in a tenant.

    Args:
        cls: The table's class.
        tenant_id: Its tenant.
        parents: A row's id per table, for foreign keys.
    """
    values: dict[str, Any] = {}
    targets = {
        element.parent.name: element.column.table.name
        for constraint in cls.__table__.foreign_key_constraints
        for element in constraint.elements
        if element.parent.name != "tenant_id"
    }
    for column in cls.__table__.columns:
        if column.name == "tenant_id":
            values[column.name] = tenant_id
        elif column.name in targets:
            parent = parents.get(targets[column.name])
            values[column.name] = parent if parent is not None or column.nullable else uuid4()
        elif column.name not in ("id", "created_at", "updated_at") and not column.nullable:
            values[column.name] = _value(column)
    if issubclass(cls, TenantRoot):
        values["slug"] = f"r-{uuid4().hex[:10]}"
    if cls is AuditEvent:
        values["number"] = 1_000_000
    if cls is AssessmentOverride:
        values["section_id"] = None
    if cls is QuestionBank:
        values["owner_id"] = None
    return cls(**values)


async def fill_tenant(tenant_id: UUID, identity_id: UUID) -> dict[type[SQLModel], Any]:
    """One row in every table of a tenant; returns each row's primary key by class."""
    made: dict[type[SQLModel], Any] = {}
    parents: dict[str, UUID] = {"identity": identity_id}
    async with unscoped(reason="isolation tests fill every table") as work:
        for cls in tenant_classes():
            made[cls] = await _ensure(work, cls, tenant_id, parents)
            if cls is not AuditHead:
                parents[cls.__table__.name] = made[cls]
    return made


async def _ensure(work: Work, cls: type[SQLModel], tenant_id: UUID, parents: dict[str, UUID]) -> Any:
    if issubclass(cls, TenantRoot):
        return tenant_id
    if cls is AuditHead:
        return tenant_id
    row = build_row(cls, tenant_id, parents)
    work.session.add(row)
    await work.session.flush()
    return row.id
