"""Being shown as online: who sees it, who may switch it off, and that no road leads a student to others' presence."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.classroom import channels, desks, leading, presence
from eduplatform.domain.classroom.models import Place, Presence
from eduplatform.domain.classroom.repository import PresenceRepository
from eduplatform.domain.live import access, relations
from eduplatform.errors import Forbidden, NotFound
from eduplatform.realtime.channels import Channel
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from eduplatform.state.roster import RosterState
from eduplatform.state.shell import ShellState
from tests.factories.assessment import make_quiz
from tests.factories.courses import enrol, make_course, make_lesson
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def registered() -> None:
    relations.register()
    channels.register()


async def rows_of(me: Principal) -> list[Presence]:
    async with unit_of_work(me) as work:
        found = await work.session.exec(select(Presence).where(col(Presence.user_id) == me.user))
        return list(found.all())


async def is_online(asker: Principal, user_id: UUID) -> bool:
    async with unit_of_work(asker) as work:
        return user_id in await presence.online(work=work, user_ids=[user_id])


async def test_an_open_page_makes_a_student_online_for_their_teacher(world: World) -> None:
    made = await make_course(world)
    teacher, student = await world.teacher.principal(), await world.student.principal()
    async with Tab(await world.student.sign_in(), path="/learn") as tab:
        await tab.fire(ShellState.load)
    assert await is_online(teacher, student.user)
    path = f"/teach/courses/{made.course_id}/people"
    async with Tab(
        await world.teacher.sign_in(), path=path, route="/teach/courses/[course_id]/people"
    ) as tab:
        await tab.fire(RosterState.load)
        rows = (await tab.state(RosterState)).rows
    assert [one["online"] for one in rows if one["user_id"] == str(student.user)] == [True]
    async with unit_of_work(teacher) as work:
        later = utc_now() + timedelta(minutes=3)
        assert not await presence.online(work=work, user_ids=[student.user], now=later)


async def test_hiding_deletes_what_is_known_and_leaves_no_new_trace(world: World) -> None:
    teacher, student = await world.teacher.principal(), await world.student.principal()
    await presence.on_platform(me=student)
    assert await is_online(teacher, student.user)
    async with unit_of_work(student) as work:
        await presence.choose(work=work, me=student, shown=False)
    await presence.on_platform(me=student)
    assert await rows_of(student) == []
    async with unit_of_work(student) as work:
        await presence.choose(work=work, me=student, shown=True)
    await presence.on_platform(me=student)
    assert await is_online(teacher, student.user)


async def test_the_organisation_can_switch_it_off_for_everybody(world: World) -> None:
    teacher, student = await world.teacher.principal(), await world.student.principal()
    admin = await world.admin.principal()
    await presence.on_platform(me=student)
    async with unit_of_work(admin) as work:
        await presence.set_organisation_rule(work=work, me=admin, shown=False)
    assert await rows_of(student) == []
    async with unit_of_work(student) as work:
        assert not await presence.stay(work=work, me=student, place=Place.PLATFORM, object_id=student.user)
        # Whatever row there were, nobody would be shown.
        await PresenceRepository(work).beat(
            user_id=student.user,
            place=Place.PLATFORM,
            object_id=student.user,
            now=utc_now(),
            silence=presence.LOST_AFTER,
        )
    assert not await is_online(teacher, student.user)
    for me in (teacher, student):
        with pytest.raises(Forbidden):
            async with unit_of_work(me) as work:
                await presence.set_organisation_rule(work=work, me=me, shown=True)


async def test_old_stays_are_forgotten_and_a_silence_begins_a_new_one(world: World) -> None:
    student = await world.student.principal()
    start = utc_now() - timedelta(days=2)
    for minutes in (0, 0.5, 10):
        async with unit_of_work(student) as work:
            await presence.stay(
                work=work,
                me=student,
                place=Place.ATTEMPT,
                object_id=student.user,
                now=start + timedelta(minutes=minutes),
            )
        (row,) = await rows_of(student)
        assert row.since == start + timedelta(minutes=10 if minutes == 10 else 0)
    async with unit_of_work(student) as work:
        await presence.forget_old(work=work)
    assert await rows_of(student) == []


async def test_colleagues_see_each_other_at_the_same_work_and_students_nobody(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    colleague = await world.add_person("rivera", Role.TEACHER, given="Ana", family="Rivera")
    async with unit_of_work(quiz.teacher) as work:
        from eduplatform.domain.courses.models import Enrollment, EnrollmentRole

        await work.add(
            Enrollment(section_id=quiz.section_id, user_id=colleague.user_id, role=EnrollmentRole.TEACHER)
        )
    ana = await colleague.principal()

    async def look(me: Principal, attempt_id: UUID, left: UUID | None = None) -> list[str]:
        async with unit_of_work(me) as work:
            return await desks.look(work=work, me=me, attempt_id=attempt_id, left=left)

    assert await look(ana, attempt.id) == []
    assert await look(quiz.teacher, attempt.id) == ["Ana Rivera"]
    async with unit_of_work(ana) as work:
        await presence.leave(work=work, me=ana, place=Place.DESK, object_id=attempt.id)
    assert await look(quiz.teacher, attempt.id) == []
    with pytest.raises(NotFound):
        await look(quiz.student, attempt.id)


async def test_no_channel_tells_a_student_who_else_is_here(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    mate = await world.add_person("mate", Role.STUDENT)
    await enrol(world, made, mate)
    async with unit_of_work(quiz.teacher) as work:
        session = await leading.start(
            work=work, me=quiz.teacher, lesson_id=lesson_id, section_id=made.section_id
        )
    subjects = (quiz.assessment_id, attempt.id, session.id, made.section_id, made.course_id, lesson_id)

    async def admitted(name: str) -> object:
        async with unit_of_work(quiz.student) as work:
            return await access.admit(work=work, me=quiz.student, name=name)

    # No presence channel of any kind, of any object, opens to a student.
    for kind in access.kinds() | {"users", "everybody"}:
        for subject in (*subjects, quiz.student.user, mate.user_id, uuid4()):
            with pytest.raises(NotFound):
                await admitted(
                    f"presence-cache-t.{world.tenant_id.hex}.{kind}.{(subject or world.tenant_id).hex}"
                )
    # And those that only teachers follow do not open either.
    for channel in (
        Channel.monitor(quiz.assessment_id),
        Channel.desk(attempt.id),
        Channel.live_lead(session.id),
        Channel.user(mate.user_id or uuid4()),
    ):
        with pytest.raises(NotFound):
            await admitted(channel.name(world.tenant_id))
    # Their own seat does.
    found = await access_of(quiz.student, Channel.live_lesson(session.id), world.tenant_id)
    assert found.kind == "live_lesson"


async def access_of(me: Principal, channel: Channel, tenant_id: UUID) -> Channel:
    async with unit_of_work(me) as work:
        return await access.admit(work=work, me=me, name=channel.name(tenant_id))


async def test_those_who_teach_follow_the_channels_of_their_classroom_and_others_do_not(
    world: World,
) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    quiz = await make_quiz(world, "true_false")
    attempt = await quiz.start()
    async with unit_of_work(quiz.teacher) as work:
        session = await leading.start(
            work=work, me=quiz.teacher, lesson_id=lesson_id, section_id=made.section_id
        )
    stranger = await (await world.add_person("stranger", Role.TEACHER)).principal()
    for channel in (
        Channel.monitor(quiz.assessment_id),
        Channel.desk(attempt.id),
        Channel.live_lead(session.id),
        Channel.live_lesson(session.id),
    ):
        assert await access_of(quiz.teacher, channel, world.tenant_id) == channel
        with pytest.raises(NotFound):
            await access_of(stranger, channel, world.tenant_id)
