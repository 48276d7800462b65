"""The server as an ASGI application: sockets under ``/app/{key}``, the REST API under ``/apps/{id}/``."""

from __future__ import annotations

import asyncio
import re
import signal
from urllib.parse import parse_qs

from eduplatform.errors import NotFound, TooLarge, Unavailable
from eduplatform.integrations.push.embedded.bus import Bus, BusLost, Envelope, LocalBus
from eduplatform.integrations.push.embedded.connections import Connection
from eduplatform.integrations.push.embedded.hub import Hub
from eduplatform.integrations.push.embedded.options import Options
from eduplatform.integrations.push.embedded.protocol import (
    MAX_DATA_BYTES,
    PROTOCOLS,
    REASONS,
    SERVER_TO_USER,
    Close,
    is_target,
)
from eduplatform.integrations.push.embedded.redis_bus import RedisBus
from eduplatform.integrations.push.embedded.rest import RestApi
from eduplatform.integrations.push.embedded.session import Session
from eduplatform.observability.metrics import count
from eduplatform.observability.requests import Receive, Scope, Send

_SOCKET_PATH = re.compile(r".*/app/(?P<key>[^/]+)")


class EmbeddedChannels:
    """A Pusher Channels server inside our own process.

    ``asgi`` is the application; its ``start`` and ``stop`` belong into the life of the process (served alone, it does that itself).
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self._hub = Hub(options, _bus(options))
        self._rest = RestApi(self._hub)

    async def start(self) -> None:
        """Begin to deliver.

        Raises:
            Unavailable: Redis does not answer.
        """
        try:
            await self._hub.start()
        except BusLost as lost:
            raise Unavailable("Redis does not answer.") from lost

    def say_goodbye_at(self, number: signal.Signals) -> None:
        """On this signal, send all clients away to come back at once (4200) and let nobody in.

        The process's own server drops sockets without a word when it stops, so that it has to be told before.
        """
        asyncio.get_running_loop().add_signal_handler(number, self.say_goodbye)

    def say_goodbye(self) -> None:
        """Send all clients away to come back at once (4200), and let nobody in."""
        self._hub.say_goodbye()

    async def stop(self) -> None:
        """Send all clients away to come back at once (4200), and stop."""
        await self._hub.stop()

    async def publish(
        self, channel: str, event: str, data: str, *, exclude_socket: str | None = None
    ) -> None:
        """Send an event to the subscribers of a channel, wherever they are connected.

        Args:
            channel: Its name, or ``#server-to-user-`` and a user's id.
            event: Name of the event.
            data: Text, by convention of JSON; at most 10 KB.
            exclude_socket: Id of a connection that does not get it.

        Raises:
            NotFound: No channel can have this name.
            TooLarge: The data is too long.
            Unavailable: The other processes cannot be reached; nothing is said of whether it was delivered.
        """
        if not is_target(channel):
            raise NotFound
        if len(data.encode()) > MAX_DATA_BYTES:
            raise TooLarge
        try:
            await self._hub.publish(channel, event, data, exclude=exclude_socket or "")
        except BusLost as lost:
            raise Unavailable from lost

    async def terminate_user(self, user_id: str) -> None:
        """End all connections that signed in as this user; they do not come back by themselves.

        Raises:
            Unavailable: The other processes cannot be reached.
        """
        code = str(int(Close.UNAUTHORIZED))
        try:
            await self._hub.bus.publish(Envelope("close", SERVER_TO_USER + user_id, code))
        except BusLost as lost:
            raise Unavailable from lost

    async def channel_users(self, channel: str) -> dict[str, str]:
        """Users of a presence channel, with what they show of themselves in JSON.

        Raises:
            Unavailable: The other processes cannot be reached.
        """
        try:
            return await self._hub.bus.members(channel)
        except BusLost as lost:
            raise Unavailable from lost

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection or request."""
        match scope["type"]:
            case "websocket":
                await self._socket(scope, receive, send)
            case "lifespan":
                await self._life(receive, send)
            case _:
                await self._rest.answer(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        refusal = self._refusal(scope)
        if refusal is not None:
            # A close before the acceptance would reach the browser as 1006, without a reason.
            count("channels_closed_total", code=int(refusal))
            await send({"type": "websocket.close", "code": int(refusal), "reason": REASONS[refusal]})
            return
        connection = Connection(send, self.options.limits)
        await Session(self._hub, connection).run(receive)

    def _refusal(self, scope: Scope) -> Close | None:
        """Why this connection cannot be, if it cannot."""
        path = _SOCKET_PATH.fullmatch(scope["path"])
        if path is None:
            return Close.NO_PATH
        if path["key"] != self.options.key:
            return Close.UNKNOWN_APP
        version = parse_qs(scope["query_string"].decode("latin-1")).get("protocol", [""])[0]
        if not version:
            return Close.NO_VERSION
        if not re.fullmatch(r"[0-9]{1,4}", version):
            return Close.INVALID_VERSION
        if int(version) not in PROTOCOLS:
            return Close.UNSUPPORTED_VERSION
        if not self.options.allows_origin(_origin(scope)):
            return Close.UNAUTHORIZED
        if self._hub.stopping:
            return Close.RECONNECT
        full = len(self._hub.connections) >= self.options.limits.connections
        return Close.OVER_CAPACITY if full else None

    async def _life(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.start()
        except Unavailable as error:
            await send({"type": "lifespan.startup.failed", "message": error.detail})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})


def _bus(options: Options) -> Bus:
    return RedisBus(options.redis_url, options.app_id) if options.redis_url else LocalBus()


def _origin(scope: Scope) -> str:
    return next(
        (value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"origin"), ""
    )
