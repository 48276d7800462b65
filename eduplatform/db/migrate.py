"""Bring the database to the newest schema, with its two roles."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from alembic import command
from eduplatform.config import APP_ROLE, SYSTEM_ROLE, get_settings
from eduplatform.db.rls import role_statements

ROOT = Path(__file__).resolve().parents[2]
LOCK = 0x6564755F
"""Advisory lock key: two processes that start together migrate one after the other."""


def configuration(url: str) -> Config:
    """Alembic's configuration for the owner's address."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["url"] = url
    return config


def ensure_roles(connection: sa.Connection) -> None:
    """Create the application's roles with the passwords of the settings."""
    settings = get_settings()
    for role, url in ((APP_ROLE, settings.app_url), (SYSTEM_ROLE, settings.system_url)):
        parsed = make_url(url)
        if parsed.username != role:
            continue
        for statement in role_statements(role, str(parsed.password or "")):
            connection.execute(sa.text(statement))


def upgrade(url: str | None = None) -> None:
    """Create the roles and run the migrations that are missing; does nothing on a current database.

    Args:
        url: The owner's address; the settings' by default.
    """
    url = url or get_settings().owner_url
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("select pg_advisory_lock(:key)"), {"key": LOCK})
            ensure_roles(connection)
            connection.commit()
            if pending(connection):
                config = configuration(url)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
            connection.execute(sa.text("select pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()
    finally:
        engine.dispose()


def analyze(url: str | None = None) -> None:
    """Let PostgreSQL look at what was just loaded: until it has, it plans as if the tables were empty.

    Args:
        url: The owner's address; the settings' by default.
    """
    engine = sa.create_engine(url or get_settings().owner_url, poolclass=sa.NullPool)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("analyze"))
    finally:
        engine.dispose()


def pending(connection: sa.Connection) -> list[str]:
    """Revisions that the database lacks, oldest first."""
    script = ScriptDirectory.from_config(configuration(""))
    current = MigrationContext.configure(connection).get_current_revision()
    return [
        revision.revision for revision in reversed(list(script.iterate_revisions("head", current or "base")))
    ]
