"""Rubrics: what good work is, criterion by criterion. Scores that exist are never changed by an edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.types.text import clean_line, clean_text, is_invisible
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.grading import policy
from eduplatform.domain.grading.models import Rubric, RubricCriterion, RubricLevel
from eduplatform.domain.grading.repository import (
    CriterionRepository,
    CriterionScale,
    LevelRepository,
    RubricRepository,
    RubricSummary,
)
from eduplatform.errors import Conflict, FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_CRITERIA = 20
MAX_LEVELS = 8
MAX_POINTS = Decimal(1000)
FILL_IN = N_("Please fill this in.")
TOO_LONG = N_("Use at most {limit} characters.")
IN_USE = N_("Work has been scored with this. Duplicate the rubric to change it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelDraft:
    """A level as its author entered it; ``id`` is None for a new one."""

    title: str
    points: Decimal
    description: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionDraft:
    """A criterion as its author entered it; ``id`` is None for a new one."""

    title: str
    levels: Sequence[LevelDraft]
    description: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricDraft:
    """A whole rubric in the order that it should have."""

    title: str
    description: str = ""
    criteria: Sequence[CriterionDraft] = field(default_factory=tuple[CriterionDraft, ...])


@dataclass(frozen=True, slots=True)
class EditedRubric:
    """A rubric in its editor.

    Attributes:
        rubric: The rubric.
        course: Its course.
        criteria: Its criteria with their levels.
        scored: Levels that some student's work has been given.
        uses: Titles of the assessments that use it.
    """

    rubric: Rubric
    course: Course
    criteria: list[CriterionScale]
    scored: set[UUID]
    uses: list[str]


def possible_points(criteria: Sequence[CriterionScale]) -> Decimal:
    """The most that the criteria can bring together."""
    return sum((one.possible for one in criteria), Decimal(0))


async def scale_of(*, work: Work, rubric_id: UUID) -> list[CriterionScale]:
    """The criteria of a rubric with their levels, for callers that checked access; one statement."""
    return await RubricRepository(work).scale([rubric_id])


async def list_rubrics(*, work: Work, me: Principal, course_id: UUID) -> tuple[Course, list[RubricSummary]]:
    """The rubrics of a course.

    Raises:
        NotFound: The person does not teach it.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    return course, await RubricRepository(work).summaries(course_id)


async def edited_rubric(*, work: Work, me: Principal, rubric_id: UUID) -> EditedRubric:
    """A rubric for its editor.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    rubric, course = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric_id)
    rubrics = RubricRepository(work)
    return EditedRubric(
        rubric=rubric,
        course=course,
        criteria=await rubrics.scale([rubric_id]),
        scored=await rubrics.scored_levels(rubric_id),
        uses=await rubrics.uses(rubric_id),
    )


async def create_rubric(*, work: Work, me: Principal, course_id: UUID, draft: RubricDraft) -> Rubric:
    """Add a rubric to a course.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: Something is missing or too long; see `save_rubric` for the names of the fields.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    return await insert_rubric(work=work, course_id=course_id, draft=draft)


async def insert_rubric(*, work: Work, course_id: UUID, draft: RubricDraft) -> Rubric:
    """`create_rubric` for callers that checked access."""
    clean = _checked(draft)
    rubric = await RubricRepository(work).add(
        Rubric(course_id=course_id, title=clean.title, description=clean.description)
    )
    await _insert_levels(
        work, await _insert_criteria(work, rubric.id, list(enumerate(clean.criteria, start=1)))
    )
    await work.audit("rubric.created", rubric=rubric.id)
    return rubric


async def duplicate_rubric(*, work: Work, me: Principal, rubric_id: UUID, title: str) -> Rubric:
    """A copy in the same course, free to be changed.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    rubric, _course = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric_id)
    scale = await RubricRepository(work).scale([rubric_id])
    draft = RubricDraft(
        title=title[:160],
        description=rubric.description,
        criteria=[
            CriterionDraft(
                title=one.criterion.title,
                description=one.criterion.description,
                levels=[
                    LevelDraft(title=level.title, points=level.points, description=level.description)
                    for level in one.levels
                ],
            )
            for one in scale
        ],
    )
    return await insert_rubric(work=work, course_id=rubric.course_id, draft=draft)


async def delete_rubric(*, work: Work, me: Principal, rubric_id: UUID) -> UUID:
    """Delete a rubric that nothing uses.

    Returns:
        The id of its course.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Conflict: An assessment uses it.
    """
    rubric, course = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric_id, lock=True)
    uses = await RubricRepository(work).uses(rubric_id)
    if uses:
        raise Conflict(N_("This rubric is used in: {titles}"), params={"titles": ", ".join(uses)})
    await RubricRepository(work).delete(rubric)
    await work.audit("rubric.deleted", rubric=rubric_id)
    return course.id


async def save_rubric(
    *, work: Work, me: Principal, rubric_id: UUID, version: int, draft: RubricDraft
) -> Rubric:
    """Store a whole rubric. Once work has been scored with it, only words and order may change.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
        Conflict: Somebody else saved it since ``version`` was read.
        Invalid: Something is missing, too long, or would alter existing scores. The fields are ``title``,
            ``description``, ``criteria``, ``criterion-<n>-title``, ``criterion-<n>-description``, ``criterion-<n>-levels``,
            ``level-<n>-<m>-title``, ``-points`` and ``-description``, counted from 1 in the order of the draft.
    """
    clean = _checked(draft)
    rubric, _course = await policy.require_rubric_author(work=work, me=me, rubric_id=rubric_id, lock=True)
    if rubric.version != version:
        raise Conflict(
            N_("Somebody else saved this rubric in the meantime. Load the page again to see their changes.")
        )
    rubrics = RubricRepository(work)
    stored = {one.criterion.id: one for one in await rubrics.scale([rubric_id], lock="update")}
    scored = await rubrics.scored_levels(rubric_id)
    if scored:
        _refuse_altering(stored, scored, clean)
    rubric.title, rubric.description = clean.title, clean.description
    rubric.version += 1
    await _store_criteria(work, rubric_id, stored, clean)
    await work.audit("rubric.saved", rubric=rubric_id, version=rubric.version)
    return rubric


def _refuse_altering(stored: dict[UUID, CriterionScale], scored: set[UUID], draft: RubricDraft) -> None:
    """Stop changes that would make a score mean something else than what the grader chose."""
    problems: dict[str, FieldText] = {}
    kept = {one.id for one in draft.criteria if one.id in stored}
    gone = [one.criterion.title for key, one in stored.items() if key not in kept]
    if gone:
        message = N_("Work has been scored with “{title}”, so it cannot be removed.")
        problems["criteria"] = (message, {"title": gone[0]})
    for number, criterion in enumerate(draft.criteria, start=1):
        old = stored.get(criterion.id) if criterion.id is not None else None
        if old is None:
            problems[f"criterion-{number}-title"] = N_("Work has been scored already without this criterion.")
        else:
            problems |= _altered(old, scored, criterion, number)
    if problems:
        raise Invalid(IN_USE, fields={"form": IN_USE, **problems})


def _altered(
    old: CriterionScale, scored: set[UUID], criterion: CriterionDraft, number: int
) -> dict[str, FieldText]:
    """What of one criterion would alter scores, by field."""
    problems: dict[str, FieldText] = {}
    after = {level.id: level.points for level in criterion.levels}
    for level in old.levels:
        if level.id in scored and level.id not in after:
            message = N_("Work has been given the level “{title}”, so it cannot be removed.")
            problems[f"criterion-{number}-levels"] = (message, {"title": level.title})
    before: dict[UUID | None, Decimal] = {level.id: level.points for level in old.levels}
    for place, level in enumerate(criterion.levels, start=1):
        if level.id in scored and level.points != before.get(level.id):
            problems[f"level-{number}-{place}-points"] = N_("Work has been given this level.")
    most = max((level.points for level in criterion.levels), default=Decimal(0))
    if most != old.possible and not problems:
        message = N_("The maximum points of a criterion cannot change, because work has been scored by it.")
        problems[f"criterion-{number}-levels"] = message
    return problems


async def _store_criteria(
    work: Work, rubric_id: UUID, stored: dict[UUID, CriterionScale], draft: RubricDraft
) -> None:
    kept: set[UUID] = set()
    new_levels: list[tuple[UUID, int, LevelDraft]] = []
    new_criteria: list[tuple[int, CriterionDraft]] = []
    for position, criterion in enumerate(draft.criteria, start=1):
        old = stored.get(criterion.id) if criterion.id is not None else None
        if old is None:
            new_criteria.append((position, criterion))
            continue
        kept.add(old.criterion.id)
        old.criterion.position = position
        old.criterion.title, old.criterion.description = criterion.title, criterion.description
        levels = {level.id: level for level in old.levels}
        for place, level in enumerate(criterion.levels, start=1):
            row = levels.pop(level.id, None) if level.id is not None else None
            if row is None:
                new_levels.append((old.criterion.id, place, level))
                continue
            row.position, row.points = place, level.points
            row.title, row.description = level.title, level.description
        for row in levels.values():
            await work.session.delete(row)
    for key, old in stored.items():
        if key not in kept:
            await work.session.delete(old.criterion)
    await work.flush()
    new_levels += await _insert_criteria(work, rubric_id, new_criteria)
    await _insert_levels(work, new_levels)


async def _insert_criteria(
    work: Work, rubric_id: UUID, criteria: Sequence[tuple[int, CriterionDraft]]
) -> list[tuple[UUID, int, LevelDraft]]:
    """Insert criteria; returns their levels, which are still to be inserted."""
    ids = [new_id() for _ in criteria]
    await CriterionRepository(work).insert_many(
        [
            RubricCriterion(
                id=key,
                rubric_id=rubric_id,
                position=position,
                title=one.title,
                description=one.description,
                created_by=work.user_id,
            ).model_dump(exclude={"tenant_id"})
            for key, (position, one) in zip(ids, criteria, strict=True)
        ]
    )
    return [
        (key, place, level)
        for key, (_position, one) in zip(ids, criteria, strict=True)
        for place, level in enumerate(one.levels, start=1)
    ]


async def _insert_levels(work: Work, levels: Sequence[tuple[UUID, int, LevelDraft]]) -> None:
    await LevelRepository(work).insert_many(
        [
            RubricLevel(
                criterion_id=criterion_id,
                position=place,
                points=level.points,
                title=level.title,
                description=level.description,
                created_by=work.user_id,
            ).model_dump(exclude={"tenant_id"})
            for criterion_id, place, level in levels
        ]
    )


class _Checker:
    """Cleans texts and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: dict[str, FieldText] = {}

    def line(self, name: str, text: str, limit: int) -> str:
        """A required line."""
        clean = " ".join(clean_line(text).split())
        if is_invisible(clean):
            self.problems[name] = FILL_IN
        elif len(clean) > limit:
            self.problems[name] = (TOO_LONG, {"limit": limit})
        return clean

    def text(self, name: str, text: str) -> str:
        """A text that may be empty."""
        clean = clean_text(text).strip()
        if len(clean) > 1000:
            self.problems[name] = (TOO_LONG, {"limit": 1000})
        return clean


def _checked(draft: RubricDraft) -> RubricDraft:
    check = _Checker()
    title, description = check.line("title", draft.title, 160), check.text("description", draft.description)
    if len(draft.criteria) > MAX_CRITERIA:
        check.problems["criteria"] = (N_("Use at most {limit} criteria."), {"limit": MAX_CRITERIA})
    criteria = [_checked_criterion(check, number, one) for number, one in enumerate(draft.criteria, start=1)]
    if check.problems:
        raise Invalid(fields=check.problems)
    return RubricDraft(title=title, description=description, criteria=criteria)


def _checked_criterion(check: _Checker, number: int, draft: CriterionDraft) -> CriterionDraft:
    prefix = f"criterion-{number}"
    if not 2 <= len(draft.levels) <= MAX_LEVELS:
        check.problems[f"{prefix}-levels"] = (N_("Use 2 to {limit} levels."), {"limit": MAX_LEVELS})
    levels: list[LevelDraft] = []
    for place, level in enumerate(draft.levels, start=1):
        own = f"level-{number}-{place}"
        if not (level.points.is_finite() and 0 <= level.points <= MAX_POINTS):
            check.problems[f"{own}-points"] = (N_("Use a number from 0 to {limit}."), {"limit": 1000})
        elif level.points != level.points.quantize(Decimal("0.01")):
            check.problems[f"{own}-points"] = N_("Use at most two decimal places.")
        levels.append(
            LevelDraft(
                id=level.id,
                points=level.points,
                title=check.line(f"{own}-title", level.title, 120),
                description=check.text(f"{own}-description", level.description),
            )
        )
    return CriterionDraft(
        id=draft.id,
        title=check.line(f"{prefix}-title", draft.title, 160),
        description=check.text(f"{prefix}-description", draft.description),
        levels=levels,
    )
