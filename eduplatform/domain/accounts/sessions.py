"""Sessions: made from a one-time ticket, looked up on each event, listed and revoked by their owner.

A look-up is remembered by each process (`remembered`); a revocation is felt everywhere within about a second, and at
once in the process that made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from eduplatform.config import get_settings
from eduplatform.db.base import PLATFORM, utc_now
from eduplatform.db.unit_of_work import Work, identity_work
from eduplatform.domain.accounts import remembered
from eduplatform.domain.accounts.models import (
    AccountStatus,
    Identity,
    IdentityToken,
    Session,
    TokenPurpose,
    User,
)
from eduplatform.domain.tenants.models import Tenant, TenantStatus
from eduplatform.errors import NotFound, NotSignedIn
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import AccessChanged
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from eduplatform.security.tokens import new_token, pseudonym, token_hash

TOUCH_SECONDS = 60.0
TICKET_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket opens; ``user_id`` is None until a membership is chosen."""

    identity_id: UUID
    tenant_id: UUID | None
    user_id: UUID | None
    remembered: bool


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One of a person's sessions, for the list in their settings."""

    id: UUID
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


async def issue_ticket(*, work: Work, ticket: Ticket) -> str:
    """A one-time secret that the browser exchanges for its cookie within a minute."""
    value = new_token()
    await work.add(
        IdentityToken(
            purpose=TokenPurpose.TICKET,
            token_hash=token_hash(value),
            identity_id=ticket.identity_id,
            payload={
                "tenant_id": str(ticket.tenant_id) if ticket.tenant_id else None,
                "user_id": str(ticket.user_id) if ticket.user_id else None,
                "remembered": ticket.remembered,
            },
            expires_at=utc_now() + timedelta(seconds=TICKET_SECONDS),
        )
    )
    return value


async def redeem_token(*, work: Work, purpose: TokenPurpose, value: str) -> IdentityToken:
    """Use up a one-time secret.

    Raises:
        NotSignedIn: It is unknown, expired, used, or of another purpose.
    """
    now = utc_now()
    row = (
        await work.session.exec(
            select(IdentityToken)
            .where(
                col(IdentityToken.token_hash) == token_hash(value),
                col(IdentityToken.purpose) == purpose,
                col(IdentityToken.used_at).is_(None),
                col(IdentityToken.expires_at) > now,
            )
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise NotSignedIn
    row.used_at = now
    await work.flush()
    return row


def _idle(*, staff: bool, remembered: bool) -> timedelta:
    settings = get_settings()
    if remembered:
        return settings.session_remembered
    return settings.session_idle_staff if staff else settings.session_idle


async def open_session(
    *, ticket: str, previous: str | None, device: str, address: str
) -> tuple[str, timedelta]:
    """Exchange a ticket for a session; the browser's previous session ends (rotation).

    Args:
        ticket: The one-time secret.
        previous: The cookie that the browser still holds, if any.
        device: What the browser calls itself; shortened.
        address: The client's address; kept as a keyed digest only.

    Returns:
        The new cookie's value, and how long the cookie may live (zero: until the browser closes).

    Raises:
        NotSignedIn: The ticket is not valid, or the account was closed meanwhile.
    """
    settings = get_settings()
    async with identity_work() as work:
        used = await redeem_token(work=work, purpose=TokenPurpose.TICKET, value=ticket)
        identity = await work.session.get(Identity, used.identity_id)
        if identity is None or identity.status != AccountStatus.ACTIVE:
            raise NotSignedIn
        tenant_id = UUID(used.payload["tenant_id"]) if used.payload.get("tenant_id") else None
        user_id = UUID(used.payload["user_id"]) if used.payload.get("user_id") else None
        user = await work.session.get(User, user_id) if user_id else None
        if user_id and (user is None or user.status != AccountStatus.ACTIVE):
            raise NotSignedIn
        if previous:
            await _revoke(work, col(Session.token_hash) == token_hash(previous), reason="rotated")
            remembered.forget(token_hash(previous))
        staff = identity.is_operator or bool(user and {Role.ADMIN, Role.TEACHER} & set(user.roles))
        keep = bool(used.payload.get("remembered")) and not staff
        now = utc_now()
        if user is not None:
            await _seen(work, user, now)
        lifetime = settings.session_remembered if keep else settings.session_absolute
        value = new_token()
        await work.add(
            Session(
                token_hash=token_hash(value),
                identity_id=identity.id,
                tenant_id=tenant_id,
                user_id=user_id,
                device=device[:250],
                address_hash=pseudonym("address", address),
                remembered=keep,
                last_seen_at=now,
                idle_seconds=int(_idle(staff=staff, remembered=keep).total_seconds()),
                expires_at=now + lifetime,
            )
        )
        await work.audit_for(tenant_id or PLATFORM, user_id or identity.id, "session.opened")
    return value, lifetime if keep else timedelta(0)


async def resolve(cookie: str) -> Principal:
    """The person behind a session cookie, as of now; see `resolve_digest`."""
    return await resolve_digest(token_hash(cookie))


@cache
def _by_digest() -> Any:
    """The statement of the look-up, made once: it runs for nearly every event."""
    return (
        select(Session, Identity, User, Tenant)
        .join(Identity, col(Identity.id) == col(Session.identity_id))
        .outerjoin(User, col(User.id) == col(Session.user_id))
        .outerjoin(Tenant, col(Tenant.id) == col(Session.tenant_id))
        .where(col(Session.token_hash) == bindparam("digest"))
    )


async def resolve_digest(hashed: bytes) -> Principal:
    """The person behind the SHA-256 of a session cookie, as of now.

    Raises:
        NotSignedIn: No such session, or it is revoked, idle for too long or over its lifetime, or its account,
            membership or tenant is closed.
    """
    known = await remembered.recall(hashed)
    if known is not None:
        return known
    remembered.forget(hashed)
    async with identity_work() as work:
        found = cast(
            "tuple[Session, Identity, User | None, Tenant | None] | None",
            (await work.session.exec(_by_digest(), params={"digest": hashed})).one_or_none(),  # pyright: ignore[reportUnknownMemberType]
        )
        if found is None:
            raise NotSignedIn
        session, identity, user, tenant = found
        now = utc_now()
        if not _valid(session, identity, user, tenant, now):
            raise NotSignedIn
        if (now - session.last_seen_at).total_seconds() > TOUCH_SECONDS:
            session.last_seen_at = now
            if user is not None:
                await _seen(work, user, now)
        principal = _principal(session, identity, user, tenant)
        left = min(
            (session.expires_at - now).total_seconds(),
            session.idle_seconds - (now - session.last_seen_at).total_seconds(),
        )
    remembered.remember(hashed, principal, seconds_left=left)
    return principal


async def _seen(work: Work, user: User, now: datetime) -> None:
    """Note a visit without touching ``updated_at``: nothing about the person changed."""
    await work.session.exec(
        update(User)
        .where(col(User.id) == user.id)
        .values(last_seen_at=now, updated_at=col(User.updated_at))
        .execution_options(synchronize_session=False)
    )


def _valid(
    session: Session, identity: Identity, user: User | None, tenant: Tenant | None, now: datetime
) -> bool:
    if session.revoked_at is not None or now >= session.expires_at:
        return False
    if (now - session.last_seen_at).total_seconds() > session.idle_seconds:
        return False
    if identity.status != AccountStatus.ACTIVE:
        return False
    if session.user_id is None:
        return True
    if user is None or tenant is None:
        return False
    return user.status == AccountStatus.ACTIVE and tenant.status == TenantStatus.ACTIVE


def _principal(session: Session, identity: Identity, user: User | None, tenant: Tenant | None) -> Principal:
    if user is not None and tenant is not None:
        return Principal(
            session_id=session.id,
            identity_id=identity.id,
            tenant_id=tenant.id,
            user_id=user.id,
            roles=frozenset(Role(role) for role in user.roles if role != Role.OPERATOR),
            name=user.name,
            email=identity.email,
            locale=user.locale or tenant.locale,
            timezone=tenant.timezone,
            tenant_name=tenant.name,
            tenant_slug=tenant.slug,
            accent=tenant.accent,
        )
    return Principal(
        session_id=session.id,
        identity_id=identity.id,
        tenant_id=None,
        user_id=None,
        roles=frozenset({Role.OPERATOR}) if identity.is_operator else frozenset(),
        name=identity.display_name or identity.email,
        email=identity.email,
        locale=identity.locale or "en",
        timezone="UTC",
    )


async def _revoke(work: Work, *conditions: ColumnElement[bool], reason: str) -> None:
    ended = await work.session.exec(
        update(Session)
        .where(*conditions, col(Session.revoked_at).is_(None))
        .values(revoked_at=utc_now(), revoked_reason=reason)
        .returning(col(Session.tenant_id), col(Session.user_id))
        .execution_options(synchronize_session=False)
    )
    for tenant_id, user_id in ended.all():
        if tenant_id is not None and user_id is not None:
            work.publish(Channel.user(user_id), AccessChanged(), tenant_id=tenant_id)


async def ended_because(hashed: bytes) -> str:
    """Why a session was ended; empty when it was not, or is not known."""
    async with identity_work() as work:
        found = await work.session.exec(
            select(Session.revoked_reason).where(col(Session.token_hash) == hashed)
        )
        return found.one_or_none() or ""


async def close_session(*, cookie: str) -> None:
    """Sign out: the session of this cookie ends; an unknown cookie is no error."""
    async with identity_work() as work:
        await _revoke(work, col(Session.token_hash) == token_hash(cookie), reason="signed_out")
    remembered.forget(token_hash(cookie))


async def close_all(*, work: Work, identity_id: UUID, keep: UUID | None = None, reason: str) -> None:
    """End every session of a person, in the caller's identity work, but for the one to keep."""
    conditions: list[ColumnElement[bool]] = [col(Session.identity_id) == identity_id]
    if keep is not None:
        conditions.append(col(Session.id) != keep)
    await _revoke(work, *conditions, reason=reason)
    work.after_commit(remembered.forget)


async def list_sessions(*, me: Principal) -> list[SessionRow]:
    """The person's open sessions, newest use first; at most 50."""
    async with identity_work() as work:
        rows = await work.session.exec(
            select(Session)
            .where(
                col(Session.identity_id) == me.identity_id,
                col(Session.revoked_at).is_(None),
                col(Session.expires_at) > utc_now(),
            )
            .order_by(col(Session.last_seen_at).desc())
            .limit(50)
        )
        return [
            SessionRow(
                id=row.id,
                device=row.device,
                created_at=row.created_at,
                last_seen_at=row.last_seen_at,
                current=row.id == me.session_id,
            )
            for row in rows
        ]


async def revoke_session(*, me: Principal, session_id: UUID) -> None:
    """End one of one's own sessions.

    Raises:
        NotFound: It is not one of theirs.
    """
    async with identity_work() as work:
        row = (
            await work.session.exec(
                select(Session).where(
                    col(Session.id) == session_id, col(Session.identity_id) == me.identity_id
                )
            )
        ).one_or_none()
        if row is None:
            raise NotFound
        row.revoked_at, row.revoked_reason = utc_now(), "revoked"
        if row.tenant_id is not None and row.user_id is not None:
            work.publish(Channel.user(row.user_id), AccessChanged(), tenant_id=row.tenant_id)
        await work.audit_for(me.tenant_id or PLATFORM, me.user_id or me.identity_id, "session.revoked")
    remembered.forget(row.token_hash)
