"""A student's own grades: released ones only, and how each came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.feedback import Feedback
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.rules import KIND_NAMES
from eduplatform.domain.grading import results
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.grading.results import ExplainedGrade, ReleasedGrade
from eduplatform.domain.grading.rubric_repository import CriterionScale
from eduplatform.domain.grading.worklist import Marked
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_percent, format_points, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.desk_rows import OUTCOME_TEXTS, words_of, written_text

RESULT_TEXTS: dict[str, str] = {
    "graded": N_("Graded"),
    "late": N_("Handed in late"),
    "missing": N_("Not handed in"),
    "excused": N_("Excused: does not count"),
}
ENTERED_ONLY = N_("Graded in class")
"""What stands for the kind of work that is a column of the gradebook and nothing else."""
STATUS_TONES = {"graded": "success", "late": "warning", "missing": "danger", "excused": "info"}


class GradeLine(TypedDict):
    """A released grade in a list; ``status_text`` says it in words."""

    id: str
    title: str
    kind: str
    course: str
    score: str
    percent: str
    status: str
    status_text: str
    tone: str
    released: str
    new: bool
    steps: list[str]


class ChosenLevel(TypedDict):
    """What a criterion of the rubric brought."""

    id: str
    title: str
    level: str
    points: str
    description: str


class ResultLine(TypedDict):
    """A question of the work that counts, with what it brought."""

    id: str
    number: int
    kind: str
    stem_html: str
    answer: list[str]
    written: bool
    blank: bool
    outcome: str
    tone: str
    score: str
    steps: list[str]
    feedback_html: str
    comment: str
    levels: list[ChosenLevel]


class GradeHead(TypedDict):
    """A grade on its own page."""

    title: str
    kind: str
    course: str
    course_id: str
    score: str
    percent: str
    status: str
    status_text: str
    tone: str
    released: str
    handed_in: str
    attempt: str


NO_GRADE = GradeHead(
    title="",
    kind="",
    course="",
    course_id="",
    score="",
    percent="",
    status="",
    status_text="",
    tone="neutral",
    released="",
    handed_in="",
    attempt="",
)


def score_text(grade: Grade, locale: str) -> str:
    """The number, or what stands in its place."""
    if grade.points is None:
        return translate(N_("No points"), locale)
    return format_points(grade.points, locale, grade.possible)


def percent_text(grade: Grade, locale: str) -> str:
    """The share of the possible points; empty without a number."""
    if grade.points is None or not grade.possible:
        return ""
    return format_percent(grade.points / grade.possible, locale)


def steps_of(grade: Grade, locale: str) -> list[str]:
    """How the grade came about, sentence by sentence."""
    return [Message.from_json(step).render(locale) for step in grade.explanation]


def grade_line(row: ReleasedGrade, me: Principal, now: datetime) -> GradeLine:
    """A released grade for a list."""
    grade = row.grade
    assert grade.released_at is not None
    return GradeLine(
        id=str(grade.id),
        title=row.title,
        kind=translate(KIND_NAMES.get(row.kind, ENTERED_ONLY), me.locale),
        course=row.course_title,
        score=score_text(grade, me.locale),
        percent=percent_text(grade, me.locale),
        status=grade.status,
        status_text=translate(RESULT_TEXTS.get(grade.status, grade.status), me.locale),
        tone=STATUS_TONES.get(grade.status, "neutral"),
        released=format_relative(grade.released_at, now, me.locale),
        new=grade.seen_at is None,
        steps=steps_of(grade, me.locale),
    )


class GradesState(PageMixin, rx.State):
    """All released grades of the student, newest first; new ones appear by themselves."""

    rows: list[GradeLine] = []
    announcement: str = ""
    page: int = 1
    total: int = 0
    has_next: bool = False
    _versions: dict[str, int] = {}

    @handler(Permission.GRADE_READ_OWN, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest grades."""
        self.page, self.announcement, self._versions = 1, "", {}
        await self._read(me)

    @handler(Permission.GRADE_READ_OWN)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=1000)]) -> None:
        """Show another page."""
        self.page, self._versions = page, {}
        await self._read(me)

    @handler(Permission.GRADE_READ_OWN)
    async def refresh(self, me: Principal) -> None:
        """Show what was released meanwhile, and say so."""
        known = self._versions
        await self._read(me)
        if self.page > 1 or not self.loaded:
            return
        fresh = [row for row in self.rows if known.get(row["id"]) != self._versions[row["id"]] and row["new"]]
        if fresh:
            sentences = [
                translate(
                    N_("New grade for {title}: {score}"), me.locale, title=row["title"], score=row["score"]
                )
                for row in fresh[:3]
            ]
            self.announcement = ". ".join(sentences)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found, total = await results.own_grades(work=work, me=me, page=self.page)
        now = utc_now()
        rows = [grade_line(one, me, now) for one in found]
        self._versions = {str(one.grade.id): one.grade.version for one in found}
        # The relative times change by themselves; nothing is sent while nothing else has changed.
        if [_but_time(row) for row in rows] != [_but_time(row) for row in self.rows]:
            self.rows = rows
        self.total, self.has_next = total, self.page * results.PAGE_SIZE < total


def _but_time(row: GradeLine) -> GradeLine:
    return {**row, "released": ""}


class GradeState(PageMixin, rx.State):
    """One grade, explained."""

    head: GradeHead = NO_GRADE
    steps: list[str] = []
    results: list[ResultLine] = []
    announcement: str = ""
    _version: int = 0

    @handler(Permission.GRADE_READ_OWN, loads=True)
    async def load(self, me: Principal) -> None:
        """The grade with the work behind it; opening it marks it as seen."""
        self.announcement, self.loaded, self._version = "", False, 0
        await self._read(me, self._grade_id())

    @handler(Permission.GRADE_READ_OWN, loads=True)
    async def refresh(self, me: Principal) -> None:
        """Ask whether the grade changed; when it was taken back, the page says that it is not there."""
        grade_id = self._grade_id()
        if not self._version:
            return
        async with unit_of_work(me) as work:
            version = await results.own_grade_version(work=work, me=me, grade_id=grade_id)
        if version != self._version:
            await self._read(me, grade_id)
            self.announcement = translate(
                N_("Your grade was updated: {score}"), me.locale, score=self.head["score"]
            )
            await notify(self, "info", self.announcement)

    def _grade_id(self) -> UUID:
        return parse_id(route_argument(self, "grade_id"))

    async def _read(self, me: Principal, grade_id: UUID) -> None:
        async with unit_of_work(me) as work:
            found = await results.explain_own(work=work, me=me, grade_id=grade_id)
            await results.mark_seen(work=work, me=me, grade_id=grade_id)
        self._version = found.grade.version
        self.head = _head(found, me)
        self.steps = steps_of(found.grade, me.locale)
        self.results = [_result(one, number, found, me) for number, one in enumerate(found.marked, start=1)]


def _head(found: ExplainedGrade, me: Principal) -> GradeHead:
    grade, attempt = found.grade, found.attempt
    assert grade.released_at is not None
    return GradeHead(
        title=found.assessment.title,
        kind=translate(KIND_NAMES.get(found.assessment.kind, ENTERED_ONLY), me.locale),
        course=found.course.title,
        course_id=str(found.course.id),
        score=score_text(grade, me.locale),
        percent=percent_text(grade, me.locale),
        status=grade.status,
        status_text=translate(RESULT_TEXTS.get(grade.status, grade.status), me.locale),
        tone=STATUS_TONES.get(grade.status, "neutral"),
        released=format_datetime(grade.released_at, me.locale, me.timezone),
        handed_in=format_datetime(attempt.submitted_at, me.locale, me.timezone)
        if attempt is not None and attempt.submitted_at is not None
        else "",
        attempt=translate(N_("Attempt {number}"), me.locale, number=attempt.number)
        if attempt is not None
        else "",
    )


_OUTCOME_TONES = {"correct": "success", "partly": "warning", "incorrect": "danger", "blank": "neutral"}


def _result(one: Marked, number: int, found: ExplainedGrade, me: Principal) -> ResultLine:
    response, locale = one.response, me.locale
    words, blank = words_of(one, locale)
    text = written_text(one)
    scale = found.scale.get(one.rubric_id, []) if one.rubric_id is not None else []
    by_person = response.graded_by is not None
    shown = by_person or found.feedback.shows(Feedback.OUTCOMES)
    return ResultLine(
        id=str(response.id),
        number=number,
        kind=translate(question_type(one.version.type).name, locale),
        stem_html=one.version.stem_html,
        answer=[line for line in words if line != text],
        written=bool(text),
        blank=blank,
        outcome=translate(OUTCOME_TEXTS["needs_review"], locale)
        if by_person
        else translate(
            OUTCOME_TEXTS.get(response.outcome, N_("Not scored")) if shown else N_("Not shown yet"), locale
        ),
        tone="accent" if by_person else _OUTCOME_TONES.get(response.outcome if shown else "", "neutral"),
        score=format_points(response.points, locale, one.item.points)
        if response.points is not None and shown
        else translate_plural("{points} point", "{points} points", 0, locale, points="–"),
        steps=[Message.from_json(step).render(locale) for step in response.explanation]
        if not by_person and shown
        else [],
        feedback_html=one.version.feedback_html if found.feedback.shows(Feedback.SOLUTIONS) else "",
        comment=response.comment,
        levels=_levels(scale, found.chosen.get(response.id, {}), locale),
    )


def _levels(scale: Sequence[CriterionScale], chosen: Mapping[UUID, UUID], locale: str) -> list[ChosenLevel]:
    lines: list[ChosenLevel] = []
    for one in scale:
        level = next((row for row in one.levels if row.id == chosen.get(one.criterion.id)), None)
        if level is None:
            continue
        lines.append(
            ChosenLevel(
                id=str(one.criterion.id),
                title=one.criterion.title,
                level=level.title,
                points=format_points(level.points, locale, one.possible),
                description=level.description,
            )
        )
    return lines
