"""What one tab costs the server's memory: somebody visits every page of their role, and all of it stays in their state.

Run with ``-s`` to see the sizes. Measured is what would be stored for the tab: each state that was touched, pickled with
its schema, and the JSON of each update that the socket carried.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import reflex as rx
from reflex.event import Event
from reflex.utils.format import json_dumps

from eduplatform.pages.registry import PAGES
from eduplatform.security.permissions import Role
from tests.factories.demonstration import LARGE, Demonstration, demonstration, seed_large_and_small
from tests.harness import Tab

pytestmark = pytest.mark.anyio

STATE_LIMIT = 64 * 1024
DELTA_LIMIT = 64 * 1024


@pytest.fixture(scope="module")
async def school(database: None) -> Demonstration:
    await seed_large_and_small()
    return await demonstration(LARGE)


def states_of(state: rx.State) -> Iterator[rx.State]:
    """A state and all below it."""
    yield state
    for one in state.substates.values():
        yield from states_of(one)  # pyright: ignore[reportArgumentType]


async def stored_sizes(tab: Tab) -> dict[str, int]:
    """Bytes of each state of a tab that differs from its defaults: what a Redis would store."""
    root = await tab.manager.get_state(rx.BaseStateToken(ident=tab.token, cls=rx.State))
    return {type(one).__name__: len(one._serialize()) for one in states_of(root) if one._was_touched}


@pytest.mark.parametrize("role", list(Role))
async def test_a_tab_that_has_seen_every_page_stays_small(school: Demonstration, role: Role) -> None:
    deltas: dict[str, int] = {}
    async with Tab(await school.people[role].sign_in()) as tab:
        for page in PAGES:
            if page.roles and role not in page.roles:
                continue
            await tab.go(school.address(page.route, role), page.route)
            tab.deltas.clear()
            for event in page.on_load:
                for one in Event.from_event_type(event):
                    await tab.send(one.name)
            assert not any('"failure_rx_state_":"error"' in json_dumps(one) for one in tab.deltas), page.route
            deltas[page.route] = max((len(json_dumps(delta).encode()) for delta in tab.deltas), default=0)
        assert not tab.errors
        sizes = await stored_sizes(tab)
    total = sum(sizes.values())
    print(f"\n{role}: {total / 1024:.1f} KB for {len(sizes)} states")  # noqa: T201 - the figures, with -s
    for name, size in sorted(sizes.items(), key=lambda one: -one[1])[:6]:
        print(f"  {size / 1024:6.1f} KB  {name}")  # noqa: T201
    print("  largest update of each page:")  # noqa: T201
    for route, size in sorted(deltas.items(), key=lambda one: -one[1])[:8]:
        print(f"  {size / 1024:6.1f} KB  {route}")  # noqa: T201
    assert total <= STATE_LIMIT, sizes
    assert max(deltas.values()) <= DELTA_LIMIT, deltas
