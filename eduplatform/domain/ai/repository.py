"""Rows of the model gateway within one tenant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, text
from sqlmodel import col, func

from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.ai.models import AiCall, AiContent, AiPolicy, AiProvider, AiSpend, CallState
from eduplatform.domain.courses.models import Course, Section
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.tenants.models import Tenant

_RESERVE = text("select reserve_ai(cast(:call as jsonb), cast(:caps as jsonb))")
_SETTLE = text("select settle_ai(cast(:call as jsonb), cast(:kept as jsonb))")


class PolicyRepository(Repository[AiPolicy]):
    """The organisation's rules."""

    model = AiPolicy

    async def with_providers(self) -> tuple[AiPolicy | None, list[AiProvider]]:
        """The rules and all providers in their order; one statement."""
        rows = await fetch(
            self._work,
            select_columns(AiPolicy, AiProvider)
            .select_from(Tenant)
            .outerjoin(AiPolicy, col(AiPolicy.tenant_id) == col(Tenant.id))
            .outerjoin(AiProvider, col(AiProvider.tenant_id) == col(Tenant.id))
            .where(col(Tenant.id) == self._work.tenant_id)
            .order_by(col(AiProvider.position), col(AiProvider.id)),
        )
        return (rows[0][0] if rows else None), [row[1] for row in rows if row[1] is not None]


class ProviderRepository(Repository[AiProvider]):
    """The organisation's providers."""

    model = AiProvider


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line of the ledger with names instead of ids; those of people and classes that are gone are empty."""

    call: AiCall
    person: str
    section: str


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a day brought: calls, tokens, cost in millionths of a dollar, and calls that failed or were refused."""

    day: date
    calls: int
    tokens: int
    cost_micros: int
    failed: int


class CallRepository(Repository[AiCall]):
    """The ledger."""

    model = AiCall

    async def listed(self, *, number: int, size: int) -> tuple[list[LedgerRow], int]:
        """A page of the ledger, newest first, and how many lines there are; two statements."""
        total = await self.count()
        rows = await fetch(
            self._work,
            select_columns(AiCall, User.given_name, User.family_name, Section.name, Course.title)
            .outerjoin(User, col(User.id) == col(AiCall.user_id))
            .outerjoin(Section, col(Section.id) == col(AiCall.section_id))
            .outerjoin(Course, col(Course.id) == col(Section.course_id))
            .where(col(AiCall.tenant_id) == self._work.tenant_id)
            .order_by(col(AiCall.created_at).desc(), col(AiCall.id).desc())
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [
            LedgerRow(call, f"{given or ''} {family or ''}".strip(), f"{course} · {name}" if name else "")
            for call, given, family, name, course in rows
        ], total

    async def days(self, *, since: date) -> list[DaySum]:
        """The days since one, each with its sums; days without a call are left out."""
        failed = col(AiCall.state).in_([CallState.FAILED, CallState.REFUSED])
        rows = await fetch(
            self._work,
            select_columns(
                AiCall.day,
                func.count(),
                func.coalesce(func.sum(col(AiCall.tokens_in) + col(AiCall.tokens_out)), 0),
                func.coalesce(func.sum(col(AiCall.cost_micros)), 0),
                func.count().filter(failed),
            )
            .where(col(AiCall.tenant_id) == self._work.tenant_id, col(AiCall.day) >= since)
            .group_by(col(AiCall.day))
            .order_by(col(AiCall.day)),
        )
        return [DaySum(*row) for row in rows]

    async def models(self, *, since: date) -> list[tuple[str, str, str, str, int, datetime]]:
        """What was used since a day: purpose, kind, model, prompt, how often, when last; the most used first."""
        columns = (AiCall.purpose, AiCall.kind, AiCall.model, AiCall.prompt)
        rows = await fetch(
            self._work,
            select_columns(*columns, func.count(), func.max(col(AiCall.created_at)))
            .where(
                col(AiCall.tenant_id) == self._work.tenant_id,
                col(AiCall.day) >= since,
                col(AiCall.state) == CallState.SETTLED,
            )
            .group_by(*columns)
            .order_by(func.count().desc())
            .limit(20),
        )
        return [tuple(row) for row in rows]

    async def stale(self, *, before: datetime, limit: int) -> list[AiCall]:
        """Calls whose money is still held although nobody can be waiting for them any more."""
        found = await self._session.exec(
            self.rows()
            .where(col(AiCall.state) == CallState.RESERVED, col(AiCall.created_at) < before)
            .limit(limit)
        )
        return list(found.all())


class ContentRepository(Repository[AiContent]):
    """What was sent and answered, where it is kept."""

    model = AiContent

    async def remove_expired(self, now: datetime) -> None:
        """Remove what has been kept long enough; one statement."""
        await self._session.exec(
            delete(AiContent)
            .where(col(AiContent.tenant_id) == self._work.tenant_id, col(AiContent.expires_at) <= now)
            .execution_options(synchronize_session=False)
        )


class SpendRepository(Repository[AiSpend]):
    """What was reserved and paid."""

    model = AiSpend

    async def of_tenant(self, day: date) -> int:
        """What the organisation has spent or holds for running calls on a day, in millionths of a dollar."""
        row = await self.first(
            col(AiSpend.scope) == "tenant",
            col(AiSpend.scope_id) == self._work.tenant_id,
            col(AiSpend.day) == day,
        )
        return row.reserved_micros + row.settled_micros if row else 0


async def reserve(work: Work, *, call: dict[str, Any], caps: Sequence[dict[str, Any]]) -> str:
    """Hold money for a call and write its line; the database decides, so that two callers cannot both take the last of it.

    Returns:
        The scope whose budget does not suffice (then nothing is held), or an empty text.
    """
    connection = await work.session.connection()
    values = {"call": json.dumps(call, default=str), "caps": json.dumps(list(caps), default=str)}
    return str((await connection.execute(_RESERVE, values)).scalar_one())


async def settle(work: Work, *, call: dict[str, Any], kept: dict[str, Any] | None) -> bool:
    """Turn what was held into what it cost; False when that has been done before."""
    connection = await work.session.connection()
    values = {
        "call": json.dumps(call, default=str),
        "kept": None if kept is None else json.dumps(kept, default=str),
    }
    return bool((await connection.execute(_SETTLE, values)).scalar_one())


__all__ = [
    "CallRepository",
    "ContentRepository",
    "DaySum",
    "LedgerRow",
    "PolicyRepository",
    "ProviderRepository",
    "SpendRepository",
    "reserve",
    "settle",
]
