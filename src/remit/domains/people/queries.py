"""Reads about people. The tables hold no client data, so every signed-in person may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import read
from remit.kit import paging
from remit.kit.paging import CursorInvalid, Page
from remit.scope import Scope


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A web session with the person it belongs to."""

    id: UUID
    person_id: UUID
    csrf_secret: str
    sign_in_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    name: str
    email: str | None
    title: str
    team: str
    time_zone: str
    demo: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists show them. `territories` and `barriers` are names; `can_sign_in`: has a password."""

    id: UUID
    kind: str
    name: str
    email: str | None
    title: str
    active: bool
    demo: bool
    reach: str
    time_zone: str
    team_id: UUID | None
    team: str
    manager_id: UUID | None
    manager: str
    owner: str
    roles: tuple[str, ...]
    territories: tuple[str, ...]
    barriers: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    """A territory and how many people work it."""

    id: int
    name: str
    region: str
    people_count: int


@dataclass(frozen=True, slots=True)
class BarrierRow:
    """An information barrier and who is admitted behind it."""

    id: int
    name: str
    reason: str
    version: int
    admitted: tuple[str, ...]
    admitted_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team and how many people are on it."""

    id: UUID
    name: str
    people_count: int


_SESSION = """
SELECT s.id, s.person_id, s.csrf_secret, s.sign_in_by, s.created_at, s.expires_at, s.revoked_at,
       p.name, p.email, p.title, coalesce(t.name, '') AS team, p.time_zone, p.demo
FROM remit.web_sessions s JOIN remit.people p ON p.id = s.person_id AND p.active
LEFT JOIN remit.teams t ON t.id = p.team_id WHERE s.token_hash = :token_hash
"""
_PERSON = """
SELECT p.id, p.kind, p.name, p.email, p.title, p.active, p.demo, p.reach, p.time_zone, p.team_id,
       coalesce(t.name, '') AS team, p.manager_id, coalesce(m.name, '') AS manager, coalesce(o.name, '') AS owner,
       array(SELECT r.role FROM remit.person_roles r WHERE r.person_id = p.id ORDER BY r.role) AS roles,
       array(SELECT x.name FROM remit.person_territories pt JOIN remit.territories x ON x.id = pt.territory_id
             WHERE pt.person_id = p.id ORDER BY x.name) AS territories,
       array(SELECT b.name FROM remit.person_barriers pb JOIN remit.barriers b ON b.id = pb.barrier_id
             WHERE pb.person_id = p.id AND (:knows OR EXISTS (SELECT FROM remit.person_barriers mine
                 WHERE mine.barrier_id = b.id AND mine.person_id = :viewer)) ORDER BY b.name) AS barriers, p.version
FROM remit.people p LEFT JOIN remit.teams t ON t.id = p.team_id
LEFT JOIN remit.people m ON m.id = p.manager_id LEFT JOIN remit.people o ON o.id = p.owner_id
"""


def find_session(scope: Scope, token_hash: bytes) -> SessionRow | None:
    """The session of a token, also when it has ended (the caller asks rules.is_live); None for an unknown one."""
    with read(scope) as s:
        row = s.row(_SESSION, {"token_hash": token_hash})
    return None if row is None else SessionRow(**row._mapping)


def list_people(
    scope: Scope,
    *,
    kind: str = "person",
    find: str = "",
    role: str = "",
    after: str | None = None,
    limit: int | None = None,
    demo: bool | None = None,
) -> Page[PersonRow]:
    """People by name, a page at a time; `find`: part of a name or address. Raises CursorInvalid."""
    wanted = paging.size(limit)
    conditions = ["p.kind = :kind"]
    given: dict[str, Any] = {"kind": kind, "limit": wanted + 1, **_knows(scope)}
    if find:
        conditions.append("strpos(lower(p.name || ' ' || coalesce(p.email, '')), lower(:find)) > 0")
        given["find"] = find
    if role:
        conditions.append(
            "EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = :role)"
        )
        given["role"] = role
    if demo is not None:
        conditions.append("p.demo = :demo AND p.active")
        given["demo"] = demo
    if after:
        conditions.append("(p.name, p.id) > (:after_name, :after_id)")
        given["after_name"], given["after_id"] = _cursor(after)
    where = " AND ".join(conditions)
    with read(scope) as s:
        rows = s.rows(  # sql-parts: conditions of this function
            f"{_PERSON} WHERE {where} ORDER BY p.name, p.id LIMIT :limit", given
        )
    return paging.page([_person(row) for row in rows], wanted, lambda row: (row.name, str(row.id)))


def find_person(scope: Scope, person_id: UUID) -> PersonRow | None:
    """One person by id, or None."""
    with read(scope) as s:
        row = s.row(f"{_PERSON} WHERE p.id = :id", {"id": person_id, **_knows(scope)})
    return None if row is None else _person(row)


def find_by_email(scope: Scope, email: str) -> UUID | None:
    """The id of the person (not agent) with this address, active or not; None when there is none."""
    with read(scope) as s:
        found = s.scalar(
            "SELECT id FROM remit.people WHERE lower(email) = lower(:email) AND kind = 'person'",
            {"email": email},
        )
    return found if found is None else UUID(str(found))


def is_installed(scope: Scope) -> bool:
    """Whether anybody can sign in: some person has a role. False only before set-up."""
    with read(scope) as s:
        return bool(s.scalar("SELECT EXISTS (SELECT FROM remit.person_roles)"))


def list_territories(scope: Scope) -> list[TerritoryRow]:
    """All territories by name."""
    with read(scope) as s:
        rows = s.rows("""SELECT t.id, t.name, t.region, count(p.person_id)::int AS people_count FROM remit.territories t
            LEFT JOIN remit.person_territories p ON p.territory_id = t.id GROUP BY t.id ORDER BY t.name LIMIT 1000""")
    return [TerritoryRow(**row._mapping) for row in rows]


def list_barriers(scope: Scope) -> list[BarrierRow]:
    """Information barriers by name, with who is admitted: those of the viewer; all for compliance and admins."""
    with read(scope) as s:
        rows = s.rows(
            """SELECT b.id, b.name, b.reason, b.version, array(SELECT p.name FROM remit.person_barriers x
            JOIN remit.people p ON p.id = x.person_id WHERE x.barrier_id = b.id ORDER BY p.name) AS admitted,
            array(SELECT x.person_id FROM remit.person_barriers x WHERE x.barrier_id = b.id) AS admitted_ids
            FROM remit.barriers b WHERE :knows OR EXISTS (SELECT FROM remit.person_barriers mine
                WHERE mine.barrier_id = b.id AND mine.person_id = :viewer) ORDER BY b.name LIMIT 1000""",
            _knows(scope),
        )
    return [
        BarrierRow(row.id, row.name, row.reason, row.version, tuple(row.admitted), tuple(row.admitted_ids))
        for row in rows
    ]


def _knows(scope: Scope) -> dict[str, Any]:
    """A barrier's name may tell of the deal: it is for who is admitted, compliance and admins (and the console)."""
    knows = scope.actor.kind != "person" or not scope.roles.isdisjoint({"compliance", "admin"})
    return {"knows": knows, "viewer": scope.person_id}


def list_teams(scope: Scope) -> list[TeamRow]:
    """All teams by name."""
    with read(scope) as s:
        rows = s.rows("""SELECT t.id, t.name, count(p.id)::int AS people_count FROM remit.teams t
            LEFT JOIN remit.people p ON p.team_id = t.id AND p.active GROUP BY t.id ORDER BY t.name LIMIT 1000""")
    return [TeamRow(**row._mapping) for row in rows]


def _cursor(after: str) -> tuple[str, UUID]:
    name, person_id = paging.decode(after, 2)
    try:
        return str(name), UUID(str(person_id))
    except ValueError as error:
        raise CursorInvalid("this page address belongs to another list") from error


def _person(row: Row[Any]) -> PersonRow:
    values = dict(row._mapping)
    for name in ("roles", "territories", "barriers"):
        values[name] = tuple(values[name])
    return PersonRow(**values)
