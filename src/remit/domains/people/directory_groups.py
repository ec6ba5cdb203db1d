"""Groups as the firm's directory keeps them (SCIM): who is in which, from which moment on.

What a group gives was agreed by two people (`groups.py`). Its members come with the directory's token, which somebody copied by
hand: so joining a group that gives power waits for a second person, and leaving one never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field, field_validator
from sqlalchemy import Row

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import giving, oversight
from remit.domains.people.giving import IN_GROUPS
from remit.domains.people.oversight import Concern
from remit.kit.ids import new_id
from remit.kit.text import unsafe
from remit.scope import Scope

MOST_AT_ONCE: Final = 100
"""People in one act: its record names whom it changed, and a record is small."""
People = Annotated[tuple[UUID, ...], Field(max_length=MOST_AT_ONCE)]
Attribute = Literal["displayName", "externalId", "id"]

_ROW: Final = """
SELECT g.id, g.name, g.external_id, g.created_at, g.changed_at, g.version,
       (SELECT count(*)::int FROM remit.directory_members m WHERE m.group_id = g.id) AS members_count
FROM remit.directory_groups g
"""
_WHERE: Final = {
    "displayName": "lower(g.name) = lower(:value)",
    "externalId": "g.external_id = :value",
    "id": "g.id::text = lower(:value)",
}
_MEMBERS: Final = """
SELECT m.group_id, p.id, p.name FROM remit.directory_members m JOIN remit.people p ON p.id = m.person_id
WHERE m.group_id = ANY(:ids) ORDER BY m.group_id, p.id
"""
# the directory neither sees nor moves admins, people of the demo, agents, and whom it deleted
_REACHED: Final = """
SELECT p.id FROM remit.people p LEFT JOIN remit.provisioned v ON v.person_id = p.id
WHERE p.id = ANY(:ids) AND p.kind = 'person' AND NOT p.demo AND v.gone_at IS NULL
  AND NOT EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = 'admin')
"""
# who would have more by this group: a role that approves for others, the whole firm, or with what they have already more than
# half of its territories, which is the firm in all but name
_GAINS: Final = f"""
SELECT p.id FROM remit.people p, remit.sign_on_groups g,
    LATERAL (SELECT array(SELECT t.name FROM remit.person_territories x JOIN remit.territories t ON t.id = x.territory_id
        WHERE x.person_id = p.id) AS names) has,
    LATERAL (SELECT count(*) FROM (SELECT unnest(has.names) UNION SELECT unnest(g.territories)
        UNION SELECT unnest(o.territories) FROM remit.sign_on_groups o JOIN {IN_GROUPS} i ON i.name = o.name
        WHERE i.person_id = p.id) each) would (see_count),
    (SELECT count(*) FROM remit.territories) there (are_count)
WHERE g.name = :name AND (p.id = ANY(:ids) OR (:everybody AND EXISTS (
    SELECT FROM remit.directory_members m WHERE m.group_id = :group AND m.person_id = p.id)))
  AND ((g.reach = 'all' AND p.reach <> 'all')
    OR (p.reach <> 'all' AND NOT g.territories <@ has.names AND would.see_count * 2 > there.are_count)
    OR EXISTS (SELECT FROM unnest(g.roles) AS gives (role) WHERE gives.role = ANY(:guarded) AND NOT EXISTS (
        SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = gives.role)))
"""


class KeepDirectoryGroup(Action):
    """Add a group (`group_id` None), bring its name in line with the directory, and let people join it."""

    event: ClassVar[str] = "directory:group:keep"
    by_api: ClassVar[bool] = False
    group_id: UUID | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)]
    external_id: Annotated[str, Field(max_length=200)] = ""
    join: People = ()

    @field_validator("name", "external_id")
    @classmethod
    def _readable(cls, text: str) -> str:
        if trouble := unsafe(text):
            raise ValueError(trouble)
        return text.strip()


class LeaveDirectoryGroup(Action):
    """People leave a group, or (`whole`) the group is no more: what it gave is taken back at once."""

    event: ClassVar[str] = "directory:group:leave"
    by_api: ClassVar[bool] = False
    group_id: UUID
    people: People = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class DirectoryGroup:
    """A group as the directory sees it. `members` is empty where they were not asked for."""

    id: UUID
    name: str
    external_id: str
    created_at: datetime
    changed_at: datetime
    version: int
    members_count: int
    members: tuple[Member, ...] = ()


def find_directory_group(scope: Scope, group_id: UUID) -> DirectoryGroup | None:
    """One group with its members."""
    with read(scope) as s:
        row = s.row(f"{_ROW} WHERE g.id = :id", {"id": group_id})
        return None if row is None else _with_members(s, [row])[0]


def list_directory_groups(
    scope: Scope, attribute: Attribute | None = None, value: str = "", *, first: int = 1, count: int = 100, members: bool = True
) -> tuple[int, list[DirectoryGroup]]:  # fmt: skip
    """How many fit, and those from the `first`-th (from 1) by name; `members`: with who is in them."""
    where = f"WHERE {_WHERE[attribute]}" if attribute else ""
    values = {"value": value, "count": count, "skip": max(first, 1) - 1}
    with read(scope) as s:
        total = s.scalar(  # sql-parts: a constant of this module
            f"SELECT count(*) FROM remit.directory_groups g {where}", values
        )
        rows = s.rows(  # sql-parts: a constant of this module
            f"{_ROW} {where} ORDER BY g.name, g.id LIMIT :count OFFSET :skip", values
        )
        return int(total), _with_members(s, rows) if members else [_group(row) for row in rows]


def list_reached(scope: Scope, people: Sequence[UUID]) -> set[UUID]:
    """Those of `people` whom the directory may put into groups."""
    with read(scope) as s:
        return {row.id for row in s.rows(_REACHED, {"ids": list(people)})}


def list_gaining(scope: Scope, name: str, people: Iterable[UUID]) -> set[UUID]:
    """Those of `people` to whom a group of this name gives what takes a second person."""
    with read(scope) as s:
        return _gaining(s, name, people)


def _gaining(
    session: ReadSession, name: str, people: Iterable[UUID], members_of: UUID | None = None
) -> set[UUID]:
    """The same; `members_of`: everybody who is in this group by now counts too."""
    values = {
        "name": name, "ids": list(people), "everybody": members_of is not None, "group": members_of,
        "guarded": sorted(oversight.guarded()),
    }  # fmt: skip
    return {row.id for row in session.rows(_GAINS, values)}


def _group(row: Row[Any], members: tuple[Member, ...] = ()) -> DirectoryGroup:
    return DirectoryGroup(**row._mapping, members=members)


def _with_members(session: ReadSession, rows: Sequence[Row[Any]]) -> list[DirectoryGroup]:
    found: dict[UUID, list[Member]] = {row.id: [] for row in rows}
    for one in session.rows(_MEMBERS, {"ids": list(found)}):
        found[one.group_id].append(Member(one.id, one.name))
    return [_group(row, tuple(found[row.id])) for row in rows]


def _kept(session: ReadSession, action: KeepDirectoryGroup) -> Target:
    row = session.row(f"{_ROW} WHERE g.id = :id", {"id": action.group_id}) if action.group_id else None
    if action.group_id and row is None:
        raise NotFound("group")
    if set(action.join) - {one.id for one in session.rows(_REACHED, {"ids": list(action.join)})}:
        raise NotFound("person")
    renamed = row is not None and row.name != action.name
    told = f"Group “{row.name if row else action.name}” of the directory"
    told += f" is called “{action.name}”" if renamed else ""
    names = [r.name for r in session.rows("SELECT name FROM remit.people WHERE id = ANY(:ids) ORDER BY name", {"ids": list(action.join)})]  # fmt: skip
    told += (
        f": {', '.join(names[:5])}{' and others' if len(names) > 5 else ''} {'joins' if len(names) == 1 else 'join'}"
        if names
        else ""
    )
    return Target(
        "directory group",
        row.id if row else None,
        title=told,
        subjects=action.join,
        context={"oversight": _concern(session, action, everybody=renamed)},
    )


def _concern(session: ReadSession, action: KeepDirectoryGroup, *, everybody: bool) -> Concern:
    gaining = _gaining(session, action.name, action.join, action.group_id if everybody else None)
    return oversight.when_second_person(session) if gaining else "none"


@handler(KeepDirectoryGroup, target=_kept)
def keep_directory_group(tx: WriteSession, action: KeepDirectoryGroup, target: Target) -> Change:
    """Write the group and its new members, and give them what it gives."""
    oversight.one_at_a_time(tx)
    if _kept(tx, action).context["oversight"] != target.context["oversight"]:
        raise Refused("What this group gives has just changed. Do it again.", code="oversight_changed")
    group_id = action.group_id or new_id()
    values = {"id": group_id, "name": action.name, "external": action.external_id, "now": tx.now}
    taken = tx.scalar(
        "SELECT EXISTS (SELECT FROM remit.directory_groups WHERE lower(name) = lower(:name) AND id <> :id)",
        values,
    )
    if taken:
        raise Refused("There is a group of this name already.", code="group_taken")
    before = tx.row("SELECT name, external_id FROM remit.directory_groups WHERE id = :id", values)
    touched = set(action.join)
    if before is not None and before.name != action.name:
        touched |= _forgotten(tx, group_id, before.name)
    tx.execute(
        "INSERT INTO remit.directory_groups (id, name, external_id, created_at, changed_at)"
        " VALUES (:id, :name, :external, :now, :now) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
        " external_id = excluded.external_id, changed_at = excluded.changed_at, version = directory_groups.version + 1",
        values,
    )
    tx.execute(
        "INSERT INTO remit.directory_members (group_id, person_id, since_at)"
        " SELECT :id, unnest(CAST(:people AS uuid[])), :now ON CONFLICT DO NOTHING",
        {**values, "people": list(action.join)},
    )
    after: dict[str, Any] = {
        "name": action.name,
        "external_id": action.external_id,
        "joined": [str(one) for one in action.join],
    }
    after["people"] = _applied(tx, touched)
    told = {"name": before.name, "external_id": before.external_id} if before else {}
    return Change("directory group", group_id, told, after, result={"group_id": str(group_id)})


def _left(session: ReadSession, action: LeaveDirectoryGroup) -> Target:
    row = session.row(f"{_ROW} WHERE g.id = :id", {"id": action.group_id})
    if row is None:
        raise NotFound("group")
    what = "is no more" if action.whole else f"is left by {len(action.people)}"
    return Target("directory group", row.id, title=f"Group “{row.name}” of the directory {what}")


@handler(LeaveDirectoryGroup, target=_left)
def leave_directory_group(tx: WriteSession, action: LeaveDirectoryGroup, target: Target) -> Change:
    """Take people out, and back what the group gave them. Raises Refused when nobody would be left who oversees."""
    oversight.one_at_a_time(tx)
    values = {"id": action.group_id, "people": list(action.people), "whole": action.whole, "now": tx.now}
    name = tx.scalar("SELECT name FROM remit.directory_groups WHERE id = :id", values)
    touched = _forgotten(tx, action.group_id, name, None if action.whole else action.people)
    tx.execute(
        "DELETE FROM remit.directory_members WHERE group_id = :id AND (:whole OR person_id = ANY(:people))",
        values,
    )
    if action.whole:
        tx.execute("DELETE FROM remit.directory_groups WHERE id = :id", values)
    else:
        tx.execute(
            "UPDATE remit.directory_groups SET changed_at = :now, version = version + 1 WHERE id = :id",
            values,
        )
    changed = _applied(tx, touched)
    after = {"left_count": len(touched), "whole": action.whole, "people": changed}
    return Change("directory group", target.id, {"name": name}, after)


def _forgotten(
    tx: WriteSession, group_id: UUID, name: str, people: Sequence[UUID] | None = None
) -> set[UUID]:
    """The members (those of `people`) who are about to leave what is called `name`; that they came with it at their last
    sign-on, before this, counts no longer."""
    rows = tx.rows(
        "SELECT person_id FROM remit.directory_members WHERE group_id = :id AND (:all OR person_id = ANY(:people))",
        {"id": group_id, "all": people is None, "people": list(people or ())},
    )
    found = {row.person_id for row in rows}
    tx.execute(
        "UPDATE remit.sign_on_subjects SET groups = array(SELECT g FROM unnest(groups) AS g WHERE lower(g) <> lower(:name))"
        " WHERE person_id = ANY(:people)",
        {"name": name, "people": list(found)},
    )
    return found


def _applied(tx: WriteSession, people: set[UUID]) -> list[dict[str, Any]]:
    """Bring these people in line with their groups: what changed for whom (the first hundred; the rest by number)."""
    changed = [given.told() for one in sorted(people) if (given := giving.apply(tx, one)).changed]
    return changed[:MOST_AT_ONCE]
