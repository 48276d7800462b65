"""What a client may ask for over its connection: subscriptions, client events, signing in."""

from __future__ import annotations

import time
from dataclasses import dataclass

from eduplatform.integrations.push.embedded import presence
from eduplatform.integrations.push.embedded.bus import BusLost
from eduplatform.integrations.push.embedded.connections import Connection
from eduplatform.integrations.push.embedded.hub import Hub
from eduplatform.integrations.push.embedded.presence import Member, SignedIn
from eduplatform.integrations.push.embedded.protocol import (
    CLIENT_EVENT,
    MAX_DATA_BYTES,
    MAX_EVENT_NAME,
    SERVER_TO_USER,
    Close,
    Incoming,
    Refused,
    channel_text,
    encoded,
    error_frame,
    framed,
    is_cache,
    is_channel_name,
    is_encrypted,
    is_presence,
    is_private,
    is_signature,
    parsed,
    tenant_of,
    user_text,
)
from eduplatform.observability.metrics import count
from eduplatform.observability.requests import Receive

_TENANT = "#tenant-"
_PONG = framed("pusher:pong", "{}")


@dataclass(slots=True)
class _Subscription:
    """A channel of this connection.

    Attributes:
        user_id: Who is there, in a presence channel.
        pending: What was published before the client heard that it is subscribed; ``None`` from then on.
    """

    user_id: str = ""
    pending: list[str] | None = None


class _NotAuthorised(Exception):
    """A subscription is refused; the client learns it from the channel, not from an error of the connection."""

    def __init__(self, kind: str, error: str, status: int) -> None:
        super().__init__(error)
        self.data = {"type": kind, "error": error, "status": status}


class Session:
    """One client of the hub."""

    def __init__(self, hub: Hub, connection: Connection) -> None:
        self.socket_id = connection.socket_id
        self._hub, self._connection = hub, connection
        self._subscriptions: dict[str, _Subscription] = {}
        self._signed_in: SignedIn | None = None
        self._tenant = ""
        self._tokens, self._filled = float(hub.options.limits.client_events_per_second), time.monotonic()

    async def run(self, receive: Receive) -> None:
        """Serve the client until the connection ends, then forget it."""
        self._hub.enter(self)
        try:
            await self._connection.serve(receive, self._handle)
        finally:
            await self._forget()
            self._hub.leave(self)

    def deliver(self, channel: str, frame: str) -> None:
        """Pass on what was published; after the confirmation, when the client does not know yet that it is subscribed."""
        subscription = self._subscriptions.get(channel)
        if subscription is not None and subscription.pending is not None:
            subscription.pending.append(frame)
        else:
            self._connection.touched()
            self._connection.push(frame)

    def close(self, code: Close) -> None:
        """End the connection."""
        self._connection.close(code)

    def lost(self) -> None:
        """What this process held on the bus is taken away by the others: nothing is left to give back."""
        for channel in list(self._subscriptions):
            self._drop(channel)
        if self._signed_in is not None:
            self._deliver_user_no_more(self._signed_in)
        self._signed_in, self._tenant = None, ""

    def check(self, now: float) -> None:
        """Time has passed."""
        self._connection.check(now)

    async def _handle(self, text: str) -> None:
        try:
            frame = parsed(text)
            if frame.event == "pusher:ping":
                self._connection.push(_PONG)
            elif frame.event != "pusher:pong":
                self._connection.touched()
                await self._dispatch(frame)
        except Refused as refused:
            self._connection.push(error_frame(refused))
        except BusLost:
            self._connection.close(Close.OVER_CAPACITY)

    async def _dispatch(self, frame: Incoming) -> None:
        match frame.event:
            case "pusher:subscribe":
                await self._subscribe(frame)
            case "pusher:unsubscribe":
                await self._unsubscribe(_text(frame, "channel"))
            case "pusher:signin":
                await self._sign_in(frame)
            case event if event.startswith(CLIENT_EVENT):
                await self._client_event(frame)
            case _:
                raise Refused("Unknown event")

    async def _subscribe(self, frame: Incoming) -> None:
        channel = _text(frame, "channel")
        if channel.startswith(SERVER_TO_USER):
            self._confirm_own_channel(channel)
            return
        if not is_channel_name(channel):
            raise Refused("Invalid channel name", int(Close.UNAUTHORIZED))
        if channel in self._subscriptions:
            raise Refused(f"Existing subscription to channel {channel}")
        if len(self._subscriptions) >= self._hub.options.limits.subscriptions:
            raise Refused("Too many subscriptions")
        try:
            who = self._admitted(channel, frame)
            if is_private(channel):
                await self._authorised(tenant_of(channel))
            if not self._connection.closing:
                await self._join(channel, who)
        except _NotAuthorised as refusal:
            count("channels_subscriptions_total", result="refused")
            self._connection.push(framed("pusher:subscription_error", refusal.data, channel=channel))

    def _admitted(self, channel: str, frame: Incoming) -> Member | None:
        """Who subscribes, in a presence channel.

        Raises:
            _NotAuthorised: The signature is missing or wrong, or nobody is named.
        """
        if not is_private(channel):
            return None
        options = self._hub.options
        channel_data = _text(frame, "channel_data")
        key, _, given = _text(frame, "auth").partition(":")
        text = channel_text(self.socket_id, channel, channel_data)
        if key != options.key or not is_signature(options.secret, text, given):
            raise _NotAuthorised("AuthError", "The signature of this subscription is not valid", 401)
        if not is_presence(channel):
            return None
        try:
            if channel_data or self._signed_in is None:
                return presence.channel_member(channel_data)
        except Refused as refused:
            raise _NotAuthorised("AuthError", refused.message, 401) from refused
        return self._signed_in.member

    async def _join(self, channel: str, who: Member | None) -> None:
        hub, mine = self._hub, _Subscription(who.user_id if who else "", [])
        self._subscriptions[channel] = mine
        hub.add(channel, self)
        try:
            change = await hub.bus.join(
                channel,
                user_id=mine.user_id,
                info=who.info if who else "",
                exclude=self.socket_id,
                limit=hub.options.limits.members if who else 0,
            )
        except BusLost:
            self._drop(channel)
            raise
        if self._subscriptions.get(channel) is not mine:  # the bus was lost meanwhile
            return
        if change.refused:
            self._drop(channel)
            raise _NotAuthorised("LimitReached", "The channel has as many members as it can", 4004)
        count("channels_subscriptions_total", result="ok")
        roster = presence.roster(await hub.bus.members(channel)) if who else "{}"
        self._connection.push(framed("pusher_internal:subscription_succeeded", roster, channel=channel))
        hub.changed(change)
        if is_cache(channel):
            await self._send_last(channel, mine)
        waiting, mine.pending = mine.pending or [], None
        for one in waiting:
            self._connection.push(one)

    async def _send_last(self, channel: str, mine: _Subscription) -> None:
        last = await self._hub.bus.recall(channel)
        if last is None:
            self._connection.push(framed("pusher:cache_miss", "{}", channel=channel))
            if self._hub.webhooks is not None:
                self._hub.webhooks.missed(channel)
        elif last.frame not in (mine.pending or ()):
            self._connection.push(last.frame)

    def _confirm_own_channel(self, channel: str) -> None:
        """Clients ask for the channel of their user; it is delivered from signing in on."""
        if self._signed_in is None or channel != SERVER_TO_USER + self._signed_in.member.user_id:
            raise Refused("This channel belongs to another user", int(Close.UNAUTHORIZED))
        self._connection.push(framed("pusher_internal:subscription_succeeded", "{}", channel=channel))

    async def _unsubscribe(self, channel: str) -> None:
        if channel in self._subscriptions:
            mine = self._drop(channel)
            self._hub.changed(await self._hub.bus.leave(channel, user_id=mine.user_id))

    def _drop(self, channel: str) -> _Subscription:
        self._hub.discard(channel, self)
        return self._subscriptions.pop(channel)

    async def _client_event(self, frame: Incoming) -> None:
        channel = frame.channel
        mine = self._subscriptions.get(channel)
        if not is_private(channel) or is_encrypted(channel):
            raise Refused("Client event rejected - only supported on private and presence channels")
        if mine is None:
            raise Refused("Client event rejected - not subscribed to the channel")
        data = frame.data if isinstance(frame.data, str) else encoded(frame.data)
        if len(frame.event) > MAX_EVENT_NAME or len(data.encode()) > MAX_DATA_BYTES:
            raise Refused(f"Client event rejected - more than {MAX_DATA_BYTES} bytes")
        self._take_token()
        await self._hub.publish(channel, frame.event, data, exclude=self.socket_id, user_id=mine.user_id)
        if self._hub.webhooks is not None:
            self._hub.webhooks.client_event(channel, frame.event, data, self.socket_id, mine.user_id)

    def _take_token(self) -> None:
        rate, now = self._hub.options.limits.client_events_per_second, time.monotonic()
        self._tokens = min(float(rate), self._tokens + (now - self._filled) * rate)
        self._filled = now
        if self._tokens < 1:
            raise Refused("Client event rejected due to rate limit", Refused.RATE)
        self._tokens -= 1

    async def _sign_in(self, frame: Incoming) -> None:
        options = self._hub.options
        user_data = _text(frame, "user_data")
        key, _, given = _text(frame, "auth").partition(":")
        text = user_text(self.socket_id, user_data)
        if key != options.key or not is_signature(options.secret, text, given):
            self._connection.close(Close.UNAUTHORIZED)
            return
        found = presence.signed_in(user_data, longest_watchlist=options.limits.watchlist)
        if self._signed_in is None:
            await self._authorised(found.tenant)
            if self._connection.closing:
                return
            await self._enter(found)
        elif self._signed_in.member.user_id != found.member.user_id:
            raise Refused("This connection belongs to another user", int(Close.UNAUTHORIZED))
        self._connection.push(framed("pusher:signin_success", encoded({"user_data": user_data})))
        await self._tell_watched(found.watchlist)

    async def _enter(self, found: SignedIn) -> None:
        hub = self._hub
        await hub.bus.join(
            presence.SIGNED_IN, user_id=found.member.user_id, info="null", exclude=self.socket_id
        )
        self._signed_in = found
        hub.add(SERVER_TO_USER + found.member.user_id, self)
        for one in found.watchlist:
            hub.add(presence.WATCH + one, self)

    async def _tell_watched(self, watchlist: tuple[str, ...]) -> None:
        if watchlist:
            there = await self._hub.bus.members(presence.SIGNED_IN, watchlist)
            online = [one for one in watchlist if one in there]
            offline = [one for one in watchlist if one not in there]
            self._connection.push(presence.watch_frame(online=online, offline=offline))

    async def _authorised(self, tenant: str) -> None:
        """Count the connection among those of its tenant, which is what the first valid signature says; end it if there are too many."""
        self._connection.authorised = True
        if self._tenant or not tenant:
            return
        limit = self._hub.options.limits.tenant_connections
        change = await self._hub.bus.join(_TENANT + tenant, limit=limit)
        if change.refused:
            self._connection.close(Close.OVER_QUOTA)
        else:
            self._tenant = tenant

    async def _forget(self) -> None:
        bus = self._hub.bus
        try:
            for channel in list(self._subscriptions):
                await self._unsubscribe(channel)
            if self._signed_in is not None:
                self._deliver_user_no_more(self._signed_in)
                await bus.leave(presence.SIGNED_IN, user_id=self._signed_in.member.user_id)
            if self._tenant:
                await bus.leave(_TENANT + self._tenant)
        except BusLost:  # the other processes find out by themselves
            self.lost()

    def _deliver_user_no_more(self, signed_in: SignedIn) -> None:
        self._hub.discard(SERVER_TO_USER + signed_in.member.user_id, self)
        for one in signed_in.watchlist:
            self._hub.discard(presence.WATCH + one, self)


def _text(frame: Incoming, name: str) -> str:
    value = frame.fields().get(name)
    return value if isinstance(value, str) else ""
