"""What every page shows around its content: the person, their organisation, their language."""

from __future__ import annotations

import reflex as rx

from eduplatform.domain.accounts import sign_in
from eduplatform.i18n.languages import LOCALES
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.state.base import PUBLIC, NoticeState, handler

HOME: dict[Role, str] = {
    Role.OPERATOR: "/operator",
    Role.ADMIN: "/admin",
    Role.TEACHER: "/teach",
    Role.STUDENT: "/learn",
    Role.GUARDIAN: "/family",
}
"""Where each role begins; a person with several roles begins at the first of these."""


def home_of(me: Principal) -> str:
    """The page on which a person begins."""
    return next((path for role, path in HOME.items() if role in me.roles), "/choose")


class ShellState(rx.State):
    """Filled first on every page."""

    signed_in: bool = False
    ready: bool = False
    name: str = ""
    initials: str = ""
    email: str = ""
    person: str = ""
    roles: list[str] = []
    home: str = "/"
    tenant_name: str = ""
    accent: str = ""
    locale: str = ""

    @handler(PUBLIC)
    async def load(self, me: Principal | None) -> None:
        """Fill the frame of the page."""
        self.ready = True
        self.signed_in = me is not None
        if me is None:
            return
        self.name, self.email, self.locale = me.name, me.email, me.locale
        self.person = str(me.user_id or me.identity_id)
        self.initials = "".join(word[0] for word in me.name.split()[:2]).upper()
        self.roles = [role.value for role in HOME if role in me.roles]
        self.home = home_of(me)
        self.tenant_name, self.accent = me.tenant_name, me.accent

    @handler(PUBLIC)
    async def go_home(self, me: Principal | None) -> rx.event.EventSpec:
        """From the root address to the person's own beginning."""
        return rx.redirect(home_of(me) if me is not None else "/login", replace=True)

    @handler(PUBLIC)
    async def dismiss(self, me: Principal | None, notice_id: str) -> None:
        """Take a notice off the screen."""
        notices = await self.get_state(NoticeState)
        notices.notices = [one for one in notices.notices if one["id"] != notice_id]

    @handler(Permission.ACCOUNT)
    async def choose_locale(self, me: Principal, locale: str) -> None:
        """Remember the language that the person chose."""
        if locale in LOCALES:
            await sign_in.set_locale(me=me, locale=locale)
            self.locale = locale
