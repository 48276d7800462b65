"""Who may follow which channel: every kind, for people in every relation to its object; and the route that asks."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from eduplatform.api import problems, realtime
from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts.models import GuardianLink
from eduplatform.domain.courses import enrolment, outline
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole, Section
from eduplatform.domain.live import access, relations
from eduplatform.domain.messaging import conversations
from eduplatform.errors import NotFound
from eduplatform.integrations.push import credentials
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import NotificationsChanged
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from tests.factories.assessment import make_quiz
from tests.factories.courses import Taught, make_lesson, make_thread
from tests.factories.world import Person, World

pytestmark = pytest.mark.anyio

relations.register()

TEACHER, STUDENT, GUARDIAN, MATE, OTHER, COLLEAGUE, ADMIN = (
    "teacher", "student", "guardian", "mate", "other", "colleague", "admin",
)  # fmt: skip
"""Who teaches, who learns, the student's guardian, a student of the same section, one of another section of the course, a teacher
and an administrator who have nothing to do with the course."""

EVERYBODY = {TEACHER, STUDENT, GUARDIAN, MATE, OTHER, COLLEAGUE, ADMIN}

ALLOWED: dict[str, set[str]] = {
    "tenant": EVERYBODY,
    "user": {STUDENT},
    "learner": {STUDENT, GUARDIAN},
    "course": {TEACHER, STUDENT, MATE, OTHER},
    "staff": {TEACHER},
    "section": {TEACHER, STUDENT, MATE},
    "lesson": {TEACHER, STUDENT, MATE, OTHER},
    "assessment": {TEACHER, STUDENT, MATE, OTHER},
    "grading": {TEACHER},
    "attempt": {TEACHER, STUDENT},
    "conversation": {TEACHER, STUDENT, GUARDIAN},
    "thread": {TEACHER, STUDENT, MATE, OTHER},
}


class Scene:
    """One object of each kind, and the people around it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.channels: dict[str, Channel] = {}
        self.enrollment_id = uuid4()

    def name(self, kind: str) -> str:
        return self.channels[kind].name(self.world.tenant_id)


@pytest.fixture
async def scene(world: World) -> Scene:
    found = Scene(world)
    quiz = await make_quiz(world, "true_false")
    for key, role in ((MATE, Role.STUDENT), (OTHER, Role.STUDENT), (COLLEAGUE, Role.TEACHER)):
        await world.add_person(key, role)
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.add(GuardianLink(guardian_id=world.guardian.user_id, student_id=world.student.user_id))
        second = await work.add(Section(course_id=quiz.course_id, name="9B", join_code=uuid4().hex[:8]))
        for person, section in ((world.mate, quiz.section_id), (world.other, second.id)):
            row = await work.add(
                Enrollment(section_id=section, user_id=person.user_id, role=EnrollmentRole.STUDENT)
            )
            if section == quiz.section_id:
                found.enrollment_id = row.id
    teacher = await world.teacher.principal()
    async with unit_of_work(teacher) as work:
        module = await outline.add_module(work=work, me=teacher, course_id=quiz.course_id, title="Cells")
    made = Taught(quiz.course_id, quiz.section_id, module.id, "", "")
    lesson_id, thread_id = await make_lesson(world, made), await make_thread(made, teacher)
    attempt = await quiz.start(now=utc_now())
    async with unit_of_work(teacher) as work:
        talk = await conversations.write(work=work, me=teacher, to=quiz.student.user, body="Good work.")
    student_id = quiz.student.user
    found.channels = {
        "tenant": Channel.tenant(),
        "user": Channel.user(student_id),
        "learner": Channel.learner(student_id),
        "course": Channel.course(quiz.course_id),
        "staff": Channel.staff(quiz.course_id),
        "section": Channel.section(quiz.section_id),
        "lesson": Channel.lesson(lesson_id),
        "assessment": Channel.assessment(quiz.assessment_id),
        "grading": Channel.grading(quiz.assessment_id),
        "attempt": Channel.attempt(attempt.id),
        "conversation": Channel.conversation(talk.id),
        "thread": Channel.thread(thread_id),
    }
    return found


async def may_follow(person: Person, name: str) -> bool:
    me = await person.principal()
    async with unit_of_work(me) as work:
        try:
            await access.admit(work=work, me=me, name=name)
        except NotFound:
            return False
    return True


async def test_each_kind_is_open_to_those_in_relation_and_to_nobody_else(
    scene: Scene, new_world: Callable[[], Awaitable[World]]
) -> None:
    people = {key: scene.world.people[key] for key in EVERYBODY}
    found = {
        kind: {key for key, person in people.items() if await may_follow(person, scene.name(kind))}
        for kind in ALLOWED
    }
    assert found == ALLOWED
    stranger = await new_world()
    for kind in ALLOWED:
        for person in stranger.people.values():
            assert not await may_follow(person, scene.name(kind)), kind
            # The right object under one's own tenant's name is somebody else's object all the same.
            if kind != "tenant":
                assert not await may_follow(person, scene.channels[kind].name(stranger.tenant_id)), kind


async def test_every_registered_kind_is_in_the_table() -> None:
    assert set(ALLOWED) <= access.kinds()
    for kind in access.kinds():
        assert kind in {name for name in dir(Channel) if not name.startswith("_")}, kind


@pytest.mark.parametrize(
    "name",
    ["", "private-t", "course", "private-cache-t.{tenant}.course.{id}x", "private-cache-t.{tenant}.Course.{id}",
     "private-cache-t.{tenant}.nothing.{id}", "private-cache-t.{tenant}.tenant.{id}", "private-t.{tenant}.course.{id}",
     "private-encrypted-t.{tenant}.course.{id}", "private-cache-t.{tenant}.course.{id}\n", "cache-t.{tenant}.course.{id}",
     "presence-cache-t.{tenant}.course.{id}", "presence-t.{tenant}.course.{id}"],
)  # fmt: skip
async def test_guessed_names_lead_nowhere(scene: Scene, name: str) -> None:
    course_id = scene.channels["course"].object_id
    assert course_id is not None
    guess = name.format(tenant=scene.world.tenant_id.hex, id=course_id.hex)
    assert not await may_follow(scene.world.teacher, guess)


async def test_whoever_leaves_the_class_is_let_in_no_more(scene: Scene) -> None:
    assert await may_follow(scene.world.mate, scene.name("section"))
    teacher = await scene.world.teacher.principal()
    async with unit_of_work(teacher) as work:
        await enrolment.remove(work=work, me=teacher, enrollment_id=scene.enrollment_id)
    for kind in ("section", "course", "thread", "assessment", "lesson"):
        assert not await may_follow(scene.world.mate, scene.name(kind)), kind


@asynccontextmanager
async def browser(person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(realtime.router)
    headers = {"cookie": await person.sign_in()} if person else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


async def ask(client: httpx.AsyncClient, *names: str, user: bool = False) -> httpx.Response:
    body = {"socket_id": "12.34", "channels": list(names), "user": user}
    return await client.post("/api/realtime/auth", json=body)


async def test_the_route_signs_what_is_allowed_and_tells_the_last_number(scene: Scene) -> None:
    mine, forbidden = scene.name("user"), scene.name("staff")
    async with unit_of_work(PlatformActor(scene.world.tenant_id)) as work:
        work.publish(scene.channels["user"], NotificationsChanged())
    async with browser(scene.world.student) as client:
        found = (await ask(client, mine, forbidden, user=True)).json()
    keys = credentials(get_settings())

    def signature(text: str) -> str:
        return f"{keys.key}:{hmac.new(keys.secret.encode(), text.encode(), hashlib.sha256).hexdigest()}"

    assert found["channels"][forbidden] is None
    entry = found["channels"][mine]
    assert entry["auth"] == signature(f"12.34:{mine}")
    assert entry["number"] >= 1
    assert 0 <= entry["age"] < 60
    data = found["user"]["user_data"]
    assert json.loads(data)["id"] == str(scene.world.student.user_id)
    assert found["user"]["auth"] == signature(f"12.34::user::{data}")


async def test_the_route_refuses_strangers_and_malformed_requests(scene: Scene, world: World) -> None:
    async with browser(None) as client:
        assert (await ask(client, scene.name("tenant"))).status_code == 401
    async with browser(scene.world.student) as client:
        for body in (
            {"socket_id": "1.1:x", "channels": []},
            {"socket_id": "12.34", "channels": ["a"] * 21},
            {"socket_id": "12.34", "channels": ["x" * 165]},
            {"socket_id": "12.34", "channels": [], "more": 1},
            {},
        ):
            assert (await client.post("/api/realtime/auth", json=body)).status_code == 422, body
