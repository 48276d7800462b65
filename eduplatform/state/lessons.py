"""The editor of a lesson."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import outline
from eduplatform.domain.courses.lesson_repository import LessonHead
from eduplatform.domain.courses.models import Lesson, PublicationStatus
from eduplatform.errors import Conflict
from eduplatform.i18n import N_, translate
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import Problem, render_markdown
from eduplatform.state.base import Form, PageMixin, field_texts, handler, notify, parse_id, route_argument


class LessonForm(Form):
    """A lesson as its editor sends it; ``objectives`` holds one per line, ``version`` the one it is based on."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    minutes: Annotated[int, Field(ge=1, le=240)]
    objectives: Annotated[str, Field(max_length=4000)] = ""
    body: Annotated[str, Field(max_length=outline.MAX_BODY)] = ""
    version: int


class EditedLesson(TypedDict):
    """The lesson of the editor; neighbours are ids, or empty at the ends of the course."""

    id: str
    title: str
    minutes: str
    objectives: str
    published: bool
    version: int
    course_id: str
    course: str
    module: str
    previous: str
    previous_title: str
    next: str
    next_title: str


class ProblemLine(TypedDict):
    """Something that keeps some readers out."""

    line: int
    text: str


NO_LESSON = EditedLesson(
    id="",
    title="",
    minutes="10",
    objectives="",
    published=False,
    version=0,
    course_id="",
    course="",
    module="",
    previous="",
    previous_title="",
    next="",
    next_title="",
)


def _problem_lines(problems: list[Problem], locale: str) -> list[ProblemLine]:
    return [ProblemLine(line=one.line, text=translate(one.message, locale)) for one in problems]


def _neighbour(head: LessonHead | None) -> tuple[str, str]:
    return (str(head.id), head.title) if head is not None else ("", "")


class LessonEditorState(PageMixin, rx.State):
    """A lesson being written. ``saved`` grows with each accepted save; ``conflict`` explains a refused one."""

    lesson: EditedLesson = NO_LESSON
    body: str = ""
    preview_html: str = ""
    problems: list[ProblemLine] = []
    saved: int = 0
    conflict: str = ""
    removing: bool = False
    _publish: bool = False

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The lesson as it was last saved."""
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        async with unit_of_work(me) as work:
            found = await outline.read_lesson_for_edit(work=work, me=me, lesson_id=lesson_id)
        lesson = found.lesson
        previous, previous_title = _neighbour(found.previous)
        following, following_title = _neighbour(found.next)
        self.conflict, self.removing, self._publish = "", False, False
        self.lesson = EditedLesson(
            id=str(lesson.id),
            title=lesson.title,
            minutes=str(lesson.minutes),
            objectives="\n".join(lesson.objectives),
            published=lesson.status == PublicationStatus.PUBLISHED,
            version=lesson.version,
            course_id=str(found.course.id),
            course=found.course.title,
            module=found.module.title,
            previous=previous,
            previous_title=previous_title,
            next=following,
            next_title=following_title,
        )
        self.body, self.preview_html = lesson.body, lesson.body_html
        self.problems = _problem_lines(await outline.problems_of(lesson.body), me.locale)

    @handler(Permission.COURSE_EDIT)
    async def preview(self, me: Principal, text: Annotated[str, Field(max_length=outline.MAX_BODY)]) -> None:
        """Show what has been typed as readers will see it, and what would keep some of them out."""
        self.preview_html = await asyncio.to_thread(render_markdown, text)
        self.problems = _problem_lines(await outline.problems_of(text), me.locale)

    @handler(Permission.COURSE_EDIT)
    async def intend(self, me: Principal, publish: bool) -> None:
        """Which of the form's two buttons was pressed; the form itself follows at once."""
        self._publish = publish

    @handler(Permission.COURSE_EDIT)
    async def save(self, me: Principal, form: LessonForm) -> None:
        """Store the text; with the button "Publish", show it to students as well."""
        publish, self._publish, self.conflict = self._publish, False, ""
        self.problems = _problem_lines(await outline.problems_of(form.body), me.locale)
        try:
            async with unit_of_work(me) as work:
                stored = await outline.save_lesson(
                    work=work,
                    me=me,
                    lesson_id=parse_id(route_argument(self, "lesson_id")),
                    version=form.version,
                    title=form.title,
                    minutes=form.minutes,
                    objectives=form.objectives.splitlines(),
                    body=form.body,
                    publish=publish,
                )
        except Conflict as error:
            self.conflict = translate(error.detail, me.locale)
            return
        self._show_saved(stored.lesson)
        published = stored.lesson.status == PublicationStatus.PUBLISHED
        if publish and not published:
            refusal = outline.refusal(stored.lesson.body, stored.problems)
            self.errors = field_texts(refusal, me.locale)
            text = N_("Saved as a draft. It is not published yet: see the list above the text.")
            await notify(self, "warning", translate(text, me.locale))
            return
        text = N_("Saved and published.") if publish else N_("Saved.")
        await notify(self, "success", translate(text, me.locale))

    @handler(Permission.COURSE_EDIT)
    async def unpublish(self, me: Principal) -> None:
        """Take the lesson back into draft; what is typed and not saved stays in the form."""
        async with unit_of_work(me) as work:
            lesson = await outline.set_lesson_published(
                work=work,
                me=me,
                lesson_id=parse_id(route_argument(self, "lesson_id")),
                version=self.lesson["version"],
                published=False,
            )
        self.lesson = {**self.lesson, "published": False, "version": lesson.version}
        await notify(self, "success", translate(N_("The lesson is a draft again."), me.locale))

    @handler(Permission.COURSE_EDIT)
    async def ask_remove(self, me: Principal) -> None:
        """Ask before the lesson is deleted."""
        self.removing = True

    @handler(Permission.COURSE_EDIT)
    async def keep(self, me: Principal) -> None:
        """Close the question."""
        self.removing = False

    @handler(Permission.COURSE_EDIT)
    async def remove(self, me: Principal) -> rx.event.EventSpec:
        """Delete the lesson and go back to the outline."""
        self.removing = False
        async with unit_of_work(me) as work:
            course_id = await outline.delete_lesson(
                work=work, me=me, lesson_id=parse_id(route_argument(self, "lesson_id"))
            )
        await notify(self, "success", translate(N_("Deleted."), me.locale))
        return rx.redirect(f"/teach/courses/{course_id}")

    def _show_saved(self, lesson: Lesson) -> None:
        self.saved += 1
        self.body, self.preview_html = lesson.body, lesson.body_html
        self.lesson = {
            **self.lesson,
            "title": lesson.title,
            "minutes": str(lesson.minutes),
            "objectives": "\n".join(lesson.objectives),
            "published": lesson.status == PublicationStatus.PUBLISHED,
            "version": lesson.version,
        }
