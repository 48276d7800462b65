"""Who calls a route: the person behind the session cookie, with the permission that the route asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request

from eduplatform.domain.accounts import sessions
from eduplatform.errors import NotSignedIn
from eduplatform.security.cookies import session_cookie
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal


def require(permission: Permission) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that gives the signed-in person.

    Args:
        permission: What the route needs. The dependency raises ``NotSignedIn`` without a valid session, and
            ``Forbidden`` when no role of the person holds the permission.
    """

    async def principal(request: Request) -> Principal:
        cookie = session_cookie(request.headers.get("cookie", ""))
        if not cookie:
            raise NotSignedIn
        me = await sessions.resolve(cookie)
        me.require(permission)
        return me

    return principal
