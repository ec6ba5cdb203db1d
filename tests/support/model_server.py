"""A model provider of our own that speaks OpenAI's and Anthropic's protocols over HTTP, and misbehaves on request.

Plain sockets, so that it can cut a connection in the middle, drip, or answer with what no HTTP library would write.
"""

from __future__ import annotations

import json
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Any


@dataclass
class Turn:
    """How one request is answered. Unset: a good reply with `text`."""

    text: str = "Hello."
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None  # instead of a reply
    content_type: str = ""
    cut_after: int | None = (
        None  # pieces of a stream (or bytes of a body), then the connection is closed without an end
    )
    reset: bool = False  # ... with RST
    drip_seconds: float = 0.0  # between pieces
    finish: str | None = "stop"  # None: a stream that just ends
    tool_call: bool = False
    endless: bool = False  # more and more text
    tokens: tuple[int, int] = (120, 40)


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def everything(self) -> str:
        """Headers and body as one text, to look for what must not be in it."""
        return json.dumps([self.headers, self.body])


class ModelServer:
    """Answers with the given turns in order, then with the last one again."""

    def __init__(self) -> None:
        self.turns: list[Turn] = [Turn()]
        self.requests: list[Request] = []
        self.on_request: Callable[[], None] = lambda: None
        self.port = 0

    @property
    def root(self) -> str:
        """Base address for Anthropic's protocol."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def v1(self) -> str:
        """Base address for OpenAI's protocol."""
        return f"{self.root}/v1"

    def answer(self, *turns: Turn) -> None:
        """Forget earlier requests and answer with these from now on."""
        self.turns = list(turns)
        self.requests.clear()

    def next_turn(self) -> Turn:
        """The turn for the request that just came."""
        return self.turns[min(len(self.requests), len(self.turns)) - 1]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        house: ModelServer = self.server.house  # type: ignore[attr-defined]
        line = self.rfile.readline().decode()
        if not line:
            return
        headers: dict[str, str] = {}
        while (one := self.rfile.readline().decode().strip()) != "":
            name, _, value = one.partition(":")
            headers[name.lower()] = value.strip()
        body = json.loads(self.rfile.read(int(headers.get("content-length", "0"))) or b"{}")
        house.requests.append(Request(line.split()[1], headers, body))
        house.on_request()
        try:
            self._answer(house.next_turn(), body, anthropic=line.split()[1].endswith("/messages"))
        except (BrokenPipeError, ConnectionResetError):
            return  # the other side had enough

    def _answer(self, turn: Turn, asked: dict[str, Any], *, anthropic: bool) -> None:
        if turn.reset and turn.cut_after is None:
            self._reset()
            return
        if turn.body is not None or turn.status != 200:
            plain = (
                turn.body if turn.body is not None else json.dumps(_error(turn.status, anthropic)).encode()
            )
            self._plain(turn, plain, turn.content_type or "application/json")
        elif asked.get("stream"):
            self._stream(turn, anthropic)
        else:
            reply = (_anthropic if anthropic else _openai)(turn, turn.text)
            self._plain(turn, json.dumps(reply).encode(), turn.content_type or "application/json")

    def _head(self, turn: Turn, content_type: str, *more: str) -> None:
        extra = [f"{name}: {value}" for name, value in turn.headers.items()]
        lines = [
            f"HTTP/1.1 {turn.status} X",
            f"content-type: {content_type}",
            "connection: close",
            *extra,
            *more,
        ]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def _plain(self, turn: Turn, body: bytes, content_type: str) -> None:
        self._head(turn, content_type, f"content-length: {len(body)}")
        if turn.cut_after is not None:
            self.wfile.write(body[: turn.cut_after])
            return
        if turn.drip_seconds:
            for at in range(0, len(body), 8):
                self.wfile.write(body[at : at + 8])
                self.wfile.flush()
                time.sleep(turn.drip_seconds)
            return
        self.wfile.write(body)

    def _stream(self, turn: Turn, anthropic: bool) -> None:
        # no length and no chunks: the end of the connection is the end of the stream, as some servers do it
        self._head(turn, turn.content_type or "text/event-stream")
        events = _anthropic_events(turn) if anthropic else _openai_events(turn)
        for number, event in enumerate(events):
            if turn.cut_after is not None and number >= turn.cut_after:
                if turn.reset:
                    self._reset()
                return
            self.wfile.write(event.encode())
            self.wfile.flush()
            if turn.drip_seconds:
                time.sleep(turn.drip_seconds)

    def _reset(self) -> None:
        self.request.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.request.close()


def _error(status: int, anthropic: bool) -> dict[str, Any]:
    kind = {429: "rate_limit_error", 401: "authentication_error", 529: "overloaded_error"}.get(
        status, "api_error"
    )
    inner = {"type": kind, "message": f"status {status}"}
    return {"type": "error", "error": inner} if anthropic else {"error": inner | {"code": None}}


def _openai(turn: Turn, text: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if turn.tool_call:
        call = {
            "id": "call_1",
            "type": "function",
            "function": {"name": "send_email", "arguments": '{"to":"x@evil.example"}'},
        }
        message["tool_calls"] = [call]
    used = {
        "prompt_tokens": turn.tokens[0],
        "completion_tokens": turn.tokens[1],
        "total_tokens": sum(turn.tokens),
    }
    choice = {
        "index": 0,
        "message": message,
        "finish_reason": "tool_calls" if turn.tool_call else turn.finish,
    }
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "test-model", "choices": [choice], "usage": used,
    }  # fmt: skip


def _openai_events(turn: Turn) -> Iterator[str]:
    def event(delta: dict[str, Any], finish: str | None = None) -> str:
        chunk = {
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "test-model",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }  # fmt: skip
        return f"data: {json.dumps(chunk)}\n\n"

    yield event({"role": "assistant", "content": ""})
    for piece in _words(turn):
        yield event({"content": piece})
    if turn.finish is None:
        return
    if turn.tool_call:
        function = {"name": "send_email", "arguments": '{"to":"x@evil.example"}'}
        yield event({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]})
    yield event({}, "tool_calls" if turn.tool_call else turn.finish)
    used = {
        "prompt_tokens": turn.tokens[0],
        "completion_tokens": turn.tokens[1],
        "total_tokens": sum(turn.tokens),
    }
    last = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test-model",
        "choices": [],
        "usage": used,
    }
    yield f"data: {json.dumps(last)}\n\n"
    yield "data: [DONE]\n\n"


_STOPS = {"stop": "end_turn", "length": "max_tokens"}


def _anthropic(turn: Turn, text: str) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": text}]
    if turn.tool_call:
        content.append(
            {"type": "tool_use", "id": "toolu_1", "name": "send_email", "input": {"to": "x@evil.example"}}
        )
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "test-model", "content": content,
        "stop_reason": "tool_use" if turn.tool_call else _STOPS.get(turn.finish or ""), "stop_sequence": None,
        "usage": {"input_tokens": turn.tokens[0], "output_tokens": turn.tokens[1]},
    }  # fmt: skip


def _anthropic_events(turn: Turn) -> Iterator[str]:
    def event(kind: str, **more: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n"

    message = _anthropic(turn, "") | {
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": turn.tokens[0], "output_tokens": 1},
    }
    yield event("message_start", message=message)
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for piece in _words(turn):
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    if turn.finish is None:
        return
    yield event("content_block_stop", index=0)
    if turn.tool_call:
        block = {"type": "tool_use", "id": "toolu_1", "name": "send_email", "input": {}}
        yield event("content_block_start", index=1, content_block=block)
        yield event("content_block_stop", index=1)
    stop = {"stop_reason": _STOPS.get(turn.finish, turn.finish), "stop_sequence": None}
    yield event("message_delta", delta=stop, usage={"output_tokens": turn.tokens[1]})
    yield event("message_stop")


def _words(turn: Turn) -> Iterator[str]:
    if turn.endless:
        while True:
            yield "on and on " * 400
    words = turn.text.split(" ")
    for number, word in enumerate(words):
        yield word if number == 0 else f" {word}"


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A provider on a free port of this machine."""
    house = ModelServer()
    with _Threads(("127.0.0.1", 0), _Handler) as server:
        server.house = house  # type: ignore[attr-defined]
        house.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, name="model server", daemon=True)
        thread.start()
        try:
            yield house
        finally:
            server.shutdown()
            thread.join(10)
