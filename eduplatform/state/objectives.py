"""The objectives of a course, on the page on which its teachers keep them."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import objectives
from eduplatform.i18n import N_, translate
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument


class ObjectiveLine(TypedDict):
    """An objective in the list."""

    id: str
    code: str
    statement: str
    questions: int


class ObjectiveForm(Form):
    """The two parts of an objective."""

    code: Annotated[str, Field(max_length=100)] = ""
    statement: Annotated[str, Field(max_length=1000)] = ""


class ObjectivesState(PageMixin, rx.State):
    """The list, and the dialog for a new objective or one that is changed (``editing``)."""

    course_id: str = ""
    course_title: str = ""
    rows: list[ObjectiveLine] = []
    showing: bool = False
    editing: str = ""
    code: str = ""
    statement: str = ""

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.course_id, self.showing = route_argument(self, "course_id"), False
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def write(self, me: Principal) -> None:
        """The dialog for a new one."""
        self.editing, self.code, self.statement, self.showing = "", "", "", True

    @handler(Permission.COURSE_EDIT)
    async def edit(self, me: Principal, objective_id: UUID) -> None:
        """The dialog for one that is there."""
        row = next((one for one in self.rows if one["id"] == str(objective_id)), None)
        if row is not None:
            self.editing, self.code, self.statement = row["id"], row["code"], row["statement"]
            self.showing = True

    @handler(Permission.COURSE_EDIT)
    async def close(self, me: Principal) -> None:
        """No dialog."""
        self.showing = False

    @handler(Permission.COURSE_EDIT)
    async def save(self, me: Principal, form: ObjectiveForm) -> None:
        """Store what the dialog holds."""
        async with unit_of_work(me) as work:
            if self.editing:
                await objectives.save_objective(
                    work=work,
                    me=me,
                    objective_id=parse_id(self.editing),
                    code=form.code,
                    statement=form.statement,
                )
            else:
                await objectives.add_objective(
                    work=work,
                    me=me,
                    course_id=parse_id(self.course_id),
                    code=form.code,
                    statement=form.statement,
                )
        self.showing = False
        await notify(self, "success", translate(N_("The objective is saved."), me.locale))
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def move(self, me: Principal, objective_id: UUID, direction: Literal["up", "down"]) -> None:
        """One place up or down."""
        async with unit_of_work(me) as work:
            await objectives.move_objective(work=work, me=me, objective_id=objective_id, direction=direction)
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def remove(self, me: Principal, objective_id: UUID) -> None:
        """Remove one; questions stay."""
        async with unit_of_work(me) as work:
            await objectives.delete_objective(work=work, me=me, objective_id=objective_id)
        await notify(self, "success", translate(N_("The objective is removed."), me.locale))
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            course, rows = await objectives.course_objectives(
                work=work, me=me, course_id=parse_id(self.course_id)
            )
        self.course_title = course.title
        self.rows = [
            ObjectiveLine(
                id=str(row.objective.id),
                code=row.objective.code,
                statement=row.objective.statement,
                questions=row.questions,
            )
            for row in rows
        ]
