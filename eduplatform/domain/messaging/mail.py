"""Mail: templates in HTML and text, and the outbox that every message is written to.

No provider is connected yet: messages are kept in the outbox, which the development page ``/outbox`` shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.messaging.models import MailMessage
from eduplatform.i18n import N_, translate


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """The message keys of one kind of mail; ``action`` labels the link."""

    subject: str
    lines: tuple[str, ...]
    action: str


TEMPLATES: dict[str, MailTemplate] = {
    "password_reset": MailTemplate(
        subject=N_("Set a new password"),
        lines=(
            N_("Somebody asked for a new password for your account."),
            N_(
                "The link works once, for {minutes} minutes. If it was not you, ignore this mail: nothing changes."
            ),
        ),
        action=N_("Set a new password"),
    ),
    "invitation": MailTemplate(
        subject=N_("{inviter} invites you to {tenant}"),
        lines=(
            N_("{inviter} invites you to learn and work at {tenant}."),
            N_("The link works once, for {days} days."),
        ),
        action=N_("Accept the invitation"),
    ),
}


def _single_line(text: str) -> str:
    return " ".join(text.split())[:200]


def render(template: str, locale: str, /, *, link: str, **params: str | int) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail in the reader's language.

    Raises:
        KeyError: There is no such template.
    """
    parts = TEMPLATES[template]
    say: Callable[[str], str] = lambda message: translate(message, locale, **params)  # noqa: E731
    lines = [say(line) for line in parts.lines]
    text = "\n\n".join([*lines, f"{say(parts.action)}: {link}"])
    paragraphs = "".join(f'<p style="margin:0 0 16px">{escape(line)}</p>' for line in lines)
    html = (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>'
        '<body style="font:16px/1.5 system-ui,sans-serif;margin:0;padding:32px 16px">'
        f'<div style="max-width:520px;margin:0 auto">{paragraphs}'
        f'<p><a href="{escape(link, quote=True)}" style="font-weight:600">{escape(say(parts.action))}</a></p></div>'
        "</body></html>"
    )
    return _single_line(say(parts.subject)), text, html


async def send(
    *, work: Work, tenant_id: UUID, recipient: str, template: str, locale: str, link: str, **params: str | int
) -> None:
    """Write a mail to the outbox in the caller's transaction."""
    subject, text, html = render(template, locale, link=link, **params)
    await work.add(
        MailMessage(
            tenant_id=tenant_id, template=template, recipient=recipient, subject=subject, text=text, html=html
        )
    )


async def outbox(*, work: Work, limit: int = 50) -> list[MailMessage]:
    """The newest messages that this work may see."""
    rows = await work.session.exec(
        select(MailMessage).order_by(col(MailMessage.created_at).desc()).limit(limit)
    )
    return list(rows.all())
