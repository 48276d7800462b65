"""grading"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _version_rubrics()
    _create_highlights()
    op.add_column(
        "grading_comment", sa.Column("code", sa.String(length=20), nullable=False, server_default="")
    )
    op.alter_column("grading_comment", "code", server_default=None)
    op.create_index(
        "uq_grading_comment_course_id_code",
        "grading_comment",
        ["tenant_id", "course_id", "code"],
        unique=True,
        postgresql_where=sa.text("code <> ''"),
    )
    op.add_column("grade_event", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column("grade_event", sa.Column("undoes_id", sa.Uuid(), nullable=True))
    op.add_column(
        "assessment", sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("assessment", "anonymous", server_default=None)


def _version_rubrics() -> None:
    """Each rubric that exists becomes the first and current version of its own family."""
    op.add_column("rubric", sa.Column("family_id", sa.Uuid(), nullable=True))
    op.add_column(
        "rubric", sa.Column("kind", sa.String(length=10), nullable=False, server_default="analytic")
    )
    op.add_column("rubric", sa.Column("current", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute("UPDATE rubric SET family_id = id")
    op.alter_column("rubric", "family_id", nullable=False)
    op.alter_column("rubric", "kind", server_default=None)
    op.alter_column("rubric", "current", server_default=None)
    op.create_unique_constraint(
        "uq_rubric_tenant_id_family_id_version", "rubric", ["tenant_id", "family_id", "version"]
    )
    op.add_column("rubric_criterion", sa.Column("objective_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_rubric_criterion_tenant_id_objective_id_objective",
        "rubric_criterion",
        "objective",
        ["tenant_id", "objective_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (objective_id)",
    )


def _create_highlights() -> None:
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "answer_highlight",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("updated_at", moment(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "response_id"],
            ["response.tenant_id", "response.id"],
            name=op.f("fk_answer_highlight_tenant_id_response_id_response"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_answer_highlight_tenant_id_tenant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_highlight")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_answer_highlight_tenant_id_id")),
    )
    op.create_index("ix_answer_highlight_response_id", "answer_highlight", ["response_id", "begins"])
    for statement in secure_table("answer_highlight"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_column("assessment", "anonymous")
    op.drop_column("grade_event", "undoes_id")
    op.drop_column("grade_event", "batch_id")
    op.drop_index("uq_grading_comment_course_id_code", "grading_comment")
    op.drop_column("grading_comment", "code")
    op.drop_table("answer_highlight")
    op.drop_constraint("fk_rubric_criterion_tenant_id_objective_id_objective", "rubric_criterion")
    op.drop_column("rubric_criterion", "objective_id")
    op.drop_constraint("uq_rubric_tenant_id_family_id_version", "rubric")
    op.drop_column("rubric", "current")
    op.drop_column("rubric", "kind")
    op.drop_column("rubric", "family_id")
