"""roster"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("waiting_enrollment", "waiting_guardian")


def upgrade() -> None:
    op.create_table(
        "waiting_enrollment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("given_name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("family_name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_waiting_enrollment_tenant_id_tenant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "section_id"],
            ["section.tenant_id", "section.id"],
            name=op.f("fk_waiting_enrollment_tenant_id_section_id_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_enrollment")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_waiting_enrollment_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "section_id",
            "email",
            name=op.f("uq_waiting_enrollment_tenant_id_section_id_email"),
        ),
    )
    op.create_index("ix_waiting_enrollment_tenant_id_email", "waiting_enrollment", ["tenant_id", "email"])
    op.create_table(
        "waiting_guardian",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("guardian_email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("student_email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_waiting_guardian_tenant_id_tenant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_guardian")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_waiting_guardian_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "guardian_email",
            "student_email",
            name=op.f("uq_waiting_guardian_tenant_id_guardian_email_student_email"),
        ),
    )
    op.create_index(
        "ix_waiting_guardian_tenant_id_student_email", "waiting_guardian", ["tenant_id", "student_email"]
    )
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("waiting_guardian")
    op.drop_table("waiting_enrollment")
