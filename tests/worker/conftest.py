"""The cast on this module's database."""

from __future__ import annotations

import pytest

from remit.db.location import Location
from tests.support.cast import Cast, make_cast


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)
