"""The providers' real packages talk to the scripted server: answers, faults, fallback, times."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from eduplatform.errors import ProviderFailed
from eduplatform.integrations.llm import CallReport, Limits, Message, ProviderKind, Target, gateway, stream
from eduplatform.integrations.llm.breaker import FAILURES, Breaker
from tests.factories.providers import ScriptedProvider, Turn

pytestmark = pytest.mark.anyio

ASKED = [Message("system", "Be brief."), Message("user", "Why are leaves green?")]
QUICK = Limits(first_seconds=0.6, silence_seconds=0.4, total_seconds=1.5, max_tokens=64)
kinds = pytest.mark.parametrize("kind", list(ProviderKind), ids=str)


@pytest.fixture(autouse=True)
def _fresh_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "BREAKER", Breaker())


@pytest.fixture
def server() -> Iterator[ScriptedProvider]:
    with ScriptedProvider() as one:
        yield one


async def ask(*targets: Target, limits: Limits = QUICK) -> tuple[list[str], CallReport]:
    report = CallReport()
    pieces = [piece async for piece in stream(targets, ASKED, limits=limits, report=report)]
    return pieces, report


@kinds
async def test_an_answer_arrives_in_pieces_and_is_counted(
    server: ScriptedProvider, kind: ProviderKind
) -> None:
    server.script = [Turn("They reflect green light and absorb the rest.")]
    pieces, report = await ask(server.target(kind))
    assert "".join(pieces) == "They reflect green light and absorb the rest." == report.answered
    assert len(pieces) > 3
    assert report.tokens_in > 0
    assert report.tokens_out == 11
    assert 0 < report.first_token_ms <= report.latency_ms + 1
    assert "Why are leaves green?" in server.seen[0].text
    assert "sk-scripted-0000000000" in server.seen[0].key or kind is ProviderKind.OLLAMA


FAULTS = {
    "wrong key": (Turn(status=401), "http_401"),
    "too many": (Turn(status=429), "http_429"),
    "broken": (Turn(status=500), "http_500"),
    "garbage": (Turn(garbage=True), "nonsense"),
    "hangs": (Turn(hang=1.2), "timeout"),
}


@kinds
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_named_and_the_next_target_answers(
    server: ScriptedProvider, kind: ProviderKind, fault: str
) -> None:
    turn, code = FAULTS[fault]
    with ScriptedProvider([Turn("Second.")]) as second:
        server.script = [turn]
        pieces, report = await ask(
            server.target(kind), second.target(ProviderKind.OPENAI), limits=Limits(0.6, 0.4, 5.0, 64)
        )
    assert "".join(pieces) == "Second."
    assert report.errors == [code]
    assert len(server.seen) == 1, "a failed call is not repeated behind our back"


async def test_when_all_fail_it_says_so_and_costs_nothing(server: ScriptedProvider) -> None:
    server.script = [Turn(status=500), Turn(status=503)]
    report = CallReport()
    targets = [server.target(ProviderKind.OPENAI), server.target(ProviderKind.ANTHROPIC, "claude-haiku-4-5")]
    with pytest.raises(ProviderFailed):
        async for _ in stream(targets, ASKED, limits=QUICK, report=report):
            pass
    assert report.errors == ["http_500", "http_503"]
    assert report.cost_micros == 0


@kinds
async def test_an_answer_that_breaks_off_is_not_continued_by_another(
    server: ScriptedProvider, kind: ProviderKind
) -> None:
    server.script = [Turn("One two three four five six seven.", breaks_after=4, drip=0.03)]
    report = CallReport()
    with pytest.raises(ProviderFailed):
        async for _ in stream(
            [server.target(kind), server.target(kind, "other")], ASKED, limits=QUICK, report=report
        ):
            pass
    assert len(server.seen) == 1
    assert min(len(report.answered), report.tokens_in, report.tokens_out) > 0, "what was used is paid"


async def test_a_slow_drip_ends_with_the_total_limit(server: ScriptedProvider) -> None:
    server.script = [Turn("word " * 200, drip=0.05)]
    began = time.monotonic()
    report = CallReport()
    with pytest.raises(ProviderFailed):
        async for _ in stream([server.target(ProviderKind.COMPATIBLE)], ASKED, limits=QUICK, report=report):
            pass
    assert 1.3 < time.monotonic() - began < 2.5
    assert report.errors == ["timeout"]


async def test_the_circuit_opens_and_closes_again(
    server: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(gateway, "BREAKER", Breaker(clock=lambda: now[0]))
    server.script = [Turn(status=500)] * FAILURES
    target = server.target(ProviderKind.OPENAI)
    for _ in range(FAILURES + 2):
        with pytest.raises(ProviderFailed):
            await ask(target)
    assert len(server.seen) == FAILURES, "a target that fails is left alone"
    now[0] += 31
    assert (await ask(target))[0]
    assert (await ask(target))[0]


async def test_conversations_are_not_offered_for_training(server: ScriptedProvider) -> None:
    await ask(server.target(ProviderKind.OPENAI))
    assert server.seen[0].body["store"] is False
