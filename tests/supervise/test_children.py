"""Children: started again more slowly each time, stopped together, and never outliving the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from remit.supervise import child as child_module
from remit.supervise.children import FIRST_WAIT, SETTLED_SECONDS, Child, stop_all

DIES = [sys.executable, "-c", "raise SystemExit(3)"]
LIVES = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for each in (reading, writing):
        try:
            os.close(each)
        except OSError as error:
            assert error.errno == 9  # the test closed it itself


def test_a_dead_child_starts_again_after_a_growing_wait(pipe: tuple[int, int]) -> None:
    clock = Clock()
    child = Child("web", pipe[0], command=DIES, clock=clock)
    waits = []
    child.start()
    for _ in range(4):
        assert child.wait(20) == 3
        child.keep()
        began = clock.now
        while child.pid is None and child._process is not None and child._process.returncode is not None:
            clock.now += 0.125
            child.keep()
            if child._process.returncode is None:
                break
        waits.append(clock.now - began)
    child.wait(20)
    assert waits == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4, FIRST_WAIT * 8]


def test_a_child_that_lived_long_starts_again_soon(pipe: tuple[int, int]) -> None:
    clock = Clock()
    child = Child("web", pipe[0], command=DIES, clock=clock)
    child._wait = 16.0
    child.start()
    child.wait(20)
    clock.now += SETTLED_SECONDS + 1
    child.keep()
    clock.now += FIRST_WAIT
    child.keep()
    assert child.wait(20) == 3 and child._wait == FIRST_WAIT * 2


def test_all_are_stopped_in_one_grace_time(pipe: tuple[int, int]) -> None:
    children = [Child(kind, pipe[0], command=LIVES) for kind in ("web", "worker")]
    for each in children:
        each.start()
    stop_all(children)
    assert [each.pid for each in children] == [None, None]


def test_a_child_that_does_not_listen_is_killed(pipe: tuple[int, int]) -> None:
    child = Child("web", pipe[0], command=STUBBORN)
    child.start()
    time.sleep(0.5)
    child.terminate()
    child.finish(time.monotonic() + 0.3)
    assert child.pid is None and child.wait(0) in (-signal.SIGKILL, -signal.SIGTERM)


def test_a_child_ends_when_the_supervisor_is_gone(pipe: tuple[int, int]) -> None:
    code = "from remit.supervise.child import _follow_parent; import time; _follow_parent(); print('up', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, child_module.PARENT_PIPE: str(pipe[0])},
        pass_fds=[pipe[0]],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stdout.readline() == b"up\n"
    os.close(pipe[1])  # what the kernel does when the supervisor is killed
    assert process.wait(10) == -signal.SIGTERM
    process.stdout.close()
