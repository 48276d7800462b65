"""A lesson's blocks as one document: what readers see of each, and what would keep some of them out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.captions import parse_captions, transcript_of
from eduplatform.errors import Invalid
from eduplatform.i18n import N_
from eduplatform.security.rich_text import accessibility_problems, levels_after, render_markdown

_MARKDOWN: Final[Mapping[str, str]] = {BlockKind.TEXT: "text", BlockKind.CALLOUT: "text"}
"""The kinds whose value of this name is markdown."""


@dataclass(frozen=True, slots=True)
class Content:
    """A block without its row: what is published, compared and copied."""

    id: UUID
    kind: BlockKind
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stops a lesson from being published.

    Attributes:
        block_id: Where it is; None for the lesson as a whole.
        field: The value of the block to put right.
        line: 1-based line in that value; 0 when it is not about a line.
        message: English sentence, a message key.
    """

    block_id: UUID | None
    field: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A block as readers see it; ``html`` is safe to show."""

    content: Content
    html: str
    findings: list[Finding] = field(default_factory=list[Finding])


NOTHING_TO_PUBLISH = N_("Write the lesson first: there is nothing to publish.")
_EMPTY: Final[Mapping[str, tuple[str, str]]] = {
    BlockKind.TEXT: ("text", N_("This text is empty. Write something or remove it.")),
    BlockKind.IMAGE: ("file", N_("There is no picture yet. Choose one or remove the block.")),
    BlockKind.VIDEO: ("href", N_("There is no video yet. Choose a file or give an address.")),
    BlockKind.FILE: ("file", N_("There is no file yet. Choose one or remove the block.")),
    BlockKind.CODE: ("code", N_("There is no code yet. Write some or remove the block.")),
    BlockKind.FORMULA: ("latex", N_("There is no formula yet. Write one or remove the block.")),
    BlockKind.CALLOUT: ("text", N_("This box is empty. Write something or remove it.")),
    BlockKind.QUIZ: ("assessment_id", N_("No quiz is chosen yet. Choose one or remove the block.")),
}
_NO_ALT = N_("This picture has no description. Write one, or mark it as decoration.")
_NO_TRANSCRIPT = N_("This video has no transcript. Write one, or add captions: it is made from them.")
_NO_TITLE = N_("This video has no title. Say what it shows.")
_QUIZ_UNPUBLISHED = N_("Students cannot open this quiz: it is not published.")


def render(blocks: Sequence[Content], *, published_quizzes: Collection[UUID] = ()) -> list[Rendered]:
    """Render the blocks in order; headings go on from block to block.

    Rendering is remembered for texts that did not change. A lesson takes about 20 ms for 10,000 new characters, so it
    belongs in a thread.

    Args:
        blocks: The blocks.
        published_quizzes: Assessments of the course that students can open.

    Raises:
        Invalid: A text cannot be shown (`render_markdown`).
    """
    rendered: list[Rendered] = []
    levels: tuple[int, ...] = ()
    for one in blocks:
        html, levels, problems = _rendered(one, levels)
        findings = [Finding(one.id, name, line, message) for name, line, message in problems]
        findings += [Finding(one.id, name, 0, message) for name, message in _lacking(one, published_quizzes)]
        rendered.append(Rendered(one, html, findings))
    return rendered


def findings_of(rendered: Sequence[Rendered]) -> list[Finding]:
    """All that stops a lesson from being published, in the order of its blocks."""
    if not rendered:
        return [Finding(None, "", 0, NOTHING_TO_PUBLISH)]
    return [finding for one in rendered for finding in one.findings]


def is_empty(content: Content) -> bool:
    """Whether there is nothing in a block to see."""
    data = content.data
    if content.kind is BlockKind.IMAGE:
        return not (data.get("file_id") or data.get("src"))
    if content.kind is BlockKind.VIDEO:
        return not (data.get("file_id") or data.get("href"))
    name = "file_id" if content.kind is BlockKind.FILE else _EMPTY[content.kind][0]
    return not data.get(name, "").strip()


def transcript(data: Mapping[str, str]) -> str:
    """What is said in a video: its transcript, or what its captions say."""
    if data.get("transcript"):
        return data["transcript"]
    try:
        return transcript_of(parse_captions(data.get("captions", "")))
    except Invalid:
        return ""


def published_form(rendered: Rendered) -> dict[str, Any]:
    """What a version keeps of a block."""
    content = rendered.content
    return {
        "id": str(content.id),
        "kind": str(content.kind),
        "data": dict(content.data),
        "html": rendered.html,
    }


def from_published(block: Mapping[str, Any]) -> Rendered:
    """A block of a version."""
    content = Content(UUID(block["id"]), BlockKind(block["kind"]), dict(block["data"]))
    return Rendered(content, str(block["html"]))


def file_ids(blocks: Sequence[Content]) -> list[UUID]:
    """The uploaded files that the blocks show, each once."""
    found = [one.data.get("file_id", "") for one in blocks]
    return [UUID(one) for one in dict.fromkeys(found) if one]


def _rendered(
    content: Content, levels: tuple[int, ...]
) -> tuple[str, tuple[int, ...], list[tuple[str, int, str]]]:
    name = _MARKDOWN.get(content.kind)
    data = content.data
    if name is not None:
        html, after, problems = _markdown(data[name], levels, f"h{content.id.hex[-6:]}")
        return html, after, [(name, line, message) for line, message in problems]
    if content.kind is BlockKind.CODE:
        fence = "`" * max(3, _longest_run(data["code"]) + 1)
        return _markdown(f"{fence}{data['language']}\n{data['code']}\n{fence}", (), "h")[0], levels, []
    if content.kind is BlockKind.FORMULA and data["latex"]:
        return _markdown(f"$$\n{data['latex'].replace('$$', '')}\n$$", (), "h")[0], levels, []
    if content.kind is BlockKind.VIDEO:
        return _markdown(transcript(data), levels, f"h{content.id.hex[-6:]}")[0], levels, []
    return "", levels, []


def _longest_run(code: str) -> int:
    longest = run = 0
    for one in code:
        run = run + 1 if one == "`" else 0
        longest = max(longest, run)
    return longest


@lru_cache(maxsize=256)
def _markdown(
    source: str, levels: tuple[int, ...], anchor: str
) -> tuple[str, tuple[int, ...], list[tuple[int, str]]]:
    problems = accessibility_problems(source, after_level=levels[-1] if levels else 0)
    return (
        render_markdown(source, open_levels=levels, anchor=anchor),
        levels_after(source, levels),
        [(one.line, one.message) for one in problems],
    )


def _lacking(content: Content, published_quizzes: Collection[UUID]) -> Iterator[tuple[str, str]]:
    data = content.data
    if is_empty(content):
        yield _EMPTY[content.kind]
        return
    if content.kind is BlockKind.IMAGE and not data["alt"] and not data["decorative"]:
        yield "alt", _NO_ALT
    if content.kind is BlockKind.VIDEO:
        if not data["title"]:
            yield "title", _NO_TITLE
        if not transcript(data):
            yield "transcript", _NO_TRANSCRIPT
    if content.kind is BlockKind.QUIZ and UUID(data["assessment_id"]) not in published_quizzes:
        yield "assessment_id", _QUIZ_UNPUBLISHED
