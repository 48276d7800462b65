"""How the grades of a course become one: categories, periods, columns, letters; and imports that wait for a yes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from eduplatform.db.base import TenantRow, tenant_fk, tenant_table

PERCENT = sa.Numeric(7, 2)

MANUAL = "manual"
"""Kind of an assessment that is a column of the gradebook and nothing else: graded by entry only."""

IN_GRADEBOOK = "gradebook"
"""Status of such an assessment: whatever asks for published work does not find it."""


class Method(StrEnum):
    """How a course's total is made: all points together, or a percentage of each category by its weight."""

    POINTS = "points"
    WEIGHTED = "weighted"


class MissingRule(StrEnum):
    """What missing work without points of its own does to a total."""

    ZERO = "zero"
    IGNORE = "ignore"


class CourseGrading(TenantRow, table=True):
    """The grading rules of a course; a course without a row has the defaults.

    ``bands`` is a list of ``{"letter", "minimum"}`` with percentages as text, best first; empty means no letters.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"), sa.UniqueConstraint("tenant_id", "course_id")
    )

    course_id: UUID
    method: str = Field(default=Method.POINTS, max_length=10)
    missing: str = Field(default=MissingRule.ZERO, max_length=10)
    scheme: str = Field(default="", max_length=20)
    bands: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    version: int = Field(default=1)


class GradeCategory(TenantRow, table=True):
    """Work that counts together, such as quizzes; ``weight`` in percent of the course's total."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        sa.UniqueConstraint("tenant_id", "course_id", "name"),
        sa.CheckConstraint("weight >= 0 and drop_lowest >= 0 and drop_highest >= 0", name="not_negative"),
    )

    course_id: UUID
    position: int
    name: str = Field(max_length=80)
    weight: Decimal = Field(default=Decimal(0), sa_type=PERCENT)
    drop_lowest: int = Field(default=0)
    drop_highest: int = Field(default=0)
    extra_credit: bool = Field(default=False)


class GradingPeriod(TenantRow, table=True):
    """A part of the year with a total of its own; one with a ``term_id`` has the term's name and dates."""

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("term_id", "term"),
        sa.UniqueConstraint("tenant_id", "course_id", "name"),
        sa.Index("ix_grading_period_term_id", "term_id"),
    )

    course_id: UUID
    term_id: UUID | None = Field(default=None)
    name: str = Field(max_length=80)
    starts_on: date
    ends_on: date


class GradeColumn(TenantRow, table=True):
    """What an assessment is in the gradebook. Without a row it has no category and belongs to the period of its due time."""

    __table_args__ = tenant_table(
        sa.UniqueConstraint("tenant_id", "assessment_id"),
        tenant_fk("assessment_id", "assessment"),
        tenant_fk("category_id", "grade_category", ondelete="SET NULL (category_id)"),
        tenant_fk("period_id", "grading_period", ondelete="SET NULL (period_id)"),
        sa.Index("ix_grade_column_category_id", "category_id"),
        sa.Index("ix_grade_column_period_id", "period_id"),
    )

    assessment_id: UUID
    category_id: UUID | None = Field(default=None)
    period_id: UUID | None = Field(default=None)
    extra_credit: bool = Field(default=False)
    counts: bool = Field(default=True)


class CourseGradeEntry(TenantRow, table=True):
    """Append-only: a teacher's own total for a student, with the reason; the highest ``number`` holds.

    ``percent`` of None takes the entry back. ``period_id`` of None is the whole course.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"),
        tenant_fk("user_id", "user"),
        tenant_fk("period_id", "grading_period"),
        sa.UniqueConstraint(
            "tenant_id",
            "course_id",
            "user_id",
            "period_id",
            "number",
            postgresql_nulls_not_distinct=True,
        ),
        sa.Index("ix_course_grade_entry_user_id", "user_id"),
    )

    course_id: UUID
    user_id: UUID
    period_id: UUID | None = Field(default=None)
    number: int
    percent: Decimal | None = Field(default=None, sa_type=PERCENT)
    reason: str = Field(max_length=500)


class GradeImport(TenantRow, table=True):
    """A file of grades that was read and compared, and changes nothing until somebody says so.

    ``changes`` holds ``[student, column, text, version, before]`` of each cell that differs; ``problems`` says what could not
    be read, as messages.
    """

    __table_args__ = tenant_table(
        tenant_fk("course_id", "course"), sa.Index("ix_grade_import_course_id", "course_id")
    )

    course_id: UUID
    name: str = Field(max_length=160)
    rows: int = Field(default=0)
    same: int = Field(default=0)
    changes: list[list[Any]] = Field(default_factory=list, sa_type=JSONB)
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    applied_at: datetime | None = Field(default=None)
