"""The first wall: repositories begin every statement with the tenant's own rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import bindparam, column, insert, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from eduplatform.db.base import TenantRow, utc_now
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.db.unit_of_work import Work
from eduplatform.errors import NotFound

M = TypeVar("M", bound=TenantRow)


class Repository(Generic[M]):
    """Access to one table within the tenant of a unit of work; never commits.

    Subclasses set ``model`` and add the queries that their area needs.
    """

    model: type[M]

    def __init__(self, work: Work) -> None:
        self._work = work
        self._session = work.session

    def rows(self) -> SelectOfScalar[M]:
        """The statement every query of this repository starts from."""
        return select(self.model).where(col(self.model.tenant_id) == self._work.tenant_id)

    async def get(self, key: UUID, *, lock: bool = False) -> M:
        """The row with this id.

        Raises:
            NotFound: It does not exist in this tenant.
        """
        statement = self.rows().where(col(self.model.id) == key)
        if lock:
            statement = statement.with_for_update()
        row = (await self._session.exec(statement)).one_or_none()
        if row is None:
            raise NotFound
        return row

    async def find(self, *conditions: ColumnElement[bool] | bool, order_by: Sequence[Any] = ()) -> list[M]:
        """All rows that meet the conditions; for sets that are small by nature."""
        statement = self.rows().where(*conditions).order_by(*order_by)
        return list((await self._session.exec(statement)).all())

    async def first(self, *conditions: ColumnElement[bool] | bool) -> M | None:
        """One row that meets the conditions, or none."""
        return (await self._session.exec(self.rows().where(*conditions).limit(1))).first()

    async def count(self, *conditions: ColumnElement[bool] | bool) -> int:
        """How many rows meet the conditions."""
        statement = (
            select(func.count())
            .select_from(self.model)
            .where(col(self.model.tenant_id) == self._work.tenant_id, *conditions)
        )
        return (await self._session.exec(statement)).one()

    async def page(
        self, statement: SelectOfScalar[M], *, number: int, size: int, order_by: Sequence[Any]
    ) -> tuple[list[M], int]:
        """One page of a statement and the number of rows in all; two SQL statements."""
        total = (await self._session.exec(select(func.count()).select_from(statement.subquery()))).one()
        found = await self._session.exec(
            statement.order_by(*order_by).offset((max(number, 1) - 1) * size).limit(size)
        )
        return list(found.all()), total

    async def add(self, row: M) -> M:
        """Insert one row."""
        return await self._work.add(row)

    async def insert_many(self, values: Sequence[dict[str, Any]]) -> None:
        """Insert many rows in one statement; the tenant is set here, whatever the values say."""
        if not values:
            return
        rows = [{**value, "tenant_id": self._work.tenant_id} for value in values]
        await self._session.exec(insert(self.model), params=rows, execution_options={CHECKED_INSERT: True})

    async def update_many(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change many rows in one statement.

        Objects that are loaded are not touched; see `as_stored`.

        Args:
            rows: For each the ``id`` and the new values, of the same columns in all.
        """
        await update_together(self._work, (self.model, rows))

    async def delete(self, row: M) -> None:
        """Delete one row."""
        await self._session.delete(row)
        await self._work.flush()


async def update_together(work: Work, *changes: tuple[type[Any], Sequence[Mapping[str, Any]]]) -> None:
    """`Repository.update_many` for rows of several tables, in one statement.

    Args:
        work: The open unit of work.
        changes: A table and its rows; no table twice.
    """
    given = [(model, rows) for model, rows in changes if rows]
    if not given:
        return
    values: dict[str, Any] = {"tenant": work.tenant_id, "now": utc_now()}
    for number, (_model, rows) in enumerate(given):
        values[f"rows_{number}"] = _payload(tuple(rows[0]), rows)
    statement = _update_together(tuple((model, tuple(rows[0])) for model, rows in given))
    await cast(Any, work.session).exec(statement, params=values)


def several(name: str) -> Any:
    """A parameter of a statement that is made once, for a list of ids.

    Not an array: how many there are decides how PostgreSQL plans a prepared statement.
    """
    return cast(Any, bindparam(name, expanding=True))


@lru_cache(maxsize=256)
def _update_together(tables: tuple[tuple[type[TenantRow], tuple[str, ...]], ...]) -> Any:
    """The statement of `update_together` for these columns; making it costs more than running it."""
    *others, last = [_update(model, names, number) for number, (model, names) in enumerate(tables)]
    for number, statement in enumerate(others):
        last = last.add_cte(statement.cte(f"changed_{number}"))
    return last.execution_options(synchronize_session=False)


def _update(model: type[TenantRow], names: tuple[str, ...], number: int) -> Any:
    columns = model.__table__.c  # type: ignore[attr-defined]
    rows = bindparam(f"rows_{number}", type_=JSONB)
    given = _recordset(f"given_{number}", [columns[name] for name in names], rows)
    return (
        update(model)
        .where(col(model.tenant_id) == bindparam("tenant"), col(model.id) == given.c.id)
        .values({name: given.c[name] for name in names if name != "id"} | {"updated_at": bindparam("now")})
    )


def given_rows(name: str, columns: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows that a statement brings along, as a table in it: one parameter, however many they are.

    Args:
        name: The table's name in the statement.
        columns: A column of a model for each column, for its name and its type.
        rows: The values; those of JSON columns as they are, all others in a form that PostgreSQL reads from text.
    """
    payload = _payload([one.name for one in columns], rows)
    return _recordset(name, columns, bindparam(None, payload, JSONB))


def _payload(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Any:
    return json.loads(json.dumps([{name: row[name] for name in names} for row in rows], default=str))


def _recordset(name: str, columns: Sequence[Any], rows: Any) -> Any:
    typed = [column(one.name, one.type) for one in columns]
    return (
        func.jsonb_to_recordset(rows)
        .table_valued(*typed, name=name)
        .render_derived(name=name, with_types=True)
    )


def as_stored(row: Any, values: Mapping[str, Any]) -> None:
    """Let a loaded object show what a statement has written to its row."""
    for name, value in values.items():
        set_committed_value(row, name, value)
