"""The organisation's own settings and its terms."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.tenants import service
from eduplatform.domain.tenants.models import Tenant, Term
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date_range, time_zone
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id
from eduplatform.state.shell import ShellState


class OrganisationForm(Form):
    """How the organisation presents itself; ``version`` is what the form was filled from."""

    version: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    timezone: Annotated[str, Field(max_length=60)] = ""
    locale: Annotated[str, Field(max_length=10)]
    accent: Annotated[str, Field(max_length=20)] = ""
    motto: Annotated[str, Field(max_length=200)] = ""


class TermForm(Form):
    """A term; ``term_id`` is empty for a new one."""

    term_id: Annotated[str, Field(max_length=36)] = ""
    version: Annotated[str, Field(max_length=40)] = ""
    name: Annotated[str, Field(min_length=1, max_length=80)]
    starts_on: date
    ends_on: date


class OrganisationRow(TypedDict):
    """What the form is filled from."""

    slug: str
    name: str
    timezone: str
    locale: str
    accent: str
    motto: str
    version: str


class TermRow(TypedDict):
    """A term; dates in ISO form for the form, ``dates`` for the reader. ``phase`` is now, past or coming."""

    id: str
    name: str
    starts_on: str
    ends_on: str
    dates: str
    phase: str
    version: str


NO_ORGANISATION = OrganisationRow(slug="", name="", timezone="", locale="", accent="", motto="", version="")
NO_TERM = TermRow(id="", name="", starts_on="", ends_on="", dates="", phase="", version="")


def _row(tenant: Tenant) -> OrganisationRow:
    return OrganisationRow(
        slug=tenant.slug,
        name=tenant.name,
        timezone=tenant.timezone,
        locale=tenant.locale,
        accent=tenant.accent,
        motto=tenant.motto,
        version=service.version_of(tenant),
    )


def _term(term: Term, today: date, locale: str) -> TermRow:
    phase = "now" if term.starts_on <= today <= term.ends_on else "past" if term.ends_on < today else "coming"
    return TermRow(
        id=str(term.id),
        name=term.name,
        starts_on=term.starts_on.isoformat(),
        ends_on=term.ends_on.isoformat(),
        dates=format_date_range(term.starts_on, term.ends_on, locale),
        phase=phase,
        version=service.version_of(term),
    )


class OrganisationState(PageMixin, rx.State):
    """The organisation's page. ``editing`` is the term in the dialog, one without id for a new one."""

    organisation: OrganisationRow = NO_ORGANISATION
    terms: list[TermRow] = []
    accent: str = ""
    saved: int = 0
    editing: TermRow = NO_TERM
    dialog_open: bool = False
    opened: int = 0
    tries: int = 0

    @handler(Permission.TENANT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The settings and the terms."""
        self.dialog_open = False
        await self._read(me)

    @handler(Permission.TENANT_EDIT)
    async def pick_accent(self, me: Principal, color: Annotated[str, Field(max_length=20)]) -> None:
        """Show a colour before it is saved."""
        self.accent = color

    @handler(Permission.TENANT_EDIT)
    async def save(self, me: Principal, form: OrganisationForm) -> object:
        """Save the settings."""
        self.tries += 1
        async with unit_of_work(me) as work:
            await service.save_organisation(work=work, **form.model_dump())
        self.saved += 1
        await notify(self, "success", translate(N_("Saved."), me.locale))
        await self._read(me)
        return ShellState.load

    @handler(Permission.TENANT_EDIT)
    async def new_term(self, me: Principal) -> None:
        """Open the dialog for a new term."""
        self.editing, self.dialog_open, self.opened = NO_TERM, True, self.opened + 1

    @handler(Permission.TENANT_EDIT)
    async def edit_term(self, me: Principal, term_id: UUID) -> None:
        """Open the dialog for a term."""
        found = next((one for one in self.terms if one["id"] == str(term_id)), None)
        if found is not None:
            self.editing, self.dialog_open, self.opened = found, True, self.opened + 1

    @handler(Permission.TENANT_EDIT)
    async def close_term(self, me: Principal) -> None:
        """Close the dialog without saving."""
        self.dialog_open = False

    @handler(Permission.TENANT_EDIT)
    async def save_term(self, me: Principal, form: TermForm) -> None:
        """Save the term of the dialog."""
        self.tries += 1
        async with unit_of_work(me) as work:
            await service.save_term(
                work=work,
                term_id=parse_id(form.term_id) if form.term_id else None,
                version=form.version,
                name=form.name,
                starts_on=form.starts_on,
                ends_on=form.ends_on,
            )
        self.dialog_open = False
        await notify(self, "success", translate(N_("The term is saved."), me.locale))
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            tenant, terms = await service.read_organisation(work=work)
        today = utc_now().astimezone(time_zone(tenant.timezone)).date()
        self.organisation, self.accent = _row(tenant), tenant.accent
        self.terms = [_term(one, today, me.locale) for one in terms]
