"""Work that is handed in: a text, files, a link, or several of these. The one question of an assignment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from eduplatform.domain.assessment.messages import Message, verbatim
from eduplatform.domain.assessment.types.base import Outcome, Part, QuestionType, Score
from eduplatform.domain.assessment.types.essay import count_words
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.text import as_tuple, capped, clean_line, clean_text, is_invisible
from eduplatform.errors import FieldText, Invalid
from eduplatform.i18n import N_

MAX_TEXT = 100_000
MAX_LINK = 2_000
MAX_FILES = 20
MAX_MEGABYTES = 100
MAX_NOTES = 5_000

FILE_KINDS: dict[str, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "document": (".docx", ".odt", ".rtf", ".txt", ".md"),
    "sheet": (".xlsx", ".ods", ".csv"),
    "slides": (".pptx", ".odp"),
    "image": (".png", ".jpg", ".jpeg", ".webp", ".gif"),
    "audio": (".mp3", ".m4a", ".ogg", ".wav"),
    "video": (".mp4", ".webm"),
    "code": (".py", ".js", ".java", ".c", ".html", ".css", ".json", ".ipynb"),
}
"""What a teacher may ask for, and the endings that belong to each."""

FILE_KIND_NAMES: dict[str, str] = {
    "pdf": N_("PDF"),
    "document": N_("Text documents"),
    "sheet": N_("Spreadsheets"),
    "slides": N_("Slides"),
    "image": N_("Images"),
    "audio": N_("Sound"),
    "video": N_("Video"),
    "code": N_("Program code"),
}

LINK_REFUSED = N_("Use an address that begins with https://")
_NOTES_TOO_LONG = N_("Use at most 5,000 characters for the notes")


def is_web_address(link: str) -> bool:
    """Whether a link can be followed safely: http or https, a host, and no user name that poses as one."""
    if any(c.isspace() for c in link) or "\\" in link:
        return False
    try:
        parts = urlsplit(link)
        host, user = parts.hostname, parts.username
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and user is None


def _link(raw: object) -> object:
    if not isinstance(raw, str):
        return raw
    if len(raw) > MAX_LINK:
        raise PydanticCustomError("string_too_long", "link is too long")
    link = clean_line(raw).strip()
    # A half typed address is kept as it is; one that names another scheme is refused from the first save on.
    head, colon, _rest = link.partition(":")
    scheme = "".join(c for c in head if c.isalnum()).lower()
    if colon and scheme.isalpha() and scheme not in ("http", "https") and "/" not in head and "." not in head:
        raise PydanticCustomError("link_refused", "this scheme is not followed")
    return link


def _file_ids(raw: object) -> object:
    listed = as_tuple(raw)
    if not isinstance(listed, tuple):
        return listed
    ids = cast(tuple[object, ...], listed)
    if len(ids) > MAX_FILES:
        raise PydanticCustomError("list_too_long", "too many files")
    try:
        return tuple(dict.fromkeys(str(UUID(one)) for one in ids if isinstance(one, str) or _refuse()))
    except ValueError:
        raise PydanticCustomError("uuid_parsing", "not an id") from None


def _refuse() -> bool:
    raise ValueError("an id is a text")


class SubmissionBody(Part):
    """What may be handed in. ``require_all``: every part that is asked for; otherwise one of them is enough.

    ``file_kinds`` are keys of `FILE_KINDS`; none means every kind that the platform accepts.
    """

    text: bool = True
    link: bool = False
    files: bool = False
    max_files: int = Field(default=3, ge=1, le=MAX_FILES)
    max_megabytes: int = Field(default=25, ge=1, le=MAX_MEGABYTES)
    file_kinds: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    require_all: bool = False

    @property
    def extensions(self) -> tuple[str, ...]:
        """The endings that are accepted; empty for all."""
        return tuple(ending for kind in self.file_kinds for ending in FILE_KINDS.get(kind, ()))


class SubmissionKey(Part):
    """Notes for graders; empty when there are none."""

    notes: str = ""


class SubmissionResponse(Part):
    """Text in markdown, an address, and the ids of uploaded files in their order."""

    text: Annotated[str, BeforeValidator(capped(MAX_TEXT, clean_text)), Field(max_length=MAX_TEXT)] = ""
    link: Annotated[str, BeforeValidator(_link), Field(max_length=MAX_LINK)] = ""
    files: Annotated[tuple[str, ...], BeforeValidator(_file_ids), Field(max_length=MAX_FILES)] = ()


class Submission(QuestionType[SubmissionBody, SubmissionKey, SubmissionResponse]):
    """The student hands in work, and a person scores it."""

    key = "submission"
    name = N_("Handed-in work")
    scored_by_person = True
    in_bank = False
    widget = "submission"
    file_purpose = "submission"
    Body = SubmissionBody
    Key = SubmissionKey
    Response = SubmissionResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[SubmissionBody, SubmissionKey]:
        """Form: ``text``, ``link``, ``files``, ``require_all`` (boxes), ``max_files``, ``max_megabytes``,
        ``file_kinds`` (a list), ``notes``."""
        reader = FormReader(form)
        text, link, files = reader.flag("text"), reader.flag("link"), reader.flag("files")
        if not (text or link or files):
            reader.refuse("parts", N_("Choose at least one thing that students hand in."))
        count = reader.whole(
            "max_files", least=1, most=MAX_FILES, out_of_range=N_("Use a number from 1 to 20")
        )
        size = reader.whole(
            "max_megabytes", least=1, most=MAX_MEGABYTES, out_of_range=N_("Use a number from 1 to 100")
        )
        kinds = tuple(kind for kind in FILE_KINDS if kind in reader.lines("file_kinds"))
        notes = reader.text("notes", limit=MAX_NOTES, too_long=_NOTES_TOO_LONG)
        reader.finish()
        body = SubmissionBody(
            text=text,
            link=link,
            files=files,
            max_files=count or 3,
            max_megabytes=size or 25,
            file_kinds=kinds,
            require_all=reader.flag("require_all"),
        )
        return body, SubmissionKey(notes=notes)

    def grader_notes(self, key: SubmissionKey) -> str:
        """The notes."""
        return key.notes

    def public_view(self, body: SubmissionBody, seed: int) -> dict[str, Any]:
        """What may be handed in, and how much."""
        return {
            "type": self.key,
            **body.model_dump(mode="json"),
            "extensions": list(body.extensions),
            "max_length": MAX_TEXT,
        }

    def is_blank(self, response: SubmissionResponse) -> bool:
        """No visible text, no address, no file."""
        return is_invisible(response.text) and not response.link and not response.files

    def missing_parts(self, body: SubmissionBody, response: SubmissionResponse) -> dict[str, FieldText]:
        """What still has to be there before it can be handed in, by part; empty when it can."""
        present = {
            "text": not is_invisible(response.text),
            "link": bool(response.link),
            "files": bool(response.files),
        }
        asked = [part for part in present if getattr(body, part)]
        if body.require_all:
            words = {
                "text": N_("The text is still empty."),
                "link": N_("The link is still missing."),
                "files": N_("There is no file yet."),
            }
            problems: dict[str, FieldText] = {part: words[part] for part in asked if not present[part]}
        else:
            problems = (
                {} if any(present[part] for part in asked) else {"form": N_("There is nothing here yet.")}
            )
        if body.link and response.link and not is_web_address(response.link):
            problems["link"] = LINK_REFUSED
        return problems

    def response_words(self, body: SubmissionBody, response: SubmissionResponse) -> tuple[Message, ...]:
        """The text, the address, and how many files there are."""
        lines: list[Message] = []
        if not is_invisible(response.text):
            lines.append(verbatim(response.text))
        if response.link:
            lines.append(verbatim(response.link))
        if response.files:
            lines.append(Message(N_("Files: {count}"), {"count": len(response.files)}))
        return tuple(lines)

    def written_text(self, response: SubmissionResponse) -> str:
        """The text, as it was written in markdown."""
        return response.text

    def solution_words(self, body: SubmissionBody, key: SubmissionKey) -> tuple[Message, ...]:
        """None: the key holds notes for graders, which are not a solution."""
        return ()

    def _score_answer(self, body: SubmissionBody, key: SubmissionKey, response: SubmissionResponse) -> Score:
        steps = (
            [Message(N_("Words: {words}"), {"words": count_words(response.text)})] if response.text else []
        )
        return Score(
            None, Outcome.NEEDS_REVIEW, (*steps, Message(N_("A person reads and scores this answer")))
        )

    def parse_response(self, raw: object) -> SubmissionResponse:
        """As of every type; an address that is none has its own words.

        Raises:
            Invalid: ``fields`` names the part that cannot be kept.
        """
        try:
            return super().parse_response(raw)
        except Invalid as error:
            link = raw.get("link") if isinstance(raw, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if "link" in error.fields and isinstance(link, str) and len(link) <= MAX_LINK:
                raise Invalid(error.detail, fields={**error.fields, "link": LINK_REFUSED}) from None
            raise
