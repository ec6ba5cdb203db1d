"""The cast as rows: Alice owns, Bob is on her team, Charlie is outside (other territory), Robo is Alice's agent.

`settle(location)` writes them as the schema's owner, outside of the application, for tests that need people and a
few accounts before the door can be asked for anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

import psycopg

from remit.db.location import Location, Role

_SPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def cast_id(name: str) -> UUID:
    """The stable id of a member of the cast, a team or an account of it."""
    return uuid5(_SPACE, f"remit-cast-{name}")


@dataclass(frozen=True)
class Member:
    """One person of the cast."""

    name: str
    email: str
    roles: tuple[str, ...]
    territory: str = ""
    reach: str = "own"
    team: str = ""
    zone: str = "UTC"
    demo: bool = True

    @property
    def id(self) -> UUID:
        """The member's id."""
        return cast_id(self.name)


ALICE = Member(
    "Alice Ames", "alice@northlake.example", ("ae",), "West", team="West team", zone="America/New_York"
)
BOB = Member("Bob Burns", "bob@northlake.example", ("sdr",), "West", team="West team")
CHARLIE = Member("Charlie Cole", "charlie@northlake.example", ("ae",), "East", team="East team")
MANAGER = Member("Mona Marsh", "mona@northlake.example", ("manager",), "West", team="West team")
COMPLIANCE = Member("Cora Compton", "cora@northlake.example", ("compliance",), reach="all")
GOVERNANCE = Member("Gus Gower", "gus@northlake.example", ("governance",), reach="all")
VP = Member("Vera Vane", "vera@northlake.example", ("vp",), reach="all")
ADMIN = Member("Ada Admin", "ada@northlake.example", ("admin",), reach="none")
EVERYBODY = (ALICE, BOB, CHARLIE, MANAGER, COMPLIANCE, GOVERNANCE, VP, ADMIN)
ROBO_ID = cast_id("Robo")
WEST_ACCOUNT = cast_id("Harbour Point Capital")
EAST_ACCOUNT = cast_id("Eastgate Partners")
WEST_CONTACT = cast_id("Priya Shah")


def settle(location: Location) -> None:
    """Write the cast, two territories with one account each, and one contact. Safe to call twice."""
    with psycopg.connect(**location.conninfo(Role.OWNER)) as connection:
        for name in ("West", "East"):
            connection.execute(
                "INSERT INTO remit.territories (name) VALUES (%s) ON CONFLICT DO NOTHING", (name,)
            )
        connection.execute(
            "INSERT INTO remit.access_groups (territory_id) SELECT id FROM remit.territories ON CONFLICT DO NOTHING"
        )
        for member in EVERYBODY:
            _person(connection, member)
        connection.execute(
            "INSERT INTO remit.people (id, kind, name, owner_id) VALUES (%s, 'agent', 'Robo', %s) ON CONFLICT DO NOTHING",
            (ROBO_ID, ALICE.id),
        )
        # forced row-level security binds the owner too: write as somebody who sees everything
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(VP.id),))
        for account, name, place in (
            (WEST_ACCOUNT, "Harbour Point Capital", "West"),
            (EAST_ACCOUNT, "Eastgate Partners", "East"),
        ):
            connection.execute(
                """INSERT INTO remit.accounts (id, access_id, name, name_key, segment, owner_id)
                SELECT %s, g.id, %s, lower(%s), 'hedge_fund', %s FROM remit.access_groups g
                JOIN remit.territories t ON t.id = g.territory_id WHERE t.name = %s AND g.barrier_id IS NULL
                ON CONFLICT DO NOTHING""",
                (account, name, name, ALICE.id if place == "West" else CHARLIE.id, place),
            )
        connection.execute(
            """INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, title, email, country)
            SELECT %s, id, access_id, 'Priya', 'Shah', 'Head of Trading', 'priya.shah@harbourpoint.example', 'US'
            FROM remit.accounts WHERE id = %s ON CONFLICT DO NOTHING""",
            (WEST_CONTACT, WEST_ACCOUNT),
        )


def _person(connection: psycopg.Connection[tuple[object, ...]], member: Member) -> None:
    if member.team:
        connection.execute(
            "INSERT INTO remit.teams (id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (cast_id(member.team), member.team),
        )
    connection.execute(
        """INSERT INTO remit.people (id, kind, name, email, reach, team_id, time_zone, demo)
        VALUES (%s, 'person', %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (
            member.id, member.name, member.email, member.reach,
            cast_id(member.team) if member.team else None, member.zone, member.demo,
        ),
    )  # fmt: skip
    for role in member.roles:
        connection.execute(
            "INSERT INTO remit.person_roles (person_id, role) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (member.id, role),
        )
    if member.territory:
        connection.execute(
            """INSERT INTO remit.person_territories (person_id, territory_id)
            SELECT %s, id FROM remit.territories WHERE name = %s ON CONFLICT DO NOTHING""",
            (member.id, member.territory),
        )


def rows_as(location: Location, person_id: UUID, query: str) -> list[tuple[object, ...]]:
    """Rows as this person sees them (forced row-level security binds the owner too)."""
    with psycopg.connect(**location.conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, false)", (str(person_id),))
        return connection.execute(query.encode()).fetchall()
