"""What an author enters for a rubric, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from eduplatform.domain.assessment.types.text import clean_line, clean_text, is_invisible
from eduplatform.errors import FieldText, Invalid
from eduplatform.i18n import N_

ANALYTIC, HOLISTIC = "analytic", "holistic"
KINDS = (ANALYTIC, HOLISTIC)
MAX_CRITERIA = 20
MAX_LEVELS = 9
"""One for each digit: levels are chosen by the number keys."""
MAX_POINTS = Decimal(1000)
FILL_IN = N_("Please fill this in.")
TOO_LONG = N_("Use at most {limit} characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelDraft:
    """A level as its author entered it."""

    title: str
    points: Decimal
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionDraft:
    """A criterion as its author entered it; ``objective_id`` is an objective of the course."""

    title: str
    levels: Sequence[LevelDraft]
    description: str = ""
    objective_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricDraft:
    """A whole rubric in the order that it should have. A holistic one has one criterion, which is named like the rubric."""

    title: str
    description: str = ""
    kind: str = ANALYTIC
    criteria: Sequence[CriterionDraft] = field(default_factory=tuple[CriterionDraft, ...])


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


def checked(draft: RubricDraft, objectives: Collection[UUID] = ()) -> RubricDraft:
    """The draft with its texts cleaned.

    Args:
        draft: What was entered.
        objectives: The objectives of the course.

    Raises:
        Invalid: Something is missing or too long. The fields are ``title``, ``description``, ``kind``, ``criteria``,
            ``criterion-<n>-title``, ``-description``, ``-objective`` and ``-levels``, ``level-<n>-<m>-title``,
            ``-points`` and ``-description``, counted from 1 in the order of the draft.
    """
    check = _Checker()
    title, description = check.line("title", draft.title, 160), check.text("description", draft.description)
    criteria = list(draft.criteria)
    if draft.kind not in KINDS:
        check.problems["kind"] = FILL_IN
    if draft.kind == HOLISTIC:
        if len(criteria) != 1:
            check.problems["criteria"] = N_("A holistic rubric has one scale for the whole work.")
        criteria = [replace(one, title=draft.title) for one in criteria]
    if len(criteria) > MAX_CRITERIA:
        check.problems["criteria"] = (N_("Use at most {limit} criteria."), {"limit": MAX_CRITERIA})
    clean = [_criterion(check, number, one, objectives) for number, one in enumerate(criteria, start=1)]
    if check.problems:
        raise Invalid(fields=check.problems)
    return RubricDraft(title=title, description=description, kind=draft.kind, criteria=clean)


def _criterion(
    check: _Checker, number: int, draft: CriterionDraft, objectives: Collection[UUID]
) -> CriterionDraft:
    prefix = f"criterion-{number}"
    if not 2 <= len(draft.levels) <= MAX_LEVELS:
        check.problems[f"{prefix}-levels"] = (N_("Use 2 to {limit} levels."), {"limit": MAX_LEVELS})
    if draft.objective_id is not None and draft.objective_id not in objectives:
        check.problems[f"{prefix}-objective"] = N_("Choose an objective of this course.")
    levels: list[LevelDraft] = []
    for place, level in enumerate(draft.levels, start=1):
        own = f"level-{number}-{place}"
        if not (level.points.is_finite() and 0 <= level.points <= MAX_POINTS):
            check.problems[f"{own}-points"] = (N_("Use a number from 0 to {limit}."), {"limit": 1000})
        elif level.points != level.points.quantize(Decimal("0.01")):
            check.problems[f"{own}-points"] = N_("Use at most two decimal places.")
        levels.append(
            LevelDraft(
                points=level.points,
                title=check.line(f"{own}-title", level.title, 120),
                description=check.text(f"{own}-description", level.description),
            )
        )
    return CriterionDraft(
        title=check.line(f"{prefix}-title", draft.title, 160),
        description=check.text(f"{prefix}-description", draft.description),
        objective_id=draft.objective_id,
        levels=levels,
    )
