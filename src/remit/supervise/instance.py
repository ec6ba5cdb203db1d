"""One running Remit per REMIT_HOME, on one port."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from remit.cli.output import REFUSED, UNAVAILABLE, CommandRefused


def _running(lock: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads(lock.read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # the other one has just started and has not written it yet
    return known


class Instance:
    """The claim on REMIT_HOME: held by the kernel's lock, so a killed process leaves none."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def announce(self, address: str) -> None:
        """Write down where we are, for the next who tries."""
        text = json.dumps({"pid": os.getpid(), "address": address}).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)


@contextmanager
def claimed(home: Path) -> Iterator[Instance]:
    """Claim REMIT_HOME. Raises CommandRefused `already_running` with the address of the one that runs."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / "up.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            known = _running(path)
            where = f" at {known['address']}" if "address" in known else ""
            raise CommandRefused(
                "already_running",
                f"Remit already runs on {home}{where} (process {known.get('pid', 'unknown')}). "
                "Stop it with Ctrl-C where it runs, or choose another REMIT_HOME.",
                exit_code=REFUSED,
                details=known,
            ) from None
        yield Instance(path, descriptor)
    finally:
        os.close(descriptor)


def listen(host: str, port: int) -> socket.socket:
    """The listening socket of the web server, made here and handed to each web child.

    So the port is known to be free before anything starts, port 0 finds a free one, and requests that
    arrive while the web process restarts wait instead of failing. Raises CommandRefused `port_busy`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(256)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise CommandRefused(
                "port_busy",
                f"Port {port} on {host} is taken by another program. Choose one: remit up --port {port + 1} "
                f'(or make run ARGS="--port {port + 1}").',
                exit_code=UNAVAILABLE,
                details={"host": host, "port": port},
            ) from None
        raise CommandRefused(
            "address_unusable",
            f"Cannot listen on {host}:{port}: {error.strerror}.",
            exit_code=UNAVAILABLE,
            details={"host": host, "port": port},
        ) from None
    return made


def address(listening: socket.socket) -> str:
    """The address that a browser on this machine opens."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
