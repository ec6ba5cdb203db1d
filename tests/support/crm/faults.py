"""What both counterparts share: an HTTP server that keeps connections, and answers that were ordered to go wrong."""

from __future__ import annotations

import email.utils
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, Any, dict[str, str]]


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes
    headers: dict[str, str]


@dataclass
class Counterpart:
    """`faults`: answers given before anything else, in turn. `asked`: every request. `lock` guards the records."""

    url: str = ""
    faults: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    hold_after: int | None = None
    """So many more requests are answered; the next ones wait for `released`."""

    held: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def answer(self, asked: Asked) -> Answer:
        """What this vendor says."""
        raise NotImplementedError

    def any_answer(self, asked: Asked) -> Answer:
        """The next fault, else the answer. Whatever could write is refused and remembered."""
        if self.hold_after is not None:
            self.hold_after -= 1
            if self.hold_after < 0:
                self.held.set()
                self.released.wait()
        with self.lock:
            self.asked.append((asked.method, asked.path))
            if self.faults and "/oauth" not in asked.path:
                return self.faults.pop(0)
            return self.answer(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that was killed in the middle is what some tests are about."""


@contextmanager
def serving(counterpart: Counterpart) -> Iterator[None]:
    """Serve on 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def date_time_string(self, timestamp: float | None = None) -> str:
            """The counterpart's own clock."""
            return email.utils.format_datetime(counterpart.now, usegmt=True)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests look at `asked`."""

    def handle(self: Any) -> None:
        parts = urlsplit(self.path)
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, found, more = counterpart.any_answer(Asked(self.command, parts.path, query, body, headers))
        data = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            **more,
            "Content-Length": str(len(data)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(data)

    methods: dict[str, Callable[[Any], None]] = {
        f"do_{name}": handle for name in ("GET", "POST", "PUT", "PATCH", "DELETE")
    }
    server = _Server(("127.0.0.1", 0), type("Handling", (Handler,), methods))
    counterpart.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
