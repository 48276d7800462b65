"""The assessments of a course, as its teacher sees them."""

from __future__ import annotations

from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import assignments, service
from eduplatform.domain.assessment.assignments import AssignmentDraft
from eduplatform.domain.assessment.rules import KIND_DEFAULTS, KIND_NAMES, AssessmentKind
from eduplatform.domain.assessment.schemas import AssessmentDraft, AssessmentRow
from eduplatform.domain.courses.models import PublicationStatus
from eduplatform.i18n import translate
from eduplatform.i18n.formatting import format_datetime
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, parse_id, route_argument
from eduplatform.state.rows import Option

PageNumber = Annotated[int, Field(ge=1, le=100_000)]


class AssessmentLine(TypedDict):
    """An assessment in the list."""

    id: str
    href: str
    title: str
    kind: str
    published: bool
    due: str
    questions: int
    started: int
    submitted: int
    to_grade: int


class NewAssessmentForm(Form):
    """What the dialog for a new assessment sends."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    kind: Annotated[str, Field(max_length=20)] = "quiz"


def _line(row: AssessmentRow, me: Principal) -> AssessmentLine:
    one = row.assessment
    return AssessmentLine(
        id=str(one.id),
        href=f"/teach/assignments/{one.id}"
        if one.kind == AssessmentKind.ASSIGNMENT
        else f"/teach/assessments/{one.id}",
        title=one.title,
        kind=translate(KIND_NAMES[one.kind], me.locale),
        published=one.status == PublicationStatus.PUBLISHED,
        due=format_datetime(one.due_at, me.locale, me.timezone) if one.due_at else "",
        questions=row.questions,
        started=row.started,
        submitted=row.submitted,
        to_grade=row.needs_grading,
    )


def kind_options(locale: str, *, assignments: bool = False) -> list[Option]:
    """The kinds of assessment to choose from; what is an assignment stays one, since it has a builder of its own."""
    return [
        Option(value=key, label=translate(name, locale))
        for key, name in KIND_NAMES.items()
        if assignments or key != AssessmentKind.ASSIGNMENT
    ]


class AssessmentsState(PageMixin, rx.State):
    """The assessments of a course."""

    course_id: str = ""
    course_title: str = ""
    rows: list[AssessmentLine] = []
    kinds: list[Option] = []
    page: int = 1
    pages: int = 1
    total: int = 0
    creating: bool = False

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.course_id, self.page, self.creating = route_argument(self, "course_id"), 1, False
        self.kinds = kind_options(me.locale, assignments=True)
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def go(self, me: Principal, page: PageNumber) -> None:
        """Another page of the list."""
        self.page = page
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def open_create(self, me: Principal) -> None:
        """Ask for the title of a new one."""
        self.creating = True

    @handler(Permission.ASSESSMENT_EDIT)
    async def close_create(self, me: Principal) -> None:
        """Not now."""
        self.creating = False

    @handler(Permission.ASSESSMENT_EDIT)
    async def create(self, me: Principal, form: NewAssessmentForm) -> rx.event.EventSpec:
        """Begin a draft and go to its builder."""
        course_id = parse_id(self.course_id)
        if form.kind == AssessmentKind.ASSIGNMENT:
            async with unit_of_work(me) as work:
                made = await assignments.create_assignment(
                    work=work, me=me, course_id=course_id, draft=AssignmentDraft(title=form.title)
                )
            self.creating = False
            return rx.redirect(f"/teach/assignments/{made.id}")
        async with unit_of_work(me) as work:
            made = await service.create_assessment(
                work=work,
                me=me,
                course_id=course_id,
                draft=AssessmentDraft(title=form.title, kind=form.kind, **KIND_DEFAULTS.get(form.kind, {})),
            )
        self.creating = False
        return rx.redirect(f"/teach/assessments/{made.id}")

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            course, rows, total = await service.list_assessments(
                work=work, me=me, course_id=parse_id(self.course_id), page=self.page
            )
        self.course_title, self.total = course.title, total
        self.pages = max(1, -(-total // service.PAGE_SIZE))
        self.rows = [_line(row, me) for row in rows]
