"""What the tutor may speak from: the published text of lessons, in passages, prepared for search once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from eduplatform.agents import tutor
from eduplatform.agents.tutor import Library
from eduplatform.agents.tutor_contract import Source
from eduplatform.domain.courses import document
from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.models import LessonVersion
from eduplatform.security.rich_text import plain_text

VersionKey = tuple[UUID, UUID, int]
"""Tenant, lesson and number: a version never changes, so what was made of it can be kept."""

_MOST_LESSONS: Final = 2000
_MOST_LIBRARIES: Final = 128
_WORDS = 110
_sources: OrderedDict[VersionKey, tuple[Source, ...]] = OrderedDict()
_libraries: OrderedDict[tuple[VersionKey, ...], Library] = OrderedDict()


def unknown(keys: Sequence[VersionKey]) -> list[VersionKey]:
    """Those whose text has to be read first."""
    return [one for one in keys if one not in _sources]


def learn(version: LessonVersion) -> None:
    """Make passages of a version and keep them."""
    key = (version.tenant_id, version.lesson_id, version.number)
    _sources[key] = tuple(sources_of(version))
    while len(_sources) > _MOST_LESSONS:
        _sources.popitem(last=False)


async def library(keys: Sequence[VersionKey]) -> Library:
    """The passages of some versions, all of them learnt before, prepared for search."""
    wanted = tuple(keys)
    found = _libraries.get(wanted)
    if found is None:
        parts = [one for key in wanted for one in _sources.get(key, ())]
        found = _libraries[wanted] = await asyncio.to_thread(_prepared, parts)
        while len(_libraries) > _MOST_LIBRARIES:
            _libraries.popitem(last=False)
    _libraries.move_to_end(wanted)
    return found


def _prepared(parts: Sequence[Source]) -> Library:
    tutor.prepare()
    return Library(parts)


def sources_of(version: LessonVersion) -> list[Source]:
    """The passages of a lesson in their order; ``id`` is the block's with a number."""
    found: list[Source] = []
    for block in version.blocks:
        for number, (title, text) in enumerate(_passages(block)):
            found.append(
                Source(
                    id=f"{block['id']}-{number}",
                    lesson_id=str(version.lesson_id),
                    block_id=str(block["id"]),
                    title=title or version.title,
                    lesson=version.title,
                    text=text,
                )
            )
    return found


def _passages(block: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Title and text of each passage of a block: sections by heading, long ones in parts."""
    data = block["data"]
    if block["kind"] == BlockKind.VIDEO:
        return [(str(data.get("title", "")), one) for one in _parts(plain_text(document.transcript(data)))]
    if block["kind"] not in (BlockKind.TEXT, BlockKind.CALLOUT):
        return []
    found: list[tuple[str, str]] = []
    for title, lines in _sections(str(data["text"]), str(data.get("title", ""))):
        found += [(title, one) for one in _parts(plain_text("\n".join(lines)))]
    return found


def _sections(markdown: str, title: str) -> list[tuple[str, list[str]]]:
    sections: list[tuple[str, list[str]]] = [(title, [])]
    fenced = formula = False
    for line in markdown.splitlines():
        fenced ^= line.lstrip().startswith("```")
        marks = line.count("$$")
        # Formulas say nothing as a sentence.
        if marks or formula:
            formula ^= marks % 2 == 1
            continue
        if line.startswith("#") and not fenced:
            sections.append((plain_text(line).strip(), []))
        elif not line.lstrip().startswith(("![", "|")):
            sections[-1][1].append(line)
    return sections


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    held: list[str] = []
    for line in text.splitlines():
        held.append(line)
        if sum(len(one.split()) for one in held) >= _WORDS:
            parts.append("\n".join(held))
            held = []
    return [one for one in [*parts, "\n".join(held)] if one.strip()]
