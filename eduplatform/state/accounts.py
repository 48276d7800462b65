"""Sign-in, choice of membership, passwords, invitations and one's own sessions."""

from __future__ import annotations

import math
import re
from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import ConfigDict, Field, StringConstraints

from eduplatform.config import get_settings
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import identity_work
from eduplatform.domain.accounts import service, sessions, sign_in
from eduplatform.domain.tenants import service as tenants
from eduplatform.errors import Conflict, Invalid, NotSignedIn, RateLimited
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_relative
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate
from eduplatform.security.tokens import pseudonym
from eduplatform.state.base import (
    PUBLIC,
    Form,
    PageMixin,
    client_address,
    handler,
    notify,
    reader_locale,
    route_argument,
    to_sign_in,
)
from eduplatform.state.shell import home_of

Secret = Annotated[str, Field(min_length=1, max_length=512)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]

DEMO_PASSWORD = "learn-by-doing-1"  # noqa: S105 - published, and refused in production
DEMO_ACCOUNTS = (
    "student@riverside.test",
    "teacher@riverside.test",
    "guardian@riverside.test",
    "admin@riverside.test",
    "teacher@northwind.test",
    "student@northwind.test",
    "operator@eduplatform.test",
)
LINK_TRIES = Rate(per_second=0.1, burst=10)
"""Passwords tried behind mailed links, per network address."""

_INSIDE = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
_OUTSIDE_OF_PAGES = ("/auth", "/api", "/login", "/_")
_LONGEST_TARGET = 1000


class SecretForm(Form):
    """A form with a password, which is taken as typed: spaces around it are part of it."""

    model_config = ConfigDict(str_strip_whitespace=False)


class SignInForm(SecretForm):
    """What the sign-in page sends."""

    email: Email
    password: Secret
    remember: bool = False


class ResetRequestForm(Form):
    """What the page for a forgotten password sends."""

    email: Email


class NewPasswordForm(SecretForm):
    """What the page behind a mailed link sends."""

    password: Secret


class ChangePasswordForm(SecretForm):
    """What the settings page sends."""

    current: Secret
    password: Secret


class AcceptForm(SecretForm):
    """What the page behind an invitation sends."""

    given_name: PersonName
    family_name: PersonName
    password: Secret


class MembershipRow(TypedDict):
    """An organisation to enter; ``roles`` are codes."""

    tenant_id: str
    name: str
    roles: list[str]
    current: bool


class SessionRow(TypedDict):
    """A session in the settings."""

    id: str
    device: str
    opened: str
    seen: str
    current: bool


def safe_target(path: str) -> str:
    """A path inside this application, or the root: never another site (open redirect).

    Browsers drop tabs and line ends from addresses and read a backslash as a slash, so only plain visible characters
    without a backslash and without a double slash pass.
    """
    inside = len(path) <= _LONGEST_TARGET and _INSIDE.fullmatch(path) and "//" not in path.partition("?")[0]
    return path if inside and not path.startswith(_OUTSIDE_OF_PAGES) else "/"


def tenant_of_host(host: str) -> str:
    """The organisation that a subdomain names, or an empty string."""
    base = get_settings().base_domain
    name = host.split(":")[0].casefold()
    return name.removesuffix(f".{base}") if base and name.endswith(f".{base}") else ""


def _next(state: rx.State) -> str:
    return safe_target(str(state.router.url.query_parameters.get("next", "/")))


def _wait(error: RateLimited) -> Invalid:
    """Too many tries, as the error of the form: nothing that was typed is lost, and a later try will be heard."""
    return Invalid(error.detail, params=error.params)


async def _slow_down(state: rx.State, kind: str) -> None:
    wait = await rate_limits.take(f"{kind}:{pseudonym('address', client_address(state))}", LINK_TRIES)
    if wait > 0:
        raise Invalid(
            N_("Too many attempts. Please wait {seconds} seconds."), params={"seconds": math.ceil(wait)}
        )


class SignInState(PageMixin, rx.State):
    """The sign-in page. ``ticket`` is the one-time secret that the page exchanges for the cookie."""

    ticket: str = ""
    target: str = "/"
    tries: int = 0
    tenant_name: str = ""
    demo_accounts: list[str] = []
    demo_password: str = ""

    @handler(PUBLIC, loads=True)
    async def load(self, me: Principal | None) -> rx.event.EventSpec | None:
        """Send a signed-in person on; say whose page this is."""
        self.ticket, self.target = "", _next(self)
        if me is not None:
            return rx.redirect(home_of(me) if self.target == "/" else self.target, replace=True)
        slug = tenant_of_host(self.router.headers.host)
        if slug:
            async with identity_work() as work:
                tenant = await tenants.find_tenant(work=work, slug=slug)
            self.tenant_name = tenant.name if tenant is not None else ""
        if get_settings().demo:
            self.demo_accounts, self.demo_password = list(DEMO_ACCOUNTS), DEMO_PASSWORD
        if self.router.url.query_parameters.get("failed"):
            text = N_("We could not sign you in. Please try again.")
            self.errors = {"form": translate(text, reader_locale(self, me))}
        return None

    @handler(PUBLIC)
    async def submit(self, me: Principal | None, form: SignInForm) -> None:
        """Check e-mail and password."""
        self.ticket = ""
        self.tries += 1
        try:
            self.ticket = await sign_in.sign_in(
                email=form.email,
                password=form.password,
                address=client_address(self),
                remembered=form.remember,
                tenant_slug=tenant_of_host(self.router.headers.host),
            )
        except RateLimited as error:
            raise _wait(error) from error


class ChooseState(PageMixin, rx.State):
    """The choice between memberships; also for people who have not entered any organisation yet, hence have no role."""

    memberships: list[MembershipRow] = []
    ticket: str = ""
    target: str = "/"

    @handler(PUBLIC, loads=True)
    async def load(self, me: Principal | None) -> rx.event.EventSpec | None:
        """List the organisations."""
        self.ticket, self.target = "", _next(self)
        if me is None:
            return to_sign_in(self)
        self.memberships = [
            MembershipRow(
                tenant_id=str(one.tenant_id),
                name=one.tenant_name,
                roles=list(one.roles),
                current=one.tenant_id == me.tenant_id,
            )
            for one in await sign_in.list_memberships(me=me)
        ]
        return None

    @handler(PUBLIC)
    async def choose(self, me: Principal | None, tenant_id: UUID) -> rx.event.EventSpec | None:
        """Enter an organisation with a new session."""
        if me is None:
            return to_sign_in(self)
        self.ticket = await sign_in.choose_membership(me=me, tenant_id=tenant_id)
        return None


class ResetState(PageMixin, rx.State):
    """Forgotten password: asking for the link, and setting the new password behind it."""

    sent: bool = False
    done: bool = False
    link_is_valid: bool = True
    tries: int = 0

    @handler(PUBLIC, loads=True)
    async def load(self, me: Principal | None) -> None:
        """Start over."""
        self.sent, self.done, self.link_is_valid = False, False, True

    @handler(PUBLIC)
    async def request(self, me: Principal | None, form: ResetRequestForm) -> None:
        """Mail the link; the answer is the same for every address."""
        self.tries += 1
        try:
            await sign_in.request_reset(
                email=form.email, address=client_address(self), locale=reader_locale(self, me)
            )
        except RateLimited as error:
            raise _wait(error) from error
        self.sent = True

    @handler(PUBLIC)
    async def save(self, me: Principal | None, form: NewPasswordForm) -> None:
        """Set the new password."""
        self.tries += 1
        await _slow_down(self, "reset_link")
        try:
            await sign_in.reset_password(token=route_argument(self, "token"), password=form.password)
        except NotSignedIn:
            self.link_is_valid = False
            return
        self.done = True


class InvitationState(PageMixin, rx.State):
    """The page behind an invitation. ``known`` people prove their password, new ones choose one."""

    email: str = ""
    given_name: str = ""
    family_name: str = ""
    tenant_name: str = ""
    known: bool = False
    link_is_valid: bool = True
    accepted: bool = False
    ticket: str = ""
    tries: int = 0

    @handler(PUBLIC, loads=True)
    async def load(self, me: Principal | None) -> None:
        """Show who invites whom."""
        self.ticket, self.accepted, self.link_is_valid = "", False, True
        try:
            read = await service.read_invitation(token=route_argument(self, "token"))
        except NotSignedIn:
            self.link_is_valid = False
            return
        self.email, self.given_name, self.family_name, self.tenant_name, self.known = read

    @handler(PUBLIC)
    async def accept(self, me: Principal | None, form: AcceptForm) -> None:
        """Join the organisation and sign in."""
        self.tries += 1
        await _slow_down(self, "invitation")
        try:
            self.ticket = await service.accept_invitation(
                token=route_argument(self, "token"),
                given_name=form.given_name,
                family_name=form.family_name,
                password=form.password,
            )
        except NotSignedIn:
            self.link_is_valid = False
            return
        except Conflict as error:
            raise Invalid(error.detail) from error
        self.accepted = True


class SecurityState(PageMixin, rx.State):
    """One's own password and sessions. ``changed`` counts the changes of password."""

    sessions: list[SessionRow] = []
    changed: int = 0
    tries: int = 0

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
        self.tries += 1
        try:
            await sign_in.change_password(me=me, current=form.current, password=form.password)
        except RateLimited as error:
            raise _wait(error) from error
        self.changed += 1
        await notify(
            self, "success", translate(N_("Your password is changed. Other sessions have ended."), me.locale)
        )
        return SecurityState.load


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """Browser and system of a user agent string, as people know them."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser}, {system}" if system else browser
