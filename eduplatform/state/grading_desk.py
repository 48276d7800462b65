"""The grading desk: the work in front, what is entered beside it, and the way to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import ConfigDict, Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.grading import desk as desks
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading import service
from eduplatform.domain.grading.desk import Desk
from eduplatform.domain.grading.marks import ScoredMeanwhile
from eduplatform.domain.grading.worklist import DeskEntry, DeskFilter
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_points, format_time
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, parse_id
from eduplatform.state.desk_release import DeskReleaseMixin
from eduplatform.state.desk_rows import (
    AnswerLine,
    ConflictLine,
    CriterionLine,
    EntryLine,
    EventLine,
    answer_lines,
    conflict_lines,
    entry_lines,
    event_lines,
    grade_text,
    late_text,
    read_marks,
    rubric_lines,
    student_name,
)
from eduplatform.state.rows import Option

VISITED = 20
"""How many works that the grader has just seen stay in a filtered list."""


class MarksForm(Form):
    """Scores and comments of one attempt; the names of further fields carry the ids of responses."""

    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)

    attempt_id: UUID
    version: int


class BankLine(TypedDict):
    """A remark of the comment bank."""

    id: str
    code: str
    title: str
    text: str


class DeskHead(TypedDict):
    """The work in front."""

    student: str
    section: str
    handed_in: str
    late: str
    grade: str
    released: bool
    planned: str
    excused: bool
    releasable: bool


class Ahead(TypedDict):
    """Work that is not in front yet, ready to be shown."""

    head: DeskHead
    answers: list[AnswerLine]
    version: int


NO_HEAD = DeskHead(
    student="",
    section="",
    handed_in="",
    late="",
    grade="",
    released=False,
    planned="",
    excused=False,
    releasable=False,
)


class GradingDeskState(DeskReleaseMixin, PageMixin, rx.State):
    """One student's work beside its rubric."""

    assessment_id: str = ""
    title: str = ""
    course: str = ""
    head: DeskHead = NO_HEAD
    entries: list[EntryLine] = []
    answers: list[AnswerLine] = []
    rubrics: dict[str, list[CriterionLine]] = {}
    events: list[EventLine] = []
    grade_steps: list[str] = []
    bank: list[BankLine] = []
    totals: dict[str, str] = {}
    attempt_id: str = ""
    version: int = 0
    sheet: int = 0
    previous_id: str = ""
    next_id: str = ""
    texts_ahead: list[str] = []
    graded: int = 0
    count: int = 0
    to_release: int = 0
    planned: int = 0
    show_only: str = "all"
    late_only: bool = False
    section: str = ""
    question: str = ""
    sections: list[Option] = []
    questions: list[Option] = []
    conflict: str = ""
    conflicts: list[ConflictLine] = []
    undo_text: str = ""
    saved: str = ""
    draft_key: str = ""
    _ahead: dict[str, Ahead] = {}
    _visited: list[str] = []
    _chosen: dict[str, dict[str, str]] = {}
    _advance: bool = False
    _mine: dict[str, Any] = {}
    _their_version: int = 0

    @rx.var
    def form_id(self) -> str:
        """Id of the form; another one for each student's work, so that nothing is carried over."""
        return f"marks-{self.attempt_id}-{self.sheet}"

    @rx.var
    def comment_id(self) -> str:
        """The first comment box."""
        return f"comment-{self.answers[0]['response_id']}" if self.answers else ""

    @rx.var
    def highlight_id(self) -> str:
        """The button that begins a highlight in the first written answer."""
        return next((f"highlight-{one['response_id']}" for one in self.answers if one["written"]), "")

    @handler(Permission.GRADE_WRITE, loads=True)
    async def load(self, me: Principal) -> None:
        """The desk at ``?attempt=``, else at the first work that waits; ``?section=`` keeps to one section."""
        query = self.router.url.query_parameters
        self.attempt_id, self.section = str(query.get("attempt", "")), str(query.get("section", ""))
        self.assessment_id = str(self._assessment())
        self.show_only, self.late_only, self.question = "all", False, ""
        self.conflict = self.saved = self.dialog = self.batch = self.batch_text = ""
        self.conflicts, self._visited, self._advance = [], [], False
        await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def show(self, me: Principal, attempt_id: UUID) -> object:
        """Put other work in front; the next one is there already."""
        self._turn_to(str(attempt_id), me)
        return GradingDeskState.settle_in(str(attempt_id))

    @handler(Permission.GRADE_WRITE)
    async def settle_in(self, me: Principal, attempt_id: UUID) -> None:
        """Read what belongs to the work that was put in front, unless the grader has gone on already."""
        if self.attempt_id == str(attempt_id):
            await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def narrow(
        self,
        me: Principal,
        name: Literal["show_only", "section", "question"],
        value: Annotated[str, Field(max_length=40)],
    ) -> None:
        """Go through other work, or through one question of all students."""
        if name == "question":
            self.sheet += 1
        setattr(self, name, value)
        self.attempt_id = self.attempt_id if name == "question" else ""
        self._visited = []
        await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def filter_late(self, me: Principal, on: bool) -> None:
        """Go through late work only."""
        self.late_only, self.attempt_id, self._visited = on, "", []
        await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def show_everything(self, me: Principal) -> None:
        """Forget the filters."""
        self.show_only, self.late_only, self.section, self.question = "all", False, "", ""
        self.attempt_id, self._visited = "", []
        await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def choose(self, me: Principal, response_id: UUID, criterion_id: UUID, level_id: UUID) -> None:
        """Show the new total; nothing is stored before saving."""
        key = str(response_id)
        if any(one["response_id"] == key for one in self.answers):
            chosen = {**self._chosen.get(key, {}), str(criterion_id): str(level_id)}
            self._chosen = {**self._chosen, key: chosen}
            self._add_up(me)

    @handler(Permission.GRADE_WRITE)
    async def use_newest(self, me: Principal, response_id: UUID) -> None:
        """Score an answer anew with the newest version of its rubric; the old score stands until saving."""
        key = str(response_id)
        self.answers = [
            {**one, "rubric": one["newest"], "newest": "", "chosen": {}}
            if one["response_id"] == key and one["newest"]
            else one
            for one in self.answers
        ]
        self._chosen = {**self._chosen, key: {}}
        self._add_up(me)

    @handler(Permission.GRADE_WRITE)
    async def go_on_after_saving(self, me: Principal) -> None:
        """The form that is about to be sent is to be followed by the next work."""
        self._advance = True

    @handler(Permission.GRADE_WRITE)
    async def save(self, me: Principal, form: MarksForm) -> object:
        """Store scores and comments in one transaction; a colleague's work is never overwritten."""
        advance, self._advance = self._advance, False
        fields = form.model_extra or {}
        try:
            await self._store(me, form.attempt_id, form.version, fields)
        except ScoredMeanwhile as error:
            self.conflict = translate(error.detail, me.locale, **error.params)
            self._mine = dict(fields)
            return GradingDeskState.show_conflict(str(form.attempt_id))
        if advance and self.next_id and self.attempt_id == str(form.attempt_id):
            return GradingDeskState.show(self.next_id)
        return GradingDeskState.refresh_saved(str(form.attempt_id))

    async def _store(self, me: Principal, attempt_id: UUID, version: int, fields: Mapping[str, Any]) -> None:
        async with unit_of_work(me) as work:
            await marking.save_marks(
                work=work, me=me, attempt_id=attempt_id, version=version, marks=read_marks(fields)
            )
        self.conflict, self.conflicts, self._mine = "", [], {}
        self.saved = translate(
            N_("Saved at {time}"), me.locale, time=format_time(utc_now(), me.locale, me.timezone)
        )

    @handler(Permission.GRADE_WRITE)
    async def refresh_saved(self, me: Principal, attempt_id: UUID) -> None:
        """Read the grade that came of it, unless the teacher has gone on to other work."""
        await self._read(me, adopt=self.attempt_id == str(attempt_id), keep_form=True)

    @handler(Permission.GRADE_WRITE)
    async def show_conflict(self, me: Principal, attempt_id: UUID) -> None:
        """Read what the colleague saved, to show it beside what is entered here."""
        async with unit_of_work(me) as work:
            desk = await desks.open_desk(
                work=work, me=me, assessment_id=self._assessment(), attempt_id=attempt_id
            )
        if desk.current is None:
            return
        self._their_version = desk.current.version
        lines = answer_lines(desk, attempt_id, me)
        self.conflicts = conflict_lines(lines, rubric_lines(desk, me), self._mine, me.locale)

    @handler(Permission.GRADE_WRITE)
    async def overwrite(self, me: Principal) -> object:
        """After a conflict, having seen both: store one's own marks over the colleague's."""
        attempt_id = parse_id(self.attempt_id)
        try:
            await self._store(me, attempt_id, self._their_version, self._mine)
        except ScoredMeanwhile as error:
            self.conflict = translate(error.detail, me.locale, **error.params)
            return GradingDeskState.show_conflict(str(attempt_id))
        return GradingDeskState.refresh_saved(str(attempt_id))

    @handler(Permission.GRADE_WRITE)
    async def show_stored(self, me: Principal) -> None:
        """Show what is stored instead of what is entered."""
        self.conflict, self.conflicts, self._mine = "", [], {}
        self.sheet += 1
        await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def refresh(self, me: Principal) -> None:
        """Read again; what is being entered stays."""
        await self._read(me, adopt=False)

    def _turn_to(self, attempt_id: str, me: Principal) -> None:
        """Forget everything of the work before, and show what was read ahead."""
        self._visited = [*[one for one in self._visited if one != self.attempt_id], self.attempt_id][
            -VISITED:
        ]
        self.attempt_id, self.sheet = attempt_id, 0
        self.conflict = self.saved = self.undo_text = ""
        self.errors, self.conflicts, self._mine = {}, [], {}
        ahead = self._ahead.get(attempt_id)
        self.answers = ahead["answers"] if ahead else []
        self.version = ahead["version"] if ahead else 0
        self.head = ahead["head"] if ahead else NO_HEAD
        self.events, self.totals = [], {}
        self.draft_key = self._draft_key(me)
        order = [one["id"] for one in self.entries]
        place = order.index(attempt_id) if attempt_id in order else -1
        self.previous_id = order[place - 1] if place > 0 else ""
        self.next_id = order[place + 1] if 0 <= place < len(order) - 1 else ""
        self._choose_stored()
        self._add_up(me)

    async def _read(self, me: Principal, *, adopt: bool, keep_form: bool = False) -> None:
        """Read the desk.

        Args:
            me: The teacher.
            adopt: Show the newest scores of the work in front. Otherwise what is shown and its version stay, so that
                saving meets the conflict if there is one.
            keep_form: The form shows already what is stored.
        """
        asked = parse_id(self.attempt_id) if self.attempt_id else None
        async with unit_of_work(me) as work:
            desk = await desks.open_desk(
                work=work,
                me=me,
                assessment_id=self._assessment(),
                attempt_id=asked,
                wanted=self._wanted(),
            )
        self._show_list(desk, me)
        current = desk.current
        if current is None:
            self.answers, self.attempt_id, self.head = [], "", NO_HEAD
            return
        self._put("rubrics", rubric_lines(desk, me))
        fresh = self.attempt_id != str(current.attempt_id)
        if adopt or fresh:
            if not keep_form and not fresh and self.version and self.version != current.version:
                self.sheet += 1
            self._put("attempt_id", str(current.attempt_id))
            self._put("version", current.version)
            self._put("answers", answer_lines(desk, current.attempt_id, me))
            self._choose_stored()
            self._add_up(me)
        self._put("draft_key", self._draft_key(me))
        self._show_history(desk, current, me)
        self._ahead = {
            str(one.attempt_id): Ahead(
                head=_head(one, desk, me), answers=answer_lines(desk, one.attempt_id, me), version=one.version
            )
            for one in desk.around
        }
        texts = [
            row["response_id"] for one in self._ahead.values() for row in one["answers"] if row["written"]
        ]
        self._put("texts_ahead", texts)

    def _draft_key(self, me: Principal) -> str:
        """What is being entered, and on which state of the work: what was stored since replaces it."""
        return f"grading:{me.user}:{self.attempt_id}:{self.question}:{self.version}"

    def _put(self, name: str, value: object) -> None:
        """Change a variable only when it differs, so that nothing travels that the page has already."""
        if getattr(self, name) != value:
            setattr(self, name, value)

    def _wanted(self) -> DeskFilter:
        return DeskFilter(
            show=self.show_only,
            late=self.late_only,
            section_id=parse_id(self.section) if self.section else None,
            item_id=parse_id(self.question) if self.question else None,
            keep=[UUID(one) for one in self._visited if one],
        )

    def _show_list(self, desk: Desk, me: Principal) -> None:
        self._put("entries", entry_lines(desk, me))
        self._put(
            "bank",
            [
                BankLine(id=str(one.id), code=one.code, title=one.title, text=one.text)
                for one in desk.comments
            ],
        )
        self._put("sections", [Option(value=str(key), label=name) for key, name in desk.sections])
        self.count = len(desk.entries)
        self.graded = sum(not one.needs_grading for one in desk.entries)
        hidden = [one for one in desk.entries if one.released_at is None or one.released_at > desk.now]
        self.to_release = len({one.user_id for one in hidden if one.status in service.RELEASABLE})
        self.planned = len({one.user_id for one in hidden if one.released_at is not None})
        self._put("title", desk.assessment.title)
        self._put("course", desk.course.title)
        self._put("course_id", str(desk.course.id))
        self._put("anonymous", desk.assessment.anonymous)
        current = desk.current
        place = desk.entries.index(current) if current is not None else 0
        after = desk.entries[place + 1 : place + 2]
        self._put("previous_id", str(desk.entries[place - 1].attempt_id) if place else "")
        self._put("next_id", str(after[0].attempt_id) if after else "")
        if current is None:
            return
        self._user_id = str(current.user_id)
        self._put("head", _head(current, desk, me))
        self._put("excused", current.status == "excused")
        if not self.question:
            self._put("questions", _questions(desk, current, me))

    def _show_history(self, desk: Desk, current: DeskEntry, me: Principal) -> None:
        alias = student_name(current, me.locale) if current.alias else ""
        self._put("events", event_lines(desk.history, me, student_id=current.user_id, alias=alias))
        explained = desk.history[0].explanation if desk.history else []
        self._put("grade_steps", [Message.from_json(step).render(me.locale) for step in explained])
        last = desk.undoable
        if last is None:
            self._put("undo_text", "")
            return
        is_marks = "marks" in last.event.before
        self._undo_kind = "marks" if is_marks else "release"
        self._undo_id = str(last.event.id if is_marks else last.event.batch_id)
        what = event_lines([last], me)[0]["what"]
        self._put("undo_text", translate(N_("Undo: {what}"), me.locale, what=what))

    def _choose_stored(self) -> None:
        """Start from the levels that are stored."""
        self._chosen = {one["response_id"]: dict(one["chosen"]) for one in self.answers}

    def _add_up(self, me: Principal) -> None:
        """The totals of what is chosen in the form, by response."""
        totals: dict[str, str] = {}
        for answer in self.answers:
            criteria = self.rubrics.get(answer["rubric"], [])
            if criteria:
                totals[answer["response_id"]] = _total(
                    criteria, self._chosen.get(answer["response_id"], {}), me.locale
                )
        self._put("totals", totals)


def _head(one: DeskEntry, desk: Desk, me: Principal) -> DeskHead:
    visible = one.released_at is not None and one.released_at <= desk.now
    return DeskHead(
        student=student_name(one, me.locale),
        section=one.section,
        handed_in=format_datetime(one.submitted_at, me.locale, me.timezone),
        late=late_text(one, me),
        grade=grade_text(one, me),
        released=visible,
        planned=format_datetime(one.released_at, me.locale, me.timezone)
        if one.released_at is not None and not visible
        else "",
        excused=one.status == "excused",
        releasable=not visible and one.status in service.RELEASABLE,
    )


def _questions(desk: Desk, current: DeskEntry, me: Principal) -> list[Option]:
    """The questions that a person scores, to go through one of them for all students."""
    lines = answer_lines(desk, current.attempt_id, me)
    return [
        Option(
            value=one["item_id"], label=translate(N_("Question {number}"), me.locale, number=one["number"])
        )
        for one in lines
        if one["by_person"]
    ]


def _total(criteria: list[CriterionLine], chosen: Mapping[str, str], locale: str) -> str:
    total = most = 0.0
    missing = 0
    for one in criteria:
        worth = {level["id"]: level["worth"] for level in one["levels"]}
        most += max(worth.values(), default=0.0)
        level = chosen.get(one["id"], "")
        missing += level not in worth
        total += worth.get(level, 0.0)
    points = format_points(total, locale, most)
    if not missing:
        return points
    return translate_plural(
        "{points}, {count} criterion open",
        "{points}, {count} criteria open",
        missing,
        locale,
        points=points,
    )
