"""The database for the length of one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from remit import settings
from remit.db import engines, opening
from remit.db.location import Location


@contextmanager
def served(program: str = "remit cli") -> Iterator[tuple[opening.Server, Location]]:
    """The server with its administrator, and the database: for commands about the installation itself."""
    chosen = settings.load()
    with opening.running(chosen) as server:
        location = opening.prepare(chosen, server)
        engines.use(location, pool_size=chosen.pool_size, program=program)
        try:
            yield server, location
        finally:
            engines.dispose()


@contextmanager
def database(program: str = "remit cli") -> Iterator[Location]:
    """Connect to the server that runs, or run the embedded one until the command ends."""
    with served(program) as (_, location):
        yield location
