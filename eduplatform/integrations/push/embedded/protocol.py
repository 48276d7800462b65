"""Pusher Channels, protocol 7: names, limits, signatures, frames and close codes. Pure functions.

https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

PROTOCOLS = range(5, 8)
MAX_NAME = 200
MAX_EVENT_NAME = 200
MAX_DATA_BYTES = 10 * 1024
MAX_USER_ID = 128
MAX_USER_INFO_BYTES = 1024

SERVER_TO_USER = "#server-to-user-"
"""Prefix of the channel that reaches all connections of one signed-in user."""
CLIENT_EVENT = "client-"

_NAME = re.compile(rf"[-a-zA-Z0-9_=@,.;]{{1,{MAX_NAME}}}")
_SOCKET_ID = re.compile(r"[0-9]+\.[0-9]+")
_TENANT = re.compile(r"(?:private|presence)-(?:encrypted-)?(?:cache-)?t\.([0-9a-f]{32})\.")


class Close(IntEnum):
    """Why a server ends a connection. Below 4100 clients give up, from 4100 they wait a little, from 4200 they return at once."""

    TOO_BIG = 1009
    TLS_ONLY = 4000
    UNKNOWN_APP = 4001
    OVER_QUOTA = 4004
    NO_PATH = 4005
    INVALID_VERSION = 4006
    UNSUPPORTED_VERSION = 4007
    NO_VERSION = 4008
    UNAUTHORIZED = 4009
    OVER_CAPACITY = 4100
    RECONNECT = 4200
    NO_PONG = 4201
    INACTIVE = 4202


REASONS = {
    Close.TOO_BIG: "Message too big",
    Close.TLS_ONLY: "Application only accepts TLS connections, reconnect using wss://",
    Close.UNKNOWN_APP: "Application does not exist",
    Close.OVER_QUOTA: "Application is over connection quota",
    Close.NO_PATH: "Path not found",
    Close.INVALID_VERSION: "Invalid version string format",
    Close.UNSUPPORTED_VERSION: "Unsupported protocol version",
    Close.NO_VERSION: "No protocol version supplied",
    Close.UNAUTHORIZED: "Connection is unauthorized",
    Close.OVER_CAPACITY: "Over capacity",
    Close.RECONNECT: "Server is restarting, reconnect immediately",
    Close.NO_PONG: "Pong reply not received in time",
    Close.INACTIVE: "Closed after inactivity",
}


class Refused(Exception):
    """What a client asked for is not done; it is told with a ``pusher:error`` event and stays connected.

    Attributes:
        message: English sentence for developers.
        code: Error code of the protocol, where there is one.
    """

    RATE, WATCHLIST = 4301, 4302

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.message, self.code = message, code


@dataclass(frozen=True, slots=True)
class Incoming:
    """A frame from a client.

    Attributes:
        event: Its name.
        channel: The channel that it names, or an empty string.
        data: Its data as sent: an object, a string or anything else that JSON can say.
    """

    event: str
    channel: str
    data: object

    def fields(self) -> Mapping[str, object]:
        """The data as an object; clients may send it as one, or as text of one."""
        data = self.data
        if isinstance(data, str):
            data = decoded(data)
        return cast("dict[str, object]", data) if isinstance(data, dict) else {}


def encoded(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def decoded(text: str) -> object:
    """What a text says in JSON; ``None`` where it says nothing."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def as_object(text: str) -> dict[str, object]:
    """A text that says an object in JSON, as that object; anything else as an empty one."""
    value = decoded(text)
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def parsed(text: str) -> Incoming:
    """Read a frame.

    Raises:
        Refused: It is not an event in JSON.
    """
    frame = as_object(text)
    event, channel = frame.get("event"), frame.get("channel", "")
    if not isinstance(event, str) or not isinstance(channel, str):
        raise Refused("Messages are JSON objects with an event")
    return Incoming(event, channel, frame.get("data"))


def framed(event: str, data: object, *, channel: str = "", user_id: str = "") -> str:
    """A frame for clients; ``data`` is text of JSON except in errors."""
    frame: dict[str, object] = {"event": event}
    if channel:
        frame["channel"] = channel
    frame["data"] = data
    if user_id:
        frame["user_id"] = user_id
    return encoded(frame)


def error_frame(refused: Refused) -> str:
    """How a client learns that something was not done."""
    return framed("pusher:error", {"message": refused.message, "code": refused.code})


def is_channel_name(name: str) -> bool:
    """Whether clients can subscribe to a channel of this name, and servers publish to it."""
    return _NAME.fullmatch(name) is not None


def is_target(name: str) -> bool:
    """Whether servers can publish to this: a channel, or all connections of a user."""
    user_id = name.removeprefix(SERVER_TO_USER)
    return is_channel_name(name) if user_id == name else 0 < len(user_id) <= MAX_USER_ID


def is_socket_id(text: str) -> bool:
    """Whether this can be the id of a connection."""
    return _SOCKET_ID.fullmatch(text) is not None


def is_private(name: str) -> bool:
    """Whether a subscription needs a signature."""
    return name.startswith(("private-", "presence-"))


def is_presence(name: str) -> bool:
    """Whether subscribers see who else is there."""
    return name.startswith("presence-")


def is_encrypted(name: str) -> bool:
    """Whether only publisher and subscribers can read the data."""
    return name.startswith("private-encrypted-")


def is_cache(name: str) -> bool:
    """Whether new subscribers get the last event."""
    return name.startswith(("cache-", "private-cache-", "private-encrypted-cache-", "presence-cache-"))


def tenant_of(name: str) -> str:
    """The tenant (32 hexadecimal digits) that a private channel's name carries, or an empty string."""
    found = _TENANT.match(name)
    return found[1] if found else ""


def signature(secret: str, text: str | bytes) -> str:
    """HMAC-SHA256 in hexadecimal."""
    content = text if isinstance(text, bytes) else text.encode()
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def is_signature(secret: str, text: str | bytes, given: str) -> bool:
    """Whether a signature is right, compared in constant time."""
    return hmac.compare_digest(signature(secret, text).encode(), given.encode("utf-8", "replace"))


def channel_text(socket_id: str, channel: str, channel_data: str = "") -> str:
    """What is signed to let a connection into a channel; ``channel_data`` byte by byte as it was sent."""
    return ":".join(part for part in (socket_id, channel, channel_data) if part)


def user_text(socket_id: str, user_data: str) -> str:
    """What is signed to say who is behind a connection."""
    return f"{socket_id}::user::{user_data}"


def request_text(method: str, path: str, query: Mapping[str, str]) -> str:
    """What is signed in a call of the REST API: the sorted query without its signature, not escaped."""
    pairs = sorted((name.lower(), value) for name, value in query.items() if name != "auth_signature")
    return "\n".join((method, path, "&".join(f"{name}={value}" for name, value in pairs)))
