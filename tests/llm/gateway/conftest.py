"""A provider on this machine, the cast, and the verbs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import remit.wiring  # noqa: F401 - registers the handlers
from remit.db.location import Location
from tests.support.cast import Cast, make_cast
from tests.support.model_server import ModelServer, model_server


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running
