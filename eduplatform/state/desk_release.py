"""What the grading desk does besides marking: release now or later, excuse, names, the comment bank, undo."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.availability import local_to_utc
from eduplatform.domain.grading import anonymity, comments, release, service, undo
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, time_zone
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, handler, notify, parse_id, route_argument


class ReasonForm(Form):
    """Why something is done."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class ReleaseForm(Form):
    """When grades are released, on the teacher's wall clock, and whose."""

    at: Annotated[str, Field(max_length=40)] = ""
    who: Literal["one", "all"] = "one"


class BankForm(Form):
    """A remark for the comment bank."""

    title: Annotated[str, Field(max_length=400)] = ""
    text: Annotated[str, Field(max_length=10_000)] = ""
    code: Annotated[str, Field(max_length=100)] = ""


Dialog = Literal["unrelease", "excuse", "release_all", "release_at", "cancel_all", "names", "bank"]


class DeskReleaseMixin(rx.State, mixin=True):
    """Released, planned and excused grades of the desk's assessment; ``batch`` is the last step that can be undone.

    ``_undo_id`` names what undo takes back; while ``_unread``, something was stored that it does not know of yet.
    """

    attempt_id: str = ""
    dialog: str = ""
    batch: str = ""
    batch_text: str = ""
    anonymous: bool = False
    excused: bool = False
    course_id: str = ""
    _user_id: str = ""
    _undo_kind: str = ""
    _undo_id: str = ""
    _unread: bool = False

    def _assessment(self) -> UUID:
        return parse_id(route_argument(self, "assessment_id"))

    def _read_again(self) -> object:
        return type(self).refresh  # type: ignore[attr-defined]

    @handler(Permission.GRADE_WRITE)
    async def open_dialog(self, me: Principal, name: Dialog) -> None:
        """Open one of the dialogs."""
        self.dialog = name

    @handler(Permission.GRADE_WRITE)
    async def close_dialog(self, me: Principal) -> None:
        """Close it without doing anything."""
        self.dialog = ""

    @handler(Permission.GRADE_WRITE)
    async def release(self, me: Principal) -> object:
        """Let this student see the grade."""
        await self._release(me, [parse_id(self._user_id)], None)
        return self._read_again()

    @handler(Permission.GRADE_WRITE)
    async def release_all(self, me: Principal) -> object:
        """Let every student see a grade that is complete."""
        await self._release(me, None, None)
        self.dialog = ""
        return self._read_again()

    @handler(Permission.GRADE_WRITE)
    async def release_at(self, me: Principal, form: ReleaseForm) -> object:
        """Plan the release of this student's grade, or of all that are complete."""
        at = _moment(form.at, me.timezone)
        await self._release(me, [parse_id(self._user_id)] if form.who == "one" else None, at)
        self.dialog = ""
        return self._read_again()

    async def _release(self, me: Principal, user_ids: list[UUID] | None, at: datetime | None) -> None:
        async with unit_of_work(me) as work:
            done = await release.release(
                work=work, me=me, assessment_id=self._assessment(), user_ids=user_ids, at=at
            )
        if not done.count:
            text = N_("Nothing to release: score everything and save first.")
            await notify(self, "warning", translate(text, me.locale))
            return
        if at is None:
            said = translate_plural(
                "{count} grade released.", "{count} grades released.", done.count, me.locale
            )
        else:
            said = translate_plural(
                "{count} grade will be visible from {time}.",
                "{count} grades will be visible from {time}.",
                done.count,
                me.locale,
                time=format_datetime(at, me.locale, me.timezone),
            )
        self.batch, self.batch_text = str(done.batch_id), said
        await notify(self, "success", said)

    @handler(Permission.GRADE_WRITE)
    async def undo_batch(self, me: Principal) -> object:
        """Take the last release of this desk back, for everybody whom it reached."""
        async with unit_of_work(me) as work:
            count = await release.undo_release(
                work=work, me=me, assessment_id=self._assessment(), batch_id=parse_id(self.batch)
            )
        self.batch = self.batch_text = ""
        said = translate_plural("Undone for {count} grade.", "Undone for {count} grades.", count, me.locale)
        await notify(self, "success", said)
        return self._read_again()

    @handler(Permission.GRADE_WRITE)
    async def cancel_release(self, me: Principal) -> object:
        """Give up the planned release of this student's grade."""
        return await self._cancel(me, [parse_id(self._user_id)])

    @handler(Permission.GRADE_WRITE)
    async def cancel_all(self, me: Principal) -> object:
        """Give up all planned releases of the assessment."""
        self.dialog = ""
        return await self._cancel(me, None)

    async def _cancel(self, me: Principal, user_ids: list[UUID] | None) -> object:
        async with unit_of_work(me) as work:
            count = await release.cancel_release(
                work=work, me=me, assessment_id=self._assessment(), user_ids=user_ids
            )
        said = translate_plural(
            "{count} planned release given up.", "{count} planned releases given up.", count, me.locale
        )
        await notify(self, "success", said)
        return self._read_again()

    @handler(Permission.GRADE_WRITE)
    async def unrelease(self, me: Principal, form: ReasonForm) -> object:
        """Take the grade back, so that the student no longer sees it."""
        async with unit_of_work(me) as work:
            await release.unrelease(
                work=work,
                me=me,
                assessment_id=self._assessment(),
                user_id=parse_id(self._user_id),
                reason=form.reason,
            )
        self.dialog = ""
        await notify(self, "success", translate(N_("The student no longer sees this grade."), me.locale))
        return self._read_again()

    @handler(Permission.GRADE_WRITE)
    async def excuse(self, me: Principal, form: ReasonForm) -> object:
        """Excuse the student, or take the excuse back."""
        async with unit_of_work(me) as work:
            await service.excuse(
                work=work,
                me=me,
                assessment_id=self._assessment(),
                user_id=parse_id(self._user_id),
                reason=form.reason,
                excused=not self.excused,
            )
        self.dialog = ""
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return self._read_again()

    @handler(Permission.GRADE_WRITE)
    async def undo(self, me: Principal) -> object:
        """Take back one's own last marking or release of the work in front; what was just saved is read first."""
        if self._unread:
            self._unread = False
            return [type(self).refresh_saved(self.attempt_id), type(self).undo]  # type: ignore[attr-defined]
        if not self._undo_id:
            return None
        key = parse_id(self._undo_id)
        async with unit_of_work(me) as work:
            if self._undo_kind == "marks":
                await undo.undo_marks(work=work, me=me, event_id=key)
            else:
                await release.undo_release(
                    work=work,
                    me=me,
                    assessment_id=self._assessment(),
                    batch_id=key,
                    user_ids=[parse_id(self._user_id)],
                )
        self._unread = True
        await notify(self, "success", translate(N_("Undone."), me.locale))
        return type(self).show_stored(self.attempt_id)  # type: ignore[attr-defined]

    @handler(Permission.GRADE_WRITE)
    async def set_anonymous(self, me: Principal, on: bool) -> object:
        """Hide the names from all graders; showing them again is asked about first."""
        if not on:
            self.dialog = "names"
            return None
        return await self._set_names(me, on=True)

    @handler(Permission.GRADE_WRITE)
    async def show_names(self, me: Principal) -> object:
        """Show the names to all graders."""
        self.dialog = ""
        return await self._set_names(me, on=False)

    async def _set_names(self, me: Principal, *, on: bool) -> object:
        async with unit_of_work(me) as work:
            await anonymity.set_anonymous(work=work, me=me, assessment_id=self._assessment(), on=on)
        self.anonymous = on
        return self._read_again()

    @handler(Permission.GRADE_WRITE)
    async def add_comment(self, me: Principal, form: BankForm) -> object:
        """Put a remark into the bank."""
        async with unit_of_work(me) as work:
            await comments.add_comment(
                work=work,
                me=me,
                course_id=parse_id(self.course_id),
                title=form.title,
                text=form.text,
                code=form.code,
            )
        self.dialog = ""
        return self._read_again()

    @handler(Permission.GRADE_WRITE)
    async def delete_comment(self, me: Principal, comment_id: UUID) -> object:
        """Take a remark out of the bank."""
        async with unit_of_work(me) as work:
            await comments.delete_comment(work=work, me=me, comment_id=comment_id)
        return self._read_again()


def _moment(text: str, timezone: str) -> datetime:
    """A moment in the future on the wall clock of a time zone.

    Raises:
        Invalid: It is none; ``fields["at"]``.
    """
    try:
        wall = datetime.strptime(text[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the zone is added below
        at = local_to_utc(wall, time_zone(timezone).key, ambiguous="later")
    except (ValueError, OverflowError):
        raise Invalid(fields={"at": N_("Please enter a date and a time.")}) from None
    if at <= utc_now():
        raise Invalid(fields={"at": N_("Choose a time in the future, or release now.")})
    return at
