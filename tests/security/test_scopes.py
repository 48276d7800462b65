"""The roads around a unit of work: sessions without a scope, the wrong plane, other writers, a silent database."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from eduplatform.config import APP_ROLE, get_settings
from eduplatform.db import engine, migrate, scope
from eduplatform.db.repository import Repository
from eduplatform.db.rls import role_statements, unsecured_tables
from eduplatform.db.scope import ScopedSession
from eduplatform.db.unit_of_work import identity_work, unit_of_work, unscoped
from eduplatform.domain.accounts import remembered, sessions
from eduplatform.domain.accounts.models import Identity, User
from eduplatform.domain.accounts.models import Session as Signed
from eduplatform.domain.tenants.models import Tenant, Term
from eduplatform.errors import (
    Conflict,
    Forbidden,
    NotFound,
    NotSignedIn,
    TenantScopeViolation,
    Unavailable,
)
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import AccessChanged
from eduplatform.security.principal import PlatformActor
from tests.factories.accounts import settings_with
from tests.factories.rows import build_row
from tests.factories.world import World, make_operator

pytestmark = pytest.mark.anyio


class Terms(Repository[Term]):
    """The school's terms."""

    model = Term


async def new_term(world: World) -> Term:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        return await Terms(work).add(build_row(Term, world.tenant_id, {}))


async def test_a_session_without_scope_reads_nothing(database: None) -> None:
    async with AsyncSession(engine.engine("app"), sync_session_class=ScopedSession) as session:
        with pytest.raises(TenantScopeViolation):
            await session.exec(select(User))
        with pytest.raises(TenantScopeViolation):
            await session.connection()
        with pytest.raises(TenantScopeViolation):
            session.add(Tenant(slug="x", name="x"))


@pytest.mark.parametrize("model", [Identity, Signed])
async def test_a_tenants_work_cannot_name_the_identity_plane(world: World, model: type[SQLModel]) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        with pytest.raises(TenantScopeViolation):
            await work.session.exec(select(model))


async def test_the_identity_plane_writes_no_tenants_rows(world: World) -> None:
    with pytest.raises(TenantScopeViolation):
        async with identity_work() as work:
            work.session.add(build_row(Term, world.tenant_id, {}))


async def test_a_tenants_work_inserts_nothing_of_the_identity_plane(world: World) -> None:
    with pytest.raises(TenantScopeViolation):
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            work.session.add(Identity(email=f"{uuid4().hex}@x.test", password_hash=""))


async def test_statements_without_mapped_tables_are_refused(world: World) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        for statement in (
            sa.text("select 1"),
            sa.select(sa.text("1")),
            sa.select(sa.literal(1)),
            sa.insert(Term.__table__).values(name="x"),  # pyright: ignore[reportAttributeAccessIssue]
            sa.delete(Term.__table__),  # pyright: ignore[reportAttributeAccessIssue]
        ):
            with pytest.raises(TenantScopeViolation):
                await work.session.execute(statement)


async def test_new_rows_get_the_tenant_and_keep_a_given_author(world: World) -> None:
    me = await world.admin.principal()
    async with unit_of_work(me) as work:
        plain, given = (build_row(Term, world.tenant_id, {}) for _ in range(2))
        plain.__dict__["tenant_id"] = given.__dict__["tenant_id"] = None
        plain.created_by, given.created_by = None, world.teacher.user_id
        work.session.add_all([plain, given])
        await work.flush()
        assert {plain.tenant_id, given.tenant_id} == {world.tenant_id}
        assert (plain.created_by, given.created_by) == (world.admin.user_id, world.teacher.user_id)


async def test_a_slower_writer_meets_a_conflict(world: World) -> None:
    term = await new_term(world)
    actor = PlatformActor(world.tenant_id)
    with pytest.raises(Conflict):
        async with unit_of_work(actor) as slow:
            row = await Terms(slow).get(term.id)
            async with unit_of_work(actor) as fast:
                await Terms(fast).delete(await Terms(fast).get(term.id))
            row.name = "Changed too late"
    async with unit_of_work(actor) as work:
        with pytest.raises(NotFound):
            await Terms(work).get(term.id)


async def test_the_trail_of_another_tenant_cannot_be_written(world: World) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        with pytest.raises(TenantScopeViolation):
            await work.audit_for(uuid4(), None, "grade.released")


async def test_callbacks_wait_for_the_commit_and_die_with_a_rollback(world: World) -> None:
    called: list[str] = []
    with pytest.raises(NotFound):
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            work.after_commit(lambda: called.append("rolled back"))
            raise NotFound
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        work.after_commit(lambda: called.append("committed"))
        assert called == []
    assert called == ["committed"]


async def test_a_silent_database_is_said_plainly_and_forgets_no_check(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = (await world.student.sign_in()).partition("=")[2]
    await sessions.resolve(cookie)
    monkeypatch.setattr(remembered, "_checked", 0.0)
    monkeypatch.setattr(remembered, "CHECK_SECONDS", -1.0)
    silent = create_async_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with monkeypatch.context() as patch:
        patch.setattr(engine, "engine", lambda _role: silent)
        patch.setattr("eduplatform.db.unit_of_work.engine", lambda _role: silent)
        with pytest.raises(Unavailable):
            await sessions.resolve(cookie)
        assert remembered._checked == 0.0, "the next event must look again"
    assert (await sessions.resolve(cookie)).user_id == world.student.user_id


async def test_somebody_without_membership_has_no_id_in_a_tenant(database: None) -> None:
    operator = await (await make_operator()).principal()
    with pytest.raises(Forbidden):
        _ = operator.user


async def test_an_operator_reads_across_tenants_with_a_reason_only(world: World) -> None:
    async with unscoped(reason="counting terms") as work:
        assert (await work.session.exec(select(User.id).where(col(User.tenant_id) == world.tenant_id))).all()


async def test_an_event_is_published_to_no_other_tenants_channel(world: World) -> None:
    with pytest.raises(TenantScopeViolation):
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            work.publish(Channel.tenant(), AccessChanged(), tenant_id=uuid4())
    with pytest.raises(TenantScopeViolation):
        async with identity_work() as work:
            work.publish(Channel.tenant(), AccessChanged())


async def test_a_statement_that_many_tenants_run_shows_each_its_own_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "_MOST_TENANTS", 2)
    statement = select(User.id)
    own = {one.user_id for one in (world.admin, world.teacher, world.student, world.guardian)}
    for tenant_id in [world.tenant_id, *(uuid4() for _ in range(4)), world.tenant_id, uuid4()]:
        async with unit_of_work(PlatformActor(tenant_id)) as work:
            found = set((await work.session.exec(statement)).all())
        assert (own <= found) if tenant_id == world.tenant_id else not found


async def test_somebody_outside_every_tenant_ends_another_session_of_theirs(database: None) -> None:
    operator = await make_operator()
    me = await operator.principal()
    other = (await operator.sign_in()).partition("=")[2]
    before = {one.id for one in await sessions.list_sessions(me=me)}
    ending = before - {me.session_id}
    for session_id in ending:
        await sessions.revoke_session(me=me, session_id=session_id)
    assert not ending & {one.id for one in await sessions.list_sessions(me=me)}
    with pytest.raises(NotSignedIn):
        await sessions.resolve(other)


@pytest.mark.parametrize("password", ["", "it's", 'a"b', "x; drop role edu_app"])
def test_a_role_gets_no_password_that_could_end_its_quotes(password: str) -> None:
    with pytest.raises(ValueError):
        list(role_statements("edu_app", password))


def test_an_open_table_is_named(migrated: None) -> None:
    owner = sa.create_engine(get_settings().owner_url, poolclass=sa.NullPool)
    with owner.connect() as connection:
        assert unsecured_tables(connection) == []
        connection.execute(sa.text("create table open_to_all (id int)"))
        assert unsecured_tables(connection) == ["open_to_all"]
        connection.rollback()
    owner.dispose()


def test_a_role_of_ones_own_is_left_alone(migrated: None) -> None:
    """Where the address names another role than ours, its owner looks after its password."""
    url = get_settings().owner_url.replace("postgresql+psycopg", "postgresql")
    seen = "select rolpassword from pg_authid where rolname = %s"
    with psycopg.connect(url) as connection:
        before = connection.execute(seen, [APP_ROLE]).fetchone()
    owner = sa.create_engine(get_settings().owner_url, poolclass=sa.NullPool)
    theirs = "postgresql://theirs:x@localhost/x"
    with settings_with(DATABASE_APP_URL=theirs, DATABASE_SYSTEM_URL=theirs), owner.connect() as connection:
        migrate.ensure_roles(connection)
        assert connection.execute(sa.text("select 1 from pg_roles where rolname = 'theirs'")).all() == []
    owner.dispose()
    with psycopg.connect(url) as connection:
        assert connection.execute(seen, [APP_ROLE]).fetchone() == before


async def test_a_taken_name_is_a_conflict_and_writes_nothing(world: World) -> None:
    with pytest.raises(Conflict):
        async with identity_work() as work:
            await work.add(Tenant(slug=world.slug, name="Second of this name"))
    async with identity_work() as work:
        assert len((await work.session.exec(select(Tenant).where(col(Tenant.slug) == world.slug))).all()) == 1
