"""What goes into a turn of the tutor and what comes out, the same for models and rules."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from eduplatform.agents.ladder import Move


class Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(Contract):
    """Something that was said before."""

    speaker: Literal["student", "tutor", "teacher"]
    text: str


class Source(Contract):
    """A passage of the course that this student may read; ``id`` is unique among those given.

    ``title`` is that of its section, ``lesson`` that of the whole.
    """

    id: str
    lesson_id: str
    block_id: str
    title: str
    lesson: str = ""
    text: str


class Keyed(Contract):
    """A question of the course whose answer must not be said; both stay on the server."""

    question: str
    keys: tuple[str, ...]


class TutorIn(Contract):
    """A turn of a student, with everything that the tutor may know.

    ``topic`` is the question for which hints are counted, ``hints`` how many were given for it. ``item`` is the question that
    the student works on, if that is known: the conversation is about it, and its answer is always guarded; those in ``keyed`` are
    guarded when the conversation comes near to them.
    """

    text: str = Field(min_length=1, max_length=2000)
    course: str
    lesson_id: str
    locale: str = "en"
    history: tuple[Turn, ...] = ()
    topic: str = ""
    hints: int = Field(0, ge=0)
    hints_only: bool = False
    locked_topics: tuple[str, ...] = ()
    keyed: tuple[Keyed, ...] = ()
    item: Keyed | None = None


class Citation(Contract):
    """A place in the course, ``number`` as the text names it; ``quote`` is verbatim there, or empty when quoting would give an answer away."""

    number: int
    lesson_id: str
    block_id: str
    title: str
    quote: str


class Provenance(Contract):
    """Where a turn came from; ``note`` is a message key that says why rules stood in for a model."""

    engine: Literal["rules", "model"]
    prompt: str = ""
    note: str = ""


class TutorOut(Contract):
    """A turn of the tutor. ``topic`` and ``hints`` are what the next turn is counted by; ``danger`` names a category."""

    text: str
    move: Move
    level: int
    citations: tuple[Citation, ...] = ()
    provenance: Provenance
    topic: str = ""
    hints: int = 0
    danger: str = ""
