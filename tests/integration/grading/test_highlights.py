"""Highlights: anchored to characters, shared by graders, hidden from students until the release."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from reflex.utils.format import json_dumps

from eduplatform.api import grading as api
from eduplatform.api import problems
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.models import Attempt, Response
from eduplatform.domain.assessment.types.essay import MAX_LENGTH
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading import release
from eduplatform.domain.grading.marks import Marks
from eduplatform.security.permissions import Role
from eduplatform.state.grades import GradeState
from eduplatform.state.grading_desk import GradingDeskState
from tests.factories.grading import Desk, chosen, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

TEXT = "Cells 🔬 need energy.\n\nMitochondria release it."


@asynccontextmanager
async def browser(person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(api.router)
    headers = {"cookie": await person.sign_in()} if person else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test/api/grading/", headers=headers
    ) as client:
        yield client


def passage(words: str, comment: str = "Which?") -> dict[str, Any]:
    """What a browser sends; offsets count code points, so the microscope is one."""
    begins = TEXT.index(words)
    return {"begins": begins, "ends": begins + len(words), "quote": words, "comment": comment}


async def essay(world: World, text: str = TEXT) -> tuple[Desk, Attempt, Response]:
    desk = await make_desk(world)
    attempt = await desk.hand_in(desk.quiz.student, {"essay": {"text": text}})
    return desk, attempt, await desk.response(attempt.id)


async def score_and_release(desk: Desk, attempt: Attempt, response: Response) -> None:
    me = desk.teacher
    async with unit_of_work(me) as work:
        await marking.save_marks(
            work=work,
            me=me,
            attempt_id=attempt.id,
            version=attempt.version,
            marks=[Marks(response_id=response.id, levels=chosen(desk, 0, 0))],
        )
    async with unit_of_work(me) as work:
        await release.release(work=work, me=me, assessment_id=desk.assessment_id)


async def test_a_passage_is_highlighted_changed_and_removed_and_each_leaves_an_event(world: World) -> None:
    desk, _attempt, response = await essay(world)
    async with browser(world.teacher) as teacher:
        with count_statements() as seen:
            found = await teacher.post(f"answers/{response.id}/highlights", json=passage("need energy"))
        assert found.status_code == 200, found.text
        assert len(seen) <= 8
        (one,) = found.json()["highlights"]
        assert (found.json()["text"], one["quote"], one["author"]) == (TEXT, "need energy", "Teacher Test")
        changed = await teacher.put(f"highlights/{one['id']}", json={"version": 1, "comment": "What for?"})
        assert changed.json()["highlights"][0]["comment"] == "What for?"
        stale = await teacher.put(f"highlights/{one['id']}", json={"version": 1, "comment": "Old"})
        assert stale.status_code == 409
        gone = await teacher.post(f"highlights/{one['id']}/remove", json={"version": 2})
        assert gone.json()["highlights"] == []
    events = [one for one in await desk.events(desk.quiz.student) if one.kind == "highlighted"]
    comments = [
        ((e.before["highlight"] or {}).get("comment"), (e.after["highlight"] or {}).get("comment"))
        for e in events
    ]
    assert comments == [(None, "Which?"), ("Which?", "What for?"), ("What for?", None)]


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "needs energy"},
        {"begins": 5, "ends": 5, "quote": ""},
        {"begins": 9, "ends": 2},
        {"begins": 0, "ends": 1_000_000},
    ],
)
async def test_a_passage_that_is_not_there_is_refused(world: World, change: dict[str, Any]) -> None:
    _desk, _attempt, response = await essay(world)
    async with browser(world.teacher) as teacher:
        found = await teacher.post(f"answers/{response.id}/highlights", json=passage("energy") | change)
        assert found.status_code == 409
        empty = await teacher.post(f"answers/{response.id}/highlights", json=passage("energy", "  "))
        assert empty.status_code == 422
        assert (await teacher.get(f"answers/{response.id}")).json()["highlights"] == []


async def test_students_read_highlights_after_the_release_and_only_their_own(world: World) -> None:
    desk, attempt, response = await essay(world)
    other = await world.add_person("other", Role.STUDENT)
    async with browser(world.teacher) as teacher, browser(world.student) as student:
        await teacher.post(f"answers/{response.id}/highlights", json=passage("energy"))
        assert (await student.get(f"own-answers/{response.id}")).status_code == 404
        assert (await student.get(f"answers/{response.id}")).status_code == 403
        await score_and_release(desk, attempt, response)
        found = await student.get(f"own-answers/{response.id}")
        assert [one["comment"] for one in found.json()["highlights"]] == ["Which?"]
        assert (
            await student.post(f"answers/{response.id}/highlights", json=passage("Cells"))
        ).status_code == 403
    async with browser(other) as stranger, browser(None) as nobody:
        assert (await stranger.get(f"own-answers/{response.id}")).status_code == 404
        assert (await nobody.get(f"own-answers/{response.id}")).status_code == 401


async def test_teachers_of_other_courses_do_not_know_the_answer(world: World) -> None:
    _desk, _attempt, response = await essay(world)
    elsewhere = await world.add_person("elsewhere", Role.TEACHER)
    async with browser(world.teacher) as teacher, browser(elsewhere) as stranger:
        made = await teacher.post(f"answers/{response.id}/highlights", json=passage("energy"))
        key = made.json()["highlights"][0]["id"]
        assert (await stranger.get(f"answers/{response.id}")).status_code == 404
        for path, body in (
            (f"answers/{response.id}/highlights", passage("Cells")),
            (f"highlights/{key}/remove", {"version": 1}),
        ):
            assert (await stranger.post(path, json=body)).status_code == 404
        assert (await stranger.get("answers/not-an-id")).status_code == 404


async def test_a_very_long_essay_stays_out_of_the_state_and_of_the_updates(world: World) -> None:
    text = ("Energy flows. " * MAX_LENGTH)[: MAX_LENGTH - 1].strip()
    desk, attempt, response = await essay(world, text)
    await desk.hand_in(await desk.add_student("zoe"), {"essay": {"text": text}})
    path = f"/teach/grading/{desk.assessment_id}"
    async with Tab(await world.teacher.sign_in(), path=path, route="/teach/grading/[assessment_id]") as tab:
        await tab.fire(GradingDeskState.load)
        state = await tab.state(GradingDeskState)
        assert state.answers[0]["written"]
        assert len(state._serialize()) < 32 * 1024
        assert max(len(json_dumps(one)) for one in tab.deltas) < 32 * 1024
    async with browser(world.teacher) as teacher:
        assert (await teacher.get(f"answers/{response.id}")).json()["text"] == text
    await score_and_release(desk, attempt, response)
    grade = await desk.grade(desk.quiz.student)
    assert grade is not None
    async with Tab(
        await world.student.sign_in(), path=f"/learn/grades/{grade.id}", route="/learn/grades/[grade_id]"
    ) as tab:
        await tab.fire(GradeState.load)
        state = await tab.state(GradeState)
        assert state.results[-1]["written"]
        assert len(state._serialize()) < 32 * 1024
