"""A course with a lesson and a tutor, and a provider that is the scripted server."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from eduplatform.agents.tutor import Piece
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.ai import service as ai
from eduplatform.domain.tutoring import turns
from eduplatform.domain.tutoring.turns import Reply
from eduplatform.integrations.llm import ProviderKind
from eduplatform.security.principal import Principal
from tests.factories.courses import Taught, make_course, make_lesson
from tests.factories.providers import ScriptedProvider
from tests.factories.world import World

LESSON = """## Where it happens

Photosynthesis takes place in the chloroplasts of plant cells. The light-dependent reactions happen in the thylakoid
membranes, where chlorophyll absorbs mostly red and blue light.

## Making sugar

The Calvin cycle takes place in the stroma, the fluid around the thylakoids. It uses carbon dioxide from the air and the energy
carriers made in the light-dependent reactions. Enzymes in the stroma begin to denature above about forty degrees, so that the
cycle slows down on hot days.

## What holds it back

On a dim day light is the limiting factor: more carbon dioxide would change nothing. In a bright greenhouse carbon dioxide is
often the limiting factor, which is why some growers burn gas to make more of it.
"""


@dataclass
class Tutored:
    """A course whose tutor can be asked."""

    world: World
    course: Taught
    lesson_id: UUID


async def make_tutored(world: World) -> Tutored:
    """A course with one lesson on photosynthesis."""
    course = await make_course(world)
    return Tutored(world, course, await make_lesson(world, course, title="Photosynthesis", body=LESSON))


async def use_model(
    world: World, server: ScriptedProvider, *, input_micros: int = 1_000_000, output_micros: int = 2_000_000
) -> None:
    """Let the organisation's tutor speak through the scripted server; by default a dollar and two per million tokens."""
    me = await world.admin.principal()
    async with unit_of_work(me) as work:
        draft = ai.ProviderDraft(
            label="Scripted",
            kind=ProviderKind.COMPATIBLE,
            model="scripted",
            base_url=f"http://127.0.0.1:{server.port}/v1",
            key="sk-scripted-0000000000",
            input_micros=input_micros,
            output_micros=output_micros,
        )
        await ai.save_provider(work=work, me=me, draft=draft)


@dataclass
class Answer:
    """What a student saw of a turn, and what was kept."""

    reply: Reply
    shown: list[str]

    @property
    def seen(self) -> str:
        """Everything that was on the screen at some moment."""
        return "\n".join(self.shown)

    @property
    def text(self) -> str:
        return self.reply.out.text


async def ask(tutored: Tutored, text: str, *, me: Principal | None = None) -> Answer:
    """One turn of the student."""
    who = me or await tutored.world.student.principal()
    async with unit_of_work(who) as work:
        prepared = await turns.prepare(work=work, me=who, lesson_id=tutored.lesson_id, text=text)
    screens, last = [""], None
    async with aclosing(turns.answer(me=who, turn=prepared)) as pieces:
        async for one in pieces:
            if isinstance(one, Reply):
                last = one
            elif isinstance(one, Piece):
                screens.append(one.text if one.restart else screens[-1] + one.text)
    assert last is not None
    return Answer(last, screens)
