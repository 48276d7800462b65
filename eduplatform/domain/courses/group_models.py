"""Groups in which students of a course work together."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table


class GroupSet(TenantRow, table=True):
    """One division of a course, or of one of its sections, into groups; ``section_id`` null means the whole course."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "course_id", "name"),
        tenant_fk("course_id", "course"),
        tenant_fk("section_id", "section"),
    )

    course_id: UUID
    section_id: UUID | None = Field(default=None)
    name: str = Field(max_length=80)


class StudentGroup(TenantRow, table=True):
    """A group of a set."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "set_id", "name"), tenant_fk("set_id", "group_set")
    )

    set_id: UUID
    name: str = Field(max_length=80)


class GroupMember(TenantRow, table=True):
    """A student in a group; in each set a student is in one group at most."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "set_id", "user_id"),
        tenant_fk("set_id", "group_set"),
        tenant_fk("group_id", "student_group"),
        tenant_fk("user_id", "user"),
        sa.Index("ix_group_member_group_id", "group_id"),
        sa.Index("ix_group_member_user_id", "user_id"),
    )

    set_id: UUID
    group_id: UUID
    user_id: UUID
