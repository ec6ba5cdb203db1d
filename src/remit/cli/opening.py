"""The database for the length of one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from remit import settings
from remit.db.location import Location
from remit.db.opening import opened


@contextmanager
def database(program: str = "remit cli") -> Iterator[Location]:
    """Connect to the server that runs, or run the embedded one until the command ends."""
    with opened(settings.load(), program) as location:
        yield location
