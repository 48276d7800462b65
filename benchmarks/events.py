"""How long people wait for their start page when 300 of them work at once, on one server process.

Method: each session is one raw websocket with a session of its own (250 of the students and 50 of the teachers of both
demonstration organisations; the session rows are made through the session service, the cookie travels in the handshake).
After all are connected, their first page is there and the server rests, each loads its start page again and again, as navigation does
(``/learn`` or ``/teach``: the frame's handler, the page's handler with its database work, the end of the loading), and
thinks for 3 s on average (1.5 to 4.5 s, evenly) in between. Measured from sending the event to the update that carries the
page's data, and to the one that ends the loading. With ``--beacons`` each session also sends what its open page sends by itself:
``pulse`` of the frame every 3 s, ``refresh`` of the page every 10 s.

The load generator, the server and the database share the machine: the generator's own share of CPU is printed, too.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
import psutil

from benchmarks.served import Platform, Usage, platform
from benchmarks.tab import HYDRATE, LOAD_PAGE, LOADED, Tab

SESSIONS = 300
THINK_S = 3.0
LIMIT_MS = 100.0
PERCENTILE = 95
_STATES = "reflex___state____state.eduplatform___state"
_PAGES = {
    "student": ("/learn", f"{_STATES}___learning____learn_home_state"),
    "teacher": ("/teach", f"{_STATES}___courses____teach_home_state"),
}
_SHELL = f"{_STATES}___shell____shell_state"
_STUDENTS_PER_TEACHER = 5
_CONNECTING_AT_ONCE = 20
_PULSE_S, _REFRESH_S = 3.0, 10.0
_IDLE_CPU_S = 0.1


@dataclass
class Times:
    """What was measured, in seconds, by role."""

    data: dict[str, list[float]] = field(default_factory=lambda: {role: [] for role in _PAGES})
    whole: dict[str, list[float]] = field(default_factory=lambda: {role: [] for role in _PAGES})
    errors: list[str] = field(default_factory=list)
    received: int = 0


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile; NaN of nothing."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


async def session(
    http: aiohttp.ClientSession,
    served: Platform,
    role: str,
    cookie: str,
    gate: asyncio.Semaphore,
    connected: asyncio.Queue[str],
    start: asyncio.Event,
    end: list[float],
    times: Times,
    beacons: bool,
) -> None:
    """One person at the start page, until the end."""
    path, state = _PAGES[role]
    try:
        async with Tab(http, served.address, cookie=cookie, path=path) as tab:
            async with gate:
                await tab.fire(HYDRATE)
                await tab.update()
                await tab.load()
            connected.put_nowait(role)
            await start.wait()
            before = tab.received
            await asyncio.sleep(_rest_of_thinking())
            beats = asyncio.create_task(beat(tab, state)) if beacons else None
            while time.monotonic() < end[0]:
                begin = time.perf_counter()
                await tab.fire(LOAD_PAGE)
                update = await tab.update(f'"{state}":')
                times.data[role].append(time.perf_counter() - begin)
                if '"failure_rx_state_":"error"' in update:
                    times.errors.append(update[:300])
                if LOADED not in update:
                    await tab.update(LOADED)
                times.whole[role].append(time.perf_counter() - begin)
                await asyncio.sleep(_thinking())
            if beats is not None:
                beats.cancel()
            times.received += tab.received - before
    except (ConnectionError, aiohttp.ClientError, TimeoutError) as error:
        times.errors.append(repr(error))
        connected.put_nowait(role)


def _thinking() -> float:
    """Seconds between two pages."""
    return THINK_S * (0.5 + random.random())


def _rest_of_thinking() -> float:
    """Seconds that are left of a thinking in which one looks at a random moment.

    Long ones are met more often. With these first waits people arrive evenly from the first second on.
    """
    while True:
        whole = _thinking()
        if random.random() * THINK_S * 1.5 < whole:
            return whole * random.random()


async def beat(tab: Tab, state: str) -> None:
    """What an open page sends without its reader, until cancelled; the answers are read by the page's own waiting."""
    await asyncio.sleep(random.random() * _PULSE_S)
    begin = refreshed = time.monotonic()
    for count in itertools.count(1):
        await tab.fire(f"{_SHELL}.pulse")
        if time.monotonic() - refreshed > _REFRESH_S:
            refreshed += _REFRESH_S
            await tab.fire(f"{state}.refresh")
        await asyncio.sleep(max(0.0, begin + count * _PULSE_S - time.monotonic()))


async def _cookies(number: int) -> list[tuple[str, str]]:
    """Sessions of the demonstration's people, in turn: role and Cookie header."""
    from sqlmodel import col, select

    from eduplatform.db import engine
    from eduplatform.db.unit_of_work import identity_work, unit_of_work
    from eduplatform.domain import models as _models  # noqa: F401 - statements need every table
    from eduplatform.domain.accounts.models import User
    from eduplatform.domain.tenants import service as tenants
    from eduplatform.security.principal import PlatformActor
    from tests.factories.world import Person

    people: dict[str, list[Person]] = {role: [] for role in _PAGES}
    for slug in ("riverside", "northwind"):
        async with identity_work() as work:
            tenant = await tenants.find_tenant(work=work, slug=slug)
        assert tenant is not None
        async with unit_of_work(PlatformActor(tenant.id)) as work:
            for role in _PAGES:
                rows = await work.session.exec(select(User).where(col(User.roles).contains([role])))
                people[role] += [Person(one.email, one.identity_id, one.id, tenant.id) for one in rows]
    found: list[tuple[str, str]] = []
    for count in range(number):
        role = "teacher" if count % (_STUDENTS_PER_TEACHER + 1) == 0 else "student"
        found.append((role, await people[role][count % len(people[role])].sign_in()))
    await engine.dispose()
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """How much the machine had to do in the measured time."""

    seconds: float
    server: tuple[Usage, Usage]
    database: tuple[Usage, Usage]
    generator: float


async def run(served: Platform, *, number: int, seconds: float, beacons: bool) -> tuple[Times, Load]:
    """Connect everybody, then measure for the given time."""
    cookies = await _cookies(number)
    times, start, end = Times(), asyncio.Event(), [math.inf]
    gate, connected = asyncio.Semaphore(_CONNECTING_AT_ONCE), asyncio.Queue[str]()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        tasks = [
            asyncio.create_task(
                session(http, served, role, cookie, gate, connected, start, end, times, beacons)
            )
            for role, cookie in cookies
        ]
        for _ in tasks:
            await connected.get()
        await _settled(served)
        server, database, own = served.server_usage(), served.database_usage(), psutil.Process().cpu_times()
        begin = time.monotonic()
        end[0] = begin + seconds
        start.set()
        await asyncio.sleep(seconds)
        elapsed = time.monotonic() - begin
        after = psutil.Process().cpu_times()
        load = Load(
            elapsed,
            (server, served.server_usage()),
            (database, served.database_usage()),
            (after.user + after.system - own.user - own.system) / elapsed,
        )
        await asyncio.gather(*tasks)
    return times, load


async def _settled(served: Platform) -> None:
    """Wait until the server has worked off what the connecting left behind."""
    before = served.server_usage().cpu
    while True:
        await asyncio.sleep(1)
        now = served.server_usage().cpu
        if now - before < _IDLE_CPU_S:
            return
        before = now


def _line(name: str, values: Sequence[float]) -> str:
    shown = [f"{percentile(values, one) * 1000:7.1f}" for one in (50, 95, 99, 100)]
    return f"{name:42} {len(values):6}  " + " ".join(shown)


def report(times: Times, load: Load, number: int) -> int:
    """Print the figures.

    Returns:
        Exit code: 1 when the limit is missed, or anything went wrong.
    """
    whole = [one for values in times.whole.values() for one in values]
    print(f"{'':42} {'number':>6}  {'p50':>7} {'p95':>7} {'p99':>7} {'max':>7}  ms")
    for role, (path, _) in _PAGES.items():
        print(_line(f"{path}: event until the page's data", times.data[role]))
        print(_line(f"{path}: event until the page is loaded", times.whole[role]))
    print(_line("all: event until the page is loaded", whole))

    def share(pair: tuple[Usage, Usage]) -> float:
        return (pair[1].cpu - pair[0].cpu) / load.seconds

    visits = len(whole) / load.seconds
    print(
        f"\n{number} sessions, {visits:.0f} page loads/s for {load.seconds:.0f} s; errors: {len(times.errors)}"
    )
    print(
        f"CPU (cores): server {share(load.server):.2f}, database {share(load.database):.2f},"
        f" load generator {load.generator:.2f}"
    )
    if whole:
        print(
            f"per page load: server {share(load.server) / visits * 1000:.1f} ms,"
            f" database {share(load.database) / visits * 1000:.1f} ms CPU;"
            f" {times.received / max(1, len(whole)) / 1024:.1f} KB over the socket"
        )
    memory = load.server[1].memory / 2**20
    print(f"server memory {memory:.0f} MB with {number} sessions")
    for error in times.errors[:5]:
        print(f"  {error}")
    reached = percentile(whole, PERCENTILE) * 1000
    failed = not reached <= LIMIT_MS or bool(times.errors)
    print(f"p{PERCENTILE} {reached:.1f} ms, limit {LIMIT_MS:.0f} ms{': MISSED' if failed else ''}")
    return int(failed)


def main() -> int:
    """Measure and print; see ``report`` for the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="where to listen; any free port by default")
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--beacons", action="store_true", help="also what open pages send by themselves")
    options = parser.parse_args()
    with platform(port=options.port) as served:
        print(f"The server is process {served.worker().pid}.", flush=True)  # for a profiler
        times, load = asyncio.run(
            run(served, number=options.sessions, seconds=options.seconds, beacons=options.beacons)
        )
    return report(times, load, options.sessions)


if __name__ == "__main__":
    sys.exit(main())
