"""The second wall between tenants: every ORM session belongs to one scope for its whole life.

The first wall is the repository, which starts from the tenant's rows; the third is row-level security in PostgreSQL.
This one makes a forgotten filter harmless and a deliberate bypass loud. What it covers was measured statement by
statement: reads and bulk writes get the tenant's criterion, statements that criteria do not reach (Core, text, bulk
update by primary key, bulk insert) are refused, and each flushed object is checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction, with_loader_criteria
from sqlalchemy.orm import Session as BaseSession
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption
from sqlmodel.orm.session import Session

from eduplatform.db.base import IdentityRow, TenantKeyed, TenantRoot, TenantRow
from eduplatform.errors import TenantScopeViolation

CHECKED_INSERT = "tenant_checked_insert"
"""Execution option by which the repository declares that it has set the tenant of every row of a bulk insert."""


@dataclass(frozen=True, slots=True)
class TenantScope:
    """Work inside one tenant, for one user (None: the platform itself, for example a job)."""

    tenant_id: UUID
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class IdentityScope:
    """Sign-in and sessions: only tables of the identity plane exist."""


@dataclass(frozen=True, slots=True)
class UnscopedScope:
    """All tenants, for a written reason; opened only by ``unscoped``, which leaves an audit row."""

    reason: str


Scope = TenantScope | IdentityScope | UnscopedScope


class ScopedSession(Session):
    """A session that refuses to work without a scope and never changes it."""


def scope_of(session: BaseSession) -> Scope:
    """The scope that the session was opened with.

    Raises:
        TenantScopeViolation: The session has none.
    """
    scope = session.info.get("scope")
    if not isinstance(scope, TenantScope | IdentityScope | UnscopedScope):
        raise TenantScopeViolation("A session was used without a scope")
    return scope


@event.listens_for(ScopedSession, "do_orm_execute")
def _guard_statement(state: ORMExecuteState) -> None:
    scope = scope_of(state.session)
    if isinstance(scope, UnscopedScope):
        return
    mapped = _mapped_classes(state)
    if isinstance(scope, IdentityScope):
        if not mapped or not all(getattr(cls, "identity_plane", False) for cls in mapped):
            raise TenantScopeViolation("The identity plane may not touch a tenant's rows")
        return
    if any(issubclass(cls, IdentityRow) for cls in mapped):
        raise TenantScopeViolation("A tenant's work may not touch the identity plane")
    if not mapped and not _selects_from_mapped_tables(state):
        raise TenantScopeViolation("Core and text statements do not carry the tenant's filter")
    if state.is_insert and not state.execution_options.get(CHECKED_INSERT):
        raise TenantScopeViolation("A bulk insert must go through the repository")
    if state.is_update and isinstance(state.parameters, list):
        raise TenantScopeViolation("A bulk update by primary key does not carry the tenant's filter")
    if state.is_select or state.is_update or state.is_delete:
        state.statement = _filtered(state, scope.tenant_id)


@dataclass(slots=True)
class _Known:
    """What is remembered of a statement: the classes it names, and from its second run on its filtered form by tenant.

    A filtered form keeps its cache key, which costs as much to make as a small query; a statement that runs once is
    not worth remembering.
    """

    classes: tuple[type, ...]
    runs: int
    filtered: dict[UUID, Any]


_MOST_TENANTS = 1024
_known: WeakKeyDictionary[Any, _Known] = WeakKeyDictionary()


def _mapped_classes(state: ORMExecuteState) -> tuple[type, ...]:
    """The classes that a statement names; remembered for statements that are made once and run often."""
    statement = state.statement
    found = _known.get(statement)
    if found is None:
        found = _known[statement] = _Known(tuple(mapper.class_ for mapper in state.all_mappers), 0, {})
    found.runs += 1
    return found.classes


def _filtered(state: ORMExecuteState, tenant_id: UUID) -> Any:
    """The statement with the tenant's filter on every table."""
    statement: Any = state.statement
    known = _known[statement]
    made = known.filtered.get(tenant_id)
    if made is None:
        made = statement.options(*_criteria(tenant_id))
        if known.runs > 1:
            if len(known.filtered) >= _MOST_TENANTS:
                known.filtered.clear()
            known.filtered[tenant_id] = made
    return made


@lru_cache(maxsize=1024)
def _criteria(tenant_id: UUID) -> tuple[ExecutableOption, ...]:
    """The tenant's filter on every table; made once per tenant, because making it costs as much as a small query."""
    return (
        with_loader_criteria(TenantKeyed, lambda cls: cls.owner() == tenant_id, include_aliases=True),
        with_loader_criteria(TenantRoot, lambda cls: cls.owner() == tenant_id, include_aliases=True),
    )


def _selects_from_mapped_tables(state: ORMExecuteState) -> bool:
    """Whether a select reaches its tables only through subqueries of mapped classes, which carry the filter."""
    if not state.is_select:
        return False
    parts = list(visitors.iterate(cast(Any, state.statement)))
    if any(isinstance(part, sa.TextClause) for part in parts):
        return False
    mapped = False
    for part in parts:
        if not isinstance(part, sa.Select):
            continue
        selected = cast("sa.Select[Any]", part)
        if selected._propagate_attrs.get("compile_state_plugin") == "orm":  # pyright: ignore[reportPrivateUsage]
            mapped = True
        elif not all(isinstance(source, sa.Subquery | sa.CTE) for source in selected.get_final_froms()):
            return False
    return mapped


def _tenant_of(instance: object) -> UUID | None:
    """The tenant that is written on a row, without loading anything."""
    if isinstance(instance, TenantKeyed):
        return instance.__dict__.get("tenant_id")
    if isinstance(instance, TenantRoot):
        return instance.__dict__.get("id")
    return None


def _check_all(instances: Iterable[Any], scope: TenantScope) -> None:
    for instance in instances:
        if _tenant_of(instance) != scope.tenant_id:
            raise TenantScopeViolation(f"A {type(instance).__name__} of another tenant was written")


@event.listens_for(ScopedSession, "before_flush")
def _guard_flush(session: BaseSession, _context: UOWTransaction, _instances: object) -> None:
    scope = scope_of(session)
    if isinstance(scope, UnscopedScope):
        return
    if isinstance(scope, IdentityScope):
        for instance in (*session.new, *session.dirty, *session.deleted):
            if not getattr(instance, "identity_plane", False):
                raise TenantScopeViolation("The identity plane may not write a tenant's rows")
        return
    for instance in session.new:
        if isinstance(instance, TenantRow) and instance.__dict__.get("tenant_id") is None:
            instance.tenant_id = scope.tenant_id
            if instance.created_by is None:
                instance.created_by = scope.user_id
    _check_all(session.new, scope)
    _check_all(session.dirty, scope)
    _check_all(session.deleted, scope)


@event.listens_for(ScopedSession, "before_attach")
def _guard_attach(session: BaseSession, instance: object) -> None:
    """Keep objects that were loaded elsewhere out of this session's identity map."""
    scope = scope_of(session)
    if not isinstance(scope, TenantScope):
        return
    if _tenant_of(instance) not in (None, scope.tenant_id):
        raise TenantScopeViolation(f"A {type(instance).__name__} of another tenant was attached")
