"""A Pusher Channels server of our own, inside the process that serves the pages.

It speaks protocol 7 with ``pusher-js`` and the REST API with the ``pusher`` libraries, as the hosted service does, so that one client and one
publisher serve both. See ``docs/decisions/0011-channels-in-our-own-process.md``.
"""

from eduplatform.integrations.push.embedded.options import Limits, Options
from eduplatform.integrations.push.embedded.server import EmbeddedChannels

__all__ = ["EmbeddedChannels", "Limits", "Options"]
