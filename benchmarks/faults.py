"""Whether an answer that was acknowledged survives: the server is killed at random while people write.

Method: clients (one student each, with an attempt of its own) write answers as a browser's journal does: every answer is an
operation with an id; operations wait in a queue; a delivery carries the oldest of them; what was not acknowledged is delivered
again, with the same id, until it is. Meanwhile the server's processes are killed with SIGKILL, a random moment (0 to 2 s)
after they answer; the platform starts them again. After the last cycle the database is read:

* lost: acknowledged operations that are not stored, and answers whose stored value is not that of the last stored operation;
* stored twice: answers whose version is higher than the number of operations stored for them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import psutil
from sqlmodel import col, select

from benchmarks.served import Platform, platform

CYCLES = 200
CLIENTS = 20
_LATEST_S = 2.0
_PAUSE_S = 0.3
_AT_ONCE = 5
_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass
class Writer:
    """One student who writes all the time.

    Attributes:
        cookie: The Cookie header.
        attempt_id: The attempt.
        item_ids: Its questions.
        queue: What is not acknowledged yet, oldest first.
        versions: The version that each answer was acknowledged with last.
        acknowledged: Operations that the server said are stored, with the version it said.
        written: What each operation wrote.
        refused: Deliveries that were answered, but not with an acknowledgement; none is expected.
    """

    cookie: str
    attempt_id: UUID
    item_ids: list[UUID]
    queue: list[dict[str, Any]] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def write(self) -> None:
        """Put a new answer into the queue."""
        operation, item, text = str(uuid4()), str(random.choice(self.item_ids)), f"answer {len(self.written)}"
        self.written[operation] = text
        self.queue.append(
            {
                "operation_id": operation,
                "item_id": item,
                "base_version": self.versions.get(item, 0),
                "answer": {"text": text},
                "writer": "one-tab",
            }
        )

    async def deliver(self, http: aiohttp.ClientSession, address: str) -> None:
        """Send the oldest answers; what is not acknowledged stays in the queue."""
        batch = self.queue[:_AT_ONCE]
        try:
            async with http.post(
                f"{address}/api/attempts/{self.attempt_id}/answers",
                json={"operations": batch},
                headers={"Cookie": self.cookie, "Origin": address},
            ) as answer:
                body = await answer.json()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            return
        if status != 200 or body["conflicts"]:
            self.refused.append(f"{status}: {body}")
            return
        for one in body["acknowledged"]:
            self.acknowledged[one["operation_id"]] = one["version"]
        for one in batch:
            if one["operation_id"] in self.acknowledged:
                self.versions[one["item_id"]] = self.acknowledged[one["operation_id"]]
        self.queue = [one for one in self.queue if one["operation_id"] not in self.acknowledged]

    async def work(self, http: aiohttp.ClientSession, address: str, end: asyncio.Event) -> None:
        """Write until the end, then deliver what is left."""
        while not end.is_set() or self.queue:
            if not end.is_set() and len(self.queue) < 3 * _AT_ONCE:
                for _ in range(random.randint(1, _AT_ONCE)):
                    self.write()
            await self.deliver(http, address)
            await asyncio.sleep(_PAUSE_S * (0.5 + random.random()))


@dataclass(frozen=True, slots=True)
class Result:
    """What was found at the end."""

    cycles: int
    acknowledged: int
    lost: int
    stored_twice: int
    refused: list[str]


async def _writers(number: int) -> list[Writer]:
    """Students with a running attempt at one quiz, made by the services."""
    from eduplatform.db.unit_of_work import unit_of_work
    from eduplatform.domain import models as _models  # noqa: F401 - statements need every table
    from eduplatform.domain.assessment.schemas import AssessmentDraft
    from eduplatform.domain.courses import enrolment
    from eduplatform.domain.courses.models import EnrollmentRole
    from eduplatform.security.permissions import Role
    from tests.factories.assessment import make_quiz
    from tests.factories.world import make_world

    world = await make_world()
    quiz = await make_quiz(world, "short_text", "essay", draft=AssessmentDraft(title="Faults"))
    found: list[Writer] = []
    for count in range(number):
        person = await world.add_person(f"writer{count}", Role.STUDENT)
        async with unit_of_work(quiz.teacher) as work:
            await enrolment.enrol_people(
                work=work,
                section_id=quiz.section_id,
                user_ids=[person.user_id] if person.user_id else [],
                role=EnrollmentRole.STUDENT,
            )
        me = await person.principal()
        attempt = await quiz.start(me=me)
        found.append(Writer(await person.sign_in(), attempt.id, list(quiz.items.values())))
    return found


async def _verify(writers: list[Writer], cycles: int) -> Result:
    from eduplatform.db.unit_of_work import unscoped
    from eduplatform.domain.assessment.models import AnswerOperation, Response

    attempts = [one.attempt_id for one in writers]
    async with unscoped(reason="fault measurement") as work:
        operations = (
            await work.session.exec(
                select(AnswerOperation).where(col(AnswerOperation.attempt_id).in_(attempts))
            )
        ).all()
        responses = (
            await work.session.exec(select(Response).where(col(Response.attempt_id).in_(attempts)))
        ).all()
    stored = {str(one.operation_id): one.response_version for one in operations}
    written = {key: text for one in writers for key, text in one.written.items()}
    acknowledged = {key: version for one in writers for key, version in one.acknowledged.items()}
    lost = sum(stored.get(key) != version for key, version in acknowledged.items())
    twice = 0
    for response in responses:
        own = [
            one
            for one in operations
            if one.attempt_id == response.attempt_id and one.item_id == response.item_id
        ]
        twice += max(0, response.version - len(own))
        if own:
            last = max(own, key=lambda one: one.response_version)
            lost += (response.answer or {}).get("text") != written[str(last.operation_id)]
    refused = [text for one in writers for text in one.refused]
    return Result(cycles, len(acknowledged), lost, twice, refused)


def _kill_server(served: Platform) -> None:
    """Kill the server's own process and everything below it, at once; the database goes on."""
    for child in served.process.children():
        if any("eduplatform.runtime.server" in part for part in child.cmdline()):
            os.killpg(child.pid, signal.SIGKILL)


async def _until_ready(http: aiohttp.ClientSession, served: Platform) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            async with http.get(f"{served.address}/ping") as answer:
                if answer.status == 200:
                    return
        except (aiohttp.ClientError, TimeoutError):
            await asyncio.sleep(0.1)
        if served.process.status() == psutil.STATUS_ZOMBIE:
            break
    raise RuntimeError("the platform did not come back")


async def run(served: Platform, *, cycles: int, clients: int) -> Result:
    """Let people write while the server is killed again and again, and look at what is stored."""
    from eduplatform.db import engine

    writers = await _writers(clients)
    end = asyncio.Event()
    async with aiohttp.ClientSession(
        timeout=_TIMEOUT, connector=aiohttp.TCPConnector(limit=0, force_close=True)
    ) as http:
        tasks = [asyncio.create_task(one.work(http, served.address, end)) for one in writers]
        for _ in range(cycles):
            await asyncio.sleep(random.random() * _LATEST_S)
            _kill_server(served)
            await asyncio.sleep(_PAUSE_S)
            await _until_ready(http, served)
        end.set()
        await asyncio.gather(*tasks)
    result = await _verify(writers, cycles)
    await engine.dispose()
    return result


def main() -> int:
    """Measure and print.

    Returns:
        Exit code: 1 when anything was lost, stored twice or refused.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cycles", type=int, default=CYCLES)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    options = parser.parse_args()
    with platform() as served:
        result = asyncio.run(run(served, cycles=options.cycles, clients=options.clients))
    print(f"cycles {result.cycles}, clients {options.clients}, acknowledged {result.acknowledged}")
    print(f"lost {result.lost}, stored twice {result.stored_twice}, refused {len(result.refused)}")
    for text in result.refused[:5]:
        print(f"  {text}")
    return int(bool(result.lost or result.stored_twice or result.refused))


if __name__ == "__main__":
    sys.exit(main())
