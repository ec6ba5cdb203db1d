"""New months are made beside work that holds the tables: nobody's transaction is ended for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from remit import identity
from remit.actions import upkeep
from remit.db.location import Location, Role
from tests.support.cast import Cast, make_cast


@pytest.fixture(scope="module")
def cast(database: Location) -> Iterator[Cast]:
    yield make_cast(database)


def test_it_gives_way_to_who_reads_one_table_and_writes_another(cast: Cast) -> None:
    """As the quality refresh does: it reads activities and writes the record. Both locks in one order would not do."""
    system = identity.for_service("upkeep", via="test")
    engine = create_engine(cast.location.url(Role.WRITER), poolclass=NullPool)
    with ThreadPoolExecutor(1) as pool, engine.begin() as busy:
        busy.execute(text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(cast.people["alice"])})
        busy.execute(text("SELECT count(*) FROM remit.activities"))
        making = pool.submit(upkeep.make_months, system, date(2031, 1, 1), date(2031, 2, 1))
        with pytest.raises(OperationalError, match="lock timeout"):
            making.result()
        busy.execute(text("SELECT count(*) FROM remit.audit"))
        busy.execute(
            text("UPDATE remit.accounts SET website = 'x' WHERE id = :id"), {"id": cast.accounts["pine"]}
        )
    assert upkeep.make_months(system, date(2031, 1, 1), date(2031, 2, 1)) == 6, "audit had its two already"
    assert upkeep.make_months(system, date(2031, 1, 1), date(2031, 2, 1)) == 0
