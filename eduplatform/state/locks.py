"""What opens a module, and why it is closed to a student, in words."""

from __future__ import annotations

from collections.abc import Sequence

from eduplatform.domain.courses.lesson_repository import RuleRow
from eduplatform.domain.courses.models import UnlockKind
from eduplatform.domain.courses.unlocking import Lock, message
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime
from eduplatform.security.principal import Principal


def lock_texts(locks: Sequence[Lock], me: Principal) -> list[str]:
    """What a student has to do, or wait for, before a module opens."""
    return [message(one, me).render(me.locale) for one in locks]


def rule_text(rule: RuleRow, me: Principal) -> str:
    """A rule as its teacher reads it."""
    if rule.kind == UnlockKind.DATE and rule.opens_at is not None:
        when = format_datetime(rule.opens_at, me.locale, me.timezone)
        return translate(N_("Opens on {when}"), me.locale, when=when)
    if rule.kind == UnlockKind.MODULE:
        return translate(N_("Opens after “{module}” is read"), me.locale, module=rule.required_title)
    text = N_("Opens with {percent} % in “{assessment}”")
    return translate(text, me.locale, percent=rule.percent, assessment=rule.assessment_title)
