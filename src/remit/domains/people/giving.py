"""Gives one person what their groups give, and takes back what those gave before: inside an action, never by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import WriteSession
from remit.domains.people import overseers, oversight
from remit.policy.model import ROLES

_HELD: Final = """
SELECT p.id AS person_id, p.reach, p.active, coalesce(g.roles, '{}') AS given_roles, coalesce(g.territories, '{}') AS given_territories,
       coalesce(g.reach, false) AS given_reach,
       array(SELECT role FROM remit.person_roles r WHERE r.person_id = p.id ORDER BY role) AS roles,
       array(SELECT t.name FROM remit.person_territories x JOIN remit.territories t ON t.id = x.territory_id
             WHERE x.person_id = p.id ORDER BY t.name) AS territories
FROM remit.people p LEFT JOIN remit.group_gifts g ON g.person_id = p.id WHERE p.id = :id FOR UPDATE OF p
"""
IN_GROUPS: Final = """
(SELECT m.person_id, d.name FROM remit.directory_members m JOIN remit.directory_groups d ON d.id = m.group_id
 UNION SELECT s.person_id, said.name FROM remit.sign_on_subjects s, unnest(s.groups) AS said (name))
"""
"""Who is in which group by now, as SQL: by the firm's directory, or by what they came with at their last sign-on. Who leaves a
group in the directory loses the older word of that sign-on with it (`directory_groups.py`)."""
_MAPPED: Final = f"""
SELECT g.roles, g.territories, g.reach FROM remit.sign_on_groups g JOIN {IN_GROUPS} i ON i.name = g.name WHERE i.person_id = :id
"""
_REMEMBER: Final = """
INSERT INTO remit.group_gifts (person_id, roles, territories, reach) VALUES (:id, :roles, :places, :reach)
ON CONFLICT (person_id) DO UPDATE SET roles = excluded.roles, territories = excluded.territories, reach = excluded.reach
"""


@dataclass(frozen=True, slots=True)
class Given:
    """What a person has before and after: roles, territories, reach."""

    person_id: UUID
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def changed(self) -> bool:
        """Whether anything did."""
        return self.before != self.after

    def told(self) -> dict[str, Any]:
        """For the record."""
        return {"person_id": str(self.person_id), "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class _Share:
    """One kind of thing: what is held, what groups gave of it, what they give now."""

    held: frozenset[str]
    given: frozenset[str]
    now: frozenset[str]

    @property
    def final(self) -> frozenset[str]:
        return (self.held - (self.given - self.now)) | self.now

    @property
    def remembered(self) -> frozenset[str]:
        """What was held by hand before a group gave it is not the group's to take."""
        return (self.given & self.now) | (self.now - self.held)


def apply(tx: WriteSession, person_id: UUID) -> Given:
    """Bring roles, territories and reach in line with the groups of this person. The caller holds the lock on oversight.

    Raises Refused when nobody would be left who oversees.
    """
    row = tx.row(_HELD, {"id": person_id})
    assert row is not None  # the caller has just written or read it
    mapped = tx.rows(_MAPPED, {"id": person_id})
    if "admin" in row.roles:  # has no part in client work, whatever groups say
        mapped = []
    roles = _Share(frozenset(row.roles), frozenset(row.given_roles), _union(mapped, "roles"))
    places = _Share(
        frozenset(row.territories), frozenset(row.given_territories), _union(mapped, "territories")
    )
    reach, given_reach = _reach(row, any(one.reach == "all" for one in mapped))
    before = {"roles": row.roles, "territories": row.territories, "reach": row.reach}
    after = {"roles": sorted(roles.final), "territories": sorted(places.final), "reach": reach}
    if after != before:
        _write_person(tx, row.person_id, after)
    remembered = {
        "roles": sorted(roles.remembered),
        "places": sorted(places.remembered),
        "reach": given_reach,
    }
    tx.execute(_REMEMBER, {"id": person_id, **remembered})
    oversight.check_somebody_is_left(tx, {"active": row.active, "roles": row.roles})
    if oversight.OVERSIGHT & (roles.final - roles.held):
        overseers.mark_alone(tx, row.person_id)
    if not roles.final & set(ROLES):
        end_sessions(tx, row.person_id)
        end_agents(tx, row.person_id)
    return Given(row.person_id, before, after)


def _union(rows: Any, name: str) -> frozenset[str]:
    return frozenset(each for row in rows for each in getattr(row, name))


def _reach(row: Row[Any], everything: bool) -> tuple[str, bool]:
    """Reach, and whether a group gave it. One that somebody set to none stays: groups widen what is their own only."""
    if everything and row.reach == "own":
        return "all", True
    if not everything and row.given_reach:
        return "own" if row.reach == "all" else row.reach, False
    return row.reach, everything and row.given_reach


def _write_person(tx: WriteSession, person_id: UUID, after: dict[str, Any]) -> None:
    values = {
        "id": person_id, "roles": after["roles"], "names": after["territories"], "reach": after["reach"], "now": tx.now,
    }  # fmt: skip
    tx.execute("DELETE FROM remit.person_roles WHERE person_id = :id AND role <> ALL(:roles)", values)
    tx.execute(
        "INSERT INTO remit.person_roles (person_id, role) SELECT :id, unnest(CAST(:roles AS text[])) ON CONFLICT DO NOTHING",
        values,
    )
    tx.execute(
        "INSERT INTO remit.territories (name) SELECT unnest(CAST(:names AS text[])) ON CONFLICT (name) DO NOTHING",
        values,
    )
    tx.execute(
        "INSERT INTO remit.access_groups (territory_id) SELECT id FROM remit.territories WHERE name = ANY(:names)"
        " ON CONFLICT (territory_id, barrier_id) DO NOTHING",
        values,
    )
    tx.execute(
        "DELETE FROM remit.person_territories WHERE person_id = :id AND territory_id NOT IN"
        " (SELECT id FROM remit.territories WHERE name = ANY(:names))",
        values,
    )
    tx.execute(
        "INSERT INTO remit.person_territories (person_id, territory_id)"
        " SELECT :id, id FROM remit.territories WHERE name = ANY(:names) ON CONFLICT DO NOTHING",
        values,
    )
    tx.execute(
        "UPDATE remit.people SET reach = :reach, updated_at = :now, version = version + 1 WHERE id = :id",
        values,
    )
    # a link made for the rep they were must not open the account of the manager they have become
    tx.execute(
        "UPDATE remit.setup_links SET expires_at = :now WHERE person_id = :id AND used_at IS NULL AND expires_at > :now",
        values,
    )


def end_sessions(tx: WriteSession, person_id: UUID) -> int:
    """End every session of this person. How many there were."""
    done = tx.execute(
        "UPDATE remit.web_sessions SET revoked_at = :now WHERE person_id = :id AND revoked_at IS NULL AND expires_at > :now",
        {"now": tx.now, "id": person_id},
    )
    return done.rowcount


def end_agents(tx: WriteSession, person_id: UUID) -> int:
    """Stop this person's agents. How many there were; they stay off until somebody starts them again."""
    done = tx.execute(
        "UPDATE remit.people SET active = false, updated_at = :now WHERE owner_id = :id AND kind = 'agent' AND active",
        {"now": tx.now, "id": person_id},
    )
    return done.rowcount
