"""Published assignments and the ways in which students work on them, through the real services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import assignments, attempts, service, submissions
from eduplatform.domain.assessment.assignments import AssignmentDraft
from eduplatform.domain.assessment.models import Attempt, Response
from eduplatform.domain.assessment.schemas import Operation, Receipt
from eduplatform.domain.assessment.submissions import AssignmentView
from eduplatform.domain.courses import groups
from eduplatform.domain.files.models import FileState, StoredFile
from eduplatform.security.principal import Principal
from tests.factories.courses import Taught, make_course
from tests.factories.world import Person, World

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=3)
EVERYTHING = {"text": True, "link": True, "files": True, "max_files": "3", "file_kinds": ["pdf", "image"]}


@dataclass
class Handout:
    """A published assignment with its people."""

    world: World
    taught: Taught
    assessment_id: UUID
    item_id: UUID

    async def view(self, me: Principal, *, now: datetime = NOW) -> AssignmentView:
        async with unit_of_work(me) as work:
            return await submissions.view_assignment(
                work=work, me=me, assessment_id=self.assessment_id, now=now
            )

    async def start(self, me: Principal, *, now: datetime = NOW) -> Attempt:
        async with unit_of_work(me) as work:
            return await attempts.start(work=work, me=me, assessment_id=self.assessment_id, now=now)

    async def save(
        self,
        me: Principal,
        attempt: Attempt,
        *,
        base: int = 0,
        writer: str = "tab-1",
        now: datetime = NOW,
        **answer: Any,
    ) -> Receipt:
        one = Operation(uuid4(), self.item_id, base, answer, writer)
        async with unit_of_work(me) as work:
            return await attempts.save_answers(
                work=work, me=me, attempt_id=attempt.id, operations=[one], now=now
            )

    async def submit(self, me: Principal, attempt: Attempt, *, now: datetime = NOW) -> Attempt:
        async with unit_of_work(me) as work:
            return await attempts.submit(work=work, me=me, attempt_id=attempt.id, now=now)

    async def hand_in(self, me: Principal, *, text: str = "What I think.", now: datetime = NOW) -> Attempt:
        """Begin, write and hand in."""
        attempt = await self.start(me, now=now)
        receipt = await self.save(me, attempt, text=text, base=99, now=now)
        assert receipt.acknowledged
        return await self.submit(me, attempt, now=now)

    async def withdraw(self, me: Principal, attempt: Attempt, *, now: datetime = NOW) -> Attempt:
        async with unit_of_work(me) as work:
            return await submissions.withdraw(work=work, me=me, attempt_id=attempt.id, now=now)

    async def answer(self, me: Principal, attempt: Attempt) -> Any:
        async with unit_of_work(me) as work:
            found = await work.session.exec(select(Response).where(col(Response.attempt_id) == attempt.id))
            return found.one().answer


async def make_assignment(
    world: World,
    *,
    taught: Taught | None = None,
    students: list[Person] | None = None,
    published: bool = True,
    **draft: Any,
) -> Handout:
    """An assignment in a course of its own, or in ``taught``; due in three days."""
    taught = taught or await make_course(world, students=students)
    me = await world.teacher.principal()
    values: dict[str, Any] = {"title": "A voice from Pompeii", "due_at": DUE, **draft}
    async with unit_of_work(me) as work:
        made = await assignments.create_assignment(
            work=work, me=me, course_id=taught.course_id, draft=AssignmentDraft(**values)
        )
        if published:
            await service.publish(work=work, me=me, assessment_id=made.id, now=NOW)
        built = await assignments.built_assignment(work=work, me=me, assessment_id=made.id)
    return Handout(world, taught, made.id, built.item.id)


async def make_groups(world: World, taught: Taught, *members: list[Person]) -> tuple[UUID, list[UUID]]:
    """A set of groups with these members: its id, and those of the groups."""
    me = await world.teacher.principal()
    made: list[UUID] = []
    async with unit_of_work(me) as work:
        chosen = await groups.create_set(work=work, me=me, course_id=taught.course_id, name="Teams")
        for number, people in enumerate(members, start=1):
            group = await groups.add_group(work=work, me=me, set_id=chosen.id, name=f"Team {number}")
            made.append(group.id)
            for one in people:
                assert one.user_id is not None
                await groups.place(work=work, me=me, set_id=chosen.id, user_id=one.user_id, group_id=group.id)
    return chosen.id, made


async def make_upload(
    me: Principal, *, name: str = "notes.pdf", size: int = 1000, purpose: str = "submission"
) -> str:
    """A stored upload of a person, without its bytes; its id as answers name it."""
    async with unit_of_work(me) as work:
        file = await work.add(
            StoredFile(
                owner_id=me.user,
                name=name,
                content_type="application/pdf",
                size=size,
                sha256="0" * 64,
                purpose=purpose,
                state=FileState.READY,
            )
        )
    return str(file.id)
