"""What happened in channels, told to an address of the operator's: signed, a little late on purpose, and again until it is heard.

A channel that is vacated and a user who goes are told only if they do not come back within a moment, so that reloading a page tells nothing.
https://pusher.com/docs/channels/server_api/webhooks/
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Coroutine, Mapping

import httpx

from eduplatform.integrations.push.embedded.bus import Bus, BusLost, Change
from eduplatform.integrations.push.embedded.options import Options
from eduplatform.integrations.push.embedded.protocol import encoded, is_presence, signature
from eduplatform.observability.metrics import count

_RETURN_S = 3.0
_TRY_FOR_S = 300.0
"""Receivers refuse what is older, so that nobody can play it again."""
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_TIMEOUT_S = 10.0
_WAITING = 2_000
_TOGETHER = 50

Happening = Mapping[str, str | int]


class Webhooks:
    """The messenger of one process."""

    def __init__(self, options: Options, bus: Bus) -> None:
        self._options, self._bus = options, bus
        self._waiting: deque[Happening] = deque(maxlen=_WAITING)
        self._wanted = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to send."""
        self._spawn(self._send_all())

    async def stop(self) -> None:
        """Stop; what was not sent is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def changed(self, change: Change) -> None:
        """A channel was occupied or vacated, or users came or went."""
        tell = self._tell_arrival if change.came else self._tell_departure
        if change.turned:
            self._spawn(tell(change.channel, ""))
        if is_presence(change.channel):
            for user_id in change.users:
                self._spawn(tell(change.channel, user_id))

    def client_event(self, channel: str, event: str, data: str, socket_id: str, user_id: str) -> None:
        """A client sent an event to others."""
        happening: dict[str, str | int] = {
            "name": "client_event",
            "channel": channel,
            "event": event,
            "data": data,
            "socket_id": socket_id,
        }
        if user_id:
            happening["user_id"] = user_id
        self._add(happening)

    def missed(self, channel: str) -> None:
        """Somebody subscribed to a cache channel that remembers nothing."""
        self._add({"name": "cache_miss", "channel": channel})

    def counted(self, channel: str, subscriptions: int) -> None:
        """A channel has another number of subscriptions."""
        self._add({"name": "subscription_count", "channel": channel, "subscription_count": subscriptions})

    async def _tell_arrival(self, channel: str, user_id: str) -> None:
        try:
            if not await self._bus.claim(channel, user_id):
                return
        except BusLost:  # better told twice than never
            pass
        self._add(_event("member_added" if user_id else "channel_occupied", channel, user_id))

    async def _tell_departure(self, channel: str, user_id: str) -> None:
        await asyncio.sleep(_RETURN_S)
        try:
            if not await self._bus.disclaim(channel, user_id):
                return
        except BusLost:
            return
        self._add(_event("member_removed" if user_id else "channel_vacated", channel, user_id))

    def _add(self, happening: Happening) -> None:
        if len(self._waiting) == _WAITING:
            count("channels_webhooks_total", result="dropped")
        self._waiting.append(happening)
        self._wanted.set()

    async def _send_all(self) -> None:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as http:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                while self._waiting:
                    together = [self._waiting.popleft() for _ in range(min(_TOGETHER, len(self._waiting)))]
                    await self._send(http, together)

    async def _send(self, http: httpx.AsyncClient, together: list[Happening]) -> None:
        began, pause = time.time(), _FIRST_PAUSE_S
        body = encoded({"time_ms": int(began * 1000), "events": together}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Pusher-Key": self._options.key,
            "X-Pusher-Signature": signature(self._options.secret, body),
        }
        while True:
            try:
                answer = await http.post(self._options.webhook_url, content=body, headers=headers)
                if answer.is_success:
                    count("channels_webhooks_total", result="ok")
                    return
            except httpx.HTTPError:  # an address that does not answer is tried again like one that refuses
                pass
            if time.time() + pause - began > _TRY_FOR_S:
                count("channels_webhooks_total", result="failed")
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _event(name: str, channel: str, user_id: str) -> Happening:
    return {"name": name, "channel": channel, **({"user_id": user_id} if user_id else {})}
