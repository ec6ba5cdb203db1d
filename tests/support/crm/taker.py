"""A process that takes everything of a connected CRM once, as the worker does; made to be killed and to be measured.

stdin: the line of `worker_zygote.as_text` with a `vendor`. stdout: {"seconds", "created", "problem", "memory_mb": [resident, over time]}.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil

from remit.db.location import Location, Role
from tests.support.worker_zygote import as_text

ROOT = Path(__file__).resolve().parents[3]


def start(location: Location, vendor: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    """The process, at work."""
    made = subprocess.Popen(
        [sys.executable, "-m", "tests.support.crm.taker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, **environment, "PYTHONPATH": f"{ROOT}/src:{ROOT}"},
    )  # fmt: skip
    assert made.stdin is not None
    made.stdin.write(as_text(location, {}) + f"\n{vendor}\n")
    made.stdin.close()
    return made


def main() -> None:
    """Take it."""
    place = json.loads(sys.stdin.readline())["location"]
    vendor = sys.stdin.readline().strip()
    place["passwords"] = {Role(name): word for name, word in place["passwords"].items()}

    import remit.wiring  # noqa: F401
    from remit import identity, logs
    from remit.db import engines
    from remit.domains.crm.queries import get_connection
    from remit.workflows.syncing import sync

    logs.configure("warning")
    engines.use(Location(**place), program="remit taker")
    scope = identity.for_service("syncing", via="test")
    memory: list[float] = []
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(memory, done), daemon=True)
    watch.start()
    found = sync(scope, get_connection(scope, vendor))
    done.set()
    watch.join()
    told: dict[str, Any] = {
        "seconds": found.seconds,
        "created": found.total("created"),
        "rows": found.total("rows"),
        "requests": found.requests_count,
    }
    told |= {"problem": found.problem, "problems": found.problems, "memory_mb": memory}
    sys.stdout.write(json.dumps(told) + "\n")


def _watch(memory: list[float], done: threading.Event) -> None:
    process = psutil.Process()
    while not done.wait(0.25):
        memory.append(round(process.memory_info().rss / 2**20, 1))


if __name__ == "__main__":
    main()
