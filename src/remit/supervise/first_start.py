"""What only the first start does, and what to tell the person who started us."""

from __future__ import annotations

from typing import Any

import psycopg

from remit.db.location import Location, Role


def is_first(location: Location) -> bool:
    """True while the installation has no person: nobody has begun to use it."""
    return not _person_exists(location, "kind = 'person'")


def _person_exists(location: Location, condition: str) -> bool:
    with _owner(location) as connection:
        query = f"SELECT EXISTS (SELECT FROM remit.people WHERE {condition})"
        return connection.execute(query.encode()).fetchone() == (True,)


def _owner(location: Location) -> psycopg.Connection[Any]:
    return psycopg.connect(**location.conninfo(Role.OWNER))


def how_to_sign_in(location: Location, where: str) -> str:
    """One line on how to get in."""
    if _person_exists(location, "demo"):
        return f"  This is the demo firm: open {where} and choose any person; no password is needed."
    return f"  Open {where} and sign in."
