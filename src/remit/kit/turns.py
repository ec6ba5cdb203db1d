"""Turns of the processes that read strangers' files: a few at once on one machine, the others wait for a bounded time.

Each of these processes may take gigabytes and minutes; without a common limit a handful of uploads would take the machine. A turn
is a lock on a file, which the kernel gives back however its holder ends, and which web, worker and commands share.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

MOST: Final = 3
"""Readers at once on one machine, for one account of the system."""
WAIT_SECONDS: Final = 15.0
MOST_WAITING: Final = 8
"""Of one process: whoever waits holds a thread of the web server, and the pages need theirs."""
_PAUSE: Final = 0.05  # seconds between two looks
_waiting = threading.BoundedSemaphore(MOST_WAITING)


class ReadersBusy(Exception):
    """Too many files are being read; nothing was kept or lost, and the same is asked for again a little later."""

    code = "readers_busy"
    exit_code = 4

    def __init__(self) -> None:
        self.message = f"{MOST} files are being read on this machine and others wait. Nothing was kept; try it again in a minute."
        super().__init__(self.message)


def folder() -> Path:
    """Where the locks lie: a folder of this account of the system among its temporary files. Made when it is missing."""
    path = Path(tempfile.gettempdir()) / f"remit-readers-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not path.is_dir() or path.is_symlink() or found.st_uid != os.getuid():
        raise PermissionError(f"{path} belongs to somebody else: remove it, or set TMPDIR to another folder")
    return path


@contextmanager
def turn() -> Iterator[None]:
    """Hold a turn inside the block. Raises ReadersBusy when none becomes free in WAIT_SECONDS, or too many wait already."""
    place = folder()
    held = _taken(place) or _waited(place)
    try:
        yield
    finally:
        os.close(held)


def _waited(place: Path) -> int:
    if not _waiting.acquire(blocking=False):
        raise ReadersBusy
    try:
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            time.sleep(_PAUSE)
            if held := _taken(place):
                return held
    finally:
        _waiting.release()
    raise ReadersBusy


def _taken(place: Path) -> int | None:
    """An open file that holds a turn; None when all are taken."""
    for number in range(MOST):
        file = os.open(place / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return file
    return None
