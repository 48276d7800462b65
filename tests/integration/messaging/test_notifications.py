"""Who is told what, and which way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.messaging import notifications
from eduplatform.domain.messaging.models import NotificationSetting
from eduplatform.errors import NotFound
from eduplatform.security.principal import PlatformActor
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def _send(world: World, *keys: str, kind: str = "roster") -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await notifications.send(
            work=work,
            recipients=[world.people[key].user_id for key in keys],  # type: ignore[misc]
            kind=kind,
            text="You were added to {class_name}.",
            params={"class_name": "9B"},
            href="/learn/courses",
            now=NOON,
        )


async def test_each_recipient_gets_one_and_reads_it(world: World) -> None:
    await _send(world, "student", "teacher", "student")
    me = await world.student.principal()
    async with unit_of_work(me) as work:
        rows, total = await notifications.list_own(work=work, me=me)
        assert (total, rows[0].params, await notifications.unread_count(work=work, me=me)) == (
            1,
            {"class_name": "9B"},
            1,
        )
        assert await notifications.open_one(work=work, me=me, notification_id=rows[0].id) == "/learn/courses"
    async with unit_of_work(me) as work:
        assert await notifications.unread_count(work=work, me=me) == 0


async def test_nobody_opens_what_was_sent_to_somebody_else(world: World) -> None:
    await _send(world, "teacher")
    me, teacher = await world.student.principal(), await world.teacher.principal()
    async with unit_of_work(teacher) as work:
        rows, _ = await notifications.list_own(work=work, me=teacher)
    with pytest.raises(NotFound):
        async with unit_of_work(me) as work:
            await notifications.open_one(work=work, me=me, notification_id=rows[0].id)


async def test_the_choices_of_each_person_are_kept(world: World) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.add(NotificationSetting(user_id=world.student.user_id, ways={"roster": "off"}))
        await work.add(
            NotificationSetting(
                user_id=world.teacher.user_id,
                ways={"roster": "mail"},
                timezone="Europe/Madrid",
                quiet_from=780,
                quiet_until=840,
            )
        )
    await _send(world, "student", "teacher", "guardian")
    seen = {}
    for key in ("student", "teacher", "guardian"):
        me = await world.people[key].principal()
        async with unit_of_work(me) as work:
            rows, _ = await notifications.list_own(work=work, me=me)
            seen[key] = [(one.mail, one.mail_after) for one in rows]
    assert seen["student"] == []
    assert seen["teacher"] == [("now", datetime(2026, 3, 2, 13, tzinfo=UTC))]
    assert seen["guardian"] == [("none", None)]


async def test_the_number_of_statements_does_not_grow(world: World) -> None:
    with count_statements() as few:
        await _send(world, "student")
    with count_statements() as many:
        await _send(world, "student", "teacher", "guardian", "admin")
    assert len(few) == len(many) <= 3


async def test_a_link_out_of_the_platform_is_refused(world: World) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        with pytest.raises(ValueError, match="page of the platform"):
            await notifications.send(work=work, recipients=[], kind="roster", text="x", href="//evil.test")
