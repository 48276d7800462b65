"""An exam of 500 people: all begin within five seconds, then all write.

Method. Beginning: every student has the exam's page open (one websocket each, page loaded). Each presses Start at a random moment
of the same five seconds: the event, the new address, the attempt page's loading events, and the questions over HTTP; the
page's script, which a browser fetches once, is left out. Measured from the press to the questions. Writing: Locust (``benchmarks/exam_takers.py``), one answer in 5 s on average and
person, each in a transaction of its own; measured from the request to the acknowledgement, the first ten seconds left out.
Open pages send what they send by themselves, ``pulse`` of the frame every 3 s, in both parts. Students, server, database and
load generator share the machine; the CPU that each of them used is printed, since it tells more than times do on a machine
that is not quiet.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from benchmarks.events import percentile
from benchmarks.served import Platform, platform
from benchmarks.tab import HYDRATE, LOAD_PAGE, LOADED, Tab

TAKERS = 500
START_S = 5.0
START_LIMIT_S = 1.5
SAVE_LIMIT_MS = 150.0
_STATES = "reflex___state____state.eduplatform___state___attempts"
_PULSE = "reflex___state____state.eduplatform___state___shell____shell_state.pulse"
_PULSE_S = 3.0
_START = f"{_STATES}____learn_assessment_state.start"
_CONNECTING_AT_ONCE = 20
_QUESTIONS = ("short_text", "essay", "single_choice", "numeric")
_WRITTEN = ("short_text", "essay")
_RAMP_PER_S = 50


@dataclass
class Student:
    """A student, and what they need for the second part."""

    cookie: str
    attempt: str = ""


async def _students(number: int) -> tuple[UUID, list[str], list[Student]]:
    """The exam, its questions with written answers, and its students, made by the services."""
    from eduplatform.db import engine
    from eduplatform.db.unit_of_work import unit_of_work
    from eduplatform.domain import models as _models  # noqa: F401 - statements need every table
    from eduplatform.domain.assessment.schemas import AssessmentDraft
    from eduplatform.domain.courses import enrolment
    from eduplatform.domain.courses.models import EnrollmentRole
    from eduplatform.security.permissions import Role
    from tests.factories.assessment import make_quiz
    from tests.factories.world import make_world

    world = await make_world()
    draft = AssessmentDraft(title="Final exam", time_limit_minutes=90)
    quiz = await make_quiz(world, *_QUESTIONS, draft=draft)
    people = [await world.add_person(f"taker{count}", Role.STUDENT) for count in range(number)]
    async with unit_of_work(quiz.teacher) as work:
        await enrolment.enrol_people(
            work=work,
            section_id=quiz.section_id,
            user_ids=[one.user_id for one in people if one.user_id],
            role=EnrollmentRole.STUDENT,
        )
    students = [Student(await one.sign_in()) for one in people]
    await engine.dispose()
    return quiz.assessment_id, [str(quiz.items[kind]) for kind in _WRITTEN], students


@dataclass(frozen=True, slots=True)
class _Used:
    """CPU seconds so far: of the server, of the database, and of this process with the load generators it has started."""

    server: float
    database: float
    own: float

    @classmethod
    def now(cls, served: Platform) -> _Used:
        """What has been used until now."""
        times = os.times()
        own = times.user + times.system + times.children_user + times.children_system
        return cls(served.server_usage().cpu, served.database_usage().cpu, own)

    def said(self, since: _Used, unit: float, name: str) -> str:
        """What was used since then, divided by a number of seconds or of people."""
        parts = (self.server - since.server, self.database - since.database, self.own - since.own)
        server, database, own = (one / unit for one in parts)
        return f"server {server:.2f} {name}, database {database:.2f}, load generator {own:.2f}"


async def _pulse(tab: Tab) -> None:
    """What an open page sends by itself, until cancelled."""
    await asyncio.sleep(random.random() * _PULSE_S)
    while True:
        await tab.fire(_PULSE)
        await asyncio.sleep(_PULSE_S)


async def _listen(tab: Tab) -> None:
    """Read what comes, so that the server's pings are answered, until the socket closes."""
    with contextlib.suppress(ConnectionError):
        await tab.update("nothing contains this")


async def _begin(tab: Tab, http: aiohttp.ClientSession, served: Platform, student: Student) -> float:
    """Press Start and wait for the questions; returns the seconds."""
    begin = time.perf_counter()
    await tab.fire(_START)
    update = await tab.update("/learn/attempts/")
    found = re.search(r"/learn/attempts/([0-9a-f-]{36})", update)
    assert found, update
    student.attempt = found[1]
    tab.go(f"/learn/attempts/{student.attempt}", "/learn/attempts/[attempt_id]")
    await tab.fire(LOAD_PAGE)
    await tab.update(LOADED)
    headers = {"Cookie": student.cookie}
    async with http.get(f"{served.address}/api/attempts/{student.attempt}", headers=headers) as answer:
        body = await answer.json()
        if answer.status != 200 or len(body["questions"]) != len(_QUESTIONS):
            raise RuntimeError(f"the questions did not come: {answer.status} {body}")
    return time.perf_counter() - begin


async def _beginning(
    http: aiohttp.ClientSession,
    served: Platform,
    exam: UUID,
    students: list[Student],
    tabs: list[Tab],
    beside: list[asyncio.Task[None]],
) -> tuple[list[float], str]:
    """Everybody begins; returns the seconds that each waited, and what one beginning used.

    Args:
        http: Whose connections are used.
        served: The platform.
        exam: The exam.
        students: Who begins.
        tabs: Gets their open pages.
        beside: Gets the tasks that go on when this returns.
    """
    gate = asyncio.Semaphore(_CONNECTING_AT_ONCE)

    async def connect(student: Student) -> Tab:
        async with gate:
            tab = Tab(
                http,
                served.address,
                cookie=student.cookie,
                path=f"/learn/assessments/{exam}",
                route="/learn/assessments/[assessment_id]",
            )
            tabs.append(await tab.__aenter__())
            await tab.fire(HYDRATE)
            await tab.update()
            await tab.load()
            beside.append(asyncio.create_task(_pulse(tab)))
            return tab

    connected = await asyncio.gather(*[connect(one) for one in students])
    await asyncio.sleep(3)

    async def one(tab: Tab, student: Student) -> float:
        await asyncio.sleep(random.random() * START_S)
        waited = await _begin(tab, http, served, student)
        beside.append(asyncio.create_task(_listen(tab)))
        return waited

    before = _Used.now(served)
    times = await asyncio.gather(*[one(*pair) for pair in zip(connected, students, strict=True)])
    return list(times), _Used.now(served).said(before, len(students) / 1000, "ms")


def _writing(served: Platform, takers: list[dict[str, Any]], seconds: int) -> dict[str, Any]:
    """Run Locust; returns its statistics of the one request."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "takers.json"
        path.write_text(json.dumps(takers))
        result = subprocess.run(
            [
                *(sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("exam_takers.py"))),
                *("--headless", "--users", str(len(takers)), "--spawn-rate", str(_RAMP_PER_S)),
                *("--run-time", f"{seconds + len(takers) // _RAMP_PER_S}s", "--host", served.address),
                *("--reset-stats", "--json", "--loglevel", "WARNING", "--exit-code-on-error", "0"),
            ],
            env={**os.environ, "EDU_BENCH_TAKERS": str(path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # its tables; the figures are in the JSON
            text=True,
            check=True,
        )
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found[0]


async def run(served: Platform, *, takers: int, seconds: int) -> int:
    """Measure and print; returns 1 when a limit is missed or anything went wrong."""
    exam, items, students = await _students(takers)
    tabs: list[Tab] = []
    beside: list[asyncio.Task[None]] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        times, used = await _beginning(http, served, exam, students, tabs, beside)
        start_p95 = percentile(times, 95)
        print(
            f"{takers} begin within {START_S:.0f} s: p50 {percentile(times, 50):.2f} s, p95 {start_p95:.2f} s,"
            f" max {max(times):.2f} s (limit p95 {START_LIMIT_S} s);"
            f" CPU for one: {used}",
            flush=True,
        )
        await asyncio.sleep(2)
        before = _Used.now(served)
        loads = [{"cookie": one.cookie, "attempt": one.attempt, "items": items} for one in students]
        begin = time.monotonic()
        found = await asyncio.to_thread(_writing, served, loads, seconds)
        elapsed = time.monotonic() - begin
        used = _Used.now(served).said(before, elapsed, "cores")
        for one in beside:
            one.cancel()
        for tab in tabs:
            await tab.__aexit__(None, None, None)
    values = [float(key) for key, number in found["response_times"].items() for _ in range(number)]
    save_p95 = percentile(values, 95)
    print(
        f"answers: {found['num_requests']} saved, {found['num_failures']} errors; p50 {percentile(values, 50):.0f} ms,"
        f" p95 {save_p95:.0f} ms, p99 {percentile(values, 99):.0f} ms (limit p95 {SAVE_LIMIT_MS:.0f} ms)"
    )
    print(f"CPU while writing: {used}")
    missed = not start_p95 <= START_LIMIT_S or not save_p95 <= SAVE_LIMIT_MS or found["num_failures"] > 0
    print("MISSED" if missed else "within the limits")
    return int(missed)


def main() -> int:
    """See ``run``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--takers", type=int, default=TAKERS)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    with platform() as served:
        return asyncio.run(run(served, takers=options.takers, seconds=options.seconds))


if __name__ == "__main__":
    sys.exit(main())
