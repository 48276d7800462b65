"""An organisation's rules for models, its providers, and what administrators see of their use."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlmodel import col

from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.accounts.repository import UserRepository
from eduplatform.domain.ai.models import AiMode, AiPolicy, AiProvider
from eduplatform.domain.ai.repository import (
    CallRepository,
    DaySum,
    LedgerRow,
    PolicyRepository,
    ProviderRepository,
    SpendRepository,
)
from eduplatform.domain.courses.texts import single_line
from eduplatform.errors import Conflict, FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.integrations.llm import KINDS, ProviderKind, Target, addresses
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.security.sealing import seal, unseal

KEY_COLUMN = "ai_provider.key_sealed"
PURPOSES = ("tutor",)
MAX_PROVIDERS = 8
MAX_ADULTS = 10
LEDGER_PAGE = 20
CHART_DAYS = 30
_FILL_IN = N_("Please fill this in.")
_REMEMBERED_SECONDS = 2.0
_MOST_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for an organisation now.

    Attributes:
        policy: Its rules; defaults when it has none.
        targets: Its models in the order in which they are tried; the installation's own when it brought none.
        purposes: For each target what it is for; empty means everything.
    """

    policy: AiPolicy
    targets: tuple[Target, ...]
    purposes: tuple[tuple[str, ...], ...]

    def targets_for(self, purpose: str) -> list[Target]:
        """The models for a purpose; none unless the switch stands at models."""
        if self.policy.mode != AiMode.MODELS:
            return []
        pairs = zip(self.targets, self.purposes, strict=True)
        return [target for target, named in pairs if not named or purpose in named]


@dataclass(frozen=True, slots=True)
class ProviderDraft:
    """A provider as an administrator gives it. An empty key keeps the one that is stored."""

    label: str
    kind: str
    model: str
    base_url: str = ""
    key: str = ""
    purposes: Sequence[str] = ()
    input_micros: int | None = None
    output_micros: int | None = None


_remembered: dict[UUID, tuple[float, Rules]] = {}


async def rules(*, work: Work, fresh: bool = False) -> Rules:
    """What holds now; one statement, or none when the process asked in the last two seconds.

    Two seconds keep the promise that the switch is felt within five, also where several processes serve.
    """
    known = _remembered.get(work.tenant_id)
    if known is not None and not fresh and time.monotonic() - known[0] < _REMEMBERED_SECONDS:
        return known[1]
    policy, providers = await PolicyRepository(work).with_providers()
    enabled = [one for one in providers if one.enabled]
    if enabled:
        made = Rules(
            policy or AiPolicy(tenant_id=work.tenant_id),
            tuple(_target(one) for one in enabled),
            tuple(tuple(one.purposes) for one in enabled),
        )
    else:
        own = installation_target()
        made = Rules(
            policy or AiPolicy(tenant_id=work.tenant_id), (own,) if own else (), ((),) if own else ()
        )
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[work.tenant_id] = (time.monotonic(), made)
    return made


def installation_target() -> Target | None:
    """The model that the operator set for everybody, if there is one."""
    settings = get_settings()
    if not settings.ai_provider:
        return None
    kind, _, model = settings.ai_provider.partition(":")
    return Target(ProviderKind(kind), model, settings.ai_base_url, settings.ai_api_key, trusted=True)


def _target(row: AiProvider) -> Target:
    key = unseal(row.key_sealed, tenant_id=row.tenant_id, column=KEY_COLUMN) if row.key_sealed else ""
    return Target(
        ProviderKind(row.kind),
        row.model,
        row.base_url,
        SecretStr(key),
        provider_id=row.id,
        input_micros=row.input_micros,
        output_micros=row.output_micros,
    )


def _forget(work: Work) -> None:
    tenant_id = work.tenant_id

    def forget() -> None:
        _remembered.pop(tenant_id, None)

    work.after_commit(forget)


async def read_policy(*, work: Work, me: Principal) -> tuple[AiPolicy, list[AiProvider]]:
    """The rules and the providers, for administrators; one statement."""
    me.require(Permission.TENANT_EDIT)
    policy, providers = await PolicyRepository(work).with_providers()
    return policy or AiPolicy(tenant_id=work.tenant_id, version=0), providers


async def set_mode(*, work: Work, me: Principal, mode: AiMode) -> None:
    """Turn the switch; running answers of models end within five seconds."""
    me.require(Permission.TENANT_EDIT)
    policy = await _own_policy(work)
    before, policy.mode = policy.mode, mode.value
    policy.version += 1
    await work.flush()
    await work.audit("ai.mode_changed", before=before, after=mode.value)
    _forget(work)


async def save_limits(
    *,
    work: Work,
    me: Principal,
    version: int,
    caps_micros: tuple[int, int, int],
    store_content: bool,
    retention_days: int,
) -> None:
    """Change the daily budgets (organisation, class, person) and what is kept for how long.

    Raises:
        Conflict: Somebody else saved meanwhile.
        Invalid: A narrower budget is larger than the wider one.
    """
    me.require(Permission.TENANT_EDIT)
    tenant, section, person = caps_micros
    if not 0 <= person <= section <= tenant:
        raise Invalid(
            fields={"person": N_("A person's budget is at most that of a class, and a class's that of all.")}
        )
    policy = await _own_policy(work)
    _check_version(policy, version)
    policy.tenant_cap_micros, policy.section_cap_micros, policy.person_cap_micros = caps_micros
    policy.store_content, policy.retention_days = store_content, retention_days
    policy.version += 1
    await work.flush()
    await work.audit(
        "ai.limits_saved",
        tenant=tenant,
        section=section,
        person=person,
        kept=store_content,
        days=retention_days,
    )
    _forget(work)


async def save_adults(*, work: Work, me: Principal, user_ids: Sequence[UUID]) -> None:
    """Name the adults who are told of a child at risk; nobody means the administrators.

    Raises:
        Invalid: Somebody is no teacher or administrator of the organisation, or there are too many.
    """
    me.require(Permission.TENANT_EDIT)
    wanted = list(dict.fromkeys(user_ids))
    if len(wanted) > MAX_ADULTS:
        raise Invalid(fields={"adults": (N_("Choose at most {limit} people."), {"limit": MAX_ADULTS})})
    known = {one.id for one in await list_staff(work=work, me=me)}
    if not known.issuperset(wanted):
        raise Invalid(fields={"adults": N_("Choose people who teach or administer here.")})
    policy = await _own_policy(work)
    policy.named_adults = [str(one) for one in wanted]
    policy.version += 1
    await work.flush()
    await work.audit("ai.adults_named", people=[str(one) for one in wanted])
    _forget(work)


async def list_staff(*, work: Work, me: Principal) -> list[User]:
    """Those who can be named: active teachers and administrators, by name; one statement."""
    me.require(Permission.TENANT_EDIT)
    roles: Any = col(User.roles)
    staff = roles.overlap([Role.TEACHER.value, Role.ADMIN.value])
    order = (col(User.family_name), col(User.given_name), col(User.id))
    return await UserRepository(work).find(staff, col(User.status) == AccountStatus.ACTIVE, order_by=order)


async def save_provider(
    *, work: Work, me: Principal, draft: ProviderDraft, provider_id: UUID | None = None, version: int = 0
) -> AiProvider:
    """Add a provider at the end of the order, or change one.

    Raises:
        NotFound: There is no such provider.
        Invalid: A value is missing, or the address may not be called.
        Conflict: Somebody else saved it meanwhile.
    """
    me.require(Permission.TENANT_EDIT)
    providers = ProviderRepository(work)
    existing = await providers.get(provider_id, lock=True) if provider_id else None
    if existing is not None and existing.version != version:
        raise Conflict
    draft = await _checked(draft, has_key=bool(existing and existing.key_sealed))
    if existing is None:
        known = await providers.find(order_by=[col(AiProvider.position)])
        if len(known) >= MAX_PROVIDERS:
            raise Invalid(
                fields={
                    "label": (N_("There are {limit} already. Remove one first."), {"limit": MAX_PROVIDERS})
                }
            )
        existing = AiProvider(label="", kind="", model="", position=len(known) + 1, version=0)
    # A key that was given for one address never goes to another.
    moved = (existing.base_url, existing.kind) != (draft.base_url, draft.kind)
    if moved and existing.key_sealed and not draft.key:
        raise Invalid(fields={"key": N_("Give the key again: the address has changed.")})
    existing.label, existing.kind, existing.model = draft.label, draft.kind, draft.model
    existing.base_url, existing.purposes = draft.base_url, list(draft.purposes)
    existing.input_micros, existing.output_micros = draft.input_micros, draft.output_micros
    existing.tested_at, existing.test_outcome, existing.test_ms = None, "", 0
    existing.version += 1
    if draft.key:
        existing.key_sealed = seal(draft.key, tenant_id=work.tenant_id, column=KEY_COLUMN)
        existing.key_hint = draft.key[-4:]
    await providers.add(existing)
    await work.audit("ai.provider_saved", provider=existing.id, kind=existing.kind)
    _forget(work)
    return existing


async def remove_provider(*, work: Work, me: Principal, provider_id: UUID) -> None:
    """Remove a provider with its key.

    Raises:
        NotFound: There is no such provider.
    """
    me.require(Permission.TENANT_EDIT)
    providers = ProviderRepository(work)
    await providers.delete(await providers.get(provider_id))
    await work.audit("ai.provider_removed", provider=provider_id)
    _forget(work)


async def set_enabled(*, work: Work, me: Principal, provider_id: UUID, enabled: bool) -> None:
    """Use a provider, or leave it aside.

    Raises:
        NotFound: There is no such provider.
    """
    me.require(Permission.TENANT_EDIT)
    row = await ProviderRepository(work).get(provider_id)
    row.enabled, row.version = enabled, row.version + 1
    await work.flush()
    await work.audit("ai.provider_enabled" if enabled else "ai.provider_disabled", provider=provider_id)
    _forget(work)


async def make_first(*, work: Work, me: Principal, provider_id: UUID) -> None:
    """Try a provider before all others.

    Raises:
        NotFound: There is no such provider.
    """
    me.require(Permission.TENANT_EDIT)
    providers = ProviderRepository(work)
    chosen = await providers.get(provider_id)
    others = [
        one for one in await providers.find(order_by=[col(AiProvider.position)]) if one.id != provider_id
    ]
    for position, row in enumerate([chosen, *others], start=1):
        row.position = position
    await work.flush()
    await work.audit("ai.provider_moved", provider=provider_id)
    _forget(work)


async def target_of(*, work: Work, me: Principal, provider_id: UUID) -> Target:
    """A provider as it is called, for the test call.

    Raises:
        NotFound: There is no such provider.
    """
    me.require(Permission.TENANT_EDIT)
    return _target(await ProviderRepository(work).get(provider_id))


async def record_test(
    *, work: Work, me: Principal, provider_id: UUID, outcome: str, milliseconds: int
) -> None:
    """Keep how the test call ended: ``ok`` or a code."""
    me.require(Permission.TENANT_EDIT)
    row = await ProviderRepository(work).get(provider_id)
    row.tested_at, row.test_outcome, row.test_ms = utc_now(), outcome[:40], milliseconds


@dataclass(frozen=True, slots=True)
class Usage:
    """What administrators see of the use: a page of the ledger, the days of the chart, models with their prompts."""

    rows: list[LedgerRow]
    total: int
    days: list[DaySum]
    models: list[tuple[str, str, str, str, int, datetime]]
    today_micros: int


async def read_usage(*, work: Work, me: Principal, page: int = 1, today: date | None = None) -> Usage:
    """The ledger and its sums; five statements."""
    me.require(Permission.USAGE_READ)
    day = today or utc_now().date()
    calls, since = CallRepository(work), day - timedelta(days=CHART_DAYS - 1)
    rows, total = await calls.listed(number=page, size=LEDGER_PAGE)
    days, models = await calls.days(since=since), await calls.models(since=since)
    return Usage(rows, total, days, models, await SpendRepository(work).of_tenant(day))


async def _own_policy(work: Work) -> AiPolicy:
    policies = PolicyRepository(work)
    return await policies.first() or await policies.add(AiPolicy(version=0))


def _check_version(policy: AiPolicy, version: int) -> None:
    if policy.version != version:
        raise Conflict


async def _checked(draft: ProviderDraft, *, has_key: bool) -> ProviderDraft:
    clean = replace(
        draft,
        label=single_line(draft.label),
        model=single_line(draft.model),
        base_url=draft.base_url.strip().rstrip("/"),
        key=draft.key.strip(),
    )
    fields: dict[str, FieldText] = {name: _FILL_IN for name in ("label", "model") if not getattr(clean, name)}
    if clean.kind not in set(ProviderKind):
        raise Invalid(fields={"kind": N_("Choose a provider from the list.")})
    facts: Any = KINDS[ProviderKind(clean.kind)]
    if facts.needs_key and not clean.key and not has_key:
        fields["key"] = _FILL_IN
    if facts.own_address and not clean.base_url:
        fields["base_url"] = _FILL_IN
    if not facts.own_address and clean.base_url and get_settings().production:
        fields["base_url"] = N_("This provider has an address of its own. Leave this empty.")
    if not set(clean.purposes) <= set(PURPOSES):
        fields["purposes"] = N_("Please check this.")
    if fields:
        raise Invalid(fields=fields)
    if clean.base_url:
        await addresses.check(clean.base_url)
    return clean
