"""The signed-in person, as every handler, route and service sees them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from eduplatform.errors import Forbidden
from eduplatform.security.permissions import Permission, Role, permissions_of


@dataclass(frozen=True, slots=True)
class Principal:
    """Read from the session row on each event; nothing of it comes from the browser but the cookie.

    ``tenant_id`` and ``user_id`` are None for an operator, and for a person who has not chosen a membership yet.
    """

    session_id: UUID
    identity_id: UUID
    tenant_id: UUID | None
    user_id: UUID | None
    roles: frozenset[Role]
    name: str
    email: str
    locale: str
    timezone: str
    tenant_name: str = ""
    tenant_slug: str = ""
    accent: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles holds the permission; one's own account is everybody's."""
        return permission is Permission.ACCOUNT or permission in permissions_of(self.roles)

    def require(self, permission: Permission) -> None:
        """Stop unless one of the roles holds the permission.

        Raises:
            Forbidden: None does.
        """
        if not self.may(permission):
            raise Forbidden

    @property
    def user(self) -> UUID:
        """The person's id in their tenant.

        Raises:
            Forbidden: The session has no membership.
        """
        if self.user_id is None:
            raise Forbidden
        return self.user_id


@dataclass(frozen=True, slots=True)
class PlatformActor:
    """The platform itself at work in one tenant: seeding, jobs, commands. Never made from a request."""

    tenant_id: UUID | None
    user_id: UUID | None = None
