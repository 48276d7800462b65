"""Whether a refused sign-in tells who exists, and what a hundred sign-ins at once do to everybody else.

Method, refusals: on one open sign-in page, wrong passwords for known and for unknown addresses in turn; measured from sending the
form to the update with the refusal. The first few of each are left out. The two medians may differ by a tenth.

Method, burst: a hundred sign-in pages are open, each from a network address of its own. All send a right password in the
same moment, exchange the ticket for the cookie, and are done when they have it. Meanwhile ``/ping`` is asked every 20 ms on
a connection of its own.

Limits on tries are lifted for the measurement; password hashing is as strong as in production.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import sys
import time
from collections.abc import Sequence
from itertools import count, cycle
from statistics import median

import aiohttp

from benchmarks.events import percentile
from benchmarks.served import Platform, platform
from benchmarks.tab import HYDRATE, Tab

SIGN_INS = 100
REFUSALS = 60
DIFFERENCE_LIMIT = 0.10
BURST_LIMIT_S = 3.0
PING_LIMIT_MS = 100.0
_WARM_UP = 5
_PING_EVERY_S = 0.02
_STATE = "reflex___state____state.eduplatform___state___accounts____sign_in_state"
_SETTINGS = {
    "EDU_TRUSTED_PROXY_HOPS": "1",
    "EDU_RATE_SIGN_IN_PER_ADDRESS": "100000",
    "EDU_RATE_SIGN_IN_PER_ACCOUNT": "100000",
    "EDU_RATE_EVENTS_PER_SECOND": "10000",
    "EDU_RATE_EVENTS_BURST": "10000",
}


def client(number: int) -> str:
    """A network address of its own for each browser."""
    return f"10.0.{number // 250}.{number % 250 + 1}"


async def opened(http: aiohttp.ClientSession, served: Platform, number: int) -> Tab:
    """A sign-in page, loaded."""
    tab = await Tab(http, served.address, client=client(number), path="/login").__aenter__()
    await tab.fire(HYDRATE)
    await tab.update()
    await tab.load()
    return tab


async def submit(tab: Tab, email: str, password: str, answer: str) -> str:
    """Send the form and wait for the update with this text in it."""
    await tab.fire(f"{_STATE}.submit", {"form": {"email": email, "password": password, "remember": False}})
    return await tab.update(answer)


async def refusals(served: Platform, known: Sequence[str]) -> tuple[list[float], list[float]]:
    """Seconds that refusing known and unknown addresses took."""
    times: tuple[list[float], list[float]] = ([], [])
    names = cycle(known)
    async with aiohttp.ClientSession() as http, await opened(http, served, 0) as tab:
        for number in range(_WARM_UP + REFUSALS):
            for series, email in zip(times, (next(names), f"nobody-{number}@riverside.test"), strict=True):
                begin = time.perf_counter()
                await submit(tab, email, "not-the-password", '"errors_rx_state_":{"form"')
                series.append(time.perf_counter() - begin)
    return times[0][_WARM_UP:], times[1][_WARM_UP:]


async def sign_in(http: aiohttp.ClientSession, served: Platform, tab: Tab, number: int, email: str) -> float:
    """Sign in on an open page; returns the moment at which the cookie was there.

    Raises:
        SystemExit: It was refused.
    """
    from eduplatform.demo.seed import PASSWORD

    update = await submit(tab, email, PASSWORD, f'"{_STATE}":')
    while not (ticket := _ticket(update)):
        if '"errors_rx_state_":{"form"' in update:
            sys.exit(f"A sign-in was refused: {update[:500]}")
        update = await tab.update(f'"{_STATE}":')
    headers = {"X-Forwarded-For": client(number), "Origin": served.address}
    async with http.post(
        f"{served.address}/auth/session", json={"ticket": ticket}, headers=headers
    ) as answer:
        if answer.status != 204 or not answer.cookies:
            sys.exit(f"A ticket was refused: {answer.status} {await answer.text()}")
    return time.perf_counter()


def _ticket(update: str) -> str:
    _, body = json.loads(update[update.index("[") :])
    return str(body["delta"].get(_STATE, {}).get("ticket_rx_state_", ""))


async def ping(served: Platform, stop: asyncio.Event) -> list[float]:
    """Seconds that each ``/ping`` took, until told to stop."""
    times: list[float] = []
    async with aiohttp.ClientSession() as http:
        while not stop.is_set():
            begin = time.perf_counter()
            async with http.get(f"{served.address}/ping") as answer:
                await answer.read()
            times.append(time.perf_counter() - begin)
            await asyncio.sleep(_PING_EVERY_S)
    return times


async def burst(served: Platform, emails: Sequence[str]) -> tuple[list[float], list[float], list[float]]:
    """Seconds until each cookie was there, and seconds of ``/ping`` before and meanwhile."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        tabs = [await opened(http, served, number) for number, _ in zip(count(1), emails, strict=False)]
        before = await _pinged(served, asyncio.sleep(2))
        begin = time.perf_counter()
        done = asyncio.gather(
            *(
                sign_in(http, served, tab, number, email)
                for number, (tab, email) in enumerate(zip(tabs, emails, strict=True), start=1)
            )
        )
        meanwhile = await _pinged(served, done)
        for tab in tabs:
            await tab.__aexit__(None, None, None)
    return [one - begin for one in done.result()], before, meanwhile


async def _pinged(served: Platform, work: asyncio.Future[list[float]] | object) -> list[float]:
    stop = asyncio.Event()
    pings = asyncio.create_task(ping(served, stop))
    await work  # type: ignore[misc]
    stop.set()
    return await pings


async def addresses() -> list[str]:
    """The demonstration's students."""
    from sqlmodel import select

    from eduplatform.db import engine
    from eduplatform.db.unit_of_work import identity_work
    from eduplatform.domain import models as _models  # noqa: F401 - statements need every table
    from eduplatform.domain.accounts.models import User

    async with identity_work() as work:
        found = (await work.session.exec(select(User.email, User.roles))).all()
    await engine.dispose()
    return sorted(email for email, roles in found if roles == ["student"])


async def measure(served: Platform) -> int:
    """Do both and print.

    Returns:
        Exit code: 1 when a limit is missed.
    """
    students = await addresses()
    known, unknown = await refusals(served, students)
    ratio = median(unknown) / median(known)
    apart = abs(ratio - 1) > DIFFERENCE_LIMIT
    print(
        f"refused sign-in, {REFUSALS} each: known address median {median(known) * 1000:.1f} ms"
        f" (p95 {percentile(known, 95) * 1000:.1f}), unknown {median(unknown) * 1000:.1f} ms"
        f" (p95 {percentile(unknown, 95) * 1000:.1f}); ratio {ratio:.3f}, limit 1 ± {DIFFERENCE_LIMIT}"
        f"{': MISSED' if apart else ''}"
    )
    server = served.server_usage()
    done, before, meanwhile = await burst(served, students[:SIGN_INS])
    after = served.server_usage()
    total, worst = max(done), percentile(meanwhile, 99) * 1000
    late, slow = total > BURST_LIMIT_S, worst > PING_LIMIT_MS or math.isnan(worst)
    print(
        f"{len(done)} sign-ins at once: all in {total:.2f} s, limit {BURST_LIMIT_S} s{': MISSED' if late else ''};"
        f" median {median(done):.2f} s; server CPU {after.cpu - server.cpu:.1f} s; memory {after.memory / 2**20:.0f} MB"
    )
    print(
        f"/ping meanwhile, {len(meanwhile)} answers: p50 {percentile(meanwhile, 50) * 1000:.1f},"
        f" p95 {percentile(meanwhile, 95) * 1000:.1f}, p99 {worst:.1f} ms, limit {PING_LIMIT_MS:.0f} ms"
        f"{': MISSED' if slow else ''} (before: p50 {percentile(before, 50) * 1000:.1f},"
        f" p99 {percentile(before, 99) * 1000:.1f})"
    )
    return int(apart or late or slow)


def main() -> int:
    """Measure and print; see ``measure`` for the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="where to listen; any free port by default")
    options = parser.parse_args()
    with platform(port=options.port, settings=_SETTINGS) as served:
        return asyncio.run(measure(served))


if __name__ == "__main__":
    sys.exit(main())
