"""What an embedded Channels server can be told: who may use it, and how much."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from eduplatform.config import Settings

OWN_APP_ID = "1"
_SIGN_IN_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one server process; the defaults that concern clients are those of the hosted service.

    Attributes:
        activity_timeout: Seconds of silence after which a client is asked whether it is there.
        pong_timeout: Seconds that it has for the answer.
        idle_timeout: Seconds without anything but pings after which a connection is closed.
        sign_in_timeout: Seconds until a connection must have signed in or joined a private channel; 0 for no limit.
        client_events_per_second: Client events of one connection.
        frame_bytes: Largest frame that a client may send.
        queue_frames: Frames that may wait for a slow reader before its connection is given up.
        queue_bytes: The same in bytes.
        subscriptions: Channels of one connection.
        members: Users of one presence channel.
        watchlist: Users that one user may watch.
        connections: Connections of this process.
        tenant_connections: Connections of one tenant, in all processes.
    """

    activity_timeout: float = 120.0
    pong_timeout: float = 30.0
    idle_timeout: float = 86_400.0
    sign_in_timeout: float = 0.0
    client_events_per_second: int = 10
    frame_bytes: int = 32 * 1024
    queue_frames: int = 500
    queue_bytes: int = 1024 * 1024
    subscriptions: int = 200
    members: int = 100
    watchlist: int = 100
    connections: int = 10_000
    tenant_connections: int = 5_000


def _nobody(_origin: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Options:
    """One app of an embedded server.

    Attributes:
        app_id: Digits; what the server libraries name in their paths.
        key: Public name of the app, part of the address that browsers connect to.
        secret: Signs authorisations, calls of the REST API and webhooks.
        redis_url: Connects several processes; empty for one process alone.
        allows_origin: Whether a page of this origin may connect; asked with an empty string for clients without one.
        webhook_url: Where webhooks are posted; empty for none.
        subscription_counts: Tell subscribers how many they are.
        limits: Bounds of this process.
    """

    app_id: str
    key: str
    secret: str = field(repr=False)
    redis_url: str = field(default="", repr=False)
    allows_origin: Callable[[str], bool] = _nobody
    webhook_url: str = ""
    subscription_counts: bool = False
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The app of this installation: key and secret follow from the secret key, alike in all processes."""
        return cls(
            app_id=OWN_APP_ID,
            key=_derived(settings, "channels key")[:20],
            secret=_derived(settings, "channels secret"),
            redis_url=settings.redis_url.get_secret_value() if settings.redis_url else "",
            allows_origin=settings.allows_origin,
            webhook_url=settings.channels_webhook_url,
            subscription_counts=settings.channels_subscription_counts,
            limits=Limits(
                sign_in_timeout=_SIGN_IN_TIMEOUT_S,
                connections=settings.channels_connections,
                tenant_connections=settings.channels_tenant_connections,
            ),
        )


def _derived(settings: Settings, purpose: str) -> str:
    key = settings.secret_key.get_secret_value().encode()
    return hmac.new(key, purpose.encode(), hashlib.sha256).hexdigest()
