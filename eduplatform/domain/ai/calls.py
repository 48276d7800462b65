"""A model call from the reservation of its price to its line in the ledger.

Nothing of the database is held while the model works: reserving and settling are two short transactions of their own.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Actor, Work, unit_of_work
from eduplatform.domain.ai import repository, service
from eduplatform.domain.ai.models import AiMode, AiPolicy, CallState
from eduplatform.domain.ai.repository import CallRepository, ContentRepository
from eduplatform.domain.ai.service import Rules
from eduplatform.errors import ProviderFailed, QuotaExceeded, Unavailable
from eduplatform.i18n import N_
from eduplatform.integrations.llm import CallReport, Limits, Message, Target, gateway
from eduplatform.integrations.llm.prices import price_of
from eduplatform.integrations.llm.redaction import Redactor

BUDGET_USED = {
    "tenant": N_("Your organisation's budget for AI is used up for today."),
    "section": N_("Your class's budget for AI is used up for today."),
    "person": N_("Your own budget for AI is used up for today."),
}
SWITCHED_OFF = N_("AI was switched off by your organisation.")
LOST_AFTER = timedelta(minutes=10)
"""A call that is still reserved after this time has lost its process; no call takes longer than a minute."""

_SWITCH_SECONDS = 2.0
_MOST_STALE = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a model.

    Attributes:
        purpose: One of `service.PURPOSES`.
        prompt: File and version of the prompt.
        messages: What is sent; personal data is taken out here.
        names: Names of people that must not leave.
        user_id: For whom; counts against their budget.
        section_id: Their class; counts against its budget.
        limits: What the call may take.
    """

    purpose: str
    prompt: str
    messages: Sequence[Message]
    names: Sequence[str]
    user_id: UUID
    section_id: UUID | None
    limits: Limits = field(default_factory=Limits)


async def stream(actor: Actor, rules: Rules, request: Request, report: CallReport) -> AsyncGenerator[str]:
    """Ask the organisation's models and give the answer piece by piece, with personal data put back.

    Args:
        actor: In whose tenant.
        rules: What holds there.
        request: What is asked.
        report: Filled with what became of it.

    Raises:
        QuotaExceeded: A budget does not suffice; nothing was sent.
        ProviderFailed: There is no model, none answered, or the one that did broke off.
        Unavailable: Somebody turned the switch while the model was answering.
    """
    targets = rules.targets_for(request.purpose)
    if not targets:
        raise ProviderFailed
    redactor = Redactor(request.names)
    sent = [Message(one.role, redactor.redact(one.text)) for one in request.messages]
    call_id = await _reserve(actor, rules.policy, request, sent, targets, redactor.count)
    outcome = "stopped"
    try:
        looked = time.monotonic()
        async with aclosing(gateway.stream(targets, sent, limits=request.limits, report=report)) as pieces:
            async for piece in restored(redactor, pieces):
                yield piece
                if time.monotonic() - looked > _SWITCH_SECONDS:
                    looked = time.monotonic()
                    await _check_switch(actor)
        outcome = ""
    except ProviderFailed:
        outcome = report.errors[-1] if report.errors else "failed"
        raise
    except Unavailable:
        outcome = "switched_off"
        raise
    finally:
        await _settle(actor, rules.policy, call_id, report, sent, outcome)


async def restored(redactor: Redactor, pieces: AsyncGenerator[str]) -> AsyncGenerator[str]:
    """Pieces with personal data put back; a place that arrives in two pieces is waited for."""
    held = ""
    async for piece in pieces:
        held += piece
        at = held.rfind("[")
        if at >= 0 and "]" not in held[at:] and len(held) - at < len("[account 000]"):
            ready, held = held[:at], held[at:]
        else:
            ready, held = held, ""
        if ready:
            yield redactor.restore(ready)
    if held:
        yield redactor.restore(held)


async def _reserve(
    actor: Actor,
    policy: AiPolicy,
    request: Request,
    sent: Sequence[Message],
    targets: Sequence[Target],
    redactions: int,
) -> UUID:
    tokens = gateway.estimated_tokens(sent)
    dearest = max(price_of(one).cost(tokens, request.limits.max_tokens) for one in targets)
    call_id, first = new_id(), targets[0]
    call: dict[str, Any] = {
        "id": call_id,
        "purpose": request.purpose,
        "user_id": request.user_id,
        "section_id": request.section_id,
        "provider_id": first.provider_id,
        "kind": str(first.kind),
        "model": first.model,
        "prompt": request.prompt,
        "day": utc_now().date(),
        "reserved_micros": dearest,
        "redactions": redactions,
    }
    async with unit_of_work(actor) as work:
        caps = [
            {"scope": "tenant", "id": work.tenant_id, "cap": policy.tenant_cap_micros},
            {"scope": "section", "id": request.section_id, "cap": policy.section_cap_micros},
            {"scope": "person", "id": request.user_id, "cap": policy.person_cap_micros},
        ]
        short = await repository.reserve(work, call=call, caps=[one for one in caps if one["id"]])
    if short:
        raise QuotaExceeded(BUDGET_USED[short])
    return call_id


async def _settle(
    actor: Actor,
    policy: AiPolicy,
    call_id: UUID,
    report: CallReport,
    sent: Sequence[Message],
    outcome: str,
) -> None:
    target = report.target
    call: dict[str, Any] = {
        "id": call_id,
        "state": CallState.FAILED if outcome else CallState.SETTLED,
        "error": outcome,
        "cost_micros": report.cost_micros,
        "kind": str(target.kind) if target else "",
        "model": target.model if target else "",
        "provider_id": target.provider_id if target else None,
        "tokens_in": report.tokens_in,
        "tokens_out": report.tokens_out,
        "latency_ms": report.latency_ms,
        "first_token_ms": report.first_token_ms,
    }
    kept = None
    if policy.store_content:
        kept = {
            "sent": "\n\n".join(f"{one.role}: {one.text}" for one in sent),
            "answered": report.answered,
            "expires_at": utc_now() + timedelta(days=policy.retention_days),
        }
    async with unit_of_work(actor) as work:
        await repository.settle(work, call=call, kept=kept)


async def _check_switch(actor: Actor) -> None:
    async with unit_of_work(actor) as work:
        if (await service.rules(work=work)).policy.mode != AiMode.MODELS:
            raise Unavailable(SWITCHED_OFF)


async def clean(*, work: Work) -> None:
    """Settle calls whose process died (at the price that was held for them), and remove content whose time is over."""
    for one in await CallRepository(work).stale(before=utc_now() - LOST_AFTER, limit=_MOST_STALE):
        values = {
            "id": one.id,
            "state": CallState.FAILED,
            "error": "lost",
            "cost_micros": one.reserved_micros,
            "kind": one.kind,
            "model": one.model,
            "provider_id": one.provider_id,
            "tokens_in": 0,
            "tokens_out": 0,
            "latency_ms": 0,
            "first_token_ms": 0,
        }
        await repository.settle(work, call=values, kept=None)
    await ContentRepository(work).remove_expired(utc_now())
