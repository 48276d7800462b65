"""classroom"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = (
    "time_extension",
    "presence",
    "presence_choice",
    "live_session",
    "live_participant",
    "live_poll",
    "live_vote",
)


def upgrade() -> None:
    op.add_column("attempt", sa.Column("extra_minutes", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "time_extension",
        *_common("time_extension"),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", _text(500), nullable=False),
        _reference("time_extension", "attempt_id", "attempt"),
        sa.UniqueConstraint(
            "tenant_id",
            "attempt_id",
            "request_id",
            name=op.f("uq_time_extension_tenant_id_attempt_id_request_id"),
        ),
    )
    _presence()
    _live_session()
    _live_poll()
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def _presence() -> None:
    op.create_table(
        "presence",
        *_common("presence"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place", _text(12), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("since", _moment(), nullable=False),
        sa.Column("seen_at", _moment(), nullable=False),
        _reference("presence", "user_id", "user"),
        sa.UniqueConstraint(
            "tenant_id",
            "place",
            "object_id",
            "user_id",
            name=op.f("uq_presence_tenant_id_place_object_id_user_id"),
        ),
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])
    op.create_index("ix_presence_user_id", "presence", ["user_id"])
    op.create_table(
        "presence_choice",
        *_common("presence_choice"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        _reference("presence_choice", "user_id", "user"),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_presence_choice_tenant_id_user_id")),
    )


def _live_session() -> None:
    op.create_table(
        "live_session",
        *_common("live_session"),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_number", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=True),
        sa.Column("class_view", _text(10), nullable=False),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("ended_at", _moment(), nullable=True),
        _reference("live_session", "section_id", "section"),
        _reference("live_session", "lesson_id", "lesson"),
    )
    op.create_index("ix_live_session_lesson_id", "live_session", ["lesson_id"])
    op.create_index("ix_live_session_section_id_started_at", "live_session", ["section_id", "started_at"])
    op.create_index(
        "uq_live_session_running",
        "live_session",
        ["tenant_id", "section_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "live_participant",
        *_common("live_participant"),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", _moment(), nullable=False),
        sa.Column("seen_at", _moment(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("hand_at", _moment(), nullable=True),
        sa.Column("hands", sa.Integer(), nullable=False),
        _reference("live_participant", "session_id", "live_session"),
        _reference("live_participant", "user_id", "user"),
        sa.UniqueConstraint(
            "tenant_id",
            "session_id",
            "user_id",
            name=op.f("uq_live_participant_tenant_id_session_id_user_id"),
        ),
    )
    op.create_index("ix_live_participant_user_id", "live_participant", ["user_id"])


def _live_poll() -> None:
    op.create_table(
        "live_poll",
        *_common("live_poll"),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("question", _text(300), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", _moment(), nullable=False),
        sa.Column("closed_at", _moment(), nullable=True),
        sa.Column("shared_at", _moment(), nullable=True),
        _reference("live_poll", "session_id", "live_session"),
    )
    op.create_index("ix_live_poll_session_id", "live_poll", ["session_id"])
    op.create_table(
        "live_vote",
        *_common("live_vote"),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        _reference("live_vote", "poll_id", "live_poll"),
        _reference("live_vote", "user_id", "user"),
        sa.UniqueConstraint(
            "tenant_id", "poll_id", "user_id", name=op.f("uq_live_vote_tenant_id_poll_id_user_id")
        ),
    )
    op.create_index("ix_live_vote_user_id", "live_vote", ["user_id"])


def _common(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("updated_at", _moment(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
        ondelete="CASCADE",
    )


def _moment() -> sqlmodel.sql.sqltypes.UTCDateTime:
    return sqlmodel.sql.sqltypes.UTCDateTime()


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("attempt", "extra_minutes")
