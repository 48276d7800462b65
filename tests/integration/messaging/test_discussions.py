"""Discussions of a course: who sees them, who may delete, and that words stay words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.messaging import service
from eduplatform.domain.messaging.models import Post, Thread
from eduplatform.security.permissions import Role
from eduplatform.state.base import NoticeState
from eduplatform.state.discussions import DiscussionListState, DiscussionState
from tests.factories.courses import Taught, enrol, make_course, make_thread
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


def list_tab(cookie: str, made: Taught) -> Tab:
    return Tab(
        cookie, path=f"/courses/{made.course_id}/discussions", route="/courses/[course_id]/discussions"
    )


def thread_tab(cookie: str, made: Taught, thread_id: UUID) -> Tab:
    return Tab(
        cookie,
        path=f"/courses/{made.course_id}/discussions/{thread_id}",
        route="/courses/[course_id]/discussions/[thread_id]",
    )


async def test_a_question_is_asked_answered_and_seen_by_the_other_side(world: World) -> None:
    made = await make_course(world)
    async with list_tab(await world.student.sign_in(), made) as tab:
        await tab.fire(DiscussionListState.create({"title": "Osmosis?", "body": "Why does **water** move?"}))
        thread_id = UUID(tab.redirects()[-1].rpartition("/")[2])
        await tab.fire(DiscussionListState.load)
        row = (await tab.state(DiscussionListState)).rows[0]
        assert (row["title"], row["answers"], row["teacher"]) == ("Osmosis?", 0, False)
    async with thread_tab(await world.teacher.sign_in(), made, thread_id) as tab:
        await tab.fire(DiscussionState.load)
        assert "<strong>water</strong>" in (await tab.state(DiscussionState)).opening["html"]
        await tab.fire(DiscussionState.reply({"body": "Because of the concentration."}))
    async with thread_tab(await world.student.sign_in(), made, thread_id) as tab:
        await tab.fire(DiscussionState.load)
        state = await tab.state(DiscussionState)
        assert (state.answers, state.teaches) == (1, False)
        assert (state.posts[0]["teacher"], state.posts[0]["deletable"]) == (True, False)


async def test_outsiders_find_no_discussion(world: World, new_world: Callable[[], Awaitable[World]]) -> None:
    made = await make_course(world)
    thread_id = await make_thread(made, await world.student.principal())
    outsider = await world.add_person("outsider", Role.STUDENT)
    colleague = await world.add_person("colleague", Role.TEACHER)
    for person in (outsider, colleague, (await new_world()).teacher):
        cookie = await person.sign_in()
        async with list_tab(cookie, made) as tab:
            await tab.fire(DiscussionListState.load)
            assert (await tab.state(DiscussionListState)).failure == "not_found"
            await tab.fire(DiscussionListState.create({"title": "Hi", "body": "I am in"}))
            assert not tab.redirects()
        async with thread_tab(cookie, made, thread_id) as tab:
            await tab.fire(DiscussionState.load)
            assert (await tab.state(DiscussionState)).failure == "not_found"
            await tab.fire(DiscussionState.reply({"body": "I am in"}))
    async with unit_of_work(await world.teacher.principal()) as work:
        assert not (await work.session.exec(select(Post))).all()
        assert len((await work.session.exec(select(Thread))).all()) == 1


async def test_only_the_author_and_a_teacher_delete_an_answer(world: World) -> None:
    made = await make_course(world)
    other = await world.add_person("other", Role.STUDENT)
    await enrol(world, made, other)
    author = await world.student.principal()
    thread_id = await make_thread(made, author)
    ids: list[str] = []
    for text in ("mine", "also mine"):
        async with unit_of_work(author) as work:
            ids.append(str((await service.reply(work=work, me=author, thread_id=thread_id, body=text)).id))

    async def try_delete(cookie: str, what: str) -> int:
        async with thread_tab(cookie, made, thread_id) as tab:
            await tab.fire(DiscussionState.load)
            await tab.fire(DiscussionState.ask_remove(what))
            await tab.fire(DiscussionState.remove())
            return (await tab.state(DiscussionState)).answers

    assert await try_delete(await other.sign_in(), ids[0]) == 2
    assert await try_delete(await world.student.sign_in(), ids[0]) == 1
    with count_statements() as seen:
        await try_delete(await world.teacher.sign_in(), ids[1])
    assert len(seen) <= 6 + 8 + 6
    async with unit_of_work(author) as work:
        thread = (await work.session.exec(select(Thread).where(col(Thread.id) == thread_id))).one()
        assert thread.post_count == 0
        assert thread.last_post_at == thread.created_at


async def test_a_discussion_with_answers_is_deleted_by_teachers_only(world: World) -> None:
    made = await make_course(world)
    author, teacher = await world.student.principal(), await world.teacher.principal()
    thread_id = await make_thread(made, author)
    async with unit_of_work(teacher) as work:
        await service.reply(work=work, me=teacher, thread_id=thread_id, body="An answer")
    for person, gone in ((world.student, False), (world.teacher, True)):
        async with thread_tab(await person.sign_in(), made, thread_id) as tab:
            await tab.fire(DiscussionState.load)
            assert (await tab.state(DiscussionState)).opening["deletable"] is gone
            await tab.fire(DiscussionState.ask_remove("thread"))
            await tab.fire(DiscussionState.remove())
            assert bool(tab.redirects()) is gone


async def test_scripts_in_contributions_are_text(world: World) -> None:
    made = await make_course(world)
    hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](data:text/html,x)"
    me = await world.student.principal()
    thread_id = await make_thread(made, me, title="<script>t</script>", body=hostile)
    async with unit_of_work(me) as work:
        await service.reply(work=work, me=me, thread_id=thread_id, body=hostile)
    async with thread_tab(await world.teacher.sign_in(), made, thread_id) as tab:
        await tab.fire(DiscussionState.load)
        await tab.fire(DiscussionState.preview(hostile))
        state = await tab.state(DiscussionState)
        for html in (state.opening["html"], state.posts[0]["html"], state.preview_html):
            assert "alert(1)" in html
            for mark in ("<script", "<img", 'href="javascript', 'href="data'):
                assert mark not in html.lower()


async def test_pages_of_answers_and_an_answer_leads_to_the_last(world: World) -> None:
    made = await make_course(world)
    me = await world.student.principal()
    thread_id = await make_thread(made, me)
    for number in range(21):
        async with unit_of_work(me) as work:
            await service.reply(work=work, me=me, thread_id=thread_id, body=f"answer {number}")
    async with thread_tab(await world.teacher.sign_in(), made, thread_id) as tab:
        with count_statements() as seen:
            await tab.fire(DiscussionState.load)
        assert len(seen) <= 6
        state = await tab.state(DiscussionState)
        assert (state.page, state.pages, len(state.posts)) == (1, 2, 20)
        await tab.fire(DiscussionState.reply({"body": "the last"}))
        state = await tab.state(DiscussionState)
        assert state.page == 2
        assert "the last" in state.posts[-1]["html"]


async def test_empty_and_overlong_contributions_and_floods_are_refused(world: World) -> None:
    made = await make_course(world)
    me = await world.student.principal()
    thread_id = await make_thread(made, me)
    async with thread_tab(await world.student.sign_in(), made, thread_id) as tab:
        for body in ("", " \n ", "\x00", "x" * 1_000_000):
            await tab.fire(DiscussionState.reply({"body": body}))
            assert (await tab.state(DiscussionState)).errors["body"]
        for number in range(service.WRITE_RATE.burst + 1):
            await tab.fire(DiscussionState.reply({"body": f"flood {number}"}))
        assert "fast" in (await tab.state(NoticeState)).notices[-1]["text"]
        await tab.fire(DiscussionState.load)
        assert (await tab.state(DiscussionState)).answers <= service.WRITE_RATE.burst
