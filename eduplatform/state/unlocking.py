"""What opens a module, as its teacher sets it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import policy, unlocking, writing
from eduplatform.domain.courses.lesson_repository import ModuleRepository, RuleRow
from eduplatform.domain.courses.models import UnlockKind
from eduplatform.domain.courses.unlocking import RuleDraft
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import time_zone
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, handler, notify, parse_id
from eduplatform.state.outline import CourseState
from eduplatform.state.rows import Option

Key = Annotated[str, Field(max_length=36)]


class UnlockForm(Form):
    """The conditions of a module; one that is empty is none. ``date`` is a wall-clock time of the reader's zone."""

    module: Key = ""
    date: Annotated[str, Field(max_length=30)] = ""
    assessment: Key = ""
    percent: Annotated[str, Field(max_length=3)] = ""


class UnlockState(rx.State):
    """The dialog "When it opens"."""

    opened: bool = False
    title: str = ""
    errors: dict[str, str] = {}
    modules: list[Option] = []
    assessments: list[Option] = []
    module: str = ""
    date: str = ""
    assessment: str = ""
    percent: str = ""
    zone: str = ""
    _module_id: str = ""

    @handler(Permission.COURSE_EDIT)
    async def open(self, me: Principal, module_id: UUID) -> None:
        """Show the conditions of a module."""
        async with unit_of_work(me) as work:
            rows = ModuleRepository(work)
            course_id = await rows.course_of(module_id)
            await policy.require_teacher(work=work, me=me, course_id=course_id)
            modules = await rows.of_course(course_id)
            quizzes = await writing.quizzes_of(work, course_id)
            rules = await unlocking.rules_of(work=work, me=me, course_id=course_id)
        self.title = next((one.title for one in modules if one.id == module_id), "")
        self.modules = [Option(value=str(one.id), label=one.title) for one in modules if one.id != module_id]
        self.assessments = [Option(value=str(one.id), label=one.title) for one in quizzes]
        self.zone = me.timezone
        self._fill([one for one in rules if one.module_id == module_id], me)
        self._module_id, self.errors, self.opened = str(module_id), {}, True

    @handler(Permission.COURSE_EDIT)
    async def close(self, me: Principal) -> None:
        """Close the dialog."""
        self.opened = False

    @handler(Permission.COURSE_EDIT)
    async def save(self, me: Principal, form: UnlockForm) -> object:
        """Store the conditions."""
        rules = _rules(form, me)
        async with unit_of_work(me) as work:
            await unlocking.set_rules(work=work, me=me, module_id=parse_id(self._module_id), rules=rules)
        self.opened = False
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return CourseState.load

    def _fill(self, rules: list[RuleRow], me: Principal) -> None:
        self.module = self.date = self.assessment = self.percent = ""
        for one in rules:
            if one.kind == UnlockKind.MODULE:
                self.module = str(one.required_module_id or "")
            elif one.kind == UnlockKind.DATE and one.opens_at is not None:
                self.date = one.opens_at.astimezone(time_zone(me.timezone)).strftime("%Y-%m-%dT%H:%M")
            elif one.kind == UnlockKind.SCORE:
                self.assessment, self.percent = str(one.assessment_id or ""), str(one.percent)


def _rules(form: UnlockForm, me: Principal) -> list[RuleDraft]:
    rules: list[RuleDraft] = []
    if form.module:
        rules.append(RuleDraft(UnlockKind.MODULE, required_module_id=parse_id(form.module)))
    if form.date:
        rules.append(RuleDraft(UnlockKind.DATE, opens_at=_moment(form.date, me)))
    if form.assessment:
        if not form.percent.isdecimal():
            raise Invalid(fields={"percent": N_("Give between 1 and 100 percent.")})
        rules.append(
            RuleDraft(UnlockKind.SCORE, assessment_id=parse_id(form.assessment), percent=int(form.percent))
        )
    elif form.percent:
        raise Invalid(fields={"assessment": unlocking.CHOOSE_ASSESSMENT})
    return rules


def _moment(text: str, me: Principal) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=time_zone(me.timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(fields={"date": unlocking.CHOOSE_DATE}) from None
