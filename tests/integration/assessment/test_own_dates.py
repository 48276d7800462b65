"""Where a student or a guardian reads a date, it is the student's own: extensions and supports hold in every list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import GuardianLink
from eduplatform.domain.assessment import exceptions, handed_in
from eduplatform.domain.assessment.exceptions import AccommodationDraft, OverrideDraft
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses import learning, overview
from eduplatform.domain.grading import results
from eduplatform.domain.messaging.models import Notification
from eduplatform.security.permissions import Role
from tests.factories.courses import Taught, make_course
from tests.factories.world import Person, World

pytestmark = pytest.mark.anyio

NOW = utc_now().replace(microsecond=0)


async def add_work(world: World, made: Taught, title: str, **dates: object) -> Assessment:
    async with unit_of_work(await world.teacher.principal()) as work:
        return await work.add(
            Assessment(course_id=made.course_id, title=title, status="published", kind="assignment", **dates)
        )


async def extend(world: World, assessment: Assessment, student: Person, **dates: object) -> None:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await exceptions.save_override(
            work=work,
            me=me,
            assessment_id=assessment.id,
            draft=OverrideDraft(user_id=student.user_id, reason="Was ill", **dates),  # type: ignore[arg-type]
        )


async def support(world: World, student: Person, days: int) -> None:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await exceptions.save_accommodation(
            work=work,
            me=me,
            user_id=student.user_id or me.user,
            draft=AccommodationDraft(due_shift_days=days, reason="Plan 12"),
        )


async def due_at_home(person: Person) -> list[tuple[str, timedelta]]:
    me = await person.principal()
    async with unit_of_work(me) as work:
        found = await overview.student_overview(work=work, me=me, now=NOW)
    return [(one.title, one.due_at - NOW) for one in found.due if one.due_at is not None]


async def test_lists_of_student_and_guardian_show_own_dates(world: World) -> None:
    other = await world.add_person("other", Role.STUDENT)
    made = await make_course(world, students=[world.student, other])
    guardian = await world.guardian.principal()
    async with unit_of_work(await world.teacher.principal()) as work:
        await work.add(GuardianLink(guardian_id=guardian.user, student_id=world.student.user_id))
    await support(world, world.student, days=30)
    over = await add_work(world, made, "Over for the class", due_at=NOW - timedelta(days=20))
    await add_work(world, made, "Coming", due_at=NOW + timedelta(days=1))
    await add_work(
        world, made, "Long over", due_at=NOW - timedelta(days=40), closes_at=NOW - timedelta(days=40)
    )
    await extend(world, over, other, due_at=NOW + timedelta(days=3))
    zone_change = timedelta(hours=1)  # thirty days on the wall clock may meet a change of the clock
    [(title, left)] = await due_at_home(world.student)
    assert (title, abs(left - timedelta(days=10)) <= zone_change) == ("Over for the class", True)
    assert await due_at_home(other) == [
        ("Coming", timedelta(days=1)),
        ("Over for the class", timedelta(days=3)),
    ]
    me = await world.student.principal()
    async with unit_of_work(me) as work:
        heads = (await learning.read_course(work=work, me=me, course_id=made.course_id)).assessments
    assert [one.title for one in heads] == ["Long over", "Over for the class", "Coming"]
    assert heads[1].due_at is not None
    assert heads[1].due_at > NOW
    async with unit_of_work(guardian) as work:
        [family] = await results.family(work=work, me=guardian)
        child, _count = await results.child(work=work, me=guardian, student_id=me.user)
    assert (
        [one.title for one in family.due]
        == [one.title for one in child.due]
        == ["Over for the class", "Coming"]
    )
    assert family.due[0].due_at == heads[1].due_at


async def test_whoever_may_still_hand_in_is_reminded_by_their_own_closing_time(world: World) -> None:
    other = await world.add_person("other", Role.STUDENT)
    made = await make_course(world, students=[world.student, other])
    closed = NOW - timedelta(days=1)
    assessment = await add_work(world, made, "Closed for the class", due_at=closed, closes_at=closed)
    await extend(world, assessment, other, due_at=NOW + timedelta(days=3))
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        assert await handed_in.remind(work=work, me=me, assessment_id=assessment.id, now=NOW) == 1
    async with unit_of_work(me) as work:
        rows = await work.session.exec(
            select(Notification.recipient_id).where(col(Notification.kind) == "due.soon")
        )
        assert rows.all() == [other.user_id]
