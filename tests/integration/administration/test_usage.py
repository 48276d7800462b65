"""The numbers of the administrator's overview are the real ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import service
from eduplatform.domain.operations import usage
from eduplatform.domain.tenants.models import Term
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor, Principal
from eduplatform.state.invitations import InvitationsState
from eduplatform.state.usage import UsageState
from tests.factories.administration import add_people, hand_in
from tests.factories.courses import make_course
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

NewWorld = Callable[[], Awaitable[World]]


async def add_term(world: World, name: str, starts_on: date, ends_on: date) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.add(Term(name=name, starts_on=starts_on, ends_on=ends_on))


async def read(me: Principal, now: datetime | None = None) -> usage.Usage:
    async with unit_of_work(me) as work:
        return await usage.read_usage(work=work, me=me, now=now)


async def test_people_are_counted_by_role_and_by_their_last_visit(world: World, new_world: NewWorld) -> None:
    now = utc_now()
    await add_people(await new_world(), 9, seen=now)
    await add_people(world, 3, seen=now - timedelta(days=6, hours=23))
    await add_people(world, 5, role=Role.TEACHER, seen=now - timedelta(days=7, hours=1))
    both = await world.add_person("both", Role.TEACHER, Role.ADMIN)  # the fourth active one is "me"
    me = await world.admin.principal()
    async with unit_of_work(me) as work:
        await service.deactivate(work=work, me=me, user_id=world.guardian.user_id, active=False)  # type: ignore[arg-type]
    counts = (await read(me, now)).people
    assert both.user_id
    assert (counts.total, counts.active, counts.deactivated) == (12, 4, 1)
    assert (counts.students, counts.teachers, counts.guardians, counts.admins) == (4, 7, 0, 2)


async def test_courses_and_invitations_are_counted(world: World, new_world: NewWorld) -> None:
    await make_course(await new_world())
    await make_course(world)
    await make_course(world, published=False)
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(
            InvitationsState.send_lines({"lines": "a@b.test\nc@d.test\ne@f.test", "student": "on"})
        )
        await tab.fire(InvitationsState.revoke((await tab.state(InvitationsState)).rows[0]["id"]))
    found = (await read(await world.admin.principal())).courses
    assert (found.courses, found.published, found.sections, found.enrolments) == (2, 1, 2, 2)
    assert found.open_invitations == 2


async def test_submissions_are_counted_per_week_of_the_term(world: World) -> None:
    await add_term(world, "Past", date(2025, 9, 1), date(2025, 12, 19))
    await add_term(world, "Autumn", date(2026, 9, 2), date(2026, 12, 18))
    await hand_in(
        world,
        [
            datetime(2026, 9, 1, 23, 59, tzinfo=UTC),  # the day before the term
            datetime(2026, 9, 2, 0, 0, tzinfo=UTC),
            datetime(2026, 9, 6, 23, 59, tzinfo=UTC),  # Sunday: still the first week
            datetime(2026, 9, 7, 0, 0, tzinfo=UTC),  # Monday: the second
            datetime(2026, 9, 21, 12, 0, tzinfo=UTC),
        ],
    )
    me = await world.admin.principal()
    found = await read(me, datetime(2026, 9, 22, 12, tzinfo=UTC))
    assert found.term == "Autumn"
    assert [(week.monday.isoformat(), week.submissions) for week in found.weeks] == [
        ("2026-08-31", 2),
        ("2026-09-07", 1),
        ("2026-09-14", 0),
        ("2026-09-21", 1),
    ]
    assert (await read(me, datetime(2026, 8, 15, tzinfo=UTC))).term == "Past"


async def test_without_a_term_the_last_weeks_are_counted(world: World) -> None:
    await hand_in(world, [utc_now() - timedelta(minutes=1)])
    found = await read(await world.admin.principal())
    assert (found.term, len(found.weeks), found.weeks[-1].submissions) == ("", 12, 1)


async def test_the_page_shows_chart_table_and_events_at_a_constant_cost(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin") as tab:
        await tab.fire(UsageState.load)
        assert not (await tab.state(UsageState)).has_submissions
        with count_statements() as few:
            await tab.fire(UsageState.load)
        await add_people(world, 40)
        await hand_in(world, [utc_now() - timedelta(days=day) for day in range(30)])
        with count_statements() as many:
            await tab.fire(UsageState.load)
        state = await tab.state(UsageState)
        assert state.numbers["people"] == "44"
        assert state.submissions == "30 submissions"
        assert sum(int(cells[1]) for cells in state.weeks) == 30
        assert "<svg" in state.chart
        assert any("created a course" in one["text"] for one in state.recent)
    assert len(many) == len(few) <= 8
