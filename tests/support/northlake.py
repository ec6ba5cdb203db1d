"""One loaded demo firm for all tests of a run that look at one: made by the first that asks, copied for each module.

A test that needs another scale, a load that is cut off or a firm of today makes its own.
"""

from __future__ import annotations

import fcntl
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from remit import settings
from remit.demo import load
from tests.support.databases import TestServer, in_use

SCALE: Final = 0.2
SEED: Final = 14  # enough barred accounts, and canaries in every territory, at so small a scale
DAY: Final = date(2026, 11, 23)


@dataclass(frozen=True)
class Northlake:
    """The database to copy, the home that the load wrote into, its manifest, and what it said meanwhile."""

    database: str
    home: Path
    manifest: dict[str, Any]
    said: list[str]


def northlake(server: TestServer) -> Northlake:
    """The demo firm of this run. Call it while no database is in use by this process."""
    home = server.home.parent / "northlake-home"
    home.mkdir(exist_ok=True)
    told = home / "told.json"
    with (home / "made.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text(json.dumps(_made(server, home)))
    return Northlake(home=home, **json.loads(told.read_text()))


def _made(server: TestServer, home: Path) -> dict[str, Any]:
    location, said = server.clone("northlake"), list[str]()
    with in_use(location), pytest.MonkeyPatch.context() as patch:
        patch.setenv("REMIT_HOME", str(home))
        settings.reload()
        assert not load.is_loaded()
        manifest = load.load_demo(SCALE, SEED, as_of=DAY, progress=said.append)
    settings.load.cache_clear()
    return {"database": location.database, "manifest": manifest, "said": said}
