"""Files and captions of a lesson are for those who may read it now; pages for paper hold nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from eduplatform.api import lessons, problems
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import publishing, unlocking, writing
from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.models import UnlockKind
from eduplatform.domain.courses.unlocking import RuleDraft
from eduplatform.domain.files import service as files
from eduplatform.domain.files.models import FileState, StoredFile
from eduplatform.errors import Invalid, NotFound
from tests.factories.courses import Taught, make_course, make_lesson
from tests.factories.world import Person, World

pytestmark = pytest.mark.anyio

CAPTIONS = "00:01.000 --> 00:02.000\nWater <i>boils</i> at 100 degrees."


async def upload(world: World, *, content_type: str = "image/png", owner: Person | None = None) -> UUID:
    """A stored file, as an upload leaves it."""
    me = await (owner or world.teacher).principal()
    async with unit_of_work(me) as work:
        stored = await work.add(
            StoredFile(
                owner_id=me.user,
                name="cell.png",
                content_type=content_type,
                size=10,
                sha256="0" * 64,
                purpose="lesson",
                state=FileState.READY,
            )
        )
    return stored.id


async def add(world: World, lesson_id: UUID, kind: BlockKind, **values: str) -> UUID:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        block, _ = await writing.add_block(work=work, me=me, lesson_id=lesson_id, kind=kind)
        await writing.save_block(work=work, me=me, block_id=block.id, based_on=[1], values=values)
    return block.id


async def show(world: World, block_id: UUID, file_id: UUID) -> None:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await writing.set_file(work=work, me=me, block_id=block_id, file_id=file_id)


async def publish(world: World, lesson_id: UUID) -> None:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await publishing.publish(work=work, me=me, lesson_id=lesson_id)


async def readable(person: Person, file_id: UUID) -> bool:
    me = await person.principal()
    async with unit_of_work(me) as work:
        try:
            await files.readable(work=work, me=me, file_id=file_id)
        except NotFound:
            return False
    return True


async def lock(world: World, made: Taught) -> None:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        rule = RuleDraft(UnlockKind.DATE, opens_at=utc_now() + timedelta(days=1))
        await unlocking.set_rules(work=work, me=me, module_id=made.module_id, rules=[rule])


async def test_a_picture_is_read_once_it_is_published_and_as_long_as_the_module_is_open(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    second = await world.add_person("second", *(await world.teacher.principal()).roles)
    stranger = await world.add_person("stranger", *(await world.student.principal()).roles)
    file_id = await upload(world)
    block = await add(world, lesson_id, BlockKind.IMAGE, alt="A cell")
    await show(world, block, file_id)
    assert not await readable(world.student, file_id)
    await publish(world, lesson_id)
    assert await readable(world.student, file_id)
    assert await readable(world.teacher, file_id)
    assert not await readable(second, file_id)
    assert not await readable(stranger, file_id)
    await lock(world, made)
    assert not await readable(world.student, file_id)


async def test_a_file_of_somebody_else_or_of_another_kind_is_refused(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    second = await world.add_person("second", *(await world.teacher.principal()).roles)
    picture = await add(world, lesson_id, BlockKind.IMAGE, alt="A cell")
    film = await add(world, lesson_id, BlockKind.VIDEO, title="Boiling")
    text = await add(world, lesson_id, BlockKind.CODE, code="x")
    with pytest.raises(NotFound):
        await show(world, picture, await upload(world, owner=second))
    for block, kind in ((picture, "application/pdf"), (film, "video/quicktime"), (text, "image/png")):
        with pytest.raises(Invalid):
            await show(world, block, await upload(world, content_type=kind))
    await show(world, film, await upload(world, content_type="video/webm"))


@asynccontextmanager
async def browser(person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
    api = FastAPI()
    problems.install(api)
    api.include_router(lessons.router)
    headers = {"cookie": await person.sign_in()} if person else {}
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        yield client


async def status(person: Person | None, path: str) -> tuple[int, str]:
    async with browser(person) as client:
        answer = await client.get(path)
        return answer.status_code, answer.text


async def test_captions_are_served_to_readers_only(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    block = await add(
        world, lesson_id, BlockKind.VIDEO, title="Boiling", href="https://example.org/v", captions=CAPTIONS
    )
    path = f"/api/lessons/{lesson_id}/captions/{block}"
    stranger = await world.add_person("stranger", *(await world.student.principal()).roles)
    assert (await status(world.student, path))[0] == 404
    assert "Water boils at 100" in (await status(world.teacher, path))[1]
    await publish(world, lesson_id)
    code, text = await status(world.student, path)
    assert (code, text.splitlines()[0]) == (200, "WEBVTT")
    for person, wanted in ((stranger, 404), (None, 401), (world.guardian, 403)):
        assert (await status(person, path))[0] == wanted
    await lock(world, made)
    assert (await status(world.student, path))[0] == 403
    assert (await status(world.student, f"/api/lessons/{lesson_id}/captions/{uuid4()}"))[0] == 403
    assert (await status(world.student, "/api/lessons/nonsense/captions/none"))[0] == 422


async def test_a_page_for_paper_has_what_the_reader_may_read_and_nothing_else(world: World) -> None:
    made = await make_course(world, title="Cells & <b>Energy</b>")
    lesson_id = await make_lesson(world, made, title="One <script>", body="## Cells\n\nPublished words.")
    await make_lesson(world, made, title="Hidden draft", published=False, body="Draft words.")
    await add(
        world, lesson_id, BlockKind.CALLOUT, tone="tip", title='"quoted" <i>', text="Not yet published."
    )
    for path in (f"/print/lessons/{lesson_id}", f"/print/courses/{made.course_id}"):
        code, text = await status(world.student, path)
        assert code == 200
        assert "Published words." in text
        for absent in ("Draft words.", "Hidden draft", "Not yet published.", "<script>", "<b>Energy"):
            assert absent not in text
        code, text = await status(world.teacher, path)
        assert "Not yet published." in text
        assert "<i>" not in text
        assert (await status(world.guardian, path))[0] == 403
        assert (await status(None, path))[0] == 303
    stranger = await world.add_person("stranger", *(await world.student.principal()).roles)
    assert (await status(stranger, f"/print/courses/{made.course_id}"))[0] == 404
    await lock(world, made)
    assert (await status(world.student, f"/print/lessons/{lesson_id}"))[0] == 403
    assert "Published words." not in (await status(world.student, f"/print/courses/{made.course_id}"))[1]
