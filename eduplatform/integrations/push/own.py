"""Our own Channels server, in the process that serves the pages."""

from __future__ import annotations

from collections.abc import Sequence

from eduplatform.errors import NotFound, TooLarge, Unavailable
from eduplatform.integrations.push.embedded import EmbeddedChannels
from eduplatform.integrations.push.interface import Message, PushRefused, PushUnavailable


class OwnPush:
    """Publishes without leaving the process, or over Redis to the other ones.

    Args:
        server: The server; its ``asgi`` answers browsers.
    """

    def __init__(self, server: EmbeddedChannels) -> None:
        self.server = server

    async def start(self) -> None:
        """Begin to serve.

        Raises:
            Unavailable: Redis does not answer.
        """
        await self.server.start()

    async def stop(self) -> None:
        """Send all clients away to come back at once."""
        await self.server.stop()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send messages in their order.

        Raises:
            PushUnavailable: The other processes cannot be reached.
            PushRefused: One can never be sent; those before it were.
        """
        for one in messages:
            try:
                await self.server.publish(one.channel, one.event, one.data)
            except (NotFound, TooLarge) as error:
                raise PushRefused from error
            except Unavailable as error:
                raise PushUnavailable from error

    async def terminate_user(self, user_id: str) -> None:
        """End all sockets of a signed-in user.

        Raises:
            PushUnavailable: The other processes cannot be reached.
        """
        try:
            await self.server.terminate_user(user_id)
        except Unavailable as error:
            raise PushUnavailable from error

    async def channel_users(self, channel: str) -> list[str]:
        """The ids of those who follow a presence channel now.

        Raises:
            PushUnavailable: The other processes cannot be reached.
        """
        try:
            return list(await self.server.channel_users(channel))
        except Unavailable as error:
            raise PushUnavailable from error
