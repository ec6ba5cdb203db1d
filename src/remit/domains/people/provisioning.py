"""People as the firm's directory keeps them (SCIM): added without a role, renamed, switched off at once.

The directory gives nobody power: roles come by hand or by group at sign-on. What touches somebody who has power waits for
a second person, except that a leaver is out at once. Admins are not the directory's: whoever runs the installation has to be
able to come in when the directory is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field, field_validator
from sqlalchemy import Row

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.people import giving, oversight, rules
from remit.kit.ids import new_id
from remit.scope import Scope

Text = Annotated[str, Field(max_length=200)]
Attribute = Literal["userName", "externalId", "id", "active"]

_SEEN: Final = """
FROM remit.people p LEFT JOIN remit.provisioned v ON v.person_id = p.id
WHERE p.kind = 'person' AND NOT p.demo AND v.gone_at IS NULL
  AND NOT EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = 'admin')
"""
_ROW: Final = f"""
SELECT p.id, coalesce(v.user_name, p.email, p.id::text) AS user_name, coalesce(v.external_id, '') AS external_id, p.name, p.email,
       p.title, coalesce(v.display_name, p.name) AS display_name, coalesce(v.formatted_name, '') AS formatted_name,
       coalesce(v.given_name, '') AS given_name, coalesce(v.family_name, '') AS family_name, p.active, p.version,
       p.created_at, greatest(p.updated_at, v.changed_at) AS changed_at, p.reach,
       array(SELECT role FROM remit.person_roles r WHERE r.person_id = p.id ORDER BY role) AS roles {_SEEN}
"""
_WHERE: Final = {
    "userName": "lower(coalesce(v.user_name, p.email, p.id::text)) = lower(:value)",
    "externalId": "v.external_id = :value",
    "id": "p.id::text = lower(:value)",
    "active": "p.active = (lower(:value) = 'true')",
}
_NOTE: Final = """
INSERT INTO remit.provisioned (person_id, user_name, external_id, display_name, formatted_name, given_name, family_name,
    created_at, changed_at)
VALUES (:id, :user_name, :external_id, :display, :formatted, :given, :family, :now, :now) ON CONFLICT (person_id) DO UPDATE SET
    user_name = excluded.user_name, external_id = excluded.external_id, display_name = excluded.display_name,
    formatted_name = excluded.formatted_name, given_name = excluded.given_name,
    family_name = excluded.family_name, changed_at = excluded.changed_at, gone_at = NULL
"""


class ProvisionPerson(Action):
    """Add a person (`person_id` None) or bring one in line with the directory. `active` false only adds somebody switched off."""

    event: ClassVar[str] = "person:provision"
    by_api: ClassVar[bool] = False
    person_id: UUID | None = None
    user_name: Annotated[str, Field(min_length=1, max_length=254)]
    external_id: Text = ""
    name: Annotated[str, Field(min_length=1, max_length=120)]
    display_name: Text = ""
    formatted_name: Text = ""
    given_name: Text = ""
    family_name: Text = ""
    title: Annotated[str, Field(max_length=120)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    active: bool = True

    @field_validator("email")
    @classmethod
    def _address(cls, address: str) -> str:
        return rules.check_email(address) if address else ""


class DeprovisionPerson(Action):
    """Switch somebody off at once: sessions, links, tokens and agents end. `gone`: the directory deleted them."""

    event: ClassVar[str] = "person:deprovision"
    by_api: ClassVar[bool] = False
    person_id: UUID
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A person as the directory sees them."""

    id: UUID
    user_name: str
    external_id: str
    name: str
    email: str
    title: str
    display_name: str
    formatted_name: str
    given_name: str
    family_name: str
    active: bool
    version: int
    created_at: datetime
    changed_at: datetime


def find_provisioned(scope: Scope, person_id: UUID) -> Provisioned | None:
    """One person whom the directory may see."""
    with read(scope) as s:
        row = s.row(f"{_ROW} AND p.id = :id", {"id": person_id})
    return None if row is None else _seen(row)


def list_provisioned(
    scope: Scope, attribute: Attribute | None = None, value: str = "", *, first: int = 1, count: int = 100
) -> tuple[int, list[Provisioned]]:
    """How many fit, and those from the `first`-th (from 1) by their id."""
    more = f"AND {_WHERE[attribute]}" if attribute else ""
    with read(scope) as s:
        total = s.scalar(  # sql-parts: a constant of this module
            f"SELECT count(*) {_SEEN} {more}",
            {"value": value},
        )
        rows = s.rows(  # sql-parts: a constant of this module
            f"{_ROW} {more} ORDER BY p.id LIMIT :count OFFSET :skip",
            {"value": value, "count": count, "skip": max(first, 1) - 1},
        )
    return int(total), [_seen(row) for row in rows]


def _seen(row: Row[Any]) -> Provisioned:
    values = {**row._mapping, "email": row.email or ""}
    return Provisioned(**{name: value for name, value in values.items() if name not in ("reach", "roles")})


def _wanted(session: ReadSession, action: ProvisionPerson) -> Target:
    if action.person_id is None:
        return Target(
            "person", title=f"Add {action.name} as the directory has them", context={"oversight": "none"}
        )
    row = session.row(f"{_ROW} AND p.id = :id", {"id": action.person_id})
    if row is None:
        raise NotFound("person")
    before = oversight.Standing(tuple(row.roles), row.reach, row.active)
    after = oversight.Standing(tuple(row.roles), row.reach, row.active or action.active)
    concern = "none" if before == after else oversight.concern_of_change(session, before, after)
    if concern == "none" and (row.name, row.email or "") != (action.name, action.email):
        concern = oversight.concern_of_sign_in(session, row.roles, row.reach)
    told = f"{row.name}, {row.email or 'no address'} → {action.name}, {action.email or 'no address'}"
    title = f"As the directory has it: {told}{', switched on' if before != after else ''}"
    return Target("person", row.id, title=title, subjects=(row.id,), context={"oversight": concern})


@handler(ProvisionPerson, target=_wanted)
def provision_person(tx: WriteSession, action: ProvisionPerson, _target: Target) -> Change:
    """Write the person; a new one has no role and sees nothing."""
    _check_free(tx, action)
    values = {
        "id": action.person_id or new_id(), "name": action.name, "email": action.email or None, "title": action.title,
        "active": action.active, "now": tx.now, "user_name": action.user_name, "external_id": action.external_id,
        "display": action.display_name, "formatted": action.formatted_name, "given": action.given_name, "family": action.family_name,
    }  # fmt: skip
    if action.person_id is None:
        tx.execute(
            "INSERT INTO remit.people (id, kind, name, email, title, reach, active)"
            " VALUES (:id, 'person', :name, :email, :title, 'own', :active)",
            values,
        )
    else:
        tx.execute(
            "UPDATE remit.people SET name = :name, email = :email, title = :title, active = active OR :active,"
            " updated_at = :now, version = version + 1 WHERE id = :id",
            values,
        )
    tx.execute(_NOTE, values)
    after = action.model_dump(mode="json", exclude={"person_id"})
    return Change("person", values["id"], {}, after, result={"person_id": str(values["id"])})  # type: ignore[arg-type]


def _check_free(tx: WriteSession, action: ProvisionPerson) -> None:
    taken = tx.scalar(
        "SELECT EXISTS (SELECT FROM remit.people p LEFT JOIN remit.provisioned v ON v.person_id = p.id AND v.gone_at IS NULL"
        " WHERE p.id IS DISTINCT FROM CAST(:id AS uuid) AND p.kind = 'person'"
        "   AND (lower(v.user_name) = lower(:name) OR lower(p.email) IN (lower(:name), lower(:email))))",
        {"id": action.person_id, "name": action.user_name, "email": action.email or None},
    )
    if taken:
        raise Refused("Somebody has this name or address already.", code="user_taken")


def _leaver(session: ReadSession, action: DeprovisionPerson) -> Target:
    row = session.row(f"{_ROW} AND p.id = :id", {"id": action.person_id})
    if row is None:
        raise NotFound("person")
    return Target("person", row.id, title=f"Switch {row.name} off")


@handler(DeprovisionPerson, target=_leaver)
def deprovision_person(tx: WriteSession, action: DeprovisionPerson, target: Target) -> Change:
    """Off, in this transaction. Raises Refused for the last who oversees: there would be no way back."""
    oversight.one_at_a_time(tx)
    row = tx.row(f"{_ROW} AND p.id = :id FOR UPDATE OF p", {"id": action.person_id})
    if row is None:
        raise NotFound("person")
    values = {"id": action.person_id, "now": tx.now}
    tx.execute(
        "UPDATE remit.people SET active = false, updated_at = :now, version = version + 1 WHERE id = :id AND active",
        values,
    )
    oversight.check_somebody_is_left(tx, {"active": row.active, "roles": list(row.roles)})
    agents = giving.end_agents(tx, row.id)
    tokens = tx.execute(
        "UPDATE remit.api_tokens SET revoked_at = :now WHERE person_id = :id AND revoked_at IS NULL", values
    ).rowcount
    tx.execute(
        "UPDATE remit.setup_links SET expires_at = :now WHERE person_id = :id AND used_at IS NULL AND expires_at > :now",
        values,
    )
    if action.gone:
        noted = {
            "user_name": row.user_name,
            "external_id": row.external_id,
            "display": row.display_name,
            "formatted": row.formatted_name,
            "given": row.given_name,
            "family": row.family_name,
        }
        tx.execute(_NOTE, {**values, **noted})
        tx.execute("UPDATE remit.provisioned SET gone_at = :now WHERE person_id = :id", values)
        tx.execute("DELETE FROM remit.directory_members WHERE person_id = :id", values)
        giving.apply(tx, row.id)
    after = {
        "active": False, "gone": action.gone, "sessions_ended": giving.end_sessions(tx, action.person_id),
        "agents_off": agents, "tokens_revoked": tokens,
    }  # fmt: skip
    return Change("person", target.id, {"active": row.active}, after)
