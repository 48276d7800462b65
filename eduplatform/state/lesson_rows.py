"""Forms and rows of a lesson's editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypedDict
from uuid import UUID

from pydantic import ConfigDict, Field

from eduplatform.domain.courses import document, publishing
from eduplatform.domain.courses.document import Finding, Rendered
from eduplatform.domain.courses.lesson_repository import LessonHead
from eduplatform.domain.courses.models import Block, Lesson, PublicationStatus
from eduplatform.domain.courses.writing import Draft, QuizChoice
from eduplatform.i18n import N_, translate
from eduplatform.state.base import Form
from eduplatform.state.blocks import KIND_NAMES, BlockView, QuizView, block_view
from eduplatform.state.courses import KINDS
from eduplatform.state.rows import Option

LongText = Annotated[str, Field(max_length=100_000)]
Key = Annotated[str, Field(max_length=36)]


class HeadingForm(Form):
    """Title, time and aims as the editor sends them; ``objectives`` holds one per line."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    minutes: Annotated[int, Field(ge=1, le=240)]
    objectives: Annotated[str, Field(max_length=4000)] = ""
    version: int
    base: str = ""


class BlockForm(Form):
    """A block as the editor sends it: its id, the version that was shown, and the values of its kind.

    ``base`` is the version that was there when the typing began; a draft that came back after a reload carries it.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    block: UUID
    version: int
    base: Annotated[str, Field(pattern=r"^\d{0,9}$")] = ""
    text: LongText | None = None
    alt: LongText | None = None
    decorative: LongText | None = None
    caption: LongText | None = None
    href: LongText | None = None
    title: LongText | None = None
    transcript: LongText | None = None
    captions: LongText | None = None
    note: LongText | None = None
    language: LongText | None = None
    code: LongText | None = None
    latex: LongText | None = None
    tone: LongText | None = None
    assessment_id: LongText | None = None

    @property
    def values(self) -> dict[str, str]:
        """The values that were sent."""
        given = self.model_dump(exclude={"block", "version", "base"}, exclude_none=True)
        # A box that is not ticked sends nothing; the description beside it tells that it was there.
        return given if "alt" not in given else {"decorative": "", **given}


class PublishForm(Form):
    """The sentence that says what changed."""

    note: Annotated[str, Field(max_length=publishing.MAX_NOTE)] = ""


class EditedLesson(TypedDict):
    """The lesson of the editor; neighbours are ids, or empty at the ends of the course."""

    id: str
    title: str
    minutes: str
    objectives: str
    published: bool
    number: int
    changed: bool
    version: int
    course_id: str
    course: str
    module: str
    previous: str
    previous_title: str
    next: str
    next_title: str


class BlockRow(TypedDict):
    """A block of the editor: as readers see it, and what the editor needs to know of it."""

    id: str
    kind: str
    name: str
    number: int
    version: int
    first: bool
    last: bool
    empty: bool
    problems: int
    view: BlockView


class ProblemLine(TypedDict):
    """Something that stops publishing, and where."""

    key: str
    block: str
    field: str
    place: str
    text: str


NO_LESSON = EditedLesson(
    id="",
    title="",
    minutes="10",
    objectives="",
    published=False,
    number=0,
    changed=False,
    version=0,
    course_id="",
    course="",
    module="",
    previous="",
    previous_title="",
    next="",
    next_title="",
)


def _neighbour(head: LessonHead | None) -> tuple[str, str]:
    return (str(head.id), head.title) if head is not None else ("", "")


def quiz_choices(quizzes: Sequence[QuizChoice], locale: str) -> tuple[list[Option], dict[str, QuizView]]:
    """The assessments of a course to choose from, and as blocks show them to their writer."""
    options, views = [], {}
    for one in quizzes:
        kind = translate(KINDS.get(one.kind, one.kind), locale)
        detail = kind if one.published else f"{kind} · {translate(N_('Draft'), locale)}"
        options.append(Option(value=str(one.id), label=f"{one.title} ({detail})"))
        views[str(one.id)] = QuizView(title=one.title, detail=detail, href=f"/teach/assessments/{one.id}")
    return options, views


def edited_lesson(found: Draft) -> EditedLesson:
    """A lesson with its place in the course."""
    previous, previous_title = _neighbour(found.previous)
    following, following_title = _neighbour(found.next)
    place = EditedLesson(
        **{
            **NO_LESSON,
            "id": str(found.lesson.id),
            "course_id": str(found.course.id),
            "course": found.course.title,
            "module": found.module.title,
            "previous": previous,
            "previous_title": previous_title,
            "next": following,
            "next_title": following_title,
        }
    )
    return with_heading(place, found.lesson)


def with_heading(shown: EditedLesson, lesson: Lesson) -> EditedLesson:
    """The lesson of the editor with what its row says now."""
    return {
        **shown,
        "title": lesson.draft_title,
        "minutes": str(lesson.draft_minutes),
        "objectives": "\n".join(lesson.draft_objectives),
        "published": lesson.status == PublicationStatus.PUBLISHED,
        "number": lesson.published_number,
        "changed": lesson.changed,
        "version": lesson.version,
    }


def block_rows(
    blocks: Sequence[Block],
    rendered: Sequence[Rendered],
    locale: str,
    *,
    lesson_id: str,
    quizzes: Mapping[str, QuizView],
) -> list[BlockRow]:
    """The blocks of a draft in their order."""
    last = len(rendered) - 1
    return [
        BlockRow(
            id=str(block.id),
            kind=block.kind,
            name=translate(KIND_NAMES[block.kind], locale),
            number=number + 1,
            version=block.version,
            first=number == 0,
            last=number == last,
            empty=document.is_empty(one.content),
            problems=len(one.findings),
            view=block_view(one, locale, lesson_id=lesson_id, quizzes=quizzes),
        )
        for number, (block, one) in enumerate(zip(blocks, rendered, strict=True))
    ]


def problem_lines(findings: Sequence[Finding], rows: Sequence[BlockRow], locale: str) -> list[ProblemLine]:
    """What stops publishing, with the block it is in."""
    places = {one["id"]: one for one in rows}
    return [_problem_line(number, one, places, locale) for number, one in enumerate(findings)]


def _problem_line(number: int, finding: Finding, places: Mapping[str, BlockRow], locale: str) -> ProblemLine:
    key = str(finding.block_id or "")
    row, place = places.get(key), ""
    if row is not None:
        text = N_("Block {number} ({kind}), line {line}") if finding.line else N_("Block {number} ({kind})")
        place = translate(text, locale, number=row["number"], kind=row["name"], line=finding.line)
    return ProblemLine(
        key=f"{number}-{key}",
        block=key,
        field=finding.field,
        place=place,
        text=translate(finding.message, locale),
    )
