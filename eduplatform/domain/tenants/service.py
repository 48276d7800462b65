"""Making organisations, and what their people may know of them."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts import remembered
from eduplatform.domain.courses.texts import single_line
from eduplatform.domain.tenants import policy, repository
from eduplatform.domain.tenants.models import Tenant, TenantKind, Term
from eduplatform.domain.tenants.repository import TermRepository
from eduplatform.errors import Conflict, FieldText, Invalid
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
    if not SLUG.fullmatch(slug):
        fields["slug"] = N_("Use 3 to 40 small letters, digits and hyphens.")
    elif slug in RESERVED:
        fields["slug"] = N_("This name is reserved.")
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


async def read_organisation(*, work: Work) -> tuple[Tenant, list[Term]]:
    """The tenant itself and its terms, newest first."""
    return await repository.own_tenant(work), await TermRepository(work).all()


async def save_organisation(
    *, work: Work, version: str, name: str, timezone: str, locale: str, accent: str, motto: str
) -> Tenant:
    """Change how the organisation presents itself.

    Args:
        version: The moment of the last change that the form showed (``version_of``).
        accent: ``#rrggbb``, or empty for the product's own colour.

    Raises:
        Invalid: A value is not usable, or words in the colour could not be read on white.
        Conflict: Somebody else saved it meanwhile.
    """
    name, motto, accent = single_line(name), single_line(motto), accent.strip().casefold()
    fields: dict[str, FieldText] = {}
    if not name:
        fields["name"] = N_("Please fill this in.")
    if locale not in LOCALES:
        fields["locale"] = N_("Please check this.")
    if not timezone or time_zone(timezone).key != timezone:
        fields["timezone"] = N_("Please choose a time zone from the list.")
    problem = _accent_problem(accent)
    if problem:
        fields["accent"] = problem
    if fields:
        raise Invalid(fields=fields)
    tenant = await repository.own_tenant(work, lock=True)
    if version_of(tenant) != version:
        raise Conflict
    values = {"name": name, "timezone": timezone, "locale": locale, "accent": accent, "motto": motto}
    changed = sorted(key for key, value in values.items() if getattr(tenant, key) != value)
    if not changed:
        return tenant
    for key in changed:
        setattr(tenant, key, values[key])
    await work.flush()
    await work.audit("tenant.saved", changed=changed)
    work.after_commit(remembered.forget)
    return tenant


async def save_setting(*, work: Work, name: str, value: dict[str, object]) -> None:
    """Keep an area's rules of the organisation under the area's own name; for the area's service."""
    tenant = await repository.own_tenant(work, lock=True)
    tenant.settings = {**tenant.settings, name: value}
    await work.flush()
    await work.audit("tenant.saved", changed=[name])


def version_of(row: Tenant | Term) -> str:
    """What a form remembers to notice that somebody else saved first."""
    return row.updated_at.isoformat()


def _accent_problem(accent: str) -> FieldText:
    if not accent:
        return ""
    try:
        contrast = policy.contrast_on_white(accent)
    except ValueError:
        return N_("Write the colour as # and six digits or letters a to f, for example #1d4ed8.")
    if contrast >= policy.LEAST_CONTRAST:
        return ""
    message = N_(
        "This colour is too light: its contrast with white is {contrast} to 1, and text needs 4.5 to 1. "
        "Choose a darker one."
    )
    # Rounded down, so that a refused colour is never said to reach the limit.
    return message, {"contrast": f"{int(contrast * 10) / 10:.1f}"}


async def save_term(
    *, work: Work, term_id: UUID | None, version: str, name: str, starts_on: date, ends_on: date
) -> Term:
    """Add a term, or change the one with this id. Both dates belong to it.

    Raises:
        NotFound: No such term in this tenant.
        Invalid: The dates are the wrong way round, or lie in another term.
        Conflict: The name is taken, or somebody else saved the term meanwhile.
    """
    name = single_line(name)
    if not name:
        raise Invalid(fields={"name": N_("Please fill this in.")})
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if not policy.FIRST_YEAR <= day.year <= policy.LAST_YEAR:
            raise Invalid(fields={field: N_("Please check the year.")})
    if ends_on < starts_on:
        raise Invalid(fields={"ends_on": N_("The last day cannot be before the first.")})
    if (ends_on - starts_on).days > policy.LONGEST_TERM_DAYS:
        raise Invalid(
            fields={"ends_on": N_("A term is at most {limit} days long.")},
            params={"limit": policy.LONGEST_TERM_DAYS},
        )
    # Writers of terms queue on the organisation, so that two cannot both find the same days free.
    await repository.own_tenant(work, lock=True)
    terms = TermRepository(work)
    term = await terms.get(term_id, lock=True) if term_id else None
    if term is not None and version_of(term) != version:
        raise Conflict
    others = await terms.all()
    clash = policy.overlapping(others, starts_on=starts_on, ends_on=ends_on, but=term_id)
    if clash is not None:
        message = N_("These dates overlap with “{term}”.")
        raise Invalid(fields={"starts_on": (message, {"term": clash.name})})
    if any(one.name == name and one.id != term_id for one in others):
        raise Invalid(fields={"name": N_("This name is taken.")})
    if term is None:
        term = await terms.add(Term(name=name, starts_on=starts_on, ends_on=ends_on))
        await work.audit("term.created", term=term.id)
        return term
    term.name, term.starts_on, term.ends_on = name, starts_on, ends_on
    await work.flush()
    await work.audit("term.saved", term=term.id)
    return term
