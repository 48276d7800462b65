"""A grade that somebody knew has changed: the student hears of it, and guardians of what they may see; once, and at rest."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.grading import entry, news, release, undo
from eduplatform.domain.grading.entered import parse_entry
from eduplatform.domain.grading.entry import CellEntry
from eduplatform.domain.messaging import settings
from eduplatform.domain.messaging.models import Notification
from eduplatform.security.principal import PlatformActor, Principal
from tests.factories.grading import Desk, link_guardian, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.integration.grading.test_release import score, scored

pytestmark = pytest.mark.anyio


async def run(desk: Desk, *, after: timedelta = news.REST) -> int:
    async with unit_of_work(PlatformActor(desk.quiz.world.tenant_id)) as work:
        return await news.tell(work=work, now=utc_now() + after)


async def told(desk: Desk, who: Principal) -> list[tuple[str, str]]:
    async with unit_of_work(desk.teacher) as work:
        rows = await work.session.exec(
            select(Notification)
            .where(col(Notification.recipient_id) == who.user)
            .order_by(col(Notification.created_at))
        )
        return [(one.kind, one.text.format(**one.params)) for one in rows.all()]


async def let_see(desk: Desk) -> None:
    async with unit_of_work(desk.teacher) as work:
        await release.release(work=work, me=desk.teacher, assessment_id=desk.assessment_id)


async def enter(desk: Desk, value: str) -> None:
    grade = await desk.grade(desk.quiz.student)
    assert grade is not None
    async with unit_of_work(desk.teacher) as work:
        await entry.enter_one(
            work=work,
            me=desk.teacher,
            entry=CellEntry(
                user_id=grade.user_id,
                assessment_id=grade.assessment_id,
                value=parse_entry(value),
                version=grade.version,
            ),
        )


async def test_student_and_guardian_hear_of_what_they_may_see_once(world: World) -> None:
    desk = await make_desk(world)
    student = desk.quiz.student
    guardian = await link_guardian(desk, student)
    await run(desk)
    attempt, _response = await scored(desk, 0, 0)
    assert await run(desk) == 0
    await let_see(desk)
    assert await run(desk) == 1
    assert [kind for kind, _ in await told(desk, student)] == ["grade.released"]
    assert await told(desk, guardian) == [("grade.released", "Student: the grade for Cells is there.")]
    # On the desk, twice; what rests less than two minutes waits.
    attempt = await score(desk, attempt, 1, 1)
    await score(desk, attempt, 2, 1)
    assert await run(desk, after=timedelta()) == 0
    with count_statements() as seen:
        assert await run(desk) == 1
    assert len(seen) <= 8
    await enter(desk, "4")
    assert await run(desk) == 1
    assert await run(desk) == 0
    changed = ("grade.changed", "Your grade for Cells changed.")
    assert (await told(desk, student))[1:] == [changed, changed]
    assert (await told(desk, guardian))[1:] == [
        ("grade.changed", "Student: the grade for Cells changed.")
    ] * 2


async def test_what_was_taken_back_and_what_changed_no_number_is_no_news(world: World) -> None:
    desk = await make_desk(world)
    attempt, _response = await scored(desk, 0, 0)
    await let_see(desk)
    await run(desk)
    attempt = await score(desk, attempt, 2, 2)
    event = (await desk.events(desk.quiz.student))[-1]
    async with unit_of_work(desk.teacher) as work:
        attempt = await undo.undo_marks(work=work, me=desk.teacher, event_id=event.id)
    await score(desk, attempt, 0, 0, comment="Well done")
    assert await run(desk) == 0
    assert [kind for kind, _ in await told(desk, desk.quiz.student)] == ["grade.released"]


async def test_who_may_not_see_grades_or_wants_no_news_hears_nothing(world: World) -> None:
    desk = await make_desk(world)
    student = desk.quiz.student
    guardian = await link_guardian(desk, student, can_view_grades=False)
    attempt, _response = await scored(desk, 0, 0)
    await let_see(desk)
    async with unit_of_work(student) as work:
        await settings.choose_way(work=work, me=student, kind="grade.changed", way="off")
    await run(desk)
    await score(desk, attempt, 2, 2)
    assert await run(desk) == 1
    assert (await told(desk, guardian), len(await told(desk, student))) == ([], 1)
    grade = await desk.grade(student)
    assert grade is not None
    assert grade.points == Decimal(1)
