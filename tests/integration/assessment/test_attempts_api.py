"""The routes of the sitting, called as a browser and as an attacker would call them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from eduplatform.api import attempts as api
from eduplatform.api import problems
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank, service
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.schemas import AssessmentDraft
from tests.factories.assessment import PLANTED, Quiz, drafts, make_quiz
from tests.factories.world import Person, World

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def _browser(person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(api.router)
    headers = {"cookie": await person.sign_in()} if person else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


def _operation(quiz: Quiz, kind: str, answer: object, **other: object) -> dict[str, object]:
    return {
        "operation_id": str(uuid4()),
        "item_id": str(quiz.items[kind]),
        "base_version": 0,
        "answer": answer,
        "writer": "tab-1",
    } | other


async def _begin(quiz: Quiz) -> Attempt:
    return await quiz.start(now=utc_now())


def _assert_problem(response: httpx.Response, status: int, code: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert "Traceback" not in response.text


async def test_saved_answers_come_back_after_a_reload(world: World) -> None:
    quiz = await make_quiz(world)
    attempt = await _begin(quiz)
    async with _browser(world.student) as browser:
        operation = _operation(quiz, "essay", {"text": "First words."})
        saved = await browser.post(f"/api/attempts/{attempt.id}/answers", json={"operations": [operation]})
        assert saved.json()["acknowledged"] == [{"operation_id": operation["operation_id"], "version": 1}]
        assert saved.json()["state"] == "in_progress"
        read = (await browser.get(f"/api/attempts/{attempt.id}")).json()
    found = next(one for one in read["questions"] if one["item_id"] == str(quiz.items["essay"]))
    assert (found["answer"], found["version"]) == ({"text": "First words."}, 1)
    assert read["deadline"] > read["server_time"]


async def test_no_answer_of_the_server_holds_anything_of_a_key(world: World) -> None:
    quiz = await make_quiz(world)
    attempt = await _begin(quiz)
    texts = []
    async with _browser(world.student) as browser:
        texts.append((await browser.get(f"/api/attempts/{attempt.id}")).text)
        operations = [
            _operation(quiz, "numeric", {"text": "1"}),
            _operation(quiz, "short_text", {"text": "x"}),
            _operation(quiz, "cloze", {"gaps": {"1": "x", "3": "y"}}),
            _operation(quiz, "matching", {"pairs": {"a": "b"}}),
            _operation(quiz, "ordering", {"order": ["a", "b"]}),
        ]
        for writer in ("tab-1", "tab-2"):
            body = {
                "operations": [one | {"operation_id": str(uuid4()), "writer": writer} for one in operations]
            }
            texts.append((await browser.post(f"/api/attempts/{attempt.id}/answers", json=body)).text)
        texts.append((await browser.post(f"/api/attempts/{attempt.id}/submit", json={})).text)
        texts.append((await browser.get(f"/api/attempts/{attempt.id}")).text)
    for text in texts:
        assert not [planted for planted in PLANTED if planted in text]
        assert not [
            name
            for name in ("answer_key", "correct", "tolerance", "fraction", "notes", "accepted", "patterns")
            if f'"{name}"' in text
        ]


async def test_order_in_which_parts_are_sent_tells_nothing_of_the_key(world: World) -> None:
    """The same whatever the right order and the right pairs are: it depends on the attempt's seed and the texts alone."""
    kinds = ("ordering", "matching", "cloze")
    views = []
    for turned in (False, True):
        quiz = await make_quiz(world, *kinds)
        if turned:
            parts = {
                "ordering": {"items": [{"text": one} for one in ("Tree", "Sprout", "Seed")]},
                "matching": {
                    "pairs": [
                        {"left": "Leaf", "right": "Sound"},
                        {"left": "Root", "right": "Light"},
                        {"left": "", "right": "Water"},
                    ]
                },
                "cloze": {
                    "text": "The [[1]] has [[2]] parts and is [[3]].",
                    "gaps": [
                        {"kind": "text", "right": "other"},
                        {"kind": "number", "right": "1"},
                        {"kind": "choice", "right": "blue", "wrong": "green | red"},
                    ],
                },
            }
            async with unit_of_work(quiz.teacher) as work:
                await service.unpublish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)
                for kind in kinds:
                    await bank.save_question(
                        work=work,
                        me=quiz.teacher,
                        question_id=quiz.questions[kind],
                        draft=replace(drafts()[kind], parts=parts[kind]),
                        version=1,
                    )
                await service.publish(
                    work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, now=utc_now()
                )
        attempt = await _begin(quiz)
        async with unit_of_work(quiz.teacher) as work:
            row = await work.session.get(Attempt, attempt.id)
            assert row is not None
            row.seed = 7
        async with _browser(world.student) as browser:
            read = (await browser.get(f"/api/attempts/{attempt.id}")).json()
        views.append([one["view"] for one in read["questions"]])
    assert views[0] == views[1]


@pytest.mark.parametrize("extra", [{"score": 1}, {"points": 5}, {"outcome": "correct"}, {"late_seconds": 0}])
async def test_client_that_sends_a_score_is_refused(world: World, extra: dict[str, object]) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await _begin(quiz)
    async with _browser(world.student) as browser:
        body = {"operations": [_operation(quiz, "short_text", {"text": "x"}) | extra]}
        _assert_problem(await browser.post(f"/api/attempts/{attempt.id}/answers", json=body), 422, "invalid")
        _assert_problem(await browser.post(f"/api/attempts/{attempt.id}/submit", json=extra), 422, "invalid")
    assert (await quiz.responses(attempt))["short_text"].version == 0


async def test_stranger_and_nobody_learn_nothing(world: World, new_world: Callable[[], object]) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await _begin(quiz)
    body = {"operations": [_operation(quiz, "short_text", {"text": "x"})]}
    elsewhere: World = await new_world()  # type: ignore[misc]

    async def calls(person: Person | None) -> list[httpx.Response]:
        async with _browser(person) as browser:
            path = f"/api/attempts/{attempt.id}"
            return [
                await browser.get(path),
                await browser.post(f"{path}/answers", json=body),
                await browser.post(f"{path}/submit", json={}),
            ]

    for response in await calls(elsewhere.student):
        _assert_problem(response, 404, "not_found")
    for response in await calls(None):
        _assert_problem(response, 401, "not_signed_in")
    for person in (world.teacher, world.guardian, world.admin):
        for response in await calls(person):
            _assert_problem(response, 403, "forbidden")


@pytest.mark.parametrize(
    "attempt_id", ["x", "0", "null", "%27%20or%201%3D1--", "7c0e1c5e-4f3a-4d0c-9a52-3f5d2a6b8c11"]
)
async def test_unknown_attempt_is_not_found(world: World, attempt_id: str) -> None:
    async with _browser(world.student) as browser:
        _assert_problem(await browser.get(f"/api/attempts/{attempt_id}"), 404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"operations": []},
        {"operations": "all"},
        {"operations": [{}]},
        {"operations": [{"operation_id": "1"}]},
        [],
    ],
)
async def test_malformed_delivery_is_refused(world: World, body: object) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await _begin(quiz)
    async with _browser(world.student) as browser:
        _assert_problem(await browser.post(f"/api/attempts/{attempt.id}/answers", json=body), 422, "invalid")


@pytest.mark.parametrize(
    "change",
    [
        {"base_version": -1},
        {"base_version": "0"},
        {"base_version": 10**30},
        {"writer": ""},
        {"writer": "x" * 41},
        {"writer": "a\x00b"},
        {"item_id": "x"},
        {"answer": {"text": "x" * 900_000}},
        {"answer": {"text": ["x"]}},
    ],
)
async def test_malformed_operation_is_refused(world: World, change: dict[str, object]) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await _begin(quiz)
    body = {"operations": [_operation(quiz, "short_text", {"text": "x"}) | change]}
    async with _browser(world.student) as browser:
        _assert_problem(await browser.post(f"/api/attempts/{attempt.id}/answers", json=body), 422, "invalid")


async def test_too_many_operations_at_once(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await _begin(quiz)
    body = {"operations": [_operation(quiz, "short_text", {"text": "x"}) for _ in range(101)]}
    async with _browser(world.student) as browser:
        _assert_problem(await browser.post(f"/api/attempts/{attempt.id}/answers", json=body), 422, "invalid")


async def test_answer_after_the_end_is_refused_and_the_attempt_is_handed_in(world: World) -> None:
    quiz = await make_quiz(
        world, "short_text", draft=AssessmentDraft(title="Long ago", time_limit_minutes=30)
    )
    attempt = await quiz.start()  # at the factory's moment, which is in the past of the server's clock
    async with _browser(world.student) as browser:
        body = {"operations": [_operation(quiz, "short_text", {"text": "late"})]}
        late = await browser.post(f"/api/attempts/{attempt.id}/answers", json=body)
        _assert_problem(late, 409, "attempt_closed")
        read = (await browser.get(f"/api/attempts/{attempt.id}")).json()
    assert read["state"] == "submitted"
    assert read["submitted_at"] == read["deadline"]
    assert read["questions"][0]["answer"] is None


async def test_double_click_on_hand_in(world: World) -> None:
    quiz = await make_quiz(world, "true_false")
    attempt = await _begin(quiz)
    async with _browser(world.student) as browser:
        both = await asyncio.gather(
            *(browser.post(f"/api/attempts/{attempt.id}/submit", json={}) for _ in range(2))
        )
        without_body = await browser.post(f"/api/attempts/{attempt.id}/submit")
    answers = [one.json() for one in (*both, without_body)]
    assert {one["state"] for one in answers} == {"submitted"}
    assert len({one["submitted_at"] for one in answers}) == 1


async def test_conflict_shows_what_is_stored(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await _begin(quiz)
    async with _browser(world.student) as browser:
        for writer in ("tab-1", "tab-2"):
            operation = _operation(quiz, "short_text", {"text": writer}, writer=writer)
            reply = await browser.post(
                f"/api/attempts/{attempt.id}/answers", json={"operations": [operation]}
            )
    assert reply.json()["acknowledged"] == []
    assert reply.json()["conflicts"] == [
        {
            "operation_id": operation["operation_id"],
            "item_id": str(quiz.items["short_text"]),
            "version": 1,
            "answer": {"text": "tab-1"},
        }
    ]
