"""messaging"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime


def _base() -> list[sa.Column[object]]:
    """What every tenant's table has."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("updated_at", _MOMENT(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
    ]


def _keys(table: str, **references: str) -> list[sa.Constraint]:
    """The keys that keep a table's rows in their tenant; ``references`` names the table behind each column."""
    foreign = [
        sa.ForeignKeyConstraint(
            ["tenant_id", column],
            [f"{target}.tenant_id", f"{target}.id"],
            name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
            ondelete="CASCADE",
        )
        for column, target in references.items()
    ]
    return [
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id_tenant"), ondelete="CASCADE"
        ),
        *foreign,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    ]


def upgrade() -> None:
    _create_notifications()


def _secure(*tables: str) -> None:
    for table in tables:
        for statement in secure_table(table):
            op.execute(statement)


def _create_notifications() -> None:
    op.create_table(
        "notification",
        *_base(),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("href", sa.String(length=300), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("read_at", _MOMENT(), nullable=True),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("mail_after", _MOMENT(), nullable=True),
        *_keys("notification", recipient_id="user"),
    )
    op.create_index("ix_notification_recipient_id_created_at", "notification", ["recipient_id", "created_at"])
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["tenant_id", "recipient_id"],
        postgresql_where=sa.text("read_at IS NULL AND in_app"),
    )
    op.create_index(
        "ix_notification_mail",
        "notification",
        ["tenant_id", "mail", "mail_after"],
        postgresql_where=sa.text("mail IN ('now', 'digest')"),
    )
    op.create_table(
        "notification_setting",
        *_base(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("ways", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("digest_at", sa.Integer(), nullable=False),
        *_keys("notification_setting", user_id="user"),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_notification_setting_tenant_id_user_id")),
    )
    _secure("notification", "notification_setting")


def downgrade() -> None:
    for table in ("notification_setting", "notification"):
        op.drop_table(table)
