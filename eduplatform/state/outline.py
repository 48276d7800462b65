"""The outline of a course and its sections, as a teacher changes them."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import outline, policy, service, unlocking
from eduplatform.domain.courses.models import PublicationStatus
from eduplatform.domain.courses.outline import ModuleOutline
from eduplatform.domain.courses.repository import SectionRow
from eduplatform.errors import NotFound
from eduplatform.i18n import N_, translate
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import (
    NO_COURSE,
    CourseForm,
    CourseHead,
    Title,
    course_head,
)
from eduplatform.state.locks import rule_text
from eduplatform.state.rows import Option

Target = Annotated[str, Field(max_length=36)]


class EditCourseForm(CourseForm):
    """A change of them; ``version`` is the one it is based on."""

    version: int


class TitleForm(Form):
    """The title of a module or a lesson."""

    title: Title


class SectionForm(Form):
    """A section; the term is an id or empty."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    term: Annotated[str, Field(max_length=36)] = ""


class LessonLine(TypedDict):
    """A lesson in the outline; ``first`` and ``last`` in the whole course."""

    id: str
    title: str
    minutes: int
    published: bool
    changed: bool
    first: bool
    last: bool


class ModuleLine(TypedDict):
    """A module in the outline."""

    id: str
    title: str
    number: int
    first: bool
    last: bool
    rules: list[str]
    lessons: list[LessonLine]


class SectionLine(TypedDict):
    """A section with its code."""

    id: str
    name: str
    term: str
    term_id: str
    code: str
    joining: bool
    students: int


def spaced_code(code: str) -> str:
    """A join code in two halves, easier to read out and to copy by hand."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


Dialog = Literal["module", "rename", "lesson", "course", "section", "edit_section"]
Removable = Literal["module", "lesson"]


class CourseState(PageMixin, rx.State):
    """The outline of a course, its sections, and the dialogs that change them.

    ``focus`` is the id of the button that gets the focus again once the outline is drawn anew (``drawn`` grows).
    """

    course: CourseHead = NO_COURSE
    modules: list[ModuleLine] = []
    sections: list[SectionLine] = []
    terms: list[Option] = []
    dialog: str = ""
    target: str = ""
    target_title: str = ""
    target_term: str = ""
    removing: str = ""
    renewing: str = ""
    announcement: str = ""
    focus: str = ""
    drawn: int = 0

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The course with everything on its page."""
        course_id = parse_id(route_argument(self, "course_id"))
        if self.course["id"] != str(course_id):
            self.dialog = self.removing = self.renewing = self.announcement = self.focus = ""
        async with unit_of_work(me) as work:
            course = await policy.require_teacher(work=work, me=me, course_id=course_id)
            modules = await outline.read_outline(work=work, me=me, course_id=course_id)
            sections = await service.list_sections(work=work, course_id=course_id)
            terms = await service.list_terms(work=work)
            rules = await unlocking.rules_of(work=work, me=me, course_id=course_id)
        self.course = course_head(course)
        texts: dict[UUID, list[str]] = {}
        for one in rules:
            texts.setdefault(one.module_id, []).append(rule_text(one, me))
        self.modules = _module_lines(modules, texts)
        self.sections = [_section_line(one) for one in sections]
        self.drawn += 1
        self.terms = [Option(value=str(one.id), label=one.name) for one in terms]

    @handler(Permission.COURSE_EDIT)
    async def open_dialog(self, me: Principal, dialog: Dialog, target: Target = "") -> None:
        """Open a dialog, about the module or section with that id."""
        self.dialog, self.target = dialog, target
        names = {one["id"]: one["title"] for one in self.modules}
        names |= {one["id"]: one["name"] for one in self.sections}
        self.target_title = names.get(target, "")
        self.target_term = next((one["term_id"] for one in self.sections if one["id"] == target), "")

    @handler(Permission.COURSE_EDIT)
    async def close_dialog(self, me: Principal) -> None:
        """Close whichever dialog is open."""
        self.dialog = self.removing = self.renewing = ""

    @handler(Permission.COURSE_EDIT)
    async def save_course(self, me: Principal, form: EditCourseForm) -> object:
        """Change names and summary."""
        async with unit_of_work(me) as work:
            await service.update_course(
                work=work,
                me=me,
                course_id=self._course(),
                version=form.version,
                code=form.code,
                title=form.title,
                subject=form.subject,
                level=form.level,
                summary=form.summary,
            )
        return await self._done(me, N_("Saved."))

    @handler(Permission.COURSE_EDIT)
    async def publish(self, me: Principal, published: bool) -> object:
        """Show the course to its students, or take it back."""
        async with unit_of_work(me) as work:
            await service.set_published(work=work, me=me, course_id=self._course(), published=published)
        said = (
            N_("Students see the course now.")
            if published
            else N_("Students do not see the course any more.")
        )
        return await self._done(me, said)

    @handler(Permission.COURSE_EDIT)
    async def add_module(self, me: Principal, form: TitleForm) -> object:
        """Add a module at the end."""
        async with unit_of_work(me) as work:
            await outline.add_module(work=work, me=me, course_id=self._course(), title=form.title)
        return await self._done(me)

    @handler(Permission.COURSE_EDIT)
    async def rename_module(self, me: Principal, form: TitleForm) -> object:
        """Rename the module of the dialog."""
        async with unit_of_work(me) as work:
            await outline.rename_module(work=work, me=me, module_id=parse_id(self.target), title=form.title)
        return await self._done(me, N_("Saved."))

    @handler(Permission.COURSE_EDIT)
    async def move_module(self, me: Principal, module_id: UUID, direction: outline.Direction) -> object:
        """Move a module one place."""
        async with unit_of_work(me) as work:
            await outline.move_module(work=work, me=me, module_id=module_id, direction=direction)
        return self._moved(me, f"module-{module_id}", direction)

    @handler(Permission.COURSE_EDIT)
    async def add_lesson(self, me: Principal, form: TitleForm) -> object:
        """Add a lesson to the module of the dialog and open its editor."""
        async with unit_of_work(me) as work:
            lesson = await outline.add_lesson(
                work=work, me=me, module_id=parse_id(self.target), title=form.title
            )
        self.dialog = ""
        return rx.redirect(f"/teach/lessons/{lesson.id}")

    @handler(Permission.COURSE_EDIT)
    async def move_lesson(self, me: Principal, lesson_id: UUID, direction: outline.Direction) -> object:
        """Move a lesson one place, into the neighbouring module at the edge of its own."""
        async with unit_of_work(me) as work:
            await outline.move_lesson(work=work, me=me, lesson_id=lesson_id, direction=direction)
        return self._moved(me, f"lesson-{lesson_id}", direction)

    @handler(Permission.COURSE_EDIT)
    async def place(self, me: Principal, kind: Removable, key: UUID, group: Target, before: Target) -> object:
        """Put a module or a lesson where it was dragged."""
        following = parse_id(before) if before else None
        async with unit_of_work(me) as work:
            if kind == "module":
                await outline.place_module(work=work, me=me, module_id=key, before=following)
            else:
                await outline.place_lesson(
                    work=work, me=me, lesson_id=key, module_id=parse_id(group), before=following
                )
        return self._said(me, N_("Moved."))

    @handler(Permission.COURSE_EDIT)
    async def ask_remove(self, me: Principal, kind: Removable, target: UUID) -> None:
        """Ask before a module or a lesson is deleted."""
        names = {one["id"]: one["title"] for one in self.modules}
        names |= {lesson["id"]: lesson["title"] for one in self.modules for lesson in one["lessons"]}
        self.removing, self.target, self.target_title = kind, str(target), names.get(str(target), "")

    @handler(Permission.COURSE_EDIT)
    async def remove(self, me: Principal) -> object:
        """Delete what was asked about."""
        kind, self.removing = self.removing, ""
        async with unit_of_work(me) as work:
            if kind == "module":
                await outline.delete_module(work=work, me=me, module_id=parse_id(self.target))
            elif kind == "lesson":
                await outline.delete_lesson(work=work, me=me, lesson_id=parse_id(self.target))
            else:
                raise NotFound
        return await self._done(me, N_("Deleted."))

    @handler(Permission.COURSE_EDIT)
    async def add_section(self, me: Principal, form: SectionForm) -> object:
        """Make a section."""
        async with unit_of_work(me) as work:
            await service.create_section(
                work=work, me=me, course_id=self._course(), name=form.name, term_id=_term(form.term)
            )
        return await self._done(me, N_("The class is there. Give its code to your students."))

    @handler(Permission.COURSE_EDIT)
    async def save_section(self, me: Principal, form: SectionForm) -> object:
        """Change the section of the dialog."""
        async with unit_of_work(me) as work:
            await service.update_section(
                work=work, me=me, section_id=parse_id(self.target), name=form.name, term_id=_term(form.term)
            )
        return await self._done(me, N_("Saved."))

    @handler(Permission.COURSE_EDIT)
    async def set_joining(self, me: Principal, section_id: UUID, joining: bool) -> object:
        """Open or close joining with the code."""
        async with unit_of_work(me) as work:
            await service.set_joining(work=work, me=me, section_id=section_id, joining=joining)
        return CourseState.load

    @handler(Permission.COURSE_EDIT)
    async def ask_renew(self, me: Principal, section_id: UUID) -> None:
        """Ask before a code is replaced."""
        self.renewing = str(section_id)

    @handler(Permission.COURSE_EDIT)
    async def renew_code(self, me: Principal) -> object:
        """Replace the code that was asked about."""
        section_id, self.renewing = parse_id(self.renewing), ""
        async with unit_of_work(me) as work:
            await service.renew_join_code(work=work, me=me, section_id=section_id)
        return await self._done(me, N_("The class has a new code. The old one does not work any more."))

    def _course(self) -> UUID:
        return parse_id(route_argument(self, "course_id"))

    async def _done(self, me: Principal, text: str = "") -> object:
        self.dialog = self.focus = ""
        if text:
            await notify(self, "success", translate(text, me.locale))
        return CourseState.load

    def _moved(self, me: Principal, what: str, direction: str) -> object:
        self.focus = f"{what}-{direction}"
        return self._said(me, N_("Moved up.") if direction == "up" else N_("Moved down."))

    def _said(self, me: Principal, text: str) -> object:
        # A live region says the same words twice only when they differ: the space makes the second time news.
        said = translate(text, me.locale)
        self.announcement = f"{said} " if self.announcement == said else said
        return CourseState.load


def _term(text: str) -> UUID | None:
    return parse_id(text) if text else None


def _module_lines(modules: list[ModuleOutline], rules: dict[UUID, list[str]]) -> list[ModuleLine]:
    last_module = len(modules) - 1
    return [
        ModuleLine(
            id=str(one.module.id),
            title=one.module.title,
            number=number + 1,
            first=number == 0,
            last=number == last_module,
            rules=rules.get(one.module.id, []),
            lessons=[
                LessonLine(
                    id=str(lesson.id),
                    title=lesson.title,
                    minutes=lesson.minutes,
                    published=lesson.status == PublicationStatus.PUBLISHED,
                    changed=lesson.status == PublicationStatus.PUBLISHED and lesson.changed,
                    first=number == 0 and place == 0,
                    last=number == last_module and place == len(one.lessons) - 1,
                )
                for place, lesson in enumerate(one.lessons)
            ],
        )
        for number, one in enumerate(modules)
    ]


def _section_line(row: SectionRow) -> SectionLine:
    return SectionLine(
        id=str(row.section.id),
        name=row.section.name,
        term=row.term,
        term_id=str(row.section.term_id or ""),
        code=spaced_code(row.section.join_code),
        joining=row.section.join_open,
        students=row.students,
    )
