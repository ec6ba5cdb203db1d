"""Verbs on accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.rules import Relation, Segment
from remit.domains.accounts.targets import account_target
from remit.kit.ids import new_id
from remit.kit.text import name_key

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]

_MINE = """
SELECT g.id FROM remit.access_groups g JOIN remit.territories t ON t.id = g.territory_id
WHERE g.barrier_id IS NULL AND g.id = ANY (remit.my_access())
  AND (CAST(:territory AS int) IS NULL OR g.territory_id = :territory)
ORDER BY (t.name = 'Unassigned'), g.id LIMIT 1
"""
_INSERT = """
INSERT INTO remit.accounts (id, access_id, name, name_key, segment, relation, website, country, city, owner_id)
VALUES (:id, :access_id, :name, :name_key, :segment, :relation, :website, :country, :city, :owner_id)
"""


class CreateAccount(Action):
    """A new account in one of the actor's territories (the first, unless named)."""

    event: ClassVar[str] = "account:create"
    name: Name
    segment: Segment = "other"
    relation: Relation = "target"
    website: Short | None = None
    country: Short | None = None
    city: Short | None = None
    territory_id: int | None = None


class UpdateAccount(Action):
    """Change what is known of an account. Only the fields that are given change."""

    event: ClassVar[str] = "account:update"
    account_id: UUID
    expected_version: int
    name: Name | None = None
    segment: Segment | None = None
    relation: Relation | None = None
    key_account: bool | None = None
    website: Short | None = None
    country: Short | None = None
    city: Short | None = None

    def changes(self) -> dict[str, Any]:
        """The given fields as columns."""
        given = self.model_dump(exclude={"account_id", "expected_version"}, exclude_none=True)
        if "name" in given:
            given["name_key"] = name_key(given["name"])
        return given


class ReassignAccount(Action):
    """Give an account to another owner, or move it with everything about it to another territory, or both."""

    event: ClassVar[str] = "account:reassign"
    account_id: UUID
    expected_version: int
    owner_id: UUID | None = None
    territory_id: int | None = None


def _new_account(session: ReadSession, action: CreateAccount) -> Target:
    access_id = session.scalar(_MINE, {"territory": action.territory_id})
    if access_id is None:
        raise NotFound("territory")
    owner = {"owner": str(session.scope.person_id), "key_account": False, "segment": action.segment}
    return Target("account", access_id=access_id, segment=action.segment, title=action.name, attributes=owner)


def _account(session: ReadSession, action: UpdateAccount | ReassignAccount) -> Target:
    found = account_target(session, action.account_id)
    if isinstance(action, UpdateAccount):
        return replace(found, context={"ends_key_account": action.key_account is False})
    return found


@handler(CreateAccount, target=_new_account)
def create_account(tx: WriteSession, action: CreateAccount, target: Target) -> Change:
    """Write the account; the actor (or the agent's person) owns it."""
    account_id = new_id()
    values = action.model_dump(exclude={"territory_id"})
    tx.execute(
        _INSERT,
        {
            **values,
            "id": account_id,
            "access_id": target.access_id,
            "name_key": name_key(action.name),
            "owner_id": tx.scope.person_id,
        },
    )
    return Change(
        "account", account_id, after=values, result={"account_id": str(account_id)},
        account_id=account_id, access_id=target.access_id,
    )  # fmt: skip


@handler(UpdateAccount, target=_account)
def update_account(tx: WriteSession, action: UpdateAccount, target: Target) -> Change:
    """Change the given fields."""
    values = action.changes()
    if not values:
        raise Refused("Nothing to change was given.", code="nothing_to_change")
    before = change_row(tx, "accounts", action.account_id, action.expected_version, values, what="account")
    return Change(
        "account", action.account_id, before, values, result={"version": action.expected_version + 1}
    )


@handler(ReassignAccount, target=_account)
def reassign_account(tx: WriteSession, action: ReassignAccount, target: Target) -> Change:
    """Change owner and territory. Rows about the account follow it by their foreign key; its barrier stays."""
    values: dict[str, Any] = {}
    if action.owner_id is not None:
        values["owner_id"] = _active_person(tx, action.owner_id)
    if action.territory_id is not None:
        values["access_id"] = _group_in(tx, action.territory_id, target.access_id)
    if not values:
        raise Refused("Nothing to change was given.", code="nothing_to_change")
    before = change_row(tx, "accounts", action.account_id, action.expected_version, values, what="account")
    access_id = values.get("access_id", target.access_id)
    return Change(
        "account", action.account_id, before, values, account_id=action.account_id, access_id=access_id
    )


def _active_person(tx: WriteSession, person_id: UUID) -> UUID:
    known = "SELECT 1 FROM remit.people WHERE id = :id AND kind = 'person' AND active"
    if tx.row(known, {"id": person_id}) is None:
        raise NotFound("person")
    return person_id


def _group_in(tx: WriteSession, territory_id: int, access_id: int | None) -> int:
    """The access group of `territory_id` on the same side of the barrier as `access_id`."""
    found = tx.scalar(
        "SELECT g.id FROM remit.access_groups g WHERE g.territory_id = :territory AND g.barrier_id IS NOT DISTINCT FROM"
        " (SELECT barrier_id FROM remit.access_groups WHERE id = :now)",
        {"territory": territory_id, "now": access_id},
    )
    if found is None:
        raise NotFound("territory")
    return int(found)
