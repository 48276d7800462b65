"""Rows of modules, lessons and progress within one tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import defer
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from eduplatform.db.repository import Repository
from eduplatform.domain.courses.models import Lesson, LessonProgress, Module, PublicationStatus
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.errors import NotFound


def _present(found: UUID | None) -> UUID:
    if found is None:
        raise NotFound
    return found


def _attribute(column: Any) -> Any:
    """A model's column as SQLAlchemy sees it, not as its instances do."""
    return column


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
    """A lesson without its text; ``read`` and ``opened`` are those of the person who asked."""

    id: UUID
    module_id: UUID
    title: str
    minutes: int
    status: str
    opened: bool
    read: bool


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

    async def of_module(self, module_id: UUID) -> list[Lesson]:
        """The lessons of a module in their order, without their texts."""
        statement = (
            self.rows()
            .options(defer(_attribute(Lesson.body)), defer(_attribute(Lesson.body_html)))
            .where(col(Lesson.module_id) == module_id)
            .order_by(col(Lesson.position), col(Lesson.id))
        )
        return list((await self._session.exec(statement)).all())

    async def heads(self, *, course_id: UUID, user_id: UUID, published_only: bool) -> list[LessonHead]:
        """The lessons of a course in reading order, with how far a person has come."""
        conditions: list[ColumnElement[bool]] = [
            col(Lesson.tenant_id) == self._work.tenant_id,
            col(Lesson.course_id) == course_id,
        ]
        if published_only:
            conditions.append(col(Lesson.status) == PublicationStatus.PUBLISHED)
        columns: tuple[Any, ...] = (
            Lesson.id,
            Lesson.module_id,
            Lesson.title,
            Lesson.minutes,
            Lesson.status,
            col(LessonProgress.id).is_not(None),
            col(LessonProgress.completed_at).is_not(None),
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
