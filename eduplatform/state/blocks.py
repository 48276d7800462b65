"""Blocks as pages show them: to their writer, to their readers, and where versions are compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import quote, urlsplit

from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.captions import parse_captions
from eduplatform.domain.courses.document import Rendered
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_file_size

KIND_NAMES: dict[str, str] = {
    BlockKind.TEXT: N_("Text"),
    BlockKind.IMAGE: N_("Picture"),
    BlockKind.VIDEO: N_("Video"),
    BlockKind.FILE: N_("File"),
    BlockKind.CODE: N_("Code"),
    BlockKind.FORMULA: N_("Formula"),
    BlockKind.CALLOUT: N_("Box"),
    BlockKind.QUIZ: N_("Quiz"),
}
TONE_NAMES: dict[str, str] = {
    "note": N_("Note"),
    "tip": N_("Tip"),
    "warning": N_("Watch out"),
    "example": N_("Example"),
}


class BlockView(TypedDict):
    """A block for the eye: what its kind does not use is empty.

    ``html`` is rendered text (for a video its transcript). ``href`` leads to the file, the video or the quiz; ``media``
    is the address of a playable upload; ``track`` that of its captions.
    """

    id: str
    kind: str
    html: str
    title: str
    caption: str
    tone: str
    tone_name: str
    src: str
    alt: str
    href: str
    host: str
    media: str
    track: str
    detail: str


class QuizView(TypedDict):
    """What a block says of the assessment it leads to."""

    title: str
    detail: str
    href: str


def file_address(data: Mapping[str, str]) -> str:
    """Where the uploaded file of a block is; empty without one."""
    if not data.get("file_id"):
        return ""
    return f"/api/files/{data['file_id']}/{quote(data.get('name') or 'file')}"


def block_view(
    rendered: Rendered, locale: str, *, lesson_id: str, quizzes: Mapping[str, QuizView]
) -> BlockView:
    """A block as its readers see it.

    Args:
        rendered: The block.
        locale: The reader's language.
        lesson_id: Its lesson, under which captions are served.
        quizzes: What is known of the assessments that blocks lead to, by id.
    """
    content = rendered.content
    data = content.data
    view = BlockView(
        id=str(content.id),
        kind=str(content.kind),
        html=rendered.html,
        title=data.get("title", ""),
        caption=data.get("caption", "") or data.get("note", ""),
        tone=data.get("tone", ""),
        tone_name=translate(TONE_NAMES.get(data.get("tone", ""), ""), locale) if data.get("tone") else "",
        src="",
        alt="",
        href="",
        host="",
        media="",
        track="",
        detail="",
    )
    if content.kind is BlockKind.IMAGE:
        view["src"] = file_address(data) or data.get("src", "")
        view["alt"] = "" if data.get("decorative") else data.get("alt", "")
    elif content.kind is BlockKind.VIDEO:
        _video(view, data, lesson_id)
    elif content.kind is BlockKind.FILE:
        view["href"] = file_address(data)
        view["title"] = data.get("title") or data.get("name", "")
        view["detail"] = file_detail(data, locale)
    elif content.kind is BlockKind.CODE:
        view["detail"] = data.get("language", "")
    elif content.kind is BlockKind.QUIZ:
        quiz = quizzes.get(data.get("assessment_id", ""))
        view["title"] = quiz["title"] if quiz else ""
        view["detail"] = quiz["detail"] if quiz else ""
        view["href"] = quiz["href"] if quiz else ""
    return view


def _video(view: BlockView, data: Mapping[str, str], lesson_id: str) -> None:
    view["media"] = file_address(data)
    if not view["media"] and data.get("href"):
        view["href"] = data["href"]
        view["host"] = urlsplit(data["href"]).hostname or ""
    try:
        cues = parse_captions(data.get("captions", ""))
    except Invalid:
        cues = []
    if view["media"] and cues:
        view["track"] = f"/api/lessons/{lesson_id}/captions/{view['id']}"


def file_detail(data: Mapping[str, str], locale: str) -> str:
    """Kind and size of an uploaded file: ``PDF, 1.2 MB``."""
    name = data.get("name", "")
    ending = name.rpartition(".")[2].upper() if "." in name else ""
    size = format_file_size(int(data["size"]), locale) if data.get("size") else ""
    return ", ".join(one for one in (ending, size) if one)
