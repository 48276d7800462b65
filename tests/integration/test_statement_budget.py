"""What a page costs the database: few statements, and no more of them when there are more rows.

Every page is opened by everybody it is for, twice, in a school of sixty students and in a small copy of it. Counted is
what the handlers that fill the page send on both engines, and ``refresh`` of the same state. Not counted is what every event
begins with: the transaction's own ``set_config``, and the look-up of the session, which a process remembers for two seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from reflex.event import Event

from eduplatform.domain.accounts import sessions
from eduplatform.pages.registry import PAGES, Page
from eduplatform.security.gate import registered_policies
from eduplatform.security.permissions import Permission, Public, Role, permissions_of
from eduplatform.state.base import PageMixin
from tests.factories.demonstration import Demonstration, roles_of, seed_large_and_small
from tests.factories.statements import count_statements
from tests.harness import Tab, state_of

pytestmark = pytest.mark.anyio

BUDGET = 8
VISITS = 2


@dataclass(frozen=True)
class Visit:
    """A handler that fills a page for a role."""

    page: Page
    role: Role
    handler: str

    @property
    def before(self) -> list[str]:
        """What has to run first: a page refreshes what it has loaded."""
        return [name for name in _loading(self.page) if name != self.handler]

    def __str__(self) -> str:
        return f"{self.page.route} {self.role} {state_of(self.handler).__name__}.{self.handler.rpartition('.')[2]}"


def _loading(page: Page) -> list[str]:
    """The handlers that fill the page, by their full names."""
    return [one.name for event in page.on_load for one in Event.from_event_type(event)]


def _handlers(page: Page) -> list[str]:
    """What fills the page, and what refreshes the same states."""
    loading = _loading(page)
    fresh = [name.rpartition(".")[0] + ".refresh" for name in loading]
    return list(dict.fromkeys([*loading, *(name for name in fresh if name in registered_policies())]))


def visits() -> Iterator[Visit]:
    """Every page, as everybody who may open it."""
    for page in PAGES:
        for role in roles_of(page.roles):
            for handler in _handlers(page):
                permission = registered_policies()[handler].permission
                if isinstance(permission, Public) or permission in permissions_of(frozenset({role})):
                    yield Visit(page, role, handler)


@pytest.fixture(scope="module")
async def schools(database: None) -> tuple[Demonstration, Demonstration]:
    return await seed_large_and_small()


@pytest.fixture(scope="module")
async def cookies(schools: tuple[Demonstration, Demonstration]) -> Mapping[str, str]:
    return {one.email: await one.sign_in() for school in schools for one in school.people.values()}


async def statements(visit: Visit, school: Demonstration, cookies: Mapping[str, str]) -> list[str]:
    """The statements of the dearer of two visits; the first one may write what later ones find."""
    cookie = cookies[school.people[visit.role].email]
    most: list[str] = []
    async with Tab(cookie, path=school.address(visit.page.route, visit.role), route=visit.page.route) as tab:
        for _ in range(VISITS):
            for earlier in visit.before:
                await tab.send(earlier)
            await sessions.resolve(cookie.partition("=")[2])
            with count_statements(identity=True) as seen:
                await tab.send(visit.handler)
            most = max(most, list(seen), key=len)
        assert not tab.errors
        await _shown(tab, visit)
    return most


async def _shown(tab: Tab, visit: Visit) -> None:
    """A page that showed nothing would cost nothing."""
    state: Any = await tab.state(state_of(visit.handler))
    if visit.page.roles and isinstance(state, PageMixin):
        assert (state.failure, state.loaded) == ("", True), f"{visit} showed {state.failure or 'nothing'}"


@pytest.mark.parametrize("visit", [*visits()], ids=str)
async def test_a_page_costs_few_statements_however_many_rows_there_are(
    visit: Visit, schools: tuple[Demonstration, Demonstration], cookies: Mapping[str, str]
) -> None:
    large, small = [await statements(visit, school, cookies) for school in schools]
    assert len(large) <= BUDGET, "\n".join(large)
    assert len(large) <= len(small), "\n".join(["many rows:", *large, "few rows:", *small])


def test_every_page_for_a_role_is_visited() -> None:
    opened = {one.page.route for one in visits()}
    assert {page.route for page in PAGES if page.on_load} <= opened
    assert any(registered_policies()[one.handler].permission is Permission.COURSE_EDIT for one in visits())
