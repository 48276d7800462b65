"""files"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("file", "file_use")


def upgrade() -> None:
    op.add_column("tenant", sa.Column("storage_bytes", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("tenant", sa.Column("storage_limit", sa.BigInteger(), nullable=True))
    op.create_table(
        "file",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("content_type", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("thumb_size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_file_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["user.tenant_id", "user.id"],
            name=op.f("fk_file_tenant_id_owner_id_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_file_tenant_id_course_id_course"),
            ondelete="SET NULL (course_id)",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_file_tenant_id_id")),
    )
    op.create_index("ix_file_owner_id", "file", ["owner_id"])
    op.create_index("ix_file_course_id", "file", ["course_id"])
    op.create_index("ix_file_created_at", "file", ["created_at"])
    op.create_table(
        "file_use",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_file_use_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["file.tenant_id", "file.id"],
            name=op.f("fk_file_use_tenant_id_file_id_file"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_use")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_file_use_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "purpose",
            "object_id",
            "file_id",
            name=op.f("uq_file_use_tenant_id_purpose_object_id_file_id"),
        ),
    )
    op.create_index("ix_file_use_file_id", "file_use", ["file_id"])
    for table in TABLES:
        for statement in secure_table(table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("file_use")
    op.drop_table("file")
    op.drop_column("tenant", "storage_limit")
    op.drop_column("tenant", "storage_bytes")
