"""Starts worker processes fast: imports everything once, then forks one worker per line on stdin, prints its pid.

A worker forked here is the same program on the same path as `python -m remit.worker`; only the imports are saved.
Line: {"location": {...}, "settings": {...}}. An empty line or the end of stdin ends the zygote, not its workers.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from remit.db.location import Location, Role

ROOT = Path(__file__).resolve().parents[2]


def as_text(location: Location, settings: dict[str, Any], **more: str) -> str:
    """One line for stdin; `sequences_at`: it only moves sequences, at that stopped instant, until it is killed."""
    place = {**asdict(location), "passwords": {role.value: word for role, word in location.passwords.items()}}
    return json.dumps({"location": place, "settings": settings, **more}, default=str)


def _child(line: str) -> None:
    from remit import logs
    from remit.connectors.email import config, deliver
    from remit.db import engines
    from remit.settings import Settings
    from remit.worker.run import Worker

    order = json.loads(line)
    place = order["location"]
    place["passwords"] = {Role(name): word for name, word in place["passwords"].items()}
    if "sequences_at" in order:
        _move_sequences(Location(**place), order["sequences_at"])
    settings, stop = Settings(**order["settings"]), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    logs.configure(settings.log_level)
    engines.use(Location(**place), program="remit worker")
    deliver.use(config.read(settings))
    Worker(settings, engines.location()).run(stop)


def _move_sequences(location: Location, at: str) -> None:
    from datetime import datetime

    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.db import engines
    from remit.domains.sequences.advancing import advance
    from remit.domains.sequences.asking import ask_due
    from remit.kit import clock
    from remit.workflows.run_sequences import hands_of

    engines.use(location, program="remit sequences")
    with clock.stopped(datetime.fromisoformat(at)):
        hands = hands_of()
        while True:
            advance(hands.notes, limit=100)
            ask_due(hands)


def main() -> None:
    """Serve orders from stdin."""
    import remit.connectors.email.deliver
    import remit.wiring  # as the program does: what goes with an e-mail says there when it may leave
    import remit.worker.run  # noqa: F401 - what the children need, imported once

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel collects dead children
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if not line.strip():
            return
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            code = 1
            try:
                _child(line)
                code = 0
            finally:
                sys.stderr.flush()
                os._exit(code)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


class Zygote:
    """The zygote process, as the test sees it."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.worker_zygote"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        )  # fmt: skip
        self._say_and_hear(None)
        self._started: list[int] = []

    def start(self, location: Location, settings: dict[str, Any], **more: str) -> int:
        """Start a worker; its process id. `more` as in `as_text`."""
        pid = int(self._say_and_hear(as_text(location, settings, **more)))
        self._started.append(pid)
        return pid

    def close(self) -> None:
        """End the zygote and every worker that it started."""
        for pid in self._started:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self._process.communicate("\n", timeout=20)
        self._log.close()

    def _say_and_hear(self, line: str | None) -> str:
        assert self._process.stdin and self._process.stdout
        if line is not None:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        heard = self._process.stdout.readline().strip()
        assert heard, "the zygote died"
        return heard


def alive(pid: int) -> bool:
    """Whether the process still exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def zygote(log: Path) -> Iterator[Zygote]:
    """A zygote, ended with all its workers when the block ends."""
    made = Zygote(log)
    try:
        yield made
    finally:
        made.close()


if __name__ == "__main__":
    main()
