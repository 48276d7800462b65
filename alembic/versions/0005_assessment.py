"""assessment: pools, overrides, accommodations, feedback and late rules, passwords, regrades"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "student_accommodation",
    "assessment_override",
    "assessment_pool",
    "regrade",
    "regrade_change",
)


def _table(name: str, *parts: Any) -> None:
    """A tenant's table: the columns and keys that all of them have, and its own."""
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        *parts,
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{name}_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{name}_tenant_id_id")),
    )


def _reference(table: str, column: str, target: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
        ondelete=ondelete,
    )


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _add(table: str, column: sa.Column[Any], value: str) -> None:
    """Add a column that is never null, with a value for the rows that exist."""
    column.server_default = sa.DefaultClause(value)
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def upgrade() -> None:
    _table(
        "student_accommodation",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("time_multiplier", sa.Numeric(precision=4, scale=2), nullable=False),
        sa.Column("extra_attempts", sa.Integer(), nullable=False),
        sa.Column("due_shift_days", sa.Integer(), nullable=False),
        sa.Column("due_shift_hours", sa.Integer(), nullable=False),
        _moment("starts_at"),
        _moment("ends_at"),
        _text("reason", 500),
        sa.CheckConstraint(
            "time_multiplier >= 1 and extra_attempts >= 0 and due_shift_days >= 0 and due_shift_hours >= 0",
            name=op.f("ck_student_accommodation_only_helps"),
        ),
        _reference("student_accommodation", "user_id", "user"),
    )
    op.create_index("ix_student_accommodation_user_id", "student_accommodation", ["user_id"])
    _table(
        "assessment_override",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        _moment("opens_at"),
        _moment("due_at"),
        _moment("closes_at"),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        _text("reason", 500),
        sa.CheckConstraint(
            "num_nonnulls(user_id, section_id) = 1", name=op.f("ck_assessment_override_one_target")
        ),
        _reference("assessment_override", "assessment_id", "assessment"),
        _reference("assessment_override", "section_id", "section"),
        _reference("assessment_override", "user_id", "user"),
        sa.UniqueConstraint(
            "tenant_id",
            "assessment_id",
            "section_id",
            name=op.f("uq_assessment_override_tenant_id_assessment_id_section_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "assessment_id",
            "user_id",
            name=op.f("uq_assessment_override_tenant_id_assessment_id_user_id"),
        ),
    )
    _table(
        "assessment_pool",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=True),
        sa.Column("folder_id", sa.Uuid(), nullable=True),
        _text("tag", 40),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("draw", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=8, scale=2), nullable=False),
        _reference("assessment_pool", "assessment_id", "assessment"),
        _reference("assessment_pool", "bank_id", "question_bank", ondelete="RESTRICT"),
        _reference("assessment_pool", "folder_id", "question_folder", ondelete="RESTRICT"),
    )
    op.create_index("ix_assessment_pool_assessment_id", "assessment_pool", ["assessment_id"])
    _table(
        "regrade",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        _text("mode", 10),
        _text("reason", 500),
        _json("item_before"),
        _json("item_after"),
        sa.Column("students", sa.Integer(), nullable=False),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("lowered", sa.Integer(), nullable=False),
        _moment("undone_at"),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        _reference("regrade", "assessment_id", "assessment"),
        _reference("regrade", "item_id", "assessment_item"),
    )
    op.create_index("ix_regrade_assessment_id", "regrade", ["assessment_id"])
    _table(
        "regrade_change",
        sa.Column("regrade_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        _json("before"),
        _json("after"),
        _reference("regrade_change", "regrade_id", "regrade"),
        _reference("regrade_change", "response_id", "response"),
        sa.UniqueConstraint(
            "tenant_id",
            "regrade_id",
            "response_id",
            name=op.f("uq_regrade_change_tenant_id_regrade_id_response_id"),
        ),
    )
    _add("assessment", _text("late_period", 4), "day")
    _add("assessment", sa.Column("late_grace_minutes", sa.Integer(), nullable=False), "0")
    _add("assessment", sa.Column("late_max_percent", sa.Integer(), nullable=False), "100")
    op.add_column("assessment", sa.Column("missing_percent", sa.Integer(), nullable=True))
    _add("assessment", sa.Column("shuffle_options", sa.Boolean(), nullable=False), "false")
    _add("assessment", _text("feedback_submitted", 10), "outcomes")
    _add("assessment", _text("feedback_due", 10), "outcomes")
    _add("assessment", _text("feedback_closed", 10), "solutions")
    _add("assessment", _text("password_hash", 200), "")
    op.add_column("assessment_item", sa.Column("pool_id", sa.Uuid(), nullable=True))
    _add("assessment_item", _text("scoring", 10), "key")
    op.add_column("assessment_item", sa.Column("former_version_id", sa.Uuid(), nullable=True))
    for column, target, ondelete in (
        ("pool_id", "assessment_pool", "CASCADE"),
        ("former_version_id", "question_version", "RESTRICT"),
    ):
        op.create_foreign_key(
            op.f(f"fk_assessment_item_tenant_id_{column}_{target}"),
            "assessment_item",
            target,
            ["tenant_id", column],
            ["tenant_id", "id"],
            ondelete=ondelete,
        )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    for column in ("former_version_id", "scoring", "pool_id"):
        op.drop_column("assessment_item", column)
    for column in (
        "password_hash",
        "feedback_closed",
        "feedback_due",
        "feedback_submitted",
        "shuffle_options",
        "missing_percent",
        "late_max_percent",
        "late_grace_minutes",
        "late_period",
    ):
        op.drop_column("assessment", column)
    for table in reversed(TABLES):
        op.drop_table(table)
