"""The versions of a lesson: list, comparison, restoring."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import comparison, publishing
from eduplatform.domain.courses.comparison import Change, ChangedBlock, Piece
from eduplatform.domain.courses.publishing import Edition
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.blocks import KIND_NAMES
from eduplatform.state.rows import Option

Number = Annotated[int, Field(ge=0, le=1_000_000)]

CHANGES: dict[str, str] = {
    Change.SAME: N_("Unchanged"),
    Change.ADDED: N_("Added"),
    Change.REMOVED: N_("Removed"),
    Change.CHANGED: N_("Changed"),
    Change.MOVED: N_("Moved"),
}


class CompareForm(Form):
    """Two versions; 0 is the draft."""

    before: Number
    after: Number


class VersionLine(TypedDict):
    """A version in the list."""

    number: int
    title: str
    note: str
    author: str
    when: str
    current: bool


class PieceLine(TypedDict):
    """A run of text: same, added or removed."""

    change: str
    text: str


class PartLine(TypedDict):
    """A value that differs."""

    label: str
    pieces: list[PieceLine]


class BlockLine(TypedDict):
    """A block of the comparison; unchanged ones have no parts."""

    id: str
    kind: str
    change: str
    words: str
    parts: list[PartLine]


def _parts(block: ChangedBlock, locale: str) -> list[PartLine]:
    return [PartLine(label=translate(one.label, locale), pieces=_pieces(one.pieces)) for one in block.parts]


def _pieces(found: Sequence[Piece]) -> list[PieceLine]:
    return [PieceLine(change=str(one.change), text=one.text) for one in found]


class VersionsState(PageMixin, rx.State):
    """What was published of a lesson, and what lies between two versions."""

    lesson_id: str = ""
    title: str = ""
    course: str = ""
    course_id: str = ""
    rows: list[VersionLine] = []
    choices: list[Option] = []
    total: int = 0
    page: int = 1
    pages: int = 1
    changed: bool = False
    before: str = ""
    after: str = ""
    compared: bool = False
    comparison_title: str = ""
    blocks: list[BlockLine] = []
    heading: list[PartLine] = []
    same: int = 0
    restoring: int = 0

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest versions."""
        self.page, self.compared, self.restoring = 1, False, 0
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=100_000)]) -> None:
        """Show another page of the list."""
        self.page = page
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def compare(self, me: Principal, form: CompareForm) -> None:
        """Show what lies between two versions."""
        await self._compare(me, form.before, form.after)

    @handler(Permission.COURSE_EDIT)
    async def compare_with_former(self, me: Principal, number: Number) -> None:
        """Show what a version changed."""
        await self._compare(me, max(number - 1, 1), number)

    @handler(Permission.COURSE_EDIT)
    async def ask_restore(self, me: Principal, number: Number) -> None:
        """Ask before the draft is replaced."""
        self.restoring = number

    @handler(Permission.COURSE_EDIT)
    async def keep(self, me: Principal) -> None:
        """Close the question."""
        self.restoring = 0

    @handler(Permission.COURSE_EDIT)
    async def restore(self, me: Principal) -> object:
        """Make the version the draft, and open it."""
        number, self.restoring = self.restoring, 0
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        async with unit_of_work(me) as work:
            await publishing.restore(work=work, me=me, lesson_id=lesson_id, number=number)
        text = N_("Version {number} is the draft now. Students see it once you publish.")
        await notify(self, "success", translate(text, me.locale, number=number))
        return rx.redirect(f"/teach/lessons/{lesson_id}")

    async def _read(self, me: Principal) -> None:
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        async with unit_of_work(me) as work:
            found = await publishing.history(work=work, me=me, lesson_id=lesson_id, page=self.page)
        self.lesson_id, self.title = str(lesson_id), found.lesson.draft_title
        self.course, self.course_id = found.course.title, str(found.course.id)
        self.changed = found.lesson.changed
        self.total = found.total
        self.pages = max(1, -(-found.total // publishing.PAGE_SIZE))
        self.rows = [
            VersionLine(
                number=one.number,
                title=one.title,
                note=one.note,
                author=one.author.strip(),
                when=format_datetime(one.published_at, me.locale, me.timezone),
                current=one.number == found.lesson.published_number,
            )
            for one in found.versions
        ]
        label = translate(N_("Version"), me.locale)
        self.choices = [
            Option(value="0", label=translate(N_("Draft"), me.locale)),
            *(Option(value=str(one["number"]), label=f"{label} {one['number']}") for one in self.rows),
        ]
        newest = found.lesson.published_number or (self.rows[0]["number"] if self.rows else 0)
        self.before, self.after = str(newest), "0"

    async def _compare(self, me: Principal, before: int, after: int) -> None:
        lesson_id = parse_id(route_argument(self, "lesson_id"))
        async with unit_of_work(me) as work:
            _lesson, old, new = await publishing.editions(
                work=work, me=me, lesson_id=lesson_id, numbers=(before, after)
            )
        blocks = await asyncio.to_thread(comparison.compare, old.blocks, new.blocks)
        self.before, self.after, self.compared = str(before), str(after), True
        self.comparison_title = translate(
            N_("From {before} to {after}"),
            me.locale,
            before=_name(old, me.locale),
            after=_name(new, me.locale),
        )
        self.heading = _heading(old, new, me.locale)
        self.same = sum(one.change is Change.SAME for one in blocks)
        self.blocks = [
            BlockLine(
                id=str(one.id),
                kind=translate(KIND_NAMES[one.kind], me.locale),
                change=str(one.change),
                words=translate(CHANGES[one.change], me.locale),
                parts=_parts(one, me.locale),
            )
            for one in blocks
            if one.change is not Change.SAME
        ]


def _name(edition: Edition, locale: str) -> str:
    if not edition.number:
        return translate(N_("the draft"), locale)
    return translate(N_("version {number}"), locale, number=edition.number)


def _heading(old: Edition, new: Edition, locale: str) -> list[PartLine]:
    values = (
        (N_("Title"), old.title, new.title),
        (N_("Reading time"), str(old.minutes), str(new.minutes)),
        (N_("What readers can do afterwards"), "\n".join(old.objectives), "\n".join(new.objectives)),
    )
    return [
        PartLine(label=translate(label, locale), pieces=_pieces(comparison.pieces(before, after)))
        for label, before, after in values
        if before != after
    ]
