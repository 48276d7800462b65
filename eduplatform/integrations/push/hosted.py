"""The hosted service, through the vendor's own library; its calls block, so they are made in a worker thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pusher  # pyright: ignore[reportMissingTypeStubs]
from pusher.errors import (  # pyright: ignore[reportMissingTypeStubs]
    PusherBadRequest,
    PusherBadStatus,
    PusherError,
)
from pusher.http import POST, Request  # pyright: ignore[reportMissingTypeStubs]

from eduplatform.integrations.push.credentials import Credentials
from eduplatform.integrations.push.interface import Message, PushRefused, PushUnavailable

BATCH = 10
"""Messages that the service takes in one request."""

MAX_DATA_BYTES = 10 * 1024
TIMEOUT_S = 5


class HostedPush:
    """Publishes through pusher.com, or through any server that speaks its REST API.

    Args:
        keys: Of the app.
        host: Another server than the cluster's, for tests: host name only.
        port: Its port.
    """

    def __init__(self, keys: Credentials, *, host: str | None = None, port: int | None = None) -> None:
        where: dict[str, Any] = (
            {"host": host, "port": port, "ssl": False} if host else {"cluster": keys.cluster, "ssl": True}
        )
        self._client: Any = pusher.Pusher(
            app_id=keys.app_id, key=keys.key, secret=keys.secret, timeout=TIMEOUT_S, **where
        )

    async def start(self) -> None:
        """Nothing to begin: each call is a request."""

    async def stop(self) -> None:
        """Nothing to end."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send messages in their order, ten in one request.

        Raises:
            PushUnavailable: A request was not answered well; earlier ones may have arrived.
            PushRefused: The service will never take one of them.
        """
        if any(len(one.data.encode()) > MAX_DATA_BYTES for one in messages):
            raise PushRefused("a message is larger than the service takes")
        for start in range(0, len(messages), BATCH):
            batch = [
                {"channel": one.channel, "name": one.event, "data": one.data}
                for one in messages[start : start + BATCH]
            ]
            # Encoded already: the library would measure Python's own overhead and refuse what the service takes.
            await self._call(lambda batch=batch: self._client.trigger_batch(batch, already_encoded=True))

    async def terminate_user(self, user_id: str) -> None:
        """End all sockets of a signed-in user.

        Raises:
            PushUnavailable: The service did not answer.
        """
        # The library's own call leaves the app out of the path and is answered with 404 by every server.
        inner: Any = self._client._pusher_client
        path = f"/apps/{inner.app_id}/users/{user_id}/terminate_connections"
        await self._call(lambda: inner.http.send_request(Request(inner, POST, path, {})))

    async def channel_users(self, channel: str) -> list[str]:
        """The ids of those who follow a presence channel now.

        Raises:
            PushUnavailable: The service did not answer.
        """
        found: Any = await self._call(lambda: self._client.users_info(channel))
        return [str(one["id"]) for one in found.get("users", [])]

    async def _call(self, call: Callable[[], Any]) -> Any:
        try:
            return await asyncio.to_thread(call)
        except PusherBadRequest as error:
            raise PushRefused from error
        except PusherBadStatus as error:
            # The library tells the status in the text alone; 413 is a message that is too large.
            if str(error).startswith("413"):
                raise PushRefused from error
            raise PushUnavailable from error
        except (PusherError, OSError) as error:
            raise PushUnavailable from error
