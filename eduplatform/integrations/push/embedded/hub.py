"""What all connections of one process share: who subscribed to what, and what was published."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Protocol

from eduplatform.integrations.push.embedded import presence
from eduplatform.integrations.push.embedded.bus import Bus, BusLost, Change, Envelope, Listener
from eduplatform.integrations.push.embedded.options import Options
from eduplatform.integrations.push.embedded.protocol import (
    Close,
    encoded,
    framed,
    is_cache,
    is_presence,
)
from eduplatform.integrations.push.embedded.webhooks import Webhooks
from eduplatform.observability.metrics import count

_SWEEP_S = 1.0
_GOODBYE_S = 3.0
_FEW_SUBSCRIBERS = 100
_COUNT_PAUSE_S = 5.0


class Subscriber(Protocol):
    """A connection, as the hub knows it."""

    socket_id: str

    def deliver(self, channel: str, frame: str) -> None:
        """Something was published to a channel of this subscriber."""
        ...

    def close(self, code: Close) -> None:
        """The connection shall end."""
        ...

    def lost(self) -> None:
        """What the other processes know of this connection is void."""
        ...

    def check(self, now: float) -> None:
        """Time has passed."""
        ...


class Hub:
    """The connections of this process.

    Attributes:
        options: The app that is served.
        bus: The way to the other processes.
        webhooks: Tells the operator's address what happens, where there is one.
        stopping: Whether the process is about to end; who connects now is sent away to come back.
    """

    def __init__(self, options: Options, bus: Bus) -> None:
        self.options, self.bus = options, bus
        self.webhooks = Webhooks(options, bus) if options.webhook_url else None
        self.stopping = False
        self.connections: dict[str, Subscriber] = {}
        self._empty = asyncio.Event()
        self._subscribers: dict[str, dict[str, Subscriber]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._counted: dict[str, float] = {}

    async def start(self) -> None:
        """Begin to deliver."""
        await self.bus.start(Listener(self.deliver, self._lost, self.changed))
        self._spawn(self._sweep())
        if self.webhooks is not None:
            self.webhooks.start()

    async def stop(self) -> None:
        """Send everybody away to come back at once, and stop delivering."""
        self.say_goodbye()
        if self.connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), _GOODBYE_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.webhooks is not None:
            await self.webhooks.stop()
        await self.bus.stop()

    def say_goodbye(self) -> None:
        """Send everybody away, to come back at once: to another process, or to this one's successor."""
        self.stopping = True
        self._close_all(Close.RECONNECT)

    def enter(self, subscriber: Subscriber) -> None:
        """A client is connected."""
        self._empty.clear()
        self.connections[subscriber.socket_id] = subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """It no longer is."""
        self.connections.pop(subscriber.socket_id, None)
        if not self.connections:
            self._empty.set()

    def add(self, channel: str, subscriber: Subscriber) -> None:
        """Deliver a channel to a connection from now on."""
        self._subscribers.setdefault(channel, {})[subscriber.socket_id] = subscriber

    def discard(self, channel: str, subscriber: Subscriber) -> None:
        """No longer."""
        there = self._subscribers.get(channel)
        if there is not None:
            there.pop(subscriber.socket_id, None)
            if not there:
                del self._subscribers[channel]

    async def publish(
        self, channel: str, event: str, data: str, *, exclude: str = "", user_id: str = ""
    ) -> None:
        """Send an event to all subscribers of a channel, in all processes.

        Raises:
            BusLost: The other processes cannot be reached.
        """
        frame = framed(event, data, channel=channel, user_id=user_id)
        if is_cache(channel) and not event.startswith("client-"):
            await self.bus.remember(channel, frame)
        count("channels_published_total")
        await self.bus.publish(Envelope("frame", channel, frame, exclude=exclude))

    def deliver(self, envelope: Envelope) -> None:
        """Hand what was published to the connections of this process."""
        channel = envelope.channel
        match envelope.kind:
            case "frame":
                self._deliver(channel, envelope.text, envelope.exclude)
            case "close":
                for subscriber in list(self._subscribers.get(channel, {}).values()):
                    subscriber.close(Close(int(envelope.text)))
            case "added" | "removed" if channel == presence.SIGNED_IN:
                came = envelope.kind == "added"
                who = [envelope.user_id]
                frame = presence.watch_frame(online=who if came else [], offline=[] if came else who)
                self._deliver(presence.WATCH + envelope.user_id, frame, envelope.exclude)
            case "added":
                frame = presence.added_frame(channel, envelope.user_id, envelope.text)
                self._deliver(channel, frame, envelope.exclude)
            case "removed":
                self._deliver(channel, presence.removed_frame(channel, envelope.user_id), envelope.exclude)

    def changed(self, change: Change) -> None:
        """A channel was occupied, vacated, or has another number of subscribers or users."""
        if change.channel.startswith("#"):
            return
        if self.options.subscription_counts and not is_presence(change.channel):
            self._announce_count(change)
        if self.webhooks is not None:
            self.webhooks.changed(change)

    def _deliver(self, channel: str, frame: str, exclude: str) -> None:
        for socket_id, subscriber in self._subscribers.get(channel, {}).items():
            if socket_id != exclude:
                subscriber.deliver(channel, frame)

    def _announce_count(self, change: Change) -> None:
        """Tell subscribers how many they are: at once while they are few, every five seconds when they are many."""
        if change.channel in self._counted:
            return
        pause = _COUNT_PAUSE_S if change.count > _FEW_SUBSCRIBERS else 0.0
        self._counted[change.channel] = pause
        self._spawn(self._tell_count(change.channel, pause))

    async def _tell_count(self, channel: str, pause: float) -> None:
        await asyncio.sleep(pause)
        del self._counted[channel]
        try:
            subscriptions = await self.bus.count(channel)
            data = encoded({"subscription_count": subscriptions})
            frame = framed("pusher_internal:subscription_count", data, channel=channel)
            await self.bus.publish(Envelope("frame", channel, frame))
        except BusLost:  # everybody is about to connect anew, which counts again
            return
        if self.webhooks is not None:
            self.webhooks.counted(channel, subscriptions)

    def _lost(self) -> None:
        """Messages of other processes may have been missed: whoever connects anew reads anew."""
        count("channels_bus_lost_total")
        for subscriber in list(self.connections.values()):
            subscriber.lost()
        self._close_all(Close.OVER_CAPACITY)

    def _close_all(self, code: Close) -> None:
        for subscriber in list(self.connections.values()):
            subscriber.close(code)

    async def _sweep(self) -> None:
        limits = self.options.limits
        pause = min(_SWEEP_S, limits.activity_timeout / 4, limits.pong_timeout / 4)
        while True:
            await asyncio.sleep(pause)
            now = time.monotonic()
            for subscriber in list(self.connections.values()):
                subscriber.check(now)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
