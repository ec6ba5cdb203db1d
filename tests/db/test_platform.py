"""The fixture itself: a migrated database, three roles, none of them above row-level security."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from remit.db import engines, migrate
from remit.db.location import Location, Role
from tests.support.databases import rows


def test_database_is_at_the_newest_revision(database: Location) -> None:
    assert migrate.current(database) == migrate.head()


def test_no_role_may_bypass_row_level_security(database: Location) -> None:
    found = rows(
        database,
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'remit\\_%' AND rolname <> 'remit_bootstrap' "
        "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)",
    )
    assert found == []


@pytest.mark.parametrize("role", list(Role))
def test_each_role_signs_in_and_sees_its_settings(database: Location, role: Role) -> None:
    with engines.engine(role).connect() as connection:
        user = connection.execute(text("SELECT current_user, current_setting('lock_timeout')")).one()
        vector = connection.execute(text("SELECT '[1,2]'::vector <-> '[1,3]'::vector")).scalar_one()
    assert user[0] == role.value and user[1] != "0"
    assert vector == 1


def test_reader_cannot_write_even_a_new_table(database: Location) -> None:
    with engines.engine(Role.READER).connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("CREATE TABLE remit.mine (a int)"))


def test_writer_cannot_create_in_the_schema(database: Location) -> None:
    with engines.engine(Role.WRITER).connect() as connection, pytest.raises(DBAPIError, match="permission"):
        connection.execute(text("CREATE TABLE remit.mine (a int)"))
