"""What changed between two versions of a lesson, for people: by block, and by word within a block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from eduplatform.domain.courses.blocks import PARTS, BlockKind
from eduplatform.domain.courses.document import Content

_WORDS = re.compile(r"\s+|[^\W\d_]+|\d+|[^\w\s]|_", re.UNICODE)
_CONTEXT = 25
"""Words of unchanged text that are shown on each side of a change."""
MAX_WORDS = 12_000
"""Longer values are compared by lines: comparing words costs the square of their number."""


class Change(StrEnum):
    """What became of a block or a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both versions, or in one of them."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A value of a block that differs; ``label`` is a message key."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class ChangedBlock:
    """A block that is in one of the versions or in both; ``parts`` are the values that differ."""

    id: UUID
    kind: BlockKind
    change: Change
    parts: list[ChangedPart]


def pieces(before: str, after: str) -> list[Piece]:
    """The difference of two texts, word by word.

    Without the added pieces it is the text before, without the removed ones the text after.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MAX_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(Change.SAME, "".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece(Change.REMOVED, "".join(old[a:b])))
        if d > c:
            found.append(Piece(Change.ADDED, "".join(new[c:d])))
    return _joined(found)


def _joined(found: Sequence[Piece]) -> list[Piece]:
    """Changes with nothing but a space between them as one: what was removed, then what was added."""
    result: list[Piece] = []
    removed = added = ""
    for number, one in enumerate(found):
        bridge = (
            one.change is Change.SAME
            and len(one.text) == 1
            and one.text == " "
            and 0 < number < len(found) - 1
        )
        if one.change is Change.REMOVED:
            removed += one.text
        elif one.change is Change.ADDED:
            added += one.text
        elif bridge and removed and added:
            removed, added = removed + one.text, added + one.text
        else:
            result += _run(removed, added)
            removed = added = ""
            result.append(one)
    return result + _run(removed, added)


def _run(removed: str, added: str) -> list[Piece]:
    found = [Piece(Change.REMOVED, removed)] if removed else []
    return found + ([Piece(Change.ADDED, added)] if added else [])


def shortened(found: Sequence[Piece]) -> list[Piece]:
    """The pieces with long unchanged text cut down to what is near a change."""
    last = len(found) - 1
    return [
        one if one.change is not Change.SAME else Piece(one.change, _cut(one.text, number > 0, number < last))
        for number, one in enumerate(found)
    ]


def _cut(text: str, keep_start: bool, keep_end: bool) -> str:
    words = _WORDS.findall(text)
    if len(words) <= 2 * 2 * _CONTEXT + 10:
        return text
    start = "".join(words[: 2 * _CONTEXT]) if keep_start else ""
    end = "".join(words[-2 * _CONTEXT :]) if keep_end else ""
    return f"{start} … {end}"


def compare(before: Sequence[Content], after: Sequence[Content]) -> list[ChangedBlock]:
    """The blocks of two versions in reading order, those that were removed where they stood."""
    old = {one.id: one for one in before}
    new = {one.id: one for one in after}
    common_old = [one.id for one in before if one.id in new]
    common_new = [one.id for one in after if one.id in old]
    matcher = SequenceMatcher(None, common_old, common_new, autojunk=False)
    stayed = {
        common_old[at]
        for block in matcher.get_matching_blocks()
        for at in range(block.a, block.a + block.size)
    }
    found: list[ChangedBlock] = []
    for removed_first, key in _order([one.id for one in before], [one.id for one in after]):
        if removed_first:
            found.append(_block(old[key], None, moved=False))
        else:
            found.append(_block(old.get(key), new[key], moved=key in old and key not in stayed))
    return found


def _order(before: Sequence[UUID], after: Sequence[UUID]) -> list[tuple[bool, UUID]]:
    """Keys of the new order; (True, key) for one that is only in the old order, behind its old predecessor."""
    present = set(after)
    follows: dict[UUID | None, list[UUID]] = {}
    for gone, group in groupby(enumerate(before), key=lambda one: one[1] not in present):
        if gone:
            rows = list(group)
            anchor = before[rows[0][0] - 1] if rows[0][0] else None
            follows.setdefault(anchor, []).extend(key for _at, key in rows)
    result = [(True, key) for key in follows.get(None, [])]
    for key in after:
        result.append((False, key))
        result += [(True, gone) for gone in follows.get(key, [])]
    return result


def _block(old: Content | None, new: Content | None, *, moved: bool) -> ChangedBlock:
    content = new or old
    assert content is not None
    parts: list[ChangedPart] = []
    for part in PARTS[content.kind]:
        was = old.data.get(part.name, "") if old is not None else ""
        now = new.data.get(part.name, "") if new is not None else ""
        if part.label and was != now:
            parts.append(ChangedPart(part.label, shortened(pieces(was, now))))
    if old is None:
        change = Change.ADDED
    elif new is None:
        change = Change.REMOVED
    elif parts or dict(old.data) != dict(new.data):
        change = Change.CHANGED
    else:
        change = Change.MOVED if moved else Change.SAME
    return ChangedBlock(content.id, content.kind, change, parts)
