"""Sign-in, choice of membership, passwords and one's own sessions."""

from __future__ import annotations

from typing import Annotated, TypedDict
from urllib.parse import urlsplit
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.domain.accounts import sessions, sign_in
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import (
    PUBLIC,
    Form,
    PageMixin,
    client_address,
    handler,
    notify,
    reader_locale,
    route_argument,
)
from eduplatform.state.shell import home_of

Secret = Annotated[str, Field(min_length=1, max_length=512)]
Email = Annotated[str, Field(min_length=1, max_length=254)]


class SignInForm(Form):
    """What the sign-in page sends."""

    email: Email
    password: Secret
    remember: bool = False


class ResetRequestForm(Form):
    """What the page for a forgotten password sends."""

    email: Email


class NewPasswordForm(Form):
    """What the page behind a mailed link sends."""

    password: Secret


class ChangePasswordForm(Form):
    """What the settings page sends."""

    current: Secret
    password: Secret


class MembershipRow(TypedDict):
    """A tenant to enter."""

    tenant_id: str
    name: str
    roles: str


class SessionRow(TypedDict):
    """A session in the settings."""

    id: str
    device: str
    opened: str
    seen: str
    current: bool


def safe_target(path: str) -> str:
    """A path inside this application, or the root: never another site (open redirect)."""
    parts = urlsplit(path)
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if inside and not path.startswith(("/auth", "/api", "/login")) else "/"


def tenant_of_host(host: str) -> str:
    """The organisation that a subdomain names, or an empty string."""
    base = get_settings().base_domain
    name = host.split(":")[0].casefold()
    return name.removesuffix(f".{base}") if base and name.endswith(f".{base}") else ""


class SignInState(PageMixin, rx.State):
    """The sign-in page. ``ticket`` is the one-time secret that the page exchanges for the cookie."""

    ticket: str = ""
    target: str = "/"

    @handler(PUBLIC, loads=True)
    async def load(self, me: Principal | None) -> rx.event.EventSpec | None:
        """Send a signed-in person on."""
        self.ticket = ""
        self.target = safe_target(str(self.router.url.query_parameters.get("next", "/")))
        return rx.redirect(home_of(me), replace=True) if me is not None else None

    @handler(PUBLIC)
    async def submit(self, me: Principal | None, form: SignInForm) -> None:
        """Check e-mail and password."""
        self.ticket = ""
        self.ticket = await sign_in.sign_in(
            email=form.email,
            password=form.password,
            address=client_address(self),
            remembered=form.remember,
            tenant_slug=tenant_of_host(self.router.headers.host),
        )


class ChooseState(PageMixin, rx.State):
    """The choice between memberships."""

    memberships: list[MembershipRow] = []
    ticket: str = ""

    @handler(Permission.ACCOUNT, loads=True)
    async def load(self, me: Principal) -> None:
        """List the tenants."""
        self.ticket = ""
        self.memberships = [
            MembershipRow(
                tenant_id=str(one.tenant_id),
                name=one.tenant_name,
                roles=", ".join(translate(role.capitalize(), me.locale) for role in one.roles),
            )
            for one in await sign_in.list_memberships(me=me)
        ]

    @handler(Permission.ACCOUNT)
    async def choose(self, me: Principal, tenant_id: UUID) -> None:
        """Enter a tenant with a new session."""
        self.ticket = await sign_in.choose_membership(me=me, tenant_id=tenant_id)


class ResetState(PageMixin, rx.State):
    """Forgotten password: asking for the link, and setting the new password behind it."""

    sent: bool = False
    done: bool = False

    @handler(PUBLIC, loads=True)
    async def load(self, me: Principal | None) -> None:
        """Start over."""
        self.sent, self.done = False, False

    @handler(PUBLIC)
    async def request(self, me: Principal | None, form: ResetRequestForm) -> None:
        """Mail the link; the answer is the same for every address."""
        await sign_in.request_reset(
            email=form.email, address=client_address(self), locale=reader_locale(self, me)
        )
        self.sent = True

    @handler(PUBLIC)
    async def save(self, me: Principal | None, form: NewPasswordForm) -> None:
        """Set the new password."""
        await sign_in.reset_password(token=route_argument(self, "token"), password=form.password)
        self.done = True


class SecurityState(PageMixin, rx.State):
    """One's own password and sessions."""

    sessions: list[SessionRow] = []
    changed: int = 0

    @handler(Permission.ACCOUNT, loads=True)
    async def load(self, me: Principal) -> None:
        """List the open sessions."""
        now = utc_now()
        self.sessions = [
            SessionRow(
                id=str(one.id),
                device=device_name(one.device),
                opened=format_relative(one.created_at, now, me.locale),
                seen=format_relative(one.last_seen_at, now, me.locale),
                current=one.current,
            )
            for one in await sessions.list_sessions(me=me)
        ]

    @handler(Permission.ACCOUNT)
    async def revoke(self, me: Principal, session_id: UUID) -> object:
        """End one of the sessions."""
        await sessions.revoke_session(me=me, session_id=session_id)
        await notify(self, "success", translate(N_("That session has ended."), me.locale))
        return SecurityState.load

    @handler(Permission.ACCOUNT)
    async def change_password(self, me: Principal, form: ChangePasswordForm) -> object:
        """Set a new password; other sessions end."""
        await sign_in.change_password(me=me, current=form.current, password=form.password)
        self.changed += 1
        await notify(self, "success", translate(N_("Your password is changed. Other sessions have ended."), me.locale))
        return SecurityState.load


def device_name(user_agent: str) -> str:
    """Browser and system of a user agent string, as people know them."""
    browsers = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("Linux", "Linux"))
    browser = next((name for mark, name in browsers if mark in user_agent), "Browser")
    system = next((name for mark, name in systems if mark in user_agent), "")
    return f"{browser}, {system}" if system else browser
