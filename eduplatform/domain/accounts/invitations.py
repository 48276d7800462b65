"""Invitations: many at once from pasted lines, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import Invitation
from eduplatform.domain.accounts.repository import InvitationRepository, InvitationStatus, UserRepository
from eduplatform.domain.accounts.service import (
    INVITATION_DAYS,
    Invitee,
    check_invitee,
    invite_all,
    mail_invitation,
)
from eduplatform.errors import Conflict, FieldText, Invalid
from eduplatform.i18n import DEFAULT_LOCALE, N_, translate
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from eduplatform.security.tokens import new_token, token_hash

PAGE = 25
MOST_LINES = 200

_ROLE_WORDS: Mapping[Role, str] = {
    Role.STUDENT: N_("student, students, pupil, pupils"),
    Role.TEACHER: N_("teacher, teachers, instructor, instructors"),
    Role.GUARDIAN: N_("guardian, guardians, parent, parents"),
    Role.ADMIN: N_("admin, admins, administrator, administrators"),
}
"""What people write for a role, the usual word first; translations list the words of their language."""

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


@lru_cache(maxsize=32)
def role_words(locale: str) -> Mapping[str, Role]:
    """The words for roles in a language and in English, in small letters."""
    return {
        word.strip(): role
        for role, words in _ROLE_WORDS.items()
        for word in f"{words},{translate(words, locale)}".casefold().split(",")
    }


def read_lines(
    text: str, *, roles: Collection[Role], locale: str = DEFAULT_LOCALE
) -> tuple[list[tuple[int, Invitee]], list[LineProblem]]:
    """Read one person per line: e-mail, given name, family name, roles; separated by comma, semicolon or tab.

    Args:
        text: As pasted; empty lines are passed over.
        roles: For lines that name none.
        locale: Language of the reader, whose words for roles are understood beside the English ones.

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
            person = _read_line(line, roles, locale)
        except Invalid as error:
            problems.append(LineProblem(number, line.strip()[:120], next(iter(error.fields.values()))))
            continue
        if person.email in seen:
            problems.append(LineProblem(number, line.strip()[:120], N_("This address is here twice.")))
            continue
        seen.add(person.email)
        people.append((number, person))
    return people, problems


def _read_line(line: str, roles: Collection[Role], locale: str) -> Invitee:
    parts = [part.strip().strip('"') for part in _SEPARATOR.split(line)]
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) > _COLUMNS:
        raise Invalid(
            fields={"line": N_("Too many columns. Expected: e-mail, given name, family name, roles.")}
        )
    email, given, family, words = [*parts, "", "", "", ""][:_COLUMNS]
    return check_invitee(
        email=email, given_name=given, family_name=family, roles=read_roles(words, locale) if words else roles
    )


def read_roles(words: str, locale: str) -> set[Role]:
    """The roles that somebody wrote, with spaces, ``+``, ``/`` or ``|`` between them.

    Raises:
        Invalid: A word is no role; ``fields["roles"]``.
    """
    known = role_words(locale)
    found: set[Role] = set()
    for word in _BETWEEN_ROLES.split(words.casefold()):
        role = known.get(word)
        if role is None:
            usual = [translate(one, locale).split(",")[0].strip() for one in _ROLE_WORDS.values()]
            message = N_("“{word}” is not a role. Use one of: {words}.")
            raise Invalid(fields={"roles": (message, {"word": word[:40], "words": ", ".join(usual)})})
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
    people, problems = read_lines(text, roles=roles, locale=me.locale)
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
