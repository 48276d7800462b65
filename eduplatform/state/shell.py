"""What every page shows around its content: the person, their organisation, their language."""

from __future__ import annotations

import re
from urllib.parse import quote

import reflex as rx

from eduplatform.config import get_settings
from eduplatform.domain.accounts import sign_in
from eduplatform.domain.classroom import presence
from eduplatform.domain.tenants.policy import contrast_on_white
from eduplatform.i18n.languages import LOCALES
from eduplatform.integrations.push import credentials
from eduplatform.realtime.channels import Channel
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.state.base import PUBLIC, NoticeState, handler, leave

HOME: dict[Role, str] = {
    Role.OPERATOR: "/operator",
    Role.ADMIN: "/admin",
    Role.TEACHER: "/teach",
    Role.STUDENT: "/learn",
    Role.GUARDIAN: "/family",
}
"""Where each role begins; a person with several roles begins at the first of these."""

CHOOSE = "/choose"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_READABLE = 5.3
"""Contrast on white that leaves at least 4.5:1 on our other light surfaces and on the colour's own soft tint."""


def home_of(me: Principal) -> str:
    """The page on which a person begins."""
    return next((path for role, path in HOME.items() if role in me.roles), CHOOSE)


def safe_accent(color: str) -> str:
    """An organisation's colour, darkened until text in it can be read on white.

    Args:
        color: As it is stored.

    Returns:
        ``#rrggbb`` in small letters, or an empty string when it is no colour.
    """
    if not _HEX.fullmatch(color):
        return ""
    channels = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    readable = "#{:02x}{:02x}{:02x}".format(*channels)
    while contrast_on_white(readable) < _READABLE:
        channels = [int(one * 0.94) for one in channels]
        readable = "#{:02x}{:02x}{:02x}".format(*channels)
    return readable


class ShellState(rx.State):
    """Filled first on every page."""

    signed_in: bool = False
    ready: bool = False
    name: str = ""
    initials: str = ""
    email: str = ""
    person: str = ""
    roles: list[str] = []
    main_role: str = ""
    home: str = "/"
    tenant_name: str = ""
    accent: str = ""
    locale: str = ""
    several: bool = False
    development: bool = False
    push: dict[str, str] = {}
    user_channel: str = ""
    tenant_channel: str = ""
    learner_channel: str = ""
    _counted_for: str = ""
    _place: str = ""

    @handler(PUBLIC)
    async def load(self, me: Principal | None) -> rx.event.EventSpec | None:
        """Fill the frame of the page; somebody who has not chosen an organisation yet is asked to."""
        self.development = not get_settings().production
        self._leave_other_pages()
        if me is None:
            self._forget()
            self.ready = True
            return None
        self.signed_in, self.ready = True, True
        self.name, self.email, self.locale = me.name, me.email, me.locale
        self.person = str(me.user_id or me.identity_id)
        self.initials = "".join(word[0] for word in me.name.split()[:2]).upper()
        self.roles = [role.value for role in HOME if role in me.roles]
        self.main_role = self.roles[0] if self.roles else ""
        self.home = home_of(me)
        self.tenant_name, self.accent = me.tenant_name, safe_accent(me.accent)
        self._follow(me)
        await presence.on_platform(me=me)
        if self._counted_for != str(me.session_id):
            others = [one for one in await sign_in.list_memberships(me=me) if one.tenant_id != me.tenant_id]
            self.several, self._counted_for = bool(others), str(me.session_id)
        path = self.router.url.path.rstrip("/") or "/"
        if not self.roles and path not in ("/", CHOOSE):
            return rx.redirect(f"{CHOOSE}?next={quote(path, safe='/')}", replace=True)
        return None

    def _follow(self, me: Principal) -> None:
        """Say where live updates come from, and the channels that every page of this person follows."""
        if me.tenant_id is None or me.user_id is None:
            self.push = {}
            self.user_channel = self.tenant_channel = self.learner_channel = ""
            return
        keys = credentials(get_settings())
        self.push = {"key": keys.key, "cluster": keys.cluster, "tenant": me.tenant_id.hex}
        self.user_channel = Channel.user(me.user_id).name(me.tenant_id)
        self.tenant_channel = Channel.tenant().name(me.tenant_id)
        student = Role.STUDENT in me.roles
        self.learner_channel = Channel.learner(me.user_id).name(me.tenant_id) if student else ""

    def _leave_other_pages(self) -> None:
        """On another address, empty what the pages visited before hold: a tab keeps one page's data, not all of them."""
        place = self.router.url.path
        if place == self._place:
            return
        self._place = place
        for state in self._get_root_state().substates.values():
            # A field that was never set is not among the attributes; asking for it would make its default.
            if vars(state).get("loaded"):
                state.reset()

    def _forget(self) -> None:
        """Keep nothing of the person who was here."""
        self.signed_in, self.several, self._counted_for = False, False, ""
        self.name = self.initials = self.email = self.person = self.main_role = ""
        self.tenant_name = self.accent = self.locale = ""
        self.push = {}
        self.user_channel = self.tenant_channel = self.learner_channel = ""
        self.roles, self.home = [], "/"

    @handler(PUBLIC, quiet=True)
    async def pulse(self, me: Principal | None) -> rx.event.EventSpec | None:
        """Notice that the session has ended, although the person does nothing; and that they are here, if it has not."""
        if me is not None:
            await presence.on_platform(me=me)
            return None
        if not self.signed_in:
            return None
        self._forget()
        return await leave(self)

    @handler(PUBLIC)
    async def go_home(self, me: Principal | None) -> rx.event.EventSpec:
        """From the root address to the person's own beginning."""
        return rx.redirect(home_of(me) if me is not None else "/login", replace=True)

    @handler(Permission.ACCOUNT)
    async def require_person(self, me: Principal) -> None:
        """For pages that show nothing but the frame's own data: whoever is not signed in is sent to sign in."""

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
