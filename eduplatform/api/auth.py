"""The two routes that set and clear the session cookie; handlers of pages cannot."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from eduplatform.config import get_settings
from eduplatform.domain.accounts import sessions
from eduplatform.security import rate_limits
from eduplatform.security.cookies import cookie_name, session_cookie
from eduplatform.security.rate_limits import Rate

router = APIRouter(prefix="/auth", tags=["auth"])

TICKETS = Rate(per_second=20.0, burst=1000)


class TicketIn(BaseModel):
    """A one-time ticket from a sign-in page."""

    model_config = ConfigDict(extra="forbid", strict=True)

    ticket: str = Field(min_length=20, max_length=100)


def _address(request: Request) -> str:
    hops = get_settings().trusted_proxy_hops
    forwarded = [one.strip() for one in request.headers.get("x-forwarded-for", "").split(",") if one.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return request.client.host if request.client else ""


@router.post("/session", status_code=204)
async def open_session(body: TicketIn, request: Request, response: Response) -> None:
    """Exchange a ticket for the session cookie (HttpOnly; Secure and ``__Host-`` under https)."""
    address = _address(request)
    await rate_limits.require(f"ticket:{address}", TICKETS)
    value, lifetime = await sessions.open_session(
        ticket=body.ticket,
        previous=session_cookie(request.headers.get("cookie", "")) or None,
        device=request.headers.get("user-agent", ""),
        address=address,
    )
    response.set_cookie(
        cookie_name(),
        value,
        max_age=int(lifetime.total_seconds()) or None,
        path="/",
        secure=cookie_name().startswith("__Host-"),
        httponly=True,
        samesite="lax",
    )


@router.post("/sign-out", status_code=204)
async def sign_out(request: Request, response: Response) -> None:
    """End the session of this browser and tell it to forget what it stored."""
    cookie = session_cookie(request.headers.get("cookie", ""))
    if cookie:
        await sessions.close_session(cookie=cookie)
    response.delete_cookie(
        cookie_name(), path="/", secure=cookie_name().startswith("__Host-"), httponly=True, samesite="lax"
    )
    response.headers["Clear-Site-Data"] = '"cache"'
