"""Fixtures for every test. The cast: Alice owns, Bob is on her team, Charlie is outside, Robo is an agent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from remit import settings
from remit.db.location import Location
from tests.support.databases import TestServer, in_use, server

if TYPE_CHECKING:  # it imports the whole demo, which most tests need nothing of
    from tests.support.northlake import Northlake

# how long a machine takes is no property of the code: a busy one must not fail a test
hypothesis.settings.register_profile(
    "remit", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("remit")
os.environ["REMIT_WEB_HOSTS"] = "testserver"  # the name by which the HTTP client of tests asks


@pytest.fixture(scope="session", autouse=True)
def home_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test touches the installation of whoever runs the tests: what names no home gets an empty one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REMIT_HOME", str(tmp_path_factory.mktemp("home-of-nobody")))
        settings.load.cache_clear()
        yield
    settings.load.cache_clear()


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[TestServer]:
    """The PostgreSQL of this run, started once for all test processes."""
    base: Path = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "remit-home"
    with server(home) as running:
        yield running


@pytest.fixture(scope="module")
def database(database_server: TestServer, request: pytest.FixtureRequest) -> Iterator[Location]:
    """An empty, migrated database for this module; the engines of this process point at it."""
    location = database_server.clone(request.module.__name__)
    with in_use(location):
        yield location
    database_server.drop(location)


@pytest.fixture(scope="module")
def firm_in_database(database_server: TestServer, request: pytest.FixtureRequest) -> Iterator[Northlake]:
    """The loaded demo firm in a database of this module, in use, and its home beside it."""
    from tests.support.northlake import northlake

    made = northlake(database_server)
    location = database_server.clone(request.module.__name__, made.database)
    with in_use(location), pytest.MonkeyPatch.context() as patch:
        patch.setenv("REMIT_HOME", str(made.home))
        settings.reload()
        yield made
    settings.load.cache_clear()
    database_server.drop(location)
