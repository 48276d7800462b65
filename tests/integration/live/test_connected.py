"""What services publish, and to whom: those who may know, and nobody before they may."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import people, sessions
from eduplatform.domain.accounts.models import GuardianLink
from eduplatform.domain.courses.models import Section
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading import release
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.messaging import announcements, conversations, service
from eduplatform.domain.messaging.announcements import Draft
from eduplatform.domain.operations import operator
from eduplatform.realtime.channels import Channel
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor, Principal
from tests.factories.courses import make_course, make_thread
from tests.factories.grading import chosen, make_desk
from tests.factories.world import World, make_operator
from tests.integration.live.outbox import waiting

pytestmark = pytest.mark.anyio


async def names(world: World, channel: Channel) -> list[str]:
    """The events that wait for a channel."""
    return [name for name, _number, _data in await waiting(world.tenant_id, channel)]


async def test_a_student_hears_of_a_grade_when_it_can_be_seen_and_not_before(world: World) -> None:
    desk = await make_desk(world, "essay")
    student, grading = Channel.learner(desk.quiz.student.user), Channel.grading(desk.assessment_id)
    attempt = await desk.hand_in(desk.quiz.student, {"essay": {"text": "Because."}})
    assert await names(world, grading) != []
    assert "work-arrived" in await names(world, Channel.staff(desk.quiz.course_id))
    response = await desk.response(attempt.id)
    async with unit_of_work(desk.teacher) as work:
        await marking.save_marks(
            work=work,
            me=desk.teacher,
            attempt_id=attempt.id,
            version=attempt.version,
            marks=[Marks(response_id=response.id, levels=chosen(desk, 0, 0))],
        )
    assert await names(world, student) == []
    async with unit_of_work(desk.teacher) as work:
        await release.release(
            work=work, me=desk.teacher, assessment_id=desk.assessment_id, at=utc_now() + timedelta(days=1)
        )
    assert await names(world, student) == []
    async with unit_of_work(desk.teacher) as work:
        await release.release(work=work, me=desk.teacher, assessment_id=desk.assessment_id)
    assert await names(world, student) == ["grade-released"]
    async with unit_of_work(desk.teacher) as work:
        await release.unrelease(
            work=work,
            me=desk.teacher,
            assessment_id=desk.assessment_id,
            user_id=desk.quiz.student.user,
            reason="Too early",
        )
    assert await names(world, student) == ["grade-released"] * 2


async def test_an_announcement_reaches_the_classes_that_it_is_for_at_its_time(world: World) -> None:
    made, teacher = await make_course(world), await world.teacher.principal()
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        other = await work.add(Section(course_id=made.course_id, name="9B", join_code=uuid4().hex[:8]))

    async def announce(draft: Draft) -> UUID:
        async with unit_of_work(teacher) as work:
            row = await announcements.create(work=work, me=teacher, course_id=made.course_id, draft=draft)
        return row.id

    later = await announce(Draft("Later", "Text", publish_at=utc_now() + timedelta(days=1)))
    own, theirs = Channel.section(made.section_id), Channel.section(other.id)
    everybody = Channel.course(made.course_id)
    for channel in (own, theirs, everybody):
        assert await names(world, channel) == []
    assert await names(world, Channel.staff(made.course_id)) == ["announcements-changed"]
    await announce(Draft("Only you", "Text", section_ids=(made.section_id,)))
    assert await names(world, own) == ["announcements-changed"]
    assert await names(world, theirs) == await names(world, everybody) == []
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await announcements.tell(work=work, announcement_id=later, now=utc_now() + timedelta(days=2))
    assert await names(world, everybody) == ["announcements-changed"]


async def test_a_discussion_is_heard_in_its_thread_and_its_course(world: World) -> None:
    made, student = await make_course(world), await world.student.principal()
    thread_id = await make_thread(made, student)
    async with unit_of_work(student) as work:
        await service.reply(work=work, me=student, thread_id=thread_id, body="Because.")
    for channel in (Channel.thread(thread_id), Channel.course(made.course_id)):
        assert await names(world, channel) == ["discussion-changed"] * 2


async def test_a_message_is_heard_by_the_two_and_whoever_reads_along_is_never_shown_writing(
    world: World,
) -> None:
    made = await make_course(world)
    teacher, student = await world.teacher.principal(), await world.student.principal()
    guardian = await world.guardian.principal()
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.add(GuardianLink(guardian_id=guardian.user, student_id=student.user))
    assert made.course_id
    async with unit_of_work(teacher) as work:
        talk = await conversations.write(work=work, me=teacher, to=student.user, body="Well done.")
    channel = Channel.conversation(talk.id)
    assert await names(world, channel) == ["message-posted"]
    assert await names(world, Channel.user(student.user)) == ["message-posted", "notifications-changed"]
    assert await names(world, Channel.user(teacher.user)) == ["message-posted"]
    assert await names(world, Channel.user(guardian.user)) == []

    async def typing(me: Principal) -> None:
        async with unit_of_work(me) as work:
            await conversations.tell_typing(work=work, me=me, conversation_id=talk.id)

    await typing(guardian)
    assert await names(world, channel) == ["message-posted"]
    await typing(student)
    assert await names(world, channel) == ["message-posted", "typing"]


async def test_whoever_loses_a_session_a_role_or_the_school_is_told_in_person(world: World) -> None:
    student, teacher = world.student, world.teacher
    mine = Channel.user(student.user_id) if student.user_id else Channel.tenant()
    first, second = await student.principal(), await student.principal()
    await sessions.revoke_session(me=first, session_id=second.session_id)
    assert await names(world, mine) == ["access-changed"]
    await sessions.close_session(cookie=(await student.sign_in()).partition("=")[2])
    assert await names(world, mine) == ["access-changed"] * 2
    admin = await world.admin.principal()
    assert teacher.user_id
    async with unit_of_work(admin) as work:
        await people.set_roles(
            work=work, me=admin, user_id=teacher.user_id, roles=[Role.STUDENT], shown=["teacher"]
        )
    assert await names(world, Channel.user(teacher.user_id)) == ["access-changed"]
    boss = await (await make_operator()).principal()
    await operator.suspend(me=boss, tenant_id=world.tenant_id, reason="payment", note="")
    assert await names(world, Channel.tenant()) == ["tenant-suspended"]
