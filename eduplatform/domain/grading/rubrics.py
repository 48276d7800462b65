"""Rubrics: what good work is. A version never changes; an edit makes the next one, and scores keep theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.rubric_use import follow_rubric
from eduplatform.domain.courses.models import Course, Objective
from eduplatform.domain.courses.objectives import list_objectives
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.grading import policy
from eduplatform.domain.grading.models import Rubric, RubricCriterion, RubricLevel
from eduplatform.domain.grading.rubric_drafts import CriterionDraft, LevelDraft, RubricDraft, checked
from eduplatform.domain.grading.rubric_repository import (
    CriterionRepository,
    CriterionScale,
    LevelRepository,
    RubricElsewhere,
    RubricRepository,
    RubricSummary,
    RubricVersion,
)
from eduplatform.errors import Conflict
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal


@dataclass(frozen=True, slots=True)
class RubricList:
    """The rubrics of a course, and those of the teacher's other courses, which can be copied into it."""

    course: Course
    rubrics: list[RubricSummary]
    elsewhere: list[RubricElsewhere]


@dataclass(frozen=True, slots=True)
class EditedRubric:
    """A rubric in its editor.

    Attributes:
        rubric: Its current version.
        course: Its course.
        criteria: Its criteria with their levels.
        versions: All of its versions, newest first.
        uses: Titles of the assessments that use it.
        objectives: Those of the course, to choose from.
    """

    rubric: Rubric
    course: Course
    criteria: list[CriterionScale]
    versions: list[RubricVersion]
    uses: list[str]
    objectives: list[Objective]


def possible_points(criteria: Sequence[CriterionScale]) -> Decimal:
    """The most that the criteria can bring together."""
    return sum((one.possible for one in criteria), Decimal(0))


async def scale_of(*, work: Work, rubric_id: UUID) -> list[CriterionScale]:
    """The criteria of a rubric with their levels, for callers that checked access; one statement."""
    return await RubricRepository(work).scale([rubric_id])


async def list_rubrics(*, work: Work, me: Principal, course_id: UUID) -> RubricList:
    """The rubrics of a course, and what could be copied into it.

    Raises:
        NotFound: The person does not teach it.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    rubrics = RubricRepository(work)
    return RubricList(course, await rubrics.summaries(course_id), await rubrics.elsewhere(course_id, me.user))


async def edited_rubric(*, work: Work, me: Principal, rubric_id: UUID) -> EditedRubric:
    """A rubric for its editor, by the id of its family or of its current version.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    found = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric_id)
    rubrics = RubricRepository(work)
    return EditedRubric(
        rubric=found.rubric,
        course=found.course,
        criteria=found.scale,
        versions=await rubrics.versions(found.rubric.family_id),
        uses=await rubrics.uses(found.rubric.id),
        objectives=await list_objectives(work=work, course_id=found.course.id),
    )


async def old_version(
    *, work: Work, me: Principal, rubric_id: UUID, version: int
) -> tuple[Rubric, list[CriterionScale]]:
    """A version of a rubric to read: one that was replaced, or the current one.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    found = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric_id, version=version)
    return found.rubric, found.scale


async def create_rubric(*, work: Work, me: Principal, course_id: UUID, draft: RubricDraft) -> Rubric:
    """Add a rubric to a course.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: Something is missing or too long; see `checked` for the names of the fields.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    objectives = [one.id for one in await list_objectives(work=work, course_id=course_id)]
    return await insert_rubric(work=work, course_id=course_id, draft=draft, objectives=objectives)


async def insert_rubric(
    *, work: Work, course_id: UUID, draft: RubricDraft, objectives: Collection[UUID] = ()
) -> Rubric:
    """`create_rubric` for callers that checked access."""
    clean = checked(draft, objectives)
    rubric = await RubricRepository(work).add(
        Rubric(course_id=course_id, kind=clean.kind, title=clean.title, description=clean.description)
    )
    await _insert_parts(work, {rubric.id: clean.criteria})
    await work.audit("rubric.created", rubric=rubric.id)
    return rubric


async def copy_rubric(
    *, work: Work, me: Principal, rubric_id: UUID, course_id: UUID | None = None, title: str = ""
) -> Rubric:
    """A copy with a life of its own, in the same course or in another one that the person teaches.

    Args:
        work: The open unit of work.
        me: The teacher.
        rubric_id: The family or the current version to copy.
        course_id: Where the copy goes; None stays in the course. Objectives are found again by their codes.
        title: Title of the copy; empty keeps it.

    Raises:
        NotFound: The person does not teach both courses, or there is no such rubric.
    """
    found = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric_id)
    if course_id is not None:
        await require_teacher(work=work, me=me, course_id=course_id)
    target = course_id or found.course.id
    copies = await _copy(work, [found.rubric], found.scale, target, title)
    new = copies[found.rubric.id]
    await work.audit("rubric.created", rubric=new.id)
    return new


async def _copy(
    work: Work, originals: Sequence[Rubric], scale: Sequence[CriterionScale], course_id: UUID, title: str
) -> dict[UUID, Rubric]:
    codes: dict[UUID, UUID] = {}
    if any(one.criterion.objective_id is not None for one in scale):
        codes = await RubricRepository(work).objective_codes(course_id, [one.id for one in originals])
    copies = {
        one.id: Rubric(
            course_id=course_id,
            kind=one.kind,
            title=(title or one.title)[:160],
            description=one.description,
        )
        for one in originals
    }
    work.session.add_all(copies.values())
    await work.flush()
    parts = {
        copy.id: [
            _draft_of(one, codes.get(one.criterion.objective_id) if one.criterion.objective_id else None)
            for one in scale
            if one.criterion.rubric_id == key
        ]
        for key, copy in copies.items()
    }
    await _insert_parts(work, parts)
    return copies


def _draft_of(one: CriterionScale, objective_id: UUID | None) -> CriterionDraft:
    return CriterionDraft(
        title=one.criterion.title,
        description=one.criterion.description,
        objective_id=objective_id,
        levels=[
            LevelDraft(title=level.title, points=level.points, description=level.description)
            for level in one.levels
        ],
    )


async def delete_rubric(*, work: Work, me: Principal, rubric_id: UUID) -> UUID:
    """Delete a rubric, with all of its versions, that nothing uses and nothing was scored with.

    Returns:
        The id of its course.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Conflict: An assessment uses it, or scores refer to it.
    """
    found = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric_id, lock=True)
    rubrics, family = RubricRepository(work), found.rubric.family_id
    uses = await rubrics.uses(found.rubric.id)
    if uses:
        raise Conflict(N_("This rubric is used in: {titles}"), params={"titles": ", ".join(uses)})
    if await rubrics.is_scored(family):
        raise Conflict(N_("Work has been scored with this rubric, so it stays."))
    for one in await rubrics.find(col(Rubric.family_id) == family):
        await work.session.delete(one)
    await work.audit("rubric.deleted", rubric=family)
    return found.course.id


async def save_rubric(
    *, work: Work, me: Principal, rubric_id: UUID, version: int, draft: RubricDraft
) -> Rubric:
    """Store a whole rubric as its next version, which assessments use from then on; eight statements.

    Scores that exist keep the version that they were given with. Saving what is stored already changes nothing.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Conflict: Somebody else saved it since ``version`` was read.
        Invalid: Something is missing or too long; see `checked` for the names of the fields.
    """
    found = await policy.require_rubric_author(
        work=work, me=me, rubric_id=rubric_id, version=version, lock=True
    )
    return await _replace(work, found, draft)


async def _replace(work: Work, found: policy.AuthoredRubric, draft: RubricDraft) -> Rubric:
    clean = checked(draft, found.objectives)
    old = found.rubric
    if not old.current:
        raise Conflict(
            N_("Somebody else saved this rubric in the meantime. Load the page again to see their changes.")
        )
    if _stored(old, found.scale) == clean:
        return old
    new = Rubric(
        course_id=old.course_id,
        family_id=old.family_id,
        kind=clean.kind,
        title=clean.title,
        description=clean.description,
        version=old.version + 1,
    )
    old.current = False
    work.session.add(new)
    await work.audit("rubric.saved", rubric=old.family_id, version=new.version)
    await _insert_parts(work, {new.id: clean.criteria})
    await follow_rubric(work=work, old_id=old.id, new_id=new.id)
    return new


def _stored(rubric: Rubric, scale: Sequence[CriterionScale]) -> RubricDraft:
    """A version as its author could have entered it."""
    return RubricDraft(
        title=rubric.title,
        description=rubric.description,
        kind=rubric.kind,
        criteria=[_draft_of(one, one.criterion.objective_id) for one in scale],
    )


async def restore_version(*, work: Work, me: Principal, rubric_id: UUID, version: int) -> Rubric:
    """Make the content of an older version the newest one; work keeps the version that it was scored with.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Conflict: Somebody saved it in the same moment.
    """
    rubric, scale = await old_version(work=work, me=me, rubric_id=rubric_id, version=version)
    newest = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric.family_id, lock=True)
    return await _replace(work, newest, _stored(rubric, scale))


async def _insert_parts(work: Work, parts: Mapping[UUID, Sequence[CriterionDraft]]) -> None:
    """Insert the criteria of rubrics and their levels; two statements."""
    criteria: list[dict[str, Any]] = []
    levels: list[dict[str, Any]] = []
    for rubric_id, drafts in parts.items():
        for position, one in enumerate(drafts, start=1):
            key = new_id()
            criteria.append(
                RubricCriterion(
                    id=key,
                    rubric_id=rubric_id,
                    objective_id=one.objective_id,
                    position=position,
                    title=one.title,
                    description=one.description,
                    created_by=work.user_id,
                ).model_dump(exclude={"tenant_id"})
            )
            levels += [
                RubricLevel(
                    criterion_id=key,
                    position=place,
                    points=level.points,
                    title=level.title,
                    description=level.description,
                    created_by=work.user_id,
                ).model_dump(exclude={"tenant_id"})
                for place, level in enumerate(one.levels, start=1)
            ]
    await CriterionRepository(work).insert_many(criteria)
    await LevelRepository(work).insert_many(levels)
