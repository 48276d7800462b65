"""Where browsers are let into channels: one request for all that a page follows."""

from __future__ import annotations

import json
from time import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from eduplatform.api.principal import require
from eduplatform.config import get_settings
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.live import access
from eduplatform.errors import Forbidden, NotFound
from eduplatform.integrations.push import Credentials, credentials
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate

router = APIRouter(prefix="/api/realtime", tags=["realtime"])

Person = Annotated[Principal, Depends(require(Permission.ACCOUNT))]
ChannelName = Annotated[str, Field(min_length=1, max_length=164)]

MOST_CHANNELS = 20
ENTRIES = Rate(per_second=2.0, burst=60)
"""Requests of one session: each page makes one, and each connection that is made anew."""


class EntryIn(BaseModel):
    """What a socket wants to follow."""

    model_config = ConfigDict(extra="forbid", strict=True)

    socket_id: Annotated[str, Field(pattern=r"^[0-9]{1,20}\.[0-9]{1,20}$")]
    channels: Annotated[list[ChannelName], Field(max_length=MOST_CHANNELS)] = []
    user: bool = False


@router.post("/auth")
async def enter(body: EntryIn, me: Person) -> dict[str, Any]:
    """Let a socket into channels, and say who is behind it.

    Channels that are not for this person are null, like those that do not exist. The others get the protocol's signature, the number of
    their last event and its age in seconds, which tell whether a page was read before it. ``user`` is what the socket signs in with.
    """
    if me.tenant_id is None or me.user_id is None:
        raise Forbidden
    await rate_limits.require(f"realtime:{me.session_id}", ENTRIES)
    keys = credentials(get_settings())
    async with unit_of_work(me) as work:
        channels = {name: await _entry(work, me, keys, body.socket_id, name) for name in set(body.channels)}
        entered = [name for name, entry in channels.items() if entry is not None]
        numbers = await access.last_numbers(work=work, names=entered) if entered else {}
    now = time()
    for name in entered:
        number, moment = numbers.get(name, (0, now))
        channels[name] = {**(channels[name] or {}), "number": number, "age": round(max(0.0, now - moment), 3)}
    answer: dict[str, Any] = {"channels": channels}
    if body.user:
        data = json.dumps({"id": str(me.user_id), "tenant": me.tenant_id.hex})
        answer["user"] = {
            "auth": keys.authorize_user(socket_id=body.socket_id, user_data=data),
            "user_data": data,
        }
    return answer


async def _entry(
    work: Work, me: Principal, keys: Credentials, socket_id: str, name: str
) -> dict[str, Any] | None:
    """The signature for one channel; None where the person has nothing to look for."""
    try:
        await access.admit(work=work, me=me, name=name)
    except NotFound:
        return None
    return {"auth": keys.authorize_channel(socket_id=socket_id, channel=name)}
