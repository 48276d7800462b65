"""What the operator does to organisations: see all of them, make, suspend and reactivate them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from eduplatform.db.base import PLATFORM, utc_now
from eduplatform.db.unit_of_work import identity_work, unscoped
from eduplatform.domain.accounts import people
from eduplatform.domain.accounts import service as accounts
from eduplatform.domain.courses.texts import single_line
from eduplatform.domain.tenants import repository
from eduplatform.domain.tenants import service as tenants
from eduplatform.domain.tenants.models import Tenant, TenantKind, TenantStatus
from eduplatform.domain.tenants.repository import TenantLine, TenantSort
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

PAGE = 25
ACTIVE_DAYS = 7
REASONS: Sequence[str] = ("payment", "abuse", "security", "request", "other")
SUSPENSION = "suspension"
"""Key in ``Tenant.settings``: why and when the organisation was suspended."""


async def list_tenants(
    *,
    me: Principal,
    text: str = "",
    status: str = "",
    sort: TenantSort = "name",
    descending: bool = False,
    page: int = 1,
) -> tuple[list[TenantLine], int]:
    """A page of 25 organisations with counts of their people, and how many organisations match."""
    async with unscoped(reason="operator: list of tenants", actor_id=me.identity_id) as work:
        return await repository.list_lines(
            work,
            text=single_line(text),
            status=status if status in tuple(TenantStatus) else "",
            sort=sort,
            descending=descending,
            since=utc_now() - timedelta(days=ACTIVE_DAYS),
            number=page,
            size=PAGE,
        )


async def create_tenant(
    *,
    me: Principal,
    name: str,
    slug: str,
    kind: str,
    locale: str,
    timezone: str,
    admin_email: str,
    admin_given_name: str,
    admin_family_name: str,
) -> UUID:
    """Make an organisation and invite its first administrator.

    Raises:
        Invalid: A value is not usable, or the slug is taken.
    """
    if kind not in tuple(TenantKind):
        raise Invalid(fields={"kind": N_("Please check this.")})
    try:
        admin = accounts.check_invitee(
            email=admin_email,
            given_name=admin_given_name,
            family_name=admin_family_name,
            roles=[Role.ADMIN],
        )
    except Invalid as error:
        raise Invalid(fields={f"admin_{key}": text for key, text in error.fields.items()}) from error
    async with identity_work() as work:
        try:
            tenant = await tenants.create_tenant(
                work=work, slug=slug, name=single_line(name), kind=kind, locale=locale, timezone=timezone
            )
        except Conflict as error:
            raise Invalid(fields={"slug": N_("This name is taken.")}) from error
        await accounts.write_invitations(
            work=work,
            tenant_id=tenant.id,
            tenant_name=tenant.name,
            inviter=me.name,
            locale=locale,
            people=[admin],
        )
        await work.audit_for(tenant.id, None, "invitation.sent", count=1, roles=[Role.ADMIN.value])
        await work.audit_for(PLATFORM, me.identity_id, "tenant.created", tenant=tenant.id)
        return tenant.id


async def suspend(*, me: Principal, tenant_id: UUID, reason: str, note: str) -> None:
    """Stop all work in an organisation; its sessions end.

    Args:
        reason: One of ``REASONS``.
        note: For the operators themselves; kept with the organisation, not in the audit trail.

    Raises:
        NotFound: No such organisation.
        Invalid: No such reason.
        Conflict: It is not active.
    """
    if reason not in REASONS:
        raise Invalid(fields={"reason": N_("Please choose a reason.")})
    async with identity_work() as work:
        tenant = await repository.get_tenant(work, tenant_id, lock=True)
        if tenant.status != TenantStatus.ACTIVE:
            raise Conflict(N_("This organisation is not active."))
        tenant.status = TenantStatus.SUSPENDED
        details = {"reason": reason, "note": single_line(note), "at": utc_now().isoformat()}
        tenant.settings = {**tenant.settings, SUSPENSION: details}
        await work.flush()
        await people.end_sessions(work=work, tenant_id=tenant_id, reason="tenant_suspended")
        await work.audit_for(tenant_id, me.identity_id, "tenant.suspended", reason=reason)
        await work.audit_for(PLATFORM, me.identity_id, "tenant.suspended", tenant=tenant_id, reason=reason)


async def reactivate(*, me: Principal, tenant_id: UUID) -> None:
    """Let a suspended organisation work again; its people sign in anew.

    Raises:
        NotFound: No such organisation.
        Conflict: It is not suspended.
    """
    async with identity_work() as work:
        tenant = await repository.get_tenant(work, tenant_id, lock=True)
        if tenant.status != TenantStatus.SUSPENDED:
            raise Conflict(N_("This organisation is not suspended."))
        tenant.status = TenantStatus.ACTIVE
        tenant.settings = {key: value for key, value in tenant.settings.items() if key != SUSPENSION}
        await work.flush()
        await work.audit_for(tenant_id, me.identity_id, "tenant.reactivated")
        await work.audit_for(PLATFORM, me.identity_id, "tenant.reactivated", tenant=tenant_id)


def suspension_of(tenant: Tenant) -> tuple[str, str]:
    """Reason code and note of a suspended organisation; empty when it is not."""
    kept: dict[str, str] = tenant.settings.get(SUSPENSION) or {}
    return kept.get("reason", ""), kept.get("note", "")
