"""What only the first start does, and what to tell the person who started us."""

from __future__ import annotations

import importlib
from typing import Any

import psycopg

from remit import identity
from remit.db import engines
from remit.db.location import Location, Role
from remit.db.sessions import read


def is_first(location: Location) -> bool:
    """True while nobody has begun to use this installation: no person, and no record (an import may come first)."""
    if _person_exists(location, "kind = 'person'"):
        return False
    engines.use(location, pool_size=1, program="remit up")
    try:
        with read(identity.for_service("first-start", via="cli")) as session:
            return not session.scalar("SELECT EXISTS (SELECT FROM remit.accounts)")
    finally:
        engines.dispose()


def is_demo_unfinished(location: Location) -> bool:
    """True when loading the demo firm was cut off after its rows were in: an agent has not had its last first remit."""
    with _owner(location) as connection:
        found = connection.execute(
            b"SELECT EXISTS (SELECT FROM remit.people p WHERE p.demo AND p.kind = 'agent' AND NOT EXISTS ("
            b"SELECT FROM remit.actions a WHERE a.idempotency_key = 'demo-remit:' || p.id || ':SendEmail'))"
        )
        return found.fetchone() == (True,)


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
    link = _set_up_link(location)
    if link is not None:
        return f"  Nobody can sign in yet. Set Remit up within 24 hours, once, at\n  {where}{link}"
    return f"  Open {where} and sign in."


def _set_up_link(location: Location) -> str | None:
    """The path of a new one-time set-up link while nobody can sign in. Imports the door: only needed then."""
    with _owner(location) as connection:
        if connection.execute("SELECT EXISTS (SELECT FROM remit.person_roles)").fetchone() == (True,):
            return None
    importlib.import_module("remit.wiring")
    set_up = importlib.import_module("remit.domains.people.set_up")
    engines.use(location, pool_size=1, program="remit up")
    try:
        path: str | None = set_up.first_link(identity.for_service("first-start", via="cli"))
    finally:
        engines.dispose()
    return path
