"""The third wall: row-level security, and what each role may do to each table.

Two roles, neither owner nor superuser nor BYPASSRLS. The tenant role sees the rows of ``app.tenant_id`` and nothing of
the identity plane. The system role sees the identity plane, and the tenants' rows only while ``app.unscoped_reason``
is set, which ``unscoped`` alone does. ``NULLIF`` is needed because a setting that ended with its transaction reads as an
empty string, not as null.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from eduplatform.config import APP_ROLE, SYSTEM_ROLE

TENANT = "(select NULLIF(current_setting('app.tenant_id', true), '')::uuid)"
REASON = "(select NULLIF(current_setting('app.unscoped_reason', true), '') is not null)"

IDENTITY_ONLY = ("identity", "session", "identity_token")
"""Tables without a tenant: the tenant role has no grant on them at all."""

IDENTITY_SHARED = (
    "tenant",
    "user",
    "invitation",
    "mail_message",
    "audit_event",
    "audit_head",
    "calendar_feed",
    "live_channel",
    "live_event",
)
"""Tenants' tables which sign-in, mail, audit, calendar feeds and the relay of events must reach before a tenant is chosen."""

APPEND_ONLY = ("audit_event", "grade_event", "lesson_version", "course_grade_entry")
"""Nobody changes or deletes these rows."""


def role_statements(role: str, password: str) -> Iterator[str]:
    """Create a login role, or bring an existing one to this password and these limits."""
    # Role names are constants of this module and the password is hexadecimal: neither can carry a quote.
    if not password.isalnum():
        raise ValueError("a role's password is hexadecimal")
    attributes = f"LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD '{password}'"
    yield (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
        f"CREATE ROLE {role} {attributes}; ELSE ALTER ROLE {role} {attributes}; END IF; END $$"
    )


def schema_grants() -> Iterator[str]:
    """What both roles need besides tables."""
    for role in (APP_ROLE, SYSTEM_ROLE):
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"


def secure_table(table: str) -> Iterator[str]:
    """Statements that put one table behind the wall; a table that no migration secured has no grants and is unusable."""
    if table in IDENTITY_ONLY:
        yield f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {SYSTEM_ROLE}'
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        yield f'CREATE POLICY identity_plane ON "{table}" TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)'
        return
    column = "id" if table == "tenant" else "tenant_id"
    actions = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
    tenant_actions = "SELECT, UPDATE" if table == "tenant" else actions
    system_rule = "true" if table in IDENTITY_SHARED else REASON
    yield f'GRANT {tenant_actions} ON "{table}" TO {APP_ROLE}'
    yield f'GRANT {actions} ON "{table}" TO {SYSTEM_ROLE}'
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    yield (
        f'CREATE POLICY tenant_wall ON "{table}" TO {APP_ROLE} '
        f"USING ({column} = {TENANT}) WITH CHECK ({column} = {TENANT})"
    )
    yield (
        f'CREATE POLICY system_wall ON "{table}" TO {SYSTEM_ROLE} '
        f"USING ({system_rule}) WITH CHECK ({system_rule})"
    )
    if table in APPEND_ONLY:
        yield (
            f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def close_job_schema() -> Iterator[str]:
    """Statements that put the job queue's schema behind a wall of its own.

    Its tables are the queue's (procrastinate), live in the schema ``jobs`` and carry no tenant column, so row-level
    security has nothing to hold on to. Instead the tenant role has no grant on any of them: it may only call
    ``jobs.enqueue``, which writes the tenant of the calling transaction into the job. The system role works the queue.
    """
    yield "REVOKE ALL ON SCHEMA jobs FROM PUBLIC"
    yield "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA jobs FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA jobs TO {APP_ROLE}, {SYSTEM_ROLE}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO {SYSTEM_ROLE}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO {SYSTEM_ROLE}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO {SYSTEM_ROLE}"
    yield (
        "CREATE FUNCTION jobs.enqueue(job text, arguments jsonb, not_before timestamptz) RETURNS bigint "
        "LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_temp AS $$ "
        "DECLARE tenant text; number bigint; BEGIN SELECT NULLIF(current_setting('app.tenant_id', true), '') INTO tenant; "
        "IF tenant IS NULL THEN RAISE EXCEPTION 'a job belongs to a tenant'; END IF; "
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) "
        "VALUES ('default', job, arguments || jsonb_build_object('tenant_id', tenant), not_before) "
        "RETURNING id INTO number; RETURN number; END $$"
    )
    yield "REVOKE ALL ON FUNCTION jobs.enqueue(text, jsonb, timestamptz) FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION jobs.enqueue(text, jsonb, timestamptz) TO {APP_ROLE}"


def publish_events_function() -> str:
    """The function that writes the events of one transaction: [{tenant, channel, event, data}].

    It runs with the rights of its caller, so that row-level security decides whose channels they are. Channels are counted up
    in the order of their names: transactions that publish to the same ones wait for each other and never in a circle.
    An event's moment is that of its channel's count, which is read under the lock: by moment and number they come in their order.
    """
    return (
        "CREATE FUNCTION publish_events(events jsonb) RETURNS void LANGUAGE sql SECURITY INVOKER "
        "SET search_path = public, pg_temp AS $$ "
        "WITH given AS ("
        "SELECT (e->>'tenant')::uuid AS tenant_id, e->>'channel' AS channel, e->>'event' AS event, e->'data' AS data, place "
        "FROM jsonb_array_elements(events) WITH ORDINALITY AS listed(e, place)"
        "), counted AS ("
        "INSERT INTO live_channel AS known (id, created_at, updated_at, tenant_id, name, last_number) "
        "SELECT gen_random_uuid(), clock_timestamp(), clock_timestamp(), tenant_id, channel, count(*) FROM given "
        "GROUP BY tenant_id, channel ORDER BY tenant_id, channel "
        "ON CONFLICT (tenant_id, name) DO UPDATE SET last_number = known.last_number + excluded.last_number, "
        "updated_at = clock_timestamp() "
        "RETURNING known.tenant_id, known.name, known.last_number, known.updated_at"
        ") INSERT INTO live_event (id, created_at, updated_at, tenant_id, channel, event, data, number) "
        "SELECT gen_random_uuid(), counted.updated_at, counted.updated_at, given.tenant_id, given.channel, given.event, given.data, "
        "counted.last_number + 1 - row_number() OVER (PARTITION BY given.tenant_id, given.channel ORDER BY place DESC) "
        "FROM given JOIN counted ON counted.tenant_id = given.tenant_id AND counted.name = given.channel $$"
    )


def refuse_change_function() -> str:
    """The trigger function of append-only tables; only the erasure of a whole tenant may cascade into them."""
    return (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME; END $$"
    )


def unsecured_tables(connection: sa.Connection) -> list[str]:
    """Tables of the public schema without forced row-level security, the migration's own table aside."""
    found = connection.execute(
        sa.text(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = 'public' and c.relkind = 'r' and c.relname <> 'alembic_version'"
            " and not (c.relrowsecurity and c.relforcerowsecurity) order by 1"
        )
    )
    return [row[0] for row in found]
