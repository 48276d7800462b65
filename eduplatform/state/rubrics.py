"""The rubrics of a course, and the editor of one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import ConfigDict, Field

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.grading import rubrics
from eduplatform.domain.grading.rubric_drafts import HOLISTIC, CriterionDraft, LevelDraft, RubricDraft
from eduplatform.domain.grading.rubric_repository import CriterionScale
from eduplatform.domain.grading.rubrics import EditedRubric
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_points
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.desk_rows import plain
from eduplatform.state.rows import Option

STARTER_LEVELS = (
    (Decimal(4), N_("Excellent")),
    (Decimal(2), N_("Partly there")),
    (Decimal(0), N_("Not yet")),
)
MAX_FIELDS = 1000


class RubricLine(TypedDict):
    """A rubric in the list of its course; ``id`` is that of its family."""

    id: str
    title: str
    holistic: bool
    version: int
    description: str
    criteria: int
    total: str
    uses: int


class LevelEdit(TypedDict):
    """A level in the editor; ``key`` names its fields, ``slot`` the messages about it."""

    key: str
    slot: str
    title: str
    points: str
    description: str


class CriterionEdit(TypedDict):
    """A criterion in the editor."""

    key: str
    number: int
    slot: str
    title: str
    description: str
    objective_id: str
    levels: list[LevelEdit]


class VersionLine(TypedDict):
    """A version of the rubric in the editor's history."""

    number: int
    made: str
    who: str
    scored: int
    current: bool


class OldLevel(TypedDict):
    """A level of a version that is only read."""

    title: str
    points: str
    description: str


class OldCriterion(TypedDict):
    """A criterion of a version that is only read."""

    title: str
    description: str
    levels: list[OldLevel]


class NewRubricForm(Form):
    """What the dialog of the list sends."""

    title: Annotated[str, Field(max_length=400)] = ""
    kind: Literal["analytic", "holistic"] = "analytic"


class CopyForm(Form):
    """A rubric of another course."""

    rubric_id: UUID


class RubricForm(Form):
    """The editor; the names of further fields carry the keys of criteria and levels."""

    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)

    title: Annotated[str, Field(max_length=2000)] = ""
    description: Annotated[str, Field(max_length=10_000)] = ""


class RubricsState(PageMixin, rx.State):
    """The rubrics of a course."""

    course_id: str = ""
    course_title: str = ""
    rows: list[RubricLine] = []
    elsewhere: list[Option] = []
    removing: str = ""
    removing_title: str = ""

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """All of them."""
        self.removing = ""
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def create(self, me: Principal, form: NewRubricForm) -> object:
        """Begin a rubric with one criterion, and open its editor."""
        levels = [
            LevelDraft(title=translate(name, me.locale), points=points) for points, name in STARTER_LEVELS
        ]
        name = form.title if form.kind == HOLISTIC else translate(N_("First criterion"), me.locale)
        first = CriterionDraft(title=name, levels=levels)
        async with unit_of_work(me) as work:
            rubric = await rubrics.create_rubric(
                work=work,
                me=me,
                course_id=parse_id(route_argument(self, "course_id")),
                draft=RubricDraft(title=form.title, kind=form.kind, criteria=[first]),
            )
        return rx.redirect(f"/teach/rubrics/{rubric.family_id}")

    @handler(Permission.ASSESSMENT_EDIT)
    async def duplicate(self, me: Principal, rubric_id: UUID) -> object:
        """Copy a rubric, and open the copy."""
        return await _duplicate(
            me, rubric_id, next((r["title"] for r in self.rows if r["id"] == str(rubric_id)), "")
        )

    @handler(Permission.ASSESSMENT_EDIT)
    async def copy_here(self, me: Principal, form: CopyForm) -> object:
        """Copy a rubric of another course into this one, and open the copy."""
        async with unit_of_work(me) as work:
            copy = await rubrics.copy_rubric(
                work=work,
                me=me,
                rubric_id=form.rubric_id,
                course_id=parse_id(route_argument(self, "course_id")),
            )
        return rx.redirect(f"/teach/rubrics/{copy.family_id}")

    @handler(Permission.ASSESSMENT_EDIT)
    async def ask_remove(self, me: Principal, rubric_id: UUID) -> None:
        """Ask before a rubric is deleted."""
        self.removing = str(rubric_id)
        self.removing_title = next((r["title"] for r in self.rows if r["id"] == self.removing), "")

    @handler(Permission.ASSESSMENT_EDIT)
    async def keep(self, me: Principal) -> None:
        """Close the question."""
        self.removing = ""

    @handler(Permission.ASSESSMENT_EDIT)
    async def remove(self, me: Principal) -> None:
        """Delete the rubric; one that is used stays, and the message says where."""
        rubric_id, self.removing = parse_id(self.removing), ""
        async with unit_of_work(me) as work:
            await rubrics.delete_rubric(work=work, me=me, rubric_id=rubric_id)
        self.rows = [row for row in self.rows if row["id"] != str(rubric_id)]
        await notify(self, "success", translate(N_("Rubric deleted."), me.locale))

    async def _read(self, me: Principal) -> None:
        course_id = parse_id(route_argument(self, "course_id"))
        async with unit_of_work(me) as work:
            found = await rubrics.list_rubrics(work=work, me=me, course_id=course_id)
        self.course_id, self.course_title = str(found.course.id), found.course.title
        self.elsewhere = [
            Option(value=str(one.rubric_id), label=f"{one.course_title}: {one.title}")
            for one in found.elsewhere
        ]
        self.rows = [
            RubricLine(
                id=str(one.rubric.family_id),
                title=one.rubric.title,
                holistic=one.rubric.kind == HOLISTIC,
                version=one.rubric.version,
                description=one.rubric.description,
                criteria=one.criteria,
                total=format_points(one.total, me.locale),
                uses=one.uses,
            )
            for one in found.rubrics
        ]


async def _duplicate(me: Principal, rubric_id: UUID, title: str) -> object:
    name = translate(N_("{title} (copy)"), me.locale, title=title)
    async with unit_of_work(me) as work:
        copy = await rubrics.copy_rubric(work=work, me=me, rubric_id=rubric_id, title=name)
    return rx.redirect(f"/teach/rubrics/{copy.family_id}")


class RubricEditorState(PageMixin, rx.State):
    """One rubric in its editor. The fields hold what is typed; the state holds which rows there are, in which order."""

    rubric_id: str = ""
    course_id: str = ""
    course_title: str = ""
    title: str = ""
    description: str = ""
    criteria: list[CriterionEdit] = []
    holistic: bool = False
    version: int = 0
    sheet: int = 0
    total: str = ""
    uses: list[str] = []
    scored: int = 0
    versions: list[VersionLine] = []
    objectives: list[Option] = []
    old_number: int = 0
    old_title: str = ""
    old: list[OldCriterion] = []
    conflict: str = ""
    draft_key: str = ""

    @rx.var
    def form_id(self) -> str:
        """Id of the form; another one after each reading, so that the fields show what was read."""
        return f"rubric-{self.rubric_id}-{self.sheet}"

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The rubric as it is stored."""
        self.conflict, self.old_number, self.old = "", 0, []
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def refresh(self, me: Principal) -> None:
        """The rubric as a change has made it."""
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def add_criterion(self, me: Principal) -> None:
        """One more criterion at the end, with the usual levels."""
        levels = [_new_level(translate(name, me.locale), plain(points)) for points, name in STARTER_LEVELS]
        row = CriterionEdit(
            key=str(new_id()), number=0, slot="", title="", description="", objective_id="", levels=levels
        )
        self.criteria = _numbered([*self.criteria, row])

    @handler(Permission.ASSESSMENT_EDIT)
    async def drop_criterion(self, me: Principal, key: UUID) -> None:
        """Take a criterion away; nothing is stored before saving."""
        self.criteria = _numbered([one for one in self.criteria if one["key"] != str(key)])

    @handler(Permission.ASSESSMENT_EDIT)
    async def move_criterion(self, me: Principal, key: UUID, direction: Literal["up", "down"]) -> None:
        """Exchange a criterion with its neighbour."""
        rows = list(self.criteria)
        place = next((index for index, one in enumerate(rows) if one["key"] == str(key)), -1)
        other = place - 1 if direction == "up" else place + 1
        if place >= 0 and 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        self.criteria = _numbered(rows)

    @handler(Permission.ASSESSMENT_EDIT)
    async def add_level(self, me: Principal, key: UUID) -> None:
        """One more level at the end of a criterion."""
        self.criteria = _numbered(
            [
                {**one, "levels": [*one["levels"], _new_level("", "0")]} if one["key"] == str(key) else one
                for one in self.criteria
            ]
        )

    @handler(Permission.ASSESSMENT_EDIT)
    async def drop_level(self, me: Principal, key: UUID) -> None:
        """Take a level away; nothing is stored before saving."""
        self.criteria = _numbered(
            [
                {**one, "levels": [level for level in one["levels"] if level["key"] != str(key)]}
                for one in self.criteria
            ]
        )

    @handler(Permission.ASSESSMENT_EDIT)
    async def save(self, me: Principal, form: RubricForm) -> rx.event.EventSpec | None:
        """Store the whole rubric."""
        fields = form.model_extra or {}
        if len(fields) > MAX_FIELDS:
            raise Invalid
        draft = RubricDraft(
            title=form.title,
            description=form.description,
            kind="holistic" if self.holistic else "analytic",
            criteria=_drafts(self.criteria, fields),
        )
        try:
            async with unit_of_work(me) as work:
                saved = await rubrics.save_rubric(
                    work=work, me=me, rubric_id=parse_id(self.rubric_id), version=self.version, draft=draft
                )
        except Conflict as error:
            self.conflict = translate(error.detail, me.locale, **error.params)
            return None
        self.conflict, self.version = "", saved.version
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return RubricEditorState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def show_version(self, me: Principal, number: Annotated[int, Field(ge=1)]) -> None:
        """Show an older version to read."""
        async with unit_of_work(me) as work:
            rubric, scale = await rubrics.old_version(
                work=work, me=me, rubric_id=parse_id(self.rubric_id), version=number
            )
        self.old_number, self.old_title = number, rubric.title
        self.old = [_old_criterion(one, me) for one in scale]

    @handler(Permission.ASSESSMENT_EDIT)
    async def close_version(self, me: Principal) -> None:
        """Close it."""
        self.old_number, self.old = 0, []

    @handler(Permission.ASSESSMENT_EDIT)
    async def restore(self, me: Principal) -> rx.event.EventSpec:
        """Make the older version the newest one."""
        async with unit_of_work(me) as work:
            restored = await rubrics.restore_version(
                work=work, me=me, rubric_id=parse_id(self.rubric_id), version=self.old_number
            )
        self.old_number, self.old, self.conflict, self.version = 0, [], "", restored.version
        await notify(
            self, "success", translate(N_("Restored as version {version}."), me.locale, version=self.version)
        )
        return RubricEditorState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def duplicate(self, me: Principal) -> object:
        """Copy the stored rubric, and open the copy."""
        return await _duplicate(me, parse_id(self.rubric_id), self.title)

    async def _read(self, me: Principal) -> None:
        rubric_id = parse_id(route_argument(self, "rubric_id"))
        async with unit_of_work(me) as work:
            found = await rubrics.edited_rubric(work=work, me=me, rubric_id=rubric_id)
        self._show(found, me)

    def _show(self, found: EditedRubric, me: Principal) -> None:
        rubric = found.rubric
        self.rubric_id, self.version = str(rubric.family_id), rubric.version
        self.course_id, self.course_title = str(found.course.id), found.course.title
        self.title, self.description = rubric.title, rubric.description
        self.holistic = rubric.kind == HOLISTIC
        self.uses = found.uses
        self.total = format_points(rubrics.possible_points(found.criteria), me.locale)
        self.objectives = [
            Option(value=str(one.id), label=f"{one.code} {one.statement}") for one in found.objectives
        ]
        self.versions = [
            VersionLine(
                number=one.version,
                made=format_datetime(one.made_at, me.locale, me.timezone),
                who=one.made_by or translate(N_("The platform"), me.locale),
                scored=one.scored,
                current=one.current,
            )
            for one in found.versions
        ]
        self.scored = sum(one.scored for one in found.versions)
        self.criteria = _numbered([_criterion(one) for one in found.criteria])
        self.draft_key = f"rubric:{me.user}:{rubric.family_id}:{rubric.version}"
        self.sheet += 1


def _old_criterion(one: CriterionScale, me: Principal) -> OldCriterion:
    return OldCriterion(
        title=one.criterion.title,
        description=one.criterion.description,
        levels=[
            OldLevel(
                title=level.title,
                points=format_points(level.points, me.locale),
                description=level.description,
            )
            for level in one.levels
        ],
    )


def _criterion(one: CriterionScale) -> CriterionEdit:
    return CriterionEdit(
        key=str(one.criterion.id),
        number=0,
        slot="",
        title=one.criterion.title,
        description=one.criterion.description,
        objective_id=str(one.criterion.objective_id or ""),
        levels=[
            LevelEdit(
                key=str(level.id),
                slot="",
                title=level.title,
                points=plain(level.points),
                description=level.description,
            )
            for level in one.levels
        ],
    )


def _new_level(title: str, points: str) -> LevelEdit:
    return LevelEdit(key=str(new_id()), slot="", title=title, points=points, description="")


def _numbered(rows: list[CriterionEdit]) -> list[CriterionEdit]:
    """The same rows with their places, as the messages of the service name them."""
    return [
        {
            **row,
            "number": number,
            "slot": f"criterion-{number}",
            "levels": [
                {**level, "slot": f"level-{number}-{place}"}
                for place, level in enumerate(row["levels"], start=1)
            ],
        }
        for number, row in enumerate(rows, start=1)
    ]


def _drafts(rows: list[CriterionEdit], fields: Mapping[str, Any]) -> list[CriterionDraft]:
    """The rows with what was typed into their fields."""

    def typed(name: str) -> str:
        return str(fields.get(name) or "")

    problems: dict[str, str] = {}
    drafts: list[CriterionDraft] = []
    for row in rows:
        levels: list[LevelDraft] = []
        for level in row["levels"]:
            text = typed(f"points-{level['key']}").strip().replace(",", ".")[:40]
            try:
                points = Decimal(text)
            except InvalidOperation:
                points = Decimal(0)
                problems[f"{level['slot']}-points"] = N_("Please enter a number.")
            levels.append(
                LevelDraft(
                    title=typed(f"title-{level['key']}"),
                    points=points,
                    description=typed(f"description-{level['key']}"),
                )
            )
        drafts.append(
            CriterionDraft(
                objective_id=_optional_id(typed(f"objective-{row['key']}")),
                title=typed(f"title-{row['key']}"),
                description=typed(f"description-{row['key']}"),
                levels=levels,
            )
        )
    if problems:
        raise Invalid(fields=problems)
    return drafts


def _optional_id(text: str) -> UUID | None:
    return parse_id(text) if text else None
