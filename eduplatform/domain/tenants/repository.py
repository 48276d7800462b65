"""Rows of organisations and their terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.tenants.models import Tenant, Term
from eduplatform.errors import NotFound

TenantSort = Literal["name", "slug", "kind", "status", "created"]


@dataclass(frozen=True, slots=True)
class TenantLine:
    """An organisation in the operator's list; ``people`` have an open account, ``active`` came since a moment."""

    tenant: Tenant
    people: int
    active: int


class TermRepository(Repository[Term]):
    """Terms."""

    model = Term

    async def all(self) -> list[Term]:
        """The terms of the tenant, newest first."""
        return await self.find(order_by=[col(Term.starts_on).desc()])


async def own_tenant(work: Work, *, lock: bool = False) -> Tenant:
    """The organisation of a tenant's unit of work."""
    return await get_tenant(work, work.tenant_id, lock=lock)


async def get_tenant(work: Work, tenant_id: UUID, *, lock: bool = False) -> Tenant:
    """One organisation.

    Raises:
        NotFound: There is none with this id.
    """
    statement = select(Tenant).where(col(Tenant.id) == tenant_id)
    if lock:
        statement = statement.with_for_update()
    tenant = (await work.session.exec(statement)).one_or_none()
    if tenant is None:
        raise NotFound
    return tenant


async def list_lines(
    work: Work,
    *,
    text: str,
    status: str,
    sort: TenantSort,
    descending: bool,
    since: datetime,
    number: int,
    size: int,
) -> tuple[list[TenantLine], int]:
    """A page of all organisations with counts of their people; two statements, work across tenants only."""
    conditions: list[ColumnElement[bool]] = []
    if text:
        conditions.append(
            or_(
                col(Tenant.name).icontains(text, autoescape=True),
                col(Tenant.slug).icontains(text, autoescape=True),
            )
        )
    if status:
        conditions.append(col(Tenant.status) == status)
    total = (await work.session.exec(select(func.count(col(Tenant.id))).where(*conditions))).one()
    people = (
        select(func.count(col(User.id)))
        .where(col(User.tenant_id) == col(Tenant.id), col(User.status) == AccountStatus.ACTIVE)
        .correlate(Tenant)
    )
    columns: dict[TenantSort, Any] = {
        "name": func.lower(col(Tenant.name)),
        "slug": col(Tenant.slug),
        "kind": col(Tenant.kind),
        "status": col(Tenant.status),
        "created": col(Tenant.created_at),
    }
    order = columns[sort].desc() if descending else columns[sort].asc()
    statement = cast(Any, select)(
        Tenant, people.scalar_subquery(), people.where(col(User.last_seen_at) >= since).scalar_subquery()
    )
    rows: Any = await cast(Any, work.session).exec(
        statement.where(*conditions)
        .order_by(order, col(Tenant.id))
        .offset((max(number, 1) - 1) * size)
        .limit(size)
    )
    return [TenantLine(*row) for row in rows.all()], total
