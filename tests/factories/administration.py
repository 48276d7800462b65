"""What administrators and operators look at: many people, submissions over weeks, invitations, a damaged audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select

from eduplatform.config import get_settings
from eduplatform.db.unit_of_work import identity_work, unit_of_work
from eduplatform.domain.accounts.models import Identity, Invitation, User
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.messaging.models import MailMessage
from eduplatform.domain.operations.repository import TrailFilter
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from tests.factories.courses import Taught, make_course
from tests.factories.world import World

EVERYTHING = TrailFilter()


async def add_people(
    world: World,
    count: int,
    *,
    role: Role = Role.STUDENT,
    family: str = "Crowd",
    seen: datetime | None = None,
) -> list[UUID]:
    """Many members at once, named ``Person 000 Crowd`` and so on."""
    mark = uuid4().hex[:8]
    async with identity_work() as work:
        identities = [Identity(email=f"p{number:03}-{mark}@{world.slug}.test") for number in range(count)]
        work.session.add_all(identities)
        await work.flush()
        users = [
            User(
                tenant_id=world.tenant_id,
                identity_id=identity.id,
                email=identity.email,
                given_name=f"Person {number:03}",
                family_name=family,
                roles=[role.value],
                last_seen_at=seen,
            )
            for number, identity in enumerate(identities)
        ]
        work.session.add_all(users)
        await work.flush()
        return [user.id for user in users]


async def hand_in(world: World, moments: Sequence[datetime]) -> Taught:
    """A course in which the world's student handed in an attempt at each of the moments."""
    made = await make_course(world)
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        assessment = await work.add(Assessment(course_id=made.course_id, title="Quiz"))
        for number, moment in enumerate(moments, start=1):
            work.session.add(
                Attempt(
                    assessment_id=assessment.id,
                    user_id=world.student.user_id,
                    number=number,
                    state=AttemptState.SUBMITTED,
                    seed=1,
                    started_at=moment,
                    submitted_at=moment,
                )
            )
    return made


async def invitations_of(world: World) -> list[Invitation]:
    """All invitations of a tenant, oldest first."""
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        rows = await work.session.exec(select(Invitation).order_by(col(Invitation.created_at)))
        return list(rows.all())


async def mails_to(email: str) -> list[MailMessage]:
    """All mails to an address, oldest first."""
    async with identity_work() as work:
        rows = await work.session.exec(
            select(MailMessage)
            .where(col(MailMessage.recipient) == email)
            .order_by(col(MailMessage.created_at))
        )
        return list(rows.all())


async def tamper(statement: str, **values: object) -> None:
    """Run SQL as the owner of the tables, past grants, policies and triggers: what an intruder in the database can do."""
    engine = create_async_engine(get_settings().owner_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("set session_replication_role = replica"))
            await connection.execute(text(statement), values)
    finally:
        await engine.dispose()
