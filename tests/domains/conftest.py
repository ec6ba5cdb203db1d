"""The cast in a database of its own, and every verb of the product."""

from __future__ import annotations

import pytest

import remit.wiring  # noqa: F401 - registers the handlers
from remit.db.location import Location
from tests.support.cast import Cast, make_cast
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(scope="module")
def desk(cast: Cast) -> Desk:
    """The cast with contacts and facts to write from."""
    return make_desk(cast)
