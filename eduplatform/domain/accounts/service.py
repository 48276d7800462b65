"""People of a tenant: making accounts, inviting, roles, guardians."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, identity_work
from eduplatform.domain.accounts import remembered, sessions
from eduplatform.domain.accounts.models import AccountStatus, Identity, Invitation, User
from eduplatform.domain.accounts.repository import InvitationRepository, UserRepository
from eduplatform.domain.accounts.sign_in import normalise_email
from eduplatform.domain.courses import waiting
from eduplatform.domain.courses.texts import single_line
from eduplatform.domain.messaging import mail
from eduplatform.domain.messaging.models import MailMessage
from eduplatform.domain.tenants.models import Tenant
from eduplatform.errors import Conflict, FieldText, Invalid, NotSignedIn
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import AccessChanged
from eduplatform.security import passwords
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from eduplatform.security.tokens import new_token, token_hash

INVITATION_DAYS = 14
LONGEST_EMAIL = 254
LONGEST_NAME = 80
EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]+")
TENANT_ROLES = (Role.STUDENT, Role.TEACHER, Role.GUARDIAN, Role.ADMIN)


async def ensure_identity(
    *, work: Work, email: str, password_hash: str = "", operator: bool = False
) -> Identity:
    """The identity of an address, made when it is new; an existing password is never replaced. Identity work only."""
    email = normalise_email(email)
    found = (await work.session.exec(select(Identity).where(col(Identity.email) == email))).one_or_none()
    if found is not None:
        return found
    return await work.add(Identity(email=email, password_hash=password_hash, is_operator=operator))


async def create_user(
    *, work: Work, tenant_id: UUID, identity: Identity, given_name: str, family_name: str, roles: list[Role]
) -> User:
    """Make somebody a member of a tenant; identity work only.

    Raises:
        Conflict: They already are.
        Invalid: No role, or one that a tenant cannot give.
    """
    if not roles or not set(roles) <= set(TENANT_ROLES):
        raise Invalid(fields={"roles": N_("Choose at least one role.")})
    existing = await work.session.exec(
        select(User).where(col(User.tenant_id) == tenant_id, col(User.identity_id) == identity.id)
    )
    if existing.first() is not None:
        raise Conflict(N_("This person is already a member."))
    user = await work.add(
        User(
            tenant_id=tenant_id,
            identity_id=identity.id,
            email=identity.email,
            given_name=given_name,
            family_name=family_name,
            roles=[role.value for role in roles],
        )
    )
    await work.audit_for(tenant_id, None, "user.created", user=user.id)
    return user


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite; the address is normalised."""

    email: str
    given_name: str
    family_name: str
    roles: tuple[Role, ...]


def check_invitee(*, email: str, given_name: str, family_name: str, roles: Collection[Role]) -> Invitee:
    """Bring what was typed about somebody into the form that is stored.

    Raises:
        Invalid: The address or the roles are not usable; a message per field.
    """
    email = normalise_email(single_line(email))
    fields: dict[str, FieldText] = {}
    if not EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL:
        fields["email"] = N_("Please enter an e-mail address.")
    if not roles or not set(roles) <= set(TENANT_ROLES):
        fields["roles"] = N_("Choose at least one role.")
    names = {"given_name": single_line(given_name), "family_name": single_line(family_name)}
    for name, value in names.items():
        if len(value) > LONGEST_NAME:
            fields[name] = (N_("This is too long: at most {limit} characters."), {"limit": LONGEST_NAME})
    if fields:
        raise Invalid(fields=fields)
    return Invitee(email=email, roles=tuple(role for role in TENANT_ROLES if role in roles), **names)


async def write_invitations(
    *, work: Work, tenant_id: UUID, tenant_name: str, inviter: str, locale: str, people: Sequence[Invitee]
) -> None:
    """Store and mail invitations; a constant number of statements, however many they are.

    Also for work outside of tenants, when the operator invites the first administrator.
    """
    expires_at = utc_now() + timedelta(days=INVITATION_DAYS)
    for one in people:
        value = new_token()
        invitation = Invitation(
            tenant_id=tenant_id,
            created_by=work.user_id,
            email=one.email,
            given_name=one.given_name,
            family_name=one.family_name,
            roles=[role.value for role in one.roles],
            token_hash=token_hash(value),
            expires_at=expires_at,
        )
        work.session.add(invitation)
        mail_invitation(
            work=work,
            invitation=invitation,
            token=value,
            tenant_name=tenant_name,
            inviter=inviter,
            locale=locale,
        )
    await work.flush()


def mail_invitation(
    *, work: Work, invitation: Invitation, token: str, tenant_name: str, inviter: str, locale: str
) -> None:
    """Put the mail of an invitation into the outbox; it is written with the next flush."""
    subject, text, html = mail.render(
        "invitation",
        locale,
        link=f"{get_settings().public_url}/invitation/{token}",
        inviter=inviter,
        tenant=tenant_name,
        days=INVITATION_DAYS,
    )
    work.session.add(
        MailMessage(
            tenant_id=invitation.tenant_id,
            template="invitation",
            recipient=invitation.email,
            subject=subject,
            text=text,
            html=html,
        )
    )


async def invite_all(*, work: Work, me: Principal, people: Sequence[Invitee]) -> None:
    """Mail invitations to join the tenant; open ones for the same addresses are replaced.

    Raises:
        Conflict: An address belongs to a member.
    """
    emails = [one.email for one in people]
    if await UserRepository(work).emails_of_members(emails):
        raise Conflict(N_("This person is already a member."))
    for old in await InvitationRepository(work).waiting_for(emails):
        old.revoked_at = utc_now()
    await write_invitations(
        work=work,
        tenant_id=work.tenant_id,
        tenant_name=me.tenant_name,
        inviter=me.name,
        locale=me.locale,
        people=people,
    )
    roles = sorted({role.value for one in people for role in one.roles})
    await work.audit("invitation.sent", count=len(people), roles=roles)


async def invite(
    *, work: Work, me: Principal, email: str, given_name: str, family_name: str, roles: list[Role]
) -> None:
    """Mail an invitation to join the tenant; an open one for the same address is replaced.

    Raises:
        Invalid: The address or the roles are not usable.
        Conflict: The address belongs to a member.
    """
    person = check_invitee(email=email, given_name=given_name, family_name=family_name, roles=roles)
    await invite_all(work=work, me=me, people=[person])


async def _open_invitation(work: Work, token: str, *, lock: bool = False) -> tuple[Invitation, Tenant]:
    statement = (
        select(Invitation, Tenant)
        .join(Tenant, col(Tenant.id) == col(Invitation.tenant_id))
        .where(
            col(Invitation.token_hash) == token_hash(token),
            col(Invitation.accepted_at).is_(None),
            col(Invitation.revoked_at).is_(None),
            col(Invitation.expires_at) > utc_now(),
        )
    )
    if lock:
        statement = statement.with_for_update()
    found = (await work.session.exec(statement)).one_or_none()
    if found is None:
        raise NotSignedIn(N_("This link is not valid any more."))
    return found


async def read_invitation(*, token: str) -> tuple[str, str, str, str, bool]:
    """What the page behind an invitation shows.

    Returns:
        E-mail, given name, family name, tenant's name, and whether the address already has a password.

    Raises:
        NotSignedIn: The link is unknown, used, replaced or too old.
    """
    async with identity_work() as work:
        invitation, tenant = await _open_invitation(work, token)
        identity = (
            await work.session.exec(select(Identity).where(col(Identity.email) == invitation.email))
        ).one_or_none()
        known = identity is not None and bool(identity.password_hash)
        return invitation.email, invitation.given_name, invitation.family_name, tenant.name, known


async def accept_invitation(*, token: str, given_name: str, family_name: str, password: str) -> str:
    """Join a tenant by a mailed link, and get the one-time ticket for a session in it.

    A person who already has a password proves it; a new one sets it.

    Raises:
        NotSignedIn: The link is unknown, used, replaced or too old.
        Invalid: The password of a known address is wrong, or the new one too weak.
        Conflict: The person is a member already.
    """
    async with identity_work() as work:
        invitation, tenant = await _open_invitation(work, token, lock=True)
        found = await work.session.exec(select(Identity).where(col(Identity.email) == invitation.email))
        identity = found.one_or_none() or Identity(email=invitation.email)
        if identity.password_hash:
            if not await passwords.verify_password(identity.password_hash, password):
                raise Invalid(fields={"password": N_("The password is not right.")})
        else:
            passwords.check_new_password(
                password, context=(invitation.email, given_name, family_name, tenant.name)
            )
            identity.password_hash = await passwords.hash_password(password)
            work.session.add(identity)
        user = User(
            tenant_id=tenant.id,
            identity_id=identity.id,
            email=invitation.email,
            given_name=given_name,
            family_name=family_name,
            roles=list(invitation.roles),
        )
        work.session.add(user)
        invitation.accepted_at = utc_now()
        try:
            await work.flush()
        except Conflict as error:
            raise Conflict(N_("This person is already a member.")) from error
        await work.audit_for(tenant.id, user.id, "invitation.accepted")
        ticket = await sessions.issue_ticket(
            work=work, ticket=sessions.Ticket(identity.id, tenant.id, user.id, remembered=False)
        )
    # In a transaction of its own: this one may touch people only.
    await waiting.settle(tenant_id=tenant.id, user_id=user.id)
    return ticket


async def deactivate(*, work: Work, me: Principal, user_id: UUID, active: bool) -> None:
    """Close or reopen a member's account; their sessions in this tenant end at the next event.

    Raises:
        NotFound: No such member.
        Invalid: One's own account, or the last administrator's.
    """
    if user_id == me.user_id:
        raise Invalid(N_("You cannot deactivate your own account."))
    users = UserRepository(work)
    admins = await users.lock_admins()
    user = await users.get(user_id, lock=True)
    if not active and {one.id for one in admins} == {user_id}:
        raise Invalid(N_("There must be at least one administrator."))
    user.status = AccountStatus.ACTIVE if active else AccountStatus.DEACTIVATED
    await work.flush()
    await work.audit("user.reactivated" if active else "user.deactivated", user=user_id)
    work.publish(Channel.user(user_id), AccessChanged())
    work.after_commit(remembered.forget)
