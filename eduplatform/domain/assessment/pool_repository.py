"""Rows of pools, and the questions that they may draw."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.assessment.models import (
    AssessmentItem,
    AssessmentPool,
    Question,
    QuestionBank,
    QuestionFolder,
    QuestionVersion,
)
from eduplatform.domain.assessment.schemas import Candidate, FolderChoice, PoolRow, Slot
from eduplatform.domain.courses.repository import fetch, select_columns

MAX_CANDIDATES = 1_000
MAX_FOLDERS = 200


class PoolRepository(Repository[AssessmentPool]):
    """Pools of assessments."""

    model = AssessmentPool

    async def of_assessment(self, assessment_id: UUID) -> list[PoolRow]:
        """The pools of an assessment in their order, with the names of what they draw from."""
        names = (func.coalesce(col(QuestionBank.name), ""), func.coalesce(col(QuestionFolder.name), ""))
        rows = await fetch(
            self._work,
            select_columns(AssessmentPool, *names)
            .select_from(AssessmentPool)
            .outerjoin(QuestionBank, col(QuestionBank.id) == col(AssessmentPool.bank_id))
            .outerjoin(QuestionFolder, col(QuestionFolder.id) == col(AssessmentPool.folder_id))
            .where(
                col(AssessmentPool.tenant_id) == self._work.tenant_id,
                col(AssessmentPool.assessment_id) == assessment_id,
            )
            .order_by(col(AssessmentPool.position), col(AssessmentPool.id)),
        )
        return [PoolRow(*row) for row in rows]

    async def candidates(self, assessment_id: UUID, course_id: UUID) -> list[Candidate]:
        """The live questions of the course's banks that each pool of an assessment matches; one statement.

        Questions that the assessment asks of everybody are left out.
        """
        tree = _folder_tree()
        in_folder = select(tree.c.id).where(
            tree.c.root == col(AssessmentPool.folder_id), tree.c.id == col(Question.folder_id)
        )
        asked = select(AssessmentItem.question_id).where(
            col(AssessmentItem.assessment_id) == assessment_id, col(AssessmentItem.pool_id).is_(None)
        )
        rows = await fetch(
            self._work,
            select_columns(AssessmentPool.id, Question.id, QuestionVersion.id)
            .select_from(AssessmentPool)
            .join(QuestionBank, col(QuestionBank.course_id) == course_id)
            .join(Question, col(Question.bank_id) == col(QuestionBank.id))
            .join(
                QuestionVersion,
                (col(QuestionVersion.question_id) == col(Question.id))
                & (col(QuestionVersion.number) == col(Question.current_version)),
            )
            .where(
                col(AssessmentPool.tenant_id) == self._work.tenant_id,
                col(AssessmentPool.assessment_id) == assessment_id,
                col(Question.status) == "live",
                or_(
                    col(AssessmentPool.bank_id).is_(None),
                    col(AssessmentPool.bank_id) == col(QuestionBank.id),
                ),
                or_(
                    col(AssessmentPool.folder_id).is_(None),
                    in_folder.correlate(AssessmentPool, Question).exists(),
                ),
                or_(
                    col(AssessmentPool.tag) == "",
                    col(Question.tags).any(col(AssessmentPool.tag)),  # pyright: ignore[reportArgumentType]
                ),
                col(Question.id).not_in(asked),
            )
            .order_by(col(AssessmentPool.position), col(Question.id))
            .limit(MAX_CANDIDATES),
        )
        return [Candidate(*row) for row in rows]

    async def slots(self, assessment_id: UUID) -> list[Slot]:
        """What an attempt may be made of: every item, with its pool and how many of that are drawn."""
        rows = await fetch(self._work, _slots(), tenant=self._work.tenant_id, assessment=assessment_id)
        return [Slot(*row) for row in rows]

    async def clear(self, assessment_id: UUID) -> None:
        """Forget which questions the pools hold; nobody may have begun."""
        session: Any = self._session
        await session.exec(
            delete(AssessmentItem)
            .where(
                col(AssessmentItem.tenant_id) == self._work.tenant_id,
                col(AssessmentItem.assessment_id) == assessment_id,
                col(AssessmentItem.pool_id).is_not(None),
            )
            .execution_options(synchronize_session=False)
        )

    async def folders(self, course_id: UUID) -> list[FolderChoice]:
        """The banks of a course with their folders, by name; a bank without folders comes with none."""
        rows = await fetch(
            self._work,
            select_columns(
                QuestionBank.id,
                QuestionBank.name,
                QuestionFolder.id,
                QuestionFolder.parent_id,
                func.coalesce(col(QuestionFolder.name), ""),
            )
            .select_from(QuestionBank)
            .outerjoin(QuestionFolder, col(QuestionFolder.bank_id) == col(QuestionBank.id))
            .where(
                col(QuestionBank.tenant_id) == self._work.tenant_id,
                col(QuestionBank.course_id) == course_id,
            )
            .order_by(col(QuestionBank.name), col(QuestionFolder.name), col(QuestionFolder.id))
            .limit(MAX_FOLDERS),
        )
        return [FolderChoice(*row) for row in rows]


@cache
def _slots() -> Any:
    return (
        select_columns(AssessmentItem.id, AssessmentItem.pool_id, func.coalesce(col(AssessmentPool.draw), 0))
        .select_from(AssessmentItem)
        .outerjoin(AssessmentPool, col(AssessmentPool.id) == col(AssessmentItem.pool_id))
        .where(
            col(AssessmentItem.tenant_id) == bindparam("tenant"),
            col(AssessmentItem.assessment_id) == bindparam("assessment"),
        )
        .order_by(col(AssessmentItem.position), col(AssessmentItem.id))
    )


def _folder_tree() -> Any:
    """Every folder with itself and everything below it: ``root`` and ``id``."""
    child: Any = aliased(QuestionFolder)
    tree = select_columns(col(QuestionFolder.id).label("root"), col(QuestionFolder.id).label("id")).cte(
        "folder_tree", recursive=True
    )
    return tree.union_all(
        select_columns(tree.c.root, child.id).select_from(child).join(tree, child.parent_id == tree.c.id)
    )


def sources(rows: Sequence[FolderChoice]) -> tuple[set[UUID], dict[UUID, UUID]]:
    """The ids of the banks, and the bank of each folder."""
    return {row.bank_id for row in rows}, {row.id: row.bank_id for row in rows if row.id is not None}
