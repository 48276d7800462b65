"""The REST API for servers: publish, ask who is where, end a user's connections. Every call is signed with the app's secret.

https://pusher.com/docs/channels/library_auth_reference/rest-api/
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qsl, unquote

from eduplatform.integrations.push.embedded.bus import BusLost, Envelope
from eduplatform.integrations.push.embedded.hub import Hub
from eduplatform.integrations.push.embedded.protocol import (
    MAX_DATA_BYTES,
    MAX_EVENT_NAME,
    SERVER_TO_USER,
    Close,
    as_object,
    encoded,
    is_channel_name,
    is_encrypted,
    is_presence,
    is_signature,
    is_socket_id,
    is_target,
    request_text,
)
from eduplatform.observability.metrics import count
from eduplatform.observability.requests import Receive, Scope, Send

MAX_BODY_BYTES = 512 * 1024
MAX_CHANNELS = 100
MAX_BATCH = 10
_CLOCKS_APART_S = 600

Answer = Mapping[str, object]
Fields = Mapping[str, object]


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def _bad(message: str) -> _Refused:
    return _Refused(HTTPStatus.BAD_REQUEST, message)


@dataclass(frozen=True, slots=True)
class _Event:
    """One event of a call.

    Attributes:
        name: Its name.
        data: Its data, as text.
        channels: Where to.
        exclude: A connection that does not get it.
        info: What the caller wants to know of the channels.
    """

    name: str
    data: str
    channels: tuple[str, ...]
    exclude: str
    info: tuple[str, ...]


class RestApi:
    """The calls under ``/apps/{app id}``."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        status, content = HTTPStatus.OK, {}
        try:
            content = await self._answered(scope, receive)
        except _Refused as refused:
            status, content = refused.status, {"error": refused.message}
        except BusLost:
            status, content = HTTPStatus.SERVICE_UNAVAILABLE, {"error": "The other processes do not answer"}
        count("channels_calls_total", status=int(status))
        body = encoded(content).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answered(self, scope: Scope, receive: Receive) -> Answer:
        app, action = _split(scope["path"])
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        body = await _read(receive)
        self._require_signature(scope, app, query, body)
        call = self._call(scope["method"], action)
        fields = as_object(body.decode("utf-8", "replace")) if body else {}
        return await call(fields, query)

    def _require_signature(self, scope: Scope, app: str, query: Mapping[str, str], body: bytes) -> None:
        options = self._hub.options
        stamp = query.get("auth_timestamp", "")
        if app != options.app_id or query.get("auth_key") != options.key:
            raise _Refused(HTTPStatus.UNAUTHORIZED, "Unknown app or key")
        if not re.fullmatch(r"[0-9]{1,12}", stamp) or abs(time.time() - int(stamp)) > _CLOCKS_APART_S:
            raise _Refused(HTTPStatus.UNAUTHORIZED, f"Timestamp is not within {_CLOCKS_APART_S}s of ours")
        if query.get("auth_version") != "1.0":
            raise _Refused(HTTPStatus.UNAUTHORIZED, "Unknown version of the signature")
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if (body or "body_md5" in query) and query.get("body_md5") != digest:
            raise _Refused(HTTPStatus.UNAUTHORIZED, "The body is not the one that was signed")
        text = request_text(scope["method"], scope["path"], query)
        if not is_signature(options.secret, text, query.get("auth_signature", "")):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "The signature is not valid")

    def _call(self, method: str, action: str) -> Callable[[Fields, Mapping[str, str]], Awaitable[Answer]]:
        parts = [unquote(part) for part in action.split("/")]
        match (method, *parts):
            case ("POST", "events"):
                return self._events
            case ("POST", "batch_events"):
                return self._batch
            case ("GET", "channels"):
                return self._channels
            case ("GET", "channels", name):
                return lambda _fields, query: self._channel(name, query)
            case ("GET", "channels", name, "users"):
                return lambda _fields, _query: self._users(name)
            case ("POST", "users", user_id, "terminate_connections"):
                return lambda _fields, _query: self._terminate(user_id)
            case _:
                raise _Refused(HTTPStatus.NOT_FOUND, "There is no such call")

    async def _events(self, fields: Fields, _query: Mapping[str, str]) -> Answer:
        event = _event(fields)
        await self._publish(event)
        if not event.info:
            return {}
        return {"channels": {name: await self._attributes(name, event.info) for name in event.channels}}

    async def _batch(self, fields: Fields, _query: Mapping[str, str]) -> Answer:
        batch = fields.get("batch")
        if not isinstance(batch, list) or not 0 < len(cast("list[object]", batch)) <= MAX_BATCH:
            raise _bad(f"A batch holds 1 to {MAX_BATCH} events")
        events = [_event(cast("Fields", one)) for one in cast("list[object]", batch) if isinstance(one, dict)]
        for event in events:
            await self._publish(event)
        if not any(event.info for event in events):
            return {}
        return {"batch": [await self._attributes(event.channels[0], event.info) for event in events]}

    async def _publish(self, event: _Event) -> None:
        for channel in event.channels:
            await self._hub.publish(channel, event.name, event.data, exclude=event.exclude)

    async def _attributes(self, channel: str, info: tuple[str, ...]) -> dict[str, object]:
        found: dict[str, object] = {}
        if "user_count" in info:
            if not is_presence(channel):
                raise _bad("user_count is known of presence channels only")
            found["user_count"] = len(await self._hub.bus.members(channel))
        if "subscription_count" in info:
            found["subscription_count"] = await self._hub.bus.count(channel)
        if "cache" in info:
            last = await self._hub.bus.recall(channel)
            found["cache"] = {"data": as_object(last.frame)["data"], "ttl": last.seconds} if last else None
        return found

    async def _channels(self, _fields: Fields, query: Mapping[str, str]) -> Answer:
        prefix, info = query.get("filter_by_prefix", ""), _listed(query.get("info"))
        if "user_count" in info and not is_presence(prefix):
            raise _bad("user_count needs a filter_by_prefix that begins with presence-")
        names = await self._hub.bus.channels(prefix)
        return {"channels": {name: await self._attributes(name, info) for name in names}}

    async def _channel(self, name: str, query: Mapping[str, str]) -> Answer:
        attributes = await self._attributes(_known(name), _listed(query.get("info")))
        return {"occupied": await self._hub.bus.count(name) > 0, **attributes}

    async def _users(self, name: str) -> Answer:
        if not is_presence(_known(name)):
            raise _bad("Users are known of presence channels only")
        return {"users": [{"id": one} for one in await self._hub.bus.members(name)]}

    async def _terminate(self, user_id: str) -> Answer:
        await self._hub.bus.publish(Envelope("close", SERVER_TO_USER + user_id, str(int(Close.UNAUTHORIZED))))
        return {}


def _split(path: str) -> tuple[str, str]:
    found = re.fullmatch(r"/apps/([^/]+)/(.+)", path)
    if found is None:
        raise _Refused(HTTPStatus.NOT_FOUND, "There is no such call")
    return found[1], found[2]


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A call has at most {MAX_BODY_BYTES} bytes")
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)


def _known(name: str) -> str:
    if not is_channel_name(name):
        raise _bad("This cannot be the name of a channel")
    return name


def _listed(value: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) and value else ()


def _event(fields: Fields) -> _Event:
    """Read one event of a call.

    Raises:
        _Refused: Something is missing, unknown or too large.
    """
    name, data, listed = fields.get("name"), fields.get("data"), fields.get("channels")
    channels = cast("list[object]", listed) if isinstance(listed, list) else [fields.get("channel")]
    if not isinstance(name, str) or not 0 < len(name) <= MAX_EVENT_NAME:
        raise _bad(f"An event has a name of at most {MAX_EVENT_NAME} characters")
    if data is None:
        raise _bad("An event has data")
    text = data if isinstance(data, str) else encoded(data)
    if len(text.encode()) > MAX_DATA_BYTES:
        raise _Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The data of an event has at most {MAX_DATA_BYTES} bytes"
        )
    if not 0 < len(channels) <= MAX_CHANNELS:
        raise _bad(f"An event goes to 1 to {MAX_CHANNELS} channels")
    if len(channels) > 1 and any(isinstance(one, str) and is_encrypted(one) for one in channels):
        raise _bad("An event for an encrypted channel goes to no other channel")
    exclude = fields.get("socket_id") or ""
    if not isinstance(exclude, str) or (exclude and not is_socket_id(exclude)):
        raise _bad("This cannot be the id of a connection")
    return _Event(name, text, tuple(map(_target, channels)), exclude, _listed(fields.get("info")))


def _target(channel: object) -> str:
    if not isinstance(channel, str) or not is_target(channel):
        raise _bad("This cannot be the name of a channel")
    return channel
