"""Files that people upload, and what uses them."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table


class FileState(StrEnum):
    """How far a file has come. Only ``ready`` ones can be downloaded.

    ``storing``: its bytes are on their way to the storage. ``pending``: stored, and waits for the virus scanner.
    """

    STORING = "storing"
    PENDING = "pending"
    READY = "ready"


class StoredFile(TenantRow, table=True):
    """An uploaded file. Its bytes are in the storage under its tenant and id; they never change.

    Attributes:
        owner_id: Who uploaded it.
        name: As its owner called it, with the ending that fits its content; never used as a path.
        content_type: Decided by the content.
        size: Bytes, with the small picture counted in ``thumb_size``.
        sha256: Of the content, in hexadecimal.
        purpose: What it was uploaded for; decides who may read it (see ``policy``).
        course_id: The course in which it was uploaded, if any.
        width: Pixels of a picture, as it is shown.
        height: Likewise.
        thumb_size: Bytes of its small picture; 0 means that it has none.
    """

    __tablename__ = "file"  # pyright: ignore[reportAssignmentType]
    __table_args__ = tenant_table(
        tenant_fk("owner_id", "user"),
        tenant_fk("course_id", "course", ondelete="SET NULL (course_id)"),
        sa.Index("ix_file_owner_id", "owner_id"),
        sa.Index("ix_file_course_id", "course_id"),
        sa.Index("ix_file_created_at", "created_at"),
    )

    owner_id: UUID
    course_id: UUID | None = Field(default=None)
    name: str = Field(max_length=200)
    content_type: str = Field(max_length=100)
    size: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(max_length=64)
    purpose: str = Field(max_length=20)
    state: str = Field(default=FileState.STORING, max_length=20)
    width: int | None = Field(default=None)
    height: int | None = Field(default=None)
    thumb_size: int = Field(default=0)


class FileUse(TenantRow, table=True):
    """That an object (a lesson, an answer, a message) shows a file. A file without any is removed after a day."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "purpose", "object_id", "file_id"),
        tenant_fk("file_id", "file"),
        sa.Index("ix_file_use_file_id", "file_id"),
    )

    file_id: UUID
    purpose: str = Field(max_length=20)
    object_id: UUID
    position: int = Field(default=0)
