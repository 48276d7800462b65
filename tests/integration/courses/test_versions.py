"""Publishing makes versions that never change; two of them can be compared, and each can become the draft again."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import publishing, writing
from eduplatform.domain.courses.models import Block, Lesson
from eduplatform.errors import Conflict
from eduplatform.state.lessons import LessonEditorState
from eduplatform.state.reading import LessonState
from eduplatform.state.versions import VersionsState
from tests.factories.courses import make_course, make_lesson
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

_S = VersionsState


def versions_tab(cookie: str, lesson_id: object) -> Tab:
    return Tab(
        cookie, path=f"/teach/lessons/{lesson_id}/versions", route="/teach/lessons/[lesson_id]/versions"
    )


async def write(world: World, lesson_id: UUID, text: str, *, note: str | None = None) -> UUID:
    """Write over the first block, and publish when there is a note."""
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        block = (
            await work.session.exec(
                select(Block).where(col(Block.lesson_id) == lesson_id).order_by(col(Block.position)).limit(1)
            )
        ).one()
        await writing.save_block(
            work=work, me=me, block_id=block.id, based_on=[block.version], values={"text": text}
        )
        if note is not None:
            await publishing.publish(work=work, me=me, lesson_id=lesson_id, note=note)
    return block.id


async def seen(world: World, lesson_id: UUID) -> str:
    """What a student reads."""
    async with Tab(
        await world.student.sign_in(), path=f"/learn/lessons/{lesson_id}", route="/learn/lessons/[lesson_id]"
    ) as tab:
        await tab.fire(LessonState.load)
        state = await tab.state(LessonState)
        return " ".join(one["html"] for one in state.blocks) if state.loaded else state.failure


async def test_students_read_the_published_version_while_a_draft_is_written(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, body="Version one.")
    await write(world, lesson_id, "Half a sentence")
    assert "Version one." in await seen(world, lesson_id)
    await write(world, lesson_id, "Version two.", note="Better")
    assert "Version two." in await seen(world, lesson_id)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await publishing.withdraw(work=work, me=me, lesson_id=lesson_id)
    assert await seen(world, lesson_id) == "not_found"
    async with unit_of_work(me) as work:
        await publishing.publish(work=work, me=me, lesson_id=lesson_id)
    assert "Version two." in await seen(world, lesson_id)


async def test_publishing_twice_without_a_change_is_refused(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    me = await world.teacher.principal()
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await publishing.publish(work=work, me=me, lesson_id=lesson_id)


async def test_the_list_tells_who_when_and_why_and_the_comparison_what(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, body="The cell is a small room.")
    await write(world, lesson_id, "The cell is a tiny room.", note="A better word")
    async with versions_tab(await world.teacher.sign_in(), lesson_id) as tab:
        with count_statements() as statements:
            await tab.fire(_S.load)
        assert len(statements) <= 8
        rows = (await tab.state(_S)).rows
        assert [(one["number"], one["note"], one["current"]) for one in rows] == [
            (2, "A better word", True),
            (1, "", False),
        ]
        assert rows[0]["author"] == "Teacher Test"
        await tab.fire(_S.compare_with_former(2))
        state = await tab.state(_S)
        assert state.comparison_title == "From version 1 to version 2"
        parts = state.blocks[0]["parts"][0]["pieces"]
        assert [(one["change"], one["text"]) for one in parts if one["change"] != "same"] == [
            ("removed", "small"),
            ("added", "tiny"),
        ]
        await tab.fire(_S.compare({"before": "2", "after": "2"}))
        state = await tab.state(_S)
        assert (state.blocks, state.same) == ([], 1)
        await tab.fire(_S.compare({"before": "7", "after": "0"}))
        assert (await tab.state(_S)).same == 1
        assert not tab.errors


async def test_a_version_becomes_the_draft_and_students_see_no_change(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, body="One.")
    first = await write(world, lesson_id, "Two.", note="Second")
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await writing.remove_block(work=work, me=me, block_id=first)
        block, _ = await writing.add_block(work=work, me=me, lesson_id=lesson_id, kind=writing.BlockKind.CODE)
        await writing.save_block(work=work, me=me, block_id=block.id, based_on=[1], values={"code": "x = 1"})
        await publishing.publish(work=work, me=me, lesson_id=lesson_id, note="Only code")
    async with versions_tab(await world.teacher.sign_in(), lesson_id) as tab:
        await tab.fire(_S.load)
        await tab.fire(_S.ask_restore(1))
        await tab.fire(_S.restore())
        assert tab.redirects() == [f"/teach/lessons/{lesson_id}"]
        await tab.go(f"/teach/lessons/{lesson_id}", "/teach/lessons/[lesson_id]")
        await tab.fire(LessonEditorState.load)
        state = await tab.state(LessonEditorState)
        assert [(one["id"], one["view"]["html"]) for one in state.blocks] == [(str(first), "<p>One.</p>\n")]
        assert state.lesson["changed"]
    assert "x" in await seen(world, lesson_id)
    async with unit_of_work(me) as work:
        version = await publishing.publish(work=work, me=me, lesson_id=lesson_id)
        assert version.number == 4
        lesson = (await work.session.exec(select(Lesson).where(col(Lesson.id) == lesson_id))).one()
        assert not lesson.changed
    assert "One." in await seen(world, lesson_id)
