"""A scripted server on this machine that speaks the wire formats of OpenAI, Anthropic, Google and Ollama.

The providers' real packages talk to it. A script is a list of turns, used up in order; when it is empty the server says
``OK.``. Every request is kept in ``seen``.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from pydantic import SecretStr

from eduplatform.integrations.llm import ProviderKind, Target


@dataclass(frozen=True)
class Turn:
    """What the server does with one request.

    Attributes:
        text: The answer.
        tool: Name and arguments of a tool that the answer calls instead.
        status: An HTTP status of failure; 200 answers.
        garbage: Answers with something that is no answer.
        hang: Seconds of silence before the first piece.
        drip: Seconds between pieces.
        size: Characters of a piece.
        breaks_after: Pieces after which the connection is cut; 0 never.
    """

    text: str = "OK."
    tool: tuple[str, dict[str, Any]] | None = None
    status: int = 200
    garbage: bool = False
    hang: float = 0.0
    drip: float = 0.0
    size: int = 6
    breaks_after: int = 0

    @property
    def pieces(self) -> list[str]:
        """The answer as it is streamed."""
        return [self.text[at : at + self.size] for at in range(0, len(self.text), self.size)]


@dataclass
class Seen:
    """A request that arrived."""

    path: str
    body: dict[str, Any]
    key: str

    @property
    def text(self) -> str:
        """Everything that was sent, as JSON."""
        return json.dumps(self.body, ensure_ascii=False)


@dataclass
class ScriptedProvider:
    """The server; use it as a context manager. ``answer`` makes a turn from a request, once the script is used up."""

    script: list[Turn] = field(default_factory=list)
    answer: Callable[[Seen], Turn] = field(default=lambda _seen: Turn())
    seen: list[Seen] = field(default_factory=list)
    first_sent: list[float] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_port

    def target(self, kind: ProviderKind, model: str = "scripted") -> Target:
        """The server as a target of this kind."""
        suffix = "/v1" if kind in (ProviderKind.OPENAI, ProviderKind.COMPATIBLE) else ""
        key = SecretStr("sk-scripted-0000000000")
        return Target(kind, model, base_url=f"http://127.0.0.1:{self.port}{suffix}", key=key)

    def turn(self, seen: Seen) -> Turn:
        with self._lock:
            self.seen.append(seen)
            if self.script:
                return self.script.pop(0)
        return self.answer(seen)


class _Server(ThreadingHTTPServer):
    owner: ScriptedProvider
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        names = ("authorization", "x-api-key", "x-goog-api-key")
        key = next((self.headers[name] for name in names if self.headers[name]), "")
        turn = self.server.owner.turn(Seen(self.path, body, key))
        time.sleep(turn.hang)
        try:
            self._answer(body, turn)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _answer(self, body: dict[str, Any], turn: Turn) -> None:
        if turn.status != 200:
            error = {"message": "scripted failure", "type": "scripted", "code": turn.status}
            return self._whole(turn.status, {"error": error})
        if turn.garbage:
            return self._whole(200, "<html>this is not an answer</html>")
        path = self.path.split("?")[0]
        if path.endswith("/chat/completions"):
            events = _openai(body, turn)
        elif path.endswith("/messages"):
            events = _anthropic(body, turn)
        elif path == "/api/chat":
            events = _ollama(body, turn)
        else:
            events = _google(turn)
        kind = "application/x-ndjson" if path == "/api/chat" else "text/event-stream"
        self._streamed(events, turn, kind)
        return None

    def _whole(self, status: int, payload: Any) -> None:
        data = payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(payload, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _streamed(self, events: Iterator[bytes], turn: Turn, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, event in enumerate(events):
            if turn.breaks_after and number > turn.breaks_after:
                self.close_connection = True
                self.connection.close()
                return
            if number == 1:
                self.server.owner.first_sent.append(time.monotonic())
            self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            self.wfile.flush()
            time.sleep(turn.drip)
        self.wfile.write(b"0\r\n\r\n")


def _event(data: Any, name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return (head + "data: " + (data if isinstance(data, str) else json.dumps(data)) + "\n\n").encode()


def _tokens(turn: Turn) -> int:
    return max(1, len(turn.text) // 4)


def _openai(body: dict[str, Any], turn: Turn) -> Iterator[bytes]:
    base = {"id": "chatcmpl-1", "created": 1, "model": body["model"], "object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        return _event({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    yield chunk({"role": "assistant", "content": ""})
    if turn.tool:
        call = {"name": turn.tool[0], "arguments": json.dumps(turn.tool[1])}
        yield chunk({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": call}]})
    else:
        for piece in turn.pieces:
            yield chunk({"content": piece})
    yield chunk({}, "tool_calls" if turn.tool else "stop")
    if (body.get("stream_options") or {}).get("include_usage"):
        sent = len(json.dumps(body["messages"])) // 4
        usage = {
            "prompt_tokens": sent,
            "completion_tokens": _tokens(turn),
            "total_tokens": sent + _tokens(turn),
        }
        yield _event({**base, "choices": [], "usage": usage})
    yield _event("[DONE]")


def _anthropic(body: dict[str, Any], turn: Turn) -> Iterator[bytes]:
    usage = {"input_tokens": 40, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": []}
    start = {**message, "stop_reason": None, "stop_sequence": None, "usage": usage}
    yield _event({"type": "message_start", "message": start}, "message_start")
    block: dict[str, Any] = {"type": "text", "text": ""}
    deltas: Sequence[dict[str, Any]] = [{"type": "text_delta", "text": one} for one in turn.pieces]
    if turn.tool:
        block = {"type": "tool_use", "id": "toolu_1", "name": turn.tool[0], "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": json.dumps(turn.tool[1])}]
    opening = {"type": "content_block_start", "index": 0, "content_block": block}
    yield _event(opening, "content_block_start")
    for delta in deltas:
        yield _event({"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta")
    yield _event({"type": "content_block_stop", "index": 0}, "content_block_stop")
    ending = {"stop_reason": "tool_use" if turn.tool else "end_turn", "stop_sequence": None}
    counted = {"output_tokens": _tokens(turn)}
    yield _event({"type": "message_delta", "delta": ending, "usage": counted}, "message_delta")
    yield _event({"type": "message_stop"}, "message_stop")


def _ollama(body: dict[str, Any], turn: Turn) -> Iterator[bytes]:
    base = {"model": body["model"], "created_at": "2026-01-01T00:00:00Z"}

    def line(message: dict[str, Any], **more: Any) -> bytes:
        whole = {**base, "message": {"role": "assistant", "content": "", **message}, "done": False, **more}
        return json.dumps(whole).encode() + b"\n"

    yield line({})
    if turn.tool:
        yield line({"tool_calls": [{"function": {"name": turn.tool[0], "arguments": turn.tool[1]}}]})
    else:
        for piece in turn.pieces:
            yield line({"content": piece})
    counts = {"prompt_eval_count": 40, "eval_count": _tokens(turn), "total_duration": 1, "load_duration": 1}
    yield line({}, done=True, done_reason="stop", **counts)


def _google(turn: Turn) -> Iterator[bytes]:
    def chunk(part: dict[str, Any], **more: Any) -> bytes:
        candidate = {"content": {"role": "model", "parts": [part]}, "index": 0, **more}
        usage = {"promptTokenCount": 40, "candidatesTokenCount": _tokens(turn), "totalTokenCount": 45}
        return _event({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "scripted"})

    if turn.tool:
        yield chunk({"functionCall": {"name": turn.tool[0], "args": turn.tool[1]}}, finishReason="STOP")
        return
    yield chunk({"text": ""})
    for piece in turn.pieces:
        yield chunk({"text": piece})
    yield chunk({"text": ""}, finishReason="STOP")
