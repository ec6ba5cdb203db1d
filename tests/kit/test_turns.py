"""Readers of strangers' files take turns: a few at once on the machine, the others wait for a bounded time."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from remit.kit import turns
from remit.kit.turns import MOST, ReadersBusy, turn

HOLDS = """
import sys
from pathlib import Path
from remit.kit import turns
turns.folder = lambda: Path(sys.argv[1])
with turns.turn():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(turns, "folder", lambda: tmp_path)
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.01)
    return tmp_path


def test_a_few_at_once_and_the_next_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as all_of_them:
        for _ in range(MOST):
            all_of_them.enter_context(turn())
        with pytest.raises(ReadersBusy) as caught, turn():
            pass
        assert caught.value.exit_code == 4 and "try it again in a minute" in caught.value.message
        # whoever waits gets the turn that becomes free
        monkeypatch.setattr(turns, "WAIT_SECONDS", 60.0)
        got = threading.Event()

        def wait() -> None:
            with turn():
                got.set()

        waiting = threading.Thread(target=wait)
        waiting.start()
        all_of_them.close()
        waiting.join(30)
        assert got.is_set()


def test_no_more_than_some_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits holds a thread of the web server."""
    monkeypatch.setattr(turns, "WAIT_SECONDS", 600.0)
    monkeypatch.setattr(turns, "_waiting", threading.BoundedSemaphore(1))
    assert turns._waiting.acquire(blocking=False)
    with ExitStack() as all_of_them:
        for _ in range(MOST):
            all_of_them.enter_context(turn())
        with pytest.raises(ReadersBusy), turn():
            pass


def test_other_processes_take_from_the_same_turns_and_give_back_when_killed(place: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder, ExitStack() as the_others:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        for _ in range(MOST - 1):
            the_others.enter_context(turn())
        with pytest.raises(ReadersBusy), turn():
            pass
        holder.kill()
        holder.wait()
        with turn():
            pass


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    with turn():
        pass
    monkeypatch.setattr("os.getuid", lambda: 12345)
    (tmp_path / "remit-readers-12345").mkdir()
    with pytest.raises(PermissionError, match="belongs to somebody else"), turn():
        pass
