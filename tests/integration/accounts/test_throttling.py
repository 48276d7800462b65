"""Guessing is stopped at its source and slowed down at its target; nobody is locked out by somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from eduplatform.domain.accounts import sign_in as sign_in_service
from eduplatform.state.accounts import ResetState, SignInState
from tests.factories.accounts import settings_with
from tests.factories.world import PASSWORD, Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

WAIT = "Too many attempts"
ATTACKER, OTHER_ATTACKER, ASKER, OWNER = "203.0.113.7", "203.0.113.8", "203.0.113.9", "198.51.100.4"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that is guessed at makes everybody wait; the tests need not."""
    monkeypatch.setattr(sign_in_service, "SLOW_SECONDS", 0.01)


class _TabAt(Tab):
    """A tab of a browser at a network address."""

    def __init__(self, address: str, path: str) -> None:
        super().__init__(path=path)
        self._address = address

    def _router_data(self) -> dict[str, Any]:
        return {**super()._router_data(), "ip": self._address}


async def _try(person: Person, password: str, *, address: str) -> SignInState:
    async with _TabAt(address, "/login") as tab:
        await tab.fire(SignInState.submit({"email": person.email, "password": password}))
        return await tab.state(SignInState)


async def test_an_address_that_guesses_is_refused_and_the_owner_is_not(world: World) -> None:
    with settings_with(RATE_SIGN_IN_PER_ADDRESS="4", RATE_SIGN_IN_PER_ACCOUNT="2"):
        texts = [
            (await _try(world.student, f"guess-{number}", address=ATTACKER)).errors["form"]
            for number in range(6)
        ]
        assert [text.startswith(WAIT) for text in texts] == [False, False, False, False, True, True]
        refused = await _try(world.student, PASSWORD, address=ATTACKER)
        assert not refused.ticket, "the right password of a refused address must not be told from a wrong one"
        assert (await _try(world.student, PASSWORD, address=OWNER)).ticket
        assert (await _try(world.teacher, PASSWORD, address=OWNER)).ticket


async def test_the_wait_is_the_same_for_an_address_that_does_not_exist(world: World) -> None:
    nobody = Person(f"nobody@{world.slug}.test", world.student.identity_id, None, None)
    with settings_with(RATE_SIGN_IN_PER_ADDRESS="3"):
        texts = [
            (await _try(nobody, f"guess-{number}", address=OTHER_ATTACKER)).errors["form"]
            for number in range(4)
        ]
    assert [text.startswith(WAIT) for text in texts] == [False, False, False, True]


async def test_asking_for_links_without_end_is_refused(world: World) -> None:
    with settings_with(RATE_SIGN_IN_PER_ADDRESS="2"):
        async with _TabAt(ASKER, "/forgot") as tab:
            for _ in range(3):
                await tab.fire(ResetState.request({"email": world.guardian.email}))
            assert (await tab.state(ResetState)).errors["form"].startswith(WAIT)
