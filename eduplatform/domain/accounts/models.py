"""Identities (global), sessions, and people as each tenant knows them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from eduplatform.db.base import IdentityRow, TenantRow, tenant_fk, tenant_table


class TokenPurpose(StrEnum):
    """What a one-time token may be exchanged for."""

    TICKET = "ticket"
    RESET = "reset"


class AccountStatus(StrEnum):
    """Whether the account may be used."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class Identity(IdentityRow, table=True):
    """A person's way of signing in, across all tenants; nothing that a school knows about them.

    ``email`` is normalised (trimmed, NFKC, case-folded). An empty ``password_hash`` cannot match any password.
    """

    __table_args__ = (sa.Index("ix_identity_updated_at", "updated_at"),)

    email: str = Field(max_length=254, unique=True)
    password_hash: str = Field(default="", max_length=200)
    is_operator: bool = Field(default=False)
    status: str = Field(default=AccountStatus.ACTIVE, max_length=20)
    locale: str = Field(default="", max_length=10)
    display_name: str = Field(default="", max_length=120)
    password_changed_at: datetime | None = Field(default=None)


class Session(IdentityRow, table=True):
    """A signed-in browser. The cookie's value is kept only as its SHA-256.

    ``user_id`` is null for an operator, and while a person with several memberships has not chosen one.
    """

    __table_args__ = (
        sa.Index("ix_session_identity_id", "identity_id"),
        sa.Index("ix_session_revoked_at", "revoked_at", postgresql_where=sa.text("revoked_at IS NOT NULL")),
    )

    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    identity_id: UUID = Field(foreign_key="identity.id", ondelete="CASCADE")
    tenant_id: UUID | None = Field(default=None)
    user_id: UUID | None = Field(default=None)
    device: str = Field(default="", max_length=250)
    address_hash: str = Field(default="", max_length=64)
    remembered: bool = Field(default=False)
    last_seen_at: datetime
    idle_seconds: int
    expires_at: datetime
    revoked_at: datetime | None = Field(default=None)
    revoked_reason: str = Field(default="", max_length=40)


class IdentityToken(IdentityRow, table=True):
    """A one-time secret, kept as its SHA-256: the ticket of a sign-in, or the link of a password reset."""

    purpose: str = Field(max_length=20)
    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    identity_id: UUID = Field(foreign_key="identity.id", ondelete="CASCADE")
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    expires_at: datetime
    used_at: datetime | None = Field(default=None)


class User(TenantRow, table=True):
    """A person in one tenant. ``roles`` are the tenant-wide roles; sections add theirs by enrolment."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "identity_id"),
        sa.UniqueConstraint("tenant_id", "email"),
        sa.Index("ix_user_identity_id", "identity_id"),
        sa.Index("ix_user_updated_at", "updated_at"),
        sa.Index("ix_user_tenant_id_family_name", "tenant_id", "family_name", "given_name"),
    )
    identity_plane: ClassVar[bool] = True

    identity_id: UUID = Field(foreign_key="identity.id", ondelete="RESTRICT")
    email: str = Field(max_length=254)
    given_name: str = Field(max_length=80)
    family_name: str = Field(max_length=80)
    roles: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.String(20)))
    status: str = Field(default=AccountStatus.ACTIVE, max_length=20)
    locale: str = Field(default="", max_length=10)
    last_seen_at: datetime | None = Field(default=None)

    @property
    def name(self) -> str:
        """Given and family name, as the person is addressed."""
        return f"{self.given_name} {self.family_name}".strip()


class GuardianLink(TenantRow, table=True):
    """A verified relation by which a guardian may see a student's learning."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "guardian_id", "student_id"),
        tenant_fk("guardian_id", "user"),
        tenant_fk("student_id", "user"),
        sa.Index("ix_guardian_link_student_id", "student_id"),
    )

    guardian_id: UUID
    student_id: UUID
    relation: str = Field(default="guardian", max_length=40)
    status: str = Field(default="verified", max_length=20)
    can_view_grades: bool = Field(default=True)


class Invitation(TenantRow, table=True):
    """A mailed link by which somebody joins the tenant with the given roles; kept as the SHA-256 of its secret."""

    __table_args__ = tenant_table(sa.Index("ix_invitation_tenant_id_email", "tenant_id", "email"))
    identity_plane: ClassVar[bool] = True

    email: str = Field(max_length=254)
    given_name: str = Field(default="", max_length=80)
    family_name: str = Field(default="", max_length=80)
    roles: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.String(20)))
    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    expires_at: datetime
    accepted_at: datetime | None = Field(default=None)
    revoked_at: datetime | None = Field(default=None)
