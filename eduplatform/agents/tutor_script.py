"""Conversations with the tutor from a file: the tutor that students have, without a database or a running server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from eduplatform.agents.grounded.evaluation import KEY, Row, cell, text_of
from eduplatform.agents.tutor import Ask, Library, Piece, respond
from eduplatform.agents.tutor_contract import Citation, Keyed, Source, Turn, TutorIn, TutorOut
from eduplatform.errors import Invalid, ProviderFailed

_SAID = ("student", "turn", "text", "content", "message", "said")
_MATERIAL = ("passages", "sources", "material", "context")
_NOT_STUDENTS = frozenset({"tutor", "teacher", "assistant", "system"})
_LONGEST = 2000
_SILENT = "…"


@dataclass
class _Talk:
    """What is known of a conversation so far."""

    library: Library = field(default_factory=lambda: Library(()))
    question: str = ""
    key: str = ""
    topic: str = ""
    hints: int = 0
    history: list[Turn] = field(default_factory=list[Turn])
    own_material: bool = False


def tutored(rows: Iterable[tuple[int, Row]], ask: Ask | None = None) -> Iterator[Row]:
    """The tutor's turn after each turn of a student.

    A line may set up the conversation (``passages``, ``question``, ``key``), be a turn of the student (``student``, ``turn``,
    ``text``, ``content``, ``message`` or ``said``), or both. Lines of other roles are passed over; ``conversation`` keeps several
    conversations apart. Without passages, the question itself is the material.

    Args:
        rows: Lines with their numbers.
        ask: Calls a model; without one the rules write.

    Raises:
        Invalid: A line is neither a turn nor a set-up.
    """
    talks: dict[str, _Talk] = {}
    with asyncio.Runner() as runner:
        for line, row in rows:
            talk = talks.setdefault(text_of(row.get("conversation")), _Talk())
            _set_up(talk, row, line)
            said = next((text_of(row[name]) for name in _SAID if name in row), None)
            if said is None or text_of(row.get("role")).lower() in _NOT_STUDENTS:
                if said is None and not any(
                    name in row for name in (*_MATERIAL, "question", *KEY[:3], "role")
                ):
                    raise Invalid(
                        "Line {line}: neither a student's turn ({names}) nor a set-up",
                        params={"line": line, "names": ", ".join(_SAID)},
                    )
                continue
            out = runner.run(_answer(talk, said.strip()[:_LONGEST] or _SILENT, ask))
            yield {
                **{name: row[name] for name in ("id", "conversation") if name in row},
                "line": line,
                "student": said,
                "tutor": out.text,
                "move": str(out.move),
                "engine": out.provenance.engine,
                "citations": list(_places(talk.library, out.citations)),
            }


async def _answer(talk: _Talk, said: str, ask: Ask | None) -> TutorOut:
    given = TutorIn(
        text=said,
        course="",
        lesson_id="",
        history=tuple(talk.history),
        topic=talk.topic,
        hints=talk.hints,
        item=Keyed(question=talk.question, keys=(talk.key,)) if talk.question and talk.key else None,
    )
    out: TutorOut | None = None
    async for one in respond(given, talk.library, ask):
        if not isinstance(one, Piece):
            out = one
    if out is None:
        raise ProviderFailed
    talk.topic, talk.hints = out.topic, out.hints
    talk.history += [Turn(speaker="student", text=said), Turn(speaker="tutor", text=out.text)]
    return out


def _places(library: Library, citations: Sequence[Citation]) -> Iterator[Row]:
    for one in citations:
        start = library.sources[one.block_id].text.find(one.quote) if one.quote else -1
        yield {
            "passage": one.block_id,
            "quote": one.quote,
            "start": start if start >= 0 else None,
            "end": start + len(one.quote) if start >= 0 else None,
        }


def _set_up(talk: _Talk, row: Row, line: int) -> None:
    material = next((row[name] for name in _MATERIAL if name in row), None)
    if material is not None:
        talk.library, talk.own_material = Library(list(_sources(material, line))), True
    question = text_of(row.get("question", talk.question))
    key = next((text_of(row[name]) for name in KEY if name in row), talk.key)
    if (question, key) != (talk.question, talk.key):
        talk.question, talk.key, talk.topic, talk.hints = question, key, question, 0
        if not talk.own_material:
            talk.library = Library([_source("question", "", question)])


def _sources(material: object, line: int) -> Iterator[Source]:
    listed: list[object]
    if isinstance(material, str):
        listed = [piece for piece in material.split("\n\n") if piece.strip()]
    elif isinstance(material, list):
        listed = cast("list[object]", material)
    else:
        raise Invalid("Line {line}: passages must be a text or a list", params={"line": line})
    for number, each in enumerate(listed, 1):
        if isinstance(each, dict):
            passage = cast("Row", each)
            title = text_of(passage.get("title"))
            yield _source(text_of(passage.get("id", number)), title, cell(passage, ("text",), line))
        else:
            yield _source(str(number), "", text_of(each))


def _source(key: str, title: str, text: str) -> Source:
    return Source(id=key, lesson_id="", block_id=key, title=title or "your text", text=text)
