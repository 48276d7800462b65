"""What a process remembers of sessions, so that an event does not have to look its session up again.

Once a second the process asks what changed: sessions that were revoked, and people, identities and tenants whose row changed. Those
are forgotten, so that a revocation, a change of roles or a suspension is felt everywhere within about a second. The end of
an idle or old session is known beforehand.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.accounts.models import Identity, Session, User
from eduplatform.domain.tenants.models import Tenant
from eduplatform.security.principal import Principal

REMEMBER_SECONDS = 60.0
CHECK_SECONDS = 1.0
SIZE = 20_000

OVERLAP = timedelta(seconds=10)
"""A change is stamped when it is written and seen when it is committed; statements may take five seconds."""


@dataclass(frozen=True, slots=True)
class _Entry:
    principal: Principal
    until: float


_entries: OrderedDict[bytes, _Entry] = OrderedDict()
_checked = -math.inf


def remember(hashed: bytes, principal: Principal, *, seconds_left: float) -> None:
    """Keep a person for a minute, or as long as their session still lasts."""
    _entries[hashed] = _Entry(principal, time.monotonic() + min(REMEMBER_SECONDS, seconds_left))
    _entries.move_to_end(hashed)
    while len(_entries) > SIZE:
        _entries.popitem(last=False)


def forget(hashed: bytes | None = None) -> None:
    """Drop what is remembered: of one session, or of all."""
    if hashed is None:
        _entries.clear()
    else:
        _entries.pop(hashed, None)


async def recall(hashed: bytes) -> Principal | None:
    """The person of a session, if nothing changed since they were looked up."""
    if hashed not in _entries:
        return None
    if time.monotonic() - _checked >= CHECK_SECONDS:
        await _forget_changed()
    entry = _entries.get(hashed)
    if entry is None or time.monotonic() >= entry.until:
        return None
    return entry.principal


async def _forget_changed() -> None:
    global _checked
    previous, _checked = _checked, time.monotonic()
    since = utc_now() - OVERLAP
    answered = False
    try:
        async with identity_work() as work:
            revoked = set(
                await work.session.exec(select(Session.token_hash).where(col(Session.revoked_at) > since))
            )
            changed: set[UUID] = set()
            for model in (User, Identity, Tenant):
                changed |= set(await work.session.exec(select(model.id).where(col(model.updated_at) > since)))
        answered = True
    finally:
        if not answered:
            _checked = previous
    if revoked or changed:
        for hashed, entry in list(_entries.items()):
            one = entry.principal
            if hashed in revoked or changed & {one.user_id, one.identity_id, one.tenant_id}:
                del _entries[hashed]
