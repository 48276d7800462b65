"""What the grading desk shows, made of rows: texts in the reader's language, nothing that the browser should not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict
from uuid import UUID

from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.types.essay import count_words
from eduplatform.domain.assessment.types.submission import Submission
from eduplatform.domain.grading.desk import Desk
from eduplatform.domain.grading.marks import Marks, points_by_rubric
from eduplatform.domain.grading.points import readable
from eduplatform.domain.grading.rubric_repository import CriterionScale
from eduplatform.domain.grading.worklist import DeskEntry, Marked
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_duration, format_number, format_points
from eduplatform.security.principal import Principal
from eduplatform.state.grade_events import STATUS_TEXTS
from eduplatform.state.grade_events import EventLine as EventLine
from eduplatform.state.grade_events import event_lines as event_lines

WINDOW = 50
MAX_FIELDS = 2000

OUTCOME_TEXTS: dict[str, str] = {
    "correct": N_("Correct"),
    "partly": N_("Partly correct"),
    "incorrect": N_("Not correct"),
    "blank": N_("No answer"),
    "needs_review": N_("Scored by a person"),
}

KEPT_LINES = 2_000
"""Characters of an answer that travel with the page's data; longer written texts are fetched by themselves."""


class EntryLine(TypedDict):
    """A student's work in the list; ``state`` is waiting, graded, planned or released."""

    id: str
    name: str
    section: str
    state: str
    status: str
    late: bool


class LevelLine(TypedDict):
    """A level to choose; ``key`` is the digit that chooses it."""

    id: str
    key: str
    title: str
    points: str
    worth: float
    description: str


class CriterionLine(TypedDict):
    """A criterion of a rubric; ``index`` counts from 0."""

    id: str
    index: int
    title: str
    description: str
    levels: list[LevelLine]


class AnswerLine(TypedDict):
    """A question with its answer and what a grader may enter.

    ``written`` texts are not in ``answer``: the page fetches them. ``rubric`` names the version of the rubric in force, and
    ``newest`` a newer one if there is. ``work_id`` is the attempt whose handed-in work with link and files the page fetches,
    and empty for other answers; ``files`` says that the page fetches the files of the answer. ``chosen`` holds the stored level of each criterion.
    """

    response_id: str
    number: int
    item_id: str
    work_id: str
    files: bool
    kind: str
    stem_html: str
    answer: list[str]
    written: bool
    words: str
    blank: bool
    by_person: bool
    outcome: str
    steps: list[str]
    notes: str
    possible: str
    most: float
    rubric: str
    newest: str
    first: int
    chosen: dict[str, str]
    points: str
    score: str
    comment: str


class ConflictLine(TypedDict):
    """Something that two graders see differently."""

    what: str
    theirs: str
    mine: str


def plain(points: Decimal) -> str:
    """A number as an input of type number wants it."""
    return f"{readable(points):f}"


def entry_lines(desk: Desk, me: Principal) -> list[EntryLine]:
    """The list around the current work, at most 50 lines."""
    place = desk.entries.index(desk.current) if desk.current is not None else 0
    start = max(0, min(place - WINDOW // 2, len(desk.entries) - WINDOW))
    several = {one.user_id for one in desk.entries if one.number > 1}
    return [
        EntryLine(
            id=str(one.attempt_id),
            name=student_name(one, me.locale),
            section=translate(N_("Attempt {number}"), me.locale, number=one.number)
            if one.user_id in several
            else one.section,
            state=state_of_entry(one, desk.now),
            status=entry_status(one, desk.now, me),
            late=one.late_seconds > 0,
        )
        for one in desk.entries[start : start + WINDOW]
    ]


def state_of_entry(one: DeskEntry, now: datetime) -> str:
    """Where an attempt stands for its grader."""
    if one.needs_grading:
        return "waiting"
    if one.released_at is None:
        return "graded"
    return "released" if one.released_at <= now else "planned"


def entry_status(one: DeskEntry, now: datetime, me: Principal) -> str:
    """The same in words."""
    texts = {
        "waiting": N_("To grade"),
        "graded": N_("Graded, not released"),
        "planned": N_("Release is planned"),
        "released": N_("Released"),
    }
    if one.status == "excused":
        return translate(STATUS_TEXTS["excused"], me.locale)
    return translate(texts[state_of_entry(one, now)], me.locale)


def student_name(one: DeskEntry, locale: str) -> str:
    """The student's name, or what stands for it."""
    return translate(N_("Student {code}"), locale, code=one.alias) if one.alias else one.name


def late_text(one: DeskEntry, me: Principal) -> str:
    """How late it was; empty when it was not."""
    if not one.late_seconds:
        return ""
    length = format_duration(timedelta(seconds=one.late_seconds), me.locale)
    return translate(N_("{time} late"), me.locale, time=length)


def grade_text(one: DeskEntry, me: Principal) -> str:
    """The student's grade as it stands."""
    if one.points is None or one.possible is None:
        return translate(STATUS_TEXTS.get(one.status, STATUS_TEXTS["none"]), me.locale)
    return translate(
        N_("Grade: {grade}"), me.locale, grade=format_points(one.points, me.locale, one.possible)
    )


def rubric_lines(desk: Desk, me: Principal) -> dict[str, list[CriterionLine]]:
    """The criteria of each version of a rubric."""
    return {
        str(key): [
            CriterionLine(
                id=str(one.criterion.id),
                index=index,
                title=one.criterion.title,
                description=one.criterion.description,
                levels=[
                    LevelLine(
                        id=str(level.id),
                        key=str(number),
                        title=level.title,
                        points=format_points(level.points, me.locale),
                        worth=float(level.points),
                        description=level.description,
                    )
                    for number, level in enumerate(one.levels, start=1)
                ],
            )
            for index, one in enumerate(scale)
        ]
        for key, scale in desk.scale.items()
    }


def answer_lines(desk: Desk, attempt_id: UUID, me: Principal) -> list[AnswerLine]:
    """The questions of an attempt: what a person scores first, then the rest."""
    lines: list[AnswerLine] = []
    first = 0
    marked = [(number, one) for number, one in enumerate(desk.marked[attempt_id], start=1)]
    marked.sort(key=lambda pair: not _by_person(pair[1]))
    for number, one in marked:
        scale = desk.scale.get(one.rubric_id, []) if one.rubric_id is not None else []
        lines.append(_answer(one, number, scale, desk.chosen.get(one.response.id, {}), first, me))
        first += len(scale)
    return lines


def _by_person(one: Marked) -> bool:
    kind = question_type(one.version.type)
    return kind.scored_by_person or one.response.fraction is None


def words_of(one: Marked, locale: str) -> tuple[list[str], bool]:
    """A student's answer in words, and whether it is blank."""
    kind = question_type(one.version.type)
    stored = one.response.answer if one.response.answer is not None else {}
    answer, body = kind.load_response(stored), kind.load_body(one.version.body)
    return [text.render(locale) for text in kind.response_words(body, answer)], kind.is_blank(answer)


def written_text(one: Marked) -> str:
    """The text of an answer that is read at length; empty when its type has none."""
    kind = question_type(one.version.type)
    return kind.written_text(kind.load_response(one.response.answer or {}))


def _answer(
    one: Marked,
    number: int,
    scale: Sequence[CriterionScale],
    chosen: Mapping[UUID, UUID],
    first: int,
    me: Principal,
) -> AnswerLine:
    kind, response = question_type(one.version.type), one.response
    words, blank = words_of(one, me.locale)
    text = written_text(one)
    files = kind.has_files and one.version.type != Submission.key and not blank
    count = count_words(text) if text else 0
    by_rubric = points_by_rubric(scale, chosen, one.item.points) if scale else None
    manual = response.graded_by is not None and response.points is not None and response.points != by_rubric
    newer = one.scored_with is not None and one.scored_with != one.item.rubric_id
    return AnswerLine(
        response_id=str(response.id),
        number=number,
        item_id=str(one.item.id),
        work_id=str(response.attempt_id) if one.version.type == Submission.key else "",
        kind=translate(kind.name, me.locale),
        stem_html=one.version.stem_html,
        files=files,
        answer=[]
        if one.version.type == Submission.key or files
        else [line[:KEPT_LINES] for line in words if line != text],
        written=bool(text),
        words=translate_plural("{count} word", "{count} words", count, me.locale) if text else "",
        blank=blank,
        by_person=_by_person(one),
        outcome=translate(OUTCOME_TEXTS[response.outcome], me.locale) if response.outcome else "",
        steps=[Message.from_json(step).render(me.locale) for step in response.explanation],
        notes=kind.grader_notes(kind.load_key(one.version.answer_key)),
        possible=format_number(one.item.points, me.locale),
        most=float(one.item.points * 2),
        rubric=str(one.rubric_id or "") if scale else "",
        newest=str(one.item.rubric_id or "") if newer else "",
        first=first,
        chosen={str(criterion): str(level) for criterion, level in chosen.items()},
        points=plain(response.points) if manual and response.points is not None else "",
        score=format_points(response.points, me.locale, one.item.points)
        if response.points is not None
        else translate(N_("Not scored yet"), me.locale),
        comment=response.comment,
    )


def conflict_lines(
    stored: Sequence[AnswerLine],
    rubrics: Mapping[str, Sequence[CriterionLine]],
    mine: Mapping[str, Any],
    locale: str,
) -> list[ConflictLine]:
    """What a colleague stored beside what was entered here, where they differ.

    Args:
        stored: The work as it is stored.
        rubrics: The criteria of its rubrics.
        mine: The fields of the form that was refused.
        locale: The reader's language.
    """
    lines: list[ConflictLine] = []

    def compare(number: int, what: str, theirs: str, own: str) -> None:
        if theirs.strip() != own.strip():
            place = translate(N_("Question {number}"), locale, number=number)
            lines.append(ConflictLine(what=f"{place}: {what}", theirs=theirs or "–", mine=own or "–"))

    for one in stored:
        key = one["response_id"]
        if f"comment-{key}" not in mine:
            continue
        for criterion in rubrics.get(one["rubric"], []):
            titles = {level["id"]: f"{level['title']} ({level['points']})" for level in criterion["levels"]}
            own = str(mine.get(f"level-{key}-{criterion['id']}") or "")
            theirs = one["chosen"].get(criterion["id"], "")
            compare(one["number"], criterion["title"], titles.get(theirs, ""), titles.get(own, ""))
        points = str(mine.get(f"points-{key}") or "").replace(",", ".")
        compare(one["number"], translate(N_("Points"), locale), one["points"], points)
        comment = str(mine.get(f"comment-{key}") or "")
        compare(one["number"], translate(N_("Comment"), locale), one["comment"], comment)
    return lines


def read_marks(fields: Mapping[str, Any]) -> list[Marks]:
    """The marks of a submitted form; every name carries the id of its response.

    Raises:
        NotFound: A name carries no id.
        Invalid: Points are not a number.
    """
    if len(fields) > MAX_FIELDS:
        raise Invalid
    levels: dict[UUID, dict[UUID, UUID]] = {}
    texts: dict[UUID, dict[str, str]] = {}
    for name, value in fields.items():
        part, _dash, rest = name.partition("-")
        if part == "level":
            levels.setdefault(_id(rest[:36]), {})[_id(rest[37:])] = _id(value)
        elif part in ("points", "reason", "comment"):
            texts.setdefault(_id(rest), {})[part] = str(value or "")
    problems: dict[str, str] = {}
    marks: list[Marks] = []
    for key in {**texts, **levels}:
        given = texts.get(key, {})
        marks.append(
            Marks(
                response_id=key,
                levels=levels.get(key, {}),
                points=_points(given.get("points", ""), f"points-{key}", problems),
                reason=given.get("reason", ""),
                comment=given.get("comment", ""),
            )
        )
    if problems:
        raise Invalid(fields=problems)
    return marks


def _points(text: str, name: str, problems: dict[str, str]) -> Decimal | None:
    clean = text.strip().replace(",", ".")
    if not clean:
        return None
    try:
        return Decimal(clean[:40])
    except InvalidOperation:
        problems[name] = N_("Please enter a number.")
        return None


def _id(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound from None
