"""Making organisations, and what their people may know of them."""

from __future__ import annotations

import re

from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.tenants.models import Tenant, TenantKind
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_
from eduplatform.i18n.formatting import time_zone
from eduplatform.i18n.languages import LOCALES

SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
RESERVED = frozenset({"www", "api", "auth", "admin", "app", "mail", "static", "assets"})


async def create_tenant(
    *,
    work: Work,
    slug: str,
    name: str,
    kind: str = TenantKind.SCHOOL,
    locale: str = "en",
    timezone: str = "UTC",
    accent: str = "",
    motto: str = "",
) -> Tenant:
    """Make an organisation; identity work only.

    Raises:
        Invalid: A value is not usable.
        Conflict: The slug is taken.
    """
    fields: dict[str, str] = {}
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        fields["slug"] = N_("Use 3 to 40 small letters, digits and hyphens.")
    if not name.strip():
        fields["name"] = N_("Please fill this in.")
    if locale not in LOCALES:
        fields["locale"] = N_("Please check this.")
    if time_zone(timezone).key != timezone:
        fields["timezone"] = N_("Please check this.")
    if fields:
        raise Invalid(fields=fields)
    if (await work.session.exec(select(Tenant).where(col(Tenant.slug) == slug))).first() is not None:
        raise Conflict(N_("This name is taken."))
    tenant = await work.add(
        Tenant(
            slug=slug,
            name=name.strip(),
            kind=kind,
            locale=locale,
            timezone=timezone,
            accent=accent,
            motto=motto,
        )
    )
    await work.audit_for(tenant.id, None, "tenant.created", slug=slug)
    return tenant


async def find_tenant(*, work: Work, slug: str) -> Tenant | None:
    """The organisation of this slug, if there is one; identity work only."""
    return (await work.session.exec(select(Tenant).where(col(Tenant.slug) == slug))).one_or_none()
