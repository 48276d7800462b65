"""bank"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("objective", "question_folder", "question_objective")


def upgrade() -> None:
    op.create_table(
        "objective",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("statement", sa.String(length=400), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_objective_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_objective_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_objective_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "course_id", "code", name=op.f("uq_objective_tenant_id_course_id_code")
        ),
    )
    op.alter_column("question_bank", "course_id", nullable=True)
    op.add_column("question_bank", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_question_bank_tenant_id_owner_id_user"),
        "question_bank",
        "user",
        ["tenant_id", "owner_id"],
        ["tenant_id", "id"],
        ondelete="CASCADE",
    )
    op.create_unique_constraint(
        op.f("uq_question_bank_tenant_id_owner_id_name"), "question_bank", ["tenant_id", "owner_id", "name"]
    )
    op.create_check_constraint(
        op.f("ck_question_bank_course_or_owner"),
        "question_bank",
        "(course_id is null) <> (owner_id is null)",
    )
    op.create_table(
        "question_folder",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_id"],
            ["question_bank.tenant_id", "question_bank.id"],
            name=op.f("fk_question_folder_tenant_id_bank_id_question_bank"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_question_folder_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_folder")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_question_folder_tenant_id_id")),
    )
    op.create_foreign_key(
        op.f("fk_question_folder_tenant_id_parent_id_question_folder"),
        "question_folder",
        "question_folder",
        ["tenant_id", "parent_id"],
        ["tenant_id", "id"],
        ondelete="CASCADE",
    )
    op.create_index("ix_question_folder_bank_id", "question_folder", ["bank_id"], unique=False)
    op.create_index("ix_question_folder_parent_id", "question_folder", ["parent_id"], unique=False)
    op.add_column("question", sa.Column("folder_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_question_tenant_id_folder_id_question_folder"),
        "question",
        "question_folder",
        ["tenant_id", "folder_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (folder_id)",
    )
    op.create_index("ix_question_folder_id", "question", ["folder_id"], unique=False)
    op.add_column(
        "question", sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    )
    op.alter_column("question", "tags", server_default=None)
    op.create_index("ix_question_tags", "question", ["tags"], unique=False, postgresql_using="gin")
    op.add_column("question", sa.Column("words", sa.Text(), nullable=False, server_default=""))
    op.alter_column("question", "words", server_default=None)
    op.add_column(
        "question_version", sa.Column("restored_from", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("question_version", "restored_from", server_default=None)
    _fill_words()
    op.create_table(
        "question_objective",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "question_id"],
            ["question.tenant_id", "question.id"],
            name=op.f("fk_question_objective_tenant_id_question_id_question"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "objective_id"],
            ["objective.tenant_id", "objective.id"],
            name=op.f("fk_question_objective_tenant_id_objective_id_objective"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_question_objective_tenant_id_tenant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_objective")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_question_objective_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "question_id",
            "objective_id",
            name=op.f("uq_question_objective_tenant_id_question_id_objective_id"),
        ),
    )
    op.create_index(
        "ix_question_objective_objective_id", "question_objective", ["objective_id"], unique=False
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def _fill_words() -> None:
    """Let the search find the questions that are there: their text as written. The owner has to see all rows for it."""
    for table in ("question", "question_version"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE question SET words = question_version.stem FROM question_version"
        " WHERE question_version.question_id = question.id"
        " AND question_version.number = question.current_version"
    )
    for table in ("question", "question_version"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("question_objective")
    op.drop_column("question_version", "restored_from")
    op.drop_column("question", "words")
    op.drop_index("ix_question_tags", table_name="question")
    op.drop_column("question", "tags")
    op.drop_index("ix_question_folder_id", table_name="question")
    op.drop_constraint(op.f("fk_question_tenant_id_folder_id_question_folder"), "question")
    op.drop_column("question", "folder_id")
    op.drop_table("question_folder")
    op.execute("DELETE FROM question_bank WHERE course_id IS NULL")
    op.drop_constraint(op.f("ck_question_bank_course_or_owner"), "question_bank")
    op.drop_constraint(op.f("uq_question_bank_tenant_id_owner_id_name"), "question_bank")
    op.drop_constraint(op.f("fk_question_bank_tenant_id_owner_id_user"), "question_bank")
    op.drop_column("question_bank", "owner_id")
    op.alter_column("question_bank", "course_id", nullable=False)
    op.drop_table("objective")
