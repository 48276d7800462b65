"""The editor of a lesson: its heading, its blocks, and the way to publishing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import reflex as rx

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import document, outline, publishing, writing
from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.models import Block
from eduplatform.domain.courses.publishing import NotPublishable
from eduplatform.domain.courses.writing import BlockConflict
from eduplatform.errors import Conflict
from eduplatform.i18n import N_, translate
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.blocks import QuizView
from eduplatform.state.lesson_rows import (
    NO_LESSON,
    BlockForm,
    BlockRow,
    EditedLesson,
    HeadingForm,
    Key,
    ProblemLine,
    PublishForm,
    block_rows,
    edited_lesson,
    problem_lines,
    quiz_choices,
    with_heading,
)
from eduplatform.state.rows import Option

_FIRST_FIELD = {
    BlockKind.TEXT: "text",
    BlockKind.IMAGE: "alt",
    BlockKind.VIDEO: "title",
    BlockKind.FILE: "title",
    BlockKind.CODE: "code",
    BlockKind.FORMULA: "latex",
    BlockKind.CALLOUT: "text",
    BlockKind.QUIZ: "assessment_id",
}


class LessonEditorState(PageMixin, rx.State):
    """A lesson being written.

    One block is open at a time (``editing``), with its ``values``. ``saved`` grows with each accepted save of a block,
    ``heading_saved`` with those of the heading; ``revision`` when the server's values must replace what was typed.
    ``focus`` is the id of the element that gets the focus once the page is drawn anew (``drawn`` grows).
    """

    lesson: EditedLesson = NO_LESSON
    blocks: list[BlockRow] = []
    problems: list[ProblemLine] = []
    quizzes: list[Option] = []
    editing: str = ""
    editing_version: int = 0
    values: dict[str, str] = {}
    revision: int = 0
    saved: int = 0
    heading_saved: int = 0
    failed: int = 0
    conflict: str = ""
    theirs_html: str = ""
    before: str = ""
    theirs_version: int = 0
    heading_conflict: str = ""
    undo: str = ""
    undo_text: str = ""
    announcement: str = ""
    focus: str = ""
    drawn: int = 0
    dialog: str = ""
    _written: dict[str, int] = {}
    _quizzes: dict[str, QuizView] = {}
    _open_quizzes: list[str] = []

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The draft as it was last saved."""
        async with unit_of_work(me) as work:
            found = await writing.read_draft(work=work, me=me, lesson_id=self._lesson_id())
        self.conflict = self.heading_conflict = self.undo = self.dialog = self.editing = ""
        self.focus = self.announcement = ""
        self._written, self.values = {}, {}
        self.revision += 1
        self.lesson = edited_lesson(found)
        self.quizzes, self._quizzes = quiz_choices(found.quizzes, me.locale)
        self._open_quizzes = [str(one.id) for one in found.quizzes if one.published]
        await self._show(me, found.blocks)

    @handler(Permission.COURSE_EDIT)
    async def open(self, me: Principal, block_id: UUID) -> None:
        """Write in a block."""
        await self._open(me, block_id)

    @handler(Permission.COURSE_EDIT)
    async def close(self, me: Principal) -> None:
        """Leave the block that is open; the focus goes to its button."""
        self._focus_on(f"block-{self.editing}-edit")
        self.editing = self.conflict = ""
        self.values = {}

    @handler(Permission.COURSE_EDIT)
    async def add(self, me: Principal, kind: BlockKind, before: Key = "") -> None:
        """Add a block in front of another one or at the end, and open it."""
        async with unit_of_work(me) as work:
            block, blocks = await writing.add_block(
                work=work,
                me=me,
                lesson_id=self._lesson_id(),
                kind=kind,
                before=parse_id(before) if before else None,
            )
        self.dialog = ""
        self._mark_changed()
        await self._show(me, blocks)
        self._edit(block)

    @handler(Permission.COURSE_EDIT)
    async def save(self, me: Principal, form: BlockForm) -> None:
        """Store what was typed in a block."""
        await self._save(me, form, {int(form.base or form.version), self._written.get(str(form.block), 0)})

    @handler(Permission.COURSE_EDIT)
    async def keep_mine(self, me: Principal, form: BlockForm) -> None:
        """Store what was typed over what somebody else saved, which the writer has seen."""
        await self._save(me, form, {self.theirs_version})

    @handler(Permission.COURSE_EDIT)
    async def take_theirs(self, me: Principal) -> None:
        """Go on with what somebody else saved."""
        await self._open(me, parse_id(self.editing))
        self.saved += 1

    @handler(Permission.COURSE_EDIT)
    async def save_heading(self, me: Principal, form: HeadingForm) -> None:
        """Store title, time and aims."""
        self.heading_conflict = ""
        based_on = int(form.base) if form.base.isdecimal() else form.version
        if self._written.get("heading") == self.lesson["version"]:
            based_on = self.lesson["version"]
        try:
            async with unit_of_work(me) as work:
                lesson = await writing.save_heading(
                    work=work,
                    me=me,
                    lesson_id=self._lesson_id(),
                    version=based_on,
                    title=form.title,
                    minutes=form.minutes,
                    objectives=form.objectives.splitlines(),
                )
        except Conflict as error:
            self.heading_conflict = translate(error.detail, me.locale)
            return
        self._written["heading"] = lesson.version
        self.heading_saved += 1
        self.lesson = with_heading(self.lesson, lesson)

    @handler(Permission.COURSE_EDIT)
    async def move(self, me: Principal, block_id: UUID, direction: outline.Direction) -> None:
        """Move a block one place; the focus stays on its button."""
        async with unit_of_work(me) as work:
            blocks = await writing.move_block(work=work, me=me, block_id=block_id, direction=direction)
        await self._moved(me, block_id, blocks)
        self._focus_on(f"block-{block_id}-{direction}")

    @handler(Permission.COURSE_EDIT)
    async def place(self, me: Principal, kind: Key, block_id: UUID, group: Key, before: Key) -> None:
        """Put a block where it was dragged."""
        async with unit_of_work(me) as work:
            blocks = await writing.place_block(
                work=work, me=me, block_id=block_id, before=parse_id(before) if before else None
            )
        await self._moved(me, block_id, blocks)

    @handler(Permission.COURSE_EDIT)
    async def duplicate(self, me: Principal, block_id: UUID) -> None:
        """Put a copy behind a block."""
        async with unit_of_work(me) as work:
            block, blocks = await writing.duplicate_block(work=work, me=me, block_id=block_id)
        self._mark_changed()
        await self._show(me, blocks)
        self._focus_on(f"block-{block.id}-edit")
        self._say(me, N_("Copied. The copy follows the block."))

    @handler(Permission.COURSE_EDIT)
    async def remove_block(self, me: Principal, block_id: UUID) -> None:
        """Take a block out; it can be brought back."""
        row = next((one for one in self.blocks if one["id"] == str(block_id)), None)
        async with unit_of_work(me) as work:
            blocks = await writing.remove_block(work=work, me=me, block_id=block_id)
        if self.editing == str(block_id):
            self.editing = ""
        self._mark_changed()
        self.undo = str(block_id)
        name = row["name"] if row else ""
        self.undo_text = translate(N_("Removed: {kind}."), me.locale, kind=name)
        await self._show(me, blocks)
        self._focus_on("block-undo")

    @handler(Permission.COURSE_EDIT)
    async def bring_back(self, me: Principal) -> None:
        """Undo the last removal."""
        key, self.undo = self.undo, ""
        async with unit_of_work(me) as work:
            blocks = await writing.bring_back(work=work, me=me, block_id=parse_id(key))
        self._mark_changed()
        await self._show(me, blocks)
        self._focus_on(f"block-{key}-edit")
        self._say(me, N_("The block is back."))

    @handler(Permission.COURSE_EDIT)
    async def forget_undo(self, me: Principal) -> None:
        """Put the offer to undo away."""
        self.undo = ""

    @handler(Permission.COURSE_EDIT)
    async def go_to(self, me: Principal, block_id: UUID, field: Key) -> None:
        """Open the block of a problem and put the focus on what has to be put right."""
        self.dialog = ""
        await self._open(me, block_id, field)

    @handler(Permission.COURSE_EDIT)
    async def ask(self, me: Principal, dialog: Key, before: Key = "") -> None:
        """Open a dialog: ``publish``, ``remove``, or ``add`` for a block in front of another one."""
        self.dialog, self.before = dialog, before

    @handler(Permission.COURSE_EDIT)
    async def attach(self, me: Principal, file_ids: list[str]) -> None:
        """Show the uploaded file in the block that is open."""
        if not file_ids or not self.editing:
            return
        async with unit_of_work(me) as work:
            block, blocks = await writing.set_file(
                work=work, me=me, block_id=parse_id(self.editing), file_id=parse_id(file_ids[-1])
            )
        self._written[self.editing] = self.editing_version = block.version
        self.values = dict(writing.content_of(block).data)
        self.saved += 1
        self._mark_changed()
        await self._show(me, blocks)

    @handler(Permission.COURSE_EDIT)
    async def keep(self, me: Principal) -> None:
        """Close the dialog."""
        self.dialog = ""

    @handler(Permission.COURSE_EDIT)
    async def publish(self, me: Principal, form: PublishForm) -> None:
        """Make the draft the version that students read."""
        try:
            async with unit_of_work(me) as work:
                version = await publishing.publish(
                    work=work, me=me, lesson_id=self._lesson_id(), note=form.note
                )
        except NotPublishable as error:
            self.problems = problem_lines(error.findings, self.blocks, me.locale)
            self.errors = {"form": translate(error.detail, me.locale, **error.params)}
            return
        self.dialog = self.undo = ""
        self.lesson = {**self.lesson, "published": True, "number": version.number, "changed": False}
        text = translate(N_("Version {number} is published."), me.locale, number=version.number)
        await notify(self, "success", text)

    @handler(Permission.COURSE_EDIT)
    async def unpublish(self, me: Principal) -> None:
        """Hide the lesson from its students."""
        async with unit_of_work(me) as work:
            await publishing.withdraw(work=work, me=me, lesson_id=self._lesson_id())
        self.lesson = {**self.lesson, "published": False}
        text = N_("Students do not see this lesson any more.")
        await notify(self, "success", translate(text, me.locale))

    @handler(Permission.COURSE_EDIT)
    async def remove(self, me: Principal) -> rx.event.EventSpec:
        """Delete the lesson and go back to the outline."""
        self.dialog = ""
        async with unit_of_work(me) as work:
            course_id = await outline.delete_lesson(work=work, me=me, lesson_id=self._lesson_id())
        await notify(self, "success", translate(N_("Deleted."), me.locale))
        return rx.redirect(f"/teach/courses/{course_id}")

    def _lesson_id(self) -> UUID:
        return parse_id(route_argument(self, "lesson_id"))

    async def _open(self, me: Principal, block_id: UUID, field: str = "") -> None:
        async with unit_of_work(me) as work:
            found = await writing.read_draft(work=work, me=me, lesson_id=self._lesson_id())
        await self._show(me, found.blocks)
        self._edit(next((one for one in found.blocks if one.id == block_id), None), field)

    async def _save(self, me: Principal, form: BlockForm, based_on: set[int]) -> None:
        key = str(form.block)
        try:
            async with unit_of_work(me) as work:
                block, blocks = await writing.save_block(
                    work=work, me=me, block_id=form.block, based_on=based_on, values=form.values
                )
        except BlockConflict as error:
            await self._tell_conflict(me, error, form)
            return
        self._written[key] = block.version
        self.saved += 1
        self.conflict = ""
        if key == self.editing:
            self.editing_version = block.version
        self._mark_changed()
        await self._show(me, blocks)

    async def _tell_conflict(self, me: Principal, error: BlockConflict, form: BlockForm) -> None:
        """Show what somebody else saved beside what was typed, which stays in the form."""
        theirs = (await publishing.rendered_draft([error.block], set()))[0]
        key = str(form.block)
        if self.editing != key:
            # The block was left before its last words were refused: open it again with them.
            self._edit(error.block)
            self.values = {**self.values, **form.values}
        self.theirs_html, self.theirs_version = theirs.html, error.block.version
        self.conflict = translate(error.detail, me.locale)
        self.failed += 1

    def _edit(self, block: Block | None, field: str = "") -> None:
        self.conflict = self.undo = ""
        if block is None:
            self.editing, self.values = "", {}
            return
        self.editing, self.editing_version = str(block.id), block.version
        self.values = dict(writing.content_of(block).data)
        self.revision += 1
        first = _FIRST_FIELD[BlockKind(block.kind)]
        if block.kind in (BlockKind.IMAGE, BlockKind.FILE) and document.is_empty(writing.content_of(block)):
            first = "file"
        self._focus_on(f"block-field-{field or first}")

    def _focus_on(self, element: str) -> None:
        self.focus = element
        self.drawn += 1

    async def _moved(self, me: Principal, block_id: UUID, blocks: list[Block]) -> None:
        self._mark_changed()
        await self._show(me, blocks)
        place = next((n for n, one in enumerate(blocks, start=1) if one.id == block_id), 0)
        self._say(me, N_("Moved to place {number} of {total}."), number=place, total=len(blocks))

    def _say(self, me: Principal, text: str, **params: object) -> None:
        # A live region says the same words twice only when they differ: the space makes the second time news.
        said = translate(text, me.locale, **params)
        self.announcement = f"{said} " if self.announcement == said else said

    async def _show(self, me: Principal, blocks: Sequence[Block]) -> None:
        quizzes = {UUID(one) for one in self._open_quizzes}
        rendered = await publishing.rendered_draft(blocks, quizzes)
        self.blocks = block_rows(
            blocks, rendered, me.locale, lesson_id=self.lesson["id"], quizzes=self._quizzes
        )
        self.problems = problem_lines(document.findings_of(rendered), self.blocks, me.locale)

    def _mark_changed(self) -> None:
        if not self.lesson["changed"]:
            self.lesson = {**self.lesson, "changed": True}
