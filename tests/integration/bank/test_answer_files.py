"""Files handed in as answers: whose they are, who reads them, and what becomes of those that are taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.answer_files import PURPOSE
from eduplatform.domain.files import service as files
from eduplatform.errors import Invalid
from eduplatform.security.permissions import Role
from eduplatform.state.grading_desk import GradingDeskState
from tests.factories import files as made
from tests.factories.assessment import make_quiz
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


@pytest.fixture
async def address(database: None) -> AsyncIterator[str]:
    async with made.http_server() as url:
        yield url


async def _upload(address: str, person: Person, name: str = "map.png") -> dict[str, str]:
    async with made.browser(address, person) as client:
        sent = await made.send(client, made.png(), name, purpose=PURPOSE)
        assert sent.status_code == 201, sent.text
        return sent.json()


async def test_student_and_teacher_read_a_handed_in_file_and_others_do_not(
    world: World, address: str
) -> None:
    quiz = await make_quiz(world, "file_upload")
    stored = await _upload(address, world.student)
    attempt = await quiz.start()
    await quiz.save(attempt, "file_upload", {"files": [{"id": stored["id"], "name": "map.png"}]})
    response = (await quiz.responses(attempt))["file_upload"]
    colleague = await world.add_person("colleague", Role.TEACHER)
    classmate = await world.add_person("classmate", Role.STUDENT)
    for person, status in (
        (world.student, 200),
        (world.teacher, 200),
        (colleague, 404),
        (classmate, 404),
        (world.guardian, 404),
    ):
        async with made.browser(address, person) as client:
            assert (await client.get(stored["href"])).status_code == status
    async with unit_of_work(quiz.teacher) as work:
        listed = await files.listed(work=work, purpose=PURPOSE, object_ids=[response.id])
    assert [one.name for one in listed[response.id]] == ["map.png"]
    done = await quiz.submit(attempt)
    assert done.needs_grading


async def test_a_file_of_somebody_else_cannot_be_handed_in(world: World, address: str) -> None:
    quiz = await make_quiz(world, "file_upload")
    other = await world.add_person("classmate", Role.STUDENT)
    stored = await _upload(address, other)
    attempt = await quiz.start()
    with pytest.raises(Invalid) as refused:
        await quiz.save(attempt, "file_upload", {"files": [{"id": stored["id"], "name": "x"}]})
    assert len(refused.value.fields) == 1
    assert (await quiz.responses(attempt))["file_upload"].answer is None


async def test_what_is_taken_back_no_longer_belongs_to_the_answer(world: World, address: str) -> None:
    quiz = await make_quiz(world, "file_upload")
    first, second = await _upload(address, world.student), await _upload(address, world.student, "b.png")
    attempt = await quiz.start()
    for version, kept in enumerate(([first, second], [second])):
        answer = {"files": [{"id": one["id"], "name": one["name"]} for one in kept]}
        await quiz.save(attempt, "file_upload", answer, base=version)
    response = (await quiz.responses(attempt))["file_upload"]
    async with unit_of_work(quiz.student) as work:
        listed = await files.listed(work=work, purpose=PURPOSE, object_ids=[response.id])
    assert [str(one.id) for one in listed[response.id]] == [second["id"]]


async def test_the_desk_lists_the_files_of_a_handed_in_answer_with_pictures(
    world: World, address: str
) -> None:
    quiz = await make_quiz(world, "file_upload")
    stored = await _upload(address, world.student)
    attempt = await quiz.start()
    await quiz.save(attempt, "file_upload", {"files": [{"id": stored["id"], "name": "map.png"}]})
    response = (await quiz.responses(attempt))["file_upload"]
    colleague = await world.add_person("colleague", Role.TEACHER)
    path = f"/api/grading/answers/{response.id}/files"
    async with made.browser(address, world.teacher) as client:
        assert (await client.get(path)).status_code == 404, "not handed in yet"
        await quiz.submit(attempt)
        found = await client.get(path)
        assert found.status_code == 200, found.text
        [file] = found.json()["files"]
        assert (file["name"], file["href"]) == ("map.png", stored["href"])
        assert (await client.get(file["thumb"])).status_code == 200
    for person, status in ((colleague, 404), (world.student, 403), (world.guardian, 403)):
        async with made.browser(address, person) as client:
            assert (await client.get(path)).status_code == status
    route = "/teach/grading/[assessment_id]"
    async with Tab(
        await world.teacher.sign_in(), path=f"/teach/grading/{quiz.assessment_id}", route=route
    ) as tab:
        await tab.fire(GradingDeskState.load)
        [answer] = (await tab.state(GradingDeskState)).answers
        assert (answer["files"], answer["answer"]) == (True, [])
