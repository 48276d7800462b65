"""Mail: templates in HTML and text, and the outbox that every message is written to.

No provider is connected yet: messages are kept in the outbox, which the development page ``/outbox`` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.messaging.models import MailMessage
from eduplatform.i18n import N_, translate


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """The message keys of one kind of mail; ``action`` labels the link, ``footer`` stands below it."""

    subject: str
    lines: tuple[str, ...]
    action: str
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list in a mail, already in the reader's language, and where it leads."""

    text: str
    link: str


_CHOICE = N_("You choose in your settings what comes by e-mail, and when.")


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
    "notification": MailTemplate(
        subject=N_("{tenant}: {news}"),
        lines=(N_("News from {tenant}:"), "{news}"),
        action=N_("Open it"),
        footer=_CHOICE,
    ),
    "digest": MailTemplate(
        subject=N_("Your day at {tenant}"),
        lines=(N_("What is new for you at {tenant}:"),),
        action=N_("See all news"),
        footer=_CHOICE,
    ),
}


def _single_line(text: str) -> str:
    return " ".join(text.split())[:200]


def render(
    template: str, locale: str, /, *, link: str, entries: Sequence[Entry] = (), **params: str | int
) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail in the reader's language.

    Raises:
        KeyError: There is no such template.
    """
    parts = TEMPLATES[template]
    say: Callable[[str], str] = lambda message: translate(message, locale, **params)  # noqa: E731
    lines, action, footer = [say(line) for line in parts.lines], say(parts.action), parts.footer
    listed = "\n".join(f"- {one.text}\n  {one.link}" for one in entries)
    foot = say(footer) if footer else ""
    text = "\n\n".join(one for one in (*lines, listed, f"{action}: {link}", foot) if one)
    paragraphs = "".join(f'<p style="margin:0 0 16px">{escape(line)}</p>' for line in lines)
    items = "".join(
        f'<li style="margin:0 0 8px"><a href="{escape(one.link, quote=True)}">{escape(one.text)}</a></li>'
        for one in entries
    )
    listing = f'<ul style="margin:0 0 16px;padding-inline-start:20px">{items}</ul>' if items else ""
    small = f'<p style="font-size:14px;opacity:.75">{escape(foot)}</p>' if foot else ""
    html = (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>'
        '<body style="font:16px/1.5 system-ui,sans-serif;margin:0;padding:32px 16px">'
        f'<div style="max-width:520px;margin:0 auto">{paragraphs}{listing}'
        f'<p><a href="{escape(link, quote=True)}" style="font-weight:600">{escape(action)}</a></p>{small}</div>'
        "</body></html>"
    )
    return _single_line(say(parts.subject)), text, html


def compose(
    *,
    tenant_id: UUID,
    recipient: str,
    template: str,
    locale: str,
    link: str,
    entries: Sequence[Entry] = (),
    **params: str | int,
) -> MailMessage:
    """A mail that is not in the outbox yet."""
    subject, text, html = render(template, locale, link=link, entries=entries, **params)
    return MailMessage(
        tenant_id=tenant_id, template=template, recipient=recipient, subject=subject, text=text, html=html
    )


async def send(
    *, work: Work, tenant_id: UUID, recipient: str, template: str, locale: str, link: str, **params: str | int
) -> None:
    """Write a mail to the outbox in the caller's transaction."""
    await work.add(
        compose(
            tenant_id=tenant_id,
            recipient=recipient,
            template=template,
            locale=locale,
            link=link,
            entries=(),
            **params,
        )
    )


async def outbox(*, work: Work, limit: int = 50) -> list[MailMessage]:
    """The newest messages that this work may see."""
    rows = await work.session.exec(
        select(MailMessage).order_by(col(MailMessage.created_at).desc()).limit(limit)
    )
    return list(rows.all())
