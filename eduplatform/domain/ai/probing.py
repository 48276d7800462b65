"""The test call of a provider: one sentence, no personal data, its price on the ledger of nobody."""

from __future__ import annotations

from uuid import UUID

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.ai import service
from eduplatform.errors import ProviderFailed
from eduplatform.integrations.llm import CallReport, Limits, Message, stream
from eduplatform.security.principal import Principal

_ASKED = (Message("user", "Answer with the single word: ready"),)
_LIMITS = Limits(first_seconds=10.0, silence_seconds=5.0, total_seconds=15.0, max_tokens=16)


async def test(*, me: Principal, provider_id: UUID) -> CallReport:
    """Call a provider, and keep how that ended.

    Raises:
        NotFound: There is no such provider.
    """
    async with unit_of_work(me) as work:
        target = await service.target_of(work=work, me=me, provider_id=provider_id)
    report = CallReport()
    outcome = "ok"
    try:
        async for _ in stream([target], _ASKED, limits=_LIMITS, report=report):
            pass
    except ProviderFailed:
        outcome = report.errors[-1] if report.errors else "failed"
    async with unit_of_work(me) as work:
        await service.record_test(
            work=work, me=me, provider_id=provider_id, outcome=outcome, milliseconds=report.latency_ms
        )
    return report
