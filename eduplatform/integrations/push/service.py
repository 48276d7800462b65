"""The push service of this process."""

from __future__ import annotations

from functools import lru_cache

from eduplatform.config import get_settings
from eduplatform.integrations.push.credentials import credentials
from eduplatform.integrations.push.embedded import EmbeddedChannels, Options
from eduplatform.integrations.push.interface import Push
from eduplatform.integrations.push.own import OwnPush


@lru_cache
def push_service() -> Push:
    """The hosted service where its four keys are set, else our own server; one per process."""
    settings = get_settings()
    keys = credentials(settings)
    if not keys.hosted:
        return OwnPush(EmbeddedChannels(Options.of(settings)))
    # The vendor's library is loaded only where it is used.
    from eduplatform.integrations.push.hosted import HostedPush

    return HostedPush(keys)
