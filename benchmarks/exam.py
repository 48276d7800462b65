"""An exam of 500 people: all begin within five seconds, then all write.

Method. Beginning: every student has the exam's page open (one websocket each, page loaded). Each presses Start at a random moment
of the same five seconds: the event, the new address, the attempt page's loading events, and the questions over HTTP.
Measured from the press to the questions. Writing: Locust (``benchmarks/exam_takers.py``), one answer in 5 s on average and
person, each in a transaction of its own; measured from the request to the acknowledgement, the first ten seconds left out.
Students, server, database and load generator share the machine; the sockets of the first part stay open in the second.
"""

from __future__ import annotations

import argparse
import asyncio
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
    http: aiohttp.ClientSession, served: Platform, exam: UUID, students: list[Student], tabs: list[Tab]
) -> tuple[list[float], float]:
    """Everybody begins; returns the seconds each waited, and the server's CPU seconds for all."""
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
            return tab

    connected = await asyncio.gather(*[connect(one) for one in students])
    await asyncio.sleep(3)

    async def one(tab: Tab, student: Student) -> float:
        await asyncio.sleep(random.random() * START_S)
        return await _begin(tab, http, served, student)

    before = served.server_usage().cpu
    times = await asyncio.gather(*[one(*pair) for pair in zip(connected, students, strict=True)])
    return list(times), served.server_usage().cpu - before


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
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        times, used = await _beginning(http, served, exam, students, tabs)
        start_p95 = percentile(times, 95)
        print(
            f"{takers} begin within {START_S:.0f} s: p50 {percentile(times, 50):.2f} s, p95 {start_p95:.2f} s,"
            f" max {max(times):.2f} s (limit p95 {START_LIMIT_S} s);"
            f" server CPU for one {used / takers * 1000:.1f} ms",
            flush=True,
        )
        await asyncio.sleep(2)
        server = served.server_usage().cpu
        loads = [{"cookie": one.cookie, "attempt": one.attempt, "items": items} for one in students]
        begin = time.monotonic()
        found = await asyncio.to_thread(_writing, served, loads, seconds)
        elapsed = time.monotonic() - begin
        server = served.server_usage().cpu - server
        for tab in tabs:
            await tab.__aexit__(None, None, None)
    values = [float(key) for key, number in found["response_times"].items() for _ in range(number)]
    save_p95 = percentile(values, 95)
    print(
        f"answers: {found['num_requests']} saved, {found['num_failures']} errors; p50 {percentile(values, 50):.0f} ms,"
        f" p95 {save_p95:.0f} ms, p99 {percentile(values, 99):.0f} ms (limit p95 {SAVE_LIMIT_MS:.0f} ms)"
    )
    print(f"CPU (cores) while writing: server {server / elapsed:.2f}")
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
