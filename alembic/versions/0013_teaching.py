"""teaching"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("grade_news", "message_report")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    op.create_index(
        "ix_grade_event_tenant_id_created_at", "grade_event", ["tenant_id", "created_at"], unique=False
    )
    op.add_column("direct_message", _moment("edited_at", nullable=True))
    op.add_column("direct_message", _moment("deleted_at", nullable=True))
    op.create_table(
        "grade_news",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        _moment("told_until"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_grade_news_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_news")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_grade_news_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_grade_news_tenant_id")),
    )
    op.create_table(
        "message_report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        _moment("resolved_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_message_report_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["direct_message.tenant_id", "direct_message.id"],
            name=op.f("fk_message_report_tenant_id_message_id_direct_message"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reporter_id"],
            ["user.tenant_id", "user.id"],
            name=op.f("fk_message_report_tenant_id_reporter_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_report")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_message_report_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "message_id",
            "reporter_id",
            name=op.f("uq_message_report_tenant_id_message_id_reporter_id"),
        ),
    )
    op.create_index("ix_message_report_state", "message_report", ["tenant_id", "state", "created_at"])
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("direct_message", "deleted_at")
    op.drop_column("direct_message", "edited_at")
    op.drop_index("ix_grade_event_tenant_id_created_at", table_name="grade_event")
