"""The grading desk."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import ConfigDict, Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.grading import comments, service
from eduplatform.domain.grading import desk as desks
from eduplatform.domain.grading.desk import Desk, ScoredMeanwhile
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_points, format_time
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.desk_rows import (
    AnswerLine,
    EntryLine,
    EventLine,
    answer_lines,
    entry_lines,
    event_lines,
    grade_text,
    late_text,
    read_marks,
    student_names,
)


class MarksForm(Form):
    """Scores and comments of one attempt; the names of further fields carry the ids of responses."""

    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)

    attempt_id: UUID
    version: int


class ReasonForm(Form):
    """Why something is done."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class BankForm(Form):
    """A remark for the comment bank."""

    title: Annotated[str, Field(max_length=400)] = ""
    text: Annotated[str, Field(max_length=10_000)] = ""


class BankLine(TypedDict):
    """A remark of the comment bank."""

    id: str
    title: str
    text: str


class DeskHead(TypedDict):
    """What the desk is about, and the work in front."""

    title: str
    course: str
    course_id: str
    student: str
    section: str
    handed_in: str
    late: str
    grade: str
    status: str
    released: bool
    excused: bool
    releasable: bool


NO_HEAD = DeskHead(
    title="",
    course="",
    course_id="",
    student="",
    section="",
    handed_in="",
    late="",
    grade="",
    status="none",
    released=False,
    excused=False,
    releasable=False,
)


class GradingDeskState(PageMixin, rx.State):
    """One student's work beside its rubric."""

    head: DeskHead = NO_HEAD
    entries: list[EntryLine] = []
    answers: list[AnswerLine] = []
    events: list[EventLine] = []
    bank: list[BankLine] = []
    totals: dict[str, str] = {}
    attempt_id: str = ""
    version: int = 0
    sheet: int = 0
    previous_id: str = ""
    next_id: str = ""
    graded: int = 0
    count: int = 0
    to_release: int = 0
    anonymous: bool = False
    focused: int = 0
    criteria: int = 0
    conflict: str = ""
    saved: str = ""
    draft_key: str = ""
    dialog: str = ""
    _user_id: str = ""
    _ahead_id: str = ""
    _ahead: list[AnswerLine] = []
    _ahead_version: int = 0
    _chosen: dict[str, str] = {}
    _worth: dict[str, str] = {}

    @rx.var
    def form_id(self) -> str:
        """Id of the form; another one for each student's work, so that nothing is carried over."""
        return f"marks-{self.attempt_id}-{self.sheet}"

    @rx.var
    def following_criterion(self) -> int:
        """The criterion after the one that has the keys."""
        return (self.focused + 1) % self.criteria if self.criteria else 0

    @rx.var
    def comment_id(self) -> str:
        """The first comment box."""
        return f"comment-{self.answers[0]['response_id']}" if self.answers else ""

    @handler(Permission.GRADE_WRITE, loads=True)
    async def load(self, me: Principal) -> None:
        """The desk at ``?attempt=``, else at the first work that waits."""
        self.attempt_id = str(self.router.url.query_parameters.get("attempt", ""))
        self.conflict = self.saved = self.dialog = ""
        await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def show(self, me: Principal, attempt_id: UUID) -> object:
        """Put other work in front; the next one is there already."""
        self._turn_to(str(attempt_id))
        return GradingDeskState.settle_in

    @handler(Permission.GRADE_WRITE)
    async def settle_in(self, me: Principal) -> None:
        """Read what belongs to the work that was put in front, and the one after it."""
        await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def set_anonymous(self, me: Principal, on: bool) -> None:
        """Hide or show the names."""
        self.anonymous = on
        await self._read(me, adopt=False)

    @handler(Permission.GRADE_WRITE)
    async def focus_criterion(self, me: Principal, place: Annotated[int, Field(ge=0, le=1000)]) -> None:
        """Give a criterion the number keys."""
        self.focused = place

    @handler(Permission.GRADE_WRITE)
    async def choose(self, me: Principal, response_id: UUID, criterion_id: UUID, level_id: UUID) -> None:
        """Show the new total; nothing is stored before saving."""
        for answer in self.answers:
            if answer["response_id"] != str(response_id):
                continue
            for criterion in answer["criteria"]:
                if criterion["id"] == str(criterion_id):
                    self._chosen = {**self._chosen, criterion["name"]: str(level_id)}
        self._add_up(me)

    @handler(Permission.GRADE_WRITE)
    async def save(self, me: Principal, form: MarksForm) -> object:
        """Store scores and comments in one transaction; a colleague's work is never overwritten."""
        try:
            async with unit_of_work(me) as work:
                await desks.save_marks(
                    work=work,
                    me=me,
                    attempt_id=form.attempt_id,
                    version=form.version,
                    marks=read_marks(form.model_extra or {}),
                )
        except ScoredMeanwhile as error:
            self.conflict = translate(error.detail, me.locale, **error.params)
            return None
        self.conflict = ""
        self.saved = translate(
            N_("Saved at {time}"), me.locale, time=format_time(utc_now(), me.locale, me.timezone)
        )
        return GradingDeskState.refresh_saved(str(form.attempt_id))

    @handler(Permission.GRADE_WRITE)
    async def refresh_saved(self, me: Principal, attempt_id: UUID) -> None:
        """Read the grade that came of it, unless the teacher has gone on to other work."""
        await self._read(me, adopt=self.attempt_id == str(attempt_id), keep_form=True)

    @handler(Permission.GRADE_WRITE)
    async def take_theirs(self, me: Principal) -> None:
        """After a conflict: show what the colleague saved."""
        self.conflict = ""
        self.sheet += 1
        await self._read(me, adopt=True)

    @handler(Permission.GRADE_WRITE)
    async def release(self, me: Principal) -> object:
        """Let this student see the grade."""
        user_id = parse_id(self._user_id)
        async with unit_of_work(me) as work:
            count = await service.release(
                work=work, me=me, assessment_id=self._assessment(), user_ids=[user_id]
            )
        await self._tell_released(me, count)
        return GradingDeskState.refresh

    @handler(Permission.GRADE_WRITE)
    async def release_all(self, me: Principal) -> object:
        """Let every student see a grade that is complete."""
        self.dialog = ""
        async with unit_of_work(me) as work:
            count = await service.release(work=work, me=me, assessment_id=self._assessment())
        await self._tell_released(me, count)
        return GradingDeskState.refresh

    async def _tell_released(self, me: Principal, count: int) -> None:
        if count:
            one, many = N_("{count} grade released."), N_("{count} grades released.")
            await notify(self, "success", translate_plural(one, many, count, me.locale))
        else:
            text = N_("Nothing to release: score everything and save first.")
            await notify(self, "warning", translate(text, me.locale))

    @handler(Permission.GRADE_WRITE)
    async def unrelease(self, me: Principal, form: ReasonForm) -> object:
        """Take the grade back, so that the student no longer sees it."""
        async with unit_of_work(me) as work:
            await service.unrelease(
                work=work,
                me=me,
                assessment_id=self._assessment(),
                user_id=parse_id(self._user_id),
                reason=form.reason,
            )
        self.dialog = ""
        await notify(self, "success", translate(N_("The student no longer sees this grade."), me.locale))
        return GradingDeskState.refresh

    @handler(Permission.GRADE_WRITE)
    async def excuse(self, me: Principal, form: ReasonForm) -> object:
        """Excuse the student, or take the excuse back."""
        async with unit_of_work(me) as work:
            await service.excuse(
                work=work,
                me=me,
                assessment_id=self._assessment(),
                user_id=parse_id(self._user_id),
                reason=form.reason,
                excused=not self.head["excused"],
            )
        self.dialog = ""
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return GradingDeskState.refresh

    @handler(Permission.GRADE_WRITE)
    async def open_dialog(
        self, me: Principal, name: Literal["unrelease", "excuse", "release_all", "bank"]
    ) -> None:
        """Open one of the dialogs."""
        self.dialog = name

    @handler(Permission.GRADE_WRITE)
    async def close_dialog(self, me: Principal) -> None:
        """Close it without doing anything."""
        self.dialog = ""

    @handler(Permission.GRADE_WRITE)
    async def refresh(self, me: Principal) -> None:
        """Read again; what is being entered stays."""
        await self._read(me, adopt=False)

    @handler(Permission.GRADE_WRITE)
    async def add_comment(self, me: Principal, form: BankForm) -> object:
        """Put a remark into the bank."""
        async with unit_of_work(me) as work:
            await comments.add_comment(
                work=work,
                me=me,
                course_id=parse_id(self.head["course_id"]),
                title=form.title,
                text=form.text,
            )
        self.dialog = ""
        return GradingDeskState.refresh

    @handler(Permission.GRADE_WRITE)
    async def delete_comment(self, me: Principal, comment_id: UUID) -> None:
        """Take a remark out of the bank."""
        async with unit_of_work(me) as work:
            await comments.delete_comment(work=work, me=me, comment_id=comment_id)
        self.bank = [one for one in self.bank if one["id"] != str(comment_id)]

    def _assessment(self) -> UUID:
        return parse_id(route_argument(self, "assessment_id"))

    def _turn_to(self, attempt_id: str) -> None:
        """Forget everything of the work before, and show what was fetched ahead."""
        self.attempt_id, self.sheet = attempt_id, 0
        self.conflict = self.saved = ""
        self.errors = {}
        ahead = self._ahead_id == attempt_id
        self.answers = self._ahead if ahead else []
        self.version = self._ahead_version if ahead else 0
        self.events, self.totals, self.focused = [], {}, 0
        self._chosen = {}
        self.entries = [{**one, "current": one["id"] == attempt_id} for one in self.entries]

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
                anonymous=self.anonymous,
            )
        self._show_list(desk, me)
        current = desk.current
        if current is None:
            self.answers, self.attempt_id = [], ""
            return
        fresh = self.attempt_id != str(current.attempt_id)
        if adopt or fresh:
            if not keep_form and not fresh and self.version and self.version != current.version:
                self.sheet += 1
            self.attempt_id, self.version = str(current.attempt_id), current.version
            self.answers = answer_lines(desk, current.attempt_id, me)
            self.criteria = sum(len(one["criteria"]) for one in self.answers)
            self._choose_stored(desk)
            self._add_up(me)
        self.events = event_lines(desk.history, me)
        self.draft_key = f"grading:{me.user}:{self.attempt_id}"
        following = desk.following
        self._ahead_id = str(following.attempt_id) if following is not None else ""
        self._ahead = answer_lines(desk, following.attempt_id, me) if following is not None else []
        self._ahead_version = following.version if following is not None else 0

    def _show_list(self, desk: Desk, me: Principal) -> None:
        names = student_names(desk, anonymous=self.anonymous, locale=me.locale)
        self.entries = entry_lines(desk, names, me)
        self.bank = [BankLine(id=str(one.id), title=one.title, text=one.text) for one in desk.comments]
        self.count = len(desk.entries)
        self.graded = sum(not one.needs_grading for one in desk.entries)
        ready = [one for one in desk.entries if one.released_at is None and one.status in service.RELEASABLE]
        self.to_release = len({one.user_id for one in ready})
        current = desk.current
        title, course = desk.assessment.title, desk.course
        self.head = {**NO_HEAD, "title": title, "course": course.title, "course_id": str(course.id)}
        self.previous_id = self.next_id = ""
        if current is None:
            return
        place = desk.entries.index(current)
        self.previous_id = str(desk.entries[place - 1].attempt_id) if place else ""
        self.next_id = str(desk.following.attempt_id) if desk.following is not None else ""
        self._user_id = str(current.user_id)
        self.head = {
            **self.head,
            "student": names[current.user_id],
            "section": current.section,
            "handed_in": format_datetime(current.submitted_at, me.locale, me.timezone),
            "late": late_text(current, me),
            "grade": grade_text(current, me),
            "status": current.status,
            "released": current.released_at is not None,
            "excused": current.status == "excused",
            "releasable": current.released_at is None and current.status in service.RELEASABLE,
        }

    def _choose_stored(self, desk: Desk) -> None:
        """Start from the levels that are stored."""
        self._worth = {
            str(level.id): str(level.points)
            for scale in desk.scale.values()
            for one in scale
            for level in one.levels
        }
        self._chosen = {
            criterion["name"]: level["id"]
            for answer in self.answers
            for criterion in answer["criteria"]
            for level in criterion["levels"]
            if level["chosen"]
        }

    def _add_up(self, me: Principal) -> None:
        """The totals of what is chosen in the form, by response."""
        totals: dict[str, str] = {}
        for answer in self.answers:
            if not answer["rubric"]:
                continue
            chosen = [self._chosen.get(one["name"], "") for one in answer["criteria"]]
            total = sum(float(self._worth.get(level, "0")) for level in chosen)
            most = sum(
                max((float(self._worth.get(level["id"], "0")) for level in one["levels"]), default=0.0)
                for one in answer["criteria"]
            )
            missing = chosen.count("")
            totals[answer["response_id"]] = (
                format_points(total, me.locale, most)
                if not missing
                else translate_plural(
                    "{points}, {count} criterion open",
                    "{points}, {count} criteria open",
                    missing,
                    me.locale,
                    points=format_points(total, me.locale, most),
                )
            )
        self.totals = totals
