"""From inside one tenant, every road to every table of another one is tried. None may lead there.

Each road is tried against all three walls together, as an attacker meets them, and the database's wall is tried alone by raw
SQL as the application's role.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import make_transient, make_transient_to_detached
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from sqlmodel import SQLModel, select

from eduplatform.db import engine
from eduplatform.db.audit import AuditEvent, AuditHead
from eduplatform.db.base import TenantRoot
from eduplatform.db.rls import APPEND_ONLY, IDENTITY_ONLY, IDENTITY_SHARED
from eduplatform.db.scope import TenantScope
from eduplatform.db.unit_of_work import Work, _open, identity_work, unit_of_work, unscoped
from eduplatform.errors import EduError, TenantScopeViolation
from eduplatform.security.principal import PlatformActor
from tests.factories.rows import build_row, fill_tenant, tenant_classes
from tests.factories.world import World, make_world

pytestmark = pytest.mark.anyio

REFUSED = (EduError, DBAPIError, StaleDataError, ObjectDeletedError)


@dataclass
class Two:
    """Our tenant and somebody else's, each with a row in every table."""

    ours: World
    theirs: World
    our_rows: dict[type[SQLModel], Any]
    their_rows: dict[type[SQLModel], Any]

    @property
    def actor(self) -> PlatformActor:
        return PlatformActor(self.ours.tenant_id)


@pytest.fixture(scope="module")
async def two(database: None) -> Two:
    ours, theirs = await make_world(), await make_world()
    return Two(
        ours,
        theirs,
        await fill_tenant(ours.tenant_id, (await _spare(ours)).identity_id),
        await fill_tenant(theirs.tenant_id, (await _spare(theirs)).identity_id),
    )


async def _spare(world: World) -> Any:
    """Somebody's identity that has no account in this tenant yet."""
    other = await make_world()
    return other.student


def _key(cls: type[SQLModel]) -> Any:
    return cls.__table__.c.tenant_id if cls is AuditHead else cls.__table__.c.id  # type: ignore[attr-defined]


def _attribute(cls: type[SQLModel]) -> Any:
    return cls.tenant_id if cls is AuditHead else cls.id  # type: ignore[attr-defined]


def _column_to_change(cls: type[SQLModel]) -> str:
    return next(
        column.name
        for column in cls.__table__.columns  # type: ignore[attr-defined]
        if not column.primary_key and column.name not in ("tenant_id", "created_at", "updated_at")
    )


def _same_value(cls: type[SQLModel]) -> dict[str, Any]:
    name = _column_to_change(cls)
    return {name: getattr(cls, name)}


classes = pytest.mark.parametrize("cls", tenant_classes(), ids=lambda cls: cls.__name__)


async def _snapshot(two: Two, cls: type[SQLModel]) -> list[tuple[Any, ...]]:
    async with unscoped(reason="isolation tests compare") as work:
        column = cls.__table__.c.id if issubclass(cls, TenantRoot) else cls.__table__.c.tenant_id  # type: ignore[attr-defined]
        rows = await work.session.connection()
        found = await rows.execute(
            sa.select(cls.__table__).where(column == two.theirs.tenant_id).order_by(_key(cls))  # type: ignore[attr-defined]
        )
        return [tuple(row) for row in found]


@classes
async def test_reading_finds_nothing(two: Two, cls: type[SQLModel]) -> None:
    key = two.their_rows[cls]
    async with unit_of_work(two.actor) as work:
        assert await work.session.get(cls, key) is None
        assert (await work.session.exec(select(cls).where(_attribute(cls) == key))).all() == []
        assert key not in (await work.session.exec(select(_attribute(cls)))).all()
        alias = sa.orm.aliased(cls)
        name = "tenant_id" if cls is AuditHead else "id"
        assert key not in (await work.session.exec(select(getattr(alias, name)))).all()
        assert two.our_rows[cls] in (await work.session.exec(select(_attribute(cls)))).all()


@classes
async def test_union_subquery_and_exists_find_nothing(two: Two, cls: type[SQLModel]) -> None:
    key = two.their_rows[cls]
    async with unit_of_work(two.actor) as work:
        inner = select(_attribute(cls).label("key")).where(_attribute(cls) == key).subquery()
        assert (await work.session.exec(select(inner.c.key))).all() == []
        found = await work.session.execute(sa.select(sa.exists(sa.select(cls).where(_attribute(cls) == key))))
        assert found.scalar() is False


Attack = Callable[[Work, Two, type[SQLModel]], Awaitable[Any]]


async def core_select(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    rows = (
        await work.session.execute(sa.select(cls.__table__).where(_key(cls) == two.their_rows[cls]))
    ).all()  # type: ignore[attr-defined]
    assert rows == []


async def core_update(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    name = _column_to_change(cls)
    table = cls.__table__  # type: ignore[attr-defined]
    await work.session.execute(
        sa.update(table).where(_key(cls) == two.their_rows[cls]).values({name: table.c[name]})
    )


async def bulk_update(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    result = await work.session.execute(
        sa.update(cls).where(_attribute(cls) == two.their_rows[cls]).values(_same_value(cls))
    )
    assert result.rowcount == 0  # type: ignore[attr-defined]


async def bulk_update_by_key(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    name = "tenant_id" if cls is AuditHead else "id"
    await work.session.execute(sa.update(cls), [{name: two.their_rows[cls], "created_at": None}])


async def bulk_delete(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    result = await work.session.execute(sa.delete(cls).where(_attribute(cls) == two.their_rows[cls]))
    assert result.rowcount == 0  # type: ignore[attr-defined]


async def insert_row(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    row = build_row(cls, two.theirs.tenant_id, _parents(two.their_rows))
    if isinstance(row, TenantRoot):
        row.id = uuid4()
    work.session.add(row)
    await work.flush()


async def bulk_insert(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    row = build_row(cls, two.theirs.tenant_id, _parents(two.their_rows))
    await work.session.execute(sa.insert(cls), [row.model_dump(warnings=False)])


async def change_detached(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    row = build_row(cls, two.theirs.tenant_id, _parents(two.their_rows))
    setattr(row, "tenant_id" if cls is AuditHead else "id", two.their_rows[cls])
    make_transient(row)
    make_transient_to_detached(row)
    work.session.add(row)
    setattr(row, _column_to_change(cls), getattr(row, _column_to_change(cls)))
    sa.orm.attributes.flag_modified(row, _column_to_change(cls))
    await work.flush()


async def disguise_detached(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    """Somebody else's key with our tenant written on it."""
    row = build_row(cls, two.ours.tenant_id, _parents(two.our_rows))
    setattr(row, "tenant_id" if cls is AuditHead else "id", two.their_rows[cls])
    make_transient(row)
    make_transient_to_detached(row)
    work.session.add(row)
    sa.orm.attributes.flag_modified(row, _column_to_change(cls))
    await work.flush()


async def delete_detached(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    row = build_row(cls, two.theirs.tenant_id, _parents(two.their_rows))
    setattr(row, "tenant_id" if cls is AuditHead else "id", two.their_rows[cls])
    make_transient(row)
    make_transient_to_detached(row)
    await work.session.delete(row)
    await work.flush()


async def merge_foreign(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    row = build_row(cls, two.theirs.tenant_id, _parents(two.their_rows))
    setattr(row, "tenant_id" if cls is AuditHead else "id", two.their_rows[cls])
    await work.session.merge(row)
    await work.flush()


async def identity_map(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    """An object that another tenant's session loaded is carried into ours."""
    async with unit_of_work(PlatformActor(two.theirs.tenant_id)) as other:
        row = await other.session.get(cls, two.their_rows[cls])
        assert row is not None
        other.session.expunge(row)
    work.session.add(row)
    assert await work.session.get(cls, two.their_rows[cls]) is None


async def move_ours_away(work: Work, two: Two, cls: type[SQLModel]) -> Any:
    row = await work.session.get(cls, two.our_rows[cls])
    assert row is not None
    setattr(row, "id" if issubclass(cls, TenantRoot) else "tenant_id", two.theirs.tenant_id)
    await work.flush()


def _parents(rows: dict[type[SQLModel], Any]) -> dict[str, UUID]:
    return {cls.__table__.name: key for cls, key in rows.items()}  # type: ignore[attr-defined]


ATTACKS: tuple[Attack, ...] = (
    core_select,
    core_update,
    bulk_update,
    bulk_update_by_key,
    bulk_delete,
    insert_row,
    bulk_insert,
    change_detached,
    disguise_detached,
    delete_detached,
    merge_foreign,
    identity_map,
    move_ours_away,
)
QUIET = {core_select, bulk_update, bulk_delete}
"""Attacks that may end without an error, because they find nothing; all others must be refused aloud."""


@classes
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_writing_is_refused(two: Two, cls: type[SQLModel], attack: Attack) -> None:
    before = await _snapshot(two, cls)
    refused = False
    try:
        async with unit_of_work(two.actor) as work:
            await attack(work, two, cls)
    except REFUSED:
        refused = True
    assert refused or attack in QUIET
    assert await _snapshot(two, cls) == before


@classes
async def test_the_orms_wall_stands_alone(two: Two, cls: type[SQLModel]) -> None:
    """With row-level security open, the session still shows and changes only its own tenant."""
    key = two.their_rows[cls]
    async with _open("system", TenantScope(two.ours.tenant_id, None)) as work:
        connection = await work.session.connection()
        await connection.execute(sa.text("select set_config('app.unscoped_reason', 'wall test', true)"))
        present = await connection.execute(sa.select(_key(cls)).where(_key(cls) == key))
        assert present.all() == [(key,)]
        assert (await work.session.exec(select(cls).where(_attribute(cls) == key))).all() == []
        assert await work.session.get(cls, key) is None
        inner = select(_attribute(cls).label("key")).subquery()
        assert key not in (await work.session.exec(select(inner.c.key))).all()
        if cls.__table__.name not in APPEND_ONLY:  # type: ignore[attr-defined]
            for quiet in (bulk_update, bulk_delete):
                await quiet(work, two, cls)
        await work.session.rollback()


async def _raw(role: engine.EngineRole, tenant_id: UUID | None, statement: str, **values: Any) -> list[Any]:
    async with engine.engine(role).connect() as connection:
        await connection.execute(
            sa.text("select set_config('app.tenant_id', :tenant, true)"), {"tenant": str(tenant_id or "")}
        )
        result = await connection.execute(sa.text(statement), values)
        return list(result.all()) if result.returns_rows else [result.rowcount]


@classes
async def test_raw_sql_of_the_application_role_stays_in_its_tenant(two: Two, cls: type[SQLModel]) -> None:
    table = cls.__table__.name  # type: ignore[attr-defined]
    key = "tenant_id" if cls is AuditHead else "id"
    name = _column_to_change(cls)
    ours, theirs = two.ours.tenant_id, two.their_rows[cls]
    select_one = f'select 1 from "{table}" where {key} = :key'
    assert await _raw("app", ours, select_one, key=theirs) == []
    assert await _raw("app", None, select_one, key=theirs) == []
    assert await _raw("app", None, f'select 1 from "{table}"') == []
    assert await _raw("app", ours, select_one, key=two.our_rows[cls]) == [(1,)]
    for statement in (
        f'update "{table}" set {name} = {name} where {key} = :key',
        f'delete from "{table}" where {key} = :key',
    ):
        if table in APPEND_ONLY or (table == "tenant" and statement.startswith("delete")):
            with pytest.raises(DBAPIError, match="permission denied"):
                await _raw("app", ours, statement, key=theirs)
        else:
            assert await _raw("app", ours, statement, key=theirs) == [0]


@classes
async def test_raw_insert_for_another_tenant_is_refused(two: Two, cls: type[SQLModel]) -> None:
    row = build_row(cls, two.theirs.tenant_id, _parents(two.their_rows))
    if isinstance(row, TenantRoot):
        row.id = uuid4()
    async with engine.engine("app").connect() as connection:
        await connection.execute(
            sa.text("select set_config('app.tenant_id', :tenant, true)"), {"tenant": str(two.ours.tenant_id)}
        )
        with pytest.raises(DBAPIError, match=r"row-level security|permission denied"):
            await connection.execute(sa.insert(cls.__table__), [row.model_dump(warnings=False)])  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", IDENTITY_ONLY)
async def test_the_tenant_role_has_no_grant_on_the_identity_plane(two: Two, table: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        await _raw("app", two.ours.tenant_id, f'select 1 from "{table}"')


@classes
async def test_the_system_role_sees_tenants_rows_only_with_a_reason(two: Two, cls: type[SQLModel]) -> None:
    table = cls.__table__.name  # type: ignore[attr-defined]
    rows = await _raw("system", None, f'select 1 from "{table}" limit 1')
    assert (rows != []) == (table in IDENTITY_SHARED)


@classes
async def test_identity_work_may_not_touch_a_tenants_tables(two: Two, cls: type[SQLModel]) -> None:
    if getattr(cls, "identity_plane", False):
        return
    async with identity_work() as work:
        with pytest.raises(TenantScopeViolation):
            await work.session.exec(select(cls))


@pytest.mark.parametrize("role", ["app", "system"])
async def test_the_roles_are_ordinary(database: None, role: engine.EngineRole) -> None:
    rows = await _raw(
        role,
        None,
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user",
    )
    assert rows == [(False, False, False, False)]
    owned = await _raw(role, None, "select count(*) from pg_tables where tableowner = current_user")
    assert owned == [(0,)]


async def test_every_table_is_behind_the_wall(database: None) -> None:
    rows = await _raw(
        "app",
        None,
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'"
        " and c.relkind = 'r' and c.relname <> 'alembic_version' and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    assert rows == []


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_append_only_rows_cannot_change(two: Two, table: str) -> None:
    for verb in (f'update "{table}" set created_at = created_at', f'delete from "{table}"'):
        with pytest.raises(DBAPIError, match="permission denied"):
            await _raw("app", two.ours.tenant_id, verb)


async def test_leaving_the_scope_needs_a_reason_and_leaves_a_trace(two: Two) -> None:
    with pytest.raises(TenantScopeViolation):
        async with unscoped(reason="  "):
            pass
    reason = f"counting {uuid4().hex}"
    async with unscoped(reason=reason) as work:
        found = await work.session.exec(select(AuditEvent).where(AuditEvent.action == "scope.left"))
        assert reason in [row.details["reason"] for row in found]


async def test_a_session_without_a_tenant_is_refused() -> None:
    with pytest.raises(TenantScopeViolation):
        async with unit_of_work(PlatformActor(None)):
            pass
