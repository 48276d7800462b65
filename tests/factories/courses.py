"""Courses with sections, people and lessons, made through the real services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import enrolment, outline, publishing, service
from eduplatform.domain.courses.models import EnrollmentRole
from eduplatform.domain.messaging import service as discussions
from eduplatform.security.principal import Principal
from tests.factories.world import Person, World


@dataclass
class Taught:
    """A course with one section and one module."""

    course_id: UUID
    section_id: UUID
    module_id: UUID
    code: str
    join_code: str


async def make_course(
    world: World,
    *,
    teacher: Person | None = None,
    students: Sequence[Person] | None = None,
    published: bool = True,
    title: str = "Biology 9",
) -> Taught:
    """A course of ``teacher`` (the world's by default) with its students (the world's one by default) enrolled."""
    me = await (teacher or world.teacher).principal()
    code = f"C-{uuid4().hex[:8]}"
    async with unit_of_work(me) as work:
        course = await service.create_course(work=work, me=me, code=code, title=title, subject="Biology")
        section = await service.create_section(work=work, me=me, course_id=course.id, name="9A")
        module = await outline.add_module(work=work, me=me, course_id=course.id, title="Cells")
        if published:
            await service.set_published(work=work, me=me, course_id=course.id, published=True)
    made = Taught(course.id, section.id, module.id, code, section.join_code)
    await enrol(world, made, *([world.student] if students is None else students))
    return made


async def enrol(
    world: World, made: Taught, *people: Person, role: EnrollmentRole = EnrollmentRole.STUDENT
) -> None:
    """Put people into the course's section."""
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await enrolment.enrol_people(
            work=work,
            section_id=made.section_id,
            user_ids=[one.user_id for one in people if one.user_id],
            role=role,
        )


async def make_lesson(
    world: World,
    made: Taught,
    *,
    title: str = "Building blocks",
    body: str = "## Cells\n\nEverything alive is made of cells.",
    published: bool = True,
    module_id: UUID | None = None,
    teacher: Person | None = None,
) -> UUID:
    """A lesson at the end of the course's module."""
    me = await (teacher or world.teacher).principal()
    async with unit_of_work(me) as work:
        lesson = await outline.add_lesson(
            work=work, me=me, module_id=module_id or made.module_id, title=title, body=body
        )
        if published:
            await publishing.publish(work=work, me=me, lesson_id=lesson.id)
    return lesson.id


async def make_thread(
    made: Taught, author: Principal, *, title: str = "A question", body: str = "Why?"
) -> UUID:
    """A discussion in the course."""
    async with unit_of_work(author) as work:
        thread = await discussions.create_thread(
            work=work, me=author, course_id=made.course_id, title=title, body=body
        )
    return thread.id
