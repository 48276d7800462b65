"""The operator sees, makes, suspends and reactivates organisations."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from eduplatform.db import audit
from eduplatform.db.audit import AuditEvent
from eduplatform.db.base import PLATFORM, utc_now
from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.accounts import service, sessions
from eduplatform.domain.accounts.models import User
from eduplatform.errors import NotSignedIn
from eduplatform.security.permissions import Role
from eduplatform.state.audit import AuditState
from eduplatform.state.base import NoticeState
from eduplatform.state.operator import OperatorState
from tests.factories.administration import add_people, mails_to
from tests.factories.statements import count_statements
from tests.factories.world import Person, World, make_operator
from tests.harness import Tab

pytestmark = pytest.mark.anyio

NewWorld = Callable[[], Awaitable[World]]


@pytest.fixture
async def operator(database: None) -> Person:
    return await make_operator()


async def platform_events(operator: Person) -> list[AuditEvent]:
    async with identity_work() as work:
        rows = await work.session.exec(
            select(AuditEvent)
            .where(col(AuditEvent.tenant_id) == PLATFORM, col(AuditEvent.actor_id) == operator.identity_id)
            .order_by(col(AuditEvent.number))
        )
        return list(rows.all())


async def find(tab: Tab, slug: str) -> dict[str, str]:
    await tab.fire(OperatorState.load)
    await tab.fire(OperatorState.search(slug))
    rows = (await tab.state(OperatorState)).rows
    assert len(rows) == 1
    return dict(rows[0])  # type: ignore[arg-type]


async def test_counts_are_right_and_looking_is_recorded(world: World, operator: Person) -> None:
    await add_people(world, 7, seen=utc_now() - timedelta(days=3))
    await add_people(world, 4, seen=utc_now() - timedelta(days=8))
    async with Tab(await operator.sign_in(), path="/operator") as tab:
        row = await find(tab, world.slug)
        assert (row["people"], row["active"], row["status"]) == ("15", "7", "active")
    looks = [one for one in await platform_events(operator) if one.action == "scope.left"]
    assert len(looks) == 2
    assert looks[0].details["reason"]


async def test_the_list_costs_the_same_for_many_tenants(operator: Person, new_world: NewWorld) -> None:
    await new_world()
    async with Tab(await operator.sign_in(), path="/operator") as tab:
        await tab.fire(OperatorState.load)
        with count_statements(identity=True) as few:
            await tab.fire(OperatorState.load)
        for _number in range(5):
            await new_world()
        with count_statements(identity=True) as many:
            await tab.fire(OperatorState.load)
    assert len(many) == len(few) <= 8


@pytest.mark.parametrize("text", ["%", "_", "\\", "' or 1=1 --"])
async def test_search_text_is_never_a_pattern(world: World, operator: Person, text: str) -> None:
    async with Tab(await operator.sign_in(), path="/operator") as tab:
        await tab.fire(OperatorState.load)
        await tab.fire(OperatorState.search(text))
        assert (await tab.state(OperatorState)).rows == []


def tenant_form(slug: str) -> dict[str, str]:
    return {
        "name": "New School",
        "slug": slug,
        "kind": "school",
        "locale": "es",
        "timezone": "America/Bogota",
        "admin_email": f"head@{slug}.test",
        "admin_given_name": "Ana",
        "admin_family_name": "Ruiz",
    }


async def test_a_new_tenant_comes_with_an_administrator(operator: Person) -> None:
    slug = f"n-{uuid4().hex[:10]}"
    async with Tab(await operator.sign_in(), path="/operator") as tab:
        await tab.fire(OperatorState.load)
        await tab.fire(OperatorState.open_create)
        await tab.fire(OperatorState.create(tenant_form(slug)))
        assert not (await tab.state(OperatorState)).creating
        assert (await find(tab, slug))["people"] == "0"
        link = re.search(r"/invitation/(\S+)", (await mails_to(f"head@{slug}.test"))[0].text)
        assert link
        await service.accept_invitation(
            token=link[1], given_name="Ana", family_name="Ruiz", password="a-long-pass-phrase-7"
        )
        assert (await find(tab, slug))["people"] == "1"
    async with identity_work() as work:
        identity = await service.ensure_identity(work=work, email=f"head@{slug}.test")
        user = (await work.session.exec(select(User).where(col(User.identity_id) == identity.id))).one()
    person = Person(identity.email, identity.id, user.id, user.tenant_id)
    me = await person.principal()
    assert me.roles == {Role.ADMIN}
    assert (me.locale, me.timezone) == ("es", "America/Bogota")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "Ab"}, "slug"),
        ({"slug": "admin"}, "slug"),
        ({"slug": "a/b/c"}, "slug"),
        ({"name": " "}, "name"),
        ({"kind": "church"}, "kind"),
        ({"locale": "xx"}, "locale"),
        ({"timezone": "Mars/X"}, "timezone"),
        ({"admin_email": "nonsense"}, "admin_email"),
    ],
)
async def test_a_tenant_that_cannot_be_made_leaves_nothing(
    operator: Person, change: dict[str, str], field: str
) -> None:
    slug = f"n-{uuid4().hex[:10]}"
    async with Tab(await operator.sign_in(), path="/operator") as tab:
        await tab.fire(OperatorState.load)
        await tab.fire(OperatorState.open_create)
        await tab.fire(OperatorState.create(tenant_form(slug) | change))
        state = await tab.state(OperatorState)
        assert field in state.errors
        assert state.creating
    assert await mails_to(f"head@{slug}.test") == []


async def test_a_taken_slug_is_said_next_to_its_field(world: World, operator: Person) -> None:
    async with Tab(await operator.sign_in(), path="/operator") as tab:
        await tab.fire(OperatorState.load)
        await tab.fire(OperatorState.create(tenant_form(world.slug)))
        assert "slug" in (await tab.state(OperatorState)).errors


async def test_suspending_ends_sessions_at_once_and_reactivating_lets_people_in(
    world: World, operator: Person
) -> None:
    cookie = await world.student.sign_in()
    await sessions.resolve(cookie.partition("=")[2])
    async with Tab(await operator.sign_in(), path="/operator") as tab:
        row = await find(tab, world.slug)
        await tab.fire(OperatorState.ask_suspend(row["id"]))
        await tab.fire(OperatorState.suspend({"reason": "", "note": ""}))
        assert "reason" in (await tab.state(OperatorState)).errors
        await sessions.resolve(cookie.partition("=")[2])
        await tab.fire(OperatorState.suspend({"reason": "payment", "note": "Three\x00 reminders"}))
        row = await find(tab, world.slug)
        assert (row["status"], row["reason"], row["note"]) == ("suspended", "payment", "Three reminders")
        with pytest.raises(NotSignedIn):
            await sessions.resolve(cookie.partition("=")[2])
        with pytest.raises(NotSignedIn):
            await world.student.principal()
        await tab.fire(OperatorState.ask_reactivate(row["id"]))
        await tab.fire(OperatorState.reactivate)
        assert (await find(tab, world.slug))["status"] == "active"
    assert (await world.student.principal()).tenant_id == world.tenant_id
    with pytest.raises(NotSignedIn):
        await sessions.resolve(cookie.partition("=")[2])
    actions = [one.action for one in await platform_events(operator)]
    assert {"tenant.suspended", "tenant.reactivated"} <= set(actions)
    async with Tab(await world.admin.sign_in(), path="/admin/audit") as trail:
        await trail.fire(AuditState.load)
        rows = (await trail.state(AuditState)).rows
        suspended = next(one for one in rows if one["action"] == "tenant.suspended")
        assert suspended["text"] == "The operator suspended the organisation"
        assert "reminders" not in suspended["details"]


async def test_a_tenant_is_not_suspended_twice(world: World, operator: Person) -> None:
    async with Tab(await operator.sign_in(), path="/operator") as tab:
        row = await find(tab, world.slug)
        for _number in range(2):
            await tab.fire(OperatorState.ask_suspend(row["id"]))
            await tab.fire(OperatorState.suspend({"reason": "abuse", "note": ""}))
        assert (await tab.state(NoticeState)).notices[-1]["kind"] != "success"


async def test_administrators_are_no_operators(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/operator") as tab:
        await tab.fire(OperatorState.load)
        state = await tab.state(OperatorState)
        assert (state.failure, state.rows) == ("forbidden", [])


async def test_the_platforms_own_chain_is_whole(operator: Person, world: World) -> None:
    async with identity_work() as work:
        assert await audit.verify(work.session, tenant_id=PLATFORM) == []
