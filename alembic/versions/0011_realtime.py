"""realtime"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import publish_events_function, secure_table

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("live_channel", "live_event")


def upgrade() -> None:
    op.create_table(
        "live_channel",
        *_common("live_channel"),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=164), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_live_channel_tenant_id_name")),
    )
    op.create_table(
        "live_event",
        *_common("live_event"),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=164), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    )
    op.create_index("ix_live_event_created_at", "live_event", ["created_at"])
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)
    op.execute(publish_events_function())


def _common(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION publish_events(jsonb)")
    for table in reversed(TABLES):
        op.drop_table(table)
