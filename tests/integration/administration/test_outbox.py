"""The outbox shows developers the mails that nobody sends, and does not exist in production."""

from __future__ import annotations

import pytest

from eduplatform.config import get_settings
from eduplatform.domain.accounts import sign_in
from eduplatform.pages.registry import PAGES
from eduplatform.state import outbox as outbox_module
from eduplatform.state.invitations import InvitationsState
from eduplatform.state.outbox import OutboxState
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def test_somebody_who_is_signed_out_finds_their_reset_link(world: World) -> None:
    await sign_in.request_reset(email=world.student.email, address="127.0.0.1", locale="en")
    async with Tab(path="/outbox") as tab:
        await tab.fire(OutboxState.load)
        first = (await tab.state(OutboxState)).mails[0]
        assert (first["recipient"], first["template"]) == (world.student.email, "password_reset")
        assert first["path"].startswith("/reset/")
        assert first["path"] in first["text"]


async def test_invitations_come_first_when_they_are_the_newest(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin/invitations") as tab:
        lines = "\n".join(f"o{number}@{world.slug}.test" for number in range(60))
        await tab.fire(InvitationsState.send_lines({"lines": lines, "student": "on"}))
        await tab.fire(OutboxState.load)
        mails = (await tab.state(OutboxState)).mails
        assert len(mails) == 25
        assert all(one["path"].startswith("/invitation/") for one in mails)


@pytest.mark.parametrize("who", ["nobody", "admin"])
async def test_in_production_there_is_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    await sign_in.request_reset(email=world.student.email, address="127.0.0.1", locale="en")
    production = get_settings().model_copy(update={"environment": "production"})
    async with Tab("" if who == "nobody" else await world.admin.sign_in(), path="/outbox") as tab:
        await tab.fire(OutboxState.load)
        monkeypatch.setattr(outbox_module, "get_settings", lambda: production)
        for event in (OutboxState.load, OutboxState.refresh):
            await tab.fire(event)
            assert (await tab.state(OutboxState)).mails == []
        assert (await tab.state(OutboxState)).failure == "not_found"


def test_the_page_is_registered_for_development_only() -> None:
    assert [one.development for one in PAGES if one.route == "/outbox"] == [True]
