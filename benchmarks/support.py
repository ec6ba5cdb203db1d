"""What benchmarks share: a durable server of their own, rows with both sides, percentiles.

Each file beside this one has `run() -> list[Row]` and is found by `remit bench`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from remit.db import embedded, engines, migrate, provision
from remit.db.location import Location

Row = dict[str, Any]


@contextmanager
def durable_server() -> Iterator[tuple[Location, Path]]:
    """An embedded server with its usual durable settings in a temporary home, migrated and in use."""
    with tempfile.TemporaryDirectory(prefix="remit-bench-") as folder:
        home = Path(folder)
        with embedded.shared(home) as cluster:
            admin, passwords = provision.Admin(cluster.superuser()), provision.role_passwords(home)
            provision.provision(admin, passwords)
            location = provision.location_of(admin, passwords)
            migrate.upgrade(location)
            engines.use(location, pool_size=8, program="remit bench")
            try:
                yield location, home
            finally:
                engines.dispose()


def row(
    name: str, what: str, ours: float, other: float, other_name: str, unit: str, *, runs: int, n: int
) -> Row:
    """One figure with its other side, measured in the same run. ratio = ours / other."""
    return {
        "name": name,
        "what": what,
        "ours": round(ours, 4),
        "other": round(other, 4),
        "other_name": other_name,
        "ratio": round(ours / other, 3) if other else None,
        "unit": unit,
        "runs": runs,
        "n": n,
    }


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0–1) of the sorted values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
