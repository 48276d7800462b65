"""Everybody's calendar shows their own dates, and nobody else's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import GuardianLink
from eduplatform.domain.assessment import attempts
from eduplatform.domain.assessment.models import AssessmentOverride, StudentAccommodation
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.domain.calendar import reminders, service
from eduplatform.domain.calendar.service import Entry, EventDraft
from eduplatform.domain.courses import service as courses
from eduplatform.domain.messaging import announcements, notifications
from eduplatform.domain.messaging.announcements import Draft
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from eduplatform.state.calendar import CalendarState, _days, _span
from tests.factories.assessment import NOW, Quiz, make_quiz
from tests.factories.courses import Taught, enrol, make_course
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

DUE = NOW + timedelta(days=3)


async def _quiz(world: World, due: datetime = DUE) -> Quiz:
    return await make_quiz(world, "true_false", draft=AssessmentDraft(title="Cells", due_at=due))


async def _entries(world: World, key: str, *, days: int = 30) -> list[Entry]:
    me = await world.people[key].principal()
    async with unit_of_work(me) as work:
        return await service.entries(
            work=work, me=me, start=NOW - timedelta(days=1), end=NOW + timedelta(days=days)
        )


async def _event(world: World, made: Taught, *, section: UUID | None = None, title: str = "Trip") -> UUID:
    me = await world.teacher.principal()
    draft = EventDraft(
        made.course_id, section, title, NOW + timedelta(days=1), NOW + timedelta(days=1, hours=2)
    )
    async with unit_of_work(me) as work:
        return (await service.save_event(work=work, me=me, event_id=None, version="", draft=draft)).id


async def _add(world: World, row: object) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.add(row)  # type: ignore[type-var]


async def test_work_is_due_by_the_readers_own_date(world: World) -> None:
    quiz = await _quiz(world)
    await world.add_person("mate", Role.STUDENT)
    await enrol(world, Taught(quiz.course_id, quiz.section_id, quiz.section_id, "", ""), world.mate)
    moved = DUE + timedelta(days=4)
    await _add(
        world,
        AssessmentOverride(assessment_id=quiz.assessment_id, user_id=world.student.user_id, due_at=moved),
    )
    assert [one.starts_at for one in await _entries(world, "student")] == [moved]
    assert [one.starts_at for one in await _entries(world, "mate")] == [DUE]
    assert [one.starts_at for one in await _entries(world, "teacher")] == [DUE]


async def test_an_accommodation_moves_work_into_the_month(world: World) -> None:
    await _quiz(world, NOW - timedelta(days=5))
    await _add(world, StudentAccommodation(user_id=world.student.user_id, due_shift_days=7))
    assert [one.starts_at for one in await _entries(world, "student")] == [NOW + timedelta(days=2)]


async def test_a_guardian_sees_what_is_due_for_each_child(world: World) -> None:
    await _quiz(world)
    await world.add_person("stranger", Role.GUARDIAN)
    await _add(world, GuardianLink(guardian_id=world.guardian.user_id, student_id=world.student.user_id))
    assert [(one.child, one.title) for one in await _entries(world, "guardian")] == [("Student", "Cells")]
    assert await _entries(world, "stranger") == []


async def test_events_of_a_class_are_for_that_class(world: World) -> None:
    made = await make_course(world)
    await world.add_person("mate", Role.STUDENT)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        other = await courses.create_section(work=work, me=me, course_id=made.course_id, name="9B")
    await enrol(world, Taught(made.course_id, other.id, made.module_id, "", ""), world.mate)
    await _event(world, made, section=other.id, title="9B only")
    await _event(world, made, title="All")
    assert {one.title for one in await _entries(world, "mate")} == {"9B only", "All"}
    assert {one.title for one in await _entries(world, "student")} == {"All"}
    assert {one.title for one in await _entries(world, "teacher")} == {"9B only", "All"}


async def test_announcements_stand_on_their_day(world: World) -> None:
    made = await make_course(world)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await announcements.create(
            work=work,
            me=me,
            course_id=made.course_id,
            draft=Draft("Parents' evening", "Text", publish_at=NOW + timedelta(days=2)),
        )
    assert [(one.kind, one.title) for one in await _entries(world, "student")] == [
        ("announcement", "Parents' evening")
    ]


async def test_only_teachers_write_and_only_their_own(world: World) -> None:
    made = await make_course(world)
    key = await _event(world, made)
    await world.add_person("colleague", Role.TEACHER)
    me = await world.colleague.principal()
    draft = EventDraft(made.course_id, None, "Mine", NOW, NOW)
    for call in (
        lambda work: service.save_event(work=work, me=me, event_id=None, version="", draft=draft),
        lambda work: service.delete_event(work=work, me=me, event_id=key),
        lambda work: service.read_event(work=work, me=me, event_id=key),
    ):
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await call(work)


async def test_times_the_wrong_way_round_and_old_versions_are_refused(world: World) -> None:
    made = await make_course(world)
    key = await _event(world, made)
    me = await world.teacher.principal()
    backwards = EventDraft(made.course_id, None, "x", NOW, NOW - timedelta(hours=1))
    with pytest.raises(Invalid) as caught:
        async with unit_of_work(me) as work:
            await service.save_event(work=work, me=me, event_id=key, version="", draft=backwards)
    assert "ends_at" in caught.value.fields
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            draft = EventDraft(made.course_id, None, "x", NOW, NOW)
            await service.save_event(work=work, me=me, event_id=key, version="old", draft=draft)


async def test_a_reminder_comes_once_by_ones_own_date_and_not_after_handing_in(world: World) -> None:
    quiz = await _quiz(world)
    await world.add_person("mate", Role.STUDENT)
    await world.add_person("done", Role.STUDENT)
    made = Taught(quiz.course_id, quiz.section_id, quiz.section_id, "", "")
    await enrol(world, made, world.mate, world.done)
    await _add(
        world,
        AssessmentOverride(
            assessment_id=quiz.assessment_id, user_id=world.mate.user_id, due_at=DUE + timedelta(days=3)
        ),
    )
    done = await world.done.principal()
    attempt = await quiz.start(me=done)
    async with unit_of_work(done) as work:
        await attempts.submit(work=work, me=done, attempt_id=attempt.id, now=NOW)
    told = []
    for moment in (
        DUE - timedelta(days=2),
        DUE - timedelta(hours=20),
        DUE - timedelta(hours=10),
        DUE + timedelta(days=2, hours=5),
    ):
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            told.append(await reminders.remind(work=work, now=moment))
    assert told == [0, 1, 0, 1]
    counts = []
    for key in ("student", "mate", "done"):
        me = await world.people[key].principal()
        async with unit_of_work(me) as work:
            counts.append(await notifications.unread_count(work=work, me=me))
    assert counts == [1, 1, 0]


async def test_the_page_shows_a_month_of_whole_weeks(world: World) -> None:
    made = await make_course(world)
    await _event(world, made)
    async with Tab(await world.student.sign_in(), path="/calendar") as tab:
        await tab.fire(CalendarState.load)
        state = await tab.state(CalendarState)
        assert all(len(week) == 7 for week in state.weeks)
        assert date.fromisoformat(state.weeks[0][0]["day"]).weekday() == 0
        heading = state.heading
        await tab.fire(CalendarState.earlier)
        assert (await tab.state(CalendarState)).heading != heading
        await tab.fire(CalendarState.later)
        assert (await tab.state(CalendarState)).heading == heading


def test_the_clocks_change_does_not_lose_a_day() -> None:
    first, last = _span("month", date(2026, 3, 15), 0)
    assert [one.isoformat() for one in _days(first, last)][28:32] == [
        "2026-03-23",
        "2026-03-24",
        "2026-03-25",
        "2026-03-26",
    ]
    assert len(_days(first, last)) % 7 == 0
