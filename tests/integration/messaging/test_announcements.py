"""Announcements reach whom they are for, when they are for them, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import GuardianLink
from eduplatform.domain.courses import service as courses
from eduplatform.domain.messaging import announcements, notifications
from eduplatform.domain.messaging.announcements import Draft
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.pages.shared import announcements as _page  # noqa: F401 - registers the page
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from eduplatform.state.announcements import AnnouncementState
from tests.factories.courses import Taught, enrol, make_course
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

ROUTE = "/courses/[course_id]/announcements"


async def _announce(world: World, made: Taught, draft: Draft) -> UUID:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        return (await announcements.create(work=work, me=me, course_id=made.course_id, draft=draft)).id


async def _seen(world: World, made: Taught, key: str = "student", now: datetime | None = None) -> list[str]:
    me = await world.people[key].principal()
    async with unit_of_work(me) as work:
        found = await announcements.list_of_course(work=work, me=me, course_id=made.course_id, now=now)
    return [one.announcement.title for one in found.rows]


async def _strip(world: World, key: str, course_id: UUID | None = None) -> list[str]:
    me = await world.people[key].principal()
    async with unit_of_work(me) as work:
        found = await announcements.list_new(work=work, me=me, course_id=course_id)
    return [one.title for one in found]


async def _read_all(world: World, made: Taught) -> None:
    path = f"/courses/{made.course_id}/announcements"
    async with Tab(await world.student.sign_in(), path=path, route=ROUTE) as tab:
        await tab.fire(AnnouncementState.load)


async def _tell(world: World, key: UUID, now: datetime | None = None) -> int:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        return await announcements.tell(work=work, announcement_id=key, now=now)


async def _unread(world: World, key: str) -> int:
    me = await world.people[key].principal()
    async with unit_of_work(me) as work:
        return await notifications.unread_count(work=work, me=me)


async def test_pinned_first_then_the_newest(world: World) -> None:
    made = await make_course(world)
    await _announce(world, made, Draft("Old and pinned", "Text", pinned=True))
    await _announce(world, made, Draft("Older", "Text"))
    await _announce(world, made, Draft("Newest", "Text"))
    assert await _seen(world, made) == ["Old and pinned", "Newest", "Older"]


async def test_a_scheduled_one_is_seen_and_told_at_its_time(world: World) -> None:
    made = await make_course(world)
    later = utc_now() + timedelta(days=2)
    key = await _announce(world, made, Draft("Trip", "To the sea", publish_at=later))
    assert await _seen(world, made) == []
    assert await _seen(world, made, "teacher") == ["Trip"]
    assert await _tell(world, key) == 0
    assert await _seen(world, made, now=later) == ["Trip"]
    assert await _tell(world, key, later) == 1
    assert await _tell(world, key, later) == 0
    assert await _unread(world, "student") == 1


async def test_only_the_chosen_classes_get_it(world: World) -> None:
    made = await make_course(world)
    other = await world.add_person("other", Role.STUDENT)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        section = await courses.create_section(work=work, me=me, course_id=made.course_id, name="9B")
    await enrol(world, Taught(made.course_id, section.id, made.module_id, "", ""), other)
    key = await _announce(world, made, Draft("For 9B", "Text", section_ids=(section.id,)))
    assert await _seen(world, made, "other") == ["For 9B"]
    assert await _seen(world, made) == []
    assert await _tell(world, key) == 1
    assert (await _unread(world, "other"), await _unread(world, "student")) == (1, 0)
    await _announce(world, made, Draft("For the first", "Text", section_ids=(made.section_id,)))
    assert await _seen(world, made, "other") == ["For 9B"]
    assert await _seen(world, made) == ["For the first"]
    assert await _strip(world, "other") == ["For 9B"]
    assert await _strip(world, "student", made.course_id) == ["For the first"]


async def test_above_other_pages_stands_what_is_new_and_in_its_course_what_is_pinned(world: World) -> None:
    made = await make_course(world)
    elsewhere = await make_course(world, title="Another")
    await _announce(world, made, Draft("Pinned", "Text", pinned=True))
    await _announce(world, made, Draft("New", "Text"))
    await _announce(world, elsewhere, Draft("Later", "Text", publish_at=utc_now() + timedelta(days=1)))
    assert await _strip(world, "student") == ["Pinned", "New"]
    assert await _strip(world, "student", elsewhere.course_id) == []
    await _read_all(world, made)
    assert await _strip(world, "student") == []
    assert await _strip(world, "student", made.course_id) == ["Pinned"]


async def test_guardians_of_the_class_are_told_and_see_it(world: World) -> None:
    made = await make_course(world)
    await world.add_person("stranger", Role.GUARDIAN)
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.add(GuardianLink(guardian_id=world.guardian.user_id, student_id=world.student.user_id))
    key = await _announce(world, made, Draft("Parents' evening", "Text"))
    await _tell(world, key)
    assert (await _unread(world, "guardian"), await _unread(world, "stranger")) == (1, 0)
    for who, expected in (("guardian", ["Parents' evening"]), ("stranger", [])):
        me = await world.people[who].principal()
        async with unit_of_work(me) as work:
            found, _ = await announcements.list_own(work=work, me=me)
        assert [one.announcement.title for one in found] == expected


async def test_read_once_and_counted(world: World) -> None:
    made = await make_course(world)
    await _announce(world, made, Draft("Trip", "Text"))
    path = f"/courses/{made.course_id}/announcements"
    for _ in range(2):
        async with Tab(await world.student.sign_in(), path=path, route=ROUTE) as tab:
            await tab.fire(AnnouncementState.load)
    async with Tab(await world.teacher.sign_in(), path=path, route=ROUTE) as tab:
        await tab.fire(AnnouncementState.load)
        state = await tab.state(AnnouncementState)
        assert state.rows[0]["readers"] == "Read by 1 of 1"


async def test_nobody_else_writes_changes_or_sees_it(world: World) -> None:
    made = await make_course(world)
    key = await _announce(world, made, Draft("Trip", "Text"))
    await world.add_person("colleague", Role.TEACHER)
    for who in ("student", "colleague", "guardian"):
        me = await world.people[who].principal()
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await announcements.create(work=work, me=me, course_id=made.course_id, draft=Draft("a", "b"))
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await announcements.delete(work=work, me=me, announcement_id=key)
    me = await world.colleague.principal()
    with pytest.raises(NotFound):
        async with unit_of_work(me) as work:
            await announcements.list_of_course(work=work, me=me, course_id=made.course_id)


async def test_a_class_of_another_course_is_refused(world: World) -> None:
    made, other = await make_course(world), await make_course(world)
    with pytest.raises(NotFound):
        await _announce(world, made, Draft("a", "b", section_ids=(other.section_id,)))


async def test_two_teachers_do_not_overwrite_each_other(world: World) -> None:
    made = await make_course(world)
    key = await _announce(world, made, Draft("Trip", "Text"))
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        version = announcements.version_of(
            (await announcements.read_one(work=work, me=me, announcement_id=key)).announcement
        )
    for expected in (None, Conflict):
        try:
            async with unit_of_work(me) as work:
                await announcements.update(
                    work=work, me=me, announcement_id=key, version=version, draft=Draft("New", "Text")
                )
        except Conflict:
            assert expected is Conflict
        else:
            assert expected is None


@pytest.mark.parametrize(("title", "body", "field"), [(" ", "x", "title"), ("x", "\n ", "body")])
async def test_what_is_missing_is_said_next_to_its_field(
    world: World, title: str, body: str, field: str
) -> None:
    made = await make_course(world)
    with pytest.raises(Invalid) as caught:
        await _announce(world, made, Draft(title, body))
    assert list(caught.value.fields) == [field]


async def test_the_list_costs_the_same_with_many_rows(world: World) -> None:
    made = await make_course(world)
    await _announce(world, made, Draft("One", "Text"))
    path = f"/courses/{made.course_id}/announcements"
    costs = []
    async with Tab(await world.student.sign_in(), path=path, route=ROUTE) as tab:
        for _ in range(2):
            with count_statements() as seen:
                await tab.fire(AnnouncementState.load)
            costs.append(len(seen))
            for number in range(12):
                await _announce(world, made, Draft(f"More {number}", "Text"))
    assert max(costs) <= 8
    assert costs[0] == costs[1]


async def test_the_form_schedules_on_the_organisations_clock(world: World) -> None:
    made = await make_course(world)
    path = f"/courses/{made.course_id}/announcements"
    async with Tab(await world.teacher.sign_in(), path=path, route=ROUTE) as tab:
        await tab.fire(AnnouncementState.load)
        await tab.fire(AnnouncementState.open_form)
        await tab.fire(
            AnnouncementState.save({"title": "Later", "body": "Text", "publish_at": "2037-05-01T08:00"})
        )
        state = await tab.state(AnnouncementState)
        assert [(one["title"], one["scheduled"]) for one in state.rows] == [("Later", True)]
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        found = await announcements.list_of_course(work=work, me=me, course_id=made.course_id)
    assert found.rows[0].announcement.publish_at == datetime(2037, 5, 1, 8, tzinfo=UTC)
