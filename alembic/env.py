"""Migrations run as the owner of the schema, on the connection they are given or on the settings' address."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import SQLModel

from alembic import context
from eduplatform.config import get_settings
from eduplatform.domain import models

target_metadata = SQLModel.metadata
assert models


def _run(connection: sa.Connection) -> None:
    context.configure(connection=connection, target_metadata=target_metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Run on the caller's connection, or open one."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    engine = sa.create_engine(
        context.config.attributes.get("url") or get_settings().owner_url, poolclass=sa.NullPool
    )
    with engine.connect() as connection:
        _run(connection)
        connection.commit()


run()
