"""The address by which calendar programs read a person's calendar. The secret in it is the only credential."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from eduplatform.domain.calendar import feed
from eduplatform.security import rate_limits
from eduplatform.security.rate_limits import Rate
from eduplatform.security.tokens import token_hash

router = APIRouter(prefix="/api/calendar", tags=["calendar"])

PER_ADDRESS = Rate(per_second=1 / 5, burst=60)
"""Requests of one network address: guessing is hopeless, and shall not cost us anything either."""

PER_FEED = Rate(per_second=1 / 60, burst=20)
"""Requests for one calendar; programs ask every few hours."""


@router.get("/{secret}.ics", response_class=Response)
async def read_calendar(
    request: Request, secret: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
) -> Response:
    """The calendar as iCalendar; 404 for every address that nobody has."""
    host = request.client.host if request.client else ""
    await rate_limits.require(f"calendar-address:{host}", PER_ADDRESS)
    await rate_limits.require(f"calendar:{token_hash(secret).hex()}", PER_FEED)
    body = await feed.read(secret)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": 'attachment; filename="calendar.ics"',
        "X-Robots-Tag": "noindex",
    }
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)
