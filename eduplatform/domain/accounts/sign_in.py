"""Signing in, choosing a membership, and resetting a password.

Unknown addresses get the same words and cost the same time as known ones. Failures slow an account down without ever
locking it, so that nobody can shut another person out.
"""

from __future__ import annotations

import asyncio
import math
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlmodel import col, select

from eduplatform.config import get_settings
from eduplatform.db.base import PLATFORM, utc_now
from eduplatform.db.unit_of_work import Work, identity_work
from eduplatform.domain.accounts import remembered, sessions
from eduplatform.domain.accounts.models import (
    AccountStatus,
    Identity,
    IdentityToken,
    TokenPurpose,
    User,
)
from eduplatform.domain.messaging import mail
from eduplatform.domain.tenants.models import Tenant, TenantStatus
from eduplatform.errors import Invalid, NotFound, NotSignedIn, RateLimited
from eduplatform.i18n import N_
from eduplatform.observability.metrics import count
from eduplatform.security import passwords, rate_limits
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate
from eduplatform.security.tokens import new_token, pseudonym, token_hash

Account = TypeVar("Account", Identity, User)

RESET_MINUTES = 60
WINDOW_SECONDS = 900
SLOW_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Membership:
    """A tenant that a person can enter."""

    tenant_id: UUID
    user_id: UUID
    tenant_name: str
    tenant_slug: str
    roles: tuple[str, ...]


def normalise_email(email: str) -> str:
    """The form in which addresses are compared: NFKC, trimmed, case-folded."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def _buckets(kind: str, *, email: str, address: str) -> tuple[tuple[str, Rate], tuple[str, Rate]]:
    settings = get_settings()
    return (
        (
            f"{kind}:address:{pseudonym('address', address)}",
            Rate(settings.rate_sign_in_per_address / WINDOW_SECONDS, settings.rate_sign_in_per_address),
        ),
        (
            f"{kind}:account:{pseudonym('account', email)}",
            Rate(settings.rate_sign_in_per_account / WINDOW_SECONDS, settings.rate_sign_in_per_account),
        ),
    )


async def _throttle(kind: str, *, email: str, address: str) -> None:
    """Refuse an address, and slow down an account, that failed too often.

    An account is never refused: otherwise anybody could lock it by failing on purpose. Its owner waits some seconds.
    """
    by_address, by_account = _buckets(kind, email=email, address=address)
    wait = await rate_limits.take(*by_address, cost=0)
    if wait > 0:
        count("sign_in_total", outcome="throttled")
        raise RateLimited(
            N_("Too many attempts. Please wait {seconds} seconds."), retry_after=math.ceil(wait)
        )
    wait = await rate_limits.take(*by_account, cost=0)
    if wait > 0:
        await asyncio.sleep(min(wait, SLOW_SECONDS))


async def _failed(kind: str, *, email: str, address: str) -> None:
    """Count an attempt that failed."""
    for bucket in _buckets(kind, email=email, address=address):
        await rate_limits.take(*bucket)


async def _memberships(work: Work, identity_id: UUID) -> list[Membership]:
    rows = await work.session.exec(
        select(User, Tenant)
        .join(Tenant, col(Tenant.id) == col(User.tenant_id))
        .where(
            col(User.identity_id) == identity_id,
            col(User.status) == AccountStatus.ACTIVE,
            col(Tenant.status) == TenantStatus.ACTIVE,
        )
        .order_by(col(Tenant.name))
    )
    return [
        Membership(
            tenant_id=tenant.id,
            user_id=user.id,
            tenant_name=tenant.name,
            tenant_slug=tenant.slug,
            roles=tuple(user.roles),
        )
        for user, tenant in rows
    ]


async def sign_in(
    *, email: str, password: str, address: str, remembered: bool = False, tenant_slug: str = ""
) -> str:
    """Check a password and return the one-time ticket for the session.

    Args:
        email: As typed.
        password: As typed.
        address: The client's address, for throttling.
        remembered: Whether the session may outlive the browser window.
        tenant_slug: The organisation named by the subdomain, if any.

    Raises:
        NotSignedIn: The pair is wrong, or the account is closed; the words do not say which.
        RateLimited: Too many failures from this address.
    """
    email = normalise_email(email)
    await _throttle("sign_in", email=email, address=address)
    async with identity_work() as work:
        identity = (
            await work.session.exec(select(Identity).where(col(Identity.email) == email))
        ).one_or_none()
    stored = identity.password_hash if identity and identity.status == AccountStatus.ACTIVE else ""
    matches = await passwords.verify_password(stored, password[: passwords.MAX_LENGTH + 1])
    if identity is None or not matches:
        count("sign_in_total", outcome="refused")
        await _failed("sign_in", email=email, address=address)
        raise NotSignedIn(N_("The e-mail address or the password is not right."))
    rehashed = await passwords.hash_password(password) if passwords.needs_rehash(stored) else None
    async with identity_work() as work:
        if rehashed:
            (await _own(work, Identity, identity.id)).password_hash = rehashed
        found = await _memberships(work, identity.id)
        if tenant_slug:
            found = [one for one in found if one.tenant_slug == tenant_slug]
            if not found and not identity.is_operator:
                raise NotSignedIn(N_("The e-mail address or the password is not right."))
        if not found and not identity.is_operator:
            raise NotSignedIn(N_("The e-mail address or the password is not right."))
        only = found[0] if len(found) == 1 and not identity.is_operator else None
        count("sign_in_total", outcome="accepted")
        return await sessions.issue_ticket(
            work=work,
            ticket=sessions.Ticket(
                identity_id=identity.id,
                tenant_id=only.tenant_id if only else None,
                user_id=only.user_id if only else None,
                remembered=remembered,
            ),
        )


async def list_memberships(*, me: Principal) -> list[Membership]:
    """The tenants that the signed-in person can enter."""
    async with identity_work() as work:
        return await _memberships(work, me.identity_id)


async def choose_membership(*, me: Principal, tenant_id: UUID) -> str:
    """Enter one of one's tenants: a ticket for a new session in it.

    Raises:
        NotFound: The person does not belong to it.
    """
    async with identity_work() as work:
        for membership in await _memberships(work, me.identity_id):
            if membership.tenant_id == tenant_id:
                return await sessions.issue_ticket(
                    work=work,
                    ticket=sessions.Ticket(me.identity_id, membership.tenant_id, membership.user_id, False),
                )
    raise NotFound


async def request_reset(*, email: str, address: str, locale: str) -> None:
    """Mail a link for a new password, if the address is known; says nothing either way.

    Raises:
        RateLimited: Too many requests from this address.
    """
    email = normalise_email(email)
    await _throttle("reset", email=email, address=address)
    await _failed("reset", email=email, address=address)
    async with identity_work() as work:
        identity = (
            await work.session.exec(
                select(Identity).where(
                    col(Identity.email) == email, col(Identity.status) == AccountStatus.ACTIVE
                )
            )
        ).one_or_none()
        if identity is None:
            return
        value = new_token()
        await work.add(
            IdentityToken(
                purpose=TokenPurpose.RESET,
                token_hash=token_hash(value),
                identity_id=identity.id,
                expires_at=utc_now() + timedelta(minutes=RESET_MINUTES),
            )
        )
        await mail.send(
            work=work,
            tenant_id=PLATFORM,
            recipient=identity.email,
            template="password_reset",
            locale=identity.locale or locale,
            link=f"{get_settings().public_url}/reset/{value}",
            minutes=RESET_MINUTES,
        )


async def reset_password(*, token: str, password: str) -> None:
    """Set a new password by a mailed link; every session of the person ends.

    Raises:
        NotSignedIn: The link is unknown, used or too old.
        Invalid: The password is too weak; the link stays usable.
    """
    passwords.check_new_password(password)
    hashed = await passwords.hash_password(password)
    async with identity_work() as work:
        used = await sessions.redeem_token(work=work, purpose=TokenPurpose.RESET, value=token)
        identity = await _own(work, Identity, used.identity_id)
        passwords.check_new_password(password, context=(identity.email,))
        identity.password_hash, identity.password_changed_at = hashed, utc_now()
        await sessions.close_all(work=work, identity_id=identity.id, reason="password_changed")
        await work.audit_for(PLATFORM, identity.id, "password.reset")


async def change_password(*, me: Principal, current: str, password: str) -> None:
    """Change one's password; every other session ends.

    Raises:
        Invalid: The current password is wrong, or the new one too weak.
        RateLimited: Too many tries.
    """
    await _throttle("change", email=me.email, address=str(me.session_id))
    async with identity_work() as work:
        identity = await _own(work, Identity, me.identity_id)
    if not await passwords.verify_password(identity.password_hash, current):
        await _failed("change", email=me.email, address=str(me.session_id))
        raise Invalid(fields={"current": N_("This is not your current password.")})
    passwords.check_new_password(password, context=(identity.email, me.name))
    hashed = await passwords.hash_password(password)
    async with identity_work() as work:
        row = await _own(work, Identity, me.identity_id)
        row.password_hash, row.password_changed_at = hashed, utc_now()
        await sessions.close_all(
            work=work, identity_id=me.identity_id, keep=me.session_id, reason="password_changed"
        )
        await work.audit_for(me.tenant_id or PLATFORM, me.user_id or me.identity_id, "password.changed")


async def set_locale(*, me: Principal, locale: str) -> None:
    """Remember the language that a person chose."""
    async with identity_work() as work:
        (await _own(work, Identity, me.identity_id)).locale = locale
        if me.user_id is not None:
            (await _own(work, User, me.user_id)).locale = locale
    remembered.forget()


async def _own(work: Work, model: type[Account], row_id: UUID) -> Account:
    """The person's own row.

    Raises:
        NotSignedIn: It was erased a moment ago.
    """
    row = await work.session.get(model, row_id)
    if row is None:
        raise NotSignedIn
    return row
