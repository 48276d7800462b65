"""The session cookie, and what of it may come near a page's state.

Reflex keeps the headers of a socket's handshake in the state of the tab and sends most of them to the browser. So the cookie is
taken out of the handshake before Reflex sees it; in its place stands the digest by which the session is looked up. The
digest opens nothing: the cookie cannot be made from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie

from eduplatform.config import get_settings
from eduplatform.i18n import LOCALE_COOKIE
from eduplatform.security.tokens import token_hash

SESSION_HEADER = "x-edu-session"


def cookie_name() -> str:
    """The session cookie; the ``__Host-`` prefix makes browsers insist on Secure, Path=/ and no Domain."""
    return "__Host-edu_session" if get_settings().public_url.startswith("https://") else "edu_session"


def session_cookie(header: str) -> str:
    """The session cookie's value in a Cookie header, or an empty string."""
    try:
        jar: SimpleCookie = SimpleCookie(header)
    except CookieError:
        return ""
    morsel = jar.get(cookie_name())
    return morsel.value if morsel is not None else ""


def session_digest(header: str) -> str:
    """The digest of the session cookie in a Cookie header (64 hexadecimal digits), or an empty string."""
    cookie = session_cookie(header)
    return token_hash(cookie).hex() if cookie else ""


def without_cookie(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """A handshake's headers with the digest in place of the cookie, whatever the client sent under its name."""
    given = list(headers)
    cookie = b"; ".join(value for name, value in given if name.lower() == b"cookie")
    secret = (b"cookie", SESSION_HEADER.encode())
    kept = [(name, value) for name, value in given if name.lower() not in secret]
    locale = _locale_cookie(cookie.decode("latin-1"))
    if locale:
        kept.append((b"cookie", locale.encode("latin-1")))
    return [*kept, (SESSION_HEADER.encode(), session_digest(cookie.decode("latin-1")).encode())]


def _locale_cookie(header: str) -> str:
    """The reader's language, which is no secret and is needed before sign-in."""
    try:
        jar: SimpleCookie = SimpleCookie(header)
    except CookieError:
        return ""
    morsel = jar.get(LOCALE_COOKIE)
    return f"{LOCALE_COOKIE}={morsel.value}" if morsel is not None and morsel.value.isalnum() else ""
