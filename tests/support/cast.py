"""The cast and a few records to act on, written past the door as the owner of the tables: for tests only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import URL, Engine, create_engine, text

from remit import identity
from remit.db.location import Location, Role
from remit.identity import SYSTEM_ID
from remit.kit.ids import new_id
from remit.scope import Scope


@lru_cache(maxsize=4)
def _engine(url: URL) -> Engine:
    return create_engine(url, pool_size=1, pool_pre_ping=True)


def as_owner(location: Location) -> Engine:
    """The tables' owner, with one kept connection a database: a test looks at its tables hundreds of times."""
    return _engine(location.url(Role.OWNER))


@dataclass(frozen=True)
class Cast:
    """Alice and Bob (reps) share the territory North; Charlie (rep) has South; Robo is Alice's agent.

    Account `pine` is Alice's in North, `oak` a key account in North, `palm` is in South, `wall` in North behind a
    barrier to which only Bob is admitted. Mia manages, Cora is compliance, Vera the VP, Olga operations, Adam the admin.
    """

    location: Location
    people: dict[str, UUID]
    accounts: dict[str, UUID]
    access: dict[str, int]

    def scope(self, name: str) -> Scope:
        """The scope of one of the cast."""
        if name == "robo":
            return identity.for_agent(self.people[name], via="test")
        return identity.for_person(self.people[name], via="test")

    def sql(self, statement: str, **parameters: object) -> list[tuple]:
        """Run SQL as the tables' owner seeing everything: to set up and to look afterwards, never to test with."""
        with as_owner(self.location).begin() as connection:
            connection.execute(text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(SYSTEM_ID)})
            done = connection.execute(text(statement), parameters)
            return [tuple(row) for row in done] if done.returns_rows else []


ROLES = {
    "alice": "ae", "bob": "ae", "charlie": "ae", "mia": "manager", "cora": "compliance", "vera": "vp", "olga": "operations",
    "gwen": "governance", "adam": "admin",
}  # fmt: skip
REACH = {"cora": "all", "vera": "all", "olga": "all", "gwen": "all", "mia": "all", "adam": "none"}


def make_cast(location: Location) -> Cast:
    """Write the cast into an empty, migrated database."""
    people = {name: new_id() for name in (*ROLES, "robo")}
    accounts = {name: new_id() for name in ("pine", "oak", "palm", "wall")}
    cast = Cast(location, people, accounts, {})
    cast.sql("INSERT INTO remit.territories (id, name) VALUES (101, 'North'), (102, 'South')")
    cast.sql("INSERT INTO remit.barriers (id, name) VALUES (101, 'Merger')")
    cast.sql(
        "INSERT INTO remit.access_groups (id, territory_id, barrier_id) VALUES (101, 101, NULL), (102, 102, NULL), (103, 101, 101)"
    )
    cast.access.update(pine=101, oak=101, palm=102, wall=103)
    for name, role in ROLES.items():
        cast.sql(
            "INSERT INTO remit.people (id, kind, name, email, reach) VALUES (:id, 'person', :name, :email, :reach)",
            id=people[name], name=name.title(), email=f"{name}@northlake.example", reach=REACH.get(name, "own"),
        )  # fmt: skip
        cast.sql("INSERT INTO remit.person_roles VALUES (:id, :role)", id=people[name], role=role)
    cast.sql(
        "INSERT INTO remit.people (id, kind, name, owner_id) VALUES (:id, 'agent', 'Robo', :owner)",
        id=people["robo"], owner=people["alice"],
    )  # fmt: skip
    for name, territory in (("alice", 101), ("bob", 101), ("charlie", 102)):
        cast.sql("INSERT INTO remit.person_territories VALUES (:id, :t)", id=people[name], t=territory)
    cast.sql("INSERT INTO remit.person_barriers VALUES (:id, 101)", id=people["bob"])
    for name, owner in (("pine", "alice"), ("oak", "alice"), ("palm", "charlie"), ("wall", "bob")):
        cast.sql(
            """INSERT INTO remit.accounts (id, access_id, name, name_key, segment, key_account, owner_id)
               VALUES (:id, :access, :name, :key, 'macro', :vip, :owner)""",
            id=accounts[name], access=cast.access[name], name=f"{name.title()} Capital", key=f"{name} capital",
            vip=name == "oak", owner=people[owner],
        )  # fmt: skip
    return cast
