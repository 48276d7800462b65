"""The secret address: read by programs, useless once it was ended, and right about time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from icalendar import Calendar
from sqlmodel import col, select

from eduplatform.api import calendar as api
from eduplatform.api import problems
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.calendar import feed, service
from eduplatform.domain.calendar.models import CalendarFeed
from eduplatform.domain.calendar.service import Entry, EventDraft
from eduplatform.security.principal import PlatformActor, Principal
from tests.factories.courses import make_course
from tests.factories.world import World

pytestmark = pytest.mark.anyio

START = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)


@asynccontextmanager
async def _program() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(api.router)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(uuid4().hex[:8], 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def _renew(me: Principal) -> str:
    async with unit_of_work(me) as work:
        return await feed.renew(work=work, me=me)


async def _event(world: World) -> None:
    made = await make_course(world)
    teacher = await world.teacher.principal()
    draft = EventDraft(
        made.course_id, None, "Trip; to, the\nsea", START, START + timedelta(hours=3), place="Harbour"
    )
    async with unit_of_work(teacher) as work:
        await service.save_event(work=work, me=teacher, event_id=None, version="", draft=draft)


async def test_a_program_reads_the_persons_events(world: World) -> None:
    await _event(world)
    secret = await _renew(await world.student.principal())
    async with _program() as program:
        answer = await program.get(f"/api/calendar/{secret}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [(str(one["summary"]), one.decoded("dtstart"), str(one["location"])) for one in events] == [
        ("Trip; to, the sea", START, "Harbour")
    ]


async def test_renewed_revoked_and_guessed_addresses_lead_nowhere(world: World) -> None:
    me = await world.student.principal()
    old = await _renew(me)
    new = await _renew(me)
    async with _program() as program:
        for secret, expected in ((old, 404), (new, 200), ("x" * 43, 404), ("short", 422)):
            assert (await program.get(f"/api/calendar/{secret}.ics")).status_code == expected
        async with unit_of_work(me) as work:
            await feed.revoke(work=work, me=me)
        assert (await program.get(f"/api/calendar/{new}.ics")).status_code == 404


async def test_the_database_holds_no_secret(world: World) -> None:
    secret = await _renew(await world.student.principal())
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        rows = (await work.session.exec(select(CalendarFeed))).all()
    assert secret.encode() not in b"".join(one.token_hash for one in rows)


async def test_who_has_left_has_no_calendar(world: World) -> None:
    secret = await _renew(await world.student.principal())
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        found = await work.session.exec(select(User).where(col(User.id) == world.student.user_id))
        found.one().status = AccountStatus.DEACTIVATED
    async with _program() as program:
        assert (await program.get(f"/api/calendar/{secret}.ics")).status_code == 404


async def test_a_program_that_asks_too_often_is_told_to_wait(world: World) -> None:
    secret = await _renew(await world.student.principal())
    async with _program() as program:
        codes = [(await program.get(f"/api/calendar/{secret}.ics")).status_code for _ in range(25)]
    assert codes[:20] == [200] * 20
    assert codes[-1] == 429


def _person(zone: str) -> Principal:
    key = uuid4()
    return Principal(key, key, key, key, frozenset(), "Ada", "ada@x.test", "en", zone, "School")


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Madrid", "Asia/Kolkata"])
def test_moments_are_moments_and_days_are_days_of_the_organisation(zone: str) -> None:
    local = ZoneInfo(zone)
    # An hour that exists twice, and whole days over the change of the clocks.
    moment = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1)
    first = datetime(2026, 10, 31, 0, 0, tzinfo=local).astimezone(UTC)
    last = datetime(2026, 11, 2, 0, 0, tzinfo=local).astimezone(UTC)
    found = [
        Entry("due", uuid4(), "Essay", "History", moment, moment, moment, child="Bo", child_id=uuid4()),
        Entry("event", uuid4(), "Camp", "History", first, last, first, all_day=True),
    ]
    essay, camp = Calendar.from_ical(feed.render(found, _person(zone), moment)).walk("VEVENT")
    assert essay.decoded("dtstart") == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert str(essay["summary"]) == "Due: Bo: Essay"
    assert (camp.decoded("dtstart"), camp.decoded("dtend")) == (date(2026, 10, 31), date(2026, 11, 3))
    assert essay["uid"] != camp["uid"]
