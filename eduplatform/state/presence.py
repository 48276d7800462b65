"""Being shown as online: one's own choice, the organisation's rule, and who else looks at the same work."""

from __future__ import annotations

from typing import Annotated

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.classroom import desks, presence
from eduplatform.i18n import N_, translate
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import handler, notify, parse_id


class PresenceChoiceState(rx.State):
    """One's own choice; ``organisation`` is False where nobody is shown anyway."""

    ready: bool = False
    shown: bool = True
    organisation: bool = True

    @handler(Permission.ACCOUNT)
    async def load(self, me: Principal) -> None:
        """What holds now; whoever belongs to no organisation has nothing to choose."""
        self.ready = False
        if me.tenant_id is None or me.user_id is None:
            return
        async with unit_of_work(me) as work:
            found = await presence.visibility(work=work, me=me)
        self.shown, self.organisation, self.ready = found.own, found.organisation, True

    @handler(Permission.ACCOUNT)
    async def choose(self, me: Principal, shown: bool) -> None:
        """Be shown, or not."""
        async with unit_of_work(me) as work:
            await presence.choose(work=work, me=me, shown=shown)
        self.shown = shown
        text = N_("You are shown as online now.") if shown else N_("You are not shown as online any more.")
        await notify(self, "success", translate(text, me.locale))


class PresenceRuleState(rx.State):
    """The organisation's rule."""

    shown: bool = True

    @handler(Permission.TENANT_EDIT)
    async def load(self, me: Principal) -> None:
        """What holds now."""
        async with unit_of_work(me) as work:
            self.shown = await presence.organisation_rule(work=work, me=me)

    @handler(Permission.TENANT_EDIT)
    async def choose(self, me: Principal, shown: bool) -> None:
        """Let people be shown, or nobody."""
        async with unit_of_work(me) as work:
            await presence.set_organisation_rule(work=work, me=me, shown=shown)
        self.shown = shown
        await notify(self, "success", translate(N_("Saved. It holds at once."), me.locale))


class DeskPresenceState(rx.State):
    """Who else looks at the work that is in front on the grading desk; only for those who teach the course."""

    attempt_id: str = ""
    others: str = ""
    several: bool = False

    @handler(Permission.GRADE_WRITE, quiet=True)
    async def look(
        self,
        me: Principal,
        attempt_id: Annotated[str, Field(max_length=36)],
        left: Annotated[str, Field(max_length=36)],
    ) -> None:
        """Say what one looks at, and learn who does so, too."""
        async with unit_of_work(me) as work:
            names = await desks.look(
                work=work,
                me=me,
                attempt_id=parse_id(attempt_id),
                left=parse_id(left) if left else None,
            )
        self.attempt_id = attempt_id
        self.others, self.several = ", ".join(names), len(names) > 1


__all__ = ["DeskPresenceState", "PresenceChoiceState", "PresenceRuleState"]
