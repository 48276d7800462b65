"""Students who may need an adult, for the adults who were named."""

from __future__ import annotations

from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.tutoring import cases
from eduplatform.i18n import translate
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, parse_id


class CaseLine(TypedDict):
    """A case."""

    id: str
    name: str
    category: str
    excerpt: str
    course: str
    when: str
    ago: str
    open: bool
    note: str


class NoteForm(Form):
    """What was done."""

    note: Annotated[str, Field(max_length=4000)] = ""


class CasesState(PageMixin, rx.State):
    """The cases, open ones first; ``closing`` is the one whose dialog is open."""

    rows: list[CaseLine] = []
    page: int = 1
    pages: int = 1
    closing: str = ""

    @handler(Permission.SAFEGUARDING, loads=True)
    async def load(self, me: Principal) -> None:
        """The first page."""
        self.page, self.closing = 1, ""
        await self._read(me)

    @handler(Permission.SAFEGUARDING)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=10_000)]) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.SAFEGUARDING)
    async def start_close(self, me: Principal, key: Annotated[str, Field(max_length=40)]) -> None:
        """Ask what was done."""
        self.closing = key

    @handler(Permission.SAFEGUARDING)
    async def stop_close(self, me: Principal) -> None:
        """Rather not."""
        self.closing = ""

    @handler(Permission.SAFEGUARDING)
    async def close(self, me: Principal, form: NoteForm) -> None:
        """Close a case."""
        async with unit_of_work(me) as work:
            await cases.close(work=work, me=me, case_id=parse_id(self.closing), note=form.note)
        self.closing = ""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found, total = await cases.list_cases(work=work, me=me, page=self.page)
        now = utc_now()
        self.pages = max(1, -(-total // cases.PAGE_SIZE))
        self.rows = [
            CaseLine(
                id=str(case.id),
                name=f"{given} {family}".strip(),
                category=translate(cases.CATEGORIES.get(case.category, case.category), me.locale),
                excerpt=case.excerpt,
                course=course or "",
                when=format_datetime(case.created_at, me.locale, me.timezone),
                ago=format_relative(case.created_at, now, me.locale),
                open=case.state == "open",
                note=case.note,
            )
            for case, given, family, course in found
        ]
