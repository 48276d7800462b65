"""How a hundred simultaneous tutor streams weigh on one process, and how soon the first words are seen.

Everything runs on this machine: a scripted provider in threads of the same process (25 tokens a second and stream), the application's own event processor with
its handlers, PostgreSQL. While the streams run, one more tab fires a dashboard event every 50 ms.

    python -m benchmarks.ai_streams [streams]

Prints one JSON line: from the moment the first token of the model was in this process to the moment the first words left for the browser (ms), from
asking to those first words, and the latency of the dashboard event alone and beside the streams.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any
from uuid import UUID

import tests.conftest as environment  # settings of a run of its own come first
from eduplatform.db import engine, migrate
from eduplatform.db.embedded import EmbeddedPostgres
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.ai import calls
from eduplatform.domain.ai import service as ai
from eduplatform.domain.ai.service import Rules
from eduplatform.integrations.llm import CallReport, ProviderKind
from eduplatform.security.permissions import Role
from eduplatform.state.learning import LearnCoursesState
from eduplatform.state.tutor import TutorState
from tests.factories.courses import enrol
from tests.factories.providers import ScriptedProvider, Turn
from tests.factories.tutoring import make_tutored
from tests.factories.world import Person, make_world
from tests.harness import Tab

QUESTION = "Why does the Calvin cycle slow down on hot days?"
ROUTE = "/learn/lessons/[lesson_id]"
SAID = "Read the second part of your lesson again [1]. It names the fluid and says what the enzymes in it do when it gets warm. What happens to their shape?"
TOKEN = 4
DRIP = 0.04


first_tokens: dict[UUID, float] = {}
"""By student: when the model's first token was there."""


def _note_first_tokens() -> None:
    inner = calls.stream

    async def noted(
        actor: Any, rules: Rules, request: calls.Request, report: CallReport
    ) -> AsyncGenerator[str]:
        async for piece in inner(actor, rules, request, report):
            first_tokens.setdefault(request.user_id, time.perf_counter())
            yield piece

    calls.stream = noted


class TimedTab(Tab):
    """A tab that notes when the first words of an answer left."""

    first_words: float = 0.0

    async def __aenter__(self) -> TimedTab:
        await super().__aenter__()
        inner = self.deltas

        class Noted(list[Mapping[str, Any]]):
            def append(noted, delta: Mapping[str, Any]) -> None:  # noqa: N805
                changed = (one for values in delta.values() for one in values.items())
                if not self.first_words and any(
                    name.startswith("answer") and value for name, value in changed
                ):
                    self.first_words = time.perf_counter()

        self.deltas = Noted(inner)
        return self


async def dashboard(tab: Tab, seconds: float) -> list[float]:
    """Milliseconds of a dashboard event, fired every 50 ms."""
    took: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        await tab.fire(LearnCoursesState.load)
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.05)
    return took


def quantiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(len(ordered) * 0.95) - 1], 1),
        "max": round(ordered[-1], 1),
    }


async def measure(port: int, streams: int) -> dict[str, Any]:
    world = await make_world()
    tutored = await make_tutored(world)
    people = [await world.add_person(f"s{number}", Role.STUDENT) for number in range(streams)]
    await enrol(world, tutored.course, *people)
    me = await world.admin.principal()
    async with unit_of_work(me) as work:
        draft = ai.ProviderDraft(
            label="Scripted",
            kind=ProviderKind.COMPATIBLE,
            model="scripted",
            base_url=f"http://127.0.0.1:{port}/v1",
            key="sk-scripted",
            input_micros=0,
            output_micros=0,
        )
        await ai.save_provider(work=work, me=me, draft=draft)
    path = f"/learn/lessons/{tutored.lesson_id}"
    ready = [asyncio.Event() for _ in people]
    go = asyncio.Event()

    async def student(number: int, person: Person) -> tuple[float, bool]:
        """A tab in a task of its own, as Reflex keeps its context per task: when first words left, and whether all came."""
        async with TimedTab(await person.sign_in(), path=path, route=ROUTE) as tab:
            ready[number].set()
            await go.wait()
            await tab.fire(TutorState.begin(QUESTION))
            state = await tab.state(TutorState)
            return tab.first_words, bool(state.talk) and state.talk[-1]["text"] == SAID

    async def watching() -> tuple[list[float], float, list[float]]:
        """The dashboard alone, then beside the streams."""
        async with Tab(await world.student.sign_in(), path="/learn/courses") as tab:
            alone = await dashboard(tab, 3.0)
            began = time.perf_counter()
            go.set()
            return alone, began, await dashboard(tab, 9.0)

    async def warm_up() -> None:
        """Imports, the library of the course, connections: what a process does once."""
        async with Tab(await world.student.sign_in(), path=path, route=ROUTE) as tab:
            await tab.fire(TutorState.begin(QUESTION))

    await asyncio.create_task(warm_up())
    tasks = [asyncio.create_task(student(number, one)) for number, one in enumerate(people)]
    for one in ready:
        await one.wait()
    alone, began, beside = await asyncio.create_task(watching())
    results = await asyncio.gather(*tasks)
    waits = [
        (words - first_tokens[one.user_id]) * 1000
        for one, (words, _) in zip(people, results, strict=True)
        if one.user_id in first_tokens and words
    ]
    return {
        "streams": streams,
        "complete": sum(whole for _, whole in results),
        "first_words_after_first_token_ms": quantiles(waits),
        "first_words_after_asking_ms": quantiles([(words - began) * 1000 for words, _ in results]),
        "dashboard_alone_ms": quantiles(alone),
        "dashboard_beside_ms": quantiles(beside),
    }


async def run(port: int, streams: int) -> None:
    try:
        print(json.dumps(await measure(port, streams)))
    finally:
        await engine.dispose()


def main() -> None:
    _note_first_tokens()
    streams = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    server = EmbeddedPostgres(environment._DATA, durable=False)
    server.attach_or_start()
    try:
        migrate.upgrade()
        with ScriptedProvider(answer=lambda _seen: Turn(SAID, drip=DRIP, size=TOKEN)) as provider:
            asyncio.run(run(provider.port, streams))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
