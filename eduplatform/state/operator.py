"""The operator's page: all organisations of the installation."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.domain.operations import operator
from eduplatform.domain.tenants.models import TenantStatus
from eduplatform.domain.tenants.repository import TenantLine, TenantSort
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date, format_number
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.audit import SearchText, range_text
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id

Choice = Annotated[str, Field(max_length=20)]


class TenantForm(Form):
    """A new organisation and its first administrator."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    slug: Annotated[str, Field(min_length=1, max_length=40)]
    kind: Choice
    locale: Annotated[str, Field(max_length=10)]
    timezone: Annotated[str, Field(max_length=60)] = ""
    admin_email: Annotated[str, Field(min_length=1, max_length=254)]
    admin_given_name: Annotated[str, Field(max_length=80)] = ""
    admin_family_name: Annotated[str, Field(max_length=80)] = ""


class SuspendForm(Form):
    """Why an organisation is suspended."""

    reason: Choice = ""
    note: Annotated[str, Field(max_length=300)] = ""


class TenantRow(TypedDict):
    """An organisation in the list; ``reason`` is a code, or empty."""

    id: str
    name: str
    slug: str
    kind: str
    status: str
    people: str
    active: str
    created: str
    reason: str
    note: str


def _row(line: TenantLine, me: Principal) -> TenantRow:
    tenant = line.tenant
    reason, note = operator.suspension_of(tenant)
    return TenantRow(
        id=str(tenant.id),
        name=tenant.name,
        slug=tenant.slug,
        kind=tenant.kind,
        status=tenant.status,
        people=format_number(line.people, me.locale, 0),
        active=format_number(line.active, me.locale, 0),
        created=format_date(tenant.created_at, me.locale, me.timezone),
        reason=reason,
        note=note,
    )


class OperatorState(PageMixin, rx.State):
    """The list of organisations, and the dialogs over it. ``target`` is the organisation of an open dialog."""

    rows: list[TenantRow] = []
    query: str = ""
    status: str = ""
    sort: TenantSort = "name"
    direction: str = "asc"
    page: int = 1
    pages: int = 1
    total: int = 0
    page_text: str = ""
    creating: bool = False
    suspending: bool = False
    reactivating: bool = False
    target: str = ""
    target_name: str = ""
    opened: int = 0
    tries: int = 0

    @handler(Permission.OPERATE, loads=True)
    async def load(self, me: Principal) -> None:
        """The first page of all organisations."""
        self.query = self.status = ""
        self.sort, self.direction, self.page = "name", "asc", 1
        self._close()
        await self._read(me)

    @handler(Permission.OPERATE)
    async def refresh(self, me: Principal) -> None:
        """The same page as it is now."""
        await self._read(me)

    @handler(Permission.OPERATE)
    async def search(self, me: Principal, text: SearchText) -> None:
        """Show what matches."""
        self.query, self.page = text, 1
        await self._read(me)

    @handler(Permission.OPERATE)
    async def choose_status(self, me: Principal, status: Choice) -> None:
        """Only organisations in a state; empty shows all."""
        self.status, self.page = status, 1
        await self._read(me)

    @handler(Permission.OPERATE)
    async def sort_by(self, me: Principal, column: TenantSort) -> None:
        """Sort by a column; the same one again turns the order round."""
        turned = self.sort == column and self.direction == "asc"
        self.sort, self.direction, self.page = column, "desc" if turned else "asc", 1
        await self._read(me)

    @handler(Permission.OPERATE)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=100_000)]) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.OPERATE)
    async def open_create(self, me: Principal) -> None:
        """Open the form of a new organisation."""
        self._close()
        self.creating, self.opened = True, self.opened + 1

    @handler(Permission.OPERATE)
    async def ask_suspend(self, me: Principal, tenant_id: UUID) -> None:
        """Ask why an organisation is to be suspended."""
        self._choose(tenant_id)
        self.suspending = bool(self.target)

    @handler(Permission.OPERATE)
    async def ask_reactivate(self, me: Principal, tenant_id: UUID) -> None:
        """Ask before an organisation is reactivated."""
        self._choose(tenant_id)
        self.reactivating = bool(self.target)

    @handler(Permission.OPERATE)
    async def close(self, me: Principal) -> None:
        """Close the dialogs."""
        self._close()

    @handler(Permission.OPERATE)
    async def create(self, me: Principal, form: TenantForm) -> rx.event.EventSpec:
        """Make the organisation and invite its administrator."""
        self.tries += 1
        await operator.create_tenant(me=me, **form.model_dump())
        self._close()
        text = N_("{name} is there, and its administrator is invited.")
        await notify(self, "success", translate(text, me.locale, name=form.name))
        return OperatorState.refresh

    @handler(Permission.OPERATE)
    async def suspend(self, me: Principal, form: SuspendForm) -> rx.event.EventSpec:
        """Suspend the organisation of the dialog."""
        self.tries += 1
        name = self.target_name
        await operator.suspend(me=me, tenant_id=parse_id(self.target), reason=form.reason, note=form.note)
        self._close()
        text = N_("{name} is suspended. Its sessions have ended.")
        await notify(self, "success", translate(text, me.locale, name=name))
        return OperatorState.refresh

    @handler(Permission.OPERATE)
    async def reactivate(self, me: Principal) -> rx.event.EventSpec:
        """Reactivate the organisation of the dialog."""
        tenant_id, name = parse_id(self.target), self.target_name
        self._close()
        await operator.reactivate(me=me, tenant_id=tenant_id)
        await notify(self, "success", translate(N_("{name} can work again."), me.locale, name=name))
        return OperatorState.refresh

    def _choose(self, tenant_id: UUID) -> None:
        self._close()
        found = next((one for one in self.rows if one["id"] == str(tenant_id)), None)
        if found is not None:
            self.target, self.target_name, self.opened = found["id"], found["name"], self.opened + 1

    def _close(self) -> None:
        self.creating = self.suspending = self.reactivating = False
        # The name stays: it is still read while the dialog fades.
        self.target = ""

    async def _read(self, me: Principal) -> None:
        lines, total = await operator.list_tenants(
            me=me,
            text=self.query,
            status=self.status if self.status in tuple(TenantStatus) else "",
            sort=self.sort,
            descending=self.direction == "desc",
            page=self.page,
        )
        self.rows = [_row(line, me) for line in lines]
        self.total, self.pages = total, max(1, -(-total // operator.PAGE))
        self.page_text = range_text(me, self.page, operator.PAGE, len(lines), total)
