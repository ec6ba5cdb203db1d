"""The cast in a database of its own, and every verb of the product."""

from __future__ import annotations

import pytest

import remit.wiring  # noqa: F401 - registers the handlers
from remit.db.location import Location
from tests.support.cast import Cast, make_cast


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)
