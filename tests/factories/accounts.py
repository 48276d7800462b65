"""Mailed links, sessions as a browser gets them, and settings with other limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlmodel import col, select

from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import identity_work, unit_of_work
from eduplatform.domain.accounts import remembered, service, sessions
from eduplatform.domain.accounts.models import IdentityToken, Invitation, Session
from eduplatform.domain.messaging.models import MailMessage
from eduplatform.security.cookies import cookie_name
from eduplatform.security.permissions import Role
from eduplatform.security.tokens import token_hash
from tests.factories.world import Person, World


async def mailed_token(recipient: str, page: str) -> str:
    """The secret in the newest link to ``/<page>/…`` that was mailed to an address; empty when there is none."""
    async with identity_work() as work:
        rows = await work.session.exec(
            select(MailMessage)
            .where(col(MailMessage.recipient) == recipient)
            .order_by(col(MailMessage.created_at).desc())
        )
        for mail in rows:
            found = re.search(rf"/{page}/([\w-]+)", mail.text)
            if found:
                return found[1]
    return ""


async def invitation_token(
    world: World, email: str, *roles: Role, given: str = "Nora", family: str = "Neu"
) -> str:
    """The secret of an invitation by the world's admin."""
    me = await world.admin.principal()
    async with unit_of_work(me) as work:
        await service.invite(
            work=work, me=me, email=email, given_name=given, family_name=family, roles=list(roles)
        )
    return await mailed_token(email, "invitation")


async def browser_session(ticket: str, *, previous: str = "") -> str:
    """What the sign-in page does with its ticket; returns the Cookie header of the browser."""
    value, _ = await sessions.open_session(
        ticket=ticket, previous=previous or None, device="test", address="127.0.0.1"
    )
    return f"{cookie_name()}={value}"


def secret_of(cookie: str) -> str:
    """The session's secret in a Cookie header."""
    return cookie.partition("=")[2]


async def age_token(secret: str, **age: float) -> None:
    """Let the mailed link of a reset or an invitation run out earlier."""
    async with identity_work() as work:
        for model in (IdentityToken, Invitation):
            rows = await work.session.exec(select(model).where(col(model.token_hash) == token_hash(secret)))
            for row in rows:
                row.expires_at -= timedelta(**age)


async def age_session(cookie: str, *, idle: timedelta | None = None, life: timedelta | None = None) -> None:
    """Pretend that a session was last used, or was opened, longer ago."""
    async with identity_work() as work:
        row = (
            await work.session.exec(
                select(Session).where(col(Session.token_hash) == token_hash(secret_of(cookie)))
            )
        ).one()
        if idle is not None:
            row.last_seen_at = utc_now() - idle
        if life is not None:
            row.expires_at -= life
    remembered.forget()


async def join(person: Person, world: World, *roles: Role) -> None:
    """Make somebody a member of a further tenant."""
    async with identity_work() as work:
        identity = await service.ensure_identity(work=work, email=person.email)
        await service.create_user(
            work=work,
            tenant_id=world.tenant_id,
            identity=identity,
            given_name="Second",
            family_name="Membership",
            roles=list(roles),
        )


@contextmanager
def settings_with(**variables: str) -> Iterator[None]:
    """Other settings for a while, by the names of their variables without the prefix."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(f"EDU_{name}", value)
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()
