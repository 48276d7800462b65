"""An assignment as its student sees it: what is asked, the draft, the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

import reflex as rx

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, submissions
from eduplatform.domain.assessment.availability import EffectivePolicy, late_seconds
from eduplatform.domain.assessment.models import Attempt, AttemptState
from eduplatform.domain.assessment.submissions import AssignmentView
from eduplatform.domain.assessment.types.submission import SubmissionBody
from eduplatform.domain.grading.rubric_repository import CriterionScale
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import (
    format_datetime,
    format_duration,
    format_points,
    time_zone,
)
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.attempts import Rule, late_in_words
from eduplatform.state.base import PageMixin, handler, notify, parse_id, route_argument


class LevelLine(TypedDict):
    """A level of a criterion, best first."""

    title: str
    points: str
    description: str


class CriterionLine(TypedDict):
    """A criterion of the rubric."""

    id: str
    title: str
    description: str
    levels: list[LevelLine]


class ReceiptLine(TypedDict):
    """Work that was handed in: when, how late in words, and by whom of the group."""

    id: str
    title: str
    when: str
    late: str
    by: str
    automatic: bool


NO_RECEIPT = ReceiptLine(id="", title="", when="", late="", by="", automatic=False)


class AssignmentState(PageMixin, rx.State):
    """One assignment of the student."""

    assessment_id: str = ""
    course_id: str = ""
    course_title: str = ""
    title: str = ""
    points: str = ""
    instructions_html: str = ""
    rules: list[Rule] = []
    criteria: list[CriterionLine] = []
    group: str = ""
    members: list[str] = []
    running_id: str = ""
    lateness: str = ""
    may_start: bool = False
    again: bool = False
    reason: str = ""
    receipt: ReceiptLine = NO_RECEIPT
    earlier: list[ReceiptLine] = []
    may_withdraw: bool = False
    grade: str = ""
    grade_id: str = ""
    zone: str = ""

    @handler(Permission.ATTEMPT_TAKE, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.assessment_id = route_argument(self, "assessment_id")
        await self._read(me)

    @handler(Permission.ATTEMPT_TAKE)
    async def refresh(self, me: Principal) -> None:
        """Opening, closing, handing in by a member and the grade come by themselves."""
        await self._read(me)

    @handler(Permission.ATTEMPT_TAKE)
    async def start(self, me: Principal) -> None:
        """Begin a draft, or another attempt with the text of the last one."""
        async with unit_of_work(me) as work:
            await attempts.start(work=work, me=me, assessment_id=parse_id(self.assessment_id))
        await self._read(me)

    @handler(Permission.ATTEMPT_TAKE)
    async def withdraw(self, me: Principal) -> None:
        """Take back what was handed in."""
        async with unit_of_work(me) as work:
            await submissions.withdraw(work=work, me=me, attempt_id=parse_id(self.receipt["id"]))
        await self._read(me)
        await notify(self, "success", translate(N_("Taken back. You can work on it again."), me.locale))

    async def _read(self, me: Principal) -> None:
        now = utc_now()
        async with unit_of_work(me) as work:
            found = await submissions.view_assignment(
                work=work, me=me, assessment_id=parse_id(self.assessment_id), now=now
            )
        self._show(found, me, now)

    def _show(self, found: AssignmentView, me: Principal, now: datetime) -> None:
        one, locale = found.assessment, me.locale
        self.course_id, self.course_title = str(found.course.id), found.course.title
        self.title, self.points = one.title, format_points(one.points, locale)
        self.instructions_html, self.zone = one.instructions_html, time_zone(me.timezone).key
        self.rules = [Rule(icon=icon, text=text) for icon, text in rules_in_words(found, me)]
        self.criteria = [_criterion(row, locale) for row in found.rubric]
        self.group = found.group.name if found.group is not None else ""
        self.members = [f"{row.given_name} {row.family_name}".strip() for row in found.members]
        self.running_id = str(found.running.id) if found.running is not None else ""
        self.lateness = (
            _lateness(found.policy, found.running.started_at, me, now) if found.running is not None else ""
        )
        self.may_start, self.again = found.start.allowed, bool(found.attempts)
        self.reason = found.start.reason.render(locale) if found.start.reason is not None else ""
        names = {row.user_id: f"{row.given_name} {row.family_name}".strip() for row in found.members}
        handed = [
            _receipt(row, names, me)
            for row in reversed(found.attempts)
            if row.state == AttemptState.SUBMITTED
        ]
        self.receipt = handed[0] if handed else NO_RECEIPT
        self.earlier = handed[1:] if self.running_id == "" else handed
        self.may_withdraw = found.may_withdraw(now)
        grade = found.grade
        self.grade_id = str(grade.id) if grade is not None else ""
        self.grade = (
            format_points(grade.points, locale, grade.possible)
            if grade is not None and grade.points is not None
            else ""
        )


def _criterion(row: CriterionScale, locale: str) -> CriterionLine:
    return CriterionLine(
        id=str(row.criterion.id),
        title=row.criterion.title,
        description=row.criterion.description,
        levels=[
            LevelLine(
                title=level.title,
                points=format_points(level.points, locale),
                description=level.description,
            )
            for level in row.levels
        ],
    )


def _receipt(row: Attempt, names: Mapping[UUID, str], me: Principal) -> ReceiptLine:
    locale = me.locale
    return ReceiptLine(
        id=str(row.id),
        title=translate(N_("Attempt {number}"), locale, number=row.number),
        when=format_datetime(row.submitted_at or row.started_at, locale, me.timezone),
        late=format_duration(timedelta(seconds=row.late_seconds), locale) if row.late_seconds else "",
        by=names.get(row.submitted_by or row.user_id, "") if row.group_id is not None else "",
        automatic=row.auto_submitted,
    )


def _lateness(policy: EffectivePolicy, started_at: datetime, me: Principal, now: datetime) -> str:
    seconds = late_seconds(policy, submitted_at=now, started_at=started_at)
    if not seconds:
        return ""
    return translate(
        N_("It is late by {time} now."),
        me.locale,
        time=format_duration(timedelta(seconds=seconds), me.locale),
    )


def asked_in_words(body: SubmissionBody, locale: str) -> str:
    """What is handed in, as one sentence."""
    parts: list[str] = []
    if body.text:
        parts.append(translate(N_("a text"), locale))
    if body.files:
        parts.append(translate(N_("files (up to {count})"), locale, count=body.max_files))
    if body.link:
        parts.append(translate(N_("a link"), locale))
    listed = ", ".join(parts)
    if len(parts) == 1:
        return translate(N_("You hand in {parts}."), locale, parts=listed)
    every = N_("You hand in all of these: {parts}.")
    some = N_("You hand in at least one of these: {parts}.")
    return translate(every if body.require_all else some, locale, parts=listed)


def rules_in_words(found: AssignmentView, me: Principal) -> list[tuple[str, str]]:
    """What a student has to know, as an icon's name and a sentence each."""
    policy, locale = found.policy, me.locale

    def moment(at: datetime) -> str:
        return format_datetime(at, locale, me.timezone)

    rules = [("list-checks", asked_in_words(found.body, locale))]
    if policy.opens_at is not None and policy.opens_at > utc_now():
        rules.append(("calendar", translate(N_("Opens {moment}."), locale, moment=moment(policy.opens_at))))
    if policy.due_at is not None:
        rules.append(("clock", translate(N_("Due {moment}."), locale, moment=moment(policy.due_at))))
        rules.append(("info", late_in_words(policy, locale)))
    else:
        rules.append(("clock", translate(N_("There is no due date."), locale)))
    if policy.closes_at is not None:
        closes = N_("Closes {moment}; what is in your draft then is handed in for you.")
        rules.append(("lock", translate(closes, locale, moment=moment(policy.closes_at))))
    rules.append(("refresh-cw", _attempts_in_words(policy, len(found.attempts), locale)))
    return rules


_COUNTS: dict[str, str] = {
    "best": N_("The best attempt counts."),
    "last": N_("The last attempt counts."),
    "average": N_("The average of all attempts counts."),
}


def _attempts_in_words(policy: EffectivePolicy, used: int, locale: str) -> str:
    allowed = policy.attempts_allowed
    if allowed == 1:
        return translate(N_("You can hand it in once."), locale)
    if allowed is None:
        text = translate(N_("You can hand it in as often as you like."), locale)
    else:
        text = translate(
            N_("You can hand it in {allowed} times; {used} used."), locale, allowed=allowed, used=used
        )
    return f"{text} {translate(_COUNTS[policy.scoring], locale)}"
