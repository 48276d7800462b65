"""Invitations: sending and following up."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import invitations, service
from eduplatform.domain.accounts.invitations import LineProblem
from eduplatform.domain.accounts.models import Invitation
from eduplatform.domain.accounts.repository import InvitationStatus
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_date, format_datetime
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.audit import range_text
from eduplatform.state.base import PageMixin, handler, notify
from eduplatform.state.people import Email, Name, PageNumber, RolesForm, roles_in_order


class InviteForm(RolesForm):
    """One person to invite."""

    email: Email
    given_name: Name = ""
    family_name: Name = ""


class InviteLinesForm(RolesForm):
    """Several people to invite, one per line; the boxes are for lines without roles."""

    lines: Annotated[str, Field(max_length=60_000)]


class InvitationRow(TypedDict):
    """An invitation; ``status`` is open, accepted, expired or revoked."""

    id: str
    email: str
    name: str
    roles: list[str]
    status: str
    sent: str
    until: str
    waiting: bool


class ProblemRow(TypedDict):
    """A pasted line that could not be read."""

    number: int
    line: str
    message: str


class InvitationsState(PageMixin, rx.State):
    """Invitations: sending and following up. ``sent`` and ``sent_lines`` count what was sent by each form."""

    rows: list[InvitationRow] = []
    status: str = ""
    page: int = 1
    pages: int = 1
    total: int = 0
    page_text: str = ""
    problems: list[ProblemRow] = []
    problem_text: str = ""
    sent: int = 0
    sent_lines: int = 0
    tries: int = 0

    @handler(Permission.PEOPLE_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest invitations."""
        self.status, self.page, self.problems, self.problem_text = "", 1, [], ""
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def refresh(self, me: Principal) -> None:
        """The same page as it is now."""
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def choose_status(self, me: Principal, status: InvitationStatus | Literal[""]) -> None:
        """Only those in a state; empty shows all."""
        self.status, self.page = status, 1
        await self._read(me)

    @handler(Permission.PEOPLE_READ)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.PEOPLE_EDIT)
    async def send(self, me: Principal, form: InviteForm) -> rx.event.EventSpec:
        """Invite one person."""
        self.tries += 1
        try:
            async with unit_of_work(me) as work:
                await service.invite(
                    work=work,
                    me=me,
                    email=form.email,
                    given_name=form.given_name,
                    family_name=form.family_name,
                    roles=form.roles(),
                )
        except Conflict as error:
            raise Invalid(fields={"email": error.detail}) from error
        self.sent += 1
        return await self._done(me, translate(N_("The invitation is on its way."), me.locale))

    @handler(Permission.PEOPLE_EDIT)
    async def send_lines(self, me: Principal, form: InviteLinesForm) -> rx.event.EventSpec | None:
        """Invite everybody on the lines, or say what is wrong with which line."""
        self.tries += 1
        self.problems, self.problem_text = [], ""
        async with unit_of_work(me) as work:
            count, problems = await invitations.invite_lines(
                work=work, me=me, text=form.lines, roles=form.roles()
            )
        if problems:
            self.problems = [_problem(one, me.locale) for one in problems]
            self.problem_text = translate_plural(
                "Nothing was sent: {count} line needs a correction.",
                "Nothing was sent: {count} lines need a correction.",
                len(problems),
                me.locale,
            )
            return None
        self.sent_lines += 1
        text = translate_plural(
            "{count} invitation is on its way.", "{count} invitations are on their way.", count, me.locale
        )
        return await self._done(me, text)

    @handler(Permission.PEOPLE_EDIT)
    async def resend(self, me: Principal, invitation_id: UUID) -> rx.event.EventSpec:
        """Mail an invitation again."""
        async with unit_of_work(me) as work:
            await invitations.resend(work=work, me=me, invitation_id=invitation_id)
        return await self._done(
            me, translate(N_("The invitation was sent again, with a new link."), me.locale)
        )

    @handler(Permission.PEOPLE_EDIT)
    async def revoke(self, me: Principal, invitation_id: UUID) -> rx.event.EventSpec:
        """Make an invitation's link stop working."""
        async with unit_of_work(me) as work:
            await invitations.revoke(work=work, invitation_id=invitation_id)
        return await self._done(me, translate(N_("The invitation is revoked."), me.locale))

    async def _done(self, me: Principal, text: str) -> rx.event.EventSpec:
        await notify(self, "success", text)
        return InvitationsState.refresh

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found, total = await invitations.list_invitations(
                work=work,
                status=self.status,  # pyright: ignore[reportArgumentType]
                page=self.page,
            )
        self.rows = [_invitation(one, me) for one in found]
        self.total, self.pages = total, max(1, -(-total // invitations.PAGE))
        self.page_text = range_text(me, self.page, invitations.PAGE, len(found), total)


def _problem(problem: LineProblem, locale: str) -> ProblemRow:
    message, params = (problem.message, {}) if isinstance(problem.message, str) else problem.message
    return ProblemRow(number=problem.number, line=problem.line, message=translate(message, locale, **params))


def _invitation(one: Invitation, me: Principal) -> InvitationRow:
    status = invitations.status_of(one, utc_now())
    return InvitationRow(
        id=str(one.id),
        email=one.email,
        name=f"{one.given_name} {one.family_name}".strip(),
        roles=roles_in_order(one.roles),
        status=status,
        sent=format_date(one.created_at, me.locale, me.timezone),
        until=format_datetime(one.expires_at, me.locale, me.timezone),
        waiting=status in ("open", "expired"),
    )
