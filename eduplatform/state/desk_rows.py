"""What the grading desk shows, made of rows: texts in the reader's language, nothing that the browser should not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict
from uuid import UUID

from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.types.essay import count_words
from eduplatform.domain.grading.desk import Desk, Marks, points_by_rubric
from eduplatform.domain.grading.points import readable
from eduplatform.domain.grading.repository import CriterionScale
from eduplatform.domain.grading.worklist import DeskEntry, Happened, Marked
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_duration, format_number, format_points
from eduplatform.security.principal import Principal

WINDOW = 50
MAX_FIELDS = 2000

STATUS_TEXTS: dict[str, str] = {
    "none": N_("Nothing yet"),
    "in_progress": N_("Working on it"),
    "missing": N_("Missing"),
    "in_review": N_("To grade"),
    "graded": N_("Graded"),
    "late": N_("Graded, late"),
    "excused": N_("Excused"),
}

OUTCOME_TEXTS: dict[str, str] = {
    "correct": N_("Correct"),
    "partly": N_("Partly correct"),
    "incorrect": N_("Not correct"),
    "blank": N_("No answer"),
    "needs_review": N_("Scored by a person"),
}

EVENT_TEXTS: dict[str, str] = {
    "submitted": N_("Handed in"),
    "settled": N_("Worked out"),
    "scored": N_("Scored"),
    "commented": N_("Commented"),
    "released": N_("Released"),
    "unreleased": N_("Taken back"),
    "excused": N_("Excused"),
    "unexcused": N_("Excuse taken back"),
    "recalculated": N_("Worked out again"),
    "entered": N_("Entered in the gradebook"),
    "marked_missing": N_("Marked as missing"),
    "entry_cleared": N_("Entry taken back"),
}


class EntryLine(TypedDict):
    """A student's work in the list; ``state`` is waiting, graded or released."""

    id: str
    name: str
    section: str
    state: str
    status: str
    late: bool
    current: bool


class LevelLine(TypedDict):
    """A level to choose; ``dom`` is the id of its button."""

    id: str
    dom: str
    key: str
    title: str
    points: str
    description: str
    chosen: bool


class CriterionLine(TypedDict):
    """A criterion; ``place`` counts the criteria of the whole page from 0, ``name`` is unique to its response."""

    id: str
    place: int
    name: str
    title: str
    description: str
    levels: list[LevelLine]


class AnswerLine(TypedDict):
    """A question with its answer and what a grader may enter."""

    response_id: str
    number: int
    kind: str
    stem_html: str
    answer: list[str]
    words: str
    blank: bool
    by_person: bool
    outcome: str
    steps: list[str]
    notes: str
    possible: str
    most: float
    rubric: bool
    criteria: list[CriterionLine]
    points: str
    score: str
    comment: str


class EventLine(TypedDict):
    """Something that happened to the grade."""

    id: str
    what: str
    who: str
    when: str
    change: str
    reason: str


def plain(points: Decimal) -> str:
    """A number as an input of type number wants it."""
    return f"{readable(points):f}"


def entry_lines(desk: Desk, names: Mapping[UUID, str], me: Principal) -> list[EntryLine]:
    """The list around the current work, at most 50 lines."""
    place = desk.entries.index(desk.current) if desk.current is not None else 0
    start = place // WINDOW * WINDOW
    several = {one.user_id for one in desk.entries if one.number > 1}
    return [
        EntryLine(
            id=str(one.attempt_id),
            name=names[one.user_id],
            section=translate(N_("Attempt {number}"), me.locale, number=one.number)
            if one.user_id in several
            else one.section,
            state=state_of_entry(one),
            status=entry_status(one, me),
            late=one.late_seconds > 0,
            current=one is desk.current,
        )
        for one in desk.entries[start : start + WINDOW]
    ]


def state_of_entry(one: DeskEntry) -> str:
    """Where an attempt stands for its grader."""
    if one.needs_grading:
        return "waiting"
    return "released" if one.released_at is not None else "graded"


def entry_status(one: DeskEntry, me: Principal) -> str:
    """The same in words."""
    texts = {"waiting": N_("To grade"), "graded": N_("Graded, not released"), "released": N_("Released")}
    if one.status == "excused":
        return translate(STATUS_TEXTS["excused"], me.locale)
    return translate(texts[state_of_entry(one)], me.locale)


def student_names(desk: Desk, *, anonymous: bool, locale: str) -> dict[UUID, str]:
    """Each student's name, or a number that tells nothing."""
    if not anonymous:
        return {one.user_id: one.name for one in desk.entries}
    order = list(dict.fromkeys(one.user_id for one in desk.entries))
    return {
        key: translate(N_("Student {number}"), locale, number=number)
        for number, key in enumerate(order, start=1)
    }


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


def answer_lines(desk: Desk, attempt_id: UUID, me: Principal) -> list[AnswerLine]:
    """The questions of an attempt: what a person scores first, then the rest."""
    lines: list[AnswerLine] = []
    place = 0
    marked = [(number, one) for number, one in enumerate(desk.marked[attempt_id], start=1)]
    marked.sort(key=lambda pair: not _by_person(pair[1]))
    for number, one in marked:
        scale = desk.scale.get(one.item.rubric_id, []) if one.item.rubric_id is not None else []
        chosen = desk.chosen.get(one.response.id, {})
        lines.append(_answer(one, number, scale, chosen, place, me))
        place += len(scale)
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


def _answer(
    one: Marked,
    number: int,
    scale: Sequence[CriterionScale],
    chosen: Mapping[UUID, UUID],
    place: int,
    me: Principal,
) -> AnswerLine:
    kind, response = question_type(one.version.type), one.response
    words, blank = words_of(one, me.locale)
    is_essay = one.version.type == "essay"
    count = count_words("\n".join(words)) if is_essay else 0
    by_rubric = points_by_rubric(scale, chosen, one.item.points) if scale else None
    manual = response.graded_by is not None and response.points is not None and response.points != by_rubric
    return AnswerLine(
        response_id=str(response.id),
        number=number,
        kind=translate(kind.name, me.locale),
        stem_html=one.version.stem_html,
        answer=words,
        words=translate_plural("{count} word", "{count} words", count, me.locale) if is_essay else "",
        blank=blank,
        by_person=_by_person(one),
        outcome=translate(OUTCOME_TEXTS[response.outcome], me.locale) if response.outcome else "",
        steps=[Message.from_json(step).render(me.locale) for step in response.explanation],
        notes=str(one.version.answer_key.get("notes", "")) if is_essay else "",
        possible=format_number(one.item.points, me.locale),
        most=float(one.item.points * 2),
        rubric=bool(scale),
        criteria=[
            _criterion(response.id, criterion, place + index, chosen, me)
            for index, criterion in enumerate(scale)
        ],
        points=plain(response.points) if manual and response.points is not None else "",
        score=format_points(response.points, me.locale, one.item.points)
        if response.points is not None
        else translate(N_("Not scored yet"), me.locale),
        comment=response.comment,
    )


def _criterion(
    response_id: UUID, one: CriterionScale, place: int, chosen: Mapping[UUID, UUID], me: Principal
) -> CriterionLine:
    return CriterionLine(
        id=str(one.criterion.id),
        place=place,
        name=f"level-{response_id}-{one.criterion.id}",
        title=one.criterion.title,
        description=one.criterion.description,
        levels=[
            LevelLine(
                id=str(level.id),
                dom=f"choice-{place}-{number}",
                key=str(number),
                title=level.title,
                points=format_points(level.points, me.locale),
                description=level.description,
                chosen=chosen.get(one.criterion.id) == level.id,
            )
            for number, level in enumerate(one.levels, start=1)
        ],
    )


def event_lines(history: Sequence[Happened], me: Principal) -> list[EventLine]:
    """The history of a grade in words."""
    return [
        EventLine(
            id=str(one.event.id),
            what=translate(EVENT_TEXTS.get(one.event.kind, N_("Changed")), me.locale),
            who=one.actor or translate(N_("The platform"), me.locale),
            when=format_datetime(one.event.created_at, me.locale, me.timezone, "short"),
            change=_change(one.event.before, one.event.after, me.locale),
            reason=one.event.reason,
        )
        for one in history
    ]


def _change(before: Mapping[str, Any], after: Mapping[str, Any], locale: str) -> str:
    first, last = _stand(before, locale), _stand(after, locale)
    return last if first == last else f"{first} → {last}"


def _stand(snapshot: Mapping[str, Any], locale: str) -> str:
    points = snapshot.get("points")
    if points is None:
        return translate(STATUS_TEXTS.get(str(snapshot.get("status", "none")), STATUS_TEXTS["none"]), locale)
    possible = snapshot.get("possible")
    return format_points(Decimal(points), locale, Decimal(possible) if possible is not None else None)


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
