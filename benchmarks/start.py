"""Starting: the first start with the demo firm, later starts, and what web and worker keep resident.

Runs `remit up` as a person would, in a temporary home with everything installed (downloads are not part of this).
The other side of each figure is what issue and contract ask for, so a ratio below 1 is good.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.support import Row, row

FIRST_SECONDS, LATER_SECONDS, RESIDENT_MB = 90, 8, 500
PATIENCE_SECONDS = 300


@contextmanager
def _up(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, float]]:
    """`remit up` until the first page answers; gives the process, its address and the seconds that took."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", "from remit.cli.main import run; run()", "up", "--port", "0"],
        env={**os.environ, "REMIT_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            if process.poll() is not None or time.perf_counter() - started > PATIENCE_SECONDS:
                raise RuntimeError(f"remit up did not come up (exit code {process.returncode})")
            address = _answering(home)
            if address:
                break
            time.sleep(0.05)
        yield process, address, time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _answering(home: Path) -> str:
    try:
        address = json.loads((home / "up.lock").read_text())["address"]
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return address if answer.status == 200 else ""
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return ""


def _resident_mb(process: subprocess.Popen[bytes], address: str) -> float:
    """Resident memory of the children that serve pages and deliver (not the database), after some pages."""
    for path in ("/", "/sign-in") * 20:
        urllib.request.urlopen(address + path, timeout=30).read()
    total = 0.0
    for child in psutil.Process(process.pid).children(recursive=True):
        if child.name().startswith("python"):
            total += child.memory_info().rss / 1e6
    return total


def run() -> list[Row]:
    """Rows: seconds of the first and of a later start; resident megabytes of web and worker."""
    with tempfile.TemporaryDirectory(prefix="remit-start-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        with _up(home) as (_, _, first):
            pass
        with _up(home) as (process, address, later):
            resident = _resident_mb(process, address)
    asked = "the most that is allowed"
    return [
        row("start_first", "first start to the first page, with the demo firm", first, FIRST_SECONDS, asked, "s", runs=1, n=1),
        row("start_later", "a later start to the first page", later, LATER_SECONDS, asked, "s", runs=1, n=1),
        row("memory_web_worker", "resident memory of web and worker", resident, RESIDENT_MB, asked, "MB", runs=1, n=1),
    ]  # fmt: skip
