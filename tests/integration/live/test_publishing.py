"""Events leave with their transaction, in order, at least once; nothing leaves when it rolls back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from eduplatform.db.unit_of_work import identity_work, unit_of_work
from eduplatform.domain.live.relay import Relay
from eduplatform.errors import Invalid, TenantScopeViolation
from eduplatform.integrations.push import PushUnavailable
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import (
    AccessChanged,
    DiscussionChanged,
    NotificationsChanged,
    TenantSuspended,
)
from eduplatform.security.principal import PlatformActor
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.integration.live.outbox import RecordingPush, relay_all, waiting

pytestmark = pytest.mark.anyio


def changed(number: int = 0) -> DiscussionChanged:
    return DiscussionChanged(thread_id=UUID(int=number))


async def test_all_events_of_a_transaction_cost_one_statement_and_equal_ones_count_once(world: World) -> None:
    course, thread = Channel.course(uuid4()), Channel.thread(uuid4())
    with count_statements() as statements:
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            for number in (1, 2, 1, 1):
                work.publish(course, changed(number))
            work.publish(thread, changed(1))
    assert len(statements) == 1
    assert [(name, number) for name, number, _ in await waiting(world.tenant_id, course)] == [
        ("discussion-changed", 1),
        ("discussion-changed", 2),
    ]
    assert await waiting(world.tenant_id, thread) == [
        ("discussion-changed", 1, {"thread_id": str(UUID(int=1))})
    ]


async def test_a_rollback_publishes_nothing_and_uses_no_number(world: World) -> None:
    channel = Channel.course(uuid4())
    with pytest.raises(Invalid):
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            work.publish(channel, changed())
            await work.write_rest()
            raise Invalid
    assert await waiting(world.tenant_id) == []
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        work.publish(channel, changed())
    assert [number for _, number, _ in await waiting(world.tenant_id, channel)] == [1]


async def test_numbers_have_no_gaps_and_transactions_never_wait_in_a_circle(world: World) -> None:
    channels = [Channel.course(uuid4()) for _ in range(4)]

    async def one(number: int) -> None:
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            for channel in channels if number % 2 else reversed(channels):
                work.publish(channel, changed(number))

    await asyncio.gather(*(one(number) for number in range(12)))
    for channel in channels:
        assert [number for _, number, _ in await waiting(world.tenant_id, channel)] == list(range(1, 13))
    push = RecordingPush()
    await relay_all(push)
    for channel in channels:
        assert [number for _, number in push.of(world.tenant_id, channel)] == list(range(1, 13))


async def test_nobody_publishes_to_another_tenant(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    other = await new_world()
    with pytest.raises(TenantScopeViolation):
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            work.publish(Channel.tenant(), changed(), tenant_id=other.tenant_id)
    with pytest.raises(TenantScopeViolation):
        async with identity_work() as work:
            work.publish(Channel.tenant(), changed())
    assert await waiting(other.tenant_id) == []


async def test_what_was_committed_leaves_once_although_the_first_relay_died(world: World) -> None:
    channel = Channel.course(uuid4())
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        work.publish(channel, changed(1))
        work.publish(channel, changed(2))
    dying, healthy = RecordingPush(fails=1), RecordingPush()
    with pytest.raises(PushUnavailable):
        await Relay(dying).relay()
    assert len(await waiting(world.tenant_id, channel)) == 2
    await relay_all(healthy)
    assert healthy.of(world.tenant_id, channel) == [("discussion-changed", 1), ("discussion-changed", 2)]
    await relay_all(healthy)
    assert len(healthy.of(world.tenant_id, channel)) == 2
    assert await waiting(world.tenant_id) == []


async def test_two_relays_share_the_work(world: World) -> None:
    channels = [Channel.course(uuid4()) for _ in range(30)]
    for channel in channels:
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            work.publish(channel, changed())
    push = RecordingPush()
    await asyncio.gather(relay_all(push), relay_all(push))
    assert [len(push.of(world.tenant_id, channel)) for channel in channels] == [1] * 30


async def test_a_message_that_is_refused_for_ever_holds_nothing_up(world: World) -> None:
    channel = Channel.course(uuid4())
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        work.publish(channel, changed(1))
        work.publish(channel, NotificationsChanged())
        work.publish(channel, changed(2))
    push = RecordingPush(refuses="notifications-changed")
    await relay_all(push)
    assert [number for _, number in push.of(world.tenant_id, channel)] == [1, 3]
    assert await waiting(world.tenant_id) == []


async def test_a_commit_wakes_the_relay_of_its_process(world: World) -> None:
    push, channel = RecordingPush(), Channel.course(uuid4())
    async with Relay(push).running():
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            work.publish(channel, changed())
        await asyncio.wait_for(push.taken.wait(), 5)
    assert push.of(world.tenant_id, channel) == [("discussion-changed", 1)]


async def test_whose_access_changed_is_sent_away(world: World) -> None:
    await world.student.sign_in()
    await world.teacher.sign_in()
    student, teacher = str(world.student.user_id), str(world.teacher.user_id)
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        work.publish(Channel.user(UUID(student)), AccessChanged())
    push = RecordingPush()
    await relay_all(push)
    assert push.ended == [student]
    async with identity_work() as work:
        work.publish(Channel.tenant(), TenantSuspended(), tenant_id=world.tenant_id)
    push = RecordingPush()
    await relay_all(push)
    assert {student, teacher} <= set(push.ended)
