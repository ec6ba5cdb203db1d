"""The cast in a database of its own, and two simple verbs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remit.db.location import Location
from tests.support import verbs
from tests.support.cast import Cast, make_cast


@pytest.fixture(scope="module")
def cast(database: Location) -> Iterator[Cast]:
    with verbs.registered():
        yield make_cast(database)
