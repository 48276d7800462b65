"""A teacher writes a lesson in blocks; what is typed is never lost, and only what everybody can read is published."""

from __future__ import annotations

from uuid import uuid4

import pytest
from reflex.istate.manager.memory import StateManagerMemory
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import publishing, writing
from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.models import Block, Lesson, LessonVersion
from eduplatform.errors import NotFound
from eduplatform.security.permissions import Role
from eduplatform.state.lessons import LessonEditorState
from tests.factories.courses import make_course, make_lesson
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

EDITOR = "/teach/lessons/[lesson_id]"
_S = LessonEditorState


def editor_tab(cookie: str, lesson_id: object, manager: StateManagerMemory | None = None) -> Tab:
    return Tab(cookie, path=f"/teach/lessons/{lesson_id}", route=EDITOR, manager=manager)


def block_form(state: LessonEditorState, block: str = "", base: str = "", **values: str) -> dict[str, str]:
    return {
        "block": block or state.editing,
        "version": str(state.editing_version),
        "base": base,
        **values,
    }


async def kinds(tab: Tab) -> list[str]:
    return [one["kind"] for one in (await tab.state(_S)).blocks]


async def texts(tab: Tab) -> list[str]:
    await tab.fire(_S.load)
    return [one["view"]["html"] for one in (await tab.state(_S)).blocks]


async def test_blocks_are_added_written_ordered_copied_removed_and_brought_back(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, published=False, body="First")
    async with editor_tab(await world.teacher.sign_in(), lesson_id) as tab:
        await tab.fire(_S.load)
        first = (await tab.state(_S)).blocks[0]["id"]
        await tab.fire(_S.add("callout", first))
        state = await tab.state(_S)
        assert await kinds(tab) == ["callout", "text"]
        assert state.focus == "block-field-text"
        box = state.editing
        await tab.fire(_S.save(block_form(state, tone="warning", title="Hot", text="Do **not** touch")))
        state = await tab.state(_S)
        assert "<strong>not</strong>" in state.blocks[0]["view"]["html"]
        assert state.blocks[0]["view"]["tone_name"] == "Watch out"
        assert state.lesson["changed"]
        await tab.fire(_S.move(box, "down"))
        assert await kinds(tab) == ["text", "callout"]
        state = await tab.state(_S)
        assert state.focus == f"block-{box}-down"
        assert state.announcement == "Moved to place 2 of 2."
        await tab.fire(_S.place("block", box, "blocks", first))
        assert await kinds(tab) == ["callout", "text"]
        await tab.fire(_S.duplicate(box))
        assert await kinds(tab) == ["callout", "callout", "text"]
        await tab.fire(_S.remove_block(box))
        assert await kinds(tab) == ["callout", "text"]
        await tab.fire(_S.bring_back())
        assert await kinds(tab) == ["callout", "callout", "text"]
        assert (await tab.state(_S)).blocks[0]["id"] == box
        assert (await tab.state(_S)).undo == ""
        assert not tab.errors


async def test_two_tabs_writing_in_one_block_are_told_and_nothing_is_lost(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    cookie, server = await world.teacher.sign_in(), StateManagerMemory()
    async with editor_tab(cookie, lesson_id, server) as one, editor_tab(cookie, lesson_id, server) as two:
        for tab in (one, two):
            await tab.fire(_S.load)
            await tab.fire(_S.open((await tab.state(_S)).blocks[0]["id"]))
        await one.fire(_S.save(block_form(await one.state(_S), text="From one")))
        # The same tab goes on, though its page still shows the former version: that is no conflict.
        stale = block_form(await one.state(_S), text="From one, and more") | {"version": "1"}
        await one.fire(_S.save(stale))
        assert not (await one.state(_S)).conflict
        await two.fire(_S.save(block_form(await two.state(_S), text="From two")))
        refused = await two.state(_S)
        assert refused.conflict
        assert refused.failed == 1
        assert "From one, and more" in refused.theirs_html
        assert await texts(one) == ["<p>From one, and more</p>\n"]
        await two.fire(_S.keep_mine(block_form(refused, text="From two")))
        assert not (await two.state(_S)).conflict
        assert await texts(one) == ["<p>From two</p>\n"]
        await one.fire(_S.open((await one.state(_S)).blocks[0]["id"]))
        await two.fire(_S.save(block_form(await two.state(_S), text="Two again")))
        await one.fire(_S.save(block_form(await one.state(_S), text="One again")))
        assert (await one.state(_S)).conflict
        await one.fire(_S.take_theirs())
        state = await one.state(_S)
        assert (state.conflict, state.values["text"]) == ("", "Two again")


async def test_a_draft_that_comes_back_after_a_reload_knows_its_version(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    cookie, server = await world.teacher.sign_in(), StateManagerMemory()
    async with editor_tab(cookie, lesson_id, server) as one, editor_tab(cookie, lesson_id, server) as two:
        for tab in (one, two):
            await tab.fire(_S.load)
            await tab.fire(_S.open((await tab.state(_S)).blocks[0]["id"]))
        await two.fire(_S.save(block_form(await two.state(_S), text="From two")))
        key = (await one.state(_S)).editing
        await one.fire(_S.load)
        await one.fire(_S.open(key))
        state = await one.state(_S)
        assert state.values["text"] == "From two"
        await one.fire(_S.save(block_form(state, base="1", text="Typed before the reload")))
        assert (await one.state(_S)).conflict
        assert await texts(two) == ["<p>From two</p>\n"]


async def test_two_blocks_of_a_lesson_are_written_at_once(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, published=False, body="First")
    cookie, server = await world.teacher.sign_in(), StateManagerMemory()
    async with editor_tab(cookie, lesson_id, server) as one, editor_tab(cookie, lesson_id, server) as two:
        await one.fire(_S.load)
        await one.fire(_S.add("text"))
        await two.fire(_S.load)
        await two.fire(_S.open((await two.state(_S)).blocks[0]["id"]))
        await two.fire(_S.save(block_form(await two.state(_S), text="A")))
        await one.fire(_S.save(block_form(await one.state(_S), text="B")))
        assert not (await one.state(_S)).conflict
        assert await texts(two) == ["<p>A</p>\n", "<p>B</p>\n"]


@pytest.mark.parametrize(
    ("kind", "values", "field", "problem"),
    [
        ("text", {"text": "![](/demo/cell.svg)"}, "text", "This image has no description"),
        ("text", {"text": "#### Three"}, "text", "This heading skips a level"),
        ("text", {"text": "Read [](https://example.org) this"}, "text", "This link has no text"),
        ("text", {"text": "Press [here](https://example.org)."}, "text", "This link does not say"),
        ("text", {"text": " \n "}, "text", "This text is empty"),
        ("image", {"alt": ""}, "file", "There is no picture yet"),
        (
            "video",
            {"href": "https://example.org/v", "title": "Fall"},
            "transcript",
            "This video has no transcript",
        ),
        ("video", {"href": "https://example.org/v", "transcript": "Hi"}, "title", "This video has no title"),
        ("quiz", {"note": "Try"}, "assessment_id", "No quiz is chosen yet"),
    ],
)
async def test_what_keeps_readers_out_stops_publishing_and_leads_to_its_place(
    world: World, kind: str, values: dict[str, str], field: str, problem: str
) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, published=False, body="## One\n\nText.")
    async with editor_tab(await world.teacher.sign_in(), lesson_id) as tab:
        await tab.fire(_S.load)
        await tab.fire(_S.add(kind))
        key = (await tab.state(_S)).editing
        await tab.fire(_S.save(block_form(await tab.state(_S), **values)))
        await tab.fire(_S.publish({"note": ""}))
        state = await tab.state(_S)
        assert not state.lesson["published"]
        assert [(one["block"], one["field"]) for one in state.problems] == [(key, field)]
        assert state.problems[0]["text"].startswith(problem)
        assert state.problems[0]["place"].startswith("Block 2")
        await tab.fire(_S.close())
        await tab.fire(_S.go_to(key, field))
        state = await tab.state(_S)
        assert (state.editing, state.focus) == (key, f"block-field-{field}")
        await tab.fire(_S.remove_block(key))
        await tab.fire(_S.publish({"note": "First"}))
        assert (await tab.state(_S)).lesson["published"]


async def test_an_empty_lesson_is_not_published(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, published=False, body="")
    async with editor_tab(await world.teacher.sign_in(), lesson_id) as tab:
        await tab.fire(_S.load)
        await tab.fire(_S.publish({"note": ""}))
        state = await tab.state(_S)
        assert not state.lesson["published"]
        assert state.errors["form"]


HOSTILE = (
    '<script>alert(1)</script>\n\n[run](javascript:alert(1)) ![x](x" onerror=alert(1))\n\n'
    "<img src=x onerror=alert(1)>\n\n<iframe srcdoc='<script>1</script>'></iframe>\n\x00\x07 end"
)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("text", "text"), ("callout", "text"), ("code", "code"), ("formula", "latex"), ("video", "transcript")],
)
async def test_scripts_in_a_block_are_text(world: World, kind: str, name: str) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, published=False, body="")
    async with editor_tab(await world.teacher.sign_in(), lesson_id) as tab:
        await tab.fire(_S.load)
        await tab.fire(_S.add(kind))
        await tab.fire(_S.save(block_form(await tab.state(_S), **{name: HOSTILE[:1500]})))
        html = (await tab.state(_S)).blocks[0]["view"]["html"]
    assert "end" in html
    for mark in ("<script", "<iframe", "<img src=x", 'href="javascript', "<p><img"):
        assert mark not in html.lower()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("video", {"href": "javascript:alert(1)"}),
        ("video", {"href": "http://example.org/v"}),
        ("video", {"href": "https://user@example.org/v"}),
        ("video", {"captions": "00:05.000 --> 00:01.000\nBackwards"}),
        ("video", {"captions": "<script>alert(1)</script>"}),
        ("callout", {"tone": "loud"}),
        ("code", {"language": "../../etc"}),
        ("text", {"text": "x" * 100_001}),
        ("callout", {"text": "x" * 30_000}),
    ],
)
async def test_bad_values_are_refused_at_their_field_and_change_nothing(
    world: World, kind: str, values: dict[str, str]
) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, published=False, body="")
    async with editor_tab(await world.teacher.sign_in(), lesson_id) as tab:
        await tab.fire(_S.load)
        await tab.fire(_S.add(kind))
        before = dict((await tab.state(_S)).values)
        await tab.fire(_S.save(block_form(await tab.state(_S), **values)))
        assert set((await tab.state(_S)).errors) == set(values)
        await tab.fire(_S.open((await tab.state(_S)).editing))
        assert (await tab.state(_S)).values == before


async def test_the_heading_is_saved_and_a_second_tab_is_told(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    cookie, server = await world.teacher.sign_in(), StateManagerMemory()

    def form(version: int, **changes: str) -> dict[str, str]:
        return {
            "title": "Cells",
            "minutes": "12",
            "objectives": "One\n\n Two ",
            "version": str(version),
            **changes,
        }

    async with editor_tab(cookie, lesson_id, server) as one, editor_tab(cookie, lesson_id, server) as two:
        await one.fire(_S.load)
        await two.fire(_S.load)
        await one.fire(_S.save_heading(form(1)))
        await one.fire(_S.save_heading(form(1, title="Cells and tissue")))
        state = await one.state(_S)
        assert (state.heading_saved, state.lesson["objectives"]) == (2, "One\nTwo")
        await two.fire(_S.save_heading(form(1, title="Other")))
        assert (await two.state(_S)).heading_conflict
        await two.fire(_S.save_heading(form(1, minutes="-3", title="")))
        assert set((await two.state(_S)).errors) == {"minutes", "title"}
    async with unit_of_work(await world.teacher.principal()) as work:
        lesson = (await work.session.exec(select(Lesson).where(col(Lesson.id) == lesson_id))).one()
        # Students go on seeing the title that was published.
        assert (lesson.title, lesson.draft_title) == ("Building blocks", "Cells and tissue")


async def test_a_stranger_cannot_touch_a_block(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    async with unit_of_work(await world.teacher.principal()) as work:
        block = (await work.session.exec(select(Block).where(col(Block.lesson_id) == lesson_id))).one()
    colleague = await world.add_person("colleague", Role.TEACHER)
    mine = await make_course(world, teacher=colleague, students=[])
    my_lesson = await make_lesson(world, mine, teacher=colleague, published=False)
    me = await colleague.principal()
    key = block.id
    for call in (
        lambda work: writing.save_block(
            work=work, me=me, block_id=key, based_on=[1], values={"text": "Mine"}
        ),
        lambda work: writing.move_block(work=work, me=me, block_id=key, direction="up"),
        lambda work: writing.remove_block(work=work, me=me, block_id=key),
        lambda work: writing.bring_back(work=work, me=me, block_id=key),
        lambda work: writing.duplicate_block(work=work, me=me, block_id=key),
        lambda work: writing.add_block(work=work, me=me, lesson_id=lesson_id, kind=BlockKind.TEXT),
        # A block of one's own lesson cannot be put beside one of another's.
        lambda work: writing.add_block(
            work=work, me=me, lesson_id=my_lesson, kind=BlockKind.TEXT, before=key
        ),
        lambda work: publishing.publish(work=work, me=me, lesson_id=lesson_id),
        lambda work: publishing.restore(work=work, me=me, lesson_id=lesson_id, number=1),
        lambda work: publishing.restore(work=work, me=me, lesson_id=my_lesson, number=1),
        lambda work: publishing.history(work=work, me=me, lesson_id=lesson_id),
    ):
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await call(work)


async def test_changes_stay_within_eight_statements(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    async with editor_tab(await world.teacher.sign_in(), lesson_id) as tab:
        await tab.fire(_S.load)
        for _number in range(3):
            await tab.fire(_S.add("text"))
        first, second = [one["id"] for one in (await tab.state(_S)).blocks[:2]]
        await tab.fire(_S.open(first))
        state = await tab.state(_S)
        for spec in (
            _S.load(),
            _S.open(first),
            _S.save(block_form(state, text="## New")),
            _S.move(first, "down"),
            _S.place("block", second, "", ""),
            _S.duplicate(first),
            _S.remove_block(second),
            _S.bring_back(),
            _S.add("code", first),
            _S.save_heading({"title": "N", "minutes": "1", "objectives": "", "version": "1"}),
        ):
            with count_statements() as seen:
                await tab.fire(spec)
            assert len(seen) <= 8, (spec.handler.fn.__name__, seen)
        assert not tab.errors
        assert not (await tab.state(_S)).errors


async def test_unknown_blocks_are_not_found(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    async with editor_tab(await world.teacher.sign_in(), lesson_id) as tab:
        await tab.fire(_S.load)
        for spec in (
            _S.move(str(uuid4()), "up"),
            _S.go_to(str(uuid4()), "text"),
            _S.add("text", str(uuid4())),
        ):
            await tab.fire(spec)
        assert len((await tab.state(_S)).blocks) == 1
        assert not tab.errors


async def test_versions_never_change(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    with pytest.raises(Exception, match=r"append-only|permission denied"):
        async with unit_of_work(await world.teacher.principal()) as work:
            version = (
                await work.session.exec(
                    select(LessonVersion).where(col(LessonVersion.lesson_id) == lesson_id)
                )
            ).one()
            version.title = "Another"
