"""One socket: what waits to be sent, whether the other end is still there, and how it ends."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable

from eduplatform.integrations.push.embedded.options import Limits
from eduplatform.integrations.push.embedded.protocol import REASONS, Close, encoded, framed
from eduplatform.observability.metrics import count
from eduplatform.observability.requests import Receive, Send

_GOODBYE_S = 5.0
_PING = framed("pusher:ping", "{}")
_ID_PARTS = 10**9


class Connection:
    """One client, connected by one WebSocket.

    What is sent waits in a bounded queue, so that a slow reader holds up nobody: when the queue is full, the connection is given
    up, and the client comes back and reads anew. Nothing is dropped silently from a connection that lives on.

    Attributes:
        socket_id: Its public name.
        authorised: Whether it showed a valid signature at least once.
        closing: Whether it is about to end.
    """

    __slots__ = (
        "_active",
        "_close_by",
        "_heard",
        "_limits",
        "_opened",
        "_pinged",
        "_queue",
        "_queued_bytes",
        "_reader",
        "_send",
        "_waiting",
        "_writer",
        "authorised",
        "closing",
        "socket_id",
    )

    def __init__(self, send: Send, limits: Limits) -> None:
        self.socket_id = f"{secrets.randbelow(_ID_PARTS)}.{secrets.randbelow(_ID_PARTS)}"
        self.authorised = False
        self.closing = False
        self._send, self._limits = send, limits
        self._queue: deque[str | Close] = deque()
        self._queued_bytes = 0
        self._opened = self._heard = self._active = time.monotonic()
        self._pinged = False
        self._close_by = 0.0
        self._waiting = False
        self._reader: asyncio.Task[None] | None = None
        self._writer: asyncio.Task[None] | None = None

    async def serve(self, receive: Receive, handle: Callable[[str], Awaitable[None]]) -> None:
        """Greet the client and hand its frames on, one after the other, until either side ends the connection."""
        self.push(
            framed(
                "pusher:connection_established",
                encoded(
                    {"socket_id": self.socket_id, "activity_timeout": round(self._limits.activity_timeout)}
                ),
            )
        )
        self._reader = asyncio.create_task(self._read(receive, handle))
        try:
            await asyncio.wait({self._reader})
        finally:
            self.closing = True
            self._end()
            await asyncio.wait({self._reader})
            if self._writer is not None:
                await asyncio.wait({self._writer}, timeout=_GOODBYE_S)
            if self._writer is not None:
                self._writer.cancel()
        if not self._reader.cancelled():
            self._reader.result()

    def push(self, frame: str) -> None:
        """Send a frame when the reader is ready for it."""
        if self.closing:
            return
        self._queue.append(frame)
        self._queued_bytes += len(frame)
        if len(self._queue) > self._limits.queue_frames or self._queued_bytes > self._limits.queue_bytes:
            count("channels_slow_readers_total")
            self._give_up()
        else:
            self._write()

    def close(self, code: Close) -> None:
        """Say goodbye after what is waiting; a client that does not listen is left after some seconds."""
        if self.closing:
            return
        count("channels_closed_total", code=int(code))
        self.closing = True
        self._close_by = time.monotonic() + _GOODBYE_S
        self._queue.append(code)
        self._write()

    def touched(self) -> None:
        """Something other than a ping or a pong went over this connection."""
        self._active = time.monotonic()

    def check(self, now: float) -> None:
        """End what has been silent for too long; called every second or so."""
        limits = self._limits
        if self.closing:
            if now > self._close_by:
                self._give_up()
        elif limits.sign_in_timeout and not self.authorised and now - self._opened > limits.sign_in_timeout:
            self.close(Close.UNAUTHORIZED)
        elif now - self._active > limits.idle_timeout:
            self.close(Close.INACTIVE)
        elif now - self._heard > limits.activity_timeout + limits.pong_timeout:
            self.close(Close.NO_PONG)
        elif now - self._heard > limits.activity_timeout and not self._pinged:
            self._pinged = True
            self.push(_PING)

    async def _read(self, receive: Receive, handle: Callable[[str], Awaitable[None]]) -> None:
        while not self.closing:
            self._waiting = True
            message = await receive()
            self._waiting = False
            if message["type"] != "websocket.receive":
                self.closing = True
                return
            self._heard, self._pinged = time.monotonic(), False
            text = message.get("text") or ""
            if len(text) + len(message.get("bytes") or b"") > self._limits.frame_bytes:
                self.close(Close.TOO_BIG)
            else:
                await handle(text)
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=_GOODBYE_S)

    def _write(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._queue:
                item = self._queue.popleft()
                if isinstance(item, Close):
                    # The server closes a socket only when nothing waits for a frame of it.
                    self._end()
                    await self._send({"type": "websocket.close", "code": int(item), "reason": REASONS[item]})
                    return
                self._queued_bytes -= len(item)
                await self._send({"type": "websocket.send", "text": item})
        except (OSError, RuntimeError):  # the client is gone, as the server's reader also finds
            self._give_up()
        finally:
            self._writer = None

    def _give_up(self) -> None:
        self.closing = True
        self._queue.clear()
        writer = self._writer
        if writer is not None and writer is not asyncio.current_task():
            writer.cancel()
        self._end()

    def _end(self) -> None:
        """Wake the reader if it waits for a frame; what it is doing right now it finishes first."""
        if self._waiting and self._reader is not None:
            self._reader.cancel()
