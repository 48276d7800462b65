"""Common shape of every table: time-ordered keys, tenant, timestamps, and constraints that keep rows in their tenant."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel
from uuid6 import uuid7

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION

PLATFORM = UUID(int=0)
"""Tenant of rows that belong to the installation and to no organisation (platform audit, mail of the sign-in desk)."""


def new_id() -> UUID:
    """A time-ordered UUID (version 7, RFC 9562): new rows land at the end of every index."""
    return UUID(int=uuid7().int)


def utc_now() -> datetime:
    """The server's clock, aware, in UTC."""
    return datetime.now(UTC)


class Table(SQLModel):
    """Names each table after its class: ``QuestionVersion`` is ``question_version``."""

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class Row(Table):
    """What every table has: a time-ordered key and the moments of creation and last change (UTC)."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=utc_now, nullable=False)
    updated_at: datetime = Field(
        default_factory=utc_now, nullable=False, sa_column_kwargs={"onupdate": utc_now}
    )


class IdentityRow(Row):
    """A row of the identity plane: people before they have chosen a tenant. The tenant role cannot see it."""

    identity_plane: ClassVar[bool] = True


class TenantKeyed(Table):
    """Anything that carries a tenant's id; the walls filter and check all of its subclasses."""

    tenant_id: UUID

    @classmethod
    def owner(cls) -> sa.ColumnElement[UUID]:
        """The column that names the tenant; on the mixin itself, which has none, its bare name."""
        return getattr(cls, "tenant_id", sa.column("tenant_id", sa.Uuid()))


class TenantRow(Row, TenantKeyed):
    """A row of exactly one tenant. ``tenant_id`` is set by the unit of work and never changes.

    Attributes:
        identity_plane: Whether sign-in may touch the table before a tenant is chosen.
    """

    identity_plane: ClassVar[bool] = False

    tenant_id: UUID = Field(default=None, nullable=False, foreign_key="tenant.id", ondelete="CASCADE")
    created_by: UUID | None = Field(default=None)


class TenantRoot(Row):
    """The tenant itself: within a tenant's unit of work only its own row exists."""

    identity_plane: ClassVar[bool] = True

    @classmethod
    def owner(cls) -> sa.ColumnElement[UUID]:
        """The column that names the tenant: its own key."""
        return getattr(cls, "id", sa.column("id", sa.Uuid()))


def tenant_fk(column: str, table: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """A foreign key that carries the tenant, so that a row cannot point into another tenant.

    Foreign key checks of PostgreSQL do not apply row-level security; the composite key closes that hole.
    """
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete
    )


def tenant_table(*constraints: Any) -> tuple[Any, ...]:
    """``__table_args__`` of a tenant's table: the given constraints and the key that composite references need."""
    return (*constraints, sa.UniqueConstraint("tenant_id", "id"))
