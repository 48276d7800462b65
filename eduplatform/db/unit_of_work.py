"""One transaction, one scope: the only way to a database session.

``unit_of_work`` serves one tenant, ``identity_work`` the sign-in desk, ``unscoped`` everything for a written reason.
Each commits once, at the end of the ``async with`` block, and rolls back when the block raises. Services never commit.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import TextClause, event, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel.ext.asyncio.session import AsyncSession

from eduplatform.db import audit
from eduplatform.db.base import PLATFORM, Row
from eduplatform.db.engine import EngineRole, engine
from eduplatform.db.scope import IdentityScope, Scope, ScopedSession, TenantScope, UnscopedScope
from eduplatform.errors import Conflict, TenantScopeViolation, Unavailable
from eduplatform.realtime import wake
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import Event

R = TypeVar("R", bound=Row)

_SET_TENANT = text(
    "select set_config('app.tenant_id', :tenant, true), set_config('app.user_id', :user, true),"
    " set_config('app.unscoped_reason', :reason, true)"
)

_WRITE = {
    "jobs": (
        "(select count(jobs.enqueue(one->>'job', one->'arguments', cast(one->>'not_before' as timestamptz)))"
        " from jsonb_array_elements(cast(:jobs as jsonb)) one)"
    ),
    "events": "publish_events(cast(:events as jsonb))",
}
"""Expressions that write all jobs and all events of a transaction."""


class Actor(Protocol):
    """Whoever works: a signed-in person or the platform itself."""

    @property
    def tenant_id(self) -> UUID | None: ...

    @property
    def user_id(self) -> UUID | None: ...


class Work:
    """An open unit of work: its session, its scope, and what happens after the commit."""

    def __init__(self, session: AsyncSession, scope: Scope) -> None:
        self.session = session
        self.scope = scope
        self._after_commit: list[Callable[[], None]] = []
        self._jobs: list[dict[str, Any]] = []
        self._events: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._trail: list[audit.Entry] = []

    @property
    def tenant_id(self) -> UUID:
        """The tenant of this work; the platform's own id outside of tenants."""
        return self.scope.tenant_id if isinstance(self.scope, TenantScope) else PLATFORM

    @property
    def user_id(self) -> UUID | None:
        """The person who works, when there is one."""
        return self.scope.user_id if isinstance(self.scope, TenantScope) else None

    async def add(self, row: R) -> R:
        """Insert a row and return it with its generated values.

        Raises:
            Conflict: A unique value is taken, or the row it points to is gone.
        """
        self.session.add(row)
        await self.flush()
        return row

    async def flush(self) -> None:
        """Send pending changes to the database.

        Raises:
            Conflict: A constraint refused them, or another writer was faster.
        """
        try:
            await self.session.flush()
        except IntegrityError as error:
            raise Conflict from error
        except StaleDataError as error:
            raise Conflict from error

    async def audit(self, action: str, **details: Any) -> None:
        """Send pending changes, and have an audit row written just before the commit.

        All rows of a transaction cost two statements, and the chain is held no longer than that.

        Args:
            action: Dotted verb, for example ``grade.released``.
            **details: Small values that say what changed: ids and codes, never free text or personal data.
        """
        await self.audit_for(self.tenant_id, self.user_id, action, **details)

    async def audit_for(self, tenant_id: UUID, actor_id: UUID | None, action: str, **details: Any) -> None:
        """As `audit`, in a tenant's chain from work that is not inside that tenant (sign-in, operator).

        Raises:
            TenantScopeViolation: This is another tenant's unit of work.
        """
        if isinstance(self.scope, TenantScope) and tenant_id != self.scope.tenant_id:
            raise TenantScopeViolation("An audit row of another tenant was written")
        await self.flush()
        self._trail.append(audit.Entry(tenant_id, actor_id, action, details))

    async def write_rest(self) -> None:
        """Write audit rows, jobs and events; the unit of work does it when everything else is written.

        Two statements for the audit rows, of which the second takes jobs and events along; without audit rows these cost one. The
        count of each channel is locked from there to the commit, so that its numbers follow the order of the commits.
        """
        outbox = self._outbox()
        if self._trail:
            await audit.append(self.session, self._trail, along=outbox)
        elif outbox:
            connection = await self.session.connection()
            await connection.execute(select(*outbox))
        if self._events:
            self.after_commit(wake.committed)

    def _outbox(self) -> list[TextClause]:
        """The expressions that write what was enqueued and published."""
        values = {"jobs": self._jobs, "events": list(self._events.values())}
        return [
            text(_WRITE[name]).bindparams(**{name: json.dumps(rows)}) for name, rows in values.items() if rows
        ]

    async def enqueue(self, job: str, *, not_before: datetime | None = None, **arguments: str) -> None:
        """Have a job done in this tenant once this transaction has committed; never if it rolls back.

        It is written just before the commit.

        Args:
            job: Its name in `eduplatform.jobs`.
            not_before: Earliest moment; at once by default.
            **arguments: Ids and codes, never free text: the queue is no place for what people wrote.

        Raises:
            TenantScopeViolation: This work is not inside a tenant.
        """
        if not isinstance(self.scope, TenantScope):
            raise TenantScopeViolation("A job belongs to a tenant")
        moment = not_before.isoformat() if not_before else None
        self._jobs.append({"job": job, "arguments": arguments, "not_before": moment})

    def publish(self, channel: Channel, event: Event, *, tenant_id: UUID | None = None) -> None:
        """Tell those who follow a channel what this transaction changes, once it has committed; never if it rolls back.

        All events of a transaction are written just before its commit, by one statement at most. The same event to the same channel counts once.

        Args:
            channel: Whom it is for.
            event: What changed.
            tenant_id: Whose channel it is; only for work that is not inside a tenant (sign-in, operator).

        Raises:
            TenantScopeViolation: It is another tenant's channel, or nobody's.
        """
        owner = self.tenant_id if tenant_id is None else tenant_id
        if owner == PLATFORM or (isinstance(self.scope, TenantScope) and owner != self.scope.tenant_id):
            raise TenantScopeViolation("An event was published to a channel of another tenant")
        name, data = channel.name(owner), event.data()
        self._events[name, event.name, json.dumps(data)] = {
            "tenant": str(owner),
            "channel": name,
            "event": event.name,
            "data": data,
        }

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call back once the transaction is durable; not called after a rollback."""
        self._after_commit.append(callback)


@event.listens_for(ScopedSession, "after_begin")
def _set_tenant(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Tell row-level security who works. The values end with the transaction, so a pooled connection keeps none.

    The identity plane needs none, and finds none.
    """
    scope = session.info.get("scope")
    if isinstance(scope, TenantScope):
        values = (str(scope.tenant_id), str(scope.user_id or ""), "")
    elif isinstance(scope, UnscopedScope):
        values = ("", "", scope.reason)
    elif isinstance(scope, IdentityScope):
        return
    else:
        raise TenantScopeViolation("A session was used without a scope")
    connection.execute(
        _SET_TENANT,
        {"tenant": values[0], "user": values[1], "reason": values[2]},
    )


@asynccontextmanager
async def _open(role: EngineRole, scope: Scope) -> AsyncGenerator[Work]:
    session = AsyncSession(
        engine(role),
        sync_session_class=ScopedSession,
        expire_on_commit=False,
        autoflush=False,
        info={"scope": scope},
    )
    work = Work(session, scope)
    try:
        yield work
        if session.new or session.dirty or session.deleted:
            await work.flush()
        await work.write_rest()
        await session.commit()
    except OperationalError as error:
        raise Unavailable from error
    finally:
        # Closing rolls back whatever was not committed.
        await session.close()
    for callback in work._after_commit:  # pyright: ignore[reportPrivateUsage]
        callback()


@asynccontextmanager
async def unit_of_work(actor: Actor) -> AsyncGenerator[Work]:
    """Work within the actor's tenant.

    Raises:
        TenantScopeViolation: The actor has no tenant.
        Conflict: A constraint or another writer refused the changes.
        Unavailable: The database did not answer.
    """
    if actor.tenant_id is None or actor.tenant_id == PLATFORM:
        raise TenantScopeViolation("A unit of work needs a tenant")
    async with _open("app", TenantScope(actor.tenant_id, actor.user_id)) as work:
        yield work


@asynccontextmanager
async def identity_work() -> AsyncGenerator[Work]:
    """Work on sign-in, sessions and the directory of tenants; a tenant's own rows do not exist here."""
    async with _open("system", IdentityScope()) as work:
        yield work


@asynccontextmanager
async def unscoped(*, reason: str, actor_id: UUID | None = None) -> AsyncGenerator[Work]:
    """Work across tenants, for a reason that is written to the audit chain of the platform before anything is read.

    Args:
        reason: Why the walls are left, in a few words; never empty.
        actor_id: The identity of the operator, when a person asked for it.
    """
    if not reason.strip():
        raise TenantScopeViolation("Leaving the tenant's scope needs a reason")
    async with _open("system", UnscopedScope(reason)) as work:
        await audit.append(work.session, [audit.Entry(PLATFORM, actor_id, "scope.left", {"reason": reason})])
        yield work
