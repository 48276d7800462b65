"""Any interleaving of two tabs, lost replies and repeated deliveries: nothing acknowledged is lost or overwritten unseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import anyio.from_thread
import anyio.to_thread
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.schemas import AssessmentDraft
from tests.factories.assessment import Quiz, make_quiz
from tests.factories.world import World

pytestmark = pytest.mark.anyio

STEP = st.tuples(
    st.sampled_from(["one", "two"]),
    st.sampled_from(
        ["write", "deliver", "deliver and lose the reply", "repeat", "reload", "keep mine", "keep theirs"]
    ),
)


@dataclass
class BrowserTab:
    """A model of the journal for one question: what it knows, what waits, what it was told."""

    name: str
    version: int = 0
    shown: str = ""
    waiting: tuple[UUID, int, str] | None = None
    conflict: tuple[int, str] | None = None
    delivered: list[tuple[UUID, int, str]] = field(default_factory=list)


@dataclass
class Server:
    """The real service, and what it has acknowledged."""

    quiz: Quiz
    attempt: Attempt
    acknowledged: dict[UUID, tuple[int, str]] = field(default_factory=dict)

    async def deliver(self, tab: BrowserTab, operation: tuple[UUID, int, str]) -> Any:
        key, base, text = operation
        before = (await self.quiz.responses(self.attempt))["short_text"]
        receipt = await self.quiz.save(
            self.attempt, "short_text", {"text": text}, base=base, writer=tab.name, operation_id=key
        )
        after = (await self.quiz.responses(self.attempt))["short_text"]
        if receipt.conflicts or key in self.acknowledged:
            assert (after.version, after.answer) == (before.version, before.answer)
        else:
            assert receipt.acknowledged
            assert (after.version, after.answer) == (before.version + 1, {"text": text})
            # Whoever overwrote had seen what was there, or had written it.
            assert base == before.version or before.writer in ("", tab.name)
        for one in receipt.acknowledged:
            assert self.acknowledged.setdefault(one.operation_id, (one.version, text)) == (one.version, text)
        return receipt


async def _step(server: Server, tab: BrowserTab, action: str, number: int) -> None:
    if action == "write" and tab.conflict is None:
        tab.shown = f"{tab.name} {number}"
        tab.waiting = (uuid4(), tab.version, tab.shown)
    elif action.startswith("deliver") and tab.waiting and tab.conflict is None:
        operation = tab.waiting
        tab.delivered.append(operation)
        receipt = await server.deliver(tab, operation)
        if action != "deliver":
            return
        if receipt.conflicts:
            tab.conflict = (receipt.conflicts[0].version, receipt.conflicts[0].answer["text"])
        else:
            tab.version, tab.waiting = max(tab.version, receipt.acknowledged[0].version), None
    elif action == "repeat" and tab.delivered:
        await server.deliver(tab, tab.delivered[-1])
    elif action == "reload" and tab.waiting is None:
        stored = (await server.quiz.responses(server.attempt))["short_text"]
        tab.version, tab.shown, tab.conflict = stored.version, (stored.answer or {}).get("text", ""), None
    elif action.startswith("keep") and tab.conflict:
        tab.version, theirs = tab.conflict
        tab.conflict, tab.waiting = None, None
        tab.delivered.clear()
        if action == "keep mine":
            tab.waiting = (uuid4(), tab.version, tab.shown)
        else:
            tab.shown = theirs


async def _play(quiz: Quiz, steps: list[tuple[str, str]]) -> None:
    # Each play needs an attempt of its own: the earlier one is handed in.
    attempt = await quiz.start()
    server = Server(quiz, attempt)
    tabs = {"one": BrowserTab("one"), "two": BrowserTab("two")}
    for number, (name, action) in enumerate(steps):
        await _step(server, tabs[name], action, number)
    stored = (await quiz.responses(attempt))["short_text"]
    newest = max(server.acknowledged.values(), default=(0, ""))
    assert (stored.version, (stored.answer or {}).get("text", "")) == newest
    await quiz.submit(attempt)


async def test_no_interleaving_loses_or_silently_overwrites_an_answer(world: World) -> None:
    quiz = await make_quiz(world, "short_text", draft=AssessmentDraft(title="Q", attempts_allowed=0))

    @settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEP, min_size=2, max_size=14))
    def play(steps: list[tuple[str, str]]) -> None:
        anyio.from_thread.run(_play, quiz, steps)

    await anyio.to_thread.run_sync(play)
