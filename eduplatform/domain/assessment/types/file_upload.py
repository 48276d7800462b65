"""Files that a person looks at and scores."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from eduplatform.domain.assessment.messages import Message, verbatim
from eduplatform.domain.assessment.types.base import Outcome, Part, QuestionType, Score
from eduplatform.domain.assessment.types.editor import ChoiceField, NumberField
from eduplatform.domain.assessment.types.essay import GRADER_NOTES, MAX_NOTES_LENGTH, NOTES_TOO_LONG
from eduplatform.domain.assessment.types.form import FormReader
from eduplatform.domain.assessment.types.text import as_tuple, capped, clean_line
from eduplatform.i18n import N_

MAX_FILES = 10
MAX_NAME = 200


class Accept(StrEnum):
    """What may be handed in."""

    ANY = "any"
    IMAGES = "images"
    PDF = "pdf"


class FileUploadBody(Part):
    """What may be handed in, and how many files at most."""

    accept: Accept
    max_files: Annotated[int, Field(ge=1, le=MAX_FILES)]


class FileUploadKey(Part):
    """Notes for graders; empty when there are none."""

    notes: str


def _as_id(raw: object) -> object:
    if not isinstance(raw, str) or len(raw) != 36:
        return raw
    return UUID(raw)


class HandedInFile(Part):
    """A file that was uploaded before, and its name as the student knows it; the stored file's own name counts."""

    id: Annotated[UUID, BeforeValidator(_as_id)]
    name: Annotated[str, BeforeValidator(capped(MAX_NAME, clean_line)), Field(max_length=MAX_NAME)] = ""


class FileUploadResponse(Part):
    """The uploaded files; none is blank."""

    files: Annotated[tuple[HandedInFile, ...], BeforeValidator(as_tuple), Field(max_length=MAX_FILES)] = ()


class FileUpload(QuestionType[FileUploadBody, FileUploadKey, FileUploadResponse]):
    """The student hands in files, and a person scores them."""

    key = "file_upload"
    name = N_("File upload")
    description = N_("Photos, drawings or documents that you look at and score.")
    widget = "file_upload"
    editor = (
        ChoiceField(
            name="accept",
            label=N_("What may be handed in"),
            choices=(
                (Accept.ANY, N_("Any document or picture")),
                (Accept.IMAGES, N_("Pictures")),
                (Accept.PDF, N_("PDF documents")),
            ),
            start=Accept.ANY,
            half=True,
        ),
        NumberField(
            name="max_files",
            label=N_("Files at most"),
            least=1,
            most=MAX_FILES,
            start="3",
            optional=False,
            half=True,
        ),
        GRADER_NOTES,
    )
    scored_by_person = True
    Body = FileUploadBody
    Key = FileUploadKey
    Response = FileUploadResponse

    def parse_authoring(self, form: Mapping[str, object]) -> tuple[FileUploadBody, FileUploadKey]:
        """Form: ``accept`` any, images or pdf; ``max_files`` (default 3); ``notes`` for graders."""
        reader = FormReader(form)
        accept = reader.choice("accept", tuple(Accept), N_("Choose what may be handed in"))
        most = reader.whole(
            "max_files", least=1, most=MAX_FILES, out_of_range=N_("Use a number from 1 to 10")
        )
        notes = reader.text("notes", limit=MAX_NOTES_LENGTH, too_long=NOTES_TOO_LONG)
        reader.finish()
        return FileUploadBody(accept=Accept(accept), max_files=most or 3), FileUploadKey(notes=notes)

    def grader_notes(self, key: FileUploadKey) -> str:
        """The notes."""
        return key.notes

    def files(self, response: FileUploadResponse) -> tuple[UUID, ...]:
        """The uploaded files."""
        return tuple(one.id for one in response.files)

    def public_view(self, body: FileUploadBody, seed: int) -> dict[str, Any]:
        """What may be handed in."""
        return {"type": self.key, **body.model_dump(mode="json")}

    def is_blank(self, response: FileUploadResponse) -> bool:
        """No file is there."""
        return not response.files

    def response_words(self, body: FileUploadBody, response: FileUploadResponse) -> tuple[Message, ...]:
        """The names of the files."""
        return tuple(verbatim(one.name or str(one.id)) for one in response.files)

    def solution_words(self, body: FileUploadBody, key: FileUploadKey) -> tuple[Message, ...]:
        """None: the key holds notes for graders, which are not a solution."""
        return ()

    def _score_answer(self, body: FileUploadBody, key: FileUploadKey, response: FileUploadResponse) -> Score:
        count = len(response.files)
        steps = [Message(N_("Files handed in: {count}"), {"count": count})]
        if count > body.max_files:
            steps.append(Message(N_("At most {limit} files were asked for"), {"limit": body.max_files}))
        return Score(
            None, Outcome.NEEDS_REVIEW, (*steps, Message(N_("A person looks at this answer and scores it")))
        )
