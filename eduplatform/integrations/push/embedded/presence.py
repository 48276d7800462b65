"""Who is in a presence channel: what a member may say of itself, and how the others hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from eduplatform.integrations.push.embedded.protocol import (
    MAX_USER_ID,
    MAX_USER_INFO_BYTES,
    Refused,
    as_object,
    encoded,
    framed,
)

SIGNED_IN = "#signed-in"
"""Channel of the bus that knows which users have a connection that signed in."""
WATCH = "#watch-"
"""Prefix of the channel whose subscribers want to know when one user comes and goes."""


@dataclass(frozen=True, slots=True)
class Member:
    """A user as others see it.

    Attributes:
        user_id: At most 128 characters.
        info: What else is known of the user, in JSON; at most 1 KB.
    """

    user_id: str
    info: str


def member(user_id: object, info: object) -> Member:
    """A member from signed data.

    Raises:
        Refused: There is no id, or it says more than a member may.
    """
    if not isinstance(user_id, str | int) or isinstance(user_id, bool) or not str(user_id):
        raise Refused("A user needs an id")
    found = Member(str(user_id), encoded(info))
    if len(found.user_id) > MAX_USER_ID:
        raise Refused(f"A user id has at most {MAX_USER_ID} characters")
    if len(found.info.encode()) > MAX_USER_INFO_BYTES:
        raise Refused(f"What is known of a user has at most {MAX_USER_INFO_BYTES} bytes")
    return found


def channel_member(channel_data: str) -> Member:
    """The member that a subscription's data names.

    Raises:
        Refused: It names none.
    """
    data = as_object(channel_data)
    return member(data.get("user_id"), data.get("user_info"))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a connection.

    Attributes:
        member: The user.
        watchlist: Users whose coming and going this one is told.
        tenant: Whose connections this one counts among; empty where the data does not say it.
    """

    member: Member
    watchlist: tuple[str, ...]
    tenant: str


def signed_in(user_data: str, *, longest_watchlist: int) -> SignedIn:
    """Read the data of a sign-in.

    Raises:
        Refused: It names no user, or its watchlist is too long.
    """
    data = as_object(user_data)
    listed = data.get("watchlist")
    watchlist = cast("list[object]", listed) if isinstance(listed, list) else []
    if len(watchlist) > longest_watchlist:
        raise Refused(f"A watchlist has at most {longest_watchlist} users", Refused.WATCHLIST)
    tenant = data.get("tenant")
    return SignedIn(
        member(data.get("id"), data.get("user_info")),
        tuple(dict.fromkeys(str(one) for one in watchlist)),
        tenant if isinstance(tenant, str) else "",
    )


def roster(members: Mapping[str, str]) -> str:
    """What a new subscriber is told of those who are there."""
    ids = ",".join(encoded(one) for one in members)
    infos = ",".join(f"{encoded(one)}:{info}" for one, info in members.items())
    return f'{{"presence":{{"ids":[{ids}],"hash":{{{infos}}},"count":{len(members)}}}}}'


def added_frame(channel: str, user_id: str, info: str) -> str:
    """A user's first connection subscribed."""
    data = f'{{"user_id":{encoded(user_id)},"user_info":{info}}}'
    return framed("pusher_internal:member_added", data, channel=channel)


def removed_frame(channel: str, user_id: str) -> str:
    """A user's last connection went."""
    return framed("pusher_internal:member_removed", encoded({"user_id": user_id}), channel=channel)


def watch_frame(*, online: list[str], offline: list[str]) -> str:
    """Users on somebody's watchlist came or went."""
    events = [
        {"name": name, "user_ids": ids} for name, ids in (("online", online), ("offline", offline)) if ids
    ]
    return framed("pusher_internal:watchlist_events", encoded({"events": events}))
