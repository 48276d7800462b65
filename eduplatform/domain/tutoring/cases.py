"""Cases of children at risk: who is told, who sees them, and how they are closed."""

from __future__ import annotations

from uuid import UUID

from eduplatform.agents import safeguarding
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.ai import service as ai
from eduplatform.domain.ai.models import AiPolicy
from eduplatform.domain.courses.texts import paragraphs
from eduplatform.domain.messaging import notifications
from eduplatform.domain.tutoring.models import SafeguardingCase
from eduplatform.domain.tutoring.repository import CaseRepository, administrators
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

PAGE_SIZE = 20
MAX_NOTE = 2000

CATEGORIES: dict[str, str] = {
    "self_harm": N_("Speaks of harming themselves"),
    "abuse": N_("Speaks of being harmed"),
    "violence": N_("Speaks of violence against others"),
    "distress": N_("Speaks of distress"),
}


async def watch(*, work: Work, me: Principal, text: str, course_id: UUID, policy: AiPolicy) -> None:
    """Open a case and tell the named adults when a student's words speak of danger; nothing otherwise."""
    category = safeguarding.category_of(text)
    if not category:
        return
    case = await CaseRepository(work).add(
        SafeguardingCase(user_id=me.user, course_id=course_id, category=category, excerpt=text)
    )
    await work.audit("safeguarding.opened", case=case.id, category=category)
    # The news says neither who nor what: it may be shown on a screen that others see.
    await notifications.send(
        work=work,
        recipients=await _told(work, policy),
        kind="safeguarding",
        text=N_("A student may need an adult. Please look at the case now."),
        href="/cases",
    )


async def _told(work: Work, policy: AiPolicy) -> list[UUID]:
    return [UUID(one) for one in policy.named_adults] or await administrators(work)


async def require_adult(*, work: Work, me: Principal) -> None:
    """Stop unless the person is a named adult, or an administrator where nobody is named.

    Raises:
        NotFound: For everybody else; there are no cases for them.
    """
    named = (await ai.rules(work=work)).policy.named_adults
    if str(me.user) in named or (not named and Role.ADMIN in me.roles):
        return
    raise NotFound


async def list_cases(
    *, work: Work, me: Principal, page: int = 1
) -> tuple[list[tuple[SafeguardingCase, str, str, str | None]], int]:
    """A page of cases with the student's name and the course, open ones first, and how many there are.

    Raises:
        NotFound: The person is not one of the adults who see them.
    """
    await require_adult(work=work, me=me)
    return await CaseRepository(work).listed(number=page, size=PAGE_SIZE)


async def close(*, work: Work, me: Principal, case_id: UUID, note: str) -> None:
    """Close a case, saying what was done.

    Raises:
        NotFound: There is no such case for the person.
        Invalid: Nothing is said, or too much.
        Conflict: It is closed already.
    """
    await require_adult(work=work, me=me)
    said = paragraphs(note)
    if not said:
        raise Invalid(fields={"note": N_("Say what was done.")})
    if len(said) > MAX_NOTE:
        raise Invalid(
            fields={"note": (N_("This is too long: at most {limit} characters."), {"limit": MAX_NOTE})}
        )
    case = await CaseRepository(work).get(case_id, lock=True)
    if case.state != "open":
        raise Conflict
    case.state, case.note, case.closed_by, case.closed_at = "closed", said, me.user, utc_now()
    await work.flush()
    await work.audit("safeguarding.closed", case=case_id)
