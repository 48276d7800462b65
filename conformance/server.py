"""The embedded server alone, with the two apps that the tests of ``pusher-js`` use: ``python -m conformance.server PORT [CERTIFICATE KEY]``.

Redis is taken from ``REDIS_URL``; without it this is a process alone.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels

from eduplatform.integrations.push.embedded import EmbeddedChannels, Options
from eduplatform.runtime.server import GOODBYE, FarewellServer

# The keys are written in the tests; the secrets are ours.
APPS = {
    "c49a449b916bb4246729": ("1", "mt1-conformance-secret"),
    "cb7d5e50f5669e5c9ae6": ("2", "eu-conformance-secret"),
}


class TwoApps:
    """Hands each connection and call to the app that it names."""

    def __init__(self) -> None:
        redis, webhooks = os.environ.get("REDIS_URL", ""), os.environ.get("WEBHOOK_URL", "")
        self._servers = {
            key: EmbeddedChannels(
                Options(
                    app_id=app_id,
                    key=key,
                    secret=secret,
                    redis_url=redis,
                    webhook_url=webhooks,
                    allows_origin=lambda _origin: True,
                    subscription_counts=True,
                )
            )
            for key, (app_id, secret) in APPS.items()
        }
        self._by_id = {one.options.app_id: one for one in self._servers.values()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve."""
        if scope["type"] == "lifespan":
            await self._life(receive, send)
            return
        named = re.match(r"/apps?/([^/]+)", scope["path"])
        name = named[1] if named else ""
        server = self._servers.get(name) or self._by_id.get(name) or next(iter(self._servers.values()))
        await server.asgi(scope, receive, send)

    async def _life(self, receive: Any, send: Any) -> None:
        await receive()
        for one in self._servers.values():
            await one.start()
        asyncio.get_running_loop().add_signal_handler(GOODBYE, self._say_goodbye)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for one in self._servers.values():
            await one.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def _say_goodbye(self) -> None:
        for one in self._servers.values():
            one.say_goodbye()


def main() -> None:
    """Serve until stopped."""
    port, *tls = sys.argv[1:]
    FarewellServer(
        "conformance.server:TwoApps",
        factory=True,
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.ASGI,
        workers=int(os.environ.get("WORKERS", "1")),
        log_level=LogLevels.warning,
        ssl_cert=Path(tls[0]) if tls else None,
        ssl_key=Path(tls[1]) if tls else None,
    ).serve()


if __name__ == "__main__":
    main()
