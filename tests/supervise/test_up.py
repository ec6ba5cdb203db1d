"""`remit up` as a program: started, asked, killed in pieces, stopped."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import psutil
import pytest

from remit.db.binaries import choose_account
from remit.db.embedded import Cluster

pytestmark = pytest.mark.slow
WAIT_SECONDS = 90


def eventually(check: Callable[[], object], seconds: float = WAIT_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def remit(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from remit.cli.main import run; run()", *words],
        env={**os.environ, "REMIT_HOME": str(home)},
        cwd=home.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@dataclass
class Running:
    """A running `remit up` and what it has printed."""

    home: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return json.loads((self.home / "up.lock").read_text())["address"]

    def read_until(self, word: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if word in line:
                # a pipe that nobody reads would stop the program once it is full
                Thread(target=self.lines.extend, args=(self.process.stdout,), daemon=True).start()
                return
        pytest.fail("it ended instead:\n" + "".join(self.lines))

    def children(self) -> dict[str, psutil.Process]:
        """web and worker, by kind."""
        return {each.cmdline()[-1]: each for each in _left(self.home)}

    def healthy(self) -> bool:
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=10)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            return answer.status == 200 and json.load(answer)["status"] == "ok"
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)
        assert eventually(lambda: "Stopped." in "".join(self.lines), 10)
        return "".join(self.lines)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One running program for all tests of this file; the last kills it and starts another on its home."""
    home = tmp_path_factory.mktemp("up") / "home"
    one = Running(home, remit(home, "up", "--no-demo", "--port", "0"))
    try:
        one.read_until("Ctrl-C stops it")
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        cluster = Cluster(home, choose_account())
        assert eventually(lambda: not _left(home)), "children outlived the supervisor"
        cluster.stop()


def _left(home: Path) -> list[psutil.Process]:
    """Web or worker processes of `home` that still live."""
    found = []
    for each in psutil.process_iter():
        try:
            if "remit.supervise.child" in each.cmdline() and each.environ().get("REMIT_HOME") == str(home):
                found.append(each)
        except psutil.Error:
            continue
    return found


def test_one_up_and_others_beside_it(up: Running) -> None:
    assert up.healthy()
    assert set(up.children()) == {"web", "worker"}
    second = remit(up.home, "up")
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1 and up.address in said and "already" in said
    command = remit(up.home, "--json", "audit", "verify")
    said, _ = command.communicate(timeout=60)
    assert command.returncode == 0 and up.healthy(), "a command beside it neither fails nor stops the server"
    assert Cluster(up.home, choose_account()).running_pid() is not None


def test_what_is_killed_is_started_again_and_left_nothing_behind(up: Running) -> None:
    before = up.children()
    for each in before.values():
        each.kill()
    assert eventually(lambda: set(up.children()) == {"web", "worker"} and up.healthy())
    assert {each.pid for each in up.children().values()}.isdisjoint(each.pid for each in before.values())
    cluster = Cluster(up.home, choose_account())
    database = cluster.running_pid()
    assert database is not None
    os.kill(database, signal.SIGKILL)
    assert eventually(lambda: cluster.running_pid() not in (None, database))
    assert eventually(up.healthy)
    up.process.kill()  # and the supervisor itself: nothing is in the way of the next
    up.process.wait()
    assert eventually(lambda: not _left(up.home), 30)
    again = Running(up.home, remit(up.home, "up", "--no-demo", "--port", "0"))
    again.read_until("Ctrl-C stops it")
    assert again.healthy()
    rest = again.stop()
    assert again.process.returncode == 0 and "Stopped." in rest and "Traceback" not in rest
    assert cluster.running_pid() is None and _left(up.home) == []
