"""The audit trail: words, filters, one chain, and that damage to it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from eduplatform.db.audit import AuditEvent, verify
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import service
from eduplatform.errors import Conflict
from eduplatform.security.principal import PlatformActor
from eduplatform.state.audit import AuditState
from eduplatform.state.base import NoticeState
from tests.factories.administration import tamper
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

NewWorld = Callable[[], Awaitable[World]]


async def write(world: World, *actions: str, actor: str = "admin") -> None:
    principal = await getattr(world, actor).principal()
    for action in actions:
        async with unit_of_work(principal) as work:
            await work.audit(action, note="x")


async def events(world: World) -> list[AuditEvent]:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        rows = await work.session.exec(select(AuditEvent).order_by(col(AuditEvent.number)))
        return list(rows.all())


async def checked(world: World) -> tuple[str, list[str]]:
    async with Tab(await world.admin.sign_in(), path="/admin/audit") as tab:
        await tab.fire(AuditState.load)
        await tab.fire(AuditState.verify)
        state = await tab.state(AuditState)
        return state.checked, state.problems


async def test_events_are_told_in_words(world: World) -> None:
    principal = await world.admin.principal()
    async with unit_of_work(principal) as work:
        await service.deactivate(work=work, me=principal, user_id=world.student.user_id, active=False)  # type: ignore[arg-type]
    await write(world, "rocket.launched")
    async with Tab(await world.admin.sign_in(), path="/admin/audit") as tab:
        await tab.fire(AuditState.load)
        rows = (await tab.state(AuditState)).rows
    texts = [row["text"] for row in rows]
    assert "Admin Test deactivated the account of Student Test" in texts
    assert "The organisation was created" in texts
    unknown = next(row for row in rows if row["action"] == "rocket.launched")
    assert (unknown["text"], unknown["known"]) == ("rocket.launched", False)
    assert "note: x" in unknown["details"]


async def test_every_action_and_area_can_be_chosen(world: World) -> None:
    await write(world, "course.created", "course_x.created", "lesson.deleted")
    async with Tab(await world.admin.sign_in(), path="/admin/audit") as tab:
        await tab.fire(AuditState.load)
        await tab.fire(AuditState.choose_area("course."))
        assert [row["action"] for row in (await tab.state(AuditState)).rows] == ["course.created"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "c%", "course_", "' or 1=1 --", "%' escape '/"])
async def test_filters_are_never_patterns(world: World, text: str) -> None:
    await write(world, "courses.created")
    async with Tab(await world.admin.sign_in(), path="/admin/audit") as tab:
        await tab.fire(AuditState.load)
        await tab.fire(AuditState.choose_area(text))
        assert (await tab.state(AuditState)).rows == []
        await tab.fire(AuditState.clear)
        await tab.fire(AuditState.search_person(text))
        assert (await tab.state(AuditState)).rows == []
        assert not (await tab.state(NoticeState)).notices


async def test_filters_by_person_and_by_day(world: World) -> None:
    await write(world, "course.created", actor="teacher")
    today, tomorrow = utc_now().date(), utc_now().date() + timedelta(days=1)
    async with Tab(await world.admin.sign_in(), path="/admin/audit") as tab:
        await tab.fire(AuditState.load)
        everything = (await tab.state(AuditState)).total
        await tab.fire(AuditState.search_person("teacher T"))
        rows = (await tab.state(AuditState)).rows
        assert rows
        assert {row["text"].partition(" Test ")[0] for row in rows} == {"Teacher"}
        await tab.fire(AuditState.clear)
        await tab.fire(AuditState.choose_since(today.isoformat()))
        await tab.fire(AuditState.choose_until(today.isoformat()))
        assert (await tab.state(AuditState)).total == everything
        await tab.fire(AuditState.choose_since(tomorrow.isoformat()))
        assert (await tab.state(AuditState)).total == 0
        for wrong in ("32.13.2026", "0001-01-01", "9999-12-31", "2026-02-31"):
            await tab.fire(AuditState.choose_until(wrong))
            assert "until" in (await tab.state(AuditState)).errors


async def test_a_whole_chain_is_confirmed_and_the_check_is_recorded(world: World) -> None:
    await write(world, "course.created", "course.published")
    assert await checked(world) == ("whole", [])
    assert (await events(world))[-1].action == "audit.verified"
    assert await checked(world) == ("whole", [])


@pytest.mark.parametrize(
    ("damage", "statement"),
    [
        ("edit", "update audit_event set action = 'course.edited' where id = :second"),
        ("details", "update audit_event set details = '{}' where id = :second"),
        ("actor", "update audit_event set actor_id = null where id = :second"),
        ("moment", "update audit_event set created_at = created_at - interval '1 day' where id = :second"),
        ("delete", "delete from audit_event where id = :second"),
        ("truncation", "delete from audit_event where tenant_id = :tenant and number >= :tail"),
        ("head", "delete from audit_head where tenant_id = :tenant"),
    ],
)
async def test_damage_to_the_chain_shows(world: World, damage: str, statement: str) -> None:
    await write(world, "course.created", "course.published", "course.unpublished")
    rows = await events(world)
    values = {"second": rows[-2].id, "tenant": world.tenant_id, "tail": rows[-1].number}
    cookie = await world.admin.sign_in()
    if damage == "truncation":
        values["tail"] = (await events(world))[-2].number
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    async with Tab(cookie, path="/admin/audit") as tab:
        await tab.fire(AuditState.load)
        await tamper(statement, **used)
        await tab.fire(AuditState.verify)
        state = await tab.state(AuditState)
        assert state.checked == "broken"
        assert state.problems


async def test_reordered_events_show(world: World) -> None:
    await write(world, "course.created", "course.published")
    first, second = (await events(world))[-2:]
    swap = (
        "update audit_event set number = case number when :first then :second else :first end + 1000000"
        " where tenant_id = :tenant and number in (:first, :second)"
    )
    await tamper(swap, first=first.number, second=second.number, tenant=world.tenant_id)
    await tamper(
        "update audit_event set number = number - 1000000 where tenant_id = :tenant and number > 1000000",
        tenant=world.tenant_id,
    )
    assert (await checked(world))[0] == "broken"


async def test_damage_in_one_tenant_does_not_show_in_another(world: World, new_world: NewWorld) -> None:
    other = await new_world()
    await tamper(
        "update audit_event set action = 'x.y' where tenant_id = :tenant and number = 1",
        tenant=other.tenant_id,
    )
    assert (await checked(world))[0] == "whole"
    assert (await checked(other))[0] == "broken"


async def test_many_writers_at_once_keep_one_chain(world: World) -> None:
    principal = await world.teacher.principal()
    before = len(await events(world))

    async def one(number: int) -> None:
        async with unit_of_work(principal) as work:
            await work.audit("course.created", number=number)

    await asyncio.gather(*(one(number) for number in range(20)))
    rows = await events(world)
    assert [row.number for row in rows] == list(range(1, before + 21))
    assert len({row.previous_hash for row in rows}) == len(rows)
    assert (await checked(world))[0] == "whole"


async def test_nobody_sees_another_tenants_trail(world: World, new_world: NewWorld) -> None:
    other = await new_world()
    await write(other, "rocket.launched")
    async with Tab(await world.admin.sign_in(), path="/admin/audit") as tab:
        await tab.fire(AuditState.load)
        assert "rocket.launched" not in [row["action"] for row in (await tab.state(AuditState)).rows]


async def test_the_trail_costs_the_same_with_many_events(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin/audit") as tab:
        await tab.fire(AuditState.load)
        with count_statements() as few:
            await tab.fire(AuditState.load)
        await write(world, *(["course.created"] * 40))
        with count_statements() as many:
            await tab.fire(AuditState.load)
        assert len((await tab.state(AuditState)).rows) == 25
        with count_statements() as verified:
            await tab.fire(AuditState.verify)
    assert len(many) == len(few) <= 8
    assert len(verified) <= 12


async def test_all_rows_of_a_transaction_are_written_together_and_in_order(world: World) -> None:
    me = await world.admin.principal()
    before = len(await events(world))
    with count_statements() as seen:
        async with unit_of_work(me) as work:
            for number in range(3):
                await work.audit("test.done", number=number)
    assert len(seen) == 2
    rows = (await events(world))[before:]
    assert [(one.action, one.details["number"]) for one in rows] == [("test.done", one) for one in range(3)]
    async with unit_of_work(me) as work:
        assert await verify(work.session, tenant_id=world.tenant_id) == []


async def test_what_is_rolled_back_leaves_no_row(world: World) -> None:
    me = await world.admin.principal()
    before = len(await events(world))
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await work.audit("test.done")
            raise Conflict
    assert len(await events(world)) == before
