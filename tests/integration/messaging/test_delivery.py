"""Mail at once and once a day: never twice, never at night, and in the reader's language."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.messaging import delivery, notifications
from eduplatform.domain.messaging.models import MailMessage, NotificationSetting
from eduplatform.security.principal import PlatformActor
from tests.factories.world import World

pytestmark = pytest.mark.anyio

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def _send(world: World, key: str, *, moment: datetime = MORNING, kind: str = "announcement") -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await notifications.send(
            work=work,
            recipients=[world.people[key].user_id],  # type: ignore[list-item]
            kind=kind,
            text="New grade in {course}",
            params={"course": "Biology <9>"},
            href="/learn/grades",
            now=moment,
        )


async def _choose(world: World, key: str, **values: object) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.add(NotificationSetting(user_id=world.people[key].user_id, **values))


async def _mails(world: World) -> list[MailMessage]:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        found = await work.session.exec(
            select(MailMessage).where(col(MailMessage.template).in_(("digest", "notification")))
        )
        return list(found.all())


async def _digests(world: World, moment: datetime) -> int:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        return await delivery.mail_digests(work=work, now=moment)


async def _now(world: World, moment: datetime) -> int:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        return await delivery.mail_now(work=work, now=moment)


async def test_one_digest_a_day_with_all_news_in_it(world: World) -> None:
    await _send(world, "student")
    await _send(world, "student")
    assert await _digests(world, MORNING) == 1
    await _send(world, "student", moment=MORNING + timedelta(hours=1))
    assert await _digests(world, MORNING + timedelta(hours=2)) == 0
    assert await _digests(world, MORNING + timedelta(days=1)) == 1
    assert await _digests(world, MORNING + timedelta(days=2)) == 0
    first, second = await _mails(world)
    assert first.recipient == world.student.email
    assert first.text.count("New grade in Biology <9>") == 2
    assert "Biology &lt;9&gt;" in first.html
    assert second.text.count("New grade in Biology <9>") == 1


async def test_two_workers_write_one_digest(world: World) -> None:
    for _ in range(3):
        await _send(world, "student")
    written = await asyncio.gather(*[_digests(world, MORNING) for _ in range(5)])
    assert sum(written) == len(await _mails(world)) == 1


async def test_two_workers_write_each_mail_once(world: World) -> None:
    await _choose(world, "student", ways={"announcement": "mail"})
    for _ in range(5):
        await _send(world, "student")
    written = await asyncio.gather(*[_now(world, MORNING) for _ in range(5)])
    assert sum(written) == len(await _mails(world)) == 5


async def test_the_digest_comes_at_the_hour_that_was_chosen(world: World) -> None:
    await _choose(world, "student", timezone="America/New_York", digest_at=8 * 60)
    await _send(world, "student", moment=MORNING)
    assert await _digests(world, datetime(2026, 3, 2, 12, 59, tzinfo=UTC)) == 0
    assert await _digests(world, datetime(2026, 3, 2, 13, 0, tzinfo=UTC)) == 1


async def test_quiet_hours_hold_mail_until_they_end(world: World) -> None:
    await _choose(
        world,
        "student",
        ways={"announcement": "mail"},
        timezone="Europe/Madrid",
        quiet_from=21 * 60,
        quiet_until=7 * 60,
    )
    night = datetime(2026, 3, 2, 23, tzinfo=UTC)
    await _send(world, "student", moment=night)
    assert await _now(world, night + timedelta(hours=6, minutes=59)) == 0
    assert await _now(world, datetime(2026, 3, 3, 6, tzinfo=UTC)) == 1


async def test_nobody_who_has_left_is_mailed(world: World) -> None:
    from eduplatform.domain.accounts.models import AccountStatus, User

    await _send(world, "student")
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        row = await work.session.get(User, world.student.user_id)
        assert row is not None
        row.status = AccountStatus.DEACTIVATED
    assert await _digests(world, MORNING) == 0


async def test_old_notifications_are_removed(world: World) -> None:
    await _send(world, "student", moment=MORNING - timedelta(days=91))
    await _send(world, "student", moment=MORNING)
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        assert await delivery.remove_old(work=work, now=MORNING) == 1
    me = await world.student.principal()
    async with unit_of_work(me) as work:
        assert await notifications.unread_count(work=work, me=me) == 1
