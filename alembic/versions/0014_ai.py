"""ai"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from alembic import op
from eduplatform.db.rls import secure_table

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime

_RESERVE = """
CREATE FUNCTION reserve_ai(call jsonb, caps jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  tenant uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  amount bigint := (call->>'reserved_micros')::bigint;
  on_day date := (call->>'day')::date;
  one jsonb;
  short_of text := '';
BEGIN
  BEGIN
    FOR one IN SELECT value FROM jsonb_array_elements(caps) LOOP
      INSERT INTO ai_spend (id, created_at, updated_at, tenant_id, scope, scope_id, day, reserved_micros, settled_micros)
        VALUES (gen_random_uuid(), now(), now(), tenant, one->>'scope', (one->>'id')::uuid, on_day, 0, 0)
        ON CONFLICT (tenant_id, scope, scope_id, day) DO NOTHING;
      UPDATE ai_spend SET reserved_micros = reserved_micros + amount, updated_at = now()
        WHERE tenant_id = tenant AND scope = one->>'scope' AND scope_id = (one->>'id')::uuid AND day = on_day
          AND reserved_micros + settled_micros + amount <= (one->>'cap')::bigint;
      IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'EDU01', MESSAGE = one->>'scope';
      END IF;
    END LOOP;
  EXCEPTION WHEN SQLSTATE 'EDU01' THEN
    short_of := SQLERRM;
  END;
  INSERT INTO ai_call (id, created_at, updated_at, tenant_id, created_by, purpose, user_id, section_id, provider_id,
      kind, model, prompt, day, state, error, tokens_in, tokens_out, reserved_micros, cost_micros, redactions,
      latency_ms, first_token_ms)
    SELECT id, now(), now(), tenant, user_id, purpose, user_id, section_id, provider_id, kind, model, prompt, on_day,
      CASE WHEN short_of = '' THEN 'reserved' ELSE 'refused' END,
      CASE WHEN short_of = '' THEN '' ELSE 'budget_' || short_of END,
      0, 0, CASE WHEN short_of = '' THEN amount ELSE 0 END, 0, redactions, 0, 0
    FROM jsonb_to_record(call) AS given(id uuid, purpose text, user_id uuid, section_id uuid, provider_id uuid,
      kind text, model text, prompt text, redactions int);
  RETURN short_of;
END $$
"""

_SETTLE = """
CREATE FUNCTION settle_ai(call jsonb, kept jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  tenant uuid := NULLIF(current_setting('app.tenant_id', true), '')::uuid;
  held ai_call%ROWTYPE;
  scope_name text;
  cost bigint := (call->>'cost_micros')::bigint;
BEGIN
  SELECT * INTO held FROM ai_call
    WHERE tenant_id = tenant AND id = (call->>'id')::uuid AND state = 'reserved' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  -- In the order in which reserve_ai takes them, so that two callers never wait for each other.
  FOREACH scope_name IN ARRAY ARRAY['tenant', 'section', 'person'] LOOP
    UPDATE ai_spend SET reserved_micros = reserved_micros - held.reserved_micros,
        settled_micros = settled_micros + cost, updated_at = now()
      WHERE tenant_id = tenant AND day = held.day AND scope = scope_name
        AND scope_id = CASE scope_name WHEN 'tenant' THEN tenant WHEN 'section' THEN held.section_id
          ELSE held.user_id END;
  END LOOP;
  UPDATE ai_call SET updated_at = now(), state = call->>'state', error = call->>'error', cost_micros = cost,
      kind = call->>'kind', model = call->>'model', provider_id = (call->>'provider_id')::uuid,
      tokens_in = (call->>'tokens_in')::int, tokens_out = (call->>'tokens_out')::int,
      latency_ms = (call->>'latency_ms')::int, first_token_ms = (call->>'first_token_ms')::int
    WHERE tenant_id = tenant AND id = held.id;
  IF kept IS NOT NULL THEN
    INSERT INTO ai_content (id, created_at, updated_at, tenant_id, call_id, sent, answered, expires_at)
      VALUES (gen_random_uuid(), now(), now(), tenant, held.id, kept->>'sent', kept->>'answered',
        (kept->>'expires_at')::timestamptz);
  END IF;
  RETURN true;
END $$
"""


def _base() -> list[sa.Column[object]]:
    """What every tenant's table has."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("updated_at", _MOMENT(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
    ]


def _secure(*tables: str) -> None:
    for table in tables:
        for statement in secure_table(table):
            op.execute(statement)


def upgrade() -> None:
    _create_gateway()
    _create_tutoring()
    # They run with the rights of who calls them, so the wall between tenants holds inside them too.
    op.execute(_RESERVE)
    op.execute(_SETTLE)


def _create_gateway() -> None:
    op.create_table(
        "ai_policy",
        *_base(),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("tenant_cap_micros", sa.BigInteger(), nullable=False),
        sa.Column("section_cap_micros", sa.BigInteger(), nullable=False),
        sa.Column("person_cap_micros", sa.BigInteger(), nullable=False),
        sa.Column("store_content", sa.Boolean(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("named_adults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_ai_policy_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_policy")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_ai_policy_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_ai_policy_tenant_id")),
    )
    op.create_table(
        "ai_provider",
        *_base(),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("base_url", sa.String(length=300), nullable=False),
        sa.Column("purposes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("key_hint", sa.String(length=8), nullable=False),
        sa.Column("input_micros", sa.BigInteger(), nullable=True),
        sa.Column("output_micros", sa.BigInteger(), nullable=True),
        sa.Column("tested_at", _MOMENT(), nullable=True),
        sa.Column("test_outcome", sa.String(length=40), nullable=False),
        sa.Column("test_ms", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_ai_provider_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_provider")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_ai_provider_tenant_id_id")),
    )
    op.create_index(
        "ix_ai_provider_tenant_id_position", "ai_provider", ["tenant_id", "position"], unique=False
    )
    op.create_table(
        "ai_spend",
        *_base(),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reserved_micros", sa.BigInteger(), nullable=False),
        sa.Column("settled_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_ai_spend_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_spend")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_ai_spend_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "scope", "scope_id", "day", name=op.f("uq_ai_spend_tenant_id_scope_scope_id_day")
        ),
    )
    op.create_table(
        "ai_call",
        *_base(),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("prompt", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error", sa.String(length=40), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("reserved_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("redactions", sa.Integer(), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("first_token_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "provider_id"],
            ["ai_provider.tenant_id", "ai_provider.id"],
            name=op.f("fk_ai_call_tenant_id_provider_id_ai_provider"),
            ondelete="SET NULL (provider_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "section_id"],
            ["section.tenant_id", "section.id"],
            name=op.f("fk_ai_call_tenant_id_section_id_section"),
            ondelete="SET NULL (section_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["user.tenant_id", "user.id"],
            name=op.f("fk_ai_call_tenant_id_user_id_user"),
            ondelete="SET NULL (user_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_ai_call_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_call")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_ai_call_tenant_id_id")),
    )
    op.create_index("ix_ai_call_tenant_id_day", "ai_call", ["tenant_id", "day"], unique=False)
    op.create_index(
        "ix_ai_call_tenant_id_state_created_at", "ai_call", ["tenant_id", "state", "created_at"], unique=False
    )
    op.create_index("ix_ai_call_user_id", "ai_call", ["user_id"], unique=False)
    op.create_table(
        "ai_content",
        *_base(),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("answered", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "call_id"],
            ["ai_call.tenant_id", "ai_call.id"],
            name=op.f("fk_ai_content_tenant_id_call_id_ai_call"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_ai_content_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_content")),
        sa.UniqueConstraint("tenant_id", "call_id", name=op.f("uq_ai_content_tenant_id_call_id")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_ai_content_tenant_id_id")),
    )
    op.create_index(
        "ix_ai_content_tenant_id_expires_at", "ai_content", ["tenant_id", "expires_at"], unique=False
    )
    _secure("ai_policy", "ai_provider", "ai_spend", "ai_call", "ai_content")


def _create_tutoring() -> None:
    op.create_table(
        "safeguarding_case",
        *_base(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_safeguarding_case_tenant_id_course_id_course"),
            ondelete="SET NULL (course_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["user.tenant_id", "user.id"],
            name=op.f("fk_safeguarding_case_tenant_id_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_safeguarding_case_tenant_id_tenant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguarding_case")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_safeguarding_case_tenant_id_id")),
    )
    op.create_index(
        "ix_safeguarding_case_tenant_id_state",
        "safeguarding_case",
        ["tenant_id", "state", "created_at"],
        unique=False,
    )
    op.create_index("ix_safeguarding_case_user_id", "safeguarding_case", ["user_id"], unique=False)
    op.create_table(
        "tutor_conversation",
        *_base(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_tutor_conversation_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["user.tenant_id", "user.id"],
            name=op.f("fk_tutor_conversation_tenant_id_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_tutor_conversation_tenant_id_tenant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutor_conversation")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tutor_conversation_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "course_id",
            name=op.f("uq_tutor_conversation_tenant_id_user_id_course_id"),
        ),
    )
    op.create_index(
        "ix_tutor_conversation_course_id",
        "tutor_conversation",
        ["course_id"],
        unique=False,
    )
    op.create_table(
        "tutor_setting",
        *_base(),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("hints_only", sa.Boolean(), nullable=False),
        sa.Column("transcripts", sa.Boolean(), nullable=False),
        sa.Column("locked_topics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_tutor_setting_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_tutor_setting_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutor_setting")),
        sa.UniqueConstraint("tenant_id", "course_id", name=op.f("uq_tutor_setting_tenant_id_course_id")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tutor_setting_tenant_id_id")),
    )
    op.create_table(
        "tutor_handover",
        *_base(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["tutor_conversation.tenant_id", "tutor_conversation.id"],
            name=op.f("fk_tutor_handover_tenant_id_conversation_id_tutor_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "course_id"],
            ["course.tenant_id", "course.id"],
            name=op.f("fk_tutor_handover_tenant_id_course_id_course"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lesson_id"],
            ["lesson.tenant_id", "lesson.id"],
            name=op.f("fk_tutor_handover_tenant_id_lesson_id_lesson"),
            ondelete="SET NULL (lesson_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["user.tenant_id", "user.id"],
            name=op.f("fk_tutor_handover_tenant_id_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_tutor_handover_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutor_handover")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tutor_handover_tenant_id_id")),
    )
    op.create_index(
        "ix_tutor_handover_course_id_state",
        "tutor_handover",
        ["course_id", "state", "created_at"],
        unique=False,
    )
    op.create_table(
        "tutor_message",
        *_base(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("speaker", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("move", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("citations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("provenance", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["tutor_conversation.tenant_id", "tutor_conversation.id"],
            name=op.f("fk_tutor_message_tenant_id_conversation_id_tutor_conversation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lesson_id"],
            ["lesson.tenant_id", "lesson.id"],
            name=op.f("fk_tutor_message_tenant_id_lesson_id_lesson"),
            ondelete="SET NULL (lesson_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_tutor_message_tenant_id_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutor_message")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tutor_message_tenant_id_id")),
    )
    op.create_index(
        "ix_tutor_message_conversation_id", "tutor_message", ["conversation_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_tutor_message_tenant_id_expires_at", "tutor_message", ["tenant_id", "expires_at"], unique=False
    )
    _secure("safeguarding_case", "tutor_conversation", "tutor_setting", "tutor_handover", "tutor_message")


def downgrade() -> None:
    op.execute("DROP FUNCTION settle_ai(jsonb, jsonb)")
    op.execute("DROP FUNCTION reserve_ai(jsonb, jsonb)")
    for table in (
        "tutor_message",
        "tutor_handover",
        "ai_content",
        "ai_call",
        "tutor_setting",
        "tutor_conversation",
        "safeguarding_case",
        "ai_spend",
        "ai_provider",
        "ai_policy",
    ):
        op.drop_table(table)
