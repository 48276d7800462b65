"""The mails that an installation without a mail provider keeps, for its developers.

The page is public, because somebody who has forgotten the password is not signed in and yet needs the link. It
shows the newest mails of all organisations and of the sign-in desk, so it exists in development only: it is not
registered in production, and its handler refuses to work there.
"""

from __future__ import annotations

import re
from typing import TypedDict

import reflex as rx

from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.messaging import mail
from eduplatform.domain.messaging.models import MailMessage
from eduplatform.errors import NotFound
from eduplatform.i18n.formatting import format_relative
from eduplatform.security.principal import Principal
from eduplatform.state.base import PUBLIC, PageMixin, handler, reader_locale

LIMIT = 25

_LINK = re.compile(r"https?://\S+")


class MailRow(TypedDict):
    """A kept mail; ``path`` is the link inside it as an address of this application, or empty."""

    id: str
    recipient: str
    subject: str
    template: str
    when: str
    text: str
    html: str
    link: str
    path: str


def _row(message: MailMessage, locale: str) -> MailRow:
    found = _LINK.search(message.text)
    link = found.group() if found else ""
    base = get_settings().public_url
    return MailRow(
        id=str(message.id),
        recipient=message.recipient,
        subject=message.subject,
        template=message.template,
        when=format_relative(message.created_at, utc_now(), locale),
        text=message.text,
        html=message.html,
        link=link,
        path=link.removeprefix(base) if link.startswith(f"{base}/") else "",
    )


class OutboxState(PageMixin, rx.State):
    """The newest mails."""

    mails: list[MailRow] = []

    @handler(PUBLIC, loads=True)
    async def load(self, me: Principal | None) -> None:
        """The newest 25 mails of all; in development only."""
        await self._read(me)

    @handler(PUBLIC)
    async def refresh(self, me: Principal | None) -> None:
        """What was written since; in development only."""
        await self._read(me)

    async def _read(self, me: Principal | None) -> None:
        if get_settings().production:
            self.mails = []
            raise NotFound
        async with identity_work() as work:
            kept = await mail.outbox(work=work, limit=LIMIT)
        locale = reader_locale(self, me)
        self.mails = [_row(one, locale) for one in kept]
