"""assignments"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("group_set", "student_group", "group_member", "draft_revision", "grade_adjustment")


def _common() -> list[sa.Column[object]]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    ]


def _reference(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
        ondelete=ondelete,
    )


def upgrade() -> None:
    _create_groups()
    _create_drafts()
    op.add_column("assessment", sa.Column("group_set_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_assessment_tenant_id_group_set_id_group_set"),
        "assessment",
        "group_set",
        ["tenant_id", "group_set_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (group_set_id)",
    )
    op.add_column("attempt", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.add_column("attempt", sa.Column("submitted_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_attempt_tenant_id_group_id_student_group"),
        "attempt",
        "student_group",
        ["tenant_id", "group_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (group_id)",
    )
    op.create_index("ix_attempt_group_id", "attempt", ["group_id"], unique=False)
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)
    # Until now an assignment was a quiz by another name; from now on it is work that is handed in. Row-level security
    # binds the owner too, and this touches every tenant.
    op.execute("ALTER TABLE assessment NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE assessment SET kind = 'quiz' WHERE kind = 'assignment'")
    op.execute("ALTER TABLE assessment FORCE ROW LEVEL SECURITY")


def _create_groups() -> None:
    op.create_table(
        "group_set",
        *_common(),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        *_keys("group_set"),
        _reference("group_set", "course_id", "course"),
        _reference("group_set", "section_id", "section"),
        sa.UniqueConstraint(
            "tenant_id", "course_id", "name", name=op.f("uq_group_set_tenant_id_course_id_name")
        ),
    )
    op.create_table(
        "student_group",
        *_common(),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        *_keys("student_group"),
        _reference("student_group", "set_id", "group_set"),
        sa.UniqueConstraint(
            "tenant_id", "set_id", "name", name=op.f("uq_student_group_tenant_id_set_id_name")
        ),
    )
    op.create_table(
        "group_member",
        *_common(),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_keys("group_member"),
        _reference("group_member", "set_id", "group_set"),
        _reference("group_member", "group_id", "student_group"),
        _reference("group_member", "user_id", "user"),
        sa.UniqueConstraint(
            "tenant_id", "set_id", "user_id", name=op.f("uq_group_member_tenant_id_set_id_user_id")
        ),
    )
    op.create_index("ix_group_member_group_id", "group_member", ["group_id"], unique=False)
    op.create_index("ix_group_member_user_id", "group_member", ["user_id"], unique=False)


def _create_drafts() -> None:
    op.create_table(
        "draft_revision",
        *_common(),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("saved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        *_keys("draft_revision"),
        _reference("draft_revision", "attempt_id", "attempt"),
        _reference("draft_revision", "user_id", "user"),
    )
    op.create_index(
        "ix_draft_revision_attempt_id_saved_at", "draft_revision", ["attempt_id", "saved_at"], unique=False
    )
    op.create_table(
        "grade_adjustment",
        *_common(),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_keys("grade_adjustment"),
        _reference("grade_adjustment", "assessment_id", "assessment"),
        _reference("grade_adjustment", "user_id", "user"),
        sa.UniqueConstraint(
            "tenant_id",
            "assessment_id",
            "user_id",
            name=op.f("uq_grade_adjustment_tenant_id_assessment_id_user_id"),
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_attempt_group_id", table_name="attempt")
    op.drop_constraint(op.f("fk_attempt_tenant_id_group_id_student_group"), "attempt", type_="foreignkey")
    op.drop_column("attempt", "submitted_by")
    op.drop_column("attempt", "group_id")
    op.drop_constraint(
        op.f("fk_assessment_tenant_id_group_set_id_group_set"), "assessment", type_="foreignkey"
    )
    op.drop_column("assessment", "group_set_id")
    for table in reversed(TABLES):
        op.drop_table(table)
