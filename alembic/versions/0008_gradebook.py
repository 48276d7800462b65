"""gradebook"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (
    "course_grading",
    "grade_category",
    "grade_import",
    "grading_period",
    "course_grade_entry",
    "grade_column",
)


def upgrade() -> None:
    op.create_table(
        "course_grading",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("missing", sa.String(length=10), nullable=False),
        sa.Column("scheme", sa.String(length=20), nullable=False),
        sa.Column("bands", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_course_grading_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_course_grading_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_grading")),
        sa.UniqueConstraint("tenant_id", "course_id", name=op.f("uq_course_grading_tenant_id_course_id")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_course_grading_tenant_id_id")),
    )
    op.create_table(
        "grade_category",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("weight", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("drop_lowest", sa.Integer(), nullable=False),
        sa.Column("drop_highest", sa.Integer(), nullable=False),
        sa.Column("extra_credit", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "weight >= 0 and drop_lowest >= 0 and drop_highest >= 0",
            name=op.f("ck_grade_category_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_grade_category_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_grade_category_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_category")),
        sa.UniqueConstraint(
            "tenant_id", "course_id", "name", name=op.f("uq_grade_category_tenant_id_course_id_name")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_grade_category_tenant_id_id")),
    )
    op.create_table(
        "grade_import",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("applied_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_grade_import_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_grade_import_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_import")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_grade_import_tenant_id_id")),
    )
    op.create_index("ix_grade_import_course_id", "grade_import", ["course_id"], unique=False)
    op.create_table(
        "grading_period",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_grading_period_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "term_id"],
            ["term.tenant_id", "term.id"],
            name=op.f("fk_grading_period_tenant_id_term_id_term"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_grading_period_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_period")),
        sa.UniqueConstraint(
            "tenant_id", "course_id", "name", name=op.f("uq_grading_period_tenant_id_course_id_name")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_grading_period_tenant_id_id")),
    )
    op.create_index("ix_grading_period_term_id", "grading_period", ["term_id"], unique=False)
    op.create_table(
        "course_grade_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_course_grade_entry_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["grading_period.tenant_id", "grading_period.id"],
            name=op.f("fk_course_grade_entry_tenant_id_period_id_grading_period"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["user.tenant_id", "user.id"],
            name=op.f("fk_course_grade_entry_tenant_id_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_course_grade_entry_tenant_id_tenant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_grade_entry")),
        sa.UniqueConstraint(
            "tenant_id",
            "course_id",
            "user_id",
            "period_id",
            "number",
            name=op.f("uq_course_grade_entry_tenant_id_course_id_user_id_period_id_number"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_course_grade_entry_tenant_id_id")),
    )
    op.create_index("ix_course_grade_entry_user_id", "course_grade_entry", ["user_id"], unique=False)
    op.create_table(
        "grade_column",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("period_id", sa.Uuid(), nullable=True),
        sa.Column("extra_credit", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assessment_id"],
            ["assessment.tenant_id", "assessment.id"],
            name=op.f("fk_grade_column_tenant_id_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["grade_category.tenant_id", "grade_category.id"],
            name=op.f("fk_grade_column_tenant_id_category_id_grade_category"),
            ondelete="SET NULL (category_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "period_id"],
            ["grading_period.tenant_id", "grading_period.id"],
            name=op.f("fk_grade_column_tenant_id_period_id_grading_period"),
            ondelete="SET NULL (period_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_grade_column_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_column")),
        sa.UniqueConstraint(
            "tenant_id", "assessment_id", name=op.f("uq_grade_column_tenant_id_assessment_id")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_grade_column_tenant_id_id")),
    )
    op.create_index("ix_grade_column_category_id", "grade_column", ["category_id"], unique=False)
    op.create_index("ix_grade_column_period_id", "grade_column", ["period_id"], unique=False)
    op.add_column("grade", sa.Column("entered_points", sa.Numeric(precision=8, scale=2), nullable=True))
    op.add_column(
        "grade", sa.Column("entered_status", sa.String(length=20), server_default="", nullable=False)
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_column("grade", "entered_status")
    op.drop_column("grade", "entered_points")
    op.drop_index("ix_grade_column_period_id", table_name="grade_column")
    op.drop_index("ix_grade_column_category_id", table_name="grade_column")
    op.drop_table("grade_column")
    op.drop_index("ix_course_grade_entry_user_id", table_name="course_grade_entry")
    op.drop_table("course_grade_entry")
    op.drop_index("ix_grading_period_term_id", table_name="grading_period")
    op.drop_table("grading_period")
    op.drop_index("ix_grade_import_course_id", table_name="grade_import")
    op.drop_table("grade_import")
    op.drop_table("grade_category")
    op.drop_table("course_grading")
