"""A real SMTP server (aiosmtpd) that writes down, durably, each message it has accepted before it says so."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Moment = Callable[[str], Awaitable[str | None]]


async def at_once(_point: str) -> str | None:
    """Never waits, never refuses."""
    return None


def pausing(longest_seconds: float, seed: int) -> Moment:
    """A pause of random length at each point, as busy servers make them."""
    dice = random.Random(seed)

    async def pause(_point: str) -> str | None:
        await asyncio.sleep(dice.random() * longest_seconds)
        return None

    return pause


@dataclass
class Journal:
    """The server's handler. `moment(point)` is awaited at mail, rcpt, dot and accepted; text it returns is the answer.

    The journal file is what the other side of the world knows: one line a message, flushed to disk before the 250.
    """

    path: Path
    moment: Moment = at_once
    messages: list[tuple[list[str], bytes]] = field(default_factory=list)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := await self.moment("mail"):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := await self.moment("rcpt"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := await self.moment("dot"):
            return answer
        raw = bytes(envelope.content or b"")
        identifier = str(message_from_bytes(raw)["Message-ID"])
        with self.path.open("a") as file:
            file.write(identifier + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.messages.append((list(envelope.rcpt_tos), raw))
        if answer := await self.moment("accepted"):
            return answer
        return "250 OK queued as 4711"

    def accepted(self) -> list[str]:
        """Message-IDs in the order of acceptance."""
        return self.path.read_text().split() if self.path.exists() else []


class Server:
    """The server on a free port of this machine; a context manager."""

    def __init__(
        self, journal: Journal, *, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
    ) -> None:
        self.journal = journal
        options: dict[str, Any] = {"enable_SMTPUTF8": True, "timeout": 60}
        if tls:
            options.update(tls_context=tls, require_starttls=True)
        if login:
            options.update(authenticator=_only(login), auth_required=True, auth_require_tls=tls is not None)
        self._controller = Controller(
            journal, hostname="127.0.0.1", port=free_port(), ready_timeout=10, **options
        )

    @property
    def port(self) -> int:
        """The port it listens on."""
        server: Any = self._controller.server
        return int(server.sockets[0].getsockname()[1])

    def __enter__(self) -> Server:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _only(login: tuple[str, str]) -> Callable[..., AuthResult]:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == login
        return AuthResult(success=good, handled=False) if not good else AuthResult(success=True)

    return authenticate
