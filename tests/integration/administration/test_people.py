"""People, roles and guardians, as the administrator's pages handle them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import people, service, sessions
from eduplatform.errors import Conflict, EduError, Invalid, NotFound, NotSignedIn
from eduplatform.security.permissions import Role
from eduplatform.state.base import NoticeState
from eduplatform.state.people import PeopleState, PersonState
from tests.factories.administration import add_people
from tests.factories.courses import make_course
from tests.factories.statements import count_statements
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

NewWorld = Callable[[], Awaitable[World]]
ROUTE = "/admin/people/[user_id]"


def page_of(person: Person | UUID) -> str:
    return f"/admin/people/{person.user_id if isinstance(person, Person) else person}"


async def names(tab: Tab) -> list[str]:
    return [row["name"] for row in (await tab.state(PeopleState)).rows]


async def set_roles(
    world: World, person: Person, *roles: Role, shown: list[str], me: Person | None = None
) -> None:
    principal = await (me or world.admin).principal()
    async with unit_of_work(principal) as work:
        await people.set_roles(work=work, me=principal, user_id=person.user_id, roles=roles, shown=shown)  # type: ignore[arg-type]


async def test_the_list_pages_sorts_and_filters_on_the_server(world: World) -> None:
    await add_people(world, 30)
    async with Tab(await world.admin.sign_in(), path="/admin/people") as tab:
        await tab.fire(PeopleState.load)
        state = await tab.state(PeopleState)
        assert (state.total, state.pages, len(state.rows)) == (34, 2, 25)
        assert state.rows[0]["name"] == "Person 000 Crowd"
        await tab.fire(PeopleState.turn(2))
        assert len(await names(tab)) == 9
        await tab.fire(PeopleState.sort_by("name"))
        assert (await names(tab))[0].endswith("Test")
        await tab.fire(PeopleState.choose_role("teacher"))
        assert await names(tab) == ["Teacher Test"]
        await tab.fire(PeopleState.clear)
        await tab.fire(PeopleState.search("person 007"))
        assert await names(tab) == ["Person 007 Crowd"]
        await tab.fire(PeopleState.search(world.student.email[:12].upper()))
        assert await names(tab) == ["Student Test"]
        await tab.fire(PeopleState.search(""))
        await tab.fire(PeopleState.choose_status("deactivated"))
        assert await names(tab) == []


@pytest.mark.parametrize("text", ["%", "_", "\\", "%%%", "' OR '1'='1", "\x00", "stu%ent", "Person_000"])
async def test_search_text_is_never_a_pattern(world: World, text: str) -> None:
    await add_people(world, 1)
    async with Tab(await world.admin.sign_in(), path="/admin/people") as tab:
        await tab.fire(PeopleState.load)
        await tab.fire(PeopleState.search(text))
        # The NUL is no character that a name can hold: what is left of it is no search at all.
        assert len(await names(tab)) == (5 if text == "\x00" else 0)
        assert not (await tab.state(NoticeState)).notices


async def test_a_literal_percent_sign_is_found(world: World) -> None:
    await world.add_person("odd", Role.STUDENT, given="100%_sure")
    async with Tab(await world.admin.sign_in(), path="/admin/people") as tab:
        await tab.fire(PeopleState.load)
        await tab.fire(PeopleState.search("0%_s"))
        assert await names(tab) == ["100%_sure Test"]


async def test_people_of_other_tenants_are_neither_listed_nor_shown(
    world: World, new_world: NewWorld
) -> None:
    other = await new_world()
    async with Tab(await world.admin.sign_in(), path=page_of(other.student), route=ROUTE) as tab:
        await tab.fire(PeopleState.load)
        assert other.student.email not in [row["email"] for row in (await tab.state(PeopleState)).rows]
        for handler in (PersonState.load, PersonState.deactivate, PersonState.reactivate):
            await tab.fire(handler)
        state = await tab.state(PersonState)
        assert state.failure == "not_found"
        assert state.person["email"] == ""
    assert (await other.student.principal()).user_id == other.student.user_id


@pytest.mark.parametrize(
    "address", ["/admin/people/nonsense", "/admin/people/7c0e1c5e-4f3a-4d0c-9a52-3f5d2a6b8c11"]
)
async def test_an_unknown_person_is_not_found(world: World, address: str) -> None:
    async with Tab(await world.admin.sign_in(), path=address, route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        assert (await tab.state(PersonState)).failure == "not_found"


async def test_the_page_of_a_person_tells_what_they_belong_to(world: World) -> None:
    await make_course(world, title="Botany")
    await world.student.sign_in()
    async with Tab(await world.admin.sign_in(), path=page_of(world.student), route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        state = await tab.state(PersonState)
        assert state.person["roles"] == ["student"]
        assert [row["course"] for row in state.enrollments] == ["Botany"]
        assert state.person["sessions"] == "Signed in with 1 browser"


async def test_roles_are_saved_and_felt_in_open_sessions(world: World) -> None:
    cookie = (await world.student.sign_in()).partition("=")[2]
    assert (await sessions.resolve(cookie)).roles == {Role.STUDENT}
    async with Tab(await world.admin.sign_in(), path=page_of(world.student), route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        await tab.fire(PersonState.save_roles({"student": "on", "teacher": True, "shown": "student"}))
        assert (await tab.state(PersonState)).person["roles"] == ["student", "teacher"]
    assert (await sessions.resolve(cookie)).roles == {Role.STUDENT, Role.TEACHER}


async def test_nobody_can_be_left_without_a_role(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path=page_of(world.student), route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        await tab.fire(PersonState.save_roles({"shown": "student"}))
        assert "roles" in (await tab.state(PersonState)).errors


@pytest.mark.parametrize("field", ["operator", "tenant_id", "user_id"])
async def test_a_role_that_no_tenant_can_give_is_refused(world: World, field: str) -> None:
    async with Tab(await world.admin.sign_in(), path=page_of(world.student), route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        await tab.fire(PersonState.save_roles({"student": "on", field: "on", "shown": "student"}))
        assert field in (await tab.state(PersonState)).errors
    with pytest.raises(Invalid):
        await set_roles(world, world.student, Role.OPERATOR, Role.STUDENT, shown=["student"])


async def test_roles_that_somebody_else_changed_meanwhile_are_not_overwritten(world: World) -> None:
    await set_roles(world, world.student, Role.STUDENT, Role.TEACHER, shown=["student"])
    with pytest.raises(Conflict):
        await set_roles(world, world.student, Role.GUARDIAN, shown=["student"])


async def test_ones_own_role_of_administrator_stays(world: World) -> None:
    await world.add_person("second", Role.ADMIN)
    with pytest.raises(Invalid):
        await set_roles(world, world.admin, Role.TEACHER, shown=["admin"])
    await set_roles(world, world.admin, Role.ADMIN, Role.TEACHER, shown=["admin"])
    assert (await world.admin.principal()).roles == {Role.ADMIN, Role.TEACHER}


async def test_administrators_who_remove_each_other_at_once_leave_one(world: World) -> None:
    """The last administrator stays, whatever the two of them do in the same moment."""
    second = await world.add_person("second", Role.ADMIN)

    async def remove(me: Person, other: Person) -> None:
        principal = await me.principal()
        async with unit_of_work(principal) as work:
            await service.deactivate(work=work, me=principal, user_id=other.user_id, active=False)  # type: ignore[arg-type]

    results = await asyncio.gather(
        remove(world.admin, second),
        set_roles(world, world.admin, Role.TEACHER, shown=["admin"], me=second),
        return_exceptions=True,
    )
    assert sum(isinstance(one, EduError) for one in results) == 1
    assert sum(one is None for one in results) == 1


async def test_a_deactivated_person_is_out_at_the_next_event_and_can_come_back(world: World) -> None:
    cookie = await world.student.sign_in()
    value = cookie.partition("=")[2]
    await sessions.resolve(value)
    async with Tab(await world.admin.sign_in(), path=page_of(world.student), route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        await tab.fire(PersonState.deactivate)
        assert not (await tab.state(PersonState)).person["active"]
        with pytest.raises(NotSignedIn):
            await sessions.resolve(value)
        await tab.fire(PersonState.reactivate)
        assert (await tab.state(PersonState)).person["active"]
    assert (await world.student.principal()).user_id == world.student.user_id


async def test_nobody_deactivates_themselves(world: World) -> None:
    await world.add_person("second", Role.ADMIN)
    async with Tab(await world.admin.sign_in(), path=page_of(world.admin), route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        await tab.fire(PersonState.deactivate)
        assert (await tab.state(PersonState)).errors["form"]
        await tab.fire(PersonState.load)
        assert (await tab.state(PersonState)).person["active"]


async def test_a_guardian_is_added_verified_and_revoked(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path=page_of(world.student), route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        form = {"email": world.guardian.email.upper(), "relation": "parent"}
        await tab.fire(PersonState.add_guardian(form))
        link = (await tab.state(PersonState)).guardians[0]
        assert (link["name"], link["status"]) == ("Guardian Test", "pending")
        await tab.fire(PersonState.verify_guardian(link["id"]))
        assert (await tab.state(PersonState)).guardians[0]["status"] == "verified"
        await tab.fire(PersonState.revoke_guardian(link["id"]))
        assert (await tab.state(PersonState)).guardians[0]["status"] == "revoked"
        await tab.fire(PersonState.add_guardian(form))
        assert [one["status"] for one in (await tab.state(PersonState)).guardians] == ["pending"]
        await tab.go(page_of(world.guardian), ROUTE)
        await tab.fire(PersonState.load)
        assert [one["name"] for one in (await tab.state(PersonState)).students] == ["Student Test"]


async def test_only_members_with_the_role_can_be_guardians(world: World, new_world: NewWorld) -> None:
    other = await new_world()
    async with Tab(await world.admin.sign_in(), path=page_of(world.student), route=ROUTE) as tab:
        await tab.fire(PersonState.load)
        for email in (world.teacher.email, other.guardian.email, "nobody@nowhere.test", "x\x00@y.test"):
            await tab.fire(PersonState.add_guardian({"email": email, "relation": "parent"}))
            state = await tab.state(PersonState)
            assert "email" in state.errors
            assert state.guardians == []
        await tab.go(page_of(world.teacher), ROUTE)
        await tab.fire(PersonState.add_guardian({"email": world.guardian.email, "relation": "parent"}))
        assert "form" in (await tab.state(PersonState)).errors


async def test_a_link_is_changed_only_from_its_students_page(world: World) -> None:
    other = await world.add_person("other", Role.STUDENT)
    principal = await world.admin.principal()
    async with unit_of_work(principal) as work:
        await people.add_guardian(
            work=work,
            student_id=world.student.user_id,
            email=world.guardian.email,
            relation="parent",  # type: ignore[arg-type]
        )
        profile = await people.read_profile(work=work, user_id=world.student.user_id)  # type: ignore[arg-type]
    link_id = profile.relations[0].link_id
    for change in (people.verify_guardian, people.revoke_guardian):
        with pytest.raises(NotFound):
            async with unit_of_work(principal) as work:
                await change(work=work, link_id=link_id, student_id=other.user_id)  # type: ignore[arg-type]


async def test_lists_and_pages_cost_the_same_with_many_people(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path=page_of(world.student), route=ROUTE) as tab:
        await tab.fire(PeopleState.load)
        with count_statements(identity=True) as few:
            await tab.fire(PeopleState.load)
        with count_statements(identity=True) as person_few:
            await tab.fire(PersonState.load)
        await add_people(world, 60, seen=utc_now() - timedelta(days=1))
        for title in ("One", "Two", "Three"):
            await make_course(world, title=title)
        with count_statements(identity=True) as many:
            await tab.fire(PeopleState.load)
        with count_statements(identity=True) as person_many:
            await tab.fire(PersonState.load)
    assert len(many) == len(few) <= 8
    assert len(person_many) == len(person_few) <= 8
