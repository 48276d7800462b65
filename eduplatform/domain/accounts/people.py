"""The people of a tenant as its administrator sees them: who they are, what they may do, who belongs to whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, func, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, identity_work
from eduplatform.domain.accounts import remembered
from eduplatform.domain.accounts.models import AccountStatus, GuardianLink, Session, User
from eduplatform.domain.accounts.repository import (
    GuardianLinkRepository,
    PersonEnrollment,
    PersonSort,
    Relation,
    UserRepository,
)
from eduplatform.domain.accounts.service import TENANT_ROLES
from eduplatform.domain.accounts.sign_in import normalise_email
from eduplatform.domain.courses.texts import single_line
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import AccessChanged, TenantSuspended
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

PAGE = 25
RELATIONS = ("parent", "guardian", "grandparent", "sibling", "other")

PENDING, VERIFIED, REVOKED = "pending", "verified", "revoked"


@dataclass(frozen=True, slots=True)
class Profile:
    """A member with everything that their page shows."""

    user: User
    enrollments: list[PersonEnrollment]
    relations: list[Relation]


async def list_people(
    *,
    work: Work,
    text: str = "",
    role: str = "",
    status: str = "",
    sort: PersonSort = "name",
    descending: bool = False,
    page: int = 1,
) -> tuple[list[User], int]:
    """A page of 25 members and how many match."""
    return await UserRepository(work).search(
        text=single_line(text),
        role=role if role in TENANT_ROLES else "",
        status=status if status in tuple(AccountStatus) else "",
        sort=sort,
        descending=descending,
        number=page,
        size=PAGE,
    )


async def read_profile(*, work: Work, user_id: UUID) -> Profile:
    """A member with their sections and guardians.

    Raises:
        NotFound: No such member of this tenant.
    """
    users = UserRepository(work)
    user = await users.get(user_id)
    return Profile(
        user=user,
        enrollments=await users.enrollments(user_id),
        relations=await GuardianLinkRepository(work).of_person(user_id),
    )


async def count_sessions(*, me: Principal, user_id: UUID) -> int:
    """How many browsers a member of one's own tenant is signed in with."""
    async with identity_work() as work:
        now = utc_now()
        rows = await work.session.exec(
            select(func.count(col(Session.id))).where(
                col(Session.tenant_id) == me.tenant_id,
                col(Session.user_id) == user_id,
                col(Session.revoked_at).is_(None),
                col(Session.expires_at) > now,
                func.extract("epoch", now - col(Session.last_seen_at)) <= col(Session.idle_seconds),
            )
        )
        return rows.one()


async def end_sessions(*, work: Work, tenant_id: UUID, reason: str) -> None:
    """End every session in a tenant, in the caller's identity work."""
    await work.session.exec(
        update(Session)
        .where(col(Session.tenant_id) == tenant_id, col(Session.revoked_at).is_(None))
        .values(revoked_at=utc_now(), revoked_reason=reason)
        .execution_options(synchronize_session=False)
    )
    work.publish(Channel.tenant(), TenantSuspended(), tenant_id=tenant_id)
    work.after_commit(remembered.forget)


async def set_roles(
    *, work: Work, me: Principal, user_id: UUID, roles: Collection[Role], shown: Collection[str]
) -> None:
    """Give a member these roles in place of the present ones.

    Args:
        shown: The roles that the administrator saw when they decided.

    Raises:
        NotFound: No such member of this tenant.
        Invalid: No role, one that a tenant cannot give, one's own role of administrator, or the last administrator's.
        Conflict: The roles were changed by somebody else meanwhile.
    """
    wanted = [role.value for role in TENANT_ROLES if role in roles]
    if not wanted or not set(roles) <= set(TENANT_ROLES):
        raise Invalid(fields={"roles": N_("Choose at least one role.")})
    users = UserRepository(work)
    admins = {one.id for one in await users.lock_admins()}
    user = await users.get(user_id, lock=True)
    if set(user.roles) != set(shown):
        raise Conflict
    if (Role.ADMIN in user.roles) != (Role.ADMIN in wanted):
        if user_id == me.user_id:
            raise Invalid(fields={"roles": N_("You cannot change your own role of administrator.")})
        if admins == {user_id}:
            raise Invalid(fields={"roles": N_("There must be at least one administrator.")})
    if set(wanted) == set(user.roles):
        return
    before, user.roles = list(user.roles), wanted
    await work.flush()
    await work.audit("user.roles_changed", user=user_id, before=before, after=wanted)
    work.publish(Channel.user(user_id), AccessChanged())
    work.after_commit(remembered.forget)


async def add_guardian(*, work: Work, student_id: UUID, email: str, relation: str) -> None:
    """Name a member as guardian of a student; it takes effect when it is verified.

    Raises:
        NotFound: No such student.
        Invalid: The address is not that of a guardian of this tenant.
        Conflict: They already are.
    """
    users, links = UserRepository(work), GuardianLinkRepository(work)
    student = await users.get(student_id)
    if Role.STUDENT not in student.roles:
        raise Invalid(N_("Only students have guardians."))
    if relation not in RELATIONS:
        raise Invalid(fields={"relation": N_("Please check this.")})
    guardian = await users.first(
        col(User.email) == normalise_email(single_line(email)),
        col(User.status) == AccountStatus.ACTIVE,
        col(User.roles).contains([Role.GUARDIAN.value]),
    )
    if guardian is None:
        raise Invalid(
            fields={"email": N_("Nobody with the role of guardian has this address. Invite them first.")}
        )
    if guardian.id == student_id:
        raise Invalid(fields={"email": N_("Nobody is their own guardian.")})
    link = await links.first(
        col(GuardianLink.guardian_id) == guardian.id, col(GuardianLink.student_id) == student_id
    )
    if link is None:
        link = await links.add(
            GuardianLink(guardian_id=guardian.id, student_id=student_id, relation=relation, status=PENDING)
        )
    elif link.status == REVOKED:
        link.relation, link.status = relation, PENDING
        await work.flush()
    else:
        raise Conflict(N_("This guardian is already on the list."))
    await work.audit("guardian.added", guardian=guardian.id, student=student_id)


async def verify_guardian(*, work: Work, link_id: UUID, student_id: UUID) -> None:
    """Let a guardian see what the student learns.

    Raises:
        NotFound: No such link of this student.
        Conflict: It is verified or revoked already.
    """
    link = await _link(work, link_id, student_id)
    if link.status != PENDING:
        raise Conflict
    link.status = VERIFIED
    await work.flush()
    await work.audit("guardian.verified", guardian=link.guardian_id, student=link.student_id)


async def revoke_guardian(*, work: Work, link_id: UUID, student_id: UUID) -> None:
    """Take a guardian's view of the student away.

    Raises:
        NotFound: No such link of this student.
        Conflict: It is revoked already.
    """
    link = await _link(work, link_id, student_id)
    if link.status == REVOKED:
        raise Conflict
    link.status = REVOKED
    await work.flush()
    await work.audit("guardian.revoked", guardian=link.guardian_id, student=link.student_id)
    work.publish(Channel.user(link.guardian_id), AccessChanged())


async def _link(work: Work, link_id: UUID, student_id: UUID) -> GuardianLink:
    link = await GuardianLinkRepository(work).get(link_id, lock=True)
    if link.student_id != student_id:
        raise NotFound
    return link
