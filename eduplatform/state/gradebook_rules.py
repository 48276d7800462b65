"""The grading rules of a course: method, letters, categories, periods, and what each column is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.grading import categories
from eduplatform.domain.grading.categories import CategoryDraft, ManualDraft
from eduplatform.domain.grading.course_models import GradeCategory, Method, MissingRule
from eduplatform.domain.grading.course_rules import Column, CourseRules
from eduplatform.domain.grading.letter_schemes import (
    PRESET_OF,
    PRESETS,
    checked_scheme,
    percentage,
    stored_scheme,
)
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import (
    format_date,
    format_date_range,
    format_number,
    format_points,
    time_zone,
)
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.rows import Option

PAGE_SIZE = 25
WHOLE = Decimal(100)


class CategoryLine(TypedDict):
    """A category; numbers also as they go into the form."""

    id: str
    name: str
    weight: str
    weight_text: str
    drop_lowest: str
    drop_highest: str
    extra_credit: bool
    notes: str
    columns: str


class PeriodLine(TypedDict):
    """A grading period."""

    id: str
    name: str
    dates: str
    term: bool


class ColumnSetting(TypedDict):
    """What an assessment is in the gradebook."""

    id: str
    title: str
    note: str
    category_id: str
    period_id: str
    period_hint: str
    extra_credit: bool
    counts: bool
    manual: bool


class ManualLine(TypedDict):
    """A column of one's own, as it goes into the form."""

    id: str
    title: str
    points: str
    on: str
    category_id: str


NO_CATEGORY = CategoryLine(
    id="",
    name="",
    weight="",
    weight_text="",
    drop_lowest="0",
    drop_highest="0",
    extra_credit=False,
    notes="",
    columns="",
)
NO_MANUAL = ManualLine(id="", title="", points="", on="", category_id="")


class MethodForm(Form):
    """How totals are made."""

    method: Method
    missing: MissingRule


class SchemeForm(Form):
    """Letters as JSON rows."""

    bands: Annotated[str, Field(max_length=5000)] = "[]"


class CategoryForm(Form):
    """A category."""

    name: Annotated[str, Field(max_length=80)] = ""
    weight: Annotated[str, Field(max_length=10)] = ""
    drop_lowest: Annotated[int, Field(ge=0, le=categories.MOST_DROPPED)] = 0
    drop_highest: Annotated[int, Field(ge=0, le=categories.MOST_DROPPED)] = 0
    extra_credit: Annotated[str, Field(max_length=5)] = ""


class PeriodForm(Form):
    """A term, or a period with a name and dates of its own."""

    term: Annotated[str, Field(max_length=40)] = ""
    name: Annotated[str, Field(max_length=80)] = ""
    starts_on: Annotated[str, Field(max_length=10)] = ""
    ends_on: Annotated[str, Field(max_length=10)] = ""


class ManualForm(Form):
    """A column of one's own."""

    title: Annotated[str, Field(max_length=160)] = ""
    points: Annotated[str, Field(max_length=12)] = ""
    on: Annotated[str, Field(max_length=10)] = ""
    category: Annotated[str, Field(max_length=40)] = ""


class GradingRulesState(PageMixin, rx.State):
    """Everything that totals depend on; ``dialog`` names the one that is open."""

    course_id: str = ""
    course_title: str = ""
    method: str = "points"
    missing: str = "zero"
    bands: str = "[]"
    bands_revision: int = 0
    scheme: str = ""
    presets: list[Option] = []
    categories: list[CategoryLine] = []
    category_options: list[Option] = []
    weights: str = ""
    weights_fit: bool = True
    periods: list[PeriodLine] = []
    period_options: list[Option] = []
    terms: list[Option] = []
    columns: list[ColumnSetting] = []
    loose: int = 0
    page: int = 1
    total: int = 0
    dialog: str = ""
    category: CategoryLine = NO_CATEGORY
    manual: ManualLine = NO_MANUAL

    @handler(Permission.GRADE_WRITE, loads=True)
    async def load(self, me: Principal) -> None:
        """All rules of the course."""
        self.page, self.dialog = 1, ""
        self.presets = [Option(value=one.key, label=translate(one.name, me.locale)) for one in PRESETS]
        async with unit_of_work(me) as work:
            await self._read(work, me)
            known = await categories.terms(work=work)
        self.terms = [Option(value=str(one.id), label=one.name) for one in known]
        self.bands_revision += 1

    @handler(Permission.GRADE_WRITE)
    async def refresh(self, me: Principal) -> None:
        """Read what another handler has changed."""
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.GRADE_WRITE)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=100)]) -> None:
        """Show another page of columns."""
        self.page = page
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.GRADE_WRITE)
    async def save_method(self, me: Principal, form: MethodForm) -> object:
        """Choose how totals are made."""
        async with unit_of_work(me) as work:
            await categories.save_method(
                work=work, me=me, course_id=self._course(), method=form.method, missing=form.missing
            )
        return await self._saved(me)

    @handler(Permission.GRADE_WRITE)
    async def use_preset(self, me: Principal, key: Annotated[str, Field(max_length=20)]) -> None:
        """Put the letters of a usual scheme into the form; nothing is saved."""
        preset = PRESET_OF.get(key)
        self.bands = json.dumps(stored_scheme(preset.scheme) if preset is not None else [])
        self.scheme = preset.key if preset is not None else ""
        self.bands_revision += 1

    @handler(Permission.GRADE_WRITE)
    async def save_scheme(self, me: Principal, form: SchemeForm) -> object:
        """Save the letters."""
        scheme = checked_scheme(_band_rows(form.bands))
        preset = PRESET_OF.get(self.scheme)
        unchanged = preset is not None and stored_scheme(preset.scheme) == stored_scheme(scheme)
        async with unit_of_work(me) as work:
            await categories.save_scheme(
                work=work,
                me=me,
                course_id=self._course(),
                scheme=scheme,
                preset=self.scheme if unchanged else "",
            )
        return await self._saved(me)

    @handler(Permission.GRADE_WRITE)
    async def close(self, me: Principal) -> None:
        """Close the dialog without doing anything."""
        self.dialog = ""

    @handler(Permission.GRADE_WRITE)
    async def edit_category(self, me: Principal, category_id: Annotated[str, Field(max_length=40)]) -> None:
        """Open a category; an empty id is a new one."""
        self.category = next((one for one in self.categories if one["id"] == category_id), NO_CATEGORY)
        self.dialog = "category"

    @handler(Permission.GRADE_WRITE)
    async def save_category(self, me: Principal, form: CategoryForm) -> object:
        """Save the open category."""
        weight = percentage(form.weight or "0")
        if weight is None:
            raise Invalid(fields={"weight": N_("Enter a weight from 0 to 100.")})
        draft = CategoryDraft(
            name=form.name,
            weight=weight,
            drop_lowest=form.drop_lowest,
            drop_highest=form.drop_highest,
            extra_credit=bool(form.extra_credit),
        )
        async with unit_of_work(me) as work:
            await categories.save_category(
                work=work,
                me=me,
                course_id=self._course(),
                draft=draft,
                category_id=parse_id(self.category["id"]) if self.category["id"] else None,
            )
        return await self._saved(me)

    @handler(Permission.GRADE_WRITE)
    async def place_category(
        self,
        me: Principal,
        kind: Literal["category"],
        key: UUID,
        group: Annotated[str, Field(max_length=40)],
        before: Annotated[str, Field(max_length=40)],
    ) -> object:
        """Drop a category before another one, or at the end."""
        return await self._place(me, key, parse_id(before) if before else None)

    @handler(Permission.GRADE_WRITE)
    async def move_category(self, me: Principal, category_id: UUID, up: bool) -> object:
        """Move a category one place up or down."""
        order = [one["id"] for one in self.categories]
        if str(category_id) not in order:
            raise NotFound
        place = order.index(str(category_id))
        following = ([*order, ""])[max(place - 1, 0) if up else min(place + 2, len(order))]
        return await self._place(me, category_id, parse_id(following) if following else None)

    async def _place(self, me: Principal, category_id: UUID, before: UUID | None) -> object:
        async with unit_of_work(me) as work:
            await categories.place_category(
                work=work, me=me, course_id=self._course(), category_id=category_id, before=before
            )
        return type(self).refresh

    @handler(Permission.GRADE_WRITE)
    async def remove_category(self, me: Principal) -> object:
        """Remove the open category; its columns stay."""
        async with unit_of_work(me) as work:
            await categories.remove_category(
                work=work, me=me, course_id=self._course(), category_id=parse_id(self.category["id"])
            )
        return await self._saved(me)

    @handler(Permission.GRADE_WRITE)
    async def new_period(self, me: Principal) -> None:
        """Open the dialog of a new period."""
        self.dialog = "period"

    @handler(Permission.GRADE_WRITE)
    async def add_period(self, me: Principal, form: PeriodForm) -> object:
        """Add a period."""
        async with unit_of_work(me) as work:
            await categories.add_period(
                work=work,
                me=me,
                course_id=self._course(),
                name=form.name,
                starts_on=_day(form.starts_on, "starts_on"),
                ends_on=_day(form.ends_on, "ends_on"),
                term_id=parse_id(form.term) if form.term else None,
            )
        return await self._saved(me)

    @handler(Permission.GRADE_WRITE)
    async def remove_period(self, me: Principal, period_id: UUID) -> object:
        """Remove a period."""
        async with unit_of_work(me) as work:
            await categories.remove_period(work=work, me=me, course_id=self._course(), period_id=period_id)
        return await self._saved(me)

    @handler(Permission.GRADE_WRITE)
    async def set_category_of(
        self, me: Principal, assessment_id: UUID, value: Annotated[str, Field(max_length=40)]
    ) -> object:
        """Put a column into a category."""
        return await self._set(me, assessment_id, category_id=value)

    @handler(Permission.GRADE_WRITE)
    async def set_period_of(
        self, me: Principal, assessment_id: UUID, value: Annotated[str, Field(max_length=40)]
    ) -> object:
        """Put a column into a period; with an empty id its date decides."""
        return await self._set(me, assessment_id, period_id=value)

    @handler(Permission.GRADE_WRITE)
    async def set_extra(self, me: Principal, assessment_id: UUID, value: bool) -> object:
        """Say whether a column is extra credit."""
        return await self._set(me, assessment_id, extra_credit=value)

    @handler(Permission.GRADE_WRITE)
    async def set_counts(self, me: Principal, assessment_id: UUID, value: bool) -> object:
        """Say whether a column counts."""
        return await self._set(me, assessment_id, counts=value)

    @handler(Permission.GRADE_WRITE)
    async def edit_manual(self, me: Principal, assessment_id: Annotated[str, Field(max_length=40)]) -> None:
        """Open a column of one's own; an empty id is a new one."""
        self.manual = NO_MANUAL
        if assessment_id:
            async with unit_of_work(me) as work:
                rules = await categories.rules_for_editing(work=work, me=me, course_id=self._course())
            column = next((one for one in rules.columns if str(one.id) == assessment_id and one.manual), None)
            if column is None:
                raise NotFound
            self.manual = _manual_line(column, me)
        self.dialog = "manual"

    @handler(Permission.GRADE_WRITE)
    async def save_manual(self, me: Principal, form: ManualForm) -> object:
        """Save the open column."""
        points = percentage(form.points)
        if points is None:
            raise Invalid(fields={"points": N_("Enter points from 0 to 10,000.")})
        day = _day(form.on, "on")
        draft = ManualDraft(
            title=form.title,
            points=points,
            on=datetime.combine(day, time(12), time_zone(me.timezone)).astimezone(UTC)
            if day is not None
            else None,
            category_id=parse_id(form.category) if form.category else None,
        )
        async with unit_of_work(me) as work:
            await categories.save_manual(
                work=work,
                me=me,
                course_id=self._course(),
                draft=draft,
                assessment_id=parse_id(self.manual["id"]) if self.manual["id"] else None,
            )
        return await self._saved(me)

    @handler(Permission.GRADE_WRITE)
    async def remove_manual(self, me: Principal) -> object:
        """Remove the open column, as long as it has no grades."""
        async with unit_of_work(me) as work:
            await categories.remove_manual(
                work=work, me=me, course_id=self._course(), assessment_id=parse_id(self.manual["id"])
            )
        return await self._saved(me)

    def _course(self) -> UUID:
        return parse_id(route_argument(self, "course_id"))

    async def _saved(self, me: Principal) -> object:
        self.dialog = ""
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return GradingRulesState.refresh

    async def _set(self, me: Principal, assessment_id: UUID, **change: Any) -> object:
        known = next((one for one in self.columns if one["id"] == str(assessment_id)), None)
        if known is None:
            raise NotFound
        wanted: Mapping[str, Any] = {**known, **change}
        async with unit_of_work(me) as work:
            await categories.set_column(
                work=work,
                me=me,
                assessment_id=assessment_id,
                category_id=parse_id(wanted["category_id"]) if wanted["category_id"] else None,
                period_id=parse_id(wanted["period_id"]) if wanted["period_id"] else None,
                extra_credit=wanted["extra_credit"],
                counts=wanted["counts"],
            )
        return GradingRulesState.refresh

    async def _read(self, work: Work, me: Principal) -> None:
        rules = await categories.rules_for_editing(work=work, me=me, course_id=self._course())
        self.course_id, self.course_title = str(rules.course.id), rules.course.title
        self.method, self.missing = rules.grading.method, rules.grading.missing
        self.scheme, self.bands = rules.grading.scheme, json.dumps(rules.grading.bands)
        self.categories = [_category_line(one, rules, me) for one in rules.categories]
        self.category_options = [Option(value=str(one.id), label=one.name) for one in rules.categories]
        weights = sum((one.weight for one in rules.categories if not one.extra_credit), Decimal(0))
        self.weights = format_number(weights, me.locale)
        self.weights_fit = weights == WHOLE or not rules.categories
        self.periods = [
            PeriodLine(
                id=str(one.id),
                name=one.name,
                dates=format_date_range(one.starts_on, one.ends_on, me.locale),
                term=one.term_id is not None,
            )
            for one in rules.periods
        ]
        self.period_options = [Option(value=str(one.id), label=one.name) for one in rules.periods]
        self.total = len(rules.columns)
        self.loose = sum(one.category_id is None and one.counts for one in rules.columns)
        first = (self.page - 1) * PAGE_SIZE
        self.columns = [_setting(one, rules, me) for one in rules.columns[first : first + PAGE_SIZE]]


def _category_line(row: GradeCategory, rules: CourseRules, me: Principal) -> CategoryLine:
    notes = [
        translate(text, me.locale, count=number)
        for text, number in (
            (N_("lowest dropped: {count}"), row.drop_lowest),
            (N_("highest dropped: {count}"), row.drop_highest),
        )
        if number
    ]
    if row.extra_credit:
        notes.append(translate(N_("extra credit"), me.locale))
    count = sum(one.category_id == row.id for one in rules.columns)
    return CategoryLine(
        id=str(row.id),
        name=row.name,
        weight=f"{row.weight.normalize():f}",
        weight_text=f"{format_number(row.weight, me.locale)} %",
        drop_lowest=str(row.drop_lowest),
        drop_highest=str(row.drop_highest),
        extra_credit=row.extra_credit,
        notes=" · ".join(notes),
        columns=translate_plural("{count} column", "{count} columns", count, me.locale),
    )


def _setting(column: Column, rules: CourseRules, me: Principal) -> ColumnSetting:
    moment = column.moment
    note = format_points(column.assessment.points, me.locale)
    if moment is not None:
        note = f"{note} · {format_date(moment, me.locale, me.timezone, 'short')}"
    by_date = next((one.name for one in rules.periods if one.id == column.period_id), "")
    return ColumnSetting(
        id=str(column.id),
        title=column.assessment.title,
        note=note,
        category_id=str(column.category_id or ""),
        period_id=str(column.fixed_period_id or ""),
        period_hint=translate(N_("By date: {period}"), me.locale, period=by_date or "–"),
        extra_credit=column.extra_credit,
        counts=column.counts,
        manual=column.manual,
    )


def _manual_line(column: Column, me: Principal) -> ManualLine:
    moment = column.moment
    return ManualLine(
        id=str(column.id),
        title=column.assessment.title,
        points=f"{column.assessment.points.normalize():f}",
        on=moment.astimezone(time_zone(me.timezone)).date().isoformat() if moment is not None else "",
        category_id=str(column.category_id or ""),
    )


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={field: N_("Please enter a day.")}) from None


def _band_rows(text: str) -> list[tuple[str, str]]:
    """Letter and percentage of each row that the form sent.

    Raises:
        Invalid: It is not what the form sends.
    """
    try:
        rows = json.loads(text)
        return [(str(row["letter"]), str(row["minimum"])) for row in rows]
    except (ValueError, TypeError, KeyError):
        raise Invalid(fields={"bands": N_("Please check this.")}) from None
