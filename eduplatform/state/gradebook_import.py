"""Importing grades: a file is compared with the gradebook, shown, and only then applied."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.files import service as files
from eduplatform.domain.grading import exchange, imports, sheets
from eduplatform.domain.grading.imports import PAGE_SIZE, Preview
from eduplatform.errors import Conflict, Invalid, NotFound, TooLarge
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, notify, parse_id, route_argument

MOST_SHOWN_PROBLEMS = 60


class ChangeLine(TypedDict):
    """A cell that would change."""

    student: str
    column: str
    before: str
    after: str


class GradebookImportState(PageMixin, rx.State):
    """An import on its way: nothing chosen, compared, or applied."""

    course_id: str = ""
    course_title: str = ""
    import_id: str = ""
    file_name: str = ""
    students: int = 0
    same: int = 0
    total: int = 0
    changes: list[ChangeLine] = []
    problems: list[str] = []
    problem_count: int = 0
    page: int = 1
    pages: int = 1
    refused: str = ""
    done: str = ""
    conflicts: list[str] = []
    revision: int = 0

    @handler(Permission.GRADE_WRITE, loads=True)
    async def load(self, me: Principal) -> None:
        """Begin anew."""
        self._forget()
        async with unit_of_work(me) as work:
            course = await require_teacher(
                work=work, me=me, course_id=parse_id(route_argument(self, "course_id"))
            )
        self.course_id, self.course_title = str(course.id), course.title

    @handler(Permission.GRADE_WRITE)
    async def uploaded(self, me: Principal, ids: list[str]) -> object:
        """Compare the uploaded file with the gradebook; nothing changes."""
        if not ids:
            return None
        self.refused = self.done = ""
        course_id = parse_id(route_argument(self, "course_id"))
        try:
            async with unit_of_work(me) as work:
                file, content = await files.content(
                    work=work,
                    me=me,
                    file_id=parse_id(ids[-1]),
                    purpose="import",
                    limit=sheets.MOST_BYTES,
                )
            # Reading a large file takes a while: others are served meanwhile, and no transaction waits.
            table = await asyncio.to_thread(sheets.read_table, content)
            async with unit_of_work(me) as work:
                stored = await exchange.compare(
                    work=work, me=me, course_id=course_id, name=file.name, table=table
                )
        except (Invalid, NotFound, TooLarge) as error:
            self._forget()
            self.refused = translate(error.detail, me.locale, **error.params)
            return None
        self.import_id = str(stored.id)
        return GradebookImportState.turn(1)

    @handler(Permission.GRADE_WRITE)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=10_000)]) -> None:
        """Show a page of what would change."""
        async with unit_of_work(me) as work:
            found = await imports.preview(work=work, me=me, import_id=parse_id(self.import_id), page=page)
        self.page = page
        self._show(found, me)

    @handler(Permission.GRADE_WRITE)
    async def cancel(self, me: Principal) -> None:
        """Leave everything as it is."""
        self._forget()

    @handler(Permission.GRADE_WRITE)
    async def confirm(self, me: Principal) -> None:
        """Do what was shown."""
        names: list[str] = []
        try:
            async with unit_of_work(me) as work:
                found = await imports.apply(work=work, me=me, import_id=parse_id(self.import_id))
            if found.conflicts:
                async with unit_of_work(me) as work:
                    shown = found.conflicts[:20]
                    people, titles = await imports.names_of(work, shown)
                    names = [f"{people[user]}, {titles[assessment]}" for user, assessment in shown]
        except Conflict as error:
            await notify(self, "error", translate(error.detail, me.locale, **error.params))
            return
        self._forget()
        self.done = translate_plural(
            "{count} grade was changed.", "{count} grades were changed.", found.changed, me.locale
        )
        self.conflicts = names
        if found.conflicts:
            text = translate(
                N_("Cells that somebody changed meanwhile were left alone: {count}"),
                me.locale,
                count=len(found.conflicts),
            )
            self.done = f"{self.done} {text}"

    def _forget(self) -> None:
        self.import_id = self.file_name = self.refused = self.done = ""
        self.changes, self.problems, self.conflicts = [], [], []
        self.students = self.same = self.total = self.problem_count = 0
        self.page = self.pages = 1
        self.revision += 1

    def _show(self, found: Preview, me: Principal) -> None:
        row = found.stored
        self.file_name, self.students, self.same = row.name, row.rows, row.same
        self.total = len(row.changes)
        self.pages = max(1, -(-self.total // PAGE_SIZE))
        nothing = translate(N_("nothing"), me.locale)
        self.changes = [
            ChangeLine(student=one.student, column=one.column, before=one.before or nothing, after=one.after)
            for one in found.changes
        ]
        self.problem_count = len(row.problems)
        self.problems = [
            Message.from_json(one).render(me.locale) for one in row.problems[:MOST_SHOWN_PROBLEMS]
        ]
