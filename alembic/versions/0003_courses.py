"""courses: lessons made of blocks, their published versions, unlock rules, the place where a reader stopped"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW = ("unlock_rule", "block", "lesson_version")


def _common(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f(f"fk_{table}_tenant_id_tenant"),
            ondelete="CASCADE",
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


def upgrade() -> None:
    _create_tables()
    op.add_column("lesson", sa.Column("draft_title", sa.String(length=160), nullable=True))
    op.add_column("lesson", sa.Column("draft_minutes", sa.Integer(), nullable=True))
    op.add_column("lesson", sa.Column("draft_objectives", postgresql.JSONB(), nullable=True))
    op.add_column("lesson", sa.Column("published_number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("lesson", sa.Column("changed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("lesson_progress", sa.Column("place", sa.Uuid(), nullable=True))
    op.add_column("lesson_progress", sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    _bodies_to_blocks()
    for column in ("draft_title", "draft_minutes", "draft_objectives"):
        op.alter_column("lesson", column, nullable=False)
    op.alter_column("lesson", "published_number", server_default=None)
    op.alter_column("lesson", "changed", server_default=None)
    op.drop_column("lesson", "body")
    op.drop_column("lesson", "body_html")
    for table in NEW:
        for statement in secure_table(table):
            op.execute(statement)


def _create_tables() -> None:
    op.create_table(
        "unlock_rule",
        *_common("unlock_rule"),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("required_module_id", sa.Uuid(), nullable=True),
        sa.Column("opens_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        _reference("unlock_rule", "module_id", "module"),
        _reference("unlock_rule", "required_module_id", "module"),
        _reference("unlock_rule", "assessment_id", "assessment"),
    )
    op.create_index("ix_unlock_rule_module_id", "unlock_rule", ["module_id"], unique=False)
    op.create_table(
        "block",
        *_common("block"),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        _reference("block", "lesson_id", "lesson"),
    )
    op.create_index("ix_block_lesson_id_position", "block", ["lesson_id", "position"], unique=False)
    op.create_table(
        "lesson_version",
        *_common("lesson_version"),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("objectives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("blocks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        _reference("lesson_version", "lesson_id", "lesson"),
        sa.UniqueConstraint(
            "tenant_id", "lesson_id", "number", name=op.f("uq_lesson_version_tenant_id_lesson_id_number")
        ),
    )


def _visible(*statements: str) -> None:
    """Run statements that must see every tenant's lessons: the owner of the schema is behind the wall too."""
    op.execute('ALTER TABLE "lesson" NO FORCE ROW LEVEL SECURITY')
    for statement in statements:
        op.execute(statement)
    op.execute('ALTER TABLE "lesson" FORCE ROW LEVEL SECURITY')


def _bodies_to_blocks() -> None:
    """Each text becomes one block; what is published becomes version 1."""
    _visible(
        "UPDATE lesson SET draft_title = title, draft_minutes = minutes, draft_objectives = objectives,"
        " published_number = CASE WHEN status = 'published' THEN 1 ELSE 0 END",
        "INSERT INTO block (tenant_id, id, created_at, updated_at, created_by, lesson_id, position, kind, data, version)"
        " SELECT tenant_id, gen_random_uuid(), created_at, updated_at, created_by, id, 1, 'text',"
        " jsonb_build_object('text', body), 1 FROM lesson WHERE body <> ''",
        "INSERT INTO lesson_version (tenant_id, id, created_at, updated_at, created_by, lesson_id, number, title, minutes,"
        " objectives, blocks, note, author_id)"
        " SELECT l.tenant_id, gen_random_uuid(), l.updated_at, l.updated_at, l.created_by, l.id, 1, l.title, l.minutes,"
        " l.objectives, CASE WHEN b.id IS NULL THEN '[]'::jsonb ELSE"
        " jsonb_build_array(jsonb_build_object('id', b.id, 'kind', 'text', 'data', b.data,"
        " 'html', l.body_html)) END, '', l.created_by"
        " FROM lesson l LEFT JOIN block b ON b.lesson_id = l.id WHERE l.status = 'published'",
    )


def downgrade() -> None:
    op.add_column("lesson", sa.Column("body", sa.Text(), server_default="", nullable=False))
    op.add_column("lesson", sa.Column("body_html", sa.Text(), server_default="", nullable=False))
    for table in ("block", "lesson_version"):
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
    _visible(
        "UPDATE lesson l SET body = coalesce((SELECT string_agg(b.data ->> 'text', E'\\n\\n' ORDER BY b.position)"
        " FROM block b WHERE b.lesson_id = l.id AND b.removed_at IS NULL), ''),"
        " body_html = coalesce((SELECT string_agg(one ->> 'html', E'\\n') FROM lesson_version v,"
        " jsonb_array_elements(v.blocks) one WHERE v.lesson_id = l.id AND v.number = l.published_number), '')",
    )
    for column in ("body", "body_html"):
        op.alter_column("lesson", column, server_default=None)
    for column in ("draft_title", "draft_minutes", "draft_objectives", "published_number", "changed"):
        op.drop_column("lesson", column)
    for column in ("place", "seen_at"):
        op.drop_column("lesson_progress", column)
    for table in reversed(NEW):
        op.drop_table(table)
