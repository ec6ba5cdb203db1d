"""What the identity provider's groups give here: records that an admin makes, and a second person where they give power.

Groups give and take back; what somebody was given by hand stays theirs. No group makes an admin: whoever runs the
installation is named by hand, so that the provider alone cannot take Remit over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field, field_validator

from remit.actions import Action, Change, Conflict, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import giving, oversight
from remit.kit.ids import new_id
from remit.policy.model import ROLES, role_name
from remit.scope import Scope

GIVEN_BY_GROUPS: Final = tuple(role for role in ROLES if role != "admin")
NOBODY_ID: Final = UUID(int=0)
Name = Annotated[str, Field(min_length=1, max_length=200)]

_FIND: Final = (
    "SELECT id, name, roles, territories, reach, version FROM remit.sign_on_groups WHERE name = :name"
)
_MEMBERS: Final = (
    f"SELECT DISTINCT i.person_id FROM {giving.IN_GROUPS} i WHERE i.name = :name ORDER BY i.person_id"
)
_LISTED: Final = f"""
SELECT g.name, g.roles, g.territories, g.reach, g.version, (SELECT count(DISTINCT i.person_id)::int
    FROM {giving.IN_GROUPS} i WHERE i.name = g.name) AS members_count,
    EXISTS (SELECT FROM remit.directory_groups d WHERE d.name = g.name) AS in_directory
FROM remit.sign_on_groups g ORDER BY g.name LIMIT 1000
"""
_UNMAPPED: Final = f"""
SELECT i.name, count(*)::int AS people_count FROM {giving.IN_GROUPS} i
WHERE NOT EXISTS (SELECT FROM remit.sign_on_groups g WHERE g.name = i.name)
GROUP BY i.name ORDER BY people_count DESC, i.name LIMIT 50
"""
_WRITE: Final = """
INSERT INTO remit.sign_on_groups (id, name, roles, territories, reach, changed_at)
VALUES (:id, :name, :roles, :territories, :reach, :now) ON CONFLICT (name) DO UPDATE SET roles = excluded.roles,
    territories = excluded.territories, reach = excluded.reach, changed_at = excluded.changed_at,
    version = sign_on_groups.version + 1 WHERE sign_on_groups.version = :expected
"""


class MapGroup(Action):
    """What one group of the identity provider gives; no roles: nothing any more. `expected_version`: 0 for a new one.

    Whoever is in the group now gains or loses with it at once.
    """

    event: ClassVar[str] = "sign-on:group:map"
    group: Name
    expected_version: int = 0
    roles: tuple[str, ...] = ()
    territories: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    reach: Literal["own", "all"] = "own"

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(roles) - set(GIVEN_BY_GROUPS)):
            raise ValueError(f"no group gives {', '.join(unknown)}; it is given by hand, if at all")
        return tuple(sorted(set(roles)))

    @field_validator("territories")
    @classmethod
    def _sorted(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({name.strip() for name in names if name.strip()}))


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of the provider or the directory, what it gives, and how many of our people are in it by what each said last."""

    name: str
    roles: tuple[str, ...]
    territories: tuple[str, ...]
    reach: str
    version: int
    members_count: int
    in_directory: bool


def list_groups(scope: Scope) -> list[GroupRow]:
    """Groups that give something, by name."""
    with read(scope) as s:
        rows = s.rows(_LISTED)
    return [
        GroupRow(
            r.name, tuple(r.roles), tuple(r.territories), r.reach, r.version, r.members_count, r.in_directory
        )
        for r in rows
    ]


def list_unmapped(scope: Scope) -> list[tuple[str, int]]:
    """Groups that people came with and that give nothing, with how many came with them; the largest first."""
    with read(scope) as s:
        rows = s.rows(_UNMAPPED)
    return [(row.name, row.people_count) for row in rows]


def _group(session: ReadSession, action: MapGroup) -> Target:
    row = session.row(_FIND, {"name": action.group})
    before = oversight.Standing(tuple(row.roles), row.reach, True) if row else oversight.NOBODY
    after = oversight.Standing(action.roles, action.reach, True) if action.roles else oversight.NOBODY
    concern = "none" if before == after else oversight.concern_of_change(session, before, after)
    added = sorted(set(action.territories) - set(row.territories if row else ())) if action.roles else []
    if concern == "none" and added:
        concern = oversight.concern_of_territories(session, NOBODY_ID, added)
    members = session.rows(_MEMBERS, {"name": action.group})
    title = (
        f"Group “{action.group}”: {_told(row.roles, row.territories, row.reach) if row else 'nothing'} → "
        + (_told(action.roles, action.territories, action.reach) if action.roles else "nothing")
    )
    return Target(
        "sign-on group",
        row.id if row else None,
        title=f"{title} ({len(members)} of our people are in it)",
        version=row.version if row else 0,
        context={"oversight": concern},
        subjects=tuple(each.person_id for each in members),
    )


def _told(roles: Sequence[str], territories: Iterable[str], reach: str) -> str:
    """What a group gives in a line, for whoever has to agree."""
    return f"{', '.join(map(role_name, roles))}, sees {', '.join(territories) or 'no territory'}" + (
        " and everything else" if reach == "all" else ""
    )


@handler(MapGroup, target=_group)
def map_group(tx: WriteSession, action: MapGroup, target: Target) -> Change:
    """Write what the group gives and apply it to everybody who is in it."""
    oversight.one_at_a_time(tx)
    if _group(tx, action).context["oversight"] != target.context["oversight"]:
        raise Refused("Who oversees has just changed. Do it again.", code="oversight_changed")
    row = tx.row(_FIND + " FOR UPDATE", {"name": action.group})
    after: dict[str, Any] = {
        "roles": list(action.roles),
        "territories": list(action.territories),
        "reach": action.reach,
    }
    before = {"roles": row.roles, "territories": row.territories, "reach": row.reach} if row else {}
    if (found := row.version if row else 0) != action.expected_version:
        raise Conflict("group", expected=action.expected_version, found=found, yours=after, theirs=before)
    if action.roles:
        values = {"id": new_id(), "name": action.group, "now": tx.now, "expected": action.expected_version}
        if tx.execute(_WRITE, {**values, **after}).rowcount == 0:  # made by somebody else this very moment
            raise Conflict("group", expected=action.expected_version, found=1, yours=after)
    else:
        tx.execute("DELETE FROM remit.sign_on_groups WHERE name = :name", {"name": action.group})
    changed = [giving.apply(tx, m.person_id) for m in tx.rows(_MEMBERS, {"name": action.group})]
    people = [given.told() for given in changed if given.changed]
    return Change("sign-on group", target.id, before, {"group": action.group, **after, "people": people})
