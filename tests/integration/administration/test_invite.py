"""Inviting one person or many, and what becomes of invitations."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import service
from eduplatform.domain.accounts.invitations import read_lines
from eduplatform.domain.accounts.models import Invitation
from eduplatform.errors import NotSignedIn
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from eduplatform.state.base import NoticeState
from eduplatform.state.invitations import InvitationsState
from tests.factories.administration import invitations_of, mails_to
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

NewWorld = Callable[[], Awaitable[World]]


async def token_of(email: str) -> str:
    """The secret of the newest link to an address."""
    found = re.search(r"/invitation/(\S+)", (await mails_to(email))[-1].text)
    assert found
    return found[1]


async def test_one_person_is_invited_and_can_join(world: World) -> None:
    email = f"ada@{world.slug}.test"
    form = {
        "email": email.upper(),
        "given_name": "Ada",
        "family_name": "Lovelace",
        "teacher": "on",
        "student": True,
    }
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.load)
        await tab.fire(InvitationsState.send(form))
        row = (await tab.state(InvitationsState)).rows[0]
        assert (row["email"], row["name"], row["roles"], row["status"]) == (
            email,
            "Ada Lovelace",
            ["student", "teacher"],
            "open",
        )
        await service.accept_invitation(
            token=await token_of(email),
            given_name="Ada",
            family_name="Lovelace",
            password="a-long-pass-phrase-7",
        )
        await tab.fire(InvitationsState.choose_status("accepted"))
        assert [one["email"] for one in (await tab.state(InvitationsState)).rows] == [email]
        await tab.fire(InvitationsState.send(form))
        assert "email" in (await tab.state(InvitationsState)).errors


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"email": "a b@c.de"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "<script>@x.test"}, "email"),
        ({"email": "a@b.test\nbcc: c@d.test"}, "email"),
        ({"email": ""}, "email"),
        ({"given_name": "x" * 81}, "given_name"),
        ({"teacher": ""}, "teacher"),
        ({"operator": "on"}, "operator"),
    ],
)
async def test_what_cannot_be_used_is_said_next_to_its_field(
    world: World, change: dict[str, str], field: str
) -> None:
    form = {"email": "x@y.test", "given_name": "", "family_name": "", "teacher": "on"} | change
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.load)
        await tab.fire(InvitationsState.send(form))
        assert field in (await tab.state(InvitationsState)).errors
    assert await invitations_of(world) == []


async def test_control_characters_do_not_break_anything(world: World) -> None:
    form = {"email": "nul@y.test", "given_name": "A\x00da", "family_name": "\ud800", "teacher": "on"}
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.load)
        await tab.fire(InvitationsState.send(form))
        assert not tab.errors
    assert [one.given_name for one in await invitations_of(world)] in (["A da"], [])


async def test_lines_are_sent_all_or_none(world: World) -> None:
    good = "\n".join(
        [
            f"ada@{world.slug}.test, Ada, Lovelace, teacher",
            "",
            f"alan@{world.slug}.test;Alan;Turing",
            f"grace@{world.slug}.test\tGrace\tHopper\tadmin + teacher",
        ]
    )
    bad = f"{good}\nnonsense\nbob@x.test, Bob, B, wizard\n{world.student.email}\nADA@{world.slug}.test\na,b,c,d,e"
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.load)
        await tab.fire(InvitationsState.send_lines({"lines": bad, "student": "on"}))
        state = await tab.state(InvitationsState)
        assert [one["number"] for one in state.problems] == [5, 6, 7, 8, 9]
        assert "wizard" in state.problems[1]["message"]
        assert await invitations_of(world) == []
        await tab.fire(InvitationsState.send_lines({"lines": good, "student": "on"}))
        state = await tab.state(InvitationsState)
        assert (state.problems, state.sent_lines, state.total) == ([], 1, 3)
    sent = {one.email.partition("@")[0]: one.roles for one in await invitations_of(world)}
    assert sent == {"ada": ["teacher"], "alan": ["student"], "grace": ["teacher", "admin"]}
    assert len(await mails_to(f"alan@{world.slug}.test")) == 1


async def test_lines_without_any_role_say_so(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.load)
        await tab.fire(InvitationsState.send_lines({"lines": "a@b.test"}))
        assert len((await tab.state(InvitationsState)).problems) == 1
        await tab.fire(InvitationsState.send_lines({"lines": "\n \n", "student": "on"}))
        assert "lines" in (await tab.state(InvitationsState)).errors
        many = "\n".join(f"p{number}@b.test" for number in range(201))
        await tab.fire(InvitationsState.send_lines({"lines": many, "student": "on"}))
        assert "200" in (await tab.state(InvitationsState)).errors["lines"]


async def test_many_lines_cost_as_much_as_few(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.load)
        with count_statements() as few:
            await tab.fire(InvitationsState.send_lines({"lines": "a@b.test\nb@b.test", "student": "on"}))
        lines = "\n".join(f"q{number}@b.test" for number in range(150))
        with count_statements() as many:
            await tab.fire(InvitationsState.send_lines({"lines": lines, "student": "on"}))
        assert (await tab.state(InvitationsState)).total == 152
    assert len(many) == len(few)


async def test_a_new_invitation_replaces_an_open_one(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        for _number in range(2):
            await tab.fire(InvitationsState.send({"email": f"two@{world.slug}.test", "student": "on"}))
        await tab.fire(InvitationsState.load)
        assert sorted(one["status"] for one in (await tab.state(InvitationsState)).rows) == [
            "open",
            "revoked",
        ]


async def test_sending_again_makes_the_old_link_useless(world: World) -> None:
    email = f"again@{world.slug}.test"
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.send({"email": email, "student": "on"}))
        old = await token_of(email)
        row = (await tab.state(InvitationsState)).rows[0]
        await tab.fire(InvitationsState.resend(row["id"]))
        with pytest.raises(NotSignedIn):
            await service.read_invitation(token=old)
        new = await token_of(email)
        assert (await service.read_invitation(token=new))[0] == email
        await tab.fire(InvitationsState.revoke(row["id"]))
        with pytest.raises(NotSignedIn):
            await service.read_invitation(token=new)
        assert (await tab.state(InvitationsState)).rows[0]["status"] == "revoked"
        await tab.fire(InvitationsState.resend(row["id"]))
        assert (await tab.state(NoticeState)).notices[-1]["kind"] != "success"
    assert len(await mails_to(email)) == 2


async def test_an_expired_invitation_can_be_sent_again(world: World) -> None:
    email = f"late@{world.slug}.test"
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.send({"email": email, "student": "on"}))
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            row = await work.session.get(Invitation, (await invitations_of(world))[0].id)
            assert row is not None
            row.expires_at = utc_now() - timedelta(days=1)
        await tab.fire(InvitationsState.choose_status("open"))
        assert (await tab.state(InvitationsState)).rows == []
        await tab.fire(InvitationsState.choose_status("expired"))
        found = (await tab.state(InvitationsState)).rows
        assert [one["email"] for one in found] == [email]
        await tab.fire(InvitationsState.resend(found[0]["id"]))
        assert (await service.read_invitation(token=await token_of(email)))[0] == email


async def test_another_tenants_invitations_are_out_of_reach(world: World, new_world: NewWorld) -> None:
    other = await new_world()
    async with Tab(await other.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.send({"email": f"x@{other.slug}.test", "student": "on"}))
    theirs = (await invitations_of(other))[0]
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        await tab.fire(InvitationsState.load)
        assert (await tab.state(InvitationsState)).rows == []
        await tab.fire(InvitationsState.revoke(str(theirs.id)))
        await tab.fire(InvitationsState.resend(str(theirs.id)))
    assert (await invitations_of(other))[0].revoked_at is None
    assert len(await mails_to(f"x@{other.slug}.test")) == 1


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    people, problems = read_lines(text, roles=[Role.STUDENT])
    filled = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    assert sorted([number for number, _person in people] + [one.number for one in problems]) == filled
    emails = [person.email for _number, person in people]
    assert len(emails) == len(set(emails))


@given(
    st.lists(st.sampled_from(service.TENANT_ROLES), min_size=1, unique=True),
    st.sampled_from([",", ";", "\t", " , "]),
    st.sampled_from(["+", "/", " ", " | "]),
)
def test_roles_of_a_line_are_read_however_they_are_separated(
    roles: list[Role], comma: str, plus: str
) -> None:
    line = comma.join(["a@b.test", "Ada", "Lovelace", plus.join(role.value.upper() for role in roles)])
    people, problems = read_lines(line, roles=[])
    assert problems == []
    assert set(people[0][1].roles) == set(roles)
