"""The builder of an assignment: the task, what is handed in, dates, points, groups, publication."""

from __future__ import annotations

import asyncio
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import assignments, service
from eduplatform.domain.assessment.assignments import AssignmentDraft, BuiltAssignment
from eduplatform.domain.assessment.types.submission import FILE_KIND_NAMES, FILE_KINDS
from eduplatform.domain.courses.group_repository import SetRow
from eduplatform.domain.courses.models import PublicationStatus
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import time_zone
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown
from eduplatform.state.assessment_settings import from_wall_clock, wall_clock
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.rows import Option

_Short = Annotated[str, Field(max_length=40)]


class AssignmentForm(Form):
    """All of the builder. Times are on the wall clock of the organisation; what is locked is not sent."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    instructions: Annotated[str, Field(max_length=25_000)] = ""
    module_id: _Short = ""
    opens_at: _Short = ""
    due_at: _Short = ""
    closes_at: _Short = ""
    points: _Short = ""
    rubric_id: _Short = ""
    group_set_id: _Short = ""
    attempts_allowed: _Short = ""
    scoring: _Short = ""
    late_percent_per_day: _Short = ""
    text: bool = False
    link: bool = False
    files: bool = False
    require_all: bool = False
    max_files: _Short = ""
    max_megabytes: _Short = ""
    notes: Annotated[str, Field(max_length=6_000)] = ""
    kind_pdf: bool = False
    kind_document: bool = False
    kind_sheet: bool = False
    kind_slides: bool = False
    kind_image: bool = False
    kind_audio: bool = False
    kind_video: bool = False
    kind_code: bool = False


class FileKind(TypedDict):
    """A kind of file to tick."""

    key: str
    label: str
    endings: str
    chosen: bool


class AssignmentSettings(TypedDict):
    """The assignment as the builder's fields show it."""

    id: str
    title: str
    instructions: str
    module_id: str
    opens_at: str
    due_at: str
    closes_at: str
    points: str
    rubric_id: str
    group_set_id: str
    attempts_allowed: str
    scoring: str
    late_percent_per_day: str
    text: bool
    link: bool
    files: bool
    require_all: bool
    max_files: str
    max_megabytes: str
    notes: str
    published: bool
    version: int


NO_ASSIGNMENT = AssignmentSettings(
    id="",
    title="",
    instructions="",
    module_id="",
    opens_at="",
    due_at="",
    closes_at="",
    points="",
    rubric_id="",
    group_set_id="",
    attempts_allowed="",
    scoring="last",
    late_percent_per_day="",
    text=True,
    link=False,
    files=False,
    require_all=False,
    max_files="3",
    max_megabytes="25",
    notes="",
    published=False,
    version=0,
)


def _whole(text: str, field: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise Invalid(fields={field: N_("Please enter a whole number.")})
    return int(text[:9])


def _choice(text: str, field: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid(fields={field: N_("Please check this.")}) from None


def _points(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ".") or "0")
    except InvalidOperation:
        raise Invalid(
            fields={"points": N_("Enter points from 0 to 1,000 with at most two decimals.")}
        ) from None


def draft_of(form: AssignmentForm, timezone: str) -> AssignmentDraft:
    """The form as the service takes it.

    Raises:
        Invalid: A field is not readable.
    """
    return AssignmentDraft(
        title=form.title,
        instructions=form.instructions,
        module_id=_choice(form.module_id, "module_id"),
        points=_points(form.points),
        rubric_id=_choice(form.rubric_id, "rubric_id"),
        group_set_id=_choice(form.group_set_id, "group_set_id"),
        opens_at=from_wall_clock(form.opens_at, "opens_at", timezone, "earlier"),
        due_at=from_wall_clock(form.due_at, "due_at", timezone, "later"),
        closes_at=from_wall_clock(form.closes_at, "closes_at", timezone, "later"),
        late_percent_per_day=_whole(form.late_percent_per_day, "late_percent_per_day"),
        attempts_allowed=_whole(form.attempts_allowed, "attempts_allowed"),
        scoring=form.scoring or "last",
        parts={
            "text": form.text,
            "link": form.link,
            "files": form.files,
            "require_all": form.require_all,
            "max_files": form.max_files,
            "max_megabytes": form.max_megabytes,
            "file_kinds": [kind for kind in FILE_KINDS if getattr(form, f"kind_{kind}")],
            "notes": form.notes,
        },
    )


_LOCKED = (
    "points",
    "rubric_id",
    "group_set_id",
    "scoring",
    "late_percent_per_day",
    "text",
    "link",
    "files",
    "require_all",
    "max_files",
    "max_megabytes",
)


def with_locked(form: AssignmentForm, before: AssignmentSettings, kinds: list[FileKind]) -> AssignmentForm:
    """The form with what a published assignment does not offer, as it is."""
    if not before["published"]:
        return form
    kept: dict[str, Any] = {name: before[name] for name in _LOCKED}
    kept |= {f"kind_{one['key']}": one["chosen"] for one in kinds}
    return form.model_copy(update=kept)


def _settings(built: BuiltAssignment, me: Principal) -> AssignmentSettings:
    one, body = built.assessment, built.body
    return AssignmentSettings(
        id=str(one.id),
        title=one.title,
        instructions=one.instructions,
        module_id=str(one.module_id or ""),
        opens_at=wall_clock(one.opens_at, me.timezone),
        due_at=wall_clock(one.due_at, me.timezone),
        closes_at=wall_clock(one.closes_at, me.timezone),
        points=f"{built.item.points.normalize():f}",
        rubric_id=str(built.item.rubric_id or ""),
        group_set_id=str(one.group_set_id or ""),
        attempts_allowed=str(one.attempts_allowed or ""),
        scoring=one.scoring,
        late_percent_per_day=str(one.late_percent_per_day or ""),
        text=body.text,
        link=body.link,
        files=body.files,
        require_all=body.require_all,
        max_files=str(body.max_files),
        max_megabytes=str(body.max_megabytes),
        notes=built.key.notes,
        published=one.status == PublicationStatus.PUBLISHED,
        version=one.version,
    )


def _set_option(row: SetRow, locale: str) -> Option:
    label = translate(
        N_("{name} ({groups} groups, {students} students)"),
        locale,
        name=row.set.name,
        groups=row.groups,
        students=row.placed,
    )
    return Option(value=str(row.set.id), label=label)


class AssignmentBuilderState(PageMixin, rx.State):
    """The builder of one assignment."""

    course_id: str = ""
    course_title: str = ""
    settings: AssignmentSettings = NO_ASSIGNMENT
    instructions_html: str = ""
    file_kinds: list[FileKind] = []
    rubrics: list[Option] = []
    modules: list[Option] = []
    sets: list[Option] = []
    problems: list[str] = []
    started: int = 0
    zone: str = ""
    saved: int = 0
    draft_key: str = ""

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.reset()
        self.zone = time_zone(me.timezone).key
        assessment_id = parse_id(route_argument(self, "assessment_id"))
        self.draft_key = f"assignment:{me.user}:{assessment_id}"
        async with unit_of_work(me) as work:
            self._show(await assignments.built_assignment(work=work, me=me, assessment_id=assessment_id), me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def refresh(self, me: Principal) -> None:
        """Show what a change has made of it."""
        async with unit_of_work(me) as work:
            self._show(await assignments.built_assignment(work=work, me=me, assessment_id=self._id()), me)

    def _show(self, built: BuiltAssignment, me: Principal) -> None:
        one, locale = built.assessment, me.locale
        self.course_id, self.course_title = str(one.course_id), built.course.title
        self.settings, self.instructions_html = _settings(built, me), one.instructions_html
        self.file_kinds = [
            FileKind(
                key=key,
                label=translate(FILE_KIND_NAMES[key], locale),
                endings=", ".join(endings),
                chosen=key in built.body.file_kinds,
            )
            for key, endings in FILE_KINDS.items()
        ]
        self.rubrics = [Option(value=str(row.id), label=row.title) for row in built.rubrics]
        self.modules = [Option(value=str(row.id), label=row.title) for row in built.modules]
        self.sets = [_set_option(row, locale) for row in built.sets]
        self.problems = [problem.message.render(locale) for problem in assignments.publish_problems(built)]
        self.started = built.started

    def _id(self) -> UUID:
        return parse_id(self.settings["id"])

    @handler(Permission.ASSESSMENT_EDIT)
    async def save(self, me: Principal, form: AssignmentForm) -> rx.event.EventSpec:
        """Store everything."""
        draft = draft_of(with_locked(form, self.settings, self.file_kinds), me.timezone)
        async with unit_of_work(me) as work:
            one = await assignments.save_assignment(
                work=work, me=me, assessment_id=self._id(), draft=draft, version=self.settings["version"]
            )
        self.settings = {**self.settings, "version": one.version}
        self.saved += 1
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return AssignmentBuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def show_instructions(self, me: Principal, text: Annotated[str, Field(max_length=25_000)]) -> None:
        """The instructions while they are written, as they will look."""
        self.instructions_html = await asyncio.to_thread(render_markdown, text)

    @handler(Permission.ASSESSMENT_EDIT)
    async def publish(self, me: Principal) -> rx.event.EventSpec:
        """Let students see it."""
        async with unit_of_work(me) as work:
            await service.publish(work=work, me=me, assessment_id=self._id())
        await notify(self, "success", translate(N_("Published. Your students can see it now."), me.locale))
        return AssignmentBuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def unpublish(self, me: Principal) -> rx.event.EventSpec:
        """Back to a draft."""
        async with unit_of_work(me) as work:
            await service.unpublish(work=work, me=me, assessment_id=self._id())
        await notify(self, "success", translate(N_("Withdrawn. It is a draft again."), me.locale))
        return AssignmentBuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def delete(self, me: Principal) -> rx.event.EventSpec:
        """Delete a draft that nobody has seen."""
        async with unit_of_work(me) as work:
            course_id = await assignments.delete_draft(work=work, me=me, assessment_id=self._id())
        await notify(self, "success", translate(N_("Deleted."), me.locale))
        return rx.redirect(f"/teach/courses/{course_id}/assessments")
