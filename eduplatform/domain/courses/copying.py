"""A course again, for another term: what it teaches and asks, with its dates moved; no people, no grades.

Each area names its tables in its own ``copying.py``. A row is copied with all its columns: ids of what is copied along are
replaced, also inside JSON; every moment but those of creation is moved. So a new column needs nothing here. Two statements
per table, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import col, select

from eduplatform.db.base import TenantRow, new_id, utc_now
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import copying as assessment
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses import policy, service
from eduplatform.domain.courses.copied import CopiedTable
from eduplatform.domain.courses.dates import local_day, shifted
from eduplatform.domain.courses.group_models import GroupSet
from eduplatform.domain.courses.models import (
    Block,
    Course,
    Lesson,
    LessonVersion,
    Module,
    Objective,
    UnlockRule,
)
from eduplatform.domain.courses.repository import CourseRepository, fetch, select_columns
from eduplatform.domain.files import service as files
from eduplatform.domain.grading import copying as grading
from eduplatform.domain.tenants.models import Tenant
from eduplatform.domain.tutoring.models import TutorSetting
from eduplatform.errors import Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_SHIFT_DAYS: Final = 3660
_FIXED: Final = frozenset({"created_at", "updated_at"})

TABLES: Final[tuple[CopiedTable, ...]] = (
    CopiedTable(Module, "course_id", Course),
    CopiedTable(Objective, "course_id", Course),
    CopiedTable(GroupSet, "course_id", Course, only=lambda: col(GroupSet.section_id).is_(None)),
    *grading.TABLES,
    *assessment.TABLES,
    *grading.TABLES_OF_ASSESSMENTS,
    CopiedTable(UnlockRule, "module_id", Module),
    CopiedTable(TutorSetting, "course_id", Course),
    CopiedTable(Lesson, "course_id", Course),
    CopiedTable(Block, "lesson_id", Lesson, only=lambda: col(Block.removed_at).is_(None)),
    CopiedTable(
        LessonVersion,
        "lesson_id",
        Lesson,
        only=lambda: (
            col(LessonVersion.number)
            == select(Lesson.published_number)
            .where(col(Lesson.id) == col(LessonVersion.lesson_id))
            .scalar_subquery()
        ),
    ),
)
"""What goes along with a course, parents before children."""

LEFT_OUT: Final = frozenset(
    {
        *("section", "enrollment", "waiting_enrollment", "waiting_guardian", "student_group", "group_member"),
        *("attempt", "response", "answer_operation", "draft_revision", "regrade", "regrade_change"),
        *("assessment_override", "grade", "grade_event", "grade_adjustment", "criterion_score"),
        *("answer_highlight", "lesson_progress", "thread", "post", "revision", "report"),
        *("announcement", "announcement_section", "announcement_read", "calendar_event", "file", "file_use"),
        *("course_grade_entry", "grade_import"),
        *("live_session", "live_participant", "live_poll", "live_vote", "time_extension", "grade_news"),
        *("tutor_conversation", "tutor_message", "tutor_handover", "safeguarding_case"),
    }
)
"""Tables that hang on a course and stay behind: people, their work, what they said."""


@dataclass(frozen=True, slots=True)
class MovedDate:
    """One date of the course, before and after."""

    title: str
    what: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a copy will look like.

    Attributes:
        course: The original.
        first_day: The first day on which the original has a date, in the tenant's time zone; None without dates.
        days: By how many days the dates move.
        dates: All of them, by time.
        lessons: How many lessons go along.
    """

    course: Course
    first_day: date | None
    days: int
    dates: list[MovedDate]
    lessons: int


@dataclass
class _Copy:
    """The work of one copy: new ids by old ones, and what happens to each value."""

    work: Work
    days: int
    zone: ZoneInfo
    ids: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    by_table: dict[str, list[UUID]] = field(default_factory=dict[str, list[UUID]])

    def value(self, name: str, value: object) -> object:
        """A column's value in the copy."""
        if isinstance(value, UUID):
            return self.ids.get(value, value)
        if isinstance(value, datetime) and name not in _FIXED:
            return shifted(value, self.days, self.zone)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value + timedelta(days=self.days)
        return self._json(value)

    def _json(self, value: object) -> object:
        if isinstance(value, dict):
            pairs = cast(dict[str, object], value)
            return {key: self._json(one) for key, one in pairs.items()}
        if isinstance(value, list):
            return [self._json(one) for one in cast(list[object], value)]
        if isinstance(value, str) and len(value) == 36:
            known = self.ids.get(_uuid(value))
            return str(known) if known is not None else value
        return value


_NOBODY = UUID(int=0)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return _NOBODY


async def plan(*, work: Work, me: Principal, course_id: UUID, starts_on: date | None) -> CopyPlan:
    """What a copy with another first day will look like; changes nothing. Five statements.

    Args:
        work: The open unit of work.
        me: A teacher of the course.
        course_id: The original.
        starts_on: The new first day in the tenant's time zone; None leaves the dates where they are.

    Raises:
        NotFound: The person does not teach it.
        Invalid: The new first day is more than ten years away.
    """
    course = await policy.require_teacher(work=work, me=me, course_id=course_id)
    zone = await _zone(work)
    found = await _dates(work, course_id)
    first_day = min((local_day(one[2], zone) for one in found), default=None)
    days = _days(first_day, starts_on)
    dates = [
        MovedDate(title, what, moment, shifted(moment, days, zone))
        for title, what, moment in sorted(found, key=lambda one: one[2])
    ]
    lessons = await CourseRepository(work).lesson_count(course_id)
    return CopyPlan(course, first_day, days, dates, lessons)


async def copy_course(
    *, work: Work, me: Principal, course_id: UUID, code: str, title: str, starts_on: date | None
) -> Course:
    """Make a draft course of one's own with everything that another one teaches and asks.

    Args:
        work: The open unit of work.
        me: A teacher of the original; becomes the owner of the copy.
        course_id: The original.
        code: Short name of the copy, unique in the tenant.
        title: Its name.
        starts_on: As of `plan`.

    Raises:
        NotFound: The person does not teach the original.
        Invalid: A field is empty, the code is taken, or the new first day is too far away.
    """
    planned = await plan(work=work, me=me, course_id=course_id, starts_on=starts_on)
    source = planned.course
    course = await service.create_course(
        work=work,
        me=me,
        code=code,
        title=title,
        subject=source.subject,
        summary=source.summary,
        level=source.level,
        language=source.language,
    )
    copy = _Copy(work, planned.days, await _zone(work), {course_id: course.id}, {"course": [course_id]})
    for table in TABLES:
        await _copy_table(copy, table)
    for name in Course.model_fields.keys() - _OF_THE_COPY:
        setattr(course, name, copy.value(name, getattr(source, name)))
    await work.flush()
    lessons = {copy.ids[one]: one for one in copy.by_table.get("lesson", ())}
    await files.copy_uses(work=work, purpose="lesson", pairs=lessons)
    await work.audit("course.copied", course_id=course.id, source_id=course_id, days=planned.days)
    return course


_OF_THE_COPY: Final = {
    *("id", "tenant_id", "created_at", "updated_at", "created_by", "code", "title", "summary_html"),
    *("status", "owner_id", "version"),
}
"""What a copy of a course does not take from the original."""


async def _copy_table(copy: _Copy, table: CopiedTable) -> None:
    model = table.model
    parents = copy.by_table.get(_name(table.parent), [])
    if not parents:
        return
    conditions = [
        col(model.tenant_id) == copy.work.tenant_id,
        getattr(model, table.column).in_(parents),
        *([table.only()] if table.only is not None else []),
    ]
    rows = _parents_first((await copy.work.session.exec(select(model).where(*conditions))).all(), model)
    if not rows:
        return
    copy.by_table.setdefault(_name(model), []).extend(one.id for one in rows)
    copy.ids.update({one.id: new_id() for one in rows})
    now = utc_now()
    values = [_values(copy, model, one, now) for one in rows]
    await copy.work.session.exec(insert(model), params=values, execution_options={CHECKED_INSERT: True})


def _parents_first(rows: Sequence[TenantRow], model: type[TenantRow]) -> list[TenantRow]:
    """The rows of a table that refers to itself, each behind the one it refers to."""
    own = [
        column
        for column in model.model_fields
        for key in getattr(model, column).property.columns[0].foreign_keys
        if key.column.table.name == _name(model) and column != "tenant_id"
    ]
    ordered: list[TenantRow] = []
    waiting = list(rows)
    while own and waiting:
        left = {one.id for one in waiting}
        ready = [one for one in waiting if not any(getattr(one, column) in left for column in own)]
        if not ready:
            break
        ordered += ready
        waiting = [one for one in waiting if one not in ready]
    return ordered + waiting


def _values(copy: _Copy, model: type[TenantRow], row: TenantRow, now: datetime) -> dict[str, Any]:
    values = {name: copy.value(name, getattr(row, name)) for name in model.model_fields}
    values |= {
        "tenant_id": copy.work.tenant_id,
        "created_at": now,
        "updated_at": now,
        "created_by": copy.work.user_id,
    }
    return values | _ADJUST.get(_name(model), _nothing)(values, copy)


def _nothing(_values: Mapping[str, Any], _copy: _Copy) -> dict[str, Any]:
    return {}


def _lesson(values: Mapping[str, Any], _copy: _Copy) -> dict[str, Any]:
    return {"published_number": min(values["published_number"], 1), "version": 1}


def _version(_values: Mapping[str, Any], copy: _Copy) -> dict[str, Any]:
    return {"number": 1, "author_id": copy.work.user_id, "note": ""}


def _assessment(values: Mapping[str, Any], copy: _Copy) -> dict[str, Any]:
    # The groups of one class stay with it; its set is not there in the copy.
    return {} if values["group_set_id"] in copy.ids.values() else {"group_set_id": None}


def _grade_column(values: Mapping[str, Any], copy: _Copy) -> dict[str, Any]:
    return {} if values["period_id"] in copy.ids.values() else {"period_id": None}


def _rubric(values: Mapping[str, Any], copy: _Copy) -> dict[str, Any]:
    # The versions of a rubric share an id that is no row's.
    return {"family_id": copy.ids.setdefault(values["family_id"], new_id())}


_ADJUST: Final[Mapping[str, Callable[[Mapping[str, Any], _Copy], dict[str, Any]]]] = {
    "lesson": _lesson,
    "lesson_version": _version,
    "assessment": _assessment,
    "grade_column": _grade_column,
    "rubric": _rubric,
}


def _name(model: type[TenantRow]) -> str:
    return str(model.__tablename__)


def _days(first_day: date | None, starts_on: date | None) -> int:
    if first_day is None or starts_on is None:
        return 0
    days = (starts_on - first_day).days
    if abs(days) > MAX_SHIFT_DAYS:
        raise Invalid(fields={"starts_on": N_("Choose a day within ten years of the original.")})
    return days


_OPENS, _DUE, _CLOSES = N_("Opens"), N_("Due"), N_("Closes")


async def _dates(work: Work, course_id: UUID) -> list[tuple[str, str, datetime]]:
    """What has a date in a course: its title, what happens, and when."""
    columns = (Assessment.title, Assessment.opens_at, Assessment.due_at, Assessment.closes_at)
    rows: Sequence[Any] = await fetch(
        work,
        select_columns(*columns).where(
            col(Assessment.tenant_id) == work.tenant_id, col(Assessment.course_id) == course_id
        ),
    )
    found = [
        (title, what, moment)
        for title, *moments in rows
        for what, moment in zip((_OPENS, _DUE, _CLOSES), moments, strict=True)
    ]
    rules: Sequence[Any] = await fetch(
        work,
        select_columns(Module.title, UnlockRule.opens_at)
        .join(Module, col(Module.id) == col(UnlockRule.module_id))
        .where(col(UnlockRule.tenant_id) == work.tenant_id, col(Module.course_id) == course_id),
    )
    found += [(title, _OPENS, moment) for title, moment in rules]
    return [(title, what, moment) for title, what, moment in found if moment is not None]


async def _zone(work: Work) -> ZoneInfo:
    """The tenant's time zone."""
    row = (await work.session.exec(select(Tenant.timezone).where(col(Tenant.id) == work.tenant_id))).one()
    return ZoneInfo(row)
