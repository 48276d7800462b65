"""Rows of presence within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import case, col, func, select, update

from eduplatform.db.repository import Repository
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.domain.accounts.models import User
from eduplatform.domain.classroom.models import LiveParticipant, Place, Presence, PresenceChoice
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.tenants.models import Tenant

SETTING = "presence"
"""Under which the organisation's rule stands in its settings: ``{"shown": true}``."""


def full_name() -> Any:
    """A person's name as it is shown, in a statement."""
    return func.trim(func.concat(col(User.given_name), " ", col(User.family_name)))


def tenant_shows() -> ColumnElement[bool]:
    """Whether the organisation lets its people be shown; `Tenant` is joined from outside."""
    settings: Any = col(Tenant.settings)
    return func.coalesce(settings[SETTING]["shown"].as_boolean(), True)


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's stay at an object, as far as it may be shown."""

    object_id: UUID
    user_id: UUID
    name: str
    since: datetime
    seen_at: datetime


class PresenceRepository(Repository[Presence]):
    """Who was where, and when last."""

    model = Presence

    async def beat(
        self, *, user_id: UUID, place: Place, object_id: UUID, now: datetime, silence: timedelta
    ) -> None:
        """Note that somebody is somewhere; after a longer silence a new stay begins. One statement."""
        row = insert(Presence).values(
            tenant_id=self._work.tenant_id,
            user_id=user_id,
            place=place,
            object_id=object_id,
            since=now,
            seen_at=now,
        )
        since = case((col(Presence.seen_at) < now - silence, now), else_=col(Presence.since))
        keys = ["tenant_id", "place", "object_id", "user_id"]
        statement = row.on_conflict_do_update(
            index_elements=keys, set_={"seen_at": now, "since": since, "updated_at": now}
        )
        await cast(Any, self._session).exec(statement, execution_options={CHECKED_INSERT: True})

    async def stays(self, place: Place, object_ids: Sequence[UUID]) -> list[Stay]:
        """The last stays of those who may be shown, the longest first; one statement."""
        rows = await fetch(
            self._work,
            select_columns(
                Presence.object_id, Presence.user_id, full_name(), Presence.since, Presence.seen_at
            )
            .join(User, col(User.id) == col(Presence.user_id))
            .join(Tenant, col(Tenant.id) == col(Presence.tenant_id))
            .outerjoin(PresenceChoice, col(PresenceChoice.user_id) == col(Presence.user_id))
            .where(
                col(Presence.tenant_id) == self._work.tenant_id,
                col(Presence.place) == place,
                col(Presence.object_id).in_(object_ids),
                tenant_shows(),
                func.coalesce(col(PresenceChoice.shown), True),
            )
            .order_by(col(Presence.since), col(Presence.id)),
        )
        return [Stay(*row) for row in rows]

    async def remove(self, *conditions: Any) -> None:
        """Forget stays."""
        await cast(Any, self._session).exec(
            delete(Presence).where(col(Presence.tenant_id) == self._work.tenant_id, *conditions)
        )


class PresenceChoiceRepository(Repository[PresenceChoice]):
    """What people chose about being shown."""

    model = PresenceChoice

    async def rules(self, user_id: UUID) -> tuple[bool, bool]:
        """Whether the organisation shows its people, and whether this person wants to be shown; one statement."""
        rows = await fetch(
            self._work,
            select_columns(tenant_shows(), func.coalesce(col(PresenceChoice.shown), True))
            .select_from(Tenant)
            .outerjoin(
                PresenceChoice,
                (col(PresenceChoice.tenant_id) == col(Tenant.id)) & (col(PresenceChoice.user_id) == user_id),
            )
            .where(col(Tenant.id) == self._work.tenant_id),
        )
        return rows[0][0], rows[0][1]

    async def choose(self, user_id: UUID, *, shown: bool, now: datetime) -> None:
        """Keep the choice; one statement."""
        row = insert(PresenceChoice).values(tenant_id=self._work.tenant_id, user_id=user_id, shown=shown)
        statement = row.on_conflict_do_update(
            index_elements=["tenant_id", "user_id"], set_={"shown": shown, "updated_at": now}
        )
        await cast(Any, self._session).exec(statement, execution_options={CHECKED_INSERT: True})

    async def hide_in_lessons(self, user_id: UUID) -> None:
        """Take the person's name out of all live lessons, those that are over included."""
        statement = (
            update(LiveParticipant)
            .where(
                col(LiveParticipant.tenant_id) == self._work.tenant_id,
                col(LiveParticipant.user_id) == user_id,
            )
            .values(shown=False)
            .execution_options(synchronize_session=False)
        )
        await cast(Any, self._session).exec(statement)


async def tenant_rule(work: Any) -> bool:
    """Whether the organisation shows its people; one statement."""
    statement = select(tenant_shows()).select_from(Tenant).where(col(Tenant.id) == work.tenant_id)
    return bool((await work.session.exec(statement)).one())
