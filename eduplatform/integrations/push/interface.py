"""What the platform asks of a push service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class PushUnavailable(Exception):
    """The service did not answer, or not now; the same messages may succeed later."""


class PushRefused(Exception):
    """The service will never take these messages."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message on its way.

    Attributes:
        channel: Name of the channel.
        event: Name of the event.
        data: What browsers get, at most 10 KB.
    """

    channel: str
    event: str
    data: str


class Push(Protocol):
    """What the platform needs of the service."""

    async def start(self) -> None:
        """Begin to serve, where the service is our own.

        Raises:
            Unavailable: What it needs is not there.
        """
        ...

    async def stop(self) -> None:
        """Send everybody away to come back elsewhere, and end."""
        ...

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send messages in their order.

        Raises:
            PushUnavailable: Nobody can say whether they arrived.
            PushRefused: They will never be taken.
        """
        ...

    async def terminate_user(self, user_id: str) -> None:
        """End all sockets of a signed-in user; they come back if they still may.

        Raises:
            PushUnavailable: The service did not answer.
        """
        ...

    async def channel_users(self, channel: str) -> list[str]:
        """The ids of those who follow a presence channel now.

        Raises:
            PushUnavailable: The service did not answer.
        """
        ...
