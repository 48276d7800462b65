"""A tenant with one person of each role, made through the real services."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.accounts import service as accounts
from eduplatform.domain.accounts import sessions
from eduplatform.domain.tenants import service as tenants
from eduplatform.security.cookies import cookie_name
from eduplatform.security.passwords import hash_password
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

PASSWORD = "correct-horse-battery"


@dataclass
class Person:
    """Somebody who can sign in."""

    email: str
    identity_id: UUID
    user_id: UUID | None
    tenant_id: UUID | None

    async def sign_in(self) -> str:
        """A real session; returns the Cookie header of its browser."""
        async with identity_work() as work:
            ticket = await sessions.issue_ticket(
                work=work, ticket=sessions.Ticket(self.identity_id, self.tenant_id, self.user_id, False)
            )
        value, _ = await sessions.open_session(
            ticket=ticket, previous=None, device="test", address="127.0.0.1"
        )
        return f"{cookie_name()}={value}"

    async def principal(self) -> Principal:
        """The principal of a new session."""
        return await sessions.resolve((await self.sign_in()).partition("=")[2])


@dataclass
class World:
    """One tenant and its people by role: ``student``, ``teacher``, ``guardian``, ``admin``."""

    tenant_id: UUID
    slug: str
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    async def add_person(self, key: str, *roles: Role, given: str = "", family: str = "Test") -> Person:
        """One more member, also reachable as an attribute."""
        email = f"{key}-{uuid4().hex[:8]}@{self.slug}.test"
        hashed = await hash_password(PASSWORD)
        async with identity_work() as work:
            identity = await accounts.ensure_identity(work=work, email=email, password_hash=hashed)
            user = await accounts.create_user(
                work=work,
                tenant_id=self.tenant_id,
                identity=identity,
                given_name=given or key.capitalize(),
                family_name=family,
                roles=list(roles),
            )
        self.people[key] = Person(email, identity.id, user.id, self.tenant_id)
        return self.people[key]


async def make_world() -> World:
    """A new tenant with one person of each role."""
    slug = f"t-{uuid4().hex[:12]}"
    async with identity_work() as work:
        tenant = await tenants.create_tenant(work=work, slug=slug, name=f"School {slug}")
    world = World(tenant.id, slug)
    for role in (Role.STUDENT, Role.TEACHER, Role.GUARDIAN, Role.ADMIN):
        await world.add_person(role.value, role)
    return world


async def make_operator() -> Person:
    """Somebody who runs the installation."""
    email = f"operator-{uuid4().hex[:8]}@platform.test"
    hashed = await hash_password(PASSWORD)
    async with identity_work() as work:
        identity = await accounts.ensure_identity(work=work, email=email, password_hash=hashed, operator=True)
    return Person(email, identity.id, None, None)
