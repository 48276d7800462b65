"""Rows of modules, lessons, their blocks and versions, and progress within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select

from eduplatform.db.base import new_id
from eduplatform.db.repository import Repository
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.models import (
    Block,
    Course,
    Lesson,
    LessonProgress,
    LessonVersion,
    Module,
    PublicationStatus,
    UnlockRule,
)
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.grading.models import Grade
from eduplatform.errors import NotFound


def _present(found: UUID | None) -> UUID:
    if found is None:
        raise NotFound
    return found


class ModuleRepository(Repository[Module]):
    """Modules."""

    model = Module

    async def course_of(self, module_id: UUID) -> UUID:
        """The course of a module.

        Raises:
            NotFound: It does not exist.
        """
        return _present(
            (
                await self._session.exec(
                    select(Module.course_id).where(
                        col(Module.tenant_id) == self._work.tenant_id, col(Module.id) == module_id
                    )
                )
            ).one_or_none()
        )

    async def of_course(self, course_id: UUID) -> list[Module]:
        """The modules of a course in their order."""
        return await self.find(
            col(Module.course_id) == course_id, order_by=(col(Module.position), col(Module.id))
        )


@dataclass(frozen=True, slots=True)
class LessonHead:
    """A lesson without its blocks; ``opened``, ``read`` and ``seen_at`` are those of the person who asked.

    ``changed`` tells that a draft waits behind what is published.
    """

    id: UUID
    module_id: UUID
    title: str
    minutes: int
    status: str
    changed: bool
    opened: bool
    read: bool
    seen_at: datetime | None


class LessonRepository(Repository[Lesson]):
    """Lessons."""

    model = Lesson

    async def course_of(self, lesson_id: UUID) -> UUID:
        """The course of a lesson.

        Raises:
            NotFound: It does not exist.
        """
        return _present(
            (
                await self._session.exec(
                    select(Lesson.course_id).where(
                        col(Lesson.tenant_id) == self._work.tenant_id, col(Lesson.id) == lesson_id
                    )
                )
            ).one_or_none()
        )

    async def taught(self, lesson_id: UUID, user_id: UUID) -> tuple[Lesson, int]:
        """A lesson of a course that a person teaches, locked, and the number of its last version (0: none).

        Raises:
            NotFound: It does not exist, or they do not teach its course.
        """
        last = (
            select(func.coalesce(func.max(col(LessonVersion.number)), 0))
            .where(col(LessonVersion.lesson_id) == col(Lesson.id))
            .correlate(Lesson)
            .scalar_subquery()
        )
        rows = await fetch(
            self._work,
            select_columns(Lesson, last)
            .join(Course, col(Course.id) == col(Lesson.course_id))
            .where(
                col(Lesson.tenant_id) == self._work.tenant_id, col(Lesson.id) == lesson_id, taught_by(user_id)
            )
            .with_for_update(of=Lesson)
            .execution_options(populate_existing=True),
        )
        if not rows:
            raise NotFound
        return rows[0][0], rows[0][1]

    async def with_module(self, lesson_id: UUID) -> tuple[Lesson, Module]:
        """A lesson and its module.

        Raises:
            NotFound: It does not exist.
        """
        rows = await fetch(
            self._work,
            select_columns(Lesson, Module)
            .join(Module, col(Module.id) == col(Lesson.module_id))
            .where(col(Lesson.tenant_id) == self._work.tenant_id, col(Lesson.id) == lesson_id),
        )
        if not rows:
            raise NotFound
        lesson, module = rows[0]
        return lesson, module

    async def of_block(self, block_id: UUID) -> Lesson:
        """The lesson of a block, which nobody else can change now.

        Raises:
            NotFound: There is no such block.
        """
        owner = select(Block.lesson_id).where(col(Block.id) == block_id).scalar_subquery()
        statement = self.rows().where(col(Lesson.id) == owner).with_for_update(of=Lesson)
        found = (await self._session.exec(statement)).one_or_none()
        if found is None:
            raise NotFound
        return found

    async def of_module(self, module_id: UUID) -> list[Lesson]:
        """The lessons of a module in their order."""
        return await self.find(
            col(Lesson.module_id) == module_id, order_by=(col(Lesson.position), col(Lesson.id))
        )

    async def of_course(self, course_id: UUID) -> list[Lesson]:
        """The lessons of a course, in no particular order."""
        return await self.find(col(Lesson.course_id) == course_id)

    async def heads(self, *, course_id: UUID, user_id: UUID, published_only: bool) -> list[LessonHead]:
        """The lessons of a course in reading order, with how far a person has come.

        Whoever asks for drafts too gets the titles of the drafts.
        """
        conditions: list[ColumnElement[bool]] = [
            col(Lesson.tenant_id) == self._work.tenant_id,
            col(Lesson.course_id) == course_id,
        ]
        if published_only:
            conditions.append(col(Lesson.status) == PublicationStatus.PUBLISHED)
        columns: tuple[Any, ...] = (
            Lesson.id,
            Lesson.module_id,
            Lesson.title if published_only else Lesson.draft_title,
            Lesson.minutes if published_only else Lesson.draft_minutes,
            Lesson.status,
            Lesson.changed,
            col(LessonProgress.id).is_not(None),
            col(LessonProgress.completed_at).is_not(None),
            LessonProgress.seen_at,
        )
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .select_from(Lesson)
            .join(Module, col(Module.id) == col(Lesson.module_id))
            .outerjoin(
                LessonProgress,
                (col(LessonProgress.lesson_id) == col(Lesson.id)) & (col(LessonProgress.user_id) == user_id),
            )
            .where(*conditions)
            .order_by(col(Module.position), col(Module.id), col(Lesson.position), col(Lesson.id)),
        )
        return [LessonHead(*row) for row in rows]


class LessonProgressRepository(Repository[LessonProgress]):
    """Who has read what."""

    model = LessonProgress

    async def open(self, *, lesson_id: UUID, user_id: UUID, now: datetime) -> None:
        """Record that a person opened a lesson, unless a second tab of theirs was faster; one statement."""
        values = {
            "id": new_id(),
            "tenant_id": self._work.tenant_id,
            "created_by": user_id,
            "created_at": now,
            "updated_at": now,
            "lesson_id": lesson_id,
            "user_id": user_id,
            "opened_at": now,
            "seen_at": now,
        }
        await self._session.exec(
            insert(LessonProgress).values(values).on_conflict_do_nothing(),
            execution_options={CHECKED_INSERT: True},
        )


class BlockRepository(Repository[Block]):
    """The blocks of drafts."""

    model = Block

    async def of_lesson(self, lesson_id: UUID) -> list[Block]:
        """The blocks of a draft in their order, without those that were removed."""
        return await self.find(
            col(Block.lesson_id) == lesson_id,
            col(Block.removed_at).is_(None),
            order_by=(col(Block.position), col(Block.id)),
        )

    async def all_of_lesson(self, lesson_id: UUID) -> list[Block]:
        """The blocks of a draft in their order, also those that were removed and can be brought back."""
        return await self.find(
            col(Block.lesson_id) == lesson_id, order_by=(col(Block.position), col(Block.id))
        )


@dataclass(frozen=True, slots=True)
class VersionHead:
    """A published version without its blocks."""

    id: UUID
    number: int
    title: str
    note: str
    author: str
    published_at: datetime
    blocks: int


class LessonVersionRepository(Repository[LessonVersion]):
    """What was published."""

    model = LessonVersion

    async def numbered(self, lesson_id: UUID, number: int) -> LessonVersion:
        """One version of a lesson.

        Raises:
            NotFound: There is no such version.
        """
        found = await self.first(
            col(LessonVersion.lesson_id) == lesson_id, col(LessonVersion.number) == number
        )
        if found is None:
            raise NotFound
        return found

    async def published(self, lesson_ids: Sequence[UUID]) -> list[LessonVersion]:
        """What students read of some lessons; one statement."""
        rows = await fetch(
            self._work,
            select_columns(LessonVersion, Lesson.id)
            .join(Lesson, col(Lesson.id) == col(LessonVersion.lesson_id))
            .where(
                col(LessonVersion.tenant_id) == self._work.tenant_id,
                col(LessonVersion.lesson_id).in_(lesson_ids),
                col(LessonVersion.number) == col(Lesson.published_number),
            ),
        )
        return [row[0] for row in rows]

    async def of_lesson(self, lesson_id: UUID, *, number: int, size: int) -> tuple[list[VersionHead], int]:
        """A page of a lesson's versions, newest first, and how many there are."""
        total = await self.count(col(LessonVersion.lesson_id) == lesson_id)
        columns: tuple[Any, ...] = (
            LessonVersion.id,
            LessonVersion.number,
            LessonVersion.title,
            LessonVersion.note,
            func.coalesce(func.concat(col(User.given_name), " ", col(User.family_name)), ""),
            LessonVersion.created_at,
            func.jsonb_array_length(col(LessonVersion.blocks)),
        )
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .select_from(LessonVersion)
            .outerjoin(User, col(User.id) == col(LessonVersion.author_id))
            .where(
                col(LessonVersion.tenant_id) == self._work.tenant_id,
                col(LessonVersion.lesson_id) == lesson_id,
            )
            .order_by(col(LessonVersion.number).desc())
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [VersionHead(*row) for row in rows], total


@dataclass(frozen=True, slots=True)
class RuleRow:
    """An unlock rule with the names in it, and the percent that a student has in its assessment."""

    id: UUID
    module_id: UUID
    kind: str
    required_module_id: UUID | None
    required_title: str
    opens_at: datetime | None
    assessment_id: UUID | None
    assessment_title: str
    percent: int
    reached: Decimal | None


class UnlockRuleRepository(Repository[UnlockRule]):
    """What opens modules."""

    model = UnlockRule

    async def of_courses(self, course_ids: Sequence[UUID], *, user_id: UUID, now: datetime) -> list[RuleRow]:
        """The rules of some courses, with what a student has reached; one statement."""
        rows = await fetch(
            self._work, _rules(), tenant=self._work.tenant_id, courses=course_ids, me=user_id, now=now
        )
        return [RuleRow(*row) for row in rows]

    async def of_module(self, module_id: UUID, *, user_id: UUID, now: datetime) -> list[tuple[RuleRow, bool]]:
        """The rules of a module, each with whether the student has a lesson left to read in the module that it waits for."""
        left = (
            select(Lesson.id)
            .where(
                col(Lesson.module_id) == col(UnlockRule.required_module_id),
                col(Lesson.status) == PublicationStatus.PUBLISHED,
                ~exists().where(
                    col(LessonProgress.lesson_id) == col(Lesson.id),
                    col(LessonProgress.user_id) == user_id,
                    col(LessonProgress.completed_at).is_not(None),
                ),
            )
            .correlate(UnlockRule)
            .exists()
        )
        rows = await fetch(
            self._work,
            _every_rule().add_columns(left).where(col(UnlockRule.module_id) == module_id),
            tenant=self._work.tenant_id,
            me=user_id,
            now=now,
        )
        return [(RuleRow(*row[:-1]), row[-1]) for row in rows]


@cache
def _rules() -> Any:
    return _every_rule().where(col(Module.course_id).in_(bindparam("courses", expanding=True)))


def _every_rule() -> Any:
    required = aliased(Module)
    reached = (
        select(100 * col(Grade.points) / col(Grade.possible))
        .where(
            col(Grade.assessment_id) == col(UnlockRule.assessment_id),
            col(Grade.user_id) == bindparam("me", type_=Uuid()),
            col(Grade.released_at) <= bindparam("now"),
            col(Grade.points).is_not(None),
            col(Grade.possible) > 0,
        )
        .correlate(UnlockRule)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        UnlockRule.id,
        UnlockRule.module_id,
        UnlockRule.kind,
        UnlockRule.required_module_id,
        func.coalesce(required.title, ""),
        UnlockRule.opens_at,
        UnlockRule.assessment_id,
        func.coalesce(col(Assessment.title), ""),
        func.coalesce(col(UnlockRule.percent), 0),
        reached,
    )
    return (
        select_columns(*columns)
        .select_from(UnlockRule)
        .join(Module, col(Module.id) == col(UnlockRule.module_id))
        .outerjoin(required, col(required.id) == col(UnlockRule.required_module_id))
        .outerjoin(Assessment, col(Assessment.id) == col(UnlockRule.assessment_id))
        .where(col(UnlockRule.tenant_id) == bindparam("tenant"))
        .order_by(col(UnlockRule.created_at), col(UnlockRule.id))
    )
