"""Direct messages: who reaches whom, who reads along, and who does not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import AccountStatus, GuardianLink, User
from eduplatform.domain.courses import service as courses
from eduplatform.domain.messaging import conversations, notifications
from eduplatform.domain.messaging.contact_policy import Classmates
from eduplatform.domain.messaging.conversations import ConversationView
from eduplatform.errors import Forbidden, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from tests.factories.courses import Taught, enrol, make_course
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio


@dataclass
class Scene:
    """A class of two with a verified guardian of one of them, and people who have nothing to do with it."""

    world: World
    made: Taught


@pytest.fixture
async def scene(world: World) -> Scene:
    made = await make_course(world)
    await world.add_person("mate", Role.STUDENT)
    await enrol(world, made, world.mate)
    for key, role in (("stranger", Role.GUARDIAN), ("elsewhere", Role.STUDENT), ("colleague", Role.TEACHER)):
        await world.add_person(key, role)
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.add(GuardianLink(guardian_id=world.guardian.user_id, student_id=world.student.user_id))
        await work.add(
            GuardianLink(
                guardian_id=world.stranger.user_id, student_id=world.student.user_id, status="pending"
            )
        )
    return Scene(world, made)


async def _write(world: World, sender: str, to: str, body: str = "Hello") -> UUID:
    me = await world.people[sender].principal()
    async with unit_of_work(me) as work:
        found = await conversations.write(work=work, me=me, to=world.people[to].user_id, body=body)  # type: ignore[arg-type]
    return found.id


async def _read(world: World, key: str, conversation: UUID) -> ConversationView:
    me = await world.people[key].principal()
    async with unit_of_work(me) as work:
        return await conversations.read(work=work, me=me, conversation_id=conversation)


async def _rules(world: World, classmates: Classmates, guardians_see: bool = True) -> None:
    me = await world.admin.principal()
    async with unit_of_work(me) as work:
        await conversations.save_rules(work=work, me=me, classmates=classmates, guardians_see=guardians_see)


ALLOWED = {
    ("student", "teacher"),
    ("mate", "teacher"),
    ("teacher", "student"),
    ("teacher", "mate"),
    ("teacher", "guardian"),
    ("guardian", "teacher"),
    ("teacher", "colleague"),
    ("colleague", "teacher"),
}
PEOPLE = ("student", "mate", "teacher", "guardian", "stranger", "elsewhere", "colleague", "admin")


@pytest.mark.parametrize("sender", PEOPLE)
async def test_who_reaches_whom(scene: Scene, sender: str) -> None:
    for to in PEOPLE:
        if to == sender:
            continue
        try:
            await _write(scene.world, sender, to)
        except (NotFound, Forbidden):
            assert (sender, to) not in ALLOWED, (sender, to)
        else:
            assert (sender, to) in ALLOWED, (sender, to)


@pytest.mark.parametrize("sender", ["student", "teacher", "guardian", "stranger", "elsewhere"])
async def test_the_list_of_contacts_is_exactly_who_can_be_reached(scene: Scene, sender: str) -> None:
    me = await scene.world.people[sender].principal()
    async with unit_of_work(me) as work:
        found = await conversations.reachable(work=work, me=me)
    names = {key for key in PEOPLE if scene.world.people[key].user_id in {one.user.id for one in found}}
    assert names == {to for one, to in ALLOWED if one == sender}


async def test_classmates_by_the_rule_of_organisation_and_teacher(scene: Scene) -> None:
    world = scene.world
    teacher = await world.teacher.principal()
    for rule, opened, allowed in (
        (Classmates.TEACHER, False, False),
        (Classmates.TEACHER, True, True),
        (Classmates.NEVER, True, False),
        (Classmates.ALWAYS, False, True),
    ):
        await _rules(world, rule)
        async with unit_of_work(teacher) as work:
            await courses.set_classmate_messages(
                work=work, me=teacher, course_id=scene.made.course_id, allowed=opened
            )
        try:
            await _write(world, "student", "mate")
        except NotFound:
            assert not allowed, (rule, opened)
        else:
            assert allowed, (rule, opened)


async def test_the_verified_guardian_reads_along_and_everybody_is_told(scene: Scene) -> None:
    world = scene.world
    key = await _write(world, "teacher", "student", "Well done")
    seen = await _read(world, "guardian", key)
    assert (seen.observing, seen.writable, [one.body for one in seen.messages]) == (
        True,
        False,
        ["Well done"],
    )
    assert (await _read(world, "student", key)).watched == "Student Test"
    for outsider in ("stranger", "mate", "elsewhere", "colleague"):
        with pytest.raises(NotFound):
            await _read(world, outsider, key)
    await _rules(world, Classmates.TEACHER, guardians_see=False)
    with pytest.raises(NotFound):
        await _read(world, "guardian", key)
    assert (await _read(world, "student", key)).watched == ""


async def test_a_guardian_does_not_read_what_classmates_write(scene: Scene) -> None:
    world = scene.world
    await _rules(world, Classmates.ALWAYS)
    key = await _write(world, "student", "mate")
    with pytest.raises(NotFound):
        await _read(world, "guardian", key)
    me = await world.guardian.principal()
    async with unit_of_work(me) as work:
        assert await conversations.list_of_children(work=work, me=me) == ([], 0)


async def test_the_list_of_a_childs_conversations(scene: Scene) -> None:
    world = scene.world
    await _write(world, "teacher", "student")
    await _write(world, "teacher", "mate")
    for key, expected in (("guardian", 1), ("stranger", 0)):
        me = await world.people[key].principal()
        async with unit_of_work(me) as work:
            assert (await conversations.list_of_children(work=work, me=me))[1] == expected


async def test_a_block_stops_both_and_teachers_are_not_blocked(scene: Scene) -> None:
    world = scene.world
    await _rules(world, Classmates.ALWAYS)
    await _write(world, "mate", "student")
    me = await world.student.principal()
    async with unit_of_work(me) as work:
        await conversations.block(work=work, me=me, user_id=world.mate.user_id)  # type: ignore[arg-type]
    for sender, to in (("mate", "student"), ("student", "mate")):
        with pytest.raises(NotFound):
            await _write(world, sender, to)
    async with unit_of_work(me) as work:
        await conversations.unblock(work=work, me=me, user_id=world.mate.user_id)  # type: ignore[arg-type]
    await _write(world, "mate", "student")
    await _write(world, "teacher", "student")
    with pytest.raises(Invalid):
        async with unit_of_work(me) as work:
            await conversations.block(work=work, me=me, user_id=world.teacher.user_id)  # type: ignore[arg-type]


async def test_nobody_writes_to_who_has_left(scene: Scene) -> None:
    world = scene.world
    key = await _write(world, "teacher", "student")
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        row = await work.session.get(User, world.student.user_id)
        assert row is not None
        row.status = AccountStatus.DEACTIVATED
    with pytest.raises(NotFound):
        await _write(world, "teacher", "student")
    assert not (await _read(world, "teacher", key)).writable


async def test_one_word_for_many_unread_messages(scene: Scene) -> None:
    world = scene.world
    for _ in range(3):
        key = await _write(world, "teacher", "student")
    me = await world.student.principal()
    async with unit_of_work(me) as work:
        assert await notifications.unread_count(work=work, me=me) == 1
    await _read(world, "student", key)
    await _write(world, "teacher", "student")
    async with unit_of_work(me) as work:
        assert await notifications.unread_count(work=work, me=me) == 2


async def test_only_the_administrator_changes_the_rules(scene: Scene) -> None:
    for key in ("teacher", "student", "guardian"):
        me = await scene.world.people[key].principal()
        with pytest.raises(Forbidden):
            async with unit_of_work(me) as work:
                await conversations.save_rules(
                    work=work, me=me, classmates=Classmates.ALWAYS, guardians_see=False
                )


async def test_writing_and_reading_cost_few_statements(scene: Scene) -> None:
    key = await _write(scene.world, "teacher", "student")
    with count_statements() as writing:
        await _write(scene.world, "student", "teacher")
    with count_statements() as reading:
        await _read(scene.world, "teacher", key)
    assert len(writing) <= 8
    assert len(reading) <= 8
