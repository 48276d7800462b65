"""What a student sees: the start page, courses, lessons, joining a class."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.rules import AssessmentKind, student_page
from eduplatform.domain.courses import enrolment, learning, overview
from eduplatform.domain.courses.learning import AssessmentHead, TakenCourse
from eduplatform.domain.courses.overview import StudentOverview
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_points, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.announcements import show_strip
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import KINDS, NO_COURSE, CourseHead, course_head
from eduplatform.state.locks import lock_texts


class JoinForm(Form):
    """A code as a student types it."""

    code: Annotated[str, Field(min_length=1, max_length=40)]


class NextStep(TypedDict):
    """Something to do, why, and where; ``kind`` is running, due, grade or lesson."""

    key: str
    kind: str
    title: str
    course: str
    why: str
    action: str
    href: str
    urgent: bool


class TakenCard(TypedDict):
    """A course in a list."""

    id: str
    code: str
    title: str
    section: str
    lessons: int
    read: int
    progress_text: str


class ReadLine(TypedDict):
    """A lesson in the list of a course."""

    id: str
    title: str
    minutes: int
    opened: bool
    read: bool
    next: bool


class ReadModule(TypedDict):
    """A module in the list of a course."""

    id: str
    title: str
    summary: str
    number: int
    progress_text: str
    read: int
    total: int
    locks: list[str]
    lessons: list[ReadLine]


class AssessmentLine(TypedDict):
    """An assessment in the list of a course; ``state`` is done, running, late, soon, waiting or open."""

    id: str
    kind: str
    title: str
    when: str
    state: str


def _taken_card(row: TakenCourse, locale: str) -> TakenCard:
    text = translate(N_("{read} of {total} lessons read"), locale, read=row.read, total=row.lessons)
    if not row.lessons:
        text = translate(N_("No lessons yet"), locale)
    return TakenCard(
        id=str(row.course.id),
        code=row.course.code,
        title=row.course.title,
        section=row.section_name,
        lessons=row.lessons,
        read=row.read,
        progress_text=text,
    )


def next_steps(found: StudentOverview, me: Principal, now: datetime) -> list[NextStep]:
    """Everything that a student could do now, most pressing first.

    What runs, what is due within two days, new grades, the next lesson of each course, what is due later.
    """
    courses = {one.course.id: one.course.title for one in found.courses}
    steps = [
        NextStep(
            key=f"running-{one.id}",
            kind="running",
            title=one.title,
            course=one.course_title,
            why=translate(
                N_("You have begun this. Time ends {when}."),
                me.locale,
                when=format_relative(one.deadline_at, now, me.locale),
            )
            if one.deadline_at is not None
            else translate(N_("You have begun this and not handed it in."), me.locale),
            action=translate(N_("Go on"), me.locale),
            href=student_page(one.kind, one.assessment_id)
            if one.kind == AssessmentKind.ASSIGNMENT
            else f"/learn/attempts/{one.id}",
            urgent=True,
        )
        for one in found.running
    ]
    due = [_due_step(one, courses[one.course_id], me, now) for one in found.due]
    steps += [one for one in due if one["urgent"]]
    steps += [
        NextStep(
            key=f"grade-{one.id}",
            kind="grade",
            title=one.title,
            course=one.course_title,
            why=translate(
                N_("Your grade is there: {points}."),
                me.locale,
                points=format_points(one.points, me.locale, one.possible),
            )
            if one.points is not None
            else translate(N_("Your grade is there."), me.locale),
            action=translate(N_("See why"), me.locale),
            href=f"/learn/grades/{one.id}",
            urgent=False,
        )
        for one in found.grades
    ]
    steps += [
        NextStep(
            key=f"lesson-{one.id}",
            kind="lesson",
            title=one.title,
            course=one.course_title,
            why=translate_plural(
                "You stopped here; {count} minute to read.",
                "You stopped here; {count} minutes to read.",
                one.minutes,
                me.locale,
            )
            if one.opened
            else translate_plural(
                "Next in {module}; {count} minute to read.",
                "Next in {module}; {count} minutes to read.",
                one.minutes,
                me.locale,
                module=one.module_title,
            ),
            action=translate(N_("Read on") if one.opened else N_("Start reading"), me.locale),
            href=f"/learn/lessons/{one.id}",
            urgent=False,
        )
        for one in found.lessons
    ]
    return steps + [one for one in due if not one["urgent"]]


def _due_step(one: AssessmentHead, course: str, me: Principal, now: datetime) -> NextStep:
    due = one.due_at or now
    return NextStep(
        key=f"due-{one.id}",
        kind="due",
        title=one.title,
        course=course,
        why=translate(
            N_("Due {distance}: {when}."),
            me.locale,
            distance=format_relative(due, now, me.locale),
            when=format_datetime(due, me.locale, me.timezone),
        ),
        action=translate(N_("Open"), me.locale),
        href=student_page(one.kind, one.id),
        urgent=(due - now).total_seconds() < 48 * 3600,
    )


def assessment_line(one: AssessmentHead, me: Principal, now: datetime) -> AssessmentLine:
    """An assessment as a student's lists show it."""
    if one.running:
        state, text = "running", N_("You have begun this")
    elif one.submitted:
        state, text = "done", N_("Handed in")
    elif one.opens_at is not None and one.opens_at > now:
        state, text = "waiting", N_("Opens {when}")
    elif one.closes_at is not None and one.closes_at < now:
        state, text = "closed", N_("Closed {when}")
    elif one.due_at is None:
        state, text = "open", N_("No due date")
    elif one.due_at < now:
        state, text = "late", N_("Was due {when}")
    else:
        state, text = "open", N_("Due {when}")
    moment = {"waiting": one.opens_at, "closed": one.closes_at}.get(state, one.due_at)
    when = format_datetime(moment, me.locale, me.timezone) if moment is not None else ""
    return AssessmentLine(
        id=str(one.id),
        kind=translate(KINDS.get(one.kind, one.kind), me.locale),
        title=one.title,
        when=translate(text, me.locale, when=when),
        state=state,
    )


class LearnHomeState(PageMixin, rx.State):
    """A student's start page."""

    steps: list[NextStep] = []
    courses: list[TakenCard] = []

    @handler(Permission.COURSE_JOIN, loads=True)
    async def load(self, me: Principal) -> None:
        """What to do next, and one's courses."""
        await self._read(me)

    @handler(Permission.COURSE_JOIN)
    async def refresh(self, me: Principal) -> None:
        """What has changed since."""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        now = utc_now()
        async with unit_of_work(me) as work:
            found = await overview.student_overview(work=work, me=me, now=now)
            await show_strip(self, work, me)
        steps = next_steps(found, me, now)
        cards = [_taken_card(one, me.locale) for one in found.courses]
        if (steps, cards) != (self.steps, self.courses):
            self.steps, self.courses = steps, cards


class JoinState(rx.State):
    """The dialog in which a student types a code; on the start page and on the list of courses."""

    joining: bool = False
    errors: dict[str, str] = {}

    @handler(Permission.COURSE_JOIN)
    async def open(self, me: Principal) -> None:
        """Open the dialog."""
        self.joining = True

    @handler(Permission.COURSE_JOIN)
    async def close(self, me: Principal) -> None:
        """Close the dialog."""
        self.joining = False

    @handler(Permission.COURSE_JOIN)
    async def join(self, me: Principal, form: JoinForm) -> object:
        """Join the section with this code and open its course."""
        await enrolment.limit_joining(me=me)
        async with unit_of_work(me) as work:
            joined = await enrolment.join(work=work, me=me, code=form.code)
        self.joining = False
        if not joined.visible:
            text = N_("You are in. The course appears here as soon as your teacher publishes it.")
            await notify(self, "success", translate(text, me.locale))
            return None
        text = N_("Welcome to {course}.")
        await notify(self, "success", translate(text, me.locale, course=joined.course.title))
        return rx.redirect(f"/learn/courses/{joined.course.id}")


class LearnCoursesState(PageMixin, rx.State):
    """A student's courses."""

    courses: list[TakenCard] = []

    @handler(Permission.COURSE_JOIN, loads=True)
    async def load(self, me: Principal) -> None:
        """The published courses that the student takes."""
        async with unit_of_work(me) as work:
            rows = await learning.list_taken(work=work, me=me)
        self.courses = [_taken_card(one, me.locale) for one in rows]


class LearnCourseState(PageMixin, rx.State):
    """A course as its student sees it."""

    course: CourseHead = NO_COURSE
    modules: list[ReadModule] = []
    assessments: list[AssessmentLine] = []
    total: int = 0
    read: int = 0
    progress_text: str = ""
    next_id: str = ""
    next_title: str = ""
    next_opened: bool = False

    @handler(Permission.COURSE_JOIN, loads=True)
    async def load(self, me: Principal) -> None:
        """Modules, lessons with progress, assessments."""
        course_id = parse_id(route_argument(self, "course_id"))
        now = utc_now()
        async with unit_of_work(me) as work:
            found = await learning.read_course(work=work, me=me, course_id=course_id)
            await show_strip(self, work, me, course_id=course_id)
        heads = [one for module in found.modules for one in module.lessons]
        following = found.next
        self.course = course_head(found.course)
        self.total, self.read = len(heads), sum(one.read for one in heads)
        self.progress_text = translate(
            N_("{read} of {total} lessons read"), me.locale, read=self.read, total=self.total
        )
        self.next_id = str(following.id) if following else ""
        self.next_title = following.title if following else ""
        self.next_opened = following.opened if following else False
        self.assessments = [assessment_line(one, me, now) for one in found.assessments]
        self.modules = [
            ReadModule(
                id=str(one.module.id),
                title=one.module.title,
                summary=one.module.summary,
                number=number,
                progress_text=translate(
                    N_("{read} of {total} read"),
                    me.locale,
                    read=sum(lesson.read for lesson in one.lessons),
                    total=len(one.lessons),
                ),
                read=sum(lesson.read for lesson in one.lessons),
                total=len(one.lessons),
                locks=lock_texts(found.locks.get(one.module.id, []), me),
                lessons=[
                    ReadLine(
                        id=str(lesson.id),
                        title=lesson.title,
                        minutes=lesson.minutes,
                        opened=lesson.opened,
                        read=lesson.read,
                        next=lesson is following,
                    )
                    for lesson in one.lessons
                ],
            )
            for number, one in enumerate(found.modules, start=1)
        ]
