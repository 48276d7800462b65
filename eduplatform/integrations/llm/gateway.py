"""One call of a model: which target answers, how long it may take, and what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from eduplatform.errors import ProviderFailed
from eduplatform.integrations.llm.breaker import Breaker
from eduplatform.integrations.llm.models import chat_model, failures, load
from eduplatform.integrations.llm.prices import price_of
from eduplatform.integrations.llm.targets import Target
from eduplatform.observability.metrics import count

BREAKER: Final = Breaker()
_CHARACTERS_PER_TOKEN = 3
"""For texts whose tokens nobody counted; fewer than usual, so that an estimate is rather too high."""


@dataclass(frozen=True, slots=True)
class Message:
    """A part of what is sent."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a call may take: seconds to the first piece, between pieces and for one answer; tokens of the answer."""

    first_seconds: float = 12.0
    silence_seconds: float = 10.0
    total_seconds: float = 60.0
    max_tokens: int = 500


@dataclass(slots=True)
class CallReport:
    """What became of a call; filled while it runs.

    Attributes:
        target: The one that answered, or was tried last.
        errors: A code for each target that failed, in order.
        tokens_in: Of the answered call, by the provider's count or estimated.
        tokens_out: The same for the answer.
        first_token_ms: From the call of this target to its first piece.
        latency_ms: From the call of the first target to the end.
        answered: The text that came.
    """

    target: Target | None = None
    errors: list[str] = field(default_factory=list[str])
    tokens_in: int = 0
    tokens_out: int = 0
    first_token_ms: int = 0
    latency_ms: int = 0
    answered: str = ""

    @property
    def cost_micros(self) -> int:
        """What the call cost, in millionths of a US dollar."""
        return price_of(self.target).cost(self.tokens_in, self.tokens_out) if self.target else 0


def estimated_tokens(messages: Sequence[Message]) -> int:
    """About how many tokens are sent; rather too many."""
    return sum(len(one.text) // _CHARACTERS_PER_TOKEN + 8 for one in messages)


async def stream(
    targets: Sequence[Target], messages: Sequence[Message], *, limits: Limits, report: CallReport
) -> AsyncGenerator[str]:
    """Call the first target that works and give its answer piece by piece.

    Once a piece has been given no other target takes over: two halves of two answers make none.

    Args:
        targets: In the order in which they are tried.
        messages: What is sent.
        limits: What the call may take.
        report: Filled with what became of it, also when the caller stops listening.

    Raises:
        ProviderFailed: No target answered, or the one that did broke off.
    """
    started = time.monotonic()
    try:
        for target in targets:
            if not BREAKER.closed(target.circuit):
                report.errors.append("circuit_open")
                continue
            report.target = target
            try:
                async with aclosing(_pieces(target, messages, limits, report)) as pieces:
                    async for piece in pieces:
                        report.answered += piece
                        yield piece
            except failures(target.kind) as error:
                _failed(target, report, error)
                if report.answered:
                    break
                continue
            BREAKER.succeeded(target.circuit)
            return
        raise ProviderFailed
    finally:
        report.latency_ms = _milliseconds(started)
        _estimate(report, messages)


async def _pieces(
    target: Target, messages: Sequence[Message], limits: Limits, report: CallReport
) -> AsyncGenerator[str]:
    await asyncio.to_thread(load, target.kind)
    began = time.monotonic()
    model = chat_model(
        target, max_tokens=limits.max_tokens, seconds=max(limits.first_seconds, limits.silence_seconds)
    )
    chunks: AsyncIterator[Any] = model.astream([(one.role, one.text) for one in messages])
    wait = limits.first_seconds
    try:
        while True:
            # Around the waiting alone: a limit that runs on while the caller works would strike the caller.
            async with asyncio.timeout(min(wait, limits.total_seconds - (time.monotonic() - began))):
                chunk = await anext(chunks, None)
            if chunk is None:
                break
            _count(report, chunk)
            if text := str(chunk.text):
                if not report.first_token_ms:
                    report.first_token_ms = max(1, _milliseconds(began))
                wait = limits.silence_seconds
                yield text
    finally:
        await chunks.aclose()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    if not report.first_token_ms:
        raise ValueError("the answer was empty")


def _count(report: CallReport, chunk: Any) -> None:
    usage = getattr(chunk, "usage_metadata", None)
    if usage:
        # Some providers report the sum so far with each piece, others a part: the larger reading is the dearer one.
        report.tokens_in = max(report.tokens_in, int(usage.get("input_tokens") or 0))
        report.tokens_out = max(report.tokens_out, int(usage.get("output_tokens") or 0))


def _estimate(report: CallReport, messages: Sequence[Message]) -> None:
    """Count what the provider has not counted, because it broke off or never does."""
    if report.answered and not report.tokens_in:
        report.tokens_in = estimated_tokens(messages)
    if report.answered and not report.tokens_out:
        report.tokens_out = len(report.answered) // _CHARACTERS_PER_TOKEN + 1


def _failed(target: Target, report: CallReport, error: Exception) -> None:
    code = _code(error)
    report.errors.append(code)
    BREAKER.failed(target.circuit)
    count("ai_call_failed_total", kind=str(target.kind), reason=code)


def _code(error: BaseException) -> str:
    """A word for what happened; never what the provider wrote, which may repeat what was sent."""
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    if isinstance(status, int) and status in range(100, 600):
        return f"http_{status}"
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return "timeout"
    if error.__cause__ is not None:
        return _code(error.__cause__)
    if isinstance(error, OSError) or "Connect" in type(error).__name__:
        return "unreachable"
    return "nonsense"


def _milliseconds(since: float) -> int:
    return round((time.monotonic() - since) * 1000)
