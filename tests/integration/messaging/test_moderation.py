"""Nested answers, accepted and endorsed ones, and what becomes of those that should not be seen."""

from __future__ import annotations

from uuid import UUID

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.messaging import moderation, notifications, service
from eduplatform.domain.messaging.models import Post
from eduplatform.domain.messaging.service import ThreadView
from eduplatform.errors import Invalid, NotFound
from eduplatform.security.permissions import Role
from tests.factories.courses import Taught, enrol, make_course, make_thread
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def _scene(world: World) -> tuple[Taught, UUID]:
    made = await make_course(world)
    await world.add_person("mate", Role.STUDENT)
    await enrol(world, made, world.mate)
    return made, await make_thread(made, await world.student.principal())


async def _reply(world: World, key: str, thread_id: UUID, body: str, parent: UUID | None = None) -> Post:
    me = await world.people[key].principal()
    async with unit_of_work(me) as work:
        return await service.reply(work=work, me=me, thread_id=thread_id, body=body, parent_id=parent)


async def _read(world: World, key: str, thread_id: UUID) -> ThreadView:
    me = await world.people[key].principal()
    async with unit_of_work(me) as work:
        return await service.read_thread(work=work, me=me, thread_id=thread_id)


async def _news(world: World, key: str) -> list[str]:
    me = await world.people[key].principal()
    async with unit_of_work(me) as work:
        rows, _ = await notifications.list_own(work=work, me=me)
    return [one.text for one in rows]


async def test_answers_stand_below_what_they_answer_to_a_sensible_depth(world: World) -> None:
    _, thread = await _scene(world)
    first = await _reply(world, "mate", thread, "one")
    await _reply(world, "mate", thread, "two")
    below = await _reply(world, "teacher", thread, "one.a", first.id)
    deeper = await _reply(world, "student", thread, "one.a.i", below.id)
    await _reply(world, "mate", thread, "one.a.ii", deeper.id)
    found = await _read(world, "student", thread)
    assert [(one.post.body, one.post.depth) for one in found.posts] == [
        ("one", 0),
        ("one.a", 1),
        ("one.a.i", 2),
        ("one.a.ii", 2),
        ("two", 0),
    ]
    assert await _news(world, "mate") == ["{name} answered in “{title}”"]


async def test_an_answer_of_another_discussion_cannot_be_answered_here(world: World) -> None:
    made, thread = await _scene(world)
    other = await make_thread(made, await world.student.principal())
    foreign = await _reply(world, "mate", other, "there")
    with pytest.raises(NotFound):
        await _reply(world, "mate", thread, "here", foreign.id)


async def test_who_asked_accepts_and_only_teachers_endorse(world: World) -> None:
    _, thread = await _scene(world)
    post = await _reply(world, "mate", thread, "Because.")
    for key, call, allowed in (
        ("mate", moderation.accept, False),
        ("student", moderation.accept, True),
        ("student", moderation.endorse, False),
        ("teacher", moderation.endorse, True),
    ):
        me = await world.people[key].principal()
        word = "accepted" if call is moderation.accept else "endorsed"
        try:
            async with unit_of_work(me) as work:
                await call(work=work, me=me, post_id=post.id, **{word: True})
        except NotFound:
            assert not allowed
        else:
            assert allowed
    found = await _read(world, "mate", thread)
    assert found.thread.accepted_post_id == post.id
    assert found.posts[0].post.endorsed_by == world.teacher.user_id
    assert len(await _news(world, "mate")) == 2


async def test_a_locked_discussion_takes_answers_of_teachers_only(world: World) -> None:
    _, thread = await _scene(world)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await moderation.lock(work=work, me=me, thread_id=thread, locked=True)
    with pytest.raises(Invalid):
        await _reply(world, "mate", thread, "But …")
    await _reply(world, "teacher", thread, "That was all.")


async def test_what_is_hidden_is_gone_for_others_and_explained_to_its_author(world: World) -> None:
    made, thread = await _scene(world)
    post = await _reply(world, "mate", thread, "Rude words")
    student, teacher = await world.student.principal(), await world.teacher.principal()
    async with unit_of_work(student) as work:
        await moderation.report(work=work, me=student, thread_id=thread, post_id=post.id, reason="Rude")
        await moderation.report(work=work, me=student, thread_id=thread, post_id=post.id, reason="Rude")
    assert "A contribution in “{title}” was reported" in await _news(world, "teacher")
    async with unit_of_work(teacher) as work:
        _, rows, total = await moderation.queue(work=work, me=teacher, course_id=made.course_id)
        assert (total, rows[0].author, rows[0].report.reason) == (1, "Mate Test", "Rude")
        await moderation.hide(work=work, me=teacher, thread_id=thread, post_id=post.id, reason="Be kind")
    async with unit_of_work(teacher) as work:
        assert (await moderation.queue(work=work, me=teacher, course_id=made.course_id))[2] == 0
    assert (await _read(world, "mate", thread)).posts[0].post.hidden_reason == "Be kind"
    with pytest.raises(NotFound):
        await _reply(world, "student", thread, "What?", post.id)


async def test_a_hidden_discussion_exists_for_its_author_and_teachers_only(world: World) -> None:
    made, thread = await _scene(world)
    teacher = await world.teacher.principal()
    async with unit_of_work(teacher) as work:
        await moderation.hide(work=work, me=teacher, thread_id=thread, post_id=None, reason="Off topic")
    with pytest.raises(NotFound):
        await _read(world, "mate", thread)
    assert (await _read(world, "student", thread)).thread.hidden_reason == "Off topic"
    me = await world.mate.principal()
    async with unit_of_work(me) as work:
        assert (await service.list_threads(work=work, me=me, course_id=made.course_id)).total == 0


@pytest.mark.parametrize("key", ["student", "mate", "guardian"])
async def test_only_teachers_moderate(world: World, key: str) -> None:
    made, thread = await _scene(world)
    post = await _reply(world, "mate", thread, "Fine")
    me = await world.people[key].principal()
    for attempt in (
        lambda work: moderation.hide(work=work, me=me, thread_id=thread, post_id=post.id, reason="x"),
        lambda work: moderation.show(work=work, me=me, thread_id=thread, post_id=post.id),
        lambda work: moderation.lock(work=work, me=me, thread_id=thread, locked=True),
        lambda work: moderation.queue(work=work, me=me, course_id=made.course_id),
    ):
        with pytest.raises(Exception, match="") as caught:
            async with unit_of_work(me) as work:
                await attempt(work)
        assert caught.type.__name__ in ("NotFound", "Forbidden")


async def test_an_edit_keeps_what_was_said_before_for_author_and_teachers(world: World) -> None:
    _, thread = await _scene(world)
    post = await _reply(world, "mate", thread, "Frist")
    me = await world.mate.principal()
    async with unit_of_work(me) as work:
        await service.edit_post(work=work, me=me, post_id=post.id, body="First")
    for key, expected in (("mate", ["Frist"]), ("teacher", ["Frist"])):
        reader = await world.people[key].principal()
        async with unit_of_work(reader) as work:
            found = await service.history(work=work, me=reader, thread_id=thread, post_id=post.id)
        assert [one.body for one in found] == expected
    other = await world.student.principal()
    with pytest.raises(NotFound):
        async with unit_of_work(other) as work:
            await service.history(work=work, me=other, thread_id=thread, post_id=post.id)
    with pytest.raises(NotFound):
        async with unit_of_work(other) as work:
            await service.edit_post(work=work, me=other, post_id=post.id, body="Mine")


async def test_a_deleted_answer_that_was_answered_keeps_its_place_without_its_words(world: World) -> None:
    _, thread = await _scene(world)
    post = await _reply(world, "mate", thread, "Secret")
    await _reply(world, "student", thread, "Oh!", post.id)
    me = await world.mate.principal()
    async with unit_of_work(me) as work:
        await service.delete_post(work=work, me=me, post_id=post.id)
    found = await _read(world, "student", thread)
    assert [(one.post.body, one.post.deleted_at is not None) for one in found.posts] == [
        ("", True),
        ("Oh!", False),
    ]


async def test_an_answer_costs_few_statements(world: World) -> None:
    _, thread = await _scene(world)
    post = await _reply(world, "mate", thread, "one")
    with count_statements() as seen:
        await _reply(world, "teacher", thread, "two", post.id)
    assert len(seen) <= 8
