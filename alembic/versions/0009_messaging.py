"""messaging"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import close_job_schema, secure_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_JOBS = Path(__file__).resolve().parents[1] / "sql" / "procrastinate-3.10.0.sql"
"""The queue's own schema, as published with that version (MIT licence)."""

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime


def _base() -> list[sa.Column[object]]:
    """What every tenant's table has."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("updated_at", _MOMENT(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
    ]


def _keys(table: str, **references: str) -> list[sa.Constraint]:
    """The keys that keep a table's rows in their tenant; ``references`` names the table behind each column."""
    foreign = [
        sa.ForeignKeyConstraint(
            ["tenant_id", column],
            [f"{target}.tenant_id", f"{target}.id"],
            name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
            ondelete="CASCADE",
        )
        for column, target in references.items()
    ]
    return [
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id_tenant"), ondelete="CASCADE"
        ),
        *foreign,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    ]


def upgrade() -> None:
    _create_notifications()
    _extend_discussions()
    _create_announcements()
    _create_messages()
    _create_calendar()
    _create_job_queue()


def _create_job_queue() -> None:
    op.execute("CREATE SCHEMA jobs")
    op.execute("SET LOCAL search_path = jobs")
    # Many statements with percent signs in them: only the driver itself takes them as they are.
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(_JOBS.read_text(encoding="utf-8"))
    op.execute("SET LOCAL search_path = public")
    for statement in close_job_schema():
        op.execute(statement)


def _secure(*tables: str) -> None:
    for table in tables:
        for statement in secure_table(table):
            op.execute(statement)


def _create_notifications() -> None:
    op.create_table(
        "notification",
        *_base(),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("href", sa.String(length=300), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("read_at", _MOMENT(), nullable=True),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("mail_after", _MOMENT(), nullable=True),
        *_keys("notification", recipient_id="user"),
    )
    op.create_index("ix_notification_recipient_id_created_at", "notification", ["recipient_id", "created_at"])
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["tenant_id", "recipient_id"],
        postgresql_where=sa.text("read_at IS NULL AND in_app"),
    )
    op.create_index(
        "ix_notification_mail",
        "notification",
        ["tenant_id", "mail", "mail_after"],
        postgresql_where=sa.text("mail IN ('now', 'digest')"),
    )
    op.create_table(
        "notification_setting",
        *_base(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("ways", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("digest_at", sa.Integer(), nullable=False),
        *_keys("notification_setting", user_id="user"),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_notification_setting_tenant_id_user_id")),
    )
    op.create_table(
        "digest",
        *_base(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_keys("digest", user_id="user"),
        sa.UniqueConstraint("tenant_id", "user_id", "day", name=op.f("uq_digest_tenant_id_user_id_day")),
    )
    _secure("notification", "notification_setting", "digest")


def _add_required(table: str, name: str, kind: sa.types.TypeEngine[object], default: str) -> None:
    """Add a column that may not be empty to a table that may have rows."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(default)))
    op.alter_column(table, name, server_default=None)


def _extend_discussions() -> None:
    for table in ("thread", "post"):
        op.add_column(table, sa.Column("edited_at", _MOMENT(), nullable=True))
        op.add_column(table, sa.Column("hidden_at", _MOMENT(), nullable=True))
        _add_required(table, "hidden_reason", sa.String(length=300), "''")
    _add_required("thread", "post_serial", sa.Integer(), "0")
    _add_required("thread", "locked", sa.Boolean(), "false")
    op.add_column("thread", sa.Column("accepted_post_id", sa.Uuid(), nullable=True))
    op.add_column("post", sa.Column("parent_id", sa.Uuid(), nullable=True))
    _add_required("post", "path", sa.String(length=40), "''")
    _add_required("post", "depth", sa.Integer(), "0")
    op.add_column("post", sa.Column("endorsed_by", sa.Uuid(), nullable=True))
    op.add_column("post", sa.Column("deleted_at", _MOMENT(), nullable=True))
    op.execute(
        "UPDATE post SET path = lpad(numbered.number::text, 6, '0') FROM (SELECT id, row_number() OVER "
        "(PARTITION BY tenant_id, thread_id ORDER BY created_at, id) AS number FROM post) AS numbered "
        "WHERE numbered.id = post.id"
    )
    op.execute("UPDATE thread SET post_serial = (SELECT count(*) FROM post WHERE post.thread_id = thread.id)")
    op.create_unique_constraint(
        op.f("uq_post_tenant_id_thread_id_path"), "post", ["tenant_id", "thread_id", "path"]
    )
    op.create_foreign_key(
        op.f("fk_post_tenant_id_parent_id_post"),
        "post",
        "post",
        ["tenant_id", "parent_id"],
        ["tenant_id", "id"],
        ondelete="CASCADE",
    )
    op.create_index("ix_post_parent_id", "post", ["parent_id"])
    op.create_table(
        "revision",
        *_base(),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *_keys("revision", thread_id="thread", post_id="post"),
    )
    op.create_index("ix_revision_thread_id", "revision", ["thread_id", "post_id"])
    op.create_table(
        "report",
        *_base(),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", _MOMENT(), nullable=True),
        *_keys("report", course_id="course", thread_id="thread", post_id="post", reporter_id="user"),
    )
    op.create_index("ix_report_course_id_state", "report", ["course_id", "state"])
    _secure("revision", "report")


def _create_announcements() -> None:
    op.create_table(
        "announcement",
        *_base(),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("publish_at", _MOMENT(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("whole_course", sa.Boolean(), nullable=False),
        sa.Column("edited_at", _MOMENT(), nullable=True),
        sa.Column("told_at", _MOMENT(), nullable=True),
        *_keys("announcement", course_id="course", author_id="user"),
    )
    op.create_index("ix_announcement_course_id_publish_at", "announcement", ["course_id", "publish_at"])
    op.create_table(
        "announcement_section",
        *_base(),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        *_keys("announcement_section", announcement_id="announcement", section_id="section"),
        sa.UniqueConstraint(
            "tenant_id",
            "announcement_id",
            "section_id",
            name=op.f("uq_announcement_section_tenant_id_announcement_id_section_id"),
        ),
    )
    op.create_table(
        "announcement_read",
        *_base(),
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *_keys("announcement_read", announcement_id="announcement", user_id="user"),
        sa.UniqueConstraint(
            "tenant_id",
            "announcement_id",
            "user_id",
            name=op.f("uq_announcement_read_tenant_id_announcement_id_user_id"),
        ),
    )
    op.create_index("ix_announcement_read_user_id", "announcement_read", ["user_id"])
    _secure("announcement", "announcement_section", "announcement_read")


def _create_messages() -> None:
    _add_required("course", "classmate_messages", sa.Boolean(), "false")
    op.create_table(
        "conversation",
        *_base(),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("last_message_at", _MOMENT(), nullable=False),
        sa.Column("last_author_id", sa.Uuid(), nullable=False),
        sa.Column("first_read_at", _MOMENT(), nullable=True),
        sa.Column("second_read_at", _MOMENT(), nullable=True),
        *_keys("conversation", first_id="user", second_id="user"),
        sa.UniqueConstraint(
            "tenant_id",
            "first_id",
            "second_id",
            name=op.f("uq_conversation_tenant_id_first_id_second_id"),
        ),
    )
    op.create_index("ix_conversation_first_id", "conversation", ["first_id", "last_message_at"])
    op.create_index("ix_conversation_second_id", "conversation", ["second_id", "last_message_at"])
    op.create_table(
        "direct_message",
        *_base(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        *_keys("direct_message", conversation_id="conversation", author_id="user"),
    )
    op.create_index("ix_direct_message_conversation_id", "direct_message", ["conversation_id", "created_at"])
    op.create_table(
        "message_block",
        *_base(),
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        *_keys("message_block", blocker_id="user", blocked_id="user"),
        sa.UniqueConstraint(
            "tenant_id",
            "blocker_id",
            "blocked_id",
            name=op.f("uq_message_block_tenant_id_blocker_id_blocked_id"),
        ),
    )
    _secure("conversation", "direct_message", "message_block")


def _create_calendar() -> None:
    op.create_table(
        "calendar_event",
        *_base(),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("starts_at", _MOMENT(), nullable=False),
        sa.Column("ends_at", _MOMENT(), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        *_keys("calendar_event", course_id="course", section_id="section", author_id="user"),
    )
    op.create_index("ix_calendar_event_course_id_starts_at", "calendar_event", ["course_id", "starts_at"])
    op.create_table(
        "calendar_feed",
        *_base(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", _MOMENT(), nullable=True),
        sa.Column("last_used_at", _MOMENT(), nullable=True),
        *_keys("calendar_feed", user_id="user"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index("ix_calendar_feed_user_id", "calendar_feed", ["user_id"])
    _secure("calendar_event", "calendar_feed")


_TABLES = (
    "calendar_feed",
    "calendar_event",
    "message_block",
    "direct_message",
    "conversation",
    "announcement_read",
    "announcement_section",
    "announcement",
    "report",
    "revision",
    "digest",
    "notification_setting",
    "notification",
)
_COLUMNS = {
    "course": ("classmate_messages",),
    "post": (
        "deleted_at",
        "endorsed_by",
        "depth",
        "path",
        "parent_id",
        "hidden_reason",
        "hidden_at",
        "edited_at",
    ),
    "thread": ("accepted_post_id", "locked", "post_serial", "hidden_reason", "hidden_at", "edited_at"),
}


def downgrade() -> None:
    op.execute("DROP SCHEMA jobs CASCADE")
    for table in _TABLES:
        op.drop_table(table)
    op.drop_constraint(op.f("fk_post_tenant_id_parent_id_post"), "post")
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
