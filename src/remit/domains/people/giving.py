"""Gives one person what their groups give, and takes back what those gave before: inside an action, never by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import WriteSession
from remit.domains.people import overseers, oversight
from remit.policy.model import ROLES

_SUBJECT: Final = """
SELECT s.person_id, s.groups, s.given_roles, s.given_territories, s.given_reach, p.reach, p.active,
       array(SELECT role FROM remit.person_roles r WHERE r.person_id = p.id ORDER BY role) AS roles,
       array(SELECT t.name FROM remit.person_territories x JOIN remit.territories t ON t.id = x.territory_id
             WHERE x.person_id = p.id ORDER BY t.name) AS territories
FROM remit.sign_on_subjects s JOIN remit.people p ON p.id = s.person_id
WHERE s.issuer = :issuer AND s.subject = :subject FOR UPDATE OF s, p
"""
_MAPPED: Final = "SELECT roles, territories, reach FROM remit.sign_on_groups WHERE name = ANY(:groups)"


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


def apply(tx: WriteSession, issuer: str, subject: str) -> Given:
    """Bring roles, territories and reach in line with the groups of this subject. The caller holds the lock on oversight.

    Raises Refused when nobody would be left who oversees.
    """
    row = tx.row(_SUBJECT, {"issuer": issuer, "subject": subject})
    assert row is not None  # the caller has just written or read it
    mapped = tx.rows(_MAPPED, {"groups": row.groups})
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
    tx.execute(
        "UPDATE remit.sign_on_subjects SET given_roles = :roles, given_territories = :places, given_reach = :reach"
        " WHERE issuer = :issuer AND subject = :subject",
        {
            "roles": sorted(roles.remembered), "places": sorted(places.remembered), "reach": given_reach,
            "issuer": issuer, "subject": subject,
        },
    )  # fmt: skip
    oversight.check_somebody_is_left(tx, {"active": row.active, "roles": row.roles})
    if oversight.OVERSIGHT & (roles.final - roles.held):
        overseers.mark_alone(tx, row.person_id)
    if not roles.final & set(ROLES):
        end_sessions(tx, row.person_id)
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
