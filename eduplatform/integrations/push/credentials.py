"""The keys of the push service: four given ones for the hosted service, or keys derived from the installation's secret."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from eduplatform.config import Settings
from eduplatform.integrations.push.embedded import Options


@dataclass(frozen=True, slots=True)
class Credentials:
    """What both sides of the protocol need.

    Attributes:
        app_id: Digits, as the protocol's server libraries want them.
        key: Public: browsers know it.
        secret: Signs subscriptions and requests.
        cluster: Of the hosted service; empty for our own server.
    """

    app_id: str
    key: str
    secret: str = field(repr=False)
    cluster: str = ""

    @property
    def hosted(self) -> bool:
        """Whether the vendor's service is used."""
        return bool(self.cluster)

    def sign(self, text: str) -> str:
        """The signature of a text: HMAC-SHA256 under the secret, in hexadecimal."""
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def authorize_channel(self, *, socket_id: str, channel: str, channel_data: str = "") -> str:
        """Let one socket subscribe to a private or presence channel; ``channel_data`` is signed byte for byte."""
        parts = [socket_id, channel, *([channel_data] if channel_data else [])]
        return f"{self.key}:{self.sign(':'.join(parts))}"

    def authorize_user(self, *, socket_id: str, user_data: str) -> str:
        """Say who is behind a socket, so that their sockets can be ended."""
        return f"{self.key}:{self.sign(f'{socket_id}::user::{user_data}')}"


def credentials(settings: Settings) -> Credentials:
    """The keys of this installation."""
    if settings.pusher_key and settings.pusher_secret is not None:
        return Credentials(
            settings.pusher_app_id,
            settings.pusher_key,
            settings.pusher_secret.get_secret_value(),
            settings.pusher_cluster,
        )
    own = Options.of(settings)
    return Credentials(own.app_id, own.key, own.secret)
