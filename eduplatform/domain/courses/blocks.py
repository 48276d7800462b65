"""The kinds of blocks that a lesson is made of, and what each of them holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from eduplatform.domain.courses.captions import parse_captions
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.errors import FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.security.code_blocks import LANGUAGES
from eduplatform.security.rich_text import is_safe_image

TONES: Final = ("note", "tip", "warning", "example")
TOO_LONG = N_("This is too long: at most {limit} characters.")
MAX_BLOCKS: Final = 200
"""Blocks of one lesson; more would not be one sitting's reading."""


class BlockKind(StrEnum):
    """What a block is."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    FILE = "file"
    CODE = "code"
    FORMULA = "formula"
    CALLOUT = "callout"
    QUIZ = "quiz"


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a block: how long it may be, what it is called where versions are compared, how it is written.

    ``shape`` is ``line``, ``lines`` (paragraphs), ``source`` (leading spaces count), ``id``, ``flag`` ("1" or empty)
    or ``number``.
    """

    name: str
    limit: int
    label: str = ""
    shape: str = "line"


_FILE = (
    Part("file_id", 36, shape="id"),
    Part("name", 255, N_("File")),
    Part("size", 20, shape="number"),
    Part("type", 100),
)

PARTS: Final[Mapping[str, tuple[Part, ...]]] = {
    BlockKind.TEXT: (Part("text", 100_000, N_("Text"), "lines"),),
    BlockKind.IMAGE: (
        *_FILE,
        Part("src", 300, N_("Image")),
        Part("alt", 500, N_("Description for those who do not see it")),
        Part("decorative", 1, shape="flag"),
        Part("caption", 500, N_("Caption")),
    ),
    BlockKind.VIDEO: (
        *_FILE,
        Part("href", 500, N_("Address")),
        Part("title", 160, N_("Title")),
        Part("transcript", 60_000, N_("Transcript"), "lines"),
        Part("captions", 60_000, N_("Captions"), "lines"),
    ),
    BlockKind.FILE: (*_FILE, Part("title", 160, N_("Title")), Part("note", 300, N_("What it is for"))),
    BlockKind.CODE: (
        Part("language", 20, N_("Language")),
        Part("code", 20_000, N_("Code"), "source"),
        Part("caption", 500, N_("Caption")),
    ),
    BlockKind.FORMULA: (
        Part("latex", 2_000, N_("Formula"), "lines"),
        Part("caption", 500, N_("In words")),
    ),
    BlockKind.CALLOUT: (
        Part("tone", 10, N_("Kind")),
        Part("title", 160, N_("Title")),
        Part("text", 20_000, N_("Text"), "lines"),
    ),
    BlockKind.QUIZ: (Part("assessment_id", 36, shape="id"), Part("note", 300, N_("What it is for"))),
}

_DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {
    BlockKind.CODE: {"language": "python"},
    BlockKind.CALLOUT: {"tone": TONES[0]},
}


def empty(kind: BlockKind) -> dict[str, str]:
    """The values of a new block."""
    return {one.name: "" for one in PARTS[kind]} | dict(_DEFAULTS.get(kind, {}))


def clean(kind: BlockKind, given: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """The values of a block after an edit: those that were given, made fit to be stored, over those before.

    Raises:
        Invalid: A value is too long, an address is not https, captions are not understood; with a message per field.
    """
    values = {**empty(kind), **{name: before[name] for name in before if name in empty(kind)}}
    errors: dict[str, FieldText] = {}
    for part in PARTS[kind]:
        if part.name not in given:
            continue
        values[part.name] = _fit(part, given[part.name])
        if len(values[part.name]) > part.limit:
            errors[part.name] = (TOO_LONG, {"limit": part.limit})
    errors |= {} if errors else _refused(kind, values)
    if errors:
        raise Invalid(fields=errors)
    return values


def _fit(part: Part, text: str) -> str:
    if part.shape == "lines":
        return paragraphs(text)
    if part.shape == "source":
        kept = paragraphs("|" + text + "|")[1:-1]
        return kept.strip("\n").rstrip()
    if part.shape == "flag":
        return "1" if text else ""
    if part.shape == "number":
        return text if re.fullmatch(r"\d{1,18}", text) else ""
    if part.shape == "id":
        return _id(text)
    return single_line(text)


def _id(text: str) -> str:
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        return ""


def _refused(kind: BlockKind, values: Mapping[str, str]) -> dict[str, FieldText]:
    if kind is BlockKind.VIDEO:
        return _video_refused(values)
    if kind is BlockKind.CODE and values["language"] and values["language"] not in LANGUAGES:
        return {"language": N_("Choose one of the languages.")}
    if kind is BlockKind.CALLOUT and values["tone"] not in TONES:
        return {"tone": N_("Choose one of the kinds.")}
    if kind is BlockKind.IMAGE and values["src"] and not is_safe_image(values["src"]):
        return {"src": N_("Pictures come from this site only.")}
    return {}


def _video_refused(values: Mapping[str, str]) -> dict[str, FieldText]:
    errors: dict[str, FieldText] = {}
    address = re.fullmatch(r"https://[^\s/?#\"'<>\\@]+(?:[/?#][^\s\"'<>\\]*)?", values["href"])
    if values["href"] and address is None:
        errors["href"] = N_("Give an address that begins with https://")
    try:
        parse_captions(values["captions"])
    except Invalid as error:
        errors["captions"] = (error.detail, error.params)
    return errors
