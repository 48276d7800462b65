"""The administrator's AI panel: the switch, providers, budgets, the ledger, named adults."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.charts import bar_chart_svg
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.ai import probing, service
from eduplatform.domain.ai.models import AiMode, AiPolicy, AiProvider
from eduplatform.domain.ai.service import ProviderDraft, Usage
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import (
    format_date,
    format_datetime,
    format_dollars,
    format_number,
    format_relative,
)
from eduplatform.integrations.llm import KINDS, ProviderKind
from eduplatform.integrations.llm.prices import as_of, price_of
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.audit import range_text
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id

Key = Annotated[str, Field(max_length=40)]
MILLION = 1_000_000
MOST_DOLLARS = 100_000
NEW = "new"

OUTCOMES: dict[str, str] = {
    "settled": N_("Answered"),
    "failed": N_("Failed"),
    "refused": N_("No budget"),
    "reserved": N_("Running"),
}


class ProviderView(TypedDict):
    """A provider in the list; ``state`` is ``ok``, ``failed`` or empty while it was not tried."""

    id: str
    label: str
    kind: str
    model: str
    address: str
    key: str
    price: str
    enabled: bool
    first: bool
    state: str
    tested: str


class LedgerView(TypedDict):
    """A line of the ledger."""

    id: str
    when: str
    who: str
    section: str
    model: str
    tokens: str
    cost: str
    outcome: str
    tone: str


class CardView(TypedDict):
    """A model with the prompt it was used with."""

    name: str
    purpose: str
    prompt: str
    used: str
    last: str


class AdultView(TypedDict):
    """Somebody who can be named."""

    id: str
    name: str
    email: str
    chosen: bool


class LimitsForm(Form):
    """Budgets in dollars a day, and what is kept."""

    tenant: Annotated[str, Field(max_length=20)] = ""
    section: Annotated[str, Field(max_length=20)] = ""
    person: Annotated[str, Field(max_length=20)] = ""
    store_content: bool = False
    retention_days: int = Field(180, ge=1, le=3650)


class ProviderForm(Form):
    """A provider; prices in dollars per million tokens, empty for those of the table."""

    label: Annotated[str, Field(max_length=80)] = ""
    kind: Annotated[str, Field(max_length=20)] = ""
    model: Annotated[str, Field(max_length=120)] = ""
    base_url: Annotated[str, Field(max_length=300)] = ""
    key: Annotated[str, Field(max_length=400)] = ""
    input_price: Annotated[str, Field(max_length=20)] = ""
    output_price: Annotated[str, Field(max_length=20)] = ""


class EditedProvider(TypedDict):
    """The provider in the dialog."""

    label: str
    kind: str
    model: str
    base_url: str
    key_hint: str
    input_price: str
    output_price: str
    version: int


NO_PROVIDER = EditedProvider(
    label="", kind="openai", model="", base_url="", key_hint="", input_price="", output_price="", version=0
)


class AiPanelState(PageMixin, rx.State):
    """The panel. ``editing`` is the provider in the dialog, ``testing`` the one that is being called."""

    mode: str = "models"
    version: int = 0
    tenant_cap: str = ""
    section_cap: str = ""
    person_cap: str = ""
    store_content: bool = False
    retention_days: int = 180
    installation: str = ""
    providers: list[ProviderView] = []
    editing: str = ""
    edited: EditedProvider = NO_PROVIDER
    testing: str = ""
    today: str = ""
    today_share: int = 0
    chart: str = ""
    chart_rows: list[list[str]] = []
    ledger: list[LedgerView] = []
    page: int = 1
    pages: int = 1
    page_text: str = ""
    cards: list[CardView] = []
    adults: list[AdultView] = []
    prices_from: str = ""
    resets: int = 0
    _edits: dict[str, EditedProvider] = {}

    @handler(Permission.TENANT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Everything of the panel."""
        self.page, self.editing, self.testing = 1, "", ""
        await self._read(me, staff=True)

    @handler(Permission.TENANT_EDIT)
    async def set_mode(self, me: Principal, mode: Annotated[str, Field(max_length=10)]) -> None:
        """Turn the switch."""
        if mode not in set(AiMode):
            raise Invalid
        async with unit_of_work(me) as work:
            await service.set_mode(work=work, me=me, mode=AiMode(mode))
        await self._read(me)

    @handler(Permission.TENANT_EDIT)
    async def save_limits(self, me: Principal, form: LimitsForm) -> None:
        """Keep budgets and retention."""
        caps = (
            _micros("tenant", form.tenant),
            _micros("section", form.section),
            _micros("person", form.person),
        )
        async with unit_of_work(me) as work:
            await service.save_limits(
                work=work,
                me=me,
                version=self.version,
                caps_micros=caps,
                store_content=form.store_content,
                retention_days=form.retention_days,
            )
        await self._read(me)
        await notify(self, "success", translate(N_("Saved."), me.locale))

    @handler(Permission.TENANT_EDIT)
    async def name_adult(self, me: Principal, key: Key, chosen: bool) -> None:
        """Add somebody to the named adults, or take them off."""
        named = [parse_id(one["id"]) for one in self.adults if one["chosen"] and one["id"] != key]
        if chosen:
            named.append(parse_id(key))
        async with unit_of_work(me) as work:
            await service.save_adults(work=work, me=me, user_ids=named)
        self.adults = [
            AdultView(**{**one, "chosen": chosen}) if one["id"] == key else one for one in self.adults
        ]
        self.version += 1

    @handler(Permission.TENANT_EDIT)
    async def start_edit(self, me: Principal, key: Key) -> None:
        """Open the dialog for a provider, or for a new one."""
        if key != NEW and key not in self._edits:
            raise NotFound
        self.editing, self.resets = key, self.resets + 1
        self.edited = self._edits.get(key, NO_PROVIDER)

    @handler(Permission.TENANT_EDIT)
    async def choose_kind(self, me: Principal, kind: Annotated[str, Field(max_length=20)]) -> None:
        """Show the fields of another kind."""
        self.edited = EditedProvider(**{**self.edited, "kind": kind})

    @handler(Permission.TENANT_EDIT)
    async def stop_edit(self, me: Principal) -> None:
        """Close the dialog."""
        self.editing = ""

    @handler(Permission.TENANT_EDIT)
    async def save_provider(self, me: Principal, form: ProviderForm) -> None:
        """Add a provider, or change it."""
        draft = ProviderDraft(
            label=form.label,
            kind=form.kind,
            model=form.model,
            base_url=form.base_url,
            key=form.key,
            input_micros=_micros("input_price", form.input_price) if form.input_price else None,
            output_micros=_micros("output_price", form.output_price) if form.output_price else None,
        )
        async with unit_of_work(me) as work:
            await service.save_provider(
                work=work,
                me=me,
                draft=draft,
                provider_id=None if self.editing == NEW else parse_id(self.editing),
                version=self.edited["version"],
            )
        self.editing = ""
        await self._read(me)

    @handler(Permission.TENANT_EDIT)
    async def remove(self, me: Principal, key: Key) -> None:
        """Remove a provider with its key."""
        async with unit_of_work(me) as work:
            await service.remove_provider(work=work, me=me, provider_id=parse_id(key))
        self.editing = ""
        await self._read(me)

    @handler(Permission.TENANT_EDIT)
    async def set_enabled(self, me: Principal, key: Key, enabled: bool) -> None:
        """Use a provider, or leave it aside."""
        async with unit_of_work(me) as work:
            await service.set_enabled(work=work, me=me, provider_id=parse_id(key), enabled=enabled)
        await self._read(me)

    @handler(Permission.TENANT_EDIT)
    async def make_first(self, me: Principal, key: Key) -> None:
        """Try a provider before the others."""
        async with unit_of_work(me) as work:
            await service.make_first(work=work, me=me, provider_id=parse_id(key))
        await self._read(me)

    @handler(Permission.TENANT_EDIT, background=True)
    async def test(self, me: Principal, key: Key) -> None:
        """Call a provider with one sentence and tell how it went."""
        async with self:
            self.testing = key
        try:
            await probing.test(me=me, provider_id=parse_id(key))
        finally:
            async with self:
                self.testing = ""
        async with self:
            await self._read(me)

    @handler(Permission.USAGE_READ)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=100_000)]) -> None:
        """Show another page of the ledger."""
        self.page = page
        await self._read(me)

    async def _read(self, me: Principal, *, staff: bool = False) -> None:
        async with unit_of_work(me) as work:
            policy, providers = await service.read_policy(work=work, me=me)
            usage = await service.read_usage(work=work, me=me, page=self.page)
            people = await service.list_staff(work=work, me=me) if staff else None
        self._show_policy(policy, providers, me)
        self._show_usage(usage, policy, me)
        if people is not None:
            self.adults = [_adult(one, policy) for one in people]

    def _show_policy(self, policy: AiPolicy, providers: list[AiProvider], me: Principal) -> None:
        self.mode, self.version = policy.mode, policy.version
        self.tenant_cap, self.section_cap, self.person_cap = (
            _dollars(one)
            for one in (policy.tenant_cap_micros, policy.section_cap_micros, policy.person_cap_micros)
        )
        self.store_content, self.retention_days = policy.store_content, policy.retention_days
        own = service.installation_target()
        self.installation = own.name if own else ""
        self._edits = {str(one.id): _edited(one) for one in providers}
        self.providers = [_provider(one, number, me) for number, one in enumerate(providers)]
        self.prices_from = format_date(as_of(), me.locale)

    def _show_usage(self, usage: Usage, policy: AiPolicy, me: Principal) -> None:
        self.today = translate(
            N_("{spent} of {cap} today"),
            me.locale,
            spent=format_dollars(usage.today_micros, me.locale),
            cap=format_dollars(policy.tenant_cap_micros, me.locale),
        )
        self.today_share = min(100, round(100 * usage.today_micros / max(1, policy.tenant_cap_micros)))
        self.ledger = [_line(one, me) for one in usage.rows]
        self.pages = max(1, -(-usage.total // service.LEDGER_PAGE))
        self.page_text = range_text(me, self.page, service.LEDGER_PAGE, len(usage.rows), usage.total)
        self.cards = [
            CardView(
                name=f"{KINDS[ProviderKind(kind)].name} · {model}" if kind in set(ProviderKind) else model,
                purpose=translate(N_("Tutor"), me.locale) if purpose == "tutor" else purpose,
                prompt=prompt,
                used=format_number(count, me.locale, 0),
                last=format_relative(last, utc_now(), me.locale),
            )
            for purpose, kind, model, prompt, count, last in usage.models
        ]
        self.chart, self.chart_rows = _chart(usage, me)


def _chart(usage: Usage, me: Principal) -> tuple[str, list[list[str]]]:
    """A bar for each of the last days, and the table of those with calls."""
    if not usage.days:
        return "", []
    known = {one.day: one for one in usage.days}
    last = utc_now().date()
    days = [last - timedelta(days=back) for back in reversed(range(service.CHART_DAYS))]
    bars = [
        (
            format_date(day, me.locale, width="short"),
            known[day].cost_micros / MILLION if day in known else 0.0,
        )
        for day in days
    ]
    rows = [
        [
            format_date(one.day, me.locale),
            format_number(one.calls, me.locale, 0),
            format_number(one.tokens, me.locale, 0),
            format_dollars(one.cost_micros, me.locale),
            format_number(one.failed, me.locale, 0),
        ]
        for one in reversed(usage.days)
    ]
    title = translate(N_("Cost per day in US dollars"), me.locale)
    return bar_chart_svg(bars, title=title, height=200), rows


def _line(row: Any, me: Principal) -> LedgerView:
    call = row.call
    tones = {"settled": "success", "failed": "danger", "refused": "warning"}
    outcome = translate(OUTCOMES[call.state], me.locale)
    return LedgerView(
        id=str(call.id),
        when=format_datetime(call.created_at, me.locale, me.timezone),
        who=row.person,
        section=row.section,
        model=call.model,
        tokens=f"{format_number(call.tokens_in, me.locale, 0)} / {format_number(call.tokens_out, me.locale, 0)}",
        cost=format_dollars(call.cost_micros, me.locale),
        outcome=f"{outcome} ({call.error})" if call.error else outcome,
        tone=tones.get(call.state, "neutral"),
    )


def _provider(one: AiProvider, number: int, me: Principal) -> ProviderView:
    price = price_of(
        service.Target(
            ProviderKind(one.kind),
            one.model,
            input_micros=one.input_micros,
            output_micros=one.output_micros,
        )
    )
    text = (
        N_("{input} in, {output} out") if price.known else N_("unknown; counted as {input} in, {output} out")
    )
    tested = ""
    if one.tested_at:
        ago = format_relative(one.tested_at, utc_now(), me.locale)
        tested = (
            translate(
                N_("Answered in {milliseconds} ms, {ago}"), me.locale, milliseconds=one.test_ms, ago=ago
            )
            if one.test_outcome == "ok"
            else translate(
                N_("Did not answer ({reason}), {ago}"), me.locale, reason=one.test_outcome, ago=ago
            )
        )
    state = "" if not one.tested_at else "ok" if one.test_outcome == "ok" else "failed"
    return ProviderView(
        id=str(one.id),
        label=one.label,
        kind=KINDS[ProviderKind(one.kind)].name,
        model=one.model,
        address=one.base_url,
        key=f"···· {one.key_hint}" if one.key_hint else "",
        price=translate(
            text,
            me.locale,
            input=format_dollars(price.input_micros, me.locale),
            output=format_dollars(price.output_micros, me.locale),
        ),
        enabled=one.enabled,
        first=number == 0,
        state=state,
        tested=tested,
    )


def _edited(one: AiProvider) -> EditedProvider:
    return EditedProvider(
        label=one.label,
        kind=one.kind,
        model=one.model,
        base_url=one.base_url,
        key_hint=one.key_hint,
        input_price="" if one.input_micros is None else _dollars(one.input_micros),
        output_price="" if one.output_micros is None else _dollars(one.output_micros),
        version=one.version,
    )


def _adult(one: User, policy: AiPolicy) -> AdultView:
    return AdultView(
        id=str(one.id), name=one.name, email=one.email, chosen=str(one.id) in policy.named_adults
    )


def _dollars(micros: int) -> str:
    return f"{Decimal(micros) / MILLION:f}".rstrip("0").rstrip(".") if micros else "0"


def _micros(field: str, text: str) -> int:
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise Invalid(fields={field: N_("Please enter a number.")}) from None
    if not amount.is_finite() or not 0 <= amount <= MOST_DOLLARS:
        raise Invalid(fields={field: (N_("Please enter at most {limit}."), {"limit": MOST_DOLLARS})})
    return int(amount * MILLION)


__all__ = ["AiPanelState"]
