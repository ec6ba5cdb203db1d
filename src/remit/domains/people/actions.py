"""Who works here and what they can see: people with their roles, territories, information barriers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field, field_validator

from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.people import overseers, oversight, rules
from remit.kit.ids import new_id
from remit.policy.model import ROLES, role_name

Name = Annotated[str, Field(min_length=1, max_length=120)]

_FIND: Final = """
SELECT p.id, p.name, p.email, p.title, p.active, p.reach, p.time_zone, p.team_id, p.manager_id, p.version,
       array(SELECT role FROM remit.person_roles r WHERE r.person_id = p.id ORDER BY role) AS roles
FROM remit.people p WHERE p.id = :id AND p.kind = 'person'
"""
_INSERT: Final = """
INSERT INTO remit.people (id, kind, name, email, title, reach, active, team_id, manager_id, time_zone)
VALUES (:id, 'person', :name, :email, :title, :reach, :active, :team_id, :manager_id, :time_zone)
"""
_UPDATE: Final = """
UPDATE remit.people SET name = :name, email = :email, title = :title, reach = :reach, active = :active,
    team_id = :team_id, manager_id = :manager_id, time_zone = :time_zone, updated_at = :now, version = version + 1
WHERE id = :id AND version = :expected
"""
_NEWLY_ADMITTED: Final = """
SELECT p.id, p.name FROM remit.people p WHERE p.id = ANY(:ids) AND p.kind = 'person' AND NOT EXISTS (
    SELECT FROM remit.person_barriers x JOIN remit.barriers b ON b.id = x.barrier_id
    WHERE x.person_id = p.id AND b.name = :name) ORDER BY p.name
"""
_FIELDS: Final = ("name", "email", "title", "reach", "active", "team_id", "manager_id", "time_zone")


class ManagePeople(Action):
    """Add a person (`person_id` None) or change one. `team` is made when it does not exist yet.

    Nobody changes their own roles or reach. `reach`: own territories, all of them, or no client content. Where power
    is given (a role that approves for others, a wider reach), a second person has to agree.
    """

    event: ClassVar[str] = "person:change"
    person_id: UUID | None = None
    expected_version: int = 0
    name: Name
    email: str
    title: Annotated[str, Field(max_length=120)] = ""
    roles: tuple[str, ...]
    reach: Literal["none", "own", "all"] = "own"
    active: bool = True
    team: Annotated[str, Field(max_length=120)] = ""
    manager_id: UUID | None = None
    time_zone: str = "UTC"

    @field_validator("email")
    @classmethod
    def _address(cls, address: str) -> str:
        return rules.check_email(address)

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        return rules.check_time_zone(zone)

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        unknown = set(roles) - set(ROLES)
        if unknown or not roles:
            raise ValueError(
                f"unknown role {', '.join(sorted(unknown))}" if unknown else "a person has a role"
            )
        if "admin" in roles and len(set(roles)) > 1:
            raise ValueError(
                "an admin has no other role: whoever runs the installation has no part in client work"
            )
        return tuple(sorted(set(roles)))


class AssignTerritory(Action):
    """Which territories a person works; a name that does not exist yet makes a new territory."""

    event: ClassVar[str] = "person:territories:assign"
    person_id: UUID
    territories: Annotated[tuple[Name, ...], Field(max_length=100)]


class ManageBarrier(Action):
    """An information barrier: why it stands, and who is admitted behind it. Accounts are put behind it one by one.

    `expected_version`: of the barrier whose list this replaces; 0 raises a new one.
    """

    event: ClassVar[str] = "barrier:change"
    expected_version: int = 0
    name: Name
    reason: Annotated[str, Field(max_length=500)]
    admitted: Annotated[tuple[UUID, ...], Field(max_length=1000)] = ()


def _person(session: ReadSession, action: AssignTerritory) -> Target:
    row = session.row(_FIND, {"id": action.person_id})
    if row is None:
        raise NotFound("person")
    names = sorted({name.strip() for name in action.territories})
    title = f"Territories of {row.name}: {', '.join(names) or 'none'}"
    context = {"oversight": oversight.concern_of_territories(session, row.id, names)}
    return Target("person", row.id, version=row.version, title=title, subjects=(row.id,), context=context)


def _managed(session: ReadSession, action: ManagePeople) -> Target:
    if action.person_id is None:
        context = {
            "oversight": oversight.concern_of_change(
                session, oversight.NOBODY, _standing(action, action.roles)
            )
        }
        title = f"Add {action.name}: {_named(action.roles)}, sees {action.reach}"
        return Target("person", title=title, context=context)
    row = session.row(_FIND, {"id": action.person_id})
    if row is None:
        raise NotFound("person")
    return Target(
        "person",
        row.id,
        version=row.version,
        title=f"Change {row.name}: {_told(row, row.roles)} → {_told(action, _roles(row.roles, action))}",
        subjects=(row.id,),
        context={"oversight": _concern(session, row, action)},
    )


def _roles(held: Sequence[str], action: ManagePeople) -> tuple[str, ...]:
    """The roles after the change. One that no policy knows gives nothing and is no part of any form: it stays."""
    kept = set() if "admin" in action.roles else set(held) - set(ROLES)
    return tuple(sorted({*action.roles, *kept}))


def _named(roles: Sequence[str]) -> str:
    return ", ".join(map(role_name, roles)) or "no role"


def _told(one: Any, roles: Sequence[str]) -> str:
    """A person in a line, for whoever has to agree to the change."""
    return f"{one.name}, {one.email}, {_named(roles)}, sees {one.reach}" + (
        "" if one.active else ", not active"
    )


def _concern(session: ReadSession, row: Any, action: ManagePeople) -> oversight.Concern:
    """Title, team, manager and time zone are the admin's alone to change; the rest is power, or the way to it."""
    before, after = _standing(row, row.roles), _standing(action, _roles(row.roles, action))
    concern: oversight.Concern = "none"
    if before != after:
        concern = oversight.concern_of_change(session, before, after)
    if concern == "none" and (row.name, row.email) != (action.name, action.email):
        return oversight.concern_of_sign_in(session, row.roles, row.reach)
    return concern


def _standing(one: Any, roles: Sequence[str]) -> oversight.Standing:
    return oversight.Standing(tuple(roles), one.reach, one.active)


def _not_oneself(session: ReadSession, action: ManagePeople, _target: Target) -> Sequence[Check]:
    if action.person_id is None or action.person_id != session.scope.actor.id:
        return (Check("not-oneself", True, "somebody else's roles"),)
    row = session.row(_FIND, {"id": action.person_id})
    same = row is not None and (tuple(row.roles), row.reach, row.active) == (
        _roles(row.roles, action),
        action.reach,
        action.active,
    )
    return (Check("not-oneself", same, "Nobody changes their own roles or reach; another admin has to."),)


def _not_my_territory(session: ReadSession, action: AssignTerritory, _target: Target) -> Sequence[Check]:
    other = action.person_id != session.scope.actor.id
    wanting = "Nobody gives themselves a territory; somebody else has to."
    return (Check.that("not-oneself", other, wanting, "It is somebody else's territory."),)


@handler(ManagePeople, target=_managed, checks=(_not_oneself,))
def manage_people(tx: WriteSession, action: ManagePeople, target: Target) -> Change:
    """Write the person and roles; sessions of somebody who is switched off end at once."""
    concern = target.context["oversight"]
    if concern != "none":
        oversight.one_at_a_time(tx)
        if _managed(tx, action).context["oversight"] != concern:
            raise Refused("Who oversees has just changed. Do it again.", code="oversight_changed")
    values: dict[str, Any] = {
        **action.model_dump(include=set(_FIELDS)),
        "team_id": _team(tx, action.team),
        "manager_id": action.manager_id,
    }
    taken = tx.scalar(
        "SELECT id FROM remit.people WHERE lower(email) = :email AND id IS DISTINCT FROM CAST(:id AS uuid)",
        {"email": action.email, "id": action.person_id},
    )
    if taken is not None:
        raise Refused("Somebody has this e-mail address already.", code="email_taken")
    manager = "SELECT true FROM remit.people WHERE id = :id AND kind = 'person'"
    if action.manager_id is not None and not tx.scalar(manager, {"id": action.manager_id}):
        raise NotFound("manager")
    if action.person_id is None:
        person_id, before = new_id(), {}
        tx.execute(_INSERT, {**values, "id": person_id})
    else:
        person_id = action.person_id
        before = _update(tx, action, values)
    roles = _roles(before.get("roles", ()), action)
    tx.execute("DELETE FROM remit.person_roles WHERE person_id = :id", {"id": person_id})
    tx.execute(
        "INSERT INTO remit.person_roles (person_id, role) SELECT :id, unnest(CAST(:roles AS text[]))",
        {"id": person_id, "roles": list(roles)},
    )
    if concern != "none":
        oversight.check_somebody_is_left(tx, before)
    if concern == "first":
        overseers.mark_alone(tx, person_id)
    _end_access(tx, person_id, sessions=not action.active, links=concern != "none" or not action.active)
    after = {**_plain(values), "roles": list(roles)}
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    return Change(
        "person",
        person_id,
        {key: before.get(key) for key in changed} if before else {},
        changed,
        result={"person_id": str(person_id)},
    )


def _end_access(tx: WriteSession, person_id: UUID, *, sessions: bool, links: bool) -> None:
    """End sessions (with tokens) and unused links: one made for a rep must not open the account of the VP they have become."""
    values = {"now": tx.now, "id": person_id}
    if sessions:
        tx.execute(
            "UPDATE remit.web_sessions SET revoked_at = :now WHERE person_id = :id AND revoked_at IS NULL",
            values,
        )
        tx.execute(
            "UPDATE remit.api_tokens SET revoked_at = :now WHERE person_id = :id AND revoked_at IS NULL",
            values,
        )
    if links:
        tx.execute(
            "UPDATE remit.setup_links SET expires_at = :now"
            " WHERE person_id = :id AND used_at IS NULL AND expires_at > :now",
            values,
        )


def _update(tx: WriteSession, action: ManagePeople, values: dict[str, Any]) -> dict[str, Any]:
    row = tx.row(_FIND + " FOR UPDATE OF p", {"id": action.person_id})
    if row is None:
        raise NotFound("person")
    before = {**_plain({field: getattr(row, field) for field in _FIELDS}), "roles": list(row.roles)}
    done = tx.execute(
        _UPDATE, {**values, "id": action.person_id, "expected": action.expected_version, "now": tx.now}
    )
    if done.rowcount == 0:
        raise Conflict(
            "person", expected=action.expected_version, found=row.version, yours=_plain(values), theirs=before
        )
    return before


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, UUID) else value for key, value in values.items()}


def _team(tx: WriteSession, name: str) -> UUID | None:
    if not name.strip():
        return None
    tx.execute(
        "INSERT INTO remit.teams (id, name) VALUES (:id, :name) ON CONFLICT (name) DO NOTHING",
        {"id": new_id(), "name": name.strip()},
    )
    found: UUID = tx.scalar("SELECT id FROM remit.teams WHERE name = :name", {"name": name.strip()})
    return found


@handler(AssignTerritory, target=_person, checks=(_not_my_territory,))
def assign_territory(tx: WriteSession, action: AssignTerritory, target: Target) -> Change:
    """Replace the person's territories. What they see changes with this transaction."""
    names = sorted({name.strip() for name in action.territories})
    before = tx.rows(
        "SELECT t.name FROM remit.person_territories p JOIN remit.territories t ON t.id = p.territory_id"
        " WHERE p.person_id = :id ORDER BY t.name",
        {"id": action.person_id},
    )
    tx.execute(
        "INSERT INTO remit.territories (name) SELECT unnest(CAST(:names AS text[])) ON CONFLICT (name) DO NOTHING",
        {"names": names},
    )
    tx.execute(
        "INSERT INTO remit.access_groups (territory_id) SELECT id FROM remit.territories WHERE name = ANY(:names)"
        " ON CONFLICT (territory_id, barrier_id) DO NOTHING",
        {"names": names},
    )
    tx.execute("DELETE FROM remit.person_territories WHERE person_id = :id", {"id": action.person_id})
    tx.execute(
        "INSERT INTO remit.person_territories (person_id, territory_id)"
        " SELECT :id, id FROM remit.territories WHERE name = ANY(:names)",
        {"id": action.person_id, "names": names},
    )
    return Change("person", target.id, {"territories": [row.name for row in before]}, {"territories": names})


def _barrier(session: ReadSession, action: ManageBarrier) -> Target:
    """Whoever is on the list and was not admitted before gains by it. A new barrier has admitted nobody yet."""
    _as_read(session, action)
    rows = session.rows(_NEWLY_ADMITTED, {"ids": list(action.admitted), "name": action.name.strip()})
    admitted = tuple(row.id for row in rows)
    names = f": admits {', '.join(row.name for row in rows)}" if rows else ""
    maker = {session.scope.actor.id, session.scope.person_id}
    admits = "maker" if maker & set(admitted) else "others" if admitted else "nobody"
    title = f"Barrier {action.name.strip()}{names}"
    return Target("barrier", title=title, subjects=admitted, context={"admits": admits})


def _as_read(session: ReadSession, action: ManageBarrier, lock: str = "") -> None:
    """The list replaces one that somebody read: not one that has changed since. Raises Conflict."""
    query = f"SELECT version, reason FROM remit.barriers WHERE name = :name {lock}"
    row = session.row(query, {"name": action.name.strip()})
    if (found := row.version if row else 0) != action.expected_version:
        yours, theirs = {"reason": action.reason}, {"reason": row.reason if row else ""}
        raise Conflict("barrier", expected=action.expected_version, found=found, yours=yours, theirs=theirs)


@handler(ManageBarrier, target=_barrier)
def manage_barrier(tx: WriteSession, action: ManageBarrier, _target: Target) -> Change:
    """Write the barrier and who is admitted; whoever is not on the list sees nothing behind it from now on."""
    _as_read(tx, action, "FOR UPDATE")
    barrier_id = tx.scalar(
        "INSERT INTO remit.barriers (name, reason) VALUES (:name, :reason)"
        " ON CONFLICT (name) DO UPDATE SET reason = excluded.reason, version = barriers.version + 1"
        " WHERE barriers.version = :expected RETURNING id",
        {"name": action.name.strip(), "reason": action.reason, "expected": action.expected_version},
    )
    if barrier_id is None:  # raised by somebody else this very moment
        raise Conflict("barrier", expected=action.expected_version, found=1)
    before = tx.rows(
        "SELECT person_id FROM remit.person_barriers WHERE barrier_id = :id ORDER BY person_id",
        {"id": barrier_id},
    )
    tx.execute("DELETE FROM remit.person_barriers WHERE barrier_id = :id", {"id": barrier_id})
    tx.execute(
        "INSERT INTO remit.person_barriers (person_id, barrier_id)"
        " SELECT id, :barrier FROM remit.people WHERE id = ANY(:ids) AND kind = 'person'",
        {"barrier": barrier_id, "ids": list(action.admitted)},
    )
    return Change(
        "barrier",
        None,
        {"admitted": [str(row.person_id) for row in before]},
        {"name": action.name.strip(), "reason": action.reason, "admitted": sorted(map(str, action.admitted))},
        result={"barrier_id": barrier_id},
    )
