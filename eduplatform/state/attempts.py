"""A student's assessments: what there is, what the rules are, the sitting and its result."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import ConfigDict, Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, monitor, results
from eduplatform.domain.assessment.attempts import Overview
from eduplatform.domain.assessment.availability import EffectivePolicy
from eduplatform.domain.assessment.feedback import Feedback
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.results import AttemptResult, QuestionResult
from eduplatform.domain.assessment.rules import KIND_NAMES, AssessmentKind, student_page
from eduplatform.domain.assessment.schemas import StudentRow
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_duration, format_number, format_points
from eduplatform.realtime.channels import Channel
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, parse_id, route_argument


class StudentAssessment(TypedDict):
    """An assessment in the student's list; ``tone`` is the badge's."""

    id: str
    href: str
    title: str
    kind: str
    due: str
    status: str
    tone: str
    details: str


class Rule(TypedDict):
    """One rule in words."""

    icon: str
    text: str


class AttemptLine(TypedDict):
    """One of the student's attempts."""

    id: str
    title: str
    when: str
    status: str
    tone: str
    running: bool


class ResultLine(TypedDict):
    """One question of the result; ``outcome`` is the type's word, ``tone`` the badge's."""

    number: int
    stem_html: str
    answer: list[str]
    status: str
    tone: str
    points: str
    explanation: list[str]
    solution: list[str]
    feedback_html: str
    comment: str
    waiting: bool


class LearnAssessmentsState(PageMixin, rx.State):
    """The assessments of a course."""

    course_id: str = ""
    course_title: str = ""
    rows: list[StudentAssessment] = []

    @handler(Permission.ATTEMPT_TAKE, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.course_id = route_argument(self, "course_id")
        await self._read(me)

    @handler(Permission.ATTEMPT_TAKE)
    async def refresh(self, me: Principal) -> None:
        """What has been published or handed in since."""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        now = utc_now()
        async with unit_of_work(me) as work:
            course, rows = await attempts.list_for_student(
                work=work, me=me, course_id=parse_id(self.course_id), now=now
            )
        self.course_title = course.title
        self.rows = [_row(row, me, now) for row in rows]


def _row(row: StudentRow, me: Principal, now: datetime) -> StudentAssessment:
    one, policy = row.assessment, row.policy
    assert policy is not None
    status, tone = _status(policy, row.attempts, now)
    facts = [format_points(one.points, me.locale)]
    if one.kind != AssessmentKind.ASSIGNMENT:
        asked = row.questions
        facts.insert(
            0, translate_plural("{count} question", "{count} questions", asked, me.locale, count=asked)
        )
    if policy.minutes:
        facts.append(format_duration(timedelta(minutes=policy.minutes), me.locale))
    return StudentAssessment(
        id=str(one.id),
        href=student_page(one.kind, one.id),
        title=one.title,
        kind=translate(KIND_NAMES[one.kind], me.locale),
        due=_due(policy, me),
        status=translate(status, me.locale),
        tone=tone,
        details=" · ".join(facts),
    )


def _due(policy: EffectivePolicy, me: Principal) -> str:
    if policy.due_at is None:
        return translate(N_("No due date"), me.locale)
    return translate(
        N_("Due {moment}"), me.locale, moment=format_datetime(policy.due_at, me.locale, me.timezone)
    )


def _status(policy: EffectivePolicy, own: tuple[Attempt, ...], now: datetime) -> tuple[str, str]:
    if any(attempt.state == AttemptState.IN_PROGRESS for attempt in own):
        return N_("In progress"), "warning"
    if own:
        return N_("Handed in"), "success"
    if policy.opens_at and now < policy.opens_at:
        return N_("Not open yet"), "neutral"
    if policy.closes_at and now >= policy.closes_at:
        return N_("Closed"), "neutral"
    if policy.due_at and now > policy.due_at:
        return N_("Overdue"), "danger"
    return N_("To do"), "accent"


class PasswordForm(Form):
    """The password of an exam, as typed; spaces belong to it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    password: Annotated[str, Field(max_length=200)] = ""


class LearnAssessmentState(PageMixin, rx.State):
    """One assessment before it is begun: the rules in words, and earlier attempts."""

    assessment_id: str = ""
    course_id: str = ""
    course_title: str = ""
    title: str = ""
    kind: str = ""
    instructions_html: str = ""
    rules: list[Rule] = []
    attempts: list[AttemptLine] = []
    running_id: str = ""
    may_start: bool = False
    reason: str = ""
    again: bool = False
    timed: bool = False
    protected: bool = False
    asking: bool = False
    _is_assignment: bool = False

    @handler(Permission.ATTEMPT_TAKE, loads=True)
    async def load(self, me: Principal) -> rx.event.EventSpec | None:
        """Fill the page; an assignment has its own."""
        self.assessment_id = route_argument(self, "assessment_id")
        await self._read(me)
        if self._is_assignment:
            return rx.redirect(f"/learn/assignments/{self.assessment_id}", replace=True)
        return None

    @handler(Permission.ATTEMPT_TAKE)
    async def refresh(self, me: Principal) -> None:
        """Opening and closing come by themselves."""
        await self._read(me)

    @handler(Permission.ATTEMPT_TAKE)
    async def start(self, me: Principal) -> rx.event.EventSpec:
        """Begin an attempt, or go on with the one that is running."""
        return await self._start(me, "")

    @handler(Permission.ATTEMPT_TAKE)
    async def unlock(self, me: Principal, form: PasswordForm) -> rx.event.EventSpec:
        """Begin an attempt with the password."""
        return await self._start(me, form.password)

    @handler(Permission.ATTEMPT_TAKE)
    async def ask(self, me: Principal) -> None:
        """Ask for the password."""
        self.asking = True

    @handler(Permission.ATTEMPT_TAKE)
    async def leave(self, me: Principal) -> None:
        """Not now."""
        self.asking = False

    async def _start(self, me: Principal, password: str) -> rx.event.EventSpec:
        async with unit_of_work(me) as work:
            attempt = await attempts.start(
                work=work, me=me, assessment_id=parse_id(self.assessment_id), password=password
            )
        self.asking = False
        _expect(await self.get_state(AttemptPageState), attempt, course_id=self.course_id, title=self.title)
        return rx.redirect(f"/learn/attempts/{attempt.id}")

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found = await attempts.overview(work=work, me=me, assessment_id=parse_id(self.assessment_id))
        one = found.assessment
        self.course_id, self.course_title = str(found.course.id), found.course.title
        self.title, self.kind = one.title, translate(KIND_NAMES[one.kind], me.locale)
        self.instructions_html = one.instructions_html
        self.rules = [Rule(icon=icon, text=text) for icon, text in rules_in_words(found, me)]
        self.attempts = [attempt_line(attempt, me) for attempt in reversed(found.attempts)]
        self.running_id = str(found.running.id) if found.running else ""
        self.may_start = found.start.allowed
        self.reason = found.start.reason.render(me.locale) if found.start.reason else ""
        self.again = bool(found.attempts)
        self.timed = found.policy.minutes is not None
        self.protected = bool(one.password_hash)
        self._is_assignment = one.kind == AssessmentKind.ASSIGNMENT


def rules_in_words(found: Overview, me: Principal) -> list[tuple[str, str]]:
    """What a student has to know, as an icon's name and a sentence each."""
    policy, one, locale = found.policy, found.assessment, me.locale

    def moment(at: datetime) -> str:
        return format_datetime(at, locale, me.timezone)

    count, points = found.questions, format_points(one.points, locale)
    asked = translate_plural("{count} question", "{count} questions", count, locale, count=count)
    rules = [("list-checks", translate(N_("{questions}, {points}."), locale, questions=asked, points=points))]
    if policy.opens_at:
        rules.append(("calendar", translate(N_("Opens {moment}."), locale, moment=moment(policy.opens_at))))
    if policy.due_at:
        rules.append(("clock", translate(N_("Due {moment}."), locale, moment=moment(policy.due_at))))
        if policy.counts:
            rules.append(("info", late_in_words(policy, locale)))
    if policy.closes_at:
        closes = N_("Closes {moment}; nothing is taken after that.")
        rules.append(("lock", translate(closes, locale, moment=moment(policy.closes_at))))
    if policy.minutes:
        limit = N_("Time limit: {duration}. The clock runs on when you close the page.")
        rules.append(
            (
                "timer",
                translate(limit, locale, duration=format_duration(timedelta(minutes=policy.minutes), locale)),
            )
        )
    else:
        rules.append(("timer", translate(N_("No time limit: you can stop and come back."), locale)))
    rules.append(("refresh-cw", _attempts_in_words(found, locale)))
    if not policy.counts:
        rules.append(("target", translate(N_("This is practice: it does not count for your grade."), locale)))
    if one.password_hash:
        rules.append(("key-round", translate(N_("You need a password to begin."), locale)))
    rules.append(("eye", _feedback_in_words(one, policy, me)))
    if policy.adjustments:
        rules.append(
            ("sparkles", translate(N_("These rules are yours: they differ from the class."), locale))
        )
    return rules


def late_in_words(policy: EffectivePolicy, locale: str) -> str:
    """What late work costs, in a sentence or two."""
    late = policy.late
    if late is None or not late.percent:
        return translate(N_("Late work is taken without a loss of points."), locale)
    rule = (
        N_("Late work loses {percent} % of its points for each hour begun.")
        if late.period == "hour"
        else N_("Late work loses {percent} % of its points for each day begun.")
    )
    words = [translate(rule, locale, percent=format_number(late.percent, locale))]
    if late.max_percent < 100:
        most = N_("Never more than {percent} %.")
        words.append(translate(most, locale, percent=format_number(late.max_percent, locale)))
    if late.grace_minutes:
        grace = format_duration(timedelta(minutes=late.grace_minutes), locale)
        words.append(translate(N_("Up to {duration} later is not late."), locale, duration=grace))
    return " ".join(words)


_SHOWN: dict[Feedback, str] = {
    Feedback.POINTS: N_("your points"),
    Feedback.OUTCOMES: N_("your points and what was right"),
    Feedback.SOLUTIONS: N_("the right answers"),
}


def _feedback_in_words(one: Assessment, policy: EffectivePolicy, me: Principal) -> str:
    """When the student will see what."""
    stages = (
        (one.feedback_submitted, N_("After handing in you see {what}."), None),
        (one.feedback_due, N_("From {moment} on you see {what}."), policy.due_at),
        (one.feedback_closed, N_("From {moment} on you see {what}."), policy.closes_at),
    )
    seen, words = Feedback.NOTHING, list[str]()
    for number, (stored, sentence, at) in enumerate(stages):
        level = Feedback(stored)
        if level is seen or not level.shows(seen) or (number and at is None):
            continue
        moment = format_datetime(at, me.locale, me.timezone) if at else ""
        what = translate(_SHOWN[level], me.locale)
        words.append(translate(sentence, me.locale, what=what, moment=moment))
        seen = level
    if not words:
        return translate(N_("Your teacher decides when you see the result."), me.locale)
    return " ".join(words)


_COUNTS: dict[str, str] = {
    "best": N_("The best attempt counts."),
    "last": N_("The last attempt counts."),
    "average": N_("The average of all attempts counts."),
}


def _attempts_in_words(found: Overview, locale: str) -> str:
    allowed, used = found.policy.attempts_allowed, len(found.attempts)
    if not found.policy.counts:
        return translate(N_("As many attempts as you like."), locale)
    if allowed is None:
        text = translate(N_("As many attempts as you like."), locale)
    elif allowed == 1:
        return translate(N_("One attempt."), locale)
    else:
        text = translate(N_("Attempts: {used} of {allowed} used."), locale, used=used, allowed=allowed)
    return f"{text} {translate(_COUNTS[found.policy.scoring], locale)}"


def attempt_line(attempt: Attempt, me: Principal) -> AttemptLine:
    """An attempt in the list of the student's own."""
    running = attempt.state == AttemptState.IN_PROGRESS
    at = attempt.started_at if running else (attempt.submitted_at or attempt.started_at)
    when = N_("Begun {moment}") if running else N_("Handed in {moment}")
    if running:
        status, tone = N_("In progress"), "warning"
    elif attempt.late_seconds:
        status, tone = N_("Handed in late"), "danger"
    else:
        status, tone = N_("Handed in"), "success"
    return AttemptLine(
        id=str(attempt.id),
        title=translate(N_("Attempt {number}"), me.locale, number=attempt.number),
        when=translate(when, me.locale, moment=format_datetime(at, me.locale, me.timezone)),
        status=translate(status, me.locale),
        tone=tone,
        running=running,
    )


EXPECTED_S = 30.0
"""How long what was known at the beginning of an attempt fills its page; every later visit reads it."""


class AttemptPageState(PageMixin, rx.State):
    """One attempt: the sitting while it runs, the result afterwards."""

    attempt_id: str = ""
    channel: str = ""
    deadline: str = ""
    assessment_id: str = ""
    course_id: str = ""
    title: str = ""
    number: int = 0
    running: bool = False
    waiting: bool = False
    automatic: bool = False
    late: str = ""
    submitted: str = ""
    points: str = ""
    withheld: bool = False
    counts: bool = True
    grade: str = ""
    grade_steps: list[str] = []
    questions: list[ResultLine] = []
    _is_assignment: bool = False
    _expected: str = ""
    _expected_at: float = 0.0

    @handler(Permission.ATTEMPT_TAKE, loads=True)
    async def load(self, me: Principal) -> rx.event.EventSpec | None:
        """Fill the page; the draft of an assignment is on the assignment's."""
        attempt_id = route_argument(self, "attempt_id")
        expected, self._expected = self._expected, ""
        if attempt_id == expected and time.monotonic() - self._expected_at < EXPECTED_S:
            return None
        self.attempt_id = attempt_id
        await self._read(me)
        if self._is_assignment:
            return rx.redirect(f"/learn/assignments/{self.assessment_id}", replace=True)
        return None

    @handler(Permission.ATTEMPT_TAKE)
    async def refresh(self, me: Principal) -> None:
        """The result, once it is handed in; and the grade, once it is released."""
        await self._read(me)

    @handler(Permission.ATTEMPT_TAKE, quiet=True)
    async def sit(self, me: Principal) -> None:
        """Say that the page is open, and learn of a deadline that a teacher has moved."""
        if not self.running:
            return
        attempt_id = parse_id(self.attempt_id)
        async with unit_of_work(me) as work:
            attempt = await monitor.sit(work=work, me=me, attempt_id=attempt_id)
            self.channel = Channel.attempt(attempt_id).name(work.tenant_id)
        self.deadline = attempt.deadline_at.isoformat() if attempt.deadline_at else ""
        if attempt.state != AttemptState.IN_PROGRESS:
            await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found = await results.result(work=work, me=me, attempt_id=parse_id(self.attempt_id))
        self._show(found, me)

    def _show(self, found: AttemptResult, me: Principal) -> None:
        attempt, one = found.attempt, found.assessment
        self.assessment_id, self.course_id = str(one.id), str(one.course_id)
        self.title, self.number = one.title, attempt.number
        self._is_assignment = one.kind == AssessmentKind.ASSIGNMENT
        self.running = attempt.state == AttemptState.IN_PROGRESS
        self.counts = found.counts
        self.withheld = not self.running and not found.feedback.shows(Feedback.POINTS)
        self.waiting = found.waiting or (not self.running and found.counts and found.grade is None)
        self.automatic = attempt.auto_submitted
        at = attempt.submitted_at
        self.submitted = format_datetime(at, me.locale, me.timezone) if at else ""
        seconds = attempt.late_seconds
        self.late = format_duration(timedelta(seconds=seconds), me.locale) if seconds else ""
        self.points = "" if found.points is None else format_points(found.points, me.locale, one.points)
        grade = found.grade
        self.grade = (
            format_points(grade.points, me.locale, grade.possible)
            if grade is not None and grade.points is not None
            else ""
        )
        self.grade_steps = (
            [Message.from_json(step).render(me.locale) for step in grade.explanation] if grade else []
        )
        self.questions = [_result(row, number, me) for number, row in enumerate(found.questions, start=1)]


def _expect(page: AttemptPageState, attempt: Attempt, *, course_id: str, title: str) -> None:
    """Let the page know already what it shows of an attempt that was begun just now, and to which the browser is sent.

    When a whole class begins at the same moment, its pages then ask the database for nothing but the questions.
    """
    page.attempt_id, page.assessment_id = str(attempt.id), str(attempt.assessment_id)
    page.course_id, page.title, page.number = course_id, title, attempt.number
    page.running, page._is_assignment = True, False  # pyright: ignore[reportPrivateUsage]
    page._expected, page._expected_at = page.attempt_id, time.monotonic()  # pyright: ignore[reportPrivateUsage]


_OUTCOMES: dict[str, tuple[str, str]] = {
    "correct": (N_("Right"), "success"),
    "partly": (N_("Partly right"), "warning"),
    "incorrect": (N_("Not right"), "danger"),
    "blank": (N_("No answer"), "neutral"),
    "needs_review": (N_("Waiting for your teacher"), "info"),
    "withheld": (N_("Not shown yet"), "neutral"),
    "": (N_("Scored by your teacher"), "neutral"),
}


def _result(row: QuestionResult, number: int, me: Principal) -> ResultLine:
    waiting = row.points is None
    by_teacher = not waiting and row.outcome == "needs_review"
    status, tone = _OUTCOMES["" if by_teacher else row.outcome]
    return ResultLine(
        number=number,
        stem_html=row.stem_html,
        answer=[one.render(me.locale) for one in row.answer],
        status=translate(status, me.locale),
        tone=tone,
        points="" if row.points is None else format_points(row.points, me.locale, row.possible),
        explanation=[one.render(me.locale) for one in row.explanation],
        solution=[one.render(me.locale) for one in row.solution],
        feedback_html=row.feedback_html,
        comment=row.comment,
        waiting=waiting and row.outcome == "needs_review",
    )
