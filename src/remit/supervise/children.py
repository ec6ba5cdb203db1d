"""Child processes that are started again when they die, more slowly each time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from remit.supervise.child import GRACE_SECONDS, PARENT_PIPE

FIRST_WAIT = 0.5  # seconds before the first restart; doubled each time
LONGEST_WAIT = 30.0
SETTLED_SECONDS = 60.0  # a child that lived this long starts with the first wait again

log = structlog.get_logger(__name__)


class Child:
    """One kind of child process, running or waiting to be started again."""

    def __init__(
        self,
        kind: str,
        pipe: int,
        *,
        command: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
        descriptors: Sequence[int] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.kind = kind
        self._command = list(command or [sys.executable, "-m", "remit.supervise.child", kind])
        self._pipe = pipe
        self._environment = dict(environment or {})
        self._descriptors = (pipe, *descriptors)
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._wait = FIRST_WAIT
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process in its own session, so that Ctrl-C in the terminal reaches only the supervisor."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **self._environment, PARENT_PIPE: str(self._pipe)},
            pass_fds=self._descriptors,
            start_new_session=True,
        )
        self._started_at = self._clock()

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the process to end; its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def keep(self) -> None:
        """Start the process again when it has died and its waiting time is over. Call often."""
        if self._process is None or self._process.poll() is None:
            return
        now = self._clock()
        if not self._not_before:
            if now - self._started_at > SETTLED_SECONDS:
                self._wait = FIRST_WAIT
            self._not_before = now + self._wait
            log.error(
                f"the {self.kind} process ended; starting it again",
                exit_code=self._process.returncode,
                in_seconds=self._wait,
            )
            self._wait = min(self._wait * 2, LONGEST_WAIT)
        if now >= self._not_before:
            self._not_before = 0.0
            self.start()

    def terminate(self) -> None:
        """Ask the process to stop; `finish` waits for it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def finish(self, deadline: float) -> None:
        """Wait until `deadline` (of the clock), then kill."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - self._clock()))
        except subprocess.TimeoutExpired:
            log.warning(f"the {self.kind} process did not stop in time and was killed")
            self._process.kill()
            self._process.wait()


def stop_all(children: Sequence[Child]) -> None:
    """Stop every child at once, giving them the same time together."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        child.finish(deadline)
