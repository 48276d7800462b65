"""Invitations: many at once from pasted lines, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import Invitation
from eduplatform.domain.accounts.repository import InvitationRepository, InvitationStatus, UserRepository
from eduplatform.domain.accounts.service import (
    INVITATION_DAYS,
    TENANT_ROLES,
    Invitee,
    check_invitee,
    invite_all,
    mail_invitation,
)
from eduplatform.errors import Conflict, FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from eduplatform.security.tokens import new_token, token_hash

PAGE = 25
MOST_LINES = 200

ROLE_WORDS: Mapping[str, Role] = {role.value: role for role in TENANT_ROLES} | {
    f"{role.value}s": role for role in TENANT_ROLES
}

_SEPARATOR = re.compile(r"[,;\t]")
_BETWEEN_ROLES = re.compile(r"[\s+/|]+")
_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with one of the pasted lines; ``number`` counts from 1, as an editor does."""

    number: int
    line: str
    message: FieldText


def status_of(invitation: Invitation, now: datetime) -> InvitationStatus:
    """What became of an invitation."""
    if invitation.accepted_at is not None:
        return "accepted"
    if invitation.revoked_at is not None:
        return "revoked"
    return "open" if invitation.expires_at > now else "expired"


def read_lines(text: str, *, roles: Collection[Role]) -> tuple[list[tuple[int, Invitee]], list[LineProblem]]:
    """Read one person per line: e-mail, given name, family name, roles; separated by comma, semicolon or tab.

    Args:
        text: As pasted; empty lines are passed over.
        roles: For lines that name none.

    Returns:
        The people with the numbers of their lines, and what is wrong.
    """
    people: list[tuple[int, Invitee]] = []
    problems: list[LineProblem] = []
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            person = _read_line(line, roles)
        except Invalid as error:
            problems.append(LineProblem(number, line.strip()[:120], next(iter(error.fields.values()))))
            continue
        if person.email in seen:
            problems.append(LineProblem(number, line.strip()[:120], N_("This address is here twice.")))
            continue
        seen.add(person.email)
        people.append((number, person))
    return people, problems


def _read_line(line: str, roles: Collection[Role]) -> Invitee:
    parts = [part.strip().strip('"') for part in _SEPARATOR.split(line)]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) > _COLUMNS:
        raise Invalid(
            fields={"line": N_("Too many columns. Expected: e-mail, given name, family name, roles.")}
        )
    email, given, family, words = [*parts, "", "", "", ""][:_COLUMNS]
    return check_invitee(
        email=email, given_name=given, family_name=family, roles=_read_roles(words) if words else roles
    )


def _read_roles(words: str) -> set[Role]:
    found: set[Role] = set()
    for word in _BETWEEN_ROLES.split(words.casefold()):
        role = ROLE_WORDS.get(word)
        if role is None:
            message = N_("“{word}” is not a role. Use student, teacher, guardian or admin.")
            raise Invalid(fields={"roles": (message, {"word": word[:40]})})
        found.add(role)
    return found


async def invite_lines(
    *, work: Work, me: Principal, text: str, roles: Collection[Role]
) -> tuple[int, list[LineProblem]]:
    """Invite everybody on the lines, or nobody when one of the lines is wrong.

    Returns:
        How many were invited, and what is wrong.

    Raises:
        Invalid: There is nothing, or too much.
    """
    filled = sum(bool(line.strip()) for line in text.splitlines())
    if not filled:
        raise Invalid(fields={"lines": N_("Please fill this in.")})
    if filled > MOST_LINES:
        raise Invalid(
            fields={"lines": (N_("At most {limit} people at once."), {"limit": MOST_LINES})},
        )
    people, problems = read_lines(text, roles=roles)
    members = await UserRepository(work).emails_of_members([one.email for _number, one in people])
    problems += [
        LineProblem(number, one.email, N_("This person is already a member."))
        for number, one in people
        if one.email in members
    ]
    if problems:
        return 0, sorted(problems, key=lambda one: one.number)
    await invite_all(work=work, me=me, people=[one for _number, one in people])
    return len(people), []


async def list_invitations(
    *, work: Work, status: InvitationStatus | Literal[""] = "", page: int = 1
) -> tuple[list[Invitation], int]:
    """A page of 25 invitations, newest first, and how many there are."""
    return await InvitationRepository(work).listed(status=status, now=utc_now(), number=page, size=PAGE)


async def resend(*, work: Work, me: Principal, invitation_id: UUID) -> None:
    """Mail an invitation again with a new link; the old link stops working.

    Raises:
        NotFound: No such invitation in this tenant.
        Conflict: It was accepted or revoked.
    """
    invitation = await _waiting(work, invitation_id)
    value = new_token()
    invitation.token_hash = token_hash(value)
    invitation.expires_at = utc_now() + timedelta(days=INVITATION_DAYS)
    mail_invitation(
        work=work,
        invitation=invitation,
        token=value,
        tenant_name=me.tenant_name,
        inviter=me.name,
        locale=me.locale,
    )
    await work.flush()
    await work.audit("invitation.resent", invitation=invitation_id)


async def revoke(*, work: Work, invitation_id: UUID) -> None:
    """Make an invitation's link stop working.

    Raises:
        NotFound: No such invitation in this tenant.
        Conflict: It was accepted or revoked already.
    """
    invitation = await _waiting(work, invitation_id)
    invitation.revoked_at = utc_now()
    await work.flush()
    await work.audit("invitation.revoked", invitation=invitation_id)


async def _waiting(work: Work, invitation_id: UUID) -> Invitation:
    invitation = await InvitationRepository(work).get(invitation_id, lock=True)
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise Conflict
    return invitation
